package order

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// anneal changes a tree by nearest-neighbour interchange, as in phylogeny (Robinson 1971): beneath a step whose child is a step, the
// child's sibling and one of the child's children change places, which changes two steps alone. A change for the worse is taken by a
// chance that falls with the temperature (for contraction trees: Kalachev, Panteleev, Yung, arXiv 2108.05665, TreeSA).
type anneal struct {
	t       *tree
	rng     *rand.Rand
	scratch []uint64
}

func newAnneal(t *tree, rng *rand.Rand) *anneal {
	return &anneal{t: t, rng: rng, scratch: make([]uint64, t.words)}
}

const chanceBits = 12

// chances[i] is a quantile of -log2 of a number between 0 and 1.
var chances = func() (t [1 << chanceBits]float64) {
	for i := range t {
		t[i] = math.Round(-math.Log2((float64(i)+0.5)/(1<<chanceBits))*(1<<30)) / (1 << 30)
	}
	return t
}()

// sweep tries a change beneath every step that costs so much at least, and gives how many it has tried. cold is the inverse of the temperature:
// what a change that doubles the cost of its two steps loses in bits of chance.
func (a *anneal) sweep(cold, least float64) (tried int64) {
	t := a.t
	for v := int32(t.n); v < int32(len(t.left)); v++ {
		if t.cost[v] < least {
			continue
		}
		tried++
		r := a.rng.Uint64()
		c, s := t.left[v], t.right[v]
		if t.isLeaf(c) || !t.isLeaf(s) && r&1 != 0 {
			c, s = s, c
		}
		if t.isLeaf(c) {
			continue
		}
		x, y := t.left[c], t.right[c]
		if r&2 != 0 {
			x, y = y, x
		}
		a.try(v, c, s, x, y, cold, r)
	}
	return tried
}

// try weighs the exchange of s with x: c, which was made of x and y, becomes that of s and y, and v that of c and x.
func (a *anneal) try(v, c, s, x, y int32, cold float64, r uint64) {
	t := a.t
	made := a.scratch
	inner, outer, size := a.exchange(made, t.at(v), t.at(s), t.at(x), t.at(y))
	el := t.linear(size)
	innerCost := t.share(t.at(s), t.at(y)) * t.step(t.linear(inner), t.elements[s], t.elements[y], el)
	outerCost := t.share(made, t.at(x)) * t.step(t.linear(outer), el, t.elements[x], t.elements[v])
	before, after := t.cost[v]+t.cost[c], innerCost+outerCost
	if !(after <= before) && float64(cold*log2(after/before)) > chances[r>>(64-chanceBits)] {
		return
	}
	copy(t.at(c), made)
	t.swap(s, x)
	t.log[c], t.elements[c], t.cost[c], t.cost[v] = size, el, innerCost, outerCost
}

// exchange finds what c would be made of s and y: its labels, which are those of them that v or x need, its size, and the points of its
// step and of the one above it.
func (a *anneal) exchange(made, v, s, x, y []uint64) (inner, outer, size int64) {
	c := a.t.core
	n := len(made)
	v, s, x, y = v[:n], s[:n], x[:n], y[:n]
	if !c.even {
		for k := range made {
			both := s[k] | y[k]
			m := both & (v[k] | x[k])
			made[k] = m
			inner += c.part(k, both)
			outer += c.part(k, m|x[k])
			size += c.part(k, m)
		}
		return inner, outer, size
	}
	logs := c.wordLog[:n]
	for k := range made {
		both := s[k] | y[k]
		m := both & (v[k] | x[k])
		made[k] = m
		l := logs[k]
		inner += l * int64(bits.OnesCount64(both))
		outer += l * int64(bits.OnesCount64(m|x[k]))
		size += l * int64(bits.OnesCount64(m))
	}
	return inner, outer, size
}

// The inverse temperatures of the start and of the end of a course; every other one starts cooler by one.
const (
	warm     = 0.6
	lukewarm = 2.0
	freezing = 10.0
)

// tryWork is about what a try takes, sweepWork a sweep of all steps.
func tryWork(c *core) int64   { return int64(25 + 6*c.words) }
func sweepWork(c *core) int64 { return int64(c.n) * tryWork(c) }

// cool anneals the tree at hand down to freezing, for so much work. A few dear steps decide what a tree costs: most sweeps leave out steps that
// cost less than a share of the dearest, which is 2^-2, 2^-4, 2^-8 ... 2^-64 by chance; every fourth or so leaves out none.
func cool(r *race, from float64, work int64) {
	a := newAnneal(r.t, r.rng)
	for done := int64(0); done < work; {
		least := 0.0
		if r.rng.IntN(wholeSweeps) > 0 {
			least = slices.Max(r.t.cost) * power(-fixedOne<<(1+r.rng.IntN(depths)))
		}
		used := tryWork(r.c)*a.sweep(from+float64((freezing-from)*(float64(done)/float64(work))), least) + int64(3*r.c.n)
		done += used
		if !r.meter.spend(used) {
			return
		}
	}
}

// Of so many sweeps one is whole; the others go to one of so many depths.
const (
	wholeSweeps = 4
	depths      = 6
)
