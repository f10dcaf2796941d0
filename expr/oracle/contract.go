package oracle

import (
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// contract sums the product of the operands over every assignment of the labels that are not in the output.
func (e *evaluation) contract(n *expr.Node, args []*array) (*array, error) {
	summed, extents, err := labels(n, args)
	if err != nil {
		return nil, err
	}
	size, err := sizes(summed, extents).Size()
	if err != nil || size > maxElements {
		return nil, broken(n, "sums over %v are too long for the oracle", sizes(summed, extents))
	}
	bases, steps := make([][]int, len(args)), make([][]int, len(args)) // where each operand's factor is: bases by output element, steps by term
	for i, a := range args {
		own := a.shape.Strides()
		walk(n.Shape, along(n.Output, n.Labels[i], own), 0, func(_, at int) { bases[i] = append(bases[i], at) })
		walk(sizes(summed, extents), along(summed, n.Labels[i], own), 0, func(_, at int) { steps[i] = append(steps[i], at) })
	}
	out := empty(n.DType, n.Shape)
	factors := make([]factor, len(args))
	apart := partial(n, summed)
	for k := range out.len() {
		total, loose := expr.Value{}, false
		t := newTally(out, apart)
		for term := range size {
			for i, a := range args {
				factors[i] = factor{a, bases[i][k] + steps[i][term]}
			}
			total = accumulate(out, total, factors)
			if e.bounds {
				t.term(factors...)
				loose = loose || slices.ContainsFunc(factors, func(x factor) bool { return x.array.slackAt(x.at) != 0 })
			}
		}
		out.set(k, total)
		e.settle(out, k, t, loose)
	}
	return out, nil
}

// accumulate gives total plus the product of the factors; for bool, total or all of them.
func accumulate(out *array, total expr.Value, factors []factor) expr.Value {
	product := multiply(factors)
	if out.dtype.IsBool() {
		total.I |= product.I
		return total
	}
	return expr.Value{F: total.F + product.F, I: total.I + product.I, C: total.C + product.C}
}

// multiply gives the product of the factors, 1 if there are none. It begins with the first of them: in complex numbers 1 times x is not
// always x, since 0 times NaN is NaN.
func multiply(factors []factor) expr.Value {
	product := expr.Value{F: 1, I: 1, C: 1}
	for i, x := range factors {
		switch a := x.array; {
		case a.f != nil:
			product.F *= a.f[x.at]
		case a.c != nil && i == 0:
			product.C = a.c[x.at]
		case a.c != nil:
			product.C *= a.c[x.at]
		default:
			product.I *= a.i[x.at]
		}
	}
	return product
}

// labels gives the labels that are summed over, by first appearance, and every label's extent.
func labels(n *expr.Node, args []*array) (summed []int, extents map[int]int, err error) {
	extents = map[int]int{}
	for i, a := range args {
		if len(n.Labels[i]) != len(a.shape) || a.dtype != n.DType {
			return nil, nil, broken(n, "contract: operand %d is %v%v with labels %v", i, a.dtype, a.shape, n.Labels[i])
		}
		for axis, label := range n.Labels[i] {
			if known, ok := extents[label]; ok && known != a.shape[axis] {
				return nil, nil, broken(n, "contract: label %d is %d and %d", label, known, a.shape[axis])
			}
			extents[label] = a.shape[axis]
			if !slices.Contains(n.Output, label) && !slices.Contains(summed, label) {
				summed = append(summed, label)
			}
		}
	}
	return summed, extents, nil
}

func sizes(list []int, extents map[int]int) tensor.Shape {
	shape := make(tensor.Shape, len(list))
	for i, label := range list {
		shape[i] = extents[label]
	}
	return shape
}

// along gives for each label of a list the step that an operand takes along it: the strides of all its axes with that label.
func along(list, axes, strides []int) []int {
	steps := make([]int, len(list))
	for i, label := range list {
		for axis, l := range axes {
			if l == label {
				steps[i] += strides[axis]
			}
		}
	}
	return steps
}

// partial reports whether sums of some factors alone may be formed: over a summed label that not every operand has.
func partial(n *expr.Node, summed []int) bool {
	if len(n.Args) > 2 {
		return true
	}
	for _, label := range summed {
		for _, l := range n.Labels {
			if !slices.Contains(l, label) {
				return true
			}
		}
	}
	return false
}
