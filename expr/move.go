package expr

import (
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Reshape gives x's elements in row-major order as an array of sizes dims. One of dims may be -1: whatever size makes the counts agree.
func (x Expr) Reshape(dims ...int) Expr {
	s := here("reshape")
	if bad, is := s.inherit(x); is {
		return bad
	}
	shape, err := tensor.Infer(x.n.Shape.Len(), dims)
	if err != nil {
		return s.bad(ErrShape, "operand 0 is %s: %v", x.n.typ(), err)
	}
	return s.reshape(x, shape)
}

// reshape gives x in another shape, which it keeps; x itself if that is its shape.
func (s site) reshape(x Expr, shape tensor.Shape) Expr {
	if x.n.Kind != KBad && slices.Equal(x.n.Shape, shape) {
		return x
	}
	return s.make(Node{Kind: KReshape, Args: []*Node{x.n}, Shape: shape})
}

// axis gives axis k of rank axes counted from the front; ok is false if there is none.
func axis(k, rank int) (from int, ok bool) {
	if k < 0 {
		k += rank
	}
	return k, k >= 0 && k < rank
}

// axes counts the named axes of an array of that rank from the front, in the order in which they are named.
func (s site) axes(named []int, rank int, of string) (list []int, bad Expr, ok bool) {
	list = make([]int, len(named))
	for i, k := range named {
		from, ok := axis(k, rank)
		if !ok {
			return nil, s.bad(ErrAxis, "%s has no axis %d", of, k), false
		}
		if slices.Contains(list[:i], from) {
			return nil, s.bad(ErrAxis, "axis %d of %s is named twice", k, of), false
		}
		list[i] = from
	}
	return list, Expr{}, true
}

// Transpose gives x with its axes in another order: axis k of the result is axis axes[k] of x. No axes stand for the reverse order.
func (x Expr) Transpose(axes ...int) Expr {
	s := here("transpose")
	if bad, is := s.inherit(x); is {
		return bad
	}
	rank := len(x.n.Shape)
	if len(axes) == 0 {
		return s.transpose(x, reversed(rank))
	}
	order, bad, ok := s.axes(axes, rank, x.n.typ())
	if !ok {
		return bad
	}
	return s.transpose(x, order)
}

// T gives x with its axes in reverse order.
func (x Expr) T() Expr {
	s := here("transpose")
	if bad, is := s.inherit(x); is {
		return bad
	}
	return s.transpose(x, reversed(len(x.n.Shape)))
}

func reversed(rank int) []int {
	order := make([]int, rank)
	for k := range order {
		order[k] = rank - 1 - k
	}
	return order
}

// transpose permutes x's axes; the identity gives x itself.
func (s site) transpose(x Expr, order []int) Expr {
	if slices.IsSorted(order) && len(order) == len(x.n.Shape) {
		return x
	}
	return s.make(Node{Kind: KTranspose, Args: []*Node{x.n}, Axes: order})
}

// Expand gives x with an axis of size 1 at each of the places axes of the result.
func (x Expr) Expand(axes ...int) Expr {
	s := here("expand")
	if bad, is := s.inherit(x); is {
		return bad
	}
	at, bad, ok := s.axes(axes, len(x.n.Shape)+len(axes), "the result of expanding "+x.n.typ())
	if !ok {
		return bad
	}
	return s.reshape(x, widened(x.n.Shape, at))
}

// widened gives shape with a 1 at each of the places at.
func widened(shape tensor.Shape, at []int) tensor.Shape {
	wide := make(tensor.Shape, 0, len(shape)+len(at))
	next := 0
	for k := range cap(wide) {
		if slices.Contains(at, k) {
			wide = append(wide, 1)
		} else {
			wide = append(wide, shape[next])
			next++
		}
	}
	return wide
}

// Squeeze gives x without the named axes, whose size must be 1; no axes stand for all of size 1.
func (x Expr) Squeeze(axes ...int) Expr {
	s := here("squeeze")
	if bad, is := s.inherit(x); is {
		return bad
	}
	drop, bad, ok := s.axes(axes, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	var shape tensor.Shape
	for k, d := range x.n.Shape {
		named := slices.Contains(drop, k)
		if named && d != 1 {
			return s.bad(ErrShape, "axis %d of %s is %d, want 1", k, x.n.typ(), d)
		}
		if !named && (len(axes) > 0 || d != 1) {
			shape = append(shape, d)
		}
	}
	return s.reshape(x, shape)
}

// Slice gives a part of each axis of x, from the first axis on; axes without a range are kept whole. It counts as NumPy does: ends
// beyond the axis are clipped, negative ones count from its end, a negative step runs backwards.
func (x Expr) Slice(ranges ...tensor.Range) Expr {
	s := here("slice")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if len(ranges) > len(x.n.Shape) {
		return s.bad(ErrAxis, "%s has rank %d, but %d ranges are given", x.n.typ(), len(x.n.Shape), len(ranges))
	}
	starts, steps, shape := whole(x.n.Shape)
	for k, r := range ranges {
		start, step, count, err := r.Bounds(x.n.Shape[k])
		if err != nil {
			return s.bad(ErrIndex, "axis %d of %s: %v", k, x.n.typ(), err)
		}
		starts[k], shape[k], steps[k] = start, count, step
	}
	return s.slice(x, starts, steps, shape)
}

// whole gives the slice that is all of an array.
func whole(of tensor.Shape) (starts, steps []int, shape tensor.Shape) {
	starts, steps = make([]int, len(of)), make([]int, len(of))
	for k := range steps {
		steps[k] = 1
	}
	return starts, steps, of.Clone()
}

// slice takes part of x; all of it is x itself.
func (s site) slice(x Expr, starts, steps []int, shape tensor.Shape) Expr {
	all := slices.Equal(shape, x.n.Shape)
	for k, d := range shape {
		all = all && (d == 0 || starts[k] == 0 && (d == 1 || steps[k] == 1))
	}
	if all {
		return x
	}
	return s.make(Node{Kind: KSlice, Args: []*Node{x.n}, Starts: starts, Steps: steps, Shape: shape})
}

// Index gives element i of x along an axis, which the result does not have. Negative i counts from the end.
func (x Expr) Index(axis, i int) Expr {
	s := here("index")
	if bad, is := s.inherit(x); is {
		return bad
	}
	at, bad, ok := s.axes([]int{axis}, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	return s.index(x, at[0], i)
}

// At gives the element at the leading indices i: x[i0, i1, ...]. Fewer indices than axes leave the last axes whole.
func (x Expr) At(i ...int) Expr {
	s := here("at")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if len(i) > len(x.n.Shape) {
		return s.bad(ErrAxis, "%s has rank %d, but %d indices are given", x.n.typ(), len(x.n.Shape), len(i))
	}
	starts, steps, shape := whole(x.n.Shape)
	for k, v := range i {
		from, ok := axis(v, x.n.Shape[k])
		if !ok {
			return s.bad(ErrIndex, "axis %d of %s has no element %d", k, x.n.typ(), v)
		}
		starts[k], shape[k] = from, 1
	}
	return s.reshape(s.slice(x, starts, steps, shape), x.n.Shape[len(i):])
}

func (s site) index(x Expr, k, i int) Expr {
	from, ok := axis(i, x.n.Shape[k])
	if !ok {
		return s.bad(ErrIndex, "axis %d of %s has no element %d", k, x.n.typ(), i)
	}
	starts, steps, shape := whole(x.n.Shape)
	starts[k], shape[k] = from, 1
	return s.reshape(s.slice(x, starts, steps, shape), slices.Delete(shape.Clone(), k, k+1))
}

// Flip gives x backwards along the named axes; no axes stand for all.
func (x Expr) Flip(axes ...int) Expr {
	s := here("flip")
	if bad, is := s.inherit(x); is {
		return bad
	}
	list, bad, ok := s.axes(axes, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	starts, steps, shape := whole(x.n.Shape)
	for k, d := range shape {
		if len(axes) == 0 || slices.Contains(list, k) {
			starts[k], steps[k] = max(0, d-1), -1
		}
	}
	return s.slice(x, starts, steps, shape)
}

// Pad gives x with widths[k][0] elements v before and widths[k][1] behind axis k; one pair for each axis. An integer dtype must hold v.
func (x Expr) Pad(v float64, widths ...[2]int) Expr {
	s := here("pad")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if len(widths) != len(x.n.Shape) {
		return s.bad(ErrAxis, "%s has rank %d, but %d pairs of widths are given", x.n.typ(), len(x.n.Shape), len(widths))
	}
	if msg := unfit(x.n.DType, v); msg != "" {
		return s.bad(ErrValue, "%s", msg)
	}
	before, after := make([]int, len(widths)), make([]int, len(widths))
	none := true
	for k, w := range widths {
		before[k], after[k] = w[0], w[1]
		none = none && w == [2]int{}
	}
	if none {
		return x
	}
	value := s.number(v, x.n.DType).n.Value
	return s.make(Node{Kind: KPad, Args: []*Node{x.n}, Before: before, After: after, Value: value})
}

// Diagonal gives x[..., i, i+offset, ...] for the two axes as one last axis; a negative offset counts below the diagonal.
func (x Expr) Diagonal(offset, axis1, axis2 int) Expr {
	s := here("diagonal")
	if bad, is := s.inherit(x); is {
		return bad
	}
	list, bad, ok := s.axes([]int{axis1, axis2}, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	starts := []int{min(max(0, -offset), x.n.Shape[list[0]]), min(max(0, offset), x.n.Shape[list[1]])}
	return s.make(Node{Kind: KDiagonal, Args: []*Node{x.n}, Axes: list, Starts: starts})
}

// Concat joins arrays along an existing axis; the other sizes must agree. Their dtypes are promoted.
func Concat(axis int, xs ...Expr) Expr {
	s := here("concat")
	if bad, is := s.inherit(xs...); is {
		return bad
	}
	if len(xs) == 0 {
		return s.bad(ErrShape, "there is nothing to join")
	}
	at, bad, ok := s.axes([]int{axis}, len(xs[0].n.Shape), xs[0].n.typ())
	if !ok {
		return bad
	}
	for i, x := range xs[1:] {
		if !differAlong(at[0], xs[0].n.Shape, x.n.Shape) {
			return s.bad(ErrShape, "operand 0 is %s, operand %d is %s: they may differ only along axis %d", xs[0].n.typ(), i+1, x.n.typ(), at[0])
		}
	}
	return s.concat(at[0], xs)
}

// differAlong reports whether two shapes of one rank differ along an axis at most.
func differAlong(axis int, a, b tensor.Shape) bool {
	return len(a) == len(b) && slices.Equal(a[:axis], b[:axis]) && slices.Equal(a[axis+1:], b[axis+1:])
}

// Stack joins arrays of one shape along a new axis, which is that axis of the result. Their dtypes are promoted.
func Stack(axis int, xs ...Expr) Expr {
	s := here("stack")
	if bad, is := s.inherit(xs...); is {
		return bad
	}
	if len(xs) == 0 {
		return s.bad(ErrShape, "there is nothing to join")
	}
	at, bad, ok := s.axes([]int{axis}, len(xs[0].n.Shape)+1, "the result of stacking "+xs[0].n.typ())
	if !ok {
		return bad
	}
	wide := make([]Expr, len(xs))
	for i, x := range xs {
		if !slices.Equal(x.n.Shape, xs[0].n.Shape) {
			return s.bad(ErrShape, "operand 0 is %s, operand %d is %s: want one shape", xs[0].n.typ(), i, x.n.typ())
		}
		wide[i] = x
		if !x.n.Weak {
			wide[i] = s.reshape(x, widened(x.n.Shape, at))
		}
	}
	return s.concat(at[0], wide)
}

// concat joins promoted operands; one operand is itself.
func (s site) concat(k int, xs []Expr) Expr {
	d := promoteAll(xs)
	args := make([]*Node, len(xs))
	for i, x := range xs {
		x = s.meets(x, d)
		if x.n.Kind != KBad && len(x.n.Shape) == 0 {
			x = s.reshape(x, tensor.Shape{1}) // a weak scalar that was stacked
		}
		args[i] = x.n
	}
	if len(args) == 1 {
		return Expr{n: args[0]}
	}
	return s.make(Node{Kind: KConcat, Args: args, Axes: []int{k}})
}
