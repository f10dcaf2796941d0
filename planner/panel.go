package planner

// panel: the right factor of a product, where it is the same in every run, lies as packing would lay it, so that no run packs it.
//
//	before  %2 = contract "ik,kj->ij" %0 %1                                     %1 f32[1024 1024] frozen
//	after   %2 = reshape %1; %3 = transpose %2 axes [1 0 2]                     f32[64 1024 16], which is kept
//	        %4 = contract "ik,nkj->inj" %0 %3; %5 = reshape %4

import (
	"slices"

	"github.com/einloom/einloom/expr"
)

// panel rewrites the products that are worth it.
func panel(s *state) error {
	if !s.Keep || s.off("keep") || s.off("panel") || s.Target.Vector == 0 {
		return nil
	}
	g := s.number()
	k := newKeeper(s, g)
	to := make([]*expr.Node, len(g.nodes))
	for n, node := range g.nodes {
		args := make([]*expr.Node, len(g.args[n]))
		for i, a := range g.args[n] {
			args[i] = to[a]
		}
		to[n] = node.With(args...)
		if p := k.gemm(n); p != nil && p.worth(&k.model) {
			to[n] = p.panelled(s, to[n])
		}
	}
	if s.laid == nil {
		return nil
	}
	roots := make([]*expr.Node, len(g.roots))
	for i, r := range g.roots {
		roots[i] = to[r]
	}
	s.roots = roots
	return nil
}

// gemm is a contraction of two factors one of which is constant and has the result's innermost label, which the other has not.
type gemm struct {
	node    *expr.Node
	right   int   // which argument is the constant one
	width   int   // columns of a panel
	columns []int // labels of the result that the right factor has, the innermost last
	terms   []int // labels that are summed, in the sequence in which the left factor has them
	m, n, k float64
}

// gemm finds what kind of product node n is; nil if none that panels are of use to.
func (k *keeper) gemm(n int) *gemm {
	node := k.nodes[n]
	if node.Kind != expr.KContract || len(node.Args) != 2 || len(node.Output) == 0 || !packs(node.DType) || node.DType.IsComplex() {
		return nil
	}
	p := &gemm{node: node, width: tileColumns(k.vector, node.DType.Size()), m: 1, n: 1, k: 1}
	switch a, b := k.args[n][0], k.args[n][1]; {
	case !k.constant[a] && k.atHand(b):
		p.right = 1
	case k.constant[b] || !k.atHand(a):
		return nil
	}
	left, right := node.Labels[1-p.right], node.Labels[p.right]
	if repeats(left) || repeats(right) {
		return nil
	}
	for i, l := range left {
		d := float64(node.Args[1-p.right].Shape[i])
		switch both, stays := slices.Contains(right, l), slices.Contains(node.Output, l); {
		case both == stays: // of the batch, or summed over one factor alone
			return nil
		case both:
			p.terms, p.k = append(p.terms, l), p.k*d
		default:
			p.m *= d
		}
	}
	for i, l := range right {
		if slices.Contains(left, l) {
			continue
		}
		if !slices.Contains(node.Output, l) {
			return nil
		}
		p.columns, p.n = append(p.columns, l), p.n*float64(node.Args[p.right].Shape[i])
	}
	return p.innermost()
}

// innermost puts the result's innermost label behind the other columns; nil where it is none of them, or no whole number of panels.
func (p *gemm) innermost() *gemm {
	inner := p.node.Output[len(p.node.Output)-1]
	i := slices.Index(p.columns, inner)
	if i < 0 || p.size(inner) == 0 || p.size(inner)%p.width != 0 {
		return nil
	}
	moveLast(p.columns, i)
	return p
}

// size is how many points a label of the right factor has.
func (p *gemm) size(label int) int {
	return p.node.Args[p.right].Shape[slices.Index(p.node.Labels[p.right], label)]
}

// worth says whether a run would pack the factor, and take more than a sixteenth of the time for it that it takes to multiply.
func (p *gemm) worth(m *model) bool {
	bytes := float64(p.node.DType.Size())
	if min(p.m, p.n, p.k) < packedSide || p.m*p.n*p.k < packedWork || p.k <= directTerms && float64(p.width)*p.k*bytes <= directRoom {
		return false
	}
	return m.move(p.n*p.k*bytes) > m.multiply(p.m*p.n*p.k)/16
}

// panelled gives what node computes, a product whose arguments are rewritten: of its right factor in panels, which s keeps.
func (p *gemm) panelled(s *state, node *expr.Node) *expr.Node {
	w, labels := node.Args[p.right], node.Labels[p.right]
	axis := func(l int) int { return slices.Index(labels, l) }
	inner := p.columns[len(p.columns)-1]
	// The innermost columns become two axes: which panel, and which of its columns.
	cut, at := axis(inner), at{node}
	split := slices.Replace(slices.Clone(w.Shape), cut, cut+1, w.Shape[cut]/p.width, p.width)
	var order []int
	for _, l := range slices.Concat(p.columns, p.terms) {
		a := axis(l)
		if a > cut {
			a++
		}
		order = append(order, a)
	}
	laid := at.transpose(at.reshape(w, split), append(order, cut+1))
	if s.laid == nil {
		s.laid = map[*expr.Node]bool{}
	}
	s.laid[laid] = true

	column := 0 // a label that none has
	for _, l := range slices.Concat(node.Labels[0], node.Labels[1]) {
		column = max(column, l+1)
	}
	c := expr.Node{Kind: expr.KContract, Args: slices.Clone(node.Args), Labels: slices.Clone(node.Labels), Output: append(slices.Clone(node.Output), column)}
	c.Args[p.right], c.Labels[p.right] = laid, slices.Concat(p.columns, p.terms, []int{column})
	return at.reshape(at.make(c), node.Shape)
}

// repeats says whether a label is there twice.
func repeats(labels []int) bool { return len(distinct(labels)) < len(labels) }
