// Package order finds in which order to contract a network of tensors pair by pair. It knows sizes and labels alone: no graph, no data, no
// clock; what it finds depends on nothing but what it is given.
package order

import (
	"cmp"
	"slices"
)

// Network is a sum of products: Terms[i] are the labels of operand i, distinct within it; labels that are not in Output are summed over.
// Every label is an index of Sizes and occurs in some term.
type Network struct {
	Terms  [][]int
	Output []int
	Sizes  []int
}

// Step contracts the terms A and B, or sums labels of A out where B is -1. Terms are numbered on: step i makes term len(Terms)+i.
type Step struct {
	A, B   int
	Labels []int // of the result: A's in their order, then B's
}

// Tree is an order: its last step gives the labels of the output, in some sequence. Winner says which method found it.
type Tree struct {
	Steps  []Step
	Winner string
}

// Options weigh what an order costs.
type Options struct {
	Move  float64 // what it costs to read or write an element, in multiplications; 0: multiplications alone count
	Exact int     // operands up to which every order is looked at; 0: 16
}

// exactLimit is the most operands that Options.Exact can ask for: tables hold a row for each subset of them.
const exactLimit = 20

// Find gives an order for a network of at least one term. What is exact is done first: labels of one term alone are summed out, terms of
// the same labels are multiplied. Up to Options.Exact operands the order is the best of all (of those without products of unconnected
// terms, where there are more than 8); beyond, pairs are contracted greedily. Unconnected parts are ordered apart and joined last, the
// smallest first.
func Find(net Network, o Options) Tree {
	if o.Exact == 0 {
		o.Exact = 16
	}
	o.Exact = min(o.Exact, exactLimit)
	b := newBuilder(net, o)
	b.sumAlone()
	b.mergeEqual()
	for _, part := range b.parts() {
		b.order(part)
	}
	b.join()
	return Tree{b.steps, b.winner}
}

// Pairs gives the plain order from left to right, for comparison.
func Pairs(net Network) Tree {
	b := newBuilder(net, Options{})
	b.winner = "left to right"
	for t, next := 0, 1; next < len(net.Terms); next++ {
		t = b.contract(t, next)
	}
	return Tree{b.steps, b.winner}
}

// builder takes steps on a network.
type builder struct {
	o      Options
	words  int       // of a set of labels
	sizes  []float64 // of each label
	sets   []set     // of each term
	labels [][]int   // of each term, in sequence
	live   []bool    // of each term, whether it has not been contracted yet
	count  []int     // how many live terms have the label; one more if the output has it
	output set
	steps  []Step
	winner string
}

func newBuilder(net Network, o Options) *builder {
	b := &builder{o: o, words: (len(net.Sizes) + 63) / 64, winner: "closed form"}
	b.sizes = make([]float64, len(net.Sizes))
	b.count = make([]int, len(net.Sizes))
	for l, n := range net.Sizes {
		b.sizes[l] = float64(n)
	}
	b.output = b.set(net.Output)
	for _, l := range net.Output {
		b.count[l]++
	}
	for _, term := range net.Terms {
		b.add(term)
	}
	return b
}

func (b *builder) set(labels []int) set {
	s := make(set, b.words)
	for _, l := range labels {
		s.add(l)
	}
	return s
}

func (b *builder) add(labels []int) {
	b.sets = append(b.sets, b.set(labels))
	b.labels = append(b.labels, labels)
	b.live = append(b.live, true)
	for _, l := range labels {
		b.count[l]++
	}
}

// take makes a step: the terms cease to live, their result lives.
func (b *builder) take(x, y int, labels []int) int {
	made := len(b.sets)
	b.steps = append(b.steps, Step{x, y, labels})
	b.add(labels)
	for _, t := range [2]int{x, y} {
		if t < 0 {
			continue
		}
		for _, l := range b.labels[t] {
			b.count[l]--
		}
		b.live[t] = false
	}
	return made
}

// terms lists the live terms.
func (b *builder) terms() []int {
	var list []int
	for t, live := range b.live {
		if live {
			list = append(list, t)
		}
	}
	return list
}

// contract takes the step of a pair: a label stays that some other term or the output has.
func (b *builder) contract(x, y int) int {
	var labels []int
	both := 0
	for _, l := range b.labels[x] {
		both = 1
		if b.sets[y].has(l) {
			both = 2
		}
		if b.count[l] > both {
			labels = append(labels, l)
		}
	}
	for _, l := range b.labels[y] {
		if !b.sets[x].has(l) && b.count[l] > 1 {
			labels = append(labels, l)
		}
	}
	return b.take(x, y, labels)
}

// sumAlone sums labels out that one term alone has.
func (b *builder) sumAlone() {
	for _, t := range b.terms() {
		kept := slices.DeleteFunc(slices.Clone(b.labels[t]), func(l int) bool { return b.count[l] == 1 })
		if len(kept) < len(b.labels[t]) {
			b.take(t, -1, kept)
		}
	}
}

// mergeEqual multiplies terms of the same labels, as long as there are any: a product element by element never makes the rest dearer.
func (b *builder) mergeEqual() {
	for again := true; again; {
		again = false
		terms := b.terms()
		if len(terms) <= 2 {
			return
		}
		byLabels := make(map[string]int, len(terms))
		var key []byte
		for _, t := range terms {
			key = b.sets[t].appendKey(key[:0])
			u, is := byLabels[string(key)]
			if !is {
				byLabels[string(key)] = t
				continue
			}
			delete(byLabels, string(key))
			b.contract(u, t) // its labels may be fewer than theirs: another round looks at it
			again = true
		}
	}
}

// parts gives the live terms in groups that have no label of more than one element in common.
func (b *builder) parts() [][]int {
	terms := b.terms()
	if len(terms) <= fullLimit && len(terms) <= b.o.Exact {
		return [][]int{terms} // products of unconnected terms are looked at there
	}
	owner := make([]int, len(b.sizes)) // a live term that has the label, from 1
	parent := make([]int, len(b.sets))
	for t := range parent {
		parent[t] = t
	}
	find := func(t int) int {
		for parent[t] != t {
			parent[t] = parent[parent[t]]
			t = parent[t]
		}
		return t
	}
	for _, t := range terms {
		for _, l := range b.labels[t] {
			if b.sizes[l] == 1 {
				continue
			}
			if owner[l] > 0 {
				parent[find(t)] = find(owner[l] - 1)
			}
			owner[l] = t + 1
		}
	}
	var parts [][]int
	at := map[int]int{}
	for _, t := range terms {
		r := find(t)
		if _, is := at[r]; !is {
			at[r] = len(parts)
			parts = append(parts, nil)
		}
		parts[at[r]] = append(parts[at[r]], t)
	}
	return parts
}

// order contracts the terms of one part to one.
func (b *builder) order(part []int) {
	if len(part) > 2 && len(part) <= b.o.Exact && b.exact(part) {
		b.winner = "exact"
		return
	}
	if len(part) > 2 {
		b.winner = "greedy"
	}
	b.greedy(part)
}

// join multiplies what is left, the two smallest first.
func (b *builder) join() {
	left := b.terms()
	if len(left) < 2 {
		return
	}
	bySize := func(x, y int) int { return cmp.Compare(b.sets[x].product(b.sizes), b.sets[y].product(b.sizes)) }
	slices.SortStableFunc(left, bySize)
	for len(left) > 1 {
		made := b.contract(left[0], left[1])
		left = left[2:]
		at, _ := slices.BinarySearchFunc(left, made, bySize)
		left = slices.Insert(left, at, made)
	}
}
