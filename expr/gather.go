package expr

import (
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Take gives the elements of x at indices along an axis: the result's shape is x's with that axis replaced by the shape of indices.
// Indices are integers (uint64 aside: cast it), and negative ones count from the end. One out of range is an error of the run.
func (x Expr) Take(indices Expr, along int) Expr {
	s := here("take")
	if bad, is := s.inherit(x, indices); is {
		return bad
	}
	at, bad, ok := s.axes([]int{along}, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	idx, bad, ok := s.places(indices)
	if !ok {
		return bad
	}
	return s.make(Node{Kind: KGather, Args: []*Node{x.n, idx.n}, Axes: at})
}

// places gives indices as int64.
func (s site) places(indices Expr) (idx, bad Expr, ok bool) {
	if d := indices.n.DType; !d.IsInt() || d == tensor.Uint64 {
		return idx, s.bad(ErrDType, "the indices are %s, want integers that int64 holds", indices.n.typ()), false
	}
	return s.meets(indices, tensor.Int64), Expr{}, true
}

// TakeAlong gives the elements of x at indices along an axis, each row of x by its own row of indices: what ArgSort and ArgMax give puts x in order
// so. All axes but that one broadcast. Indices are as for Take, but
// that the error of the run of one out of range counts the elements of all rows, one behind the other.
func (x Expr) TakeAlong(indices Expr, axis int) Expr {
	s := here("takealong")
	if bad, is := s.inherit(x, indices); is {
		return bad
	}
	at, bad, ok := s.axes([]int{axis}, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	idx, bad, ok := s.places(indices)
	if !ok {
		return bad
	}
	k, n := at[0], x.n.Shape[at[0]]
	if len(indices.n.Shape) == len(x.n.Shape) {
		if rows, fits := stretched(without(x.n.Shape, k), without(indices.n.Shape, k)); fits {
			wide := s.broadcast(x, slices.Insert(rows.Clone(), k, n))
			places := s.broadcast(idx, slices.Insert(rows, k, indices.n.Shape[k]))
			return s.lengthwise(places, k, func(i Expr) Expr { return s.rowwise(s.lastly(wide, k), i) })
		}
	}
	return s.bad(ErrShape, "operand 0 is %s, the indices are %s: want sizes that are equal or 1 but for axis %d", x.n.typ(), indices.n.typ(), k)
}

// without gives shape without an axis.
func without(shape tensor.Shape, axis int) tensor.Shape {
	return slices.Delete(shape.Clone(), axis, axis+1)
}

// rowwise gives the elements of each row of x, the last axis, at its row of i: they are elements of all rows one behind the other. An index
// out of the row's range is one out of that of all.
func (s site) rowwise(x, i Expr) Expr {
	if bad, is := s.inherit(x, i); is {
		return bad
	}
	rank, total := len(x.n.Shape), x.n.Shape.Len()
	n := s.number(float64(x.n.Shape[rank-1]), tensor.Int64)
	rows := x.n.Shape[:rank-1].Clone()
	first := s.apply(opMul, s.column(s.reshape(s.iota(rows.Len()), rows)), n)
	place := s.choose(s.apply(opLess, i, s.number(0, tensor.Int64)), s.apply(opAdd, i, n), i)
	inside := s.apply(opAnd, s.apply(opLessEqual, s.number(0, tensor.Int64), place), s.apply(opLess, place, n))
	place = s.choose(inside, s.apply(opAdd, first, place), s.number(float64(total), tensor.Int64))
	return s.make(Node{Kind: KGather, Args: []*Node{s.reshape(x, tensor.Shape{total}).n, place.n}, Axes: []int{0}})
}
