package planner

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// joinScan computes the scan n in a group, or says why it cannot be there. The group goes along the scanned axis as its row, once for each
// point of all its other axes; every element of the row is computed, in order, so that the row must be this axis and no other.
func (f *fuser) joinScan(n int, d demand) string {
	g, at, node := d.g, d.at(), f.nodes[n]
	k := node.Axes[0]
	along := at[k]
	if along.Const != 0 || len(along.Terms) != 1 || along.Terms[0].Coef != 1 {
		return "what it scans is no axis of its kernel"
	}
	row := along.Terms[0].Axis
	others := axesOf(slices.Concat(at[:k], at[k+1:]))
	rest := setOf([]int{row})
	switch {
	case g.axes[row].extent != node.Shape[k] || others.has(row):
		return "what it scans is no axis of its kernel"
	case g.full():
		return "its kernel is full"
	case g.packed:
		return "its kernel holds a contraction"
	case g.row != nil && !slices.Equal(g.row, []int{row}):
		return "its kernel folds other rows"
	case g.loops().minus(rest) != others:
		return "its kernel needs it again and again"
	case g.row == nil && !f.short(g, others, rest), g.row != nil && g.beneathFold(d.entry) && !f.brief(g, rest):
		return "a row takes too long to go over it again and again"
	}
	if g.row == nil {
		g.alongRow([]int{row})
	}
	f.fold(n, d, []codegen.Affine{along})
	g.entries[d.entry].inside = true
	g.inside++
	return ""
}

// loweredScan gives a scan in other words where it is one of products of complex numbers, or of few rows so long that workers had better share
// them.
func loweredScan(n *expr.Node) *expr.Node {
	length := n.Shape[n.Axes[0]]
	switch {
	case n.Fold == expr.FoldProd && n.DType.IsComplex():
		return scanByDoubling(n)
	case length >= longScan && size(n.Shape)/length < manyScans || length > longestScan:
		return scanByPieces(n)
	}
	return nil
}

// A scan is cut into pieces of scanPiece elements where it has at least longScan, along fewer than manyScans rows, or more than longestScan,
// which is what one call of machine code may take.
const (
	scanPiece   = 1 << 12
	longScan    = 1 << 16
	longestScan = 1 << 18
	manyScans   = 64
)

// scanByPieces cuts the axis into pieces. What all pieces before one give together is scanned in turn, and joins each element of the piece:
//
//	t[p] = reduce(x[p, j]);  s = scan(t);  o[p, j] = s[p-1] op scan(x[p, j])
//
// The elements that make no whole piece join what the last one gives. The pieces depend on the shape alone.
func scanByPieces(n *expr.Node) *expr.Node {
	p, x, axis := at{n}, n.Args[0], n.Axes[0]
	length := n.Shape[axis]
	count := length / scanPiece
	fold := foldOps[n.Fold]
	cut := slices.Insert(n.Shape.Clone(), axis+1, scanPiece)
	cut[axis] = count
	pieces := p.reshape(p.section(x, axis, 0, count*scanPiece), cut)
	ends := p.scan(n.Fold, p.reduce(n.Fold, pieces, []int{axis + 1}), axis)
	before, after := make([]int, len(ends.Shape)), make([]int, len(ends.Shape))
	before[axis] = 1
	starts := p.make(expr.Node{Kind: expr.KPad, Args: []*expr.Node{p.section(ends, axis, 0, count-1)}, Before: before, After: after, Value: unit(n.Fold, n.DType)})
	wide := func(x *expr.Node, size int) *expr.Node { // x, which has one element a piece, at each of so many
		kept, shape := slices.Insert(x.Shape.Clone(), axis+1, 1), slices.Insert(x.Shape.Clone(), axis+1, size)
		return p.broadcast(p.reshape(x, kept), shape)
	}
	whole := p.apply(fold, wide(starts, scanPiece), p.scan(n.Fold, pieces, axis+1))
	shape := n.Shape.Clone()
	shape[axis] = count * scanPiece
	whole = p.reshape(whole, shape)
	left := length - count*scanPiece
	if left == 0 {
		return whole
	}
	rest := p.scan(n.Fold, p.section(x, axis, count*scanPiece, left), axis)
	last := p.reshape(wide(p.section(ends, axis, count-1, 1), left), rest.Shape)
	return p.make(expr.Node{Kind: expr.KConcat, Args: []*expr.Node{whole, p.apply(fold, last, rest)}, Axes: []int{axis}})
}

// scanByDoubling folds each element with the one before it, then with the second before it, the fourth, and so on.
func scanByDoubling(n *expr.Node) *expr.Node {
	p, x, axis := at{n}, n.Args[0], n.Axes[0]
	length := n.Shape[axis]
	for by := 1; by < length; by *= 2 {
		joined := p.apply(foldOps[n.Fold], p.section(x, axis, 0, length-by), p.section(x, axis, by, length-by))
		x = p.make(expr.Node{Kind: expr.KConcat, Args: []*expr.Node{p.section(x, axis, 0, by), joined}, Axes: []int{axis}})
	}
	return x
}

// scan folds x along an axis, each element with all before it.
func (p at) scan(f expr.Fold, x *expr.Node, axis int) *expr.Node {
	return p.make(expr.Node{Kind: expr.KScan, Fold: f, Args: []*expr.Node{x}, Axes: []int{axis}})
}

// scans says whether the group scans along axis a, which then has to stay whole.
func (g *group) scans(a int) bool {
	return slices.ContainsFunc(g.entries, func(e entry) bool { return e.scan && slices.Equal(e.over, []int{a}) })
}
