package order

import (
	"fmt"
	"slices"
)

// Replay makes the tree of recorded steps: each lists the one term whose lonely labels are summed out, or the two that are contracted; terms
// are numbered on. Sliced are labels that are fixed in each slice. It gives an error where the steps do not contract the network to one
// term.
func Replay(net Network, steps [][]int, sliced []int) (Tree, error) {
	for i, l := range sliced {
		if l < 0 || l >= len(net.Sizes) {
			return Tree{}, fmt.Errorf("there is no label %d to slice, of %d labels", l, len(net.Sizes))
		}
		if slices.Contains(sliced[:i], l) {
			return Tree{}, fmt.Errorf("label %d is sliced twice", l)
		}
	}
	b := newBuilder(net.without(sliced))
	b.winner = "replayed"
	for i, s := range steps {
		for k, t := range s {
			if t < 0 || t >= len(b.live) || !b.live[t] || k > 0 && t == s[0] {
				return Tree{}, fmt.Errorf("step %d: there is no term %d, or it has been contracted before", i, t)
			}
		}
		switch len(s) {
		case 1:
			b.sum(s[0])
		case 2:
			b.contract(s[0], s[1])
		default:
			return Tree{}, fmt.Errorf("step %d: it is of %d terms: one or two can be contracted", i, len(s))
		}
	}
	if left := len(b.terms()); left != 1 {
		return Tree{}, fmt.Errorf("%d terms are left after the last step", left)
	}
	return Tree{Steps: b.steps, Winner: b.winner, Sliced: sliced}, nil
}

// without is the network of one slice: the sliced labels are gone.
func (net Network) without(sliced []int) Network {
	if len(sliced) == 0 {
		return net
	}
	drop := func(labels []int) []int {
		return slices.DeleteFunc(slices.Clone(labels), func(l int) bool { return slices.Contains(sliced, l) })
	}
	less := Network{Terms: make([][]int, len(net.Terms)), Output: drop(net.Output), Sizes: net.Sizes}
	for i, t := range net.Terms {
		less.Terms[i] = drop(t)
	}
	return less
}

// Pairs lists the steps as Replay takes them.
func (t Tree) Pairs() [][]int {
	list := make([][]int, len(t.Steps))
	for i, s := range t.Steps {
		list[i] = []int{s.A, s.B}
		if s.B < 0 {
			list[i] = list[i][:1]
		}
	}
	return list
}
