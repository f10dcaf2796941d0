package planner

import (
	"math"
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// delta is what a sparse operand is: an array that is value where its index along one axis is what another axis, or an array of indices, says,
// and 0 everywhere else. Identity and diagonal matrices, and one-hot rows, are such.
type delta struct {
	value *expr.Node // of the whole shape; elsewhere nobody reads it
	axis  int
	same  int        // the axis whose index that of axis has to be; of a delta without at
	at    *expr.Node // the index along axis, int64 and of the shape without it; nil: axis has to be the same as another
}

var opIsFinite, opGreater = op.Lookup("isfinite"), op.Lookup("greater")

// delta recognises one. fast: what 0 is multiplied by counts as finite.
func (w rewriter) delta(n *expr.Node, fast bool) (d delta, ok bool) {
	condition, value := w.chosen(n, fast)
	if condition == nil {
		return delta{}, false
	}
	d.value = value
	p, q := condition.Args[0], condition.Args[1]
	for range 2 {
		if d.axis = counted(p); d.axis >= 0 {
			if d.same = counted(q); d.same >= 0 && d.same != d.axis && n.Shape[d.same] == n.Shape[d.axis] {
				return d, true
			}
			if d.at = w.without(q, d.axis); d.at != nil && d.at.DType.IsInt() && d.at.DType != tensor.Uint64 {
				d.at = w.inner(w.cast(d.at, tensor.Int64))
				return d, true
			}
		}
		p, q = q, p
	}
	return delta{}, false
}

// chosen splits an array into a comparison of equality and the values where it holds, if it is 0 where it does not; nil, nil if it is not of
// that form.
func (w rewriter) chosen(n *expr.Node, fast bool) (condition, value *expr.Node) {
	if n.Kind != expr.KMap {
		return nil, nil
	}
	switch {
	case n.Op == opEqual:
		return n, w.ones(n)
	case n.Op == opCast && named(n.Args[0], "equal"):
		return n.Args[0], w.ones(n)
	case n.Op == opWhere && named(n.Args[0], "equal") && isZero(n.Args[2]):
		return n.Args[0], n.Args[1]
	case n.Op == opWhere && named(n.Args[0], "not_equal") && isZero(n.Args[1]):
		return n.Args[0], n.Args[2]
	case n.Op == opMul || n.Op == opAnd && n.DType.IsBool():
		for k, a := range n.Args {
			other := n.Args[1-k]
			if a.Kind != expr.KMap || a.Op != opEqual && (a.Op != opCast || !named(a.Args[0], "equal")) || !fast && !finite(other, finiteDepth) {
				continue
			}
			if a.Op == opCast {
				a = a.Args[0]
			}
			return a, other
		}
	}
	return nil, nil
}

// ones is 1 everywhere in the dtype and shape of n.
func (w rewriter) ones(n *expr.Node) *expr.Node { return w.scalar(n.DType, count(n.DType, 1), n.Shape) }

// isZero says whether a node is 0 everywhere, of either sign.
func isZero(n *expr.Node) bool { return is(n, 0) || is(n, negativeZero) }

// counted gives the axis along which an array of more than one element a row is 0, 1, 2 ...; -1: it is no such array.
func counted(n *expr.Node) int {
	switch n.Kind {
	case expr.KIota:
		if n.Shape[0] > 1 {
			return 0
		}
	case expr.KBroadcast:
		a, ahead := counted(n.Args[0]), len(n.Shape)-len(n.Args[0].Shape)
		if a >= 0 {
			return a + ahead // more than one element is not stretched
		}
	case expr.KReshape:
		if a := counted(n.Args[0]); a >= 0 && n.Shape.Len() == n.Args[0].Shape[a] {
			return slices.Index(n.Shape, n.Args[0].Shape[a]) // all others are of one element
		}
	case expr.KTranspose:
		if a := counted(n.Args[0]); a >= 0 {
			return slices.Index(n.Axes, a)
		}
	case expr.KMap:
		if n.Op != opCast || !n.DType.IsInt() {
			return -1
		}
		bits := 8 * n.DType.Size()
		if n.DType.IsSigned() {
			bits--
		}
		if a := counted(n.Args[0]); a >= 0 && (bits > 62 || n.Shape[a] <= 1<<bits) {
			return a
		}
	}
	return -1
}

// without gives an array without an axis along which all its elements are the same; nil if that is not seen.
func (w rewriter) without(n *expr.Node, axis int) *expr.Node {
	shape := slices.Delete(n.Shape.Clone(), axis, axis+1)
	switch {
	case n.Kind == expr.KBroadcast:
		x := n.Args[0]
		k := axis - (len(n.Shape) - len(x.Shape))
		if k >= 0 {
			if x.Shape[k] != 1 {
				return nil
			}
			x = w.inner(w.reshape(x, slices.Delete(x.Shape.Clone(), k, k+1)))
		}
		return w.inner(w.broadcast(x, shape))
	case n.Kind == expr.KMap && n.Op == opCast:
		if x := w.without(n.Args[0], axis); x != nil {
			return w.inner(w.cast(x, n.DType))
		}
	}
	return nil
}

// spread stretches x to a shape, of which x has all axes but those from one to another.
func (w rewriter) spread(x *expr.Node, shape tensor.Shape, from, to int) *expr.Node {
	ones := shape.Clone()
	copy(ones, x.Shape[:from])
	for k := from; k < to; k++ {
		ones[k] = 1
	}
	return w.inner(w.broadcast(w.inner(w.reshape(x, ones)), shape))
}

// odd is 1 where x is infinite or NaN and 0 elsewhere, in x's dtype.
func (w rewriter) odd(x *expr.Node) *expr.Node {
	return w.apply(opWhere, w.apply(opIsFinite, x), w.scalar(x.DType, expr.Value{}, x.Shape), w.ones(x))
}

// poisoned gives x with NaN where so many others as count says, x itself among them, are infinite or NaN: a sum of 1*x and of 0 times the others
// has NaN there.
func (w rewriter) poisoned(x, count *expr.Node) *expr.Node {
	nan := w.scalar(x.DType, expr.Value{F: math.NaN()}, x.Shape)
	return w.apply(opWhere, w.apply(opGreater, count, w.odd(x)), nan, x)
}

// guarded gives x with NaN where another element along the axis is infinite or NaN.
func (w rewriter) guarded(x *expr.Node, axis int) *expr.Node {
	count := w.reduce(expr.FoldSum, w.odd(x), []int{axis})
	return w.poisoned(x, w.spread(count, x.Shape, axis, axis+1))
}

// held gives indices that are held to 0 ... size-1, and where they were there before.
func (w rewriter) held(at *expr.Node, size int) (safe, valid *expr.Node) {
	last := w.scalar(tensor.Int64, expr.Value{I: int64(size - 1)}, at.Shape)
	safe = w.apply(opMax, w.apply(opMin, at, last), w.scalar(tensor.Int64, expr.Value{}, at.Shape))
	return safe, w.apply(opEqual, at, safe)
}

// taken gives the elements of x at indices along an axis as a product with one-hot rows does: 0 where the index is none. guard: NaN where another
// element along the axis is infinite or NaN.
func (w rewriter) taken(x *expr.Node, axis int, at *expr.Node, guard bool) *expr.Node {
	safe, valid := w.held(at, x.Shape[axis])
	picked := w.make(expr.Node{Kind: expr.KGather, Args: []*expr.Node{x, safe}, Axes: []int{axis}})
	to := axis + len(at.Shape)
	tail := slices.Concat(at.Shape, slices.Repeat([]int{1}, len(picked.Shape)-to))
	valid = w.inner(w.broadcast(w.inner(w.reshape(valid, tail)), picked.Shape))
	value := w.apply(opWhere, valid, picked, w.scalar(x.DType, expr.Value{}, picked.Shape))
	if !guard {
		return value
	}
	count := w.reduce(expr.FoldSum, w.odd(x), []int{axis})
	return w.poisoned(value, w.spread(count, value.Shape, axis, to))
}
