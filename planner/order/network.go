package order

import "fmt"

// Network is a sum of products: Terms[i] are the labels of operand i, distinct within it; labels that are not in Output are summed over.
// Every label is an index of Sizes and occurs in some term.
//
// Constant says of each term whether it is the same whenever the network is contracted; nil: none is. A step of such terms alone, and of what
// comes of them, is done once and its result kept, so that it costs next to nothing; what reads the result costs what it costs.
type Network struct {
	Terms    [][]int
	Output   []int
	Sizes    []int
	Constant []bool
}

// Check says what is wrong with a network that comes from elsewhere: Find takes it for granted that nothing is.
func (net Network) Check() error {
	if len(net.Terms) == 0 {
		return fmt.Errorf("it has no terms")
	}
	if net.Constant != nil && len(net.Constant) != len(net.Terms) {
		return fmt.Errorf("it says of %d terms whether they are constant, but has %d", len(net.Constant), len(net.Terms))
	}
	for l, n := range net.Sizes {
		if n < 0 {
			return fmt.Errorf("label %d: its size is %d", l, n)
		}
	}
	last := make([]int, len(net.Sizes)) // of each label, the last term that has it, from 1
	for i, term := range net.Terms {
		for _, l := range term {
			if l < 0 || l >= len(net.Sizes) {
				return fmt.Errorf("term %d: there is no label %d, of %d labels", i, l, len(net.Sizes))
			}
			if last[l] == i+1 {
				return fmt.Errorf("term %d: label %d is there twice", i, l)
			}
			last[l] = i + 1
		}
	}
	for _, l := range net.Output {
		if l < 0 || l >= len(net.Sizes) {
			return fmt.Errorf("the output: there is no label %d, of %d labels", l, len(net.Sizes))
		}
		if last[l] < 0 {
			return fmt.Errorf("the output: label %d is there twice", l)
		}
		if last[l] == 0 {
			return fmt.Errorf("the output: no term has label %d", l)
		}
		last[l] = -1
	}
	return nil
}

// Step contracts the terms A and B, or sums labels of A out where B is -1. Terms are numbered on: step i makes term len(Terms)+i.
type Step struct {
	A, B   int
	Labels []int // of the result: A's in their order, then B's
}

// Tree is an order: its last step gives the labels of the output, in some sequence. Where labels are sliced, the steps are those of one
// slice, in which these labels are fixed and which do without them; all slices together give the output. They are loops, the first
// outermost: what does not depend on an inner one is done outside of it. Winner says which method found the
// tree, Work how much was done to find it.
type Tree struct {
	Steps  []Step
	Sliced []int
	Winner string
	Work   int64
}
