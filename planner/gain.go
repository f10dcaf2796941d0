package planner

import (
	"slices"

	"github.com/einloom/einloom/planner/order"
)

// Steps of which each side has packedSide points are packed: vectors run along one operand's own labels. Others run along the labels of both
// operands, if these have batchRun points or more and are more than an operand's own.
const (
	batchRun   = 16
	elementMul = 10 // multiplications that take as long as an element's way from or to memory
)

// gains says of each label how much is gained where it is innermost in memory: the work of the steps whose vectors are to run along it. A step's
// work is that of its multiplications or of its way through memory, whichever is more.
func gains(net *order.Network, t *order.Tree) []float64 {
	gain := make([]float64, len(net.Sizes))
	labels := func(n int) []int {
		if n < len(net.Terms) {
			return net.Terms[n]
		}
		return t.Steps[n-len(net.Terms)].Labels
	}
	for _, s := range t.Steps {
		if s.B < 0 {
			continue
		}
		g := split(labels(s.A), labels(s.B), s.Labels)
		for _, label := range g.innermost(net) {
			gain[label] += g.work(net)
		}
	}
	return gain
}

// sides are the labels of a step in groups.
type sides struct {
	left, right []int // of one operand and the result
	both        []int // of both and the result
	summed      []int // of both alone
}

// split divides the labels of operands a and b of a step.
func split(a, b, result []int) (g sides) {
	for _, x := range a {
		switch other, kept := slices.Contains(b, x), slices.Contains(result, x); {
		case other && kept:
			g.both = append(g.both, x)
		case other:
			g.summed = append(g.summed, x)
		default:
			g.left = append(g.left, x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			g.right = append(g.right, x)
		}
	}
	return g
}

// innermost are the labels along which the step's vectors are to run.
func (g *sides) innermost(net *order.Network) []int {
	m, n, own := points(*net, g.left), points(*net, g.right), g.right
	if m > n {
		m, n, own = n, m, g.left
	}
	batch := points(*net, g.both)
	if batch >= max(batchRun, n+1) && min(m, points(*net, g.summed)) < packedSide {
		return g.both
	}
	return own
}

// work is in multiplications.
func (g *sides) work(net *order.Network) float64 {
	m, n, batch, terms := points(*net, g.left), points(*net, g.right), points(*net, g.both), points(*net, g.summed)
	return batch * max(m*n*terms, elementMul*(m*terms+n*terms+m*n))
}
