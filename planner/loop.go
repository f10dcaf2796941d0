package planner

import (
	"slices"

	"github.com/einloom/einloom/expr"
)

// A contraction whose results would be too large runs in slices: some of its labels are loops, and its steps are those of one slice, in
// which these labels have one value. The nodes of a slice are ordinary nodes over axes of one element; what moves from slice to slice is
// where the slices of operands, and of the whole result, lie in memory.
//
//	before  %2 = contract "ij,jk->ik" %0 %1                                            j sliced
//	after   %2 = slice %0 (moves along axis 1); %3 = slice %1 (along axis 0); %4 = contract "ij,jk->ik" %2 %3; the total of %4

// looped is what the order pass made of contractions that run in slices; nil where there are none.
type looped struct {
	loops  []loop
	in     map[*expr.Node]within // of the nodes of slices
	slides map[*expr.Node]slide  // of slices of operands
	totals map[*expr.Node]slide  // of the nodes that stand for all slices together, of which each gives a part
}

// loop is the sliced labels of one contraction, the first outermost, or the rows of a chain of kernels (see block.go).
type loop struct {
	indices []Index
	sums    bool // slices are added up; otherwise each gives a part of the result
}

// within is where a node runs: in loop number loop-1, inside of its first depth labels. The zero value is outside of all loops.
type within struct{ loop, depth int }

// slide says along which of its loop's labels each axis of a slice moves, from 1; 0: it does not.
type slide struct {
	loop int
	axes []int
}

func newLooped() *looped {
	return &looped{in: map[*expr.Node]within{}, slides: map[*expr.Node]slide{}, totals: map[*expr.Node]slide{}}
}

// at is where node n runs.
func (l *looped) at(n *expr.Node) within {
	if l == nil {
		return within{}
	}
	return l.in[n]
}

// slide says whether n moves from slice to slice.
func (l *looped) slide(n *expr.Node) (slide, bool) {
	if l == nil {
		return slide{}, false
	}
	s, ok := l.slides[n]
	return s, ok
}

// total says whether n stands for all slices of a contraction together.
func (l *looped) total(n *expr.Node) bool {
	_, is := l.totals[n]
	return is
}

// slicer makes the nodes of a contraction's slices.
type slicer struct {
	o     *orderer
	l     *looped
	loop  int   // its number, from 1
	depth []int // of each label, which loop it is, from 1; 0: none
	c     *contraction
	place *expr.Node
}

// sliced makes the nodes of a contraction whose tree has slices. Sliced labels stay as axes of one element, as far as the result has them.
func (o *orderer) sliced(place *expr.Node, c *contraction, values []operand, by *ordered) *expr.Node {
	tree, net := &by.tree, by.slice().net
	if o.s.looped == nil {
		o.s.looped = newLooped()
	}
	x := slicer{o: o, l: o.s.looped, depth: make([]int, len(c.sizes)), c: c, place: place}
	var l loop
	for i, label := range tree.Sliced {
		x.depth[label] = i + 1
		l.indices = append(l.indices, Index{Extent: c.sizes[label], Block: 1})
		l.sums = l.sums || !slices.Contains(c.output, label)
	}
	x.l.loops = append(x.l.loops, l)
	x.loop = len(x.l.loops)
	for i, t := range c.terms {
		values[i].node = x.part(t.node, t.labels)
	}
	laid := layout(&net, tree, net.Output)
	for i, step := range tree.Steps {
		list := []operand{values[step.A]}
		if step.B >= 0 {
			list = append(list, values[step.B])
		}
		labels := c.output
		if i < len(tree.Steps)-1 {
			labels = x.kept(laid[i], list)
		}
		n := contractTo(place, labels, list...)
		x.put(n, list)
		values = append(values, operand{n, labels})
	}
	one := values[len(values)-1].node
	whole := at{place}.make(expr.Node{Kind: expr.KBroadcast, Args: []*expr.Node{one}, Shape: place.Shape})
	total := slide{x.loop, make([]int, len(c.output))}
	for k, label := range c.output {
		total.axes[k] = x.depth[label]
	}
	x.l.totals[whole] = total
	return whole
}

// kept are the labels of a step, and those of its operands that are sliced and in the output.
func (x *slicer) kept(labels []int, list []operand) []int {
	labels = slices.Clone(labels)
	for _, v := range list {
		for _, l := range v.labels {
			if x.depth[l] > 0 && slices.Contains(x.c.output, l) && !slices.Contains(labels, l) {
				labels = append(labels, l)
			}
		}
	}
	return labels
}

// put notes that n runs inside of all loops that its operands do.
func (x *slicer) put(n *expr.Node, list []operand) {
	depth := 0
	for _, v := range list {
		depth = max(depth, x.l.at(v.node).depth)
	}
	if depth > 0 {
		x.l.in[n] = within{x.loop, depth}
	}
}

// part gives the part of operand number from that a slice needs: the operand itself where no label of it is sliced. What is computed element
// by element, and for this alone, is computed a part at a time.
func (x *slicer) part(from int, labels []int) *expr.Node {
	n := x.o.to[from]
	axes, depth := make([]int, len(labels)), 0
	shape := slices.Clone(n.Shape)
	for k, l := range labels {
		if n.Shape[k] != 1 && x.depth[l] > 0 {
			axes[k], shape[k] = x.depth[l], 1
			depth = max(depth, axes[k])
		}
	}
	if depth == 0 {
		return n
	}
	var made *expr.Node
	switch {
	case n.Kind == expr.KBroadcast && size(n.Args[0].Shape) == 1 && !x.l.total(n):
		return at{n}.broadcast(n.Args[0], shape)
	case n.Kind == expr.KMap && x.o.nodes[from].Kind == expr.KMap && x.o.single(from):
		args := make([]*expr.Node, len(n.Args))
		for k, a := range x.o.args[from] {
			args[k] = x.part(a, labels)
		}
		made = n.With(args...)
	default:
		made = at{n}.box(n, make([]int, len(shape)), shape)
		x.l.slides[made] = slide{x.loop, axes}
	}
	x.l.in[made] = within{x.loop, depth}
	return made
}
