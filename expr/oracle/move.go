package oracle

import (
	"fmt"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// walk visits the row-major elements of shape: k counts them, at is base + sum of index*stride.
func walk(shape tensor.Shape, strides []int, base int, visit func(k, at int)) {
	index := make([]int, len(shape))
	for k, at := 0, base; k < shape.Len(); k++ {
		visit(k, at)
		for axis := len(shape) - 1; axis >= 0; axis-- {
			index[axis]++
			at += strides[axis]
			if index[axis] < shape[axis] {
				break
			}
			at -= index[axis] * strides[axis]
			index[axis] = 0
		}
	}
}

// move gives the value of a node that only puts elements elsewhere.
func move(n *expr.Node, args []*array) (*array, error) {
	out := empty(n.DType, n.Shape)
	switch n.Kind {
	case expr.KPad:
		out.fill(n.Value)
		base := 0
		for axis, s := range n.Shape.Strides() {
			base += n.Before[axis] * s
		}
		out.place(args[0], base)
	case expr.KConcat:
		base := 0
		for _, a := range args {
			out.place(a, base)
			base += a.shape[n.Axes[0]] * n.Shape.Strides()[n.Axes[0]]
		}
	default:
		strides, base, err := view(n, args[0].shape)
		if err != nil {
			return nil, err
		}
		walk(n.Shape, strides, base, func(k, at int) { out.copyFrom(k, args[0], at) })
	}
	return out, nil
}

// view says which element of an argument of the given shape is element i of the node n: base + sum of i*stride.
func view(n *expr.Node, from tensor.Shape) (strides []int, base int, err error) {
	own := from.Strides()
	switch n.Kind {
	case expr.KReshape:
		return n.Shape.Strides(), 0, nil
	case expr.KTranspose:
		for _, axis := range n.Axes {
			strides = append(strides, own[axis])
		}
	case expr.KBroadcast:
		strides = make([]int, len(n.Shape))
		missing := len(n.Shape) - len(from)
		for axis, size := range from {
			if size != 1 {
				strides[missing+axis] = own[axis]
			}
		}
	case expr.KSlice:
		for axis, s := range own {
			base += n.Starts[axis] * s
			strides = append(strides, n.Steps[axis]*s)
		}
	case expr.KDiagonal:
		first, second := n.Axes[0], n.Axes[1]
		for axis, s := range own {
			if axis != first && axis != second {
				strides = append(strides, s)
			}
		}
		strides = append(strides, own[first]+own[second])
		base = n.Starts[0]*own[first] + n.Starts[1]*own[second]
	default:
		return nil, 0, broken(n, "kind %d is no view", n.Kind)
	}
	return strides, base, nil
}

// fill sets every element to v.
func (a *array) fill(v expr.Value) {
	for k := range a.len() {
		a.set(k, v)
	}
}

// place copies b into a, whose strides b's elements take, from element base on.
func (a *array) place(b *array, base int) {
	walk(b.shape, a.shape.Strides(), base, func(k, at int) { a.copyFrom(at, b, k) })
}

// gather takes the elements of x at the positions index along an axis. An index that a rounding may change (Bounded) gives elements that
// nobody can compare, and is never an error.
func (e *evaluation) gather(n *expr.Node, x, index *array) (*array, error) {
	axis := n.Axes[0]
	size := x.shape[axis]
	inner := x.shape[axis+1:].Len()
	outer := x.shape[:axis].Len()
	out := empty(n.DType, n.Shape)
	for j, at := range index.i {
		loose := index.slackAt(j) != 0
		if at < 0 {
			at += int64(size)
		}
		if at < 0 || at >= int64(size) {
			if !loose {
				return nil, fmt.Errorf("%v: oracle: take: index %d is out of range for axis %d of size %d", n.Pos, index.i[j], axis, size)
			}
			at = 0
		}
		e.fragile = e.fragile || loose
		for o := range outer {
			for i := range inner {
				k := (o*len(index.i)+j)*inner + i
				if size > 0 {
					out.copyFrom(k, x, (o*size+int(at))*inner+i)
				}
				if loose {
					out.setSlack(k, anything)
				}
			}
		}
	}
	return out, nil
}
