package oracle

import (
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
)

// The ops whose meaning is not in their row: a cast depends on the dtype it goes to, and where gives one of its operands as it is.
const (
	opCast  = "cast"
	opWhere = "where"
)

// apply computes an elementwise op by its reference, in the widest type of its operands' kind, and rounds once.
func (e *evaluation) apply(n *expr.Node, args []*array) (*array, error) {
	switch n.Op.Name {
	case opCast:
		return e.cast(args[0], n.DType), nil
	case opWhere:
		return e.choose(n, args), nil
	}
	compute := args[0].dtype
	ref := n.Op.Ref
	out := empty(n.DType, n.Shape)
	switch {
	case compute.IsBool() && ref.B != nil:
		each(out, args, func(a *array, k int) bool { return a.i[k] != 0 }, func(k int, x []bool) { out.setBool(k, ref.B(x)) })
	case compute.IsSigned() && ref.I != nil:
		each(out, args, func(a *array, k int) int64 { return a.i[k] }, func(k int, x []int64) { out.set(k, expr.Value{I: ref.I(x)}) })
	case compute.IsUnsigned() && ref.U != nil:
		each(out, args, func(a *array, k int) uint64 { return uint64(a.i[k]) }, func(k int, x []uint64) { out.set(k, expr.Value{I: int64(ref.U(x))}) })
	case compute.IsFloat() && ref.F != nil:
		each(out, args, func(a *array, k int) float64 { return a.f[k] }, func(k int, x []float64) {
			y := ref.F(x)
			out.setReal(k, y)
			if e.bounds {
				e.bound(n.Op, out, k, args, y)
			}
		})
	case compute.IsComplex() && ref.C != nil:
		each(out, args, func(a *array, k int) complex128 { return a.c[k] }, func(k int, x []complex128) {
			y := ref.C(x)
			out.setComplex(k, y)
			if e.bounds {
				e.boundComplex(n.Op, out, k, args, y)
			}
		})
	default:
		return nil, broken(n, "%s has no meaning for %v", n.Op.Name, compute)
	}
	if args[0].i != nil && e.bounds {
		boundWhole(n.Op, out, args)
	}
	return out, nil
}

// each visits every element of out with the arguments' elements.
func each[T any](out *array, args []*array, element func(a *array, k int) T, visit func(k int, x []T)) {
	x := make([]T, len(args))
	for k := range out.len() {
		for i, a := range args {
			x[i] = element(a, k)
		}
		visit(k, x)
	}
}

func (a *array) setBool(k int, v bool) {
	a.i[k] = 0
	if v {
		a.i[k] = 1
	}
}

// setReal sets element k of floats, or of the bools that a float op gives as 0 and 1.
func (a *array) setReal(k int, v float64) {
	if a.i != nil {
		a.setBool(k, v != 0)
		return
	}
	a.set(k, expr.Value{F: v})
}

// setComplex sets element k of complex numbers, or of the reals or bools that a complex op gives.
func (a *array) setComplex(k int, v complex128) {
	if a.c == nil {
		a.setReal(k, real(v))
		return
	}
	a.set(k, expr.Value{C: v})
}

// choose gives where(cond, x, y).
func (e *evaluation) choose(n *expr.Node, args []*array) *array {
	cond, x, y := args[0], args[1], args[2]
	out := empty(n.DType, n.Shape)
	for k := range out.len() {
		taken, other := x, y
		if cond.i[k] == 0 {
			taken, other = y, x
		}
		out.copyFrom(k, taken, k)
		if cond.slackAt(k) != 0 && !(taken.slackAt(k) == 0 && taken.equal(k, other)) {
			out.setSlack(k, anything)
		}
	}
	return out
}

// equal reports whether element k of a and b is the same whatever the roundings were.
func (a *array) equal(k int, b *array) bool { return b.slackAt(k) == 0 && a.allows(k, b) }

// boundWhole marks the elements of an op on bools or integers that an unstable argument may change. Unstable bools are tried both ways.
func boundWhole(o *op.Op, out *array, args []*array) {
	for k := range out.len() {
		loose := false
		for _, a := range args {
			loose = loose || a.slackAt(k) != 0
		}
		if loose && !(args[0].dtype.IsBool() && o.Ref.B != nil && settled(o.Ref.B, args, k)) {
			out.setSlack(k, anything)
		}
	}
}

// settled reports whether f gives the same whatever the unstable arguments are.
func settled(f func(x []bool) bool, args []*array, k int) bool {
	x := make([]bool, len(args))
	var first bool
	for choice := range 1 << len(args) {
		for i, a := range args {
			x[i] = a.i[k] != 0
			if a.slackAt(k) != 0 {
				x[i] = choice>>i&1 == 1
			}
		}
		if v := f(x); choice == 0 {
			first = v
		} else if v != first {
			return false
		}
	}
	return true
}
