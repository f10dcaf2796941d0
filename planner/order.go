package planner

// order: contractions that meet become one, which is then contracted pair by pair in a good order.
//
//	before  %3 = contract "ij,jk->ik" %0 %1; %4 = contract "ik,k->i" %3 %2
//	after   %3 = contract "jk,k->j" %1 %2; %4 = contract "ij,j->i" %0 %3

import (
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner/order"
	"github.com/einloom/einloom/tensor"
)

// ordered is what was decided about one contraction, for the text.
type ordered struct {
	head *expr.Node
	net  order.Network
	tree order.Tree
	kept bool // the tree is of an earlier search
}

// runOrder merges and orders the contractions of the graph. Turned off, it only makes pairs, from left to right.
func runOrder(s *state) error {
	o := orderer{s: s, graph: s.number()}
	if !slices.ContainsFunc(o.nodes, func(n *expr.Node) bool { return n.Kind == expr.KContract || o.sum(n) }) {
		return nil
	}
	o.isRoot = make([]bool, len(o.nodes))
	for _, r := range o.roots {
		o.isRoot[r] = true
	}
	if s.Keep && !s.off("keep") {
		o.constant = o.constants()
	}
	o.to = make([]*expr.Node, len(o.nodes))
	o.heads = make([]*contraction, len(o.nodes))
	o.inside = make([]bool, len(o.nodes))
	for n := len(o.nodes) - 1; n >= 0; n-- {
		if !o.inside[n] {
			o.heads[n] = o.gather(n)
		}
	}
	for n, node := range o.nodes {
		if o.inside[n] {
			continue
		}
		if c := o.heads[n]; c != nil {
			o.to[n] = o.emit(n, c)
			continue
		}
		args := make([]*expr.Node, len(o.args[n]))
		for k, a := range o.args[n] {
			args[k] = o.to[a]
		}
		o.to[n] = node.With(args...)
	}
	s.roots = make([]*expr.Node, len(o.roots))
	for k, r := range o.roots {
		s.roots[k] = o.to[r]
	}
	return nil
}

type orderer struct {
	s *state
	*graph
	isRoot   []bool
	constant []bool         // whether a node is the same in every run; nil: nothing is kept from run to run
	inside   []bool         // whether a node has become part of a contraction above it
	heads    []*contraction // of each node that is a contraction now
	to       []*expr.Node   // the new nodes
}

// contraction is a sum of products of nodes: labels are indices of sizes.
type contraction struct {
	terms  []term
	output []int
	sizes  []int
	count  []int // how many axes of terms have the label
	merged bool  // it is more than its head was
}

// term is an operand, and the labels of its axes; a label twice is a diagonal.
type term struct {
	node   int
	labels []int
	sole   bool // nothing else needs what lies between the contraction and the node
}

// sum says whether a node adds up products that are not a contraction yet.
func (o *orderer) sum(n *expr.Node) bool {
	return n.Kind == expr.KReduce && n.Fold == expr.FoldSum && n.Args[0].Kind == expr.KMap && n.Args[0].Op == opMul
}

// gather makes a contraction of node n and of those beneath that nothing else needs; nil if n is none.
func (o *orderer) gather(n int) *contraction {
	node := o.nodes[n]
	switch {
	case node.Kind == expr.KContract:
		axes := 0
		for _, labels := range node.Labels {
			axes += len(labels)
		}
		c := &contraction{sizes: make([]int, 0, axes), count: make([]int, 0, axes), output: node.Output, terms: make([]term, 0, len(node.Args))}
		for k, labels := range node.Labels {
			for i, l := range labels {
				if l == len(c.sizes) { // they are numbered as they come
					c.sizes, c.count = append(c.sizes, node.Args[k].Shape[i]), append(c.count, 0)
				}
				c.count[l]++
			}
		}
		for k, a := range o.args[n] {
			o.absorb(c, term{a, node.Labels[k], true})
		}
		return c
	case node.Kind == expr.KReduce && node.Fold == expr.FoldSum && !o.s.off("order"):
		c := new(contraction)
		labels := c.fresh(node.Args[0].Shape)
		for i, l := range labels {
			if !slices.Contains(node.Axes, i) {
				c.output = append(c.output, l)
			}
		}
		return o.gatherSum(c, o.args[n][0], labels)
	}
	return nil
}

// gatherSum makes a contraction of a sum of node a, if that is a contraction or a product of arrays each of which has rows of its own, and
// nothing else needs it.
func (o *orderer) gatherSum(c *contraction, a int, labels []int) *contraction {
	node := o.nodes[a]
	if o.uses[a] != 1 || o.isRoot[a] {
		return nil
	}
	switch {
	case node.Kind == expr.KContract:
		o.absorb(c, term{a, labels, true})
		return c
	case node.Kind == expr.KMap && node.Op == opMul && !isHalf(node.DType):
		for _, l := range labels {
			c.count[l] = 2
		}
		x, y := o.trace(c, term{o.args[a][0], labels, true}), o.trace(c, term{o.args[a][1], labels, true})
		own := func(t, u term) bool {
			return slices.ContainsFunc(t.labels, func(l int) bool {
				return c.sizes[l] > 1 && slices.Contains(c.output, l) && !slices.Contains(u.labels, l)
			})
		}
		if !own(x, y) || !own(y, x) {
			return nil
		}
		o.inside[a], c.merged = true, true
		o.absorb(c, x)
		o.absorb(c, y)
		return c
	}
	return nil
}

// fresh gives new labels for the axes of a shape, which count once.
func (c *contraction) fresh(shape tensor.Shape) []int {
	labels := make([]int, len(shape))
	for i, d := range shape {
		labels[i] = c.label(d)
	}
	return labels
}

func (c *contraction) label(size int) int {
	c.sizes, c.count = append(c.sizes, size), append(c.count, 1)
	return len(c.sizes) - 1
}

// absorb adds a term: where it is itself a contraction that nothing else needs, its terms.
func (o *orderer) absorb(c *contraction, t term) {
	if o.s.off("order") {
		c.terms = append(c.terms, t)
		return
	}
	t = o.trace(c, t)
	node := o.nodes[t.node]
	if node.Kind != expr.KContract || !t.sole || !o.single(t.node) {
		c.terms = append(c.terms, t)
		return
	}
	o.inside[t.node], c.merged = true, true
	// The contraction's own labels are those that t gives to its axes; what it sums are new ones.
	name := map[int]int{}
	for i, l := range node.Output {
		name[l] = t.labels[i]
		c.count[t.labels[i]]--
	}
	own := make([][]int, len(node.Labels))
	for k, labels := range node.Labels {
		for i, l := range labels {
			if to, known := name[l]; known {
				c.count[to]++
			} else {
				name[l] = c.label(node.Args[k].Shape[i])
			}
			own[k] = append(own[k], name[l])
		}
	}
	for k := range own {
		o.absorb(c, term{o.args[t.node][k], own[k], true})
	}
}

// single says whether one node alone needs node n.
func (o *orderer) single(n int) bool { return o.uses[n] == 1 && !o.isRoot[n] }

// trace follows a term through movements that only name its axes anew, and through sums of contractions.
func (o *orderer) trace(c *contraction, t term) term {
	for {
		node := o.nodes[t.node]
		var labels []int
		ok := false
		switch node.Kind {
		case expr.KTranspose:
			labels, ok = make([]int, len(t.labels)), true
			for k, a := range node.Axes {
				labels[a] = t.labels[k]
			}
		case expr.KBroadcast:
			labels, ok = c.unstretched(node, t.labels)
		case expr.KReshape:
			labels, ok = c.squeezed(node, t.labels)
		case expr.KReduce:
			arg := o.args[t.node][0]
			if ok = node.Fold == expr.FoldSum && t.sole && o.single(t.node) && o.single(arg) && o.nodes[arg].Kind == expr.KContract; ok {
				labels = c.unsummed(node, t.labels)
			}
		}
		if !ok {
			return t
		}
		t = term{o.args[t.node][0], labels, t.sole && o.single(t.node)}
		c.merged = true
	}
}

// unstretched gives the labels of a broadcast's argument. A stretched axis needs none: every element along it is the same. But some term
// has to have the label.
func (c *contraction) unstretched(n *expr.Node, labels []int) (to []int, ok bool) {
	from := n.Args[0].Shape
	ahead := len(n.Shape) - len(from)
	gone := map[int]int{}
	for i, l := range labels {
		if i < ahead || from[i-ahead] != n.Shape[i] {
			if gone[l]++; gone[l] >= c.count[l] {
				return nil, false
			}
		}
	}
	for l, k := range gone {
		c.count[l] -= k
	}
	for i := range from {
		l := labels[ahead+i]
		if from[i] != n.Shape[ahead+i] {
			l = c.label(1)
		}
		to = append(to, l)
	}
	return to, true
}

// squeezed gives the labels of a reshape's argument, if they differ by axes of one element alone.
func (c *contraction) squeezed(n *expr.Node, labels []int) (to []int, ok bool) {
	from := n.Args[0].Shape
	k := 0
	gone := map[int]int{}
	for i, d := range n.Shape {
		if d == 1 {
			l := labels[i]
			if gone[l]++; gone[l] >= c.count[l] && slices.Contains(c.output, l) {
				return nil, false
			}
			continue
		}
		for k < len(from) && from[k] == 1 {
			to, k = append(to, -1), k+1
		}
		if k == len(from) || from[k] != d {
			return nil, false
		}
		to, k = append(to, labels[i]), k+1
	}
	for ; k < len(from); k++ {
		if from[k] != 1 {
			return nil, false
		}
		to = append(to, -1)
	}
	for l, k := range gone {
		c.count[l] -= k
	}
	for i, l := range to {
		if l < 0 {
			to[i] = c.label(1)
		}
	}
	return to, true
}

// unsummed gives the labels of a sum's argument: new ones for what it sums.
func (c *contraction) unsummed(n *expr.Node, labels []int) []int {
	var to []int
	next := 0
	for i, d := range n.Args[0].Shape {
		if slices.Contains(n.Axes, i) {
			to = append(to, c.label(d))
		} else {
			to, next = append(to, labels[next]), next+1
		}
	}
	return to
}

// emit makes the nodes of a contraction, in the order that costs least.
func (o *orderer) emit(n int, c *contraction) *expr.Node {
	node := o.nodes[n]
	values := make([]operand, len(c.terms))
	for i, t := range c.terms {
		values[i] = operand{o.to[t.node], t.labels}
	}
	if len(values) == 1 {
		return contractTo(node, c.output, values...)
	}
	net := order.Network{Output: c.output, Sizes: c.sizes, Terms: make([][]int, len(values)), Constant: o.mixed(c)}
	for i, v := range values {
		net.Terms[i] = distinct(v.labels)
	}
	var tree order.Tree
	kept := false
	if len(values) == 2 && !c.lonely() && o.s.largest == 0 {
		o.s.orders = append(o.s.orders, ordered{head: node, net: net, tree: order.Tree{Steps: []order.Step{{A: 0, B: 1, Labels: c.output}}, Winner: "closed form"}})
		return contractTo(node, c.output, values...)
	}
	if o.s.off("order") {
		tree = order.Pairs(net)
	} else {
		tree, kept = o.s.search(net, node.DType)
	}
	o.s.orders = append(o.s.orders, ordered{head: node, net: net, tree: tree, kept: kept})
	if len(tree.Sliced) > 0 {
		return o.sliced(node, c, values, &o.s.orders[len(o.s.orders)-1])
	}
	laid := layout(&net, &tree, c.output)
	values = slices.Grow(values, len(tree.Steps))
	for i, step := range tree.Steps {
		labels := laid[i]
		made := operand{labels: labels}
		if step.B < 0 {
			made.node = contractTo(node, labels, values[step.A])
		} else {
			made.node = contractTo(node, labels, values[step.A], values[step.B])
		}
		values = append(values, made)
	}
	return values[len(values)-1].node
}

// lonely says whether a term has a label of more than one element that neither the output nor another term has: it is summed out first. c has two
// terms.
func (c *contraction) lonely() bool {
	for i, t := range c.terms {
		for _, l := range t.labels {
			if c.sizes[l] != 1 && !slices.Contains(c.output, l) && !slices.Contains(c.terms[1-i].labels, l) {
				return true
			}
		}
	}
	return false
}

// mixed says of a contraction's terms whether they are the same in every run; nil where they are all alike.
func (o *orderer) mixed(c *contraction) []bool {
	if o.constant == nil {
		return nil
	}
	of := make([]bool, len(c.terms))
	for i, t := range c.terms {
		of[i] = o.constant[t.node]
	}
	if !slices.Contains(of, true) || !slices.Contains(of, false) {
		return nil
	}
	return of
}

func distinct(labels []int) []int {
	list := make([]int, 0, len(labels))
	for _, l := range labels {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

// operand is a node whose axes are labelled.
type operand struct {
	node   *expr.Node
	labels []int
}

// contractTo contracts operands, in the place of a node.
func contractTo(place *expr.Node, output []int, operands ...operand) *expr.Node {
	if len(operands) == 1 && slices.Equal(operands[0].labels, output) {
		return operands[0].node
	}
	n := expr.Node{Kind: expr.KContract, Output: output, Args: make([]*expr.Node, len(operands)), Labels: make([][]int, len(operands))}
	for k, x := range operands {
		n.Args[k], n.Labels[k] = x.node, x.labels
	}
	return at{place}.make(n)
}
