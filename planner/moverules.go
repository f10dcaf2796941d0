package planner

import (
	"slices"

	"github.com/einloom/einloom/expr"
)

// The rules of movements: rows of rules name them.

func transposeIdentity(_ rewriter, n *expr.Node) *expr.Node {
	if identity(n.Axes) {
		return n.Args[0]
	}
	return nil
}

func transposeTranspose(w rewriter, n *expr.Node) *expr.Node {
	a := n.Args[0]
	if a.Kind != expr.KTranspose {
		return nil
	}
	axes := make([]int, len(n.Axes))
	for k, x := range n.Axes {
		axes[k] = a.Axes[x]
	}
	return w.transpose(a.Args[0], axes)
}

// moveConstant replaces a movement of one constant by that constant in the movement's shape.
func moveConstant(w rewriter, n *expr.Node) *expr.Node {
	if v, ok := known(n.Args[0]); ok {
		return w.scalar(n.DType, v, n.Shape)
	}
	return nil
}

func sameShape(_ rewriter, n *expr.Node) *expr.Node {
	if n.Shape.Equal(n.Args[0].Shape) {
		return n.Args[0]
	}
	return nil
}

func reshapeReshape(w rewriter, n *expr.Node) *expr.Node {
	if a := n.Args[0]; a.Kind == expr.KReshape {
		return w.reshape(a.Args[0], n.Shape)
	}
	return nil
}

func broadcastBroadcast(w rewriter, n *expr.Node) *expr.Node {
	if a := n.Args[0]; a.Kind == expr.KBroadcast {
		return w.broadcast(a.Args[0], n.Shape)
	}
	return nil
}

func broadcastOnes(w rewriter, n *expr.Node) *expr.Node {
	if a := n.Args[0]; a.Kind == expr.KReshape && len(a.Shape) > 0 && len(a.Args[0].Shape) == 0 {
		return w.broadcast(a.Args[0], n.Shape)
	}
	return nil
}

func sliceIdentity(_ rewriter, n *expr.Node) *expr.Node {
	if n.Shape.Equal(n.Args[0].Shape) && !slices.ContainsFunc(n.Steps, func(s int) bool { return s < 0 }) {
		return n.Args[0] // all elements, forwards: from 0 by 1
	}
	return nil
}

func sliceSlice(w rewriter, n *expr.Node) *expr.Node {
	a := n.Args[0]
	if a.Kind != expr.KSlice {
		return nil
	}
	starts, steps := make([]int, len(n.Starts)), make([]int, len(n.Steps))
	for k := range starts {
		starts[k], steps[k] = a.Starts[k]+n.Starts[k]*a.Steps[k], n.Steps[k]*a.Steps[k]
	}
	return w.make(expr.Node{Kind: expr.KSlice, Args: a.Args, Shape: n.Shape, Starts: starts, Steps: steps})
}

func concatOne(_ rewriter, n *expr.Node) *expr.Node {
	if len(n.Args) == 1 {
		return n.Args[0]
	}
	return nil
}

func concatConcat(_ rewriter, n *expr.Node) *expr.Node {
	var args []*expr.Node
	flat := false
	for _, a := range n.Args {
		if a.Kind == expr.KConcat && a.Axes[0] == n.Axes[0] {
			args, flat = append(args, a.Args...), true
		} else {
			args = append(args, a)
		}
	}
	if !flat {
		return nil
	}
	return n.With(args...)
}
