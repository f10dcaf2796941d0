package order

import (
	"math"
	"math/bits"
)

// part is what splitOf has to know of a subset that may be a part of another.
type part struct {
	price float64 // what it costs, and what it costs to read it in the step that takes it; +Inf where it has no way
	root  float64
}

// A label that a step goes over is in two of the step's three tensors, or in all three. One that two terms have (or a term and the output) is never in all
// three, for each of the three has terms on its side alone. So a step has at least as many points as the product of its tensors' roots: a
// root is the product of sizes^(1/2) over such labels and of sizes^(1/3) over the others. Where there are no others, as in any graph, it has exactly so many.

// roots finds the logarithm of each label's part of a root.
func (e *exact) roots() {
	c := e.c
	e.root = make([]int64, len(c.log))
	for k := range c.words {
		once, twice, more := c.output[k], uint64(0), uint64(0)
		for t := range c.n {
			x := c.term(t)[k]
			more |= twice & x
			twice |= once & x
			once |= x
		}
		for b := range 64 {
			if l := k<<6 + b; more>>b&1 != 0 {
				e.root[l] = c.log[l] / 3
			} else {
				e.root[l] = c.log[l] / 2
			}
		}
	}
}

// rootOf is the root of a set.
func (e *exact) rootOf(set []uint64) float64 {
	sum := int64(0)
	for k, x := range set {
		for ; x != 0; x &= x - 1 {
			sum += e.root[k<<6+bits.TrailingZeros64(x)]
		}
	}
	return power(sum)
}

// splits goes over all subsets of s terms and all their pairs of parts.
func (e *exact) splits(s int) bool {
	if e.parts == nil {
		e.roots()
		e.parts = make([]part, 1<<e.c.n)
		for m := range e.parts {
			e.parts[m].price = math.Inf(1)
		}
	}
	for ; e.split < s; e.split++ {
		for _, id := range e.layers[e.split].ids {
			u, set := &e.subsets.list[id], e.subsets.set(id)
			e.parts[u.mask] = part{u.cost + e.c.share(set, set)*float64(e.c.move*u.elements), e.rootOf(set)}
		}
	}
	for m := uint32(1)<<s - 1; m < 1<<e.c.n; {
		low := m & -m
		if e.splitOf(m, m&^low); e.meter.done {
			return false
		}
		next := m + low // the next number of as many bits
		m = next | (next^m)>>2/low
	}
	return true
}

// splitOf goes over the pairs of parts of one subset: one part has its lowest term, the other is in the rest.
func (e *exact) splitOf(m, rest uint32) {
	id := e.enter(m)
	set := e.subsets.set(id)
	share := e.c.share(set, set)
	root := share * float64(e.c.points*e.rootOf(set)) * (1 - 1e-6) // roots are rounded
	made := share * float64((e.c.move+e.c.write)*e.subsets.list[id].elements)
	best := e.subsets.list[id].cost - made
	work := int64(0)
	for p := (rest - 1) & rest; ; p = (p - 1) & rest {
		x, y := &e.parts[m&^rest|p], &e.parts[rest&^p]
		if both := x.price + y.price; both < best && both+root*x.root*y.root < best {
			x, y := e.subsets.find(m&^rest|p), e.subsets.find(rest&^p)
			e.join(x, y, e.c.linear(e.c.union(e.subsets.set(x), e.subsets.set(y))))
			best = e.subsets.list[id].cost - made
			work += 16
		}
		work++
		if p == 0 {
			break
		}
	}
	if e.subsets.list[id].x < 0 {
		e.subsets.drop()
	}
	e.meter.spend(work)
}
