package planner

import (
	"slices"

	"github.com/einloom/einloom/expr"
)

// The rules of folds and of contractions: rows of rules name them.

func foldFold(w rewriter, n *expr.Node) *expr.Node {
	a := n.Args[0]
	if a.Kind != expr.KReduce || a.Fold != n.Fold || n.Fold >= expr.FoldArgMin {
		return nil
	}
	var kept []int // the axes of a's argument that a leaves
	for k := range a.Args[0].Shape {
		if !slices.Contains(a.Axes, k) {
			kept = append(kept, k)
		}
	}
	axes := slices.Clone(a.Axes)
	for _, k := range n.Axes {
		axes = append(axes, kept[k])
	}
	slices.Sort(axes)
	return w.reduce(n.Fold, a.Args[0], axes)
}

func foldTranspose(w rewriter, n *expr.Node) *expr.Node {
	a := n.Args[0]
	if a.Kind != expr.KTranspose {
		return nil
	}
	var axes, kept []int // of a's argument: those folded, and the others in the order of the result
	for k, x := range a.Axes {
		if slices.Contains(n.Axes, k) {
			axes = append(axes, x)
		} else {
			kept = append(kept, x)
		}
	}
	slices.Sort(axes)
	place := slices.Clone(kept) // the axes of the new fold's result, ascending in those of the argument
	slices.Sort(place)
	order := make([]int, len(kept))
	for i, x := range kept {
		order[i] = slices.Index(place, x)
	}
	return w.transpose(w.inner(w.reduce(n.Fold, a.Args[0], axes)), order)
}

// stretched splits the axes of a fold of a broadcast: those that the broadcast made, and those of its argument, which keeps its axes of
// one element.
func stretched(n *expr.Node) (made, own []int) {
	a := n.Args[0]
	if a.Kind != expr.KBroadcast {
		return nil, n.Axes
	}
	from := a.Args[0].Shape
	ahead := len(a.Shape) - len(from)
	for _, k := range n.Axes {
		if k < ahead || from[k-ahead] != a.Shape[k] {
			made = append(made, k)
		} else {
			own = append(own, k)
		}
	}
	return made, own
}

// unstretch gives the broadcast's argument with the axes of made as axes of one element, and the others as the broadcast has them.
func unstretch(w rewriter, a *expr.Node, made []int) *expr.Node {
	shape := a.Shape.Clone()
	for _, k := range made {
		shape[k] = 1
	}
	return w.inner(w.broadcast(a.Args[0], shape))
}

func foldStretched(w rewriter, n *expr.Node) *expr.Node {
	switch n.Fold {
	case expr.FoldMin, expr.FoldMax, expr.FoldAny, expr.FoldAll:
	default:
		return nil
	}
	if slices.ContainsFunc(n.Axes, func(a int) bool { return n.Args[0].Shape[a] == 0 }) {
		return nil
	}
	made, own := stretched(n)
	if len(made) == 0 {
		return nil
	}
	return w.reshape(w.inner(w.reduce(n.Fold, unstretch(w, n.Args[0], made), own)), n.Shape)
}

func contractAlone(w rewriter, n *expr.Node) *expr.Node {
	if len(n.Args) != 1 || len(n.Output) != len(n.Labels[0]) {
		return nil
	}
	axes := make([]int, len(n.Output)) // every label is in the output: none is summed or twice
	for i, l := range n.Output {
		axes[i] = slices.Index(n.Labels[0], l)
	}
	return w.transpose(n.Args[0], axes)
}

func fastStretched(w rewriter, n *expr.Node) *expr.Node {
	made, own := stretched(n)
	if n.Fold != expr.FoldSum || len(made) == 0 || !n.DType.IsFloat() {
		return nil
	}
	times := 1
	for _, k := range made {
		times *= n.Args[0].Shape[k]
	}
	sum := w.inner(w.reshape(w.inner(w.reduce(n.Fold, unstretch(w, n.Args[0], made), own)), n.Shape))
	return w.apply(opMul, sum, w.scalar(n.DType, count(n.DType, times), n.Shape))
}
