package planner

import (
	"slices"

	"github.com/einloom/einloom/expr"
)

// The rules of operands that are 0 nearly everywhere: rows of rules name them. A sum of products with zeros is NaN where a zero meets an
// infinity or NaN. So these rules fire where there can be none, of integers and of what is known to be finite; where an operand of floats may have
// some, it is looked through for them, which takes as long as reading it. The fast rows do without.

func contractDiagonal(w rewriter, n *expr.Node) *expr.Node { return diagonal(w, n, false) }
func fastDiagonal(w rewriter, n *expr.Node) *expr.Node     { return diagonal(w, n, true) }
func contractOneHot(w rewriter, n *expr.Node) *expr.Node   { return oneHot(w, n, false) }
func fastOneHot(w rewriter, n *expr.Node) *expr.Node       { return oneHot(w, n, true) }

// diagonal gives the two labels of a delta one name, and takes its values on the diagonal alone.
func diagonal(w rewriter, n *expr.Node, fast bool) *expr.Node {
	for i := range n.Args {
		x := operandOf(n, i)
		d, ok := w.delta(x.node, fast)
		if !ok || d.at != nil {
			continue
		}
		terms := operands(n)
		kept, gone := x.labels[d.axis], x.labels[d.same]
		for range 2 {
			if kept == gone || !slices.Contains(n.Output, gone) && w.clear(terms, i, gone, fast) {
				terms[i] = operand{d.value, x.labels}
				for k := range terms {
					terms[k].labels = renamed(terms[k].labels, gone, kept)
				}
				return contractTo(n, n.Output, terms...)
			}
			kept, gone = gone, kept
		}
	}
	return nil
}

// clear sees to it that a sum over a label of products with term i, which is 0 but at one place, is the product at that place. It gives false where
// it cannot.
func (w rewriter) clear(terms []operand, i, label int, fast bool) bool {
	if fast || harmless(terms, i, label) {
		return true
	}
	j, axis := soleWith(terms, i, label)
	if j < 0 || terms[j].node.Shape[axis] < leastGuarded || terms[j].node.DType.IsComplex() {
		return false
	}
	terms[j].node = w.guarded(terms[j].node, axis)
	return true
}

// leastGuarded is the size of an axis from which on looking for infinities is less work than multiplying by zeros.
const leastGuarded = 4

// harmless says whether no operand but the i-th that has the label holds an infinity or NaN.
func harmless(terms []operand, i, label int) bool {
	for k, t := range terms {
		if k != i && slices.Contains(t.labels, label) && !finite(t.node, finiteDepth) {
			return false
		}
	}
	return true
}

// soleWith gives the one operand besides the i-th that has a label, and the axis that has it; -1 if there is none, or several, or it has it twice.
func soleWith(terms []operand, i, label int) (term, axis int) {
	term = -1
	for k, t := range terms {
		for a, l := range t.labels {
			switch {
			case l != label || k == i:
			case term >= 0:
				return -1, 0
			default:
				term, axis = k, a
			}
		}
	}
	return term, axis
}

// oneHot takes the elements of an operand at the indices of one-hot rows, in the place of the sum over the label that they share.
func oneHot(w rewriter, n *expr.Node, fast bool) *expr.Node {
	for i := range n.Args {
		x := operandOf(n, i)
		d, ok := w.delta(x.node, fast)
		if !ok || d.at == nil {
			continue
		}
		terms, label := operands(n), x.labels[d.axis]
		value := w.without(d.value, d.axis)
		rows := slices.Delete(slices.Clone(x.labels), d.axis, d.axis+1)
		j, axis := soleWith(terms, i, label)
		if value == nil || j < 0 || slices.Contains(rows, label) || slices.Contains(n.Output, label) {
			continue
		}
		t := terms[j]
		shared := slices.ContainsFunc(rows, func(l int) bool { return slices.Contains(t.labels, l) })
		guard := !fast && !finite(t.node, finiteDepth)
		size, count := t.node.Shape[axis], d.at.Shape.Len()
		if shared || size < leastTaken || guard && (t.node.DType.IsComplex() || size*count < perTaken*(size+count)) {
			continue
		}
		if !fast && !finite(value, finiteDepth) { // where the index is none, nobody reads it
			_, valid := w.held(d.at, size)
			value = w.apply(opWhere, valid, value, w.scalar(value.DType, expr.Value{}, value.Shape))
		}
		labels := slices.Concat(t.labels[:axis], rows, t.labels[axis+1:])
		terms[i] = operand{value, rows}
		terms[j] = operand{w.taken(t.node, axis, d.at, guard), labels}
		return contractTo(n, n.Output, terms...)
	}
	return nil
}

// To take an element takes about as long as perTaken products; from leastTaken rows on taking one of them pays.
const (
	leastTaken = 8
	perTaken   = 4
)

// contractOnes leaves out an operand of ones whose labels others have.
func contractOnes(_ rewriter, n *expr.Node) *expr.Node {
	for i, a := range n.Args {
		if len(n.Args) == 1 || n.DType.IsComplex() || !is(a, 1) {
			continue
		}
		others := slices.Delete(operands(n), i, i+1)
		lost := func(l int) bool {
			return !slices.ContainsFunc(others, func(u operand) bool { return slices.Contains(u.labels, l) })
		}
		if !slices.ContainsFunc(n.Labels[i], lost) {
			return contractTo(n, n.Output, others...)
		}
	}
	return nil
}

// operands gives the arguments of a contraction with their labels.
func operands(n *expr.Node) []operand {
	list := make([]operand, len(n.Args))
	for k, a := range n.Args {
		list[k] = operand{a, n.Labels[k]}
	}
	return list
}

// operandOf gives the i-th, or what it is the transpose of.
func operandOf(n *expr.Node, i int) operand {
	x := operand{n.Args[i], n.Labels[i]}
	if x.node.Kind != expr.KTranspose {
		return x
	}
	labels := make([]int, len(x.labels))
	for k, a := range x.node.Axes {
		labels[a] = x.labels[k]
	}
	return operand{x.node.Args[0], labels}
}

// renamed gives labels with one replaced by another.
func renamed(labels []int, from, to int) []int {
	if !slices.Contains(labels, from) {
		return labels
	}
	list := slices.Clone(labels)
	for i, l := range list {
		if l == from {
			list[i] = to
		}
	}
	return list
}
