package expr

import (
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Moves that are made of moves: they add no kind of node.

// part gives count elements of x along an axis, from start on.
func (s site) part(x Expr, axis, start, count int) Expr {
	return s.every(x, axis, start, 1, count)
}

// every gives count elements of x along an axis, step places apart, from start on.
func (s site) every(x Expr, axis, start, step, count int) Expr {
	starts, steps, shape := whole(x.n.Shape)
	starts[axis], steps[axis], shape[axis] = start, step, count
	return s.slice(x, starts, steps, shape)
}

// onAxis begins a builder that works along one axis, counted from the front.
func (s site) onAxis(x Expr, named int) (axis int, bad Expr, ok bool) {
	if bad, is := s.inherit(x); is {
		return 0, bad, false
	}
	at, bad, ok := s.axes([]int{named}, len(x.n.Shape), x.n.typ())
	if !ok {
		return 0, bad, false
	}
	return at[0], Expr{}, true
}

// onAxes is onAxis for two.
func (s site) onAxes(x Expr, a, b int) (first, second int, bad Expr, ok bool) {
	if first, bad, ok = s.onAxis(x, a); ok {
		second, bad, ok = s.onAxis(x, b)
	}
	return first, second, bad, ok
}

// Roll gives x with its elements moved up by shift places along an axis; what leaves the end comes in at the front. A negative shift moves
// down.
func (x Expr) Roll(shift, axis int) Expr {
	s := here("roll")
	k, bad, ok := s.onAxis(x, axis)
	if !ok {
		return bad
	}
	n := x.n.Shape[k]
	if n == 0 || shift%n == 0 {
		return x
	}
	cut := n - (shift%n+n)%n
	return s.concat(k, []Expr{s.part(x, k, cut, n-cut), s.part(x, k, 0, cut)})
}

// Diff gives each element of x but the first less the one before it, along an axis. Of bool it says whether they differ.
func (x Expr) Diff(axis int) Expr {
	s := here("diff")
	k, bad, ok := s.onAxis(x, axis)
	if !ok {
		return bad
	}
	n := max(x.n.Shape[k]-1, 0)
	after, before := s.part(x, k, min(1, x.n.Shape[k]), n), s.part(x, k, 0, n)
	if x.n.DType.IsBool() {
		return s.apply(opNotEqual, after, before)
	}
	return s.apply(opSub, after, before)
}

// Repeat gives each element of x n times over, side by side along an axis: 1 2 becomes 1 1 2 2.
func (x Expr) Repeat(n, axis int) Expr {
	s := here("repeat")
	k, bad, ok := s.onAxis(x, axis)
	if !ok {
		return bad
	}
	if n < 0 {
		return s.bad(ErrValue, "%d times", n)
	}
	shape := x.n.Shape.Clone()
	tall := slices.Insert(shape.Clone(), k+1, 1)
	wide := slices.Insert(shape.Clone(), k+1, n)
	return s.merged(s.broadcast(s.reshape(x, tall), wide), k)
}

// merged makes axes k and k+1 one.
func (s site) merged(x Expr, k int) Expr {
	if x.n.Kind == KBad {
		return x
	}
	shape := slices.Delete(x.n.Shape.Clone(), k, k+1)
	shape[k] *= x.n.Shape[k]
	return s.reshape(x, shape)
}

// Tile gives x repeated whole: 1 2 becomes 1 2 1 2. Counts are of the last axes; x gets axes in front where there are more counts than it has.
func (x Expr) Tile(counts ...int) Expr {
	s := here("tile")
	if bad, is := s.inherit(x); is {
		return bad
	}
	for _, n := range counts {
		if n < 0 {
			return s.bad(ErrValue, "%d times", n)
		}
	}
	rank := max(len(counts), len(x.n.Shape))
	counts = append(slices.Repeat([]int{1}, rank-len(counts)), counts...)
	shape := append(slices.Repeat(tensor.Shape{1}, rank-len(x.n.Shape)), x.n.Shape...)
	tall, wide := tensor.Shape{}, tensor.Shape{}
	for k, d := range shape {
		tall, wide = append(tall, 1, d), append(wide, counts[k], d)
	}
	y := s.broadcast(s.reshape(x, tall), wide)
	for k := range shape {
		y = s.merged(y, k)
	}
	return y
}

// Split gives x in parts of equal size along an axis, which must go up; on a mistake each part is it.
func (x Expr) Split(parts, axis int) []Expr {
	s := here("split")
	k, bad, ok := s.onAxis(x, axis)
	switch {
	case !ok:
	case parts < 1:
		bad = s.bad(ErrValue, "%d parts", parts)
	case x.n.Shape[k]%parts != 0:
		bad = s.bad(ErrShape, "axis %d of %s is %d, which is no multiple of %d", k, x.n.typ(), x.n.Shape[k], parts)
	default:
		list, n := make([]Expr, parts), x.n.Shape[k]/parts
		for i := range list {
			list[i] = s.part(x, k, i*n, n)
		}
		return list
	}
	return slices.Repeat([]Expr{bad}, max(parts, 1))
}

// MoveAxis gives x with one axis moved to another place; the others keep their order.
func (x Expr) MoveAxis(from, to int) Expr {
	s := here("moveaxis")
	k, at, bad, ok := s.onAxes(x, from, to)
	if !ok {
		return bad
	}
	return s.transpose(x, slices.Insert(slices.Delete(labelled(0, len(x.n.Shape)), k, k+1), at, k))
}

// SwapAxes gives x with two axes exchanged. SwapAxes(-1, -2) transposes each matrix of a batch.
func (x Expr) SwapAxes(a, b int) Expr {
	s := here("swapaxes")
	k, at, bad, ok := s.onAxes(x, a, b)
	if !ok {
		return bad
	}
	return s.swapped(x, k, at)
}

// swapped exchanges two axes.
func (s site) swapped(x Expr, a, b int) Expr {
	order := labelled(0, len(x.n.Shape))
	order[a], order[b] = order[b], order[a]
	return s.transpose(x, order)
}

// Windows gives the windows of size elements that slide along an axis: the axis becomes that of the windows, and a last axis has what each
// holds. No copy of x is made; a reduction over the last axis reads x as often as windows overlap.
func (x Expr) Windows(size, axis int) Expr {
	s := here("windows")
	k, bad, ok := s.onAxis(x, axis)
	if !ok {
		return bad
	}
	count := x.n.Shape[k] - size + 1
	if size < 1 || count < 1 {
		return s.bad(ErrValue, "axis %d of %s has no window of %d", k, x.n.typ(), size)
	}
	first, within := s.column(s.iota(count)), s.iota(size)
	y := s.make(Node{Kind: KGather, Args: []*Node{x.n, s.apply(opAdd, first, within).n}, Axes: []int{k}})
	return s.lastly(y, k+1)
}

// iota counts from 0 to n-1, int64.
func (s site) iota(n int) Expr { return s.make(Node{Kind: KIota, Shape: tensor.Shape{n}}) }

// PadMode says what PadBy puts around an array.
type PadMode uint8

// The ways to go on beyond an end, here that of 1 2 3.
const (
	PadEdge      PadMode = iota // 1 1 1 2 3 3 3
	PadReflect                  // 3 2 1 2 3 2 1
	PadSymmetric                // 2 1 1 2 3 3 2
	PadWrap                     // 2 3 1 2 3 1 2
)

// PadBy gives x with widths[k][0] elements before and widths[k][1] behind axis k, taken from x by mode; one pair for each axis. A width reaches no
// further than x does: its size, or one less for PadReflect.
func (x Expr) PadBy(mode PadMode, widths ...[2]int) Expr {
	s := here("pad")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if len(widths) != len(x.n.Shape) {
		return s.bad(ErrAxis, "%s has rank %d, but %d pairs of widths are given", x.n.typ(), len(x.n.Shape), len(widths))
	}
	if mode > PadWrap {
		return s.bad(ErrValue, "there is no such mode")
	}
	for k, w := range widths {
		n := x.n.Shape[k]
		reach := map[PadMode]int{PadEdge: tensor.MaxLen * min(n, 1), PadReflect: max(n-1, 0), PadSymmetric: n, PadWrap: n}[mode]
		for _, width := range w {
			if width < 0 || width > reach {
				return s.bad(ErrValue, "axis %d of %s cannot be gone on with by %d elements", k, x.n.typ(), width)
			}
		}
		if w != [2]int{} {
			x = s.concat(k, []Expr{s.beyond(x, mode, k, w[0], false), x, s.beyond(x, mode, k, w[1], true)})
		}
		if x.n.Kind == KBad {
			return x
		}
	}
	return x
}

// beyond gives what lies before an axis, or behind it.
func (s site) beyond(x Expr, mode PadMode, k, width int, behind bool) Expr {
	n, skip := x.n.Shape[k], 0
	switch mode {
	case PadEdge:
		shape := x.n.Shape.Clone()
		shape[k] = width
		at := 0
		if behind {
			at = n - 1
		}
		if width == 0 {
			return s.part(x, k, 0, 0)
		}
		return s.broadcast(s.part(x, k, at, 1), shape)
	case PadWrap:
		if behind {
			return s.part(x, k, 0, width)
		}
		return s.part(x, k, n-width, width)
	case PadReflect:
		skip = 1
	}
	if width == 0 {
		return s.part(x, k, 0, 0)
	}
	if behind {
		return s.backwards(s.part(x, k, n-skip-width, width), k)
	}
	return s.backwards(s.part(x, k, skip, width), k)
}
