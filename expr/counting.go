package expr

import (
	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// CountNonzero gives how many elements differ from 0 over the named axes, all if none is named: int64. NaN does.
func (x Expr) CountNonzero(axes ...int) Expr {
	s := here("countnonzero")
	if bad, is := s.inherit(x); is {
		return bad
	}
	return accumulate(s, FoldSum, s.cast(x, tensor.Bool), axes)
}

// OneHot gives for each of the integers x a row of n elements of dtype d, which is 1 at x and 0 elsewhere, or 0 throughout if x is not one of
// 0 to n-1: [...] -> [... n].
func (x Expr) OneHot(d tensor.DType, n int) Expr {
	s := here("onehot")
	hot, bad, ok := s.hot(x, n)
	switch {
	case !ok:
		return bad
	case !valid(d):
		return s.bad(ErrDType, "there is no such dtype")
	}
	return s.cast(hot, d)
}

// hot says for each of the integers x which of 0 to n-1 it is.
func (s site) hot(x Expr, n int) (hot, bad Expr, ok bool) {
	if bad, is := s.inherit(x); is {
		return hot, bad, false
	}
	if !x.n.DType.IsInt() {
		return hot, s.bad(ErrDType, "operand 0 is %s, want integers", x.n.typ()), false
	}
	return s.apply(opEqual, s.column(s.meets(x, x.n.DType)), s.iota(n)), Expr{}, true
}

// fewBins is up to how many bins each element is compared with all of them, in one kernel; beyond, elements are sorted.
const fewBins = 64

// BinCount gives how many of the integers x are 0, 1 ... n-1: [n], int64. Others are not counted.
func (x Expr) BinCount(n int) Expr {
	s := here("bincount")
	hot, bad, ok := s.hot(x, n)
	if !ok {
		return bad
	}
	if hot.n.Kind == KBad || n <= fewBins {
		return accumulate(s, FoldSum, hot, labelled(0, len(x.n.Shape)))
	}
	edges := s.iota(n + 1)
	return s.counted(x, s.part(edges, 0, 0, n), s.part(edges, 0, 1, n), false)
}

// Histogram gives how many elements of x lie in each of the bins between edges, which ascend: [n+1] -> [n], int64. An element at an edge counts
// above it, but at the last edge below. NaN is in no bin. Complex numbers are a mistake.
func (x Expr) Histogram(edges Expr) Expr {
	s := here("histogram")
	if bad, is := s.inherit(x, edges); is {
		return bad
	}
	if len(edges.n.Shape) != 1 || edges.n.Shape[0] < 2 {
		return s.bad(ErrShape, "the edges are %s, want one axis of two or more", edges.n.typ())
	}
	n := edges.n.Shape[0] - 1
	return s.counted(x, s.part(edges, 0, 0, n), s.part(edges, 0, 1, n), true)
}

// counted gives how many elements of x are at least low and less than high, of whose ranges each begins where the one before ends; with closed,
// the last has its end as well.
func (s site) counted(x, low, high Expr, closed bool) Expr {
	d := promoteAll([]Expr{x, low})
	x, low, high = s.meets(x, d), s.meets(low, d), s.meets(high, d)
	if bad, is := s.inherit(x, low, high); is {
		return bad
	}
	sorted := s.call(routine.Lookup("sort"), s.reshape(x, tensor.Shape{x.n.Shape.Len()}))
	if sorted.n.Kind == KBad {
		return sorted
	}
	left := routine.Lookup("searchsorted")
	ends := s.call(left, sorted, high)
	if closed {
		n := high.n.Shape[0] - 1
		last := s.call(routine.Lookup("searchsorted_right"), sorted, s.part(high, 0, n, 1))
		if bad, is := s.inherit(ends, last); is {
			return bad
		}
		ends = s.concat(0, []Expr{s.part(ends, 0, 0, n), last})
	}
	return s.apply(opSub, ends, s.call(left, sorted, low))
}
