package expr

import (
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Broadcast stretches x to the sizes dims by NumPy's rule: axes are aligned from the right, and a missing axis or one of size 1 repeats.
func (x Expr) Broadcast(dims ...int) Expr {
	s := here("broadcast")
	if bad, is := s.inherit(x); is {
		return bad
	}
	return s.broadcast(x, slices.Clone(dims))
}

// broadcast stretches x to shape, which it keeps; x itself if that is its shape.
func (s site) broadcast(x Expr, shape tensor.Shape) Expr {
	if x.n.Kind != KBad && slices.Equal(x.n.Shape, shape) {
		return x
	}
	return s.make(Node{Kind: KBroadcast, Args: []*Node{x.n}, Shape: shape})
}

// meet gives the shape to which all operands stretch.
func (s site) meet(xs []Expr) (shape tensor.Shape, bad Expr, ok bool) {
	widest := 0
	same := true
	for i, x := range xs {
		if len(x.n.Shape) > len(xs[widest].n.Shape) {
			widest = i
		}
		same = same && slices.Equal(x.n.Shape, xs[0].n.Shape)
	}
	if same {
		return xs[0].n.Shape, Expr{}, true
	}
	shape = xs[widest].n.Shape.Clone()
	from := make([]int, len(shape)) // the operand that gave the size
	for k := range from {
		from[k] = widest
	}
	for i, x := range xs {
		ahead := len(shape) - len(x.n.Shape)
		for k, d := range x.n.Shape {
			switch at := ahead + k; {
			case d == shape[at] || d == 1:
			case shape[at] == 1:
				shape[at], from[at] = d, i
			default:
				a, b := min(i, from[at]), max(i, from[at])
				axis := at - len(shape)
				return nil, s.bad(ErrShape, "operand %d is %s, operand %d is %s: axis %d is %d and %d, want equal sizes or 1",
					a, xs[a].n.typ(), b, xs[b].n.typ(), axis, sizeAt(xs[a], axis), sizeAt(xs[b], axis)), false
			}
		}
	}
	return shape, Expr{}, true
}

func sizeAt(x Expr, axis int) int { return x.n.Shape[len(x.n.Shape)+axis] }

// stretched gives the shape that two shapes stretch to, if there is one.
func stretched(a, b tensor.Shape) (shape tensor.Shape, ok bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	shape = a.Clone()
	for k, d := range b {
		switch at := len(a) - len(b) + k; {
		case shape[at] == 1:
			shape[at] = d
		case d != 1 && d != shape[at]:
			return nil, false
		}
	}
	return shape, true
}
