package codegen

import "slices"

// Clone gives a copy that shares no memory with k but the ops.
func (k *Kernel) Clone() *Kernel {
	c := *k
	c.Params, c.Axes = slices.Clone(k.Params), slices.Clone(k.Axes)
	for i := range c.Params {
		p := &c.Params[i]
		p.Dims, p.Strides = slices.Clone(p.Dims), slices.Clone(p.Strides)
	}
	c.Body, c.Stores = slices.Clone(k.Body), slices.Clone(k.Stores)
	for i := range c.Body {
		v := &c.Body[i]
		v.Args, v.At, v.Over = slices.Clone(v.Args), cloneAt(v.At), slices.Clone(v.Over)
	}
	for i := range c.Stores {
		c.Stores[i].At = cloneAt(c.Stores[i].At)
	}
	c.Order = slices.Clone(k.Order)
	g := &c.Gett
	g.M, g.N, g.K, g.Batch = slices.Clone(g.M), slices.Clone(g.N), slices.Clone(g.K), slices.Clone(g.Batch)
	if g.Imag != nil {
		imag := *g.Imag
		g.Imag = &imag
	}
	return &c
}

func cloneAt(at []Affine) []Affine {
	at = slices.Clone(at)
	for i := range at {
		at[i].Terms = slices.Clone(at[i].Terms)
	}
	return at
}

// Canonical gives the one form that all kernels of the same text share: values numbered as the stores reach them, arguments first and
// each value once; nothing unused; empty lists nil; fields without meaning zero; no note. Parse gives kernels of this form. k must be
// free of dangling numbers (see Verify).
func (k *Kernel) Canonical() *Kernel {
	c := Kernel{Name: k.Name, Routine: k.Routine, Cost: k.Cost, Axes: some(slices.Clone(k.Axes)), Params: some(slices.Clone(k.Params))}
	for i := range c.Params {
		p := &c.Params[i]
		p.Dims, p.Strides = some(slices.Clone(p.Dims)), some(slices.Clone(p.Strides))
	}
	n := numbering{from: k, to: make([]int, len(k.Body)), b: Builder{seen: make(map[string]int, len(k.Body))}}
	for i := range n.to {
		n.to[i] = -1
	}
	for _, s := range k.Stores {
		c.Stores = append(c.Stores, Store{Param: s.Param, At: tidyAt(s.At), Value: n.value(s.Value)})
	}
	c.Schedule = Schedule{Vector: -1}
	if k.Nest != NestNone {
		c.Schedule = k.Schedule
		c.Order, c.Gett = some(slices.Clone(k.Order)), Gett{}
	}
	if k.Nest == NestGett {
		g := k.Gett
		g.M, g.N, g.K, g.Batch = some(slices.Clone(g.M)), some(slices.Clone(g.N)), some(slices.Clone(g.K)), some(slices.Clone(g.Batch))
		g.Sum, g.A, g.B = n.value(g.Sum), n.value(g.A), n.value(g.B)
		if g.Imag != nil {
			g.Imag = &Factors{n.value(g.Imag.Sum), n.value(g.Imag.A), n.value(g.Imag.B)}
		}
		c.Gett = g
	}
	c.Body = n.b.k.Body
	return &c
}

// numbering makes the values of from anew in a builder, as they are asked for.
type numbering struct {
	from *Kernel
	to   []int // the new number of each value, -1 while it has none
	b    Builder
}

func (n *numbering) value(i int) int {
	if n.to[i] >= 0 {
		return n.to[i]
	}
	v := n.from.Body[i]
	t := Value{Kind: v.Kind, DType: v.DType}
	switch v.Kind {
	case Load, Gather:
		t.Param, t.At = v.Param, tidyAt(v.At)
	case Const:
		t.Bits, t.Hi = v.Bits, v.Hi
	case Index:
		t.Axis = v.Axis
	case Map:
		t.Op = v.Op
	case Reduce, Scan:
		t.Op, t.Over = v.Op, v.Over
	}
	if v.Kind == Gather {
		t.Dim = v.Dim
	}
	if v.Kind == Map || v.Kind == Reduce || v.Kind == Scan || v.Kind == Gather {
		t.Args = make([]int, len(v.Args))
		for j, a := range v.Args {
			t.Args[j] = n.value(a)
		}
	}
	n.to[i] = n.b.Value(t)
	return n.to[i]
}

// tidyAt copies at with empty lists nil.
func tidyAt(at []Affine) []Affine {
	at = some(slices.Clone(at))
	for i := range at {
		at[i].Terms = some(slices.Clone(at[i].Terms))
	}
	return at
}

// some gives nil for an empty list.
func some[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
