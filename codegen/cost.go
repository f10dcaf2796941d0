package codegen

import "github.com/einloom/einloom/expr/op"

// Count gives what the kernel computes and moves: an operation for each op at each point of the axes its value depends on (two for fma,
// none for casts, selections and what is seldom needed, complex ones by their real parts), and the bytes of the elements it touches, each once.
func (k *Kernel) Count() Cost {
	if k.Routine != nil {
		return k.called()
	}
	on, seldom := k.Depends(), k.Seldom()
	var c Cost
	touched := make([]float64, len(k.Params))
	for i := range k.Body {
		v := &k.Body[i]
		switch v.Kind {
		case Load, Gather:
			touched[v.Param] += k.points(on[i])
		case Map:
			if !seldom[i] {
				c.Flop += k.points(on[i]) * v.flop()
			}
		case Reduce, Scan:
			c.Flop += k.points(on[v.Args[0]].Union(AxesOf(v.Over...))) * v.flop()
		}
	}
	for i := range k.Stores {
		touched[k.Stores[i].Param] += k.points(k.Stores[i].Axes())
	}
	for i := range k.Params {
		p := &k.Params[i]
		c.Bytes += min(touched[i], p.elements()) * float64(p.DType.Size())
	}
	return c
}

// Gathered is how many elements the kernel reads at places that its data says.
func (k *Kernel) Gathered() float64 {
	on, n := k.Depends(), 0.0
	for i := range k.Body {
		if k.Body[i].Kind == Gather {
			n += k.points(on[i])
		}
	}
	return n
}

// points is how many points the axes have together.
func (k *Kernel) points(axes AxisSet) float64 {
	n := 1.0
	for a := range axes.All() {
		n *= float64(k.Axes[a].Extent)
	}
	return n
}

// elements is how many elements the param has in memory: those that a stride of 0 repeats count once.
func (p *Param) elements() float64 {
	n := 1.0
	for i, d := range p.Dims {
		if p.Strides[i] != 0 || d == 0 {
			n *= float64(d)
		}
	}
	return n
}

// flop is the operations of one application of a Map, Reduce or Scan.
func (v *Value) flop() float64 {
	switch name := v.Op.Name; {
	case name == "cast" || v.Op.Types.Compute == op.Chosen:
		return 0
	case v.DType.IsComplex() && name == "mul":
		return 6
	case v.DType.IsComplex():
		return 2
	case name == "fma":
		return 2
	}
	return 1
}
