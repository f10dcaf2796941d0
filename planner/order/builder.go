package order

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// builder takes steps on a network.
type builder struct {
	log      []int64 // of each label
	labels   [][]int // of each term, in sequence
	live     []bool  // of each term, whether it has not been contracted yet
	constant []bool  // of each term; nil: none is
	count    []int   // how many live terms have the label; one more if the output has it
	output   []bool  // whether the output has the label
	mark     []int   // the pair that last met the label
	pairs    int     // that were looked at
	steps    []Step
	winner   string
}

func newBuilder(net Network) *builder {
	b := &builder{
		log:    make([]int64, len(net.Sizes)),
		labels: make([][]int, 0, 2*len(net.Terms)),
		live:   make([]bool, 0, 2*len(net.Terms)),
		count:  make([]int, len(net.Sizes)),
		output: make([]bool, len(net.Sizes)),
		mark:   make([]int, len(net.Sizes)),
		steps:  make([]Step, 0, len(net.Terms)),
		winner: "closed form",
	}
	for l, n := range net.Sizes {
		b.log[l] = fixedLog(n)
	}
	for _, l := range net.Output {
		b.count[l]++
		b.output[l] = true
	}
	for _, term := range net.Terms {
		b.add(term)
	}
	b.constant = slices.Clone(net.Constant)
	return b
}

func (b *builder) add(labels []int) {
	b.labels = append(b.labels, labels)
	b.live = append(b.live, true)
	for _, l := range labels {
		b.count[l]++
	}
}

// take makes a step: the terms cease to live, their result lives.
func (b *builder) take(x, y int, labels []int) int {
	made := len(b.labels)
	b.steps = append(b.steps, Step{x, y, labels})
	b.add(labels)
	if b.constant != nil {
		b.constant = append(b.constant, b.constant[x] && (y < 0 || b.constant[y]))
	}
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
	labels := make([]int, 0, len(b.labels[x])+len(b.labels[y]))
	b.pairs++
	for _, l := range b.labels[y] {
		b.mark[l] = b.pairs
	}
	for _, l := range b.labels[x] {
		both := 1
		if b.mark[l] == b.pairs {
			both = 2
			b.mark[l] = 0
		}
		if b.count[l] > both {
			labels = append(labels, l)
		}
	}
	for _, l := range b.labels[y] {
		if b.mark[l] == b.pairs && b.count[l] > 1 {
			labels = append(labels, l)
		}
	}
	return b.take(x, y, slices.Clip(labels))
}

// sum takes the step that sums out what no other term and not the output has.
func (b *builder) sum(t int) {
	b.take(t, -1, slices.DeleteFunc(slices.Clone(b.labels[t]), func(l int) bool { return b.count[l] == 1 }))
}

// sumAlone sums labels out that one term alone has.
func (b *builder) sumAlone() {
	for t, n := 0, len(b.labels); t < n; t++ {
		if slices.ContainsFunc(b.labels[t], func(l int) bool { return b.count[l] == 1 }) {
			b.sum(t)
		}
	}
}

// mergeEqual multiplies terms of the same labels, as long as there are any, if both are constant or none is: a product element by element never
// makes the rest dearer. Labels of one element do not count.
func (b *builder) mergeEqual() {
	for again := true; again; {
		again = false
		terms := b.terms()
		if len(terms) <= 2 {
			return
		}
		byLabels := make(map[string]int, len(terms))
		var key []byte
		var sorted []int
		for _, t := range terms {
			sorted = append(sorted[:0], b.labels[t]...)
			slices.Sort(sorted)
			key = key[:0]
			for _, l := range sorted {
				if b.log[l] != 0 {
					key = binary.AppendUvarint(key, uint64(l))
				}
			}
			if b.constant != nil && b.constant[t] {
				key = append(key, 0xff, 0xff) // no label ends so
			}
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

// parts gives the live terms in groups that have no label of more than one element in common. A few terms are one group: products of
// unconnected terms are looked at there.
func (b *builder) parts() [][]int {
	terms := b.terms()
	if len(terms) <= exactAlways {
		return [][]int{terms}
	}
	owner := make([]int, len(b.log)) // a live term that has the label, from 1
	parent := make([]int, len(b.labels))
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
			if b.log[l] == 0 {
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

// size is the logarithm of a term's elements.
func (b *builder) size(t int) (sum int64) {
	for _, l := range b.labels[t] {
		sum += b.log[l]
	}
	return sum
}

// lists gives the labels of more than one element of some terms, as the searches take them.
func (b *builder) lists(part []int) hyper {
	h := hyper{terms: make([][]int32, len(part)), log: b.log, open: b.output, constant: b.constants(part)}
	rank := 0
	for _, t := range part {
		rank += len(b.labels[t])
	}
	all := make([]int32, 0, rank)
	for i, t := range part {
		from := len(all)
		for _, l := range b.labels[t] {
			if b.log[l] != 0 {
				all = append(all, int32(l))
			}
		}
		h.terms[i] = all[from:len(all):len(all)]
		slices.Sort(h.terms[i])
	}
	return h
}

// constants says of some terms whether they are constant; nil where they are all alike.
func (b *builder) constants(part []int) []bool {
	if b.constant == nil {
		return nil
	}
	of := make([]bool, len(part))
	for i, t := range part {
		of[i] = b.constant[t]
	}
	if !slices.Contains(of, true) || !slices.Contains(of, false) {
		return nil
	}
	return of
}

// apply takes the joints of a part.
func (b *builder) apply(part []int, joints []joint) {
	ids := make([]int, len(part), len(part)+len(joints))
	copy(ids, part)
	for _, j := range joints {
		ids = append(ids, b.contract(ids[j[0]], ids[j[1]]))
	}
}

// join multiplies what is left, the two smallest first.
func (b *builder) join() {
	left := b.terms()
	if len(left) < 2 {
		return
	}
	bySize := func(x, y int) int { return cmp.Compare(b.size(x), b.size(y)) }
	slices.SortStableFunc(left, bySize)
	for len(left) > 1 {
		made := b.contract(left[0], left[1])
		left = left[2:]
		at, _ := slices.BinarySearchFunc(left, made, bySize)
		left = slices.Insert(left, at, made)
	}
}
