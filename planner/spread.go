package planner

import (
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// spread is sums of squares of deviations from a mean, and the sum that makes the mean. As written down they go over their elements one after
// the other. Where no cache holds these they are cut into pieces that it holds, and memory is gone over once. A piece of l elements gives
// its sum, with that its mean m, and of its elements' deviations from m the sum r and the sum of squares q. For any c then
//
//	sum (x - c)^2 = sum over the pieces of q + (m - c) (2 r + l (m - c))
//
// Were m not rounded, r would be 0; with r this is an identity of the numbers that are at hand, and loses no more than the sum of (x - c)^2
// does. (Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for computing sample variances, 1979.)
type spread struct {
	sum   int        // the node of the sum
	parts []*moments // once it is rewritten
}

// moments are what the pieces of some elements give, each in their shape without the axes that a piece folds.
type moments struct {
	*cutting
	length         int // elements of a piece
	sum, mean      *expr.Node
	rests, squares *expr.Node // of the deviations from the mean: sum, sum of squares
}

// cutting says how a fold is cut into pieces.
type cutting struct {
	axis   int   // that is cut
	length int   // elements of a piece along it
	outer  []int // it and the folded axes before it: pieces are folded along these
	inner  []int // the folded axes behind it: a piece folds them whole
}

// Pieces have about spreadPiece elements, those of columns side by side counted together, and at least leastPiece along the axis that is cut.
// Columns are cut where they have longColumn elements, and wideColumns together; what lies along the innermost axis, as scans are.
const (
	spreadPiece = 1 << 14
	leastPiece  = 16
	longColumn  = 512
	wideColumns = 1 << 18
)

// byPieces rewrites the spreads of a graph that are long; nil if there are none.
func byPieces(g *graph) []*expr.Node {
	of := map[int]*spread{}
	for n := range g.nodes {
		if s := spreadOf(g, n); s != nil {
			if of[s.sum] == nil { // two sums of squares may have one mean
				of[s.sum] = s
			}
			of[n] = of[s.sum]
		}
	}
	if len(of) == 0 {
		return nil
	}
	return g.rewriteNumbered(func(i int, n *expr.Node) *expr.Node {
		switch s := of[i]; {
		case s == nil:
			return n
		case i == s.sum:
			s.take(n)
			return s.total(n)
		default:
			return s.deviations(n)
		}
	})
}

// spreadOf finds the spread whose squares node n adds up; nil if it adds up something else, or what is to stay as it is.
func spreadOf(g *graph, n int) *spread {
	node := g.nodes[n]
	if node.Kind != expr.KReduce || node.Fold != expr.FoldSum || len(node.Axes) == 0 || node.DType != tensor.Float32 && node.DType != tensor.Float64 {
		return nil
	}
	square := g.args[n][0]
	if m := g.nodes[square]; m.Kind != expr.KMap || m.Op != opMul || m.Args[0] != m.Args[1] || m.Args[0].Kind != expr.KMap || m.Args[0].Op != opSub {
		return nil
	}
	deviation := g.args[square][0]
	x, center := g.args[deviation][0], g.args[deviation][1]
	if !constantAlong(g.nodes[center], node.Axes) || cuttingOf(node) == nil {
		return nil
	}
	sum := center
	for m := g.nodes[sum]; m.Kind == expr.KBroadcast || m.Kind == expr.KReshape || scales(m); m = g.nodes[sum] {
		sum = g.args[sum][0]
	}
	if m := g.nodes[sum]; m.Kind != expr.KReduce || m.Fold != expr.FoldSum || g.args[sum][0] != x || !slices.Equal(m.Axes, node.Axes) {
		return nil
	}
	return &spread{sum: sum}
}

// scales says whether n is something times a constant, or divided by one.
func scales(n *expr.Node) bool {
	if n.Kind != expr.KMap || n.Op != opMul && n.Op != opDiv {
		return false
	}
	_, ok := known(n.Args[1])
	return ok
}

// constantAlong says whether n is stretched along axes.
func constantAlong(n *expr.Node, axes []int) bool {
	if n.Kind != expr.KBroadcast {
		return false
	}
	from := n.Args[0].Shape
	ahead := len(n.Shape) - len(from)
	return !slices.ContainsFunc(axes, func(a int) bool { return a >= ahead && from[a-ahead] != 1 })
}

// cuttingOf says how a fold of a spread is cut; nil if it is to stay whole. Its pieces depend on the shape alone.
func cuttingOf(n *expr.Node) *cutting {
	shape := n.Args[0].Shape
	folded := size(shape) / max(1, size(n.Shape))
	beside := size(shape[n.Axes[len(n.Axes)-1]+1:])
	switch {
	case beside > 1 && (folded < longColumn || size(shape) < wideColumns):
		return nil
	case beside == 1 && (folded < longScan || size(n.Shape) >= manyScans && folded <= longestScan):
		return nil
	}
	k, inner := len(n.Axes)-1, 1
	for k > 0 && inner*shape[n.Axes[k]]*beside <= spreadPiece/2 {
		inner *= shape[n.Axes[k]]
		k--
	}
	c := &cutting{axis: n.Axes[k], outer: n.Axes[:k+1], inner: n.Axes[k+1:]}
	c.length = even(shape[c.axis], max(leastPiece/inner, spreadPiece/(inner*beside), 1))
	return c
}

// even gives the greatest length above half a piece, and no greater than one, that cuts whole into equal parts; a piece if there is none.
func even(whole, piece int) int {
	piece = min(piece, whole)
	for l := piece; l > piece/2; l-- {
		if whole%l == 0 {
			return l
		}
	}
	return piece
}

// take gets the moments of what n, the sum, adds up.
func (s *spread) take(n *expr.Node) {
	p, x, c := at{n}, n.Args[0], cuttingOf(n)
	count := x.Shape[c.axis]
	whole := count / c.length * c.length
	s.parts = append(s.parts, c.moments(p, p.section(x, c.axis, 0, whole), c.length))
	if left := count - whole; left > 0 {
		s.parts = append(s.parts, c.moments(p, p.section(x, c.axis, whole, left), left))
	}
}

// moments cuts x into pieces of so many elements along the axis.
func (c *cutting) moments(p at, x *expr.Node, length int) *moments {
	shape := slices.Insert(x.Shape.Clone(), c.axis+1, length)
	shape[c.axis] /= length
	x = p.reshape(x, shape)
	kept := shape.Clone()
	over := []int{c.axis + 1}
	for _, a := range c.inner {
		over = append(over, a+1)
	}
	m := &moments{cutting: c, length: 1}
	for _, a := range over {
		m.length *= shape[a]
		kept[a] = 1
	}
	m.sum = p.reduce(expr.FoldSum, x, over)
	m.mean = p.apply(opDiv, m.sum, m.count(p))
	d := p.apply(opSub, x, p.broadcast(p.reshape(m.mean, kept), shape))
	m.rests = p.reduce(expr.FoldSum, d, over)
	m.squares = p.reduce(expr.FoldSum, p.apply(opMul, d, d), over)
	return m
}

// count is the elements of a piece, at every piece.
func (m *moments) count(p at) *expr.Node {
	return p.scalar(m.sum.DType, count(m.sum.DType, m.length), m.sum.Shape)
}

// total is what n, the sum, adds up to.
func (s *spread) total(n *expr.Node) *expr.Node {
	return s.join(at{n}, func(m *moments) *expr.Node { return m.sum })
}

// deviations is what n, the sum of squares, adds up to.
func (s *spread) deviations(n *expr.Node) *expr.Node {
	p, center := at{n}, n.Args[0].Args[0].Args[1]
	return s.join(p, func(m *moments) *expr.Node {
		e := p.apply(opSub, m.mean, m.alike(p, center))
		twice := p.apply(opAdd, m.rests, m.rests)
		return p.apply(opAdd, p.apply(opMul, e, p.apply(opAdd, twice, p.apply(opMul, m.count(p), e))), m.squares)
	})
}

// alike gives what is stretched along the folded axes at every piece.
func (m *moments) alike(p at, stretched *expr.Node) *expr.Node {
	x := stretched.Args[0]
	shape := slices.Concat(slices.Repeat(tensor.Shape{1}, len(stretched.Shape)-len(x.Shape)), x.Shape)
	for _, a := range slices.Backward(m.inner) {
		shape = slices.Delete(shape, a, a+1)
	}
	return p.broadcast(p.reshape(x, shape), m.sum.Shape)
}

// join folds what each piece gives.
func (s *spread) join(p at, of func(*moments) *expr.Node) (sum *expr.Node) {
	for _, m := range s.parts {
		part := p.reduce(expr.FoldSum, of(m), m.outer)
		if sum == nil {
			sum = part
		} else {
			sum = p.apply(opAdd, sum, part)
		}
	}
	return sum
}
