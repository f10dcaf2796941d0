package order

import (
	"math"
	"math/bits"
	"slices"
)

// fullLimit is the number of operands up to which products of unconnected terms are looked at: there are 3^n/2 pairs of subsets.
const fullLimit = 8

// workLimit is the most pairs of subsets that a search looks at; it takes some tens of milliseconds. Only networks of more than about
// 16 operands that are nearly all connected with one another come near it.
const workLimit = 1 << 25

// exact contracts the terms of part in the best order of all: for each subset of them, the cheapest way to contract it is the cheapest
// pair of ways for two subsets that it is made of (Held and Karp's dynamic programming over subsets; for networks: Pfeifer, Haegeman,
// Verstraete, arXiv 1304.6112). Subsets that are not connected are left out where there are many terms. It gives false, and does
// nothing, where that would be too much work.
func (b *builder) exact(part []int) bool {
	n := len(part)
	d := subsets{b: b, part: part, full: 1<<n - 1}
	everywhere := b.shared(part) // a label that all terms have connects nothing
	d.connect(func(t, u int) bool { return n <= fullLimit || b.adjacent(t, u, everywhere) })
	if !d.whole[d.full] {
		d.connect(func(t, u int) bool { return b.adjacent(t, u, nil) })
	}
	work := 0
	for m := range d.whole {
		if d.whole[m] {
			if work += 1 << bits.OnesCount(uint(m)) >> 1; work > workLimit {
				return false
			}
		}
	}
	d.label()
	for m := 3; m <= d.full; m++ {
		if d.whole[m] && m&(m-1) != 0 {
			d.split(m)
		}
	}
	d.take(d.full)
	return true
}

// subsets is the table of a search. A subset of the part's terms is a number whose bit i stands for term part[i].
type subsets struct {
	b     *builder
	part  []int
	full  int
	whole []bool    // whether the subset is connected, or is looked at all the same
	sets  []uint64  // the labels that contracting it leaves, words at a time
	size  []float64 // how many elements that has
	cost  []float64 // of the cheapest way
	first []int32   // the subset that the cheapest way contracts with the rest
}

// connect finds the subsets to look at: those whose terms are connected.
func (d *subsets) connect(adjacent func(t, u int) bool) {
	n := len(d.part)
	near := make([]int, n)
	for i, t := range d.part {
		for j, u := range d.part {
			if i != j && adjacent(t, u) {
				near[i] |= 1 << j
			}
		}
	}
	d.whole = make([]bool, d.full+1)
	for m := 1; m <= d.full; m++ {
		reached := m & -m
		for grown := reached; grown != 0; {
			next := 0
			for ; grown != 0; grown &= grown - 1 {
				next |= near[bits.TrailingZeros(uint(grown))]
			}
			grown = next & m &^ reached
			reached |= grown
		}
		d.whole[m] = reached == m
	}
}

// shared is the labels that all terms of part have.
func (b *builder) shared(part []int) set {
	s := slices.Clone(b.sets[part[0]])
	for _, t := range part[1:] {
		for k, w := range b.sets[t] {
			s[k] &= w
		}
	}
	return s
}

// adjacent says whether two terms have a label of more than one element in common that is not in except.
func (b *builder) adjacent(t, u int, except set) bool {
	for _, l := range b.labels[t] {
		if b.sizes[l] != 1 && b.sets[u].has(l) && (except == nil || !except.has(l)) {
			return true
		}
	}
	return false
}

// label finds for each subset what its contraction leaves: the labels of its terms that other terms or the output have.
func (d *subsets) label() {
	w := d.b.words
	within := make([]uint64, (d.full+1)*w) // labels of the subset's terms
	d.sets = make([]uint64, (d.full+1)*w)
	d.size = make([]float64, d.full+1)
	d.cost = make([]float64, d.full+1)
	d.first = make([]int32, d.full+1)
	for m := 1; m <= d.full; m++ {
		rest, term := m&(m-1), d.b.sets[d.part[bits.TrailingZeros(uint(m))]]
		for k := range w {
			within[m*w+k] = within[rest*w+k] | term[k]
		}
	}
	outside := append(set(nil), d.b.output...) // labels that terms of other parts or the output have
	for _, t := range d.b.terms() {
		if !slices.Contains(d.part, t) {
			for k, x := range d.b.sets[t] {
				outside[k] |= x
			}
		}
	}
	for m := 1; m <= d.full; m++ {
		if !d.whole[m] {
			continue
		}
		for k := range w {
			d.sets[m*w+k] = within[m*w+k] & (outside[k] | within[(d.full&^m)*w+k])
		}
		d.size[m] = d.set(m).product(d.b.sizes)
		if m&(m-1) != 0 {
			d.cost[m] = math.Inf(1)
		}
	}
}

func (d *subsets) set(m int) set { return d.sets[m*d.b.words : (m+1)*d.b.words] }

// split finds the cheapest pair of subsets for m. Half of the pairs are enough: those whose first has m's lowest term.
func (d *subsets) split(m int) {
	low := m & -m
	rest := m &^ low
	best := math.Inf(1)
	for s := (rest - 1) & rest; ; s = (s - 1) & rest { // every proper subset of rest, and the empty one last
		x, y := s|low, rest&^s
		if d.whole[x] && d.whole[y] {
			// The points of a pair are at least those of either.
			if c := d.cost[x] + d.cost[y]; c+max(d.size[x], d.size[y]) < best {
				if c += d.pair(x, y, m); c < best {
					best = c
					d.first[m] = int32(x)
				}
			}
		}
		if s == 0 {
			break
		}
	}
	d.cost[m] = best
}

// pair is the cost of contracting x with y to m. The points of both together are those of either, less those that they have in common.
func (d *subsets) pair(x, y, m int) float64 {
	points := d.size[x] * d.size[y] / d.set(x).common(d.set(y), d.b.sizes)
	return points + d.b.o.Move*(d.size[x]+d.size[y]+d.size[m])
}

// take makes the steps of the cheapest way for m, and gives the term that they end in.
func (d *subsets) take(m int) int {
	if m&(m-1) == 0 {
		return d.part[bits.TrailingZeros(uint(m))]
	}
	x := int(d.first[m])
	return d.b.contract(d.take(x), d.take(m&^x))
}
