package expr

import (
	"math"
	"slices"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// Sort gives x's elements in ascending order along an axis, NaN last. Complex numbers have no order, which is a mistake. Descending order is
// Flip of that axis behind it.
func (x Expr) Sort(axis int) Expr { return along(here("sort"), "sort", x, axis) }

// ArgSort gives the places, int64, at which the elements of Sort stand in x along an axis; equal ones stay in their order.
func (x Expr) ArgSort(axis int) Expr { return along(here("argsort"), "argsort", x, axis) }

// TopK gives the k greatest elements along an axis, in descending order, and their places in x, int64: NaN before all, of equal ones the first.
func (x Expr) TopK(k, axis int) (values, places Expr) {
	s := here("topk")
	at, bad, ok := s.onAxis(x, axis)
	if !ok {
		return bad, bad
	}
	n := x.n.Shape[at]
	if k < 0 || k > n {
		bad := s.bad(ErrIndex, "%d of the %d elements along axis %d of %s", k, n, at, x.n.typ())
		return bad, bad
	}
	greatest := func(y Expr) Expr {
		if y.n.Kind == KBad {
			return y
		}
		return s.every(y, at, n-1, -1, k)
	}
	places = greatest(along(s, "argsort", s.backwards(x, at), at))
	return greatest(along(s, "sort", x, at)), s.apply(opSub, s.number(float64(n-1), tensor.Int64), places)
}

// backwards turns an axis round.
func (s site) backwards(x Expr, axis int) Expr {
	n := x.n.Shape[axis]
	return s.every(x, axis, max(n-1, 0), -1, n)
}

// along calls a routine of rows along an axis.
func along(s site, name string, x Expr, axis int) Expr {
	return s.lengthwise(x, axis, func(y Expr) Expr { return s.call(routine.Lookup(name), y) })
}

// lengthwise does something to x whose axis stands last meanwhile.
func (s site) lengthwise(x Expr, axis int, do func(Expr) Expr) Expr {
	at, bad, ok := s.onAxis(x, axis)
	if !ok {
		return bad
	}
	y := do(s.lastly(x, at))
	if y.n.Kind == KBad {
		return y
	}
	return s.transpose(y, slices.Insert(labelled(0, len(x.n.Shape)-1), at, len(x.n.Shape)-1))
}

// lastly moves an axis behind the others.
func (s site) lastly(x Expr, axis int) Expr {
	if x.n.Kind == KBad {
		return x
	}
	last := len(x.n.Shape) - 1
	return s.transpose(x, append(slices.Delete(labelled(0, last+1), axis, axis+1), axis))
}

// SearchSorted gives for each element of v, int64, the first place in x, whose last axis ascends, that it could be put at without disorder; right:
// the last such place. [... n], [... k] -> [... k]; where x is one row, v has any shape. Operands are promoted to one dtype.
func (x Expr) SearchSorted(v Expr, right bool) Expr {
	s := here("searchsorted")
	if bad, is := s.inherit(x, v); is {
		return bad
	}
	name := "searchsorted"
	if right {
		name = "searchsorted_right"
	}
	d := promoteAll([]Expr{x, v})
	x, v = s.meets(x, d), s.meets(v, d)
	if bad, is := s.inherit(x, v); is {
		return bad
	}
	if shape := v.n.Shape; len(x.n.Shape) == 1 && len(shape) != 1 {
		flat := s.call(routine.Lookup(name), x, s.reshape(v, tensor.Shape{shape.Len()}))
		if flat.n.Kind == KBad {
			return flat
		}
		return s.reshape(flat, shape)
	}
	return s.call(routine.Lookup(name), x, v)
}

// Median is Quantile(0.5, axes...).
func (x Expr) Median(axes ...int) Expr { return quantile(here("median"), x, 0.5, axes) }

// Quantile gives what a share q, from 0 to 1, of the elements over the named axes (all if none is named) lies below: between two elements it goes
// in a straight line from one to the other. Where there is a NaN it is NaN; of nothing it is a mistake. Dtypes are as for Mean.
func (x Expr) Quantile(q float64, axes ...int) Expr { return quantile(here("quantile"), x, q, axes) }

func quantile(s site, x Expr, q float64, axes []int) Expr {
	if !(q >= 0 && q <= 1) {
		return s.bad(ErrValue, "q is %v, want a share from 0 to 1", q)
	}
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	if bad, ok := r.ordered(); !ok {
		return bad
	}
	if r.len == 0 {
		return s.bad(ErrEmpty, "%s has no elements along axes %v", x.n.typ(), r.axes)
	}
	y, result := r.floats()
	y = s.call(routine.Lookup("sort"), r.last(y))
	if y.n.Kind == KBad {
		return y
	}
	place := q * float64(r.len-1)
	low := int(math.Floor(place))
	a, b, greatest := s.within(y, low), s.within(y, min(low+1, r.len-1)), s.within(y, r.len-1)
	between := s.between(a, b, place-float64(low))
	return r.done(s.cast(s.choose(s.apply(opIsNaN, greatest), greatest, between), result))
}

// between goes from a to b by a part t of the way, counted from the end that is nearer, so that both ends are met (as NumPy does).
func (s site) between(a, b Expr, t float64) Expr {
	if t == 0 {
		return a
	}
	way := s.apply(opSub, b, a)
	if t < 0.5 {
		return s.apply(opAdd, a, s.apply(opMul, way, s.like(t, a)))
	}
	return s.apply(opSub, b, s.apply(opMul, way, s.like(1-t, a)))
}

var opIsNaN = op.Lookup("isnan")
