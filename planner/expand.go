package planner

// expand: every op becomes core operations that the target has; halves are computed as f32, complex numbers as pairs of reals.
//
//	before  o[i] = sigmoid(x[i])                       x f16[8]
//	after   o[i] = f16(1 / (1 + exp(-f32(x[i]))))      with exp written out in turn

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// expand rewrites the kernels that hold anything the target lacks.
func expand(s *state) error {
	native := s.Target.Native
	if native == nil {
		native = func(name string, d tensor.DType) bool { return op.Lookup(name).Native(d) }
	}
	for i := range s.steps {
		k := s.steps[i].kernel
		if expanded(k, native) {
			continue
		}
		e := expander{from: k, b: codegen.NewBuilder(k.Name), native: native}
		made, err := e.kernel()
		if err != nil {
			return fmt.Errorf("internal: pass expand: kernel %s: %w: please report with Explain", k.Name, err)
		}
		s.steps[i].kernel = made
	}
	return nil
}

// expanded says whether there is nothing to do.
func expanded(k *codegen.Kernel, native func(string, tensor.DType) bool) bool {
	for i := range k.Body {
		v := &k.Body[i]
		if (v.DType.IsComplex() || v.Kind == codegen.Reduce && isHalf(v.DType)) && !native(opAdd.Name, v.DType) || v.Kind == codegen.Scan && isHalf(v.DType) {
			return false
		}
		if v.Kind != codegen.Map || v.Op == opCast {
			continue
		}
		if d := k.Body[v.Args[len(v.Args)-1]].DType; !v.Op.Native(d) && !native(v.Op.Name, d) {
			return false
		}
	}
	return true
}

func isHalf(d tensor.DType) bool { return d == tensor.Float16 || d == tensor.BFloat16 }

// expander makes a kernel anew.
type expander struct {
	from   *codegen.Kernel
	b      *codegen.Builder
	native func(string, tensor.DType) bool
	values [][2]int // of each old value its new one, or the real and the imaginary part
}

func (e *expander) kernel() (*codegen.Kernel, error) {
	k := e.from
	for _, p := range k.Params {
		e.param(p)
	}
	for _, a := range k.Axes {
		if a.Fold {
			e.b.Fold(a.Name, a.Extent)
		} else {
			e.b.Loop(a.Name, a.Extent)
		}
	}
	e.values = make([][2]int, len(k.Body))
	for i := range k.Body {
		v, err := e.value(&k.Body[i])
		if err != nil {
			return nil, err
		}
		e.values[i] = v
	}
	for i := range k.Stores {
		s := &k.Stores[i]
		v := e.values[s.Value]
		if !k.Params[s.Param].DType.IsComplex() {
			e.b.Store(s.Param, v[0], s.At...)
			continue
		}
		for part := range v {
			e.b.Store(s.Param, v[part], append(slices.Clone(s.At), codegen.Fixed(part))...)
		}
	}
	e.b.Note(k.Note)
	return e.b.Kernel()
}

// param keeps a real param; a complex one becomes reals with a last dim of 2.
func (e *expander) param(p codegen.Param) {
	if p.DType.IsComplex() {
		p.DType = partOf(p.DType)
		p.Dims = append(slices.Clone(p.Dims), 2)
		strides := make([]int, len(p.Strides), len(p.Dims))
		for i, s := range p.Strides {
			strides[i] = 2 * s
		}
		p.Strides = append(strides, 1)
	}
	if p.Out {
		e.b.Output(p.Name, p.DType, p.Dims, p.Strides)
	} else {
		e.b.Input(p.Name, p.DType, p.Dims, p.Strides)
	}
}

func partOf(d tensor.DType) tensor.DType {
	if d == tensor.Complex64 {
		return tensor.Float32
	}
	return tensor.Float64
}

// value makes a value anew.
func (e *expander) value(v *codegen.Value) (to [2]int, err error) {
	complex := v.DType.IsComplex()
	switch v.Kind {
	case codegen.Load, codegen.Gather:
		for part := range to {
			w := *v
			if complex {
				w.DType = partOf(v.DType)
				w.At = append(slices.Clone(v.At), codegen.Fixed(part))
			}
			if v.Kind == codegen.Gather {
				w.Args = []int{e.values[v.Args[0]][0]}
			}
			if to[part] = e.b.Value(w); !complex {
				break
			}
		}
	case codegen.Const:
		switch v.DType {
		case tensor.Complex64:
			to[0], to[1] = e.b.Const(tensor.Float32, v.Bits&(1<<32-1), 0), e.b.Const(tensor.Float32, v.Bits>>32, 0)
		case tensor.Complex128:
			to[0], to[1] = e.b.Const(tensor.Float64, v.Bits, 0), e.b.Const(tensor.Float64, v.Hi, 0)
		default:
			to[0] = e.b.Const(v.DType, v.Bits, 0)
		}
	case codegen.Index:
		to[0] = e.b.Index(v.Axis)
	case codegen.Map:
		return e.mapped(v)
	case codegen.Reduce, codegen.Scan:
		return e.reduce(v)
	}
	return to, nil
}

// reduce folds or scans halves as f32, rounding once, and complex sums by their parts. Complex products are none of its business: pass
// lower has written them out.
func (e *expander) reduce(v *codegen.Value) (to [2]int, err error) {
	arg := e.values[v.Args[0]]
	fold := func(x int) int {
		if v.Kind == codegen.Scan {
			return e.b.Scan(v.Op, x, v.Over[0])
		}
		return e.b.Reduce(v.Op, x, v.Over...)
	}
	switch {
	case isHalf(e.from.Body[v.Args[0]].DType):
		wide := fold(e.b.Cast(tensor.Float32, arg[0]))
		if v.DType == tensor.Int64 {
			to[0] = wide
		} else {
			to[0] = e.b.Cast(v.DType, wide)
		}
	case !v.DType.IsComplex():
		to[0] = fold(arg[0])
	case v.Op == opAdd:
		to[0], to[1] = fold(arg[0]), fold(arg[1])
	default:
		return to, fmt.Errorf("%s folds %v, which has no parts", v.Op.Name, v.DType)
	}
	return to, nil
}

// mapped writes an op out, unless the target has it.
func (e *expander) mapped(v *codegen.Value) (to [2]int, err error) {
	d := e.from.Body[v.Args[len(v.Args)-1]].DType
	if v.Op == opCast {
		return e.cast(v, d)
	}
	half := isHalf(d)
	if half && v.Op.Name == "where" {
		half = false // it only chooses
	}
	compute := d
	if half {
		compute = tensor.Float32
	}
	var args []int
	for _, a := range v.Args {
		x := e.values[a]
		switch own := e.from.Body[a].DType; {
		case own.IsComplex():
			args = append(args, x[0], x[1])
		case half && isHalf(own):
			args = append(args, e.b.Cast(compute, x[0]))
		default:
			args = append(args, x[0])
		}
	}
	if !d.IsComplex() && (v.Op.Native(compute) || e.native(v.Op.Name, compute)) {
		to[0] = e.b.Map(v.Op, args...)
	} else {
		f, err := v.Op.Expand(compute)
		if err != nil {
			return to, err
		}
		to = e.formula(f, args)
	}
	if half && isHalf(v.DType) {
		to[0] = e.b.Cast(v.DType, to[0])
	}
	return to, nil
}

// cast is one instruction between reals.
func (e *expander) cast(v *codegen.Value, from tensor.DType) (to [2]int, err error) {
	x := e.values[v.Args[0]]
	if !from.IsComplex() && !v.DType.IsComplex() {
		to[0] = e.b.Cast(v.DType, x[0])
		return to, nil
	}
	f, err := op.Cast(from, v.DType)
	if err != nil {
		return to, err
	}
	args := x[:1]
	if from.IsComplex() {
		args = x[:]
	}
	return e.formula(f, args), nil
}

// formula writes the instructions of a formula, and gives its result.
func (e *expander) formula(f *op.Formula, args []int) (to [2]int) {
	values := make([]int, 0, len(args)+len(f.Ins))
	values = append(values, args...)
	var list [3]int
	for i := range f.Ins {
		in := &f.Ins[i]
		operands := list[:len(in.Args)]
		for k, a := range in.Args {
			operands[k] = values[a]
		}
		switch {
		case len(in.Args) == 0:
			values = append(values, e.b.Const(in.DType, in.Bits, 0))
		case in.Op == opCast:
			values = append(values, e.b.Cast(in.DType, operands[0]))
		default:
			values = append(values, e.b.Value(codegen.Value{Kind: codegen.Map, DType: in.DType, Op: in.Op, Args: operands}))
		}
	}
	for k, v := range f.Out {
		to[k] = values[v]
	}
	return to
}
