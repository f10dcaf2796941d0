package order

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// layer is the subsets of one number of terms that have a way, those first whose net cost and taking are least. Of 64 of them in a row,
// holds has a word for each term: which of them have it. So all that have nothing in common with a subset are found by a few words.
type layer struct {
	ids      []int32
	net      []float64 // what a subset costs, less its leaves
	then     []float64 // that and what a step at least costs that takes it
	elements []float64
	sets     []uint64 // its labels
	least    float64  // of what taking one costs
	holds    []uint64
}

// close makes a layer of the subsets from a place in the list on.
func (e *exact) close(from int) layer {
	l := layer{least: math.Inf(1)}
	list, n := e.subsets.list, e.c.n
	then := func(id int32) float64 { return list[id].cost - list[id].inside + list[id].take }
	for id := from; id < len(list); id++ {
		if list[id].x >= 0 || list[id].mask&(list[id].mask-1) == 0 {
			l.ids = append(l.ids, int32(id))
		}
	}
	slices.SortFunc(l.ids, func(a, b int32) int { return cmp.Or(cmp.Compare(then(a), then(b)), cmp.Compare(a, b)) })
	l.net, l.then, l.elements = make([]float64, len(l.ids)), make([]float64, len(l.ids)), make([]float64, len(l.ids))
	l.sets = make([]uint64, 0, len(l.ids)*e.c.words)
	l.holds = make([]uint64, (len(l.ids)+63)/64*n)
	for i, id := range l.ids {
		u := &list[id]
		l.net[i], l.then[i], l.elements[i] = u.cost-u.inside, then(id), u.elements
		l.sets = append(l.sets, e.subsets.set(id)...)
		l.least = min(l.least, u.take)
		for m := u.mask; m != 0; m &= m - 1 {
			l.holds[i>>6*n+bits.TrailingZeros32(m)] |= 1 << (i & 63)
		}
	}
	return l
}

// partners is which subsets of a layer a cheaper tree may join with one: its terms, and those beside them.
type partners struct {
	own, near   [exactLimit]uint8
	owns, nears int
}

// of looks for partners of a subset.
func (p *partners) of(u *subset) {
	p.owns, p.nears = 0, 0
	for m := u.mask; m != 0; m &= m - 1 {
		p.own[p.owns] = uint8(bits.TrailingZeros32(m))
		p.owns++
	}
	for m := u.near; m != 0; m &= m - 1 {
		p.near[p.nears] = uint8(bits.TrailingZeros32(m))
		p.nears++
	}
}

// among gives which of 64 subsets have nothing in common with the one: those that are beside it, and the others.
func (p *partners) among(holds []uint64) (near, far uint64) {
	taken := uint64(0)
	for _, t := range p.own[:p.owns] {
		taken |= holds[t]
	}
	for _, t := range p.near[:p.nears] {
		near |= holds[t]
	}
	return near &^ taken, ^(near | taken)
}

// pairs joins every two subsets of s terms together.
func (e *exact) pairs(s int) bool {
	for i := 1; i <= s/2; i++ {
		for k := range e.layers[i].ids {
			from := 0
			if i == s-i {
				from = k + 1
			}
			if work := e.pair(i, k, s-i, from); !e.meter.spend(work) && !e.all || e.meter.done {
				return false
			}
		}
	}
	return true
}

// pair joins the k-th subset of layer i with those of layer j from a place on. Nets and what the step costs come to less than the bound without
// the leaves.
func (e *exact) pair(i, k, j, from int) (work int64) {
	one, others := &e.layers[i], &e.layers[j]
	c, id, n := e.c, one.ids[k], e.c.n
	a, set := e.subsets.list[id], one.sets[k*c.words:(k+1)*c.words]
	room := e.bound - e.leaves.sum
	to, _ := slices.BinarySearch(others.then, room-one.net[k])
	apart := 0 // the end of those that a product may be worth it with
	if e.all {
		apart, _ = slices.BinarySearch(others.then[:to], room-one.net[k]-float64(others.least*(a.elements-1)))
	}
	if from >= to {
		return 1
	}
	e.partners.of(&a)
	for w := from >> 6; w<<6 < to; w++ {
		near, far := e.partners.among(others.holds[w*n : (w+1)*n])
		some := ^uint64(0)
		if w == from>>6 {
			some <<= from & 63
		}
		if to-w<<6 < 64 {
			some &= 1<<(to-w<<6) - 1
		}
		for near &= some; near != 0; near &= near - 1 {
			y := w<<6 + bits.TrailingZeros64(near)
			if one.then[k]+others.net[y] >= room {
				continue
			}
			b := others.sets[y*len(set) : (y+1)*len(set)]
			points := c.linear(c.union(set, b))
			if one.net[k]+others.net[y]+c.share(set, b)*c.step(points, a.elements, others.elements[y], 0) < room {
				e.join(id, others.ids[y], points)
				work += 30
			}
			work += 10
		}
		if w<<6 >= apart {
			continue
		}
		for far &= some; far != 0; far &= far - 1 {
			y := w<<6 + bits.TrailingZeros64(far)
			if one.net[k]+others.net[y]+e.product(&a, &e.subsets.list[others.ids[y]], i+j < n) < room {
				e.join(id, others.ids[y], c.linear(c.union(set, others.sets[y*len(set):(y+1)*len(set)])))
				work += 30
			}
			work += 2
		}
	}
	return work + int64((to-from)>>6*(e.partners.owns+e.partners.nears)) + 20
}

// product is what it costs at least to multiply two subsets that have no label in common, and, unless that is the last step, what the step that takes
// their product costs beyond a leaf.
func (e *exact) product(a, b *subset, taken bool) float64 {
	cost := max(float64(a.take*b.elements), float64(b.take*a.elements)) * (1 - 1e-6) // products of two numbers of elements are not as exact as sums of their logarithms
	if taken {
		cost += max(0, cost-e.leaves.dearest)
	}
	return cost
}
