package order

import (
	"cmp"
	"math/bits"
	"slices"
)

// exactAlways is the number of terms up to which the best of all trees is found whatever it takes; exactLimit is the most that are tried.
const (
	exactAlways = 16
	exactLimit  = 32
)

// exact proves that a tree is the best of all or finds the best: for each subset of the terms, from pairs upwards, the cheapest way to
// contract it. Products of unconnected terms are among them up to exactAlways terms. A subset that no tree cheaper than the one at hand can hold is left out,
// which leaves few where that tree is good (dynamic programming with a cost cap: Pfeifer, Haegeman, Verstraete, arXiv 1304.6112).
type exact struct {
	c       *core
	bound   float64
	meter   *meter
	layers  []layer  // of each number of terms
	beside  []uint32 // of each term, those with which it has a label in common
	subsets []subset
	sets    []uint64
	table   []int32 // of a mask or its hash, the subset, from 1
	direct  bool    // by masks
	scratch []uint64
	list    []int32
}

// layer is the subsets of one number of terms that are cheap enough, the cheapest first; then counts what the step at least costs that takes
// the subset, too.
type layer struct {
	ids  []int32
	mask []uint32
	cost []float64
	then []float64
}

// subset is a set of terms, and the cheapest way to contract it: of x and y.
type subset struct {
	mask     uint32
	near     uint32 // the terms beside its own
	x, y     int32
	cost     float64
	elements float64
	weight   float64 // what an element costs at least in the step that takes it
}

func newExact(c *core, m *meter) *exact {
	return &exact{c: c, meter: m, scratch: make([]uint64, c.words)}
}

// run looks for a tree cheaper than bound: it gives none where there is none. It reports whether it came to the end.
func (e *exact) run(bound float64) (joints []joint, proven bool) {
	c := e.c
	n := c.n
	e.bound = bound * (1 - 1e-9)
	if n <= exactAlways {
		e.table, e.direct = make([]int32, 1<<n), true
	} else {
		e.table = make([]int32, 1<<12)
	}
	e.layers = make([]layer, n+1)
	e.neighbours()
	for t := range n {
		e.subsets[e.enter(1<<t)].cost = 0
	}
	e.close(1, 0)
	for s := 2; s <= n; s++ {
		if !e.layer(s) {
			return nil, false
		}
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
			for k, word := range c.sets[x*c.words : (x+1)*c.words] {
				if k != c.run && word&c.sets[y*c.words+k] != 0 {
					e.beside[x] |= 1 << y
					e.beside[y] |= 1 << x
					break
				}
			}
		}
	}
}

// close makes a layer of the subsets from a number on.
func (e *exact) close(s, from int) {
	l := &e.layers[s]
	for id := from; id < len(e.subsets); id++ {
		if e.subsets[id].cost < e.bound {
			l.ids = append(l.ids, int32(id))
		}
	}
	slices.SortFunc(l.ids, func(a, b int32) int {
		return cmp.Or(cmp.Compare(e.then(a), e.then(b)), cmp.Compare(a, b))
	})
	for _, id := range l.ids {
		l.mask, l.cost, l.then = append(l.mask, e.subsets[id].mask), append(l.cost, e.subsets[id].cost), append(l.then, e.then(id))
	}
}

// layer finds the subsets of s terms: of all pairs of smaller ones, or of all subsets where those are fewer. It reports whether there
// was time.
func (e *exact) layer(s int) bool {
	n := e.c.n
	byPairs, bySubsets := 0.0, 1.0
	for i := 1; i <= s/2; i++ {
		byPairs += float64(len(e.layers[i].ids)) * float64(len(e.layers[s-i].ids))
	}
	for i := range s {
		bySubsets *= 2 * float64(n-i) / float64(i+1)
	}
	from := len(e.subsets)
	ok := true
	if byPairs <= bySubsets || n > exactAlways {
		ok = e.pairs(s)
	} else {
		ok = e.splits(s)
	}
	e.close(s, from)
	return ok
}

// then is the cost of a subset and the least that the step can cost that takes it.
func (e *exact) then(id int32) float64 {
	m := &e.subsets[id]
	return m.cost + float64(m.weight*m.elements)
}

// pairs joins every two subsets of s terms together.
func (e *exact) pairs(s int) bool {
	all := e.c.n <= exactAlways
	reach := e.c.linear(0) * (1 + 1e-6) // for products of two numbers of elements
	for i := 1; i <= s/2; i++ {
		first, others := &e.layers[i], &e.layers[s-i]
		for k, x := range first.ids {
			a := e.subsets[x]
			room, from := e.bound-a.cost, 0
			if i == s-i {
				from = k + 1
			}
			to, _ := slices.BinarySearch(others.then, room)
			apart := e.apart(a.mask, others.mask[min(from, to):to])
			joined := 0
			for _, at := range apart {
				y := from + int(at)
				if first.then[k]+others.cost[y] >= e.bound {
					continue
				}
				if others.mask[y]&a.near == 0 && !(all && e.product(&a, &e.subsets[others.ids[y]]) < float64(reach*(room-others.cost[y]))) {
					continue
				}
				e.join(x, others.ids[y])
				joined++
			}
			if !e.meter.spend(int64(2*(to-from)+30*joined)) && !all || e.meter.done {
				return false
			}
		}
	}
	return true
}

// product is what two subsets that no label connects cost at least to multiply.
func (e *exact) product(a, b *subset) float64 {
	return float64(max(a.weight, b.weight) * a.elements * b.elements)
}

// apart lists which of many masks have nothing in common with one. Which do is as good as chance: there is no branch to be guessed.
func (e *exact) apart(mask uint32, others []uint32) []int32 {
	list := slices.Grow(e.list[:0], len(others))[:len(others)]
	n := 0
	for i, other := range others {
		list[n] = int32(i)
		both := mask & other
		n += int((both - 1) &^ both >> 31)
	}
	e.list = list
	return list[:n]
}

// splits goes over all subsets of s terms and all their pairs of parts.
func (e *exact) splits(s int) bool {
	for m := uint32(1)<<s - 1; m < 1<<e.c.n; {
		low := m & -m
		rest := m &^ low
		best, looked := e.bound, 0
		for p := (rest - 1) & rest; ; p = (p - 1) & rest {
			looked++
			if x := e.find(p | low); x >= 0 {
				if y := e.find(rest &^ p); y >= 0 {
					a, b := &e.subsets[x], &e.subsets[y]
					if a.cost+b.cost+float64(max(a.weight, b.weight)*max(a.elements, b.elements)) < best {
						if id := e.join(x, y); id >= 0 {
							best = min(best, e.subsets[id].cost)
						}
						looked += 16
					}
				}
			}
			if p == 0 {
				break
			}
		}
		if !e.meter.spend(int64(2*looked)) && e.c.n > exactAlways || e.meter.done {
			return false
		}
		next := m + low // the next number of as many bits
		m = next | (next^m)>>2/low
	}
	return true
}

// join looks whether two subsets are the cheapest way to their union. It gives the union, or -1 where they are not.
func (e *exact) join(x, y int32) int32 {
	c := e.c
	a, b := &e.subsets[x], &e.subsets[y]
	cost, mask := a.cost+b.cost, a.mask|b.mask
	weight, least, most := max(a.weight, b.weight), max(a.elements, b.elements), e.bound
	id := e.find(mask)
	if id >= 0 {
		least, most = max(least, e.subsets[id].elements), e.subsets[id].cost
	}
	if cost+float64(weight*least) >= most { // a step has as many points as the largest of its three tensors has elements
		return -1
	}
	sa, sb := e.set(x), e.set(y)
	points := int64(0)
	for k := range sa {
		points += c.part(k, sa[k]|sb[k])
	}
	linear := c.linear(points)
	if cost+float64(weight*linear) >= most {
		return -1
	}
	if id < 0 {
		id = e.enter(mask)
		a, b = &e.subsets[x], &e.subsets[y]
	}
	m := &e.subsets[id]
	cost += c.share(e.set(x), e.set(y)) * c.step(linear, a.elements, b.elements, m.elements)
	next := cost
	if mask != 1<<c.n-1 {
		next += float64(m.weight * m.elements) // the step that takes it has at least as many points
	}
	if next < e.bound && cost < m.cost {
		m.cost, m.x, m.y = cost, x, y
	}
	return id
}

// set is the labels of a subset.
func (e *exact) set(id int32) []uint64 {
	w := e.c.words
	return e.sets[int(id)*w : int(id+1)*w]
}

// find gives the subset of a mask, or -1.
func (e *exact) find(mask uint32) int32 {
	if e.direct {
		return e.table[mask] - 1
	}
	for h := hash(mask); ; h++ {
		id := e.table[h&uint32(len(e.table)-1)] - 1
		if id < 0 || e.subsets[id].mask == mask {
			return id
		}
	}
}

func hash(mask uint32) uint32 { return mask * 0x9e3779b1 >> 3 }

// enter makes a subset, which has no way yet.
func (e *exact) enter(mask uint32) int32 {
	if !e.direct && 2*len(e.subsets) >= len(e.table) {
		e.table = make([]int32, 2*len(e.table))
		for id := range e.subsets {
			e.put(int32(id))
		}
	}
	c, w := e.c, e.c.words
	id := len(e.subsets)
	for range w {
		e.sets = append(e.sets, 0)
	}
	set, open, near := e.sets[id*w:], e.scratch, uint32(0)
	copy(open, c.output)
	for t := range c.n {
		to := open
		if mask>>t&1 != 0 {
			to = set
			near |= e.beside[t]
		}
		for k, x := range c.sets[t*w : (t+1)*w] {
			to[k] |= x
		}
	}
	for k, x := range open {
		set[k] &= x
	}
	e.subsets = append(e.subsets, subset{mask: mask, near: near &^ mask, x: -1, cost: e.bound, elements: c.linear(c.size(set)), weight: c.share(set, set) * c.points})
	e.put(int32(id))
	e.meter.spend(int64(c.n * w))
	return int32(id)
}

func (e *exact) put(id int32) {
	if e.direct {
		e.table[e.subsets[id].mask] = id + 1
		return
	}
	h := hash(e.subsets[id].mask)
	for e.table[h&uint32(len(e.table)-1)] != 0 {
		h++
	}
	e.table[h&uint32(len(e.table)-1)] = id + 1
}

// joints gives the best tree of a subset.
func (e *exact) joints(list []joint, id int32) ([]joint, int32) {
	s := e.subsets[id]
	if s.x < 0 {
		return list, int32(bits.TrailingZeros32(s.mask))
	}
	list, a := e.joints(list, s.x)
	list, b := e.joints(list, s.y)
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
