package planner

import (
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// at makes nodes in the place of another: they carry its line.
type at struct{ n *expr.Node }

func (p at) make(n expr.Node) *expr.Node {
	n.Pos = p.n.Pos
	return expr.Make(n)
}

func (p at) apply(o *op.Op, args ...*expr.Node) *expr.Node {
	return p.make(expr.Node{Kind: expr.KMap, Op: o, Args: args})
}

func (p at) cast(x *expr.Node, d tensor.DType) *expr.Node {
	if x.DType == d {
		return x
	}
	return p.make(expr.Node{Kind: expr.KMap, Op: opCast, DType: d, Args: []*expr.Node{x}})
}

// scalar is a constant of a dtype, stretched to a shape.
func (p at) scalar(d tensor.DType, v expr.Value, shape tensor.Shape) *expr.Node {
	return p.broadcast(p.make(expr.Node{Kind: expr.KConst, DType: d, Value: v}), shape)
}

// count is the number v as a value of dtype d.
func count(d tensor.DType, v int) expr.Value {
	return expr.Value{F: float64(v), I: int64(v), C: complex(float64(v), 0)}
}

func (p at) broadcast(x *expr.Node, shape tensor.Shape) *expr.Node {
	if x.Shape.Equal(shape) {
		return x
	}
	return p.make(expr.Node{Kind: expr.KBroadcast, Args: []*expr.Node{x}, Shape: shape})
}

func (p at) reshape(x *expr.Node, shape tensor.Shape) *expr.Node {
	if x.Shape.Equal(shape) {
		return x
	}
	return p.make(expr.Node{Kind: expr.KReshape, Args: []*expr.Node{x}, Shape: shape})
}

func (p at) transpose(x *expr.Node, axes []int) *expr.Node {
	if identity(axes) {
		return x
	}
	return p.make(expr.Node{Kind: expr.KTranspose, Args: []*expr.Node{x}, Axes: axes})
}

func identity(axes []int) bool {
	for k, a := range axes {
		if a != k {
			return false
		}
	}
	return true
}

func (p at) reduce(f expr.Fold, x *expr.Node, axes []int) *expr.Node {
	if len(axes) == 0 {
		return x
	}
	return p.make(expr.Node{Kind: expr.KReduce, Fold: f, Args: []*expr.Node{x}, Axes: axes})
}

// part is the elements [from, from+length) of the last axis.
func (p at) part(x *expr.Node, from, length int) *expr.Node {
	return p.section(x, len(x.Shape)-1, from, length)
}

// section is the elements [from, from+length) of an axis.
func (p at) section(x *expr.Node, axis, from, length int) *expr.Node {
	if length == x.Shape[axis] {
		return x
	}
	shape := x.Shape.Clone()
	shape[axis] = length
	starts := make([]int, len(shape))
	starts[axis] = from
	return p.box(x, starts, shape)
}

// box is the elements from starts on, as many along each axis as shape says.
func (p at) box(x *expr.Node, starts, shape []int) *expr.Node {
	steps := make([]int, len(shape))
	for k := range steps {
		steps[k] = 1
	}
	return p.make(expr.Node{Kind: expr.KSlice, Args: []*expr.Node{x}, Shape: shape, Starts: starts, Steps: steps})
}
