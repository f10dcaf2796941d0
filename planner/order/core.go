package order

import (
	"cmp"
	"math/bits"
	"slices"
)

// joint is one step of a tree in the making: it joins two nodes. The leaves of a core are nodes 0 to n-1, joint i makes node n+i.
type joint [2]int32

// core is a network as the searches see it: what was exact has been done, labels are bits of words, sizes are logarithms. A label of any
// number of terms is one bit of them all.
type core struct {
	weights
	n, words int
	sets     []uint64 // of each term, so many words
	output   []uint64
	log      []int64 // of each bit
	bit      []int32 // of each label, its place in the words, or -1
	wordLog  []int64 // of each word: the logarithm that all its labels have, or -1
	even     bool    // every word's labels have one logarithm
	run      int     // the word whose one bit all terms have but the constant ones, and the output; -1: there is none
}

// once is the share of its cost that a step takes of each run if it is done once for all of them: as if there were a million.
const once = 1.0 / (1 << 20)

// share is what of the cost of contracting a and b each run takes.
func (c *core) share(a, b []uint64) float64 {
	if c.run < 0 || (a[c.run]|b[c.run]) != 0 {
		return 1
	}
	return once
}

// wordLimit is the most words that the sets of all nodes of a tree may take: 64 MB.
const wordLimit = 1 << 23

// newCore makes the core of a network; it gives nil where the sets would take too much memory. Labels of one size stand together, so that
// the size of a set is a matter of counting bits.
func newCore(h *hyper, w weights) *core {
	terms, log := h.terms, h.log
	bit := make([]int32, len(log))
	for l := range bit {
		bit[l] = -1
	}
	var labels []int32
	for _, t := range terms {
		for _, l := range t {
			if bit[l] < 0 {
				bit[l] = 0
				labels = append(labels, l)
			}
		}
	}
	slices.SortFunc(labels, func(a, b int32) int { return cmp.Or(cmp.Compare(log[a], log[b]), cmp.Compare(a, b)) })
	c := &core{weights: w, n: len(terms), bit: bit, even: true, run: -1}
	kinds, plain := 0, (len(labels)+63)/64
	for i, l := range labels {
		if i == 0 || log[l] != log[labels[i-1]] {
			kinds++
		}
	}
	apart := kinds <= 3+plain // words of one size each are worth a few more words
	next := int32(0)
	for i, l := range labels {
		if apart && i > 0 && log[l] != log[labels[i-1]] {
			next = (next + 63) &^ 63
		}
		bit[l] = next
		next++
	}
	c.words = max(1, int(next+63)/64)
	if h.constant != nil && !w.square { // what is kept takes memory like any other result
		c.run = c.words
		c.words++
	}
	if 2*c.n*c.words > wordLimit {
		return nil
	}
	c.log = make([]int64, c.words*64)
	c.wordLog = make([]int64, c.words)
	c.output = make([]uint64, c.words)
	for i := range c.wordLog {
		c.wordLog[i] = -2
	}
	for _, l := range labels {
		k := bit[l] >> 6
		c.log[bit[l]] = log[l]
		switch {
		case c.wordLog[k] == -2:
			c.wordLog[k] = log[l]
		case c.wordLog[k] != log[l]:
			c.wordLog[k] = -1
			c.even = false
		}
		if h.open[l] {
			c.output[k] |= 1 << (bit[l] & 63)
		}
	}
	for i := range c.wordLog {
		c.wordLog[i] = max(c.wordLog[i], -1)
	}
	c.sets = make([]uint64, c.n*c.words)
	for t, term := range terms {
		for _, l := range term {
			c.sets[t*c.words+int(bit[l]>>6)] |= 1 << (bit[l] & 63)
		}
	}
	if c.run >= 0 {
		c.output[c.run] = 1
		for t, constant := range h.constant {
			if !constant {
				c.sets[t*c.words+c.run] = 1
			}
		}
	}
	return c
}

// part is the logarithm of what the labels of one word come to.
func (c *core) part(k int, x uint64) (sum int64) {
	if l := c.wordLog[k]; l >= 0 {
		return l * int64(bits.OnesCount64(x))
	}
	for ; x != 0; x &= x - 1 {
		sum += c.log[k<<6+bits.TrailingZeros64(x)]
	}
	return sum
}

// size is the logarithm of the elements of a set.
func (c *core) size(set []uint64) (sum int64) {
	for k, x := range set {
		sum += c.part(k, x)
	}
	return sum
}

// term is the labels of a term.
func (c *core) term(t int) []uint64 { return c.sets[t*c.words : (t+1)*c.words] }

// union is the logarithm of the elements of what either of two sets has.
func (c *core) union(a, b []uint64) (sum int64) {
	for k := range a {
		sum += c.part(k, a[k]|b[k])
	}
	return sum
}
