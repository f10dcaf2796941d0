package order

import "math/bits"

// exactAlways is the number of terms up to which the best of all trees is found whatever it takes; exactLimit is the most that are tried.
const (
	exactAlways = 16
	exactLimit  = 32
)

// exact proves that a tree is the best of all or finds the best: for each subset of the terms, from pairs upwards, the cheapest way to
// contract it. Products of unconnected terms are among them up to exactAlways terms. A subset that no tree cheaper than the one at hand can hold is left out,
// which leaves few where that tree is good (dynamic programming with a cost cap: Pfeifer, Haegeman, Verstraete, arXiv 1304.6112).
//
// A tree that holds a subset S costs at least cost(S) and the leaves of the terms outside of it, and what the step that takes S costs beyond the dearest
// leaf, for it may take a term too. That is one number for all subsets, the sum of all leaves, and the net cost of S: cost(S) less the leaves inside.
type exact struct {
	c        *core
	meter    *meter
	all      bool     // products of unconnected terms are looked at
	bound    float64  // what a tree must cost less than
	beside   []uint32 // of each term, those with which it has a label in common
	leaves   leaves
	subsets  subsets
	layers   []layer // of each number of terms
	parts    []part  // of each mask, for splits; nil until they are asked for
	split    int     // the layers below are among the parts
	root     []int64 // of each label
	partners partners
}

func newExact(c *core, m *meter) *exact {
	return &exact{c: c, meter: m, all: c.n <= exactAlways}
}

// run looks for a tree cheaper than bound: it gives none where there is none. It reports whether it came to the end.
func (e *exact) run(bound float64) (joints []joint, proven bool) {
	n := e.c.n
	e.bound = bound * (1 - 1e-9)
	e.neighbours()
	e.leaves = newLeaves(e)
	e.subsets = newSubsets(e.c)
	e.layers = make([]layer, n+1)
	for t := range n {
		e.subsets.list[e.enter(1<<t)].cost = 0
	}
	e.layers[1] = e.close(0)
	for s := 2; s <= n; s++ {
		from := len(e.subsets.list)
		if !e.find(s) {
			return nil, false
		}
		e.layers[s] = e.close(from)
	}
	if len(e.layers[n].ids) == 0 {
		return nil, true
	}
	joints, _ = e.joints(nil, e.layers[n].ids[0])
	return joints, true
}

// neighbours finds which terms have labels in common.
func (e *exact) neighbours() {
	c := e.c
	e.beside = make([]uint32, c.n)
	for x := range c.n {
		for y := range x {
			for k, word := range c.term(x) {
				if k != c.run && word&c.term(y)[k] != 0 {
					e.beside[x] |= 1 << y
					e.beside[y] |= 1 << x
					break
				}
			}
		}
	}
}

// take is what a step at least costs that takes a tensor.
func (e *exact) take(set []uint64, elements float64) float64 {
	return e.c.share(set, set) * float64((e.c.points+e.c.move)*elements)
}

// outside is what the steps at least cost that take the terms outside of a subset.
func (e *exact) outside(inside float64) float64 { return max(0, e.leaves.sum-inside) }

// find finds the subsets of s terms: from all pairs of smaller ones, or from all subsets where those are fewer. It reports whether there
// was time.
func (e *exact) find(s int) bool {
	n := e.c.n
	byPairs, bySubsets := 0.0, 1.0
	for i := 1; i <= s/2; i++ {
		byPairs += float64(len(e.layers[i].ids)) * float64(len(e.layers[s-i].ids))
	}
	for i := range s {
		bySubsets *= 2 * float64(n-i) / float64(i+1)
	}
	if e.all && bySubsets < byPairs {
		return e.splits(s)
	}
	return e.pairs(s)
}

// enter makes a subset that has no way yet. What a way has to cost less than is its cost until there is one.
func (e *exact) enter(mask uint32) int32 {
	id := e.subsets.enter(mask)
	u := &e.subsets.list[id]
	for t := mask; t != 0; t &= t - 1 {
		i := bits.TrailingZeros32(t)
		u.near |= e.beside[i]
		u.inside += e.leaves.of[i]
	}
	u.near &^= mask
	u.take = e.take(e.subsets.set(id), u.elements)
	u.cost = e.bound
	if mask != 1<<e.c.n-1 {
		u.cost -= e.outside(u.inside) + max(0, u.take-e.leaves.dearest)
	}
	e.meter.spend(int64(e.c.n * e.c.words))
	return id
}

// join looks whether two subsets are the cheapest way to their union, by a step of so many points.
func (e *exact) join(x, y int32, points float64) {
	a, b := e.subsets.list[x], e.subsets.list[y]
	id := e.subsets.find(a.mask | b.mask)
	if id < 0 {
		id = e.enter(a.mask | b.mask)
	}
	u := &e.subsets.list[id]
	cost := a.cost + b.cost + e.c.share(e.subsets.set(x), e.subsets.set(y))*e.c.step(points, a.elements, b.elements, u.elements)
	if cost < u.cost {
		u.cost, u.x, u.y = cost, x, y
	}
}

// joints gives the best tree of a subset.
func (e *exact) joints(list []joint, id int32) ([]joint, int32) {
	u := e.subsets.list[id]
	if u.x < 0 {
		return list, int32(bits.TrailingZeros32(u.mask))
	}
	list, a := e.joints(list, u.x)
	list, b := e.joints(list, u.y)
	list = append(list, joint{a, b})
	return list, int32(e.c.n+len(list)) - 1
}

// exactly is exact from the best tree so far, which it proves to be best if it finds none that is better.
type exactly struct{}

func (exactly) name() string { return "exact" }

func (m exactly) run(r *race) {
	if r.c.n > exactLimit {
		return
	}
	joints, proven := newExact(r.c, r.meter).run(r.cost)
	if joints != nil {
		r.offer(joints, m.name())
	}
	if proven {
		r.proven, r.winner = true, m.name()
	}
}
