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
	layers  [][]int32 // of each number of terms, the subsets, the cheapest first
	subsets []subset
	sets    []uint64
	table   []int32 // of a mask or its hash, the subset, from 1
	direct  bool    // by masks
	scratch []uint64
}

// subset is a set of terms, and the cheapest way to contract it: of x and y.
type subset struct {
	mask     uint32
	x, y     int32
	cost     float64
	elements float64
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
	e.layers = make([][]int32, n+1)
	for t := range n {
		id := e.enter(1 << t)
		e.subsets[id].cost = 0
		e.layers[1] = append(e.layers[1], id)
	}
	for s := 2; s <= n; s++ {
		if !e.layer(s) {
			return nil, false
		}
	}
	if len(e.layers[n]) == 0 {
		return nil, true
	}
	joints, _ = e.joints(nil, e.layers[n][0])
	return joints, true
}

// layer finds the subsets of s terms: of all pairs of smaller ones, or of all subsets where those are fewer. It reports whether there
// was time.
func (e *exact) layer(s int) bool {
	n := e.c.n
	byPairs, bySubsets := 0.0, 1.0
	for i := 1; i <= s/2; i++ {
		byPairs += float64(len(e.layers[i])) * float64(len(e.layers[s-i]))
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
	for id := from; id < len(e.subsets); id++ {
		if e.subsets[id].cost < e.bound {
			e.layers[s] = append(e.layers[s], int32(id))
		}
	}
	slices.SortFunc(e.layers[s], func(a, b int32) int {
		return cmp.Or(cmp.Compare(e.subsets[a].cost, e.subsets[b].cost), cmp.Compare(a, b))
	})
	return ok
}

// pairs joins every two subsets of s terms together.
func (e *exact) pairs(s int) bool {
	all := e.c.n <= exactAlways
	for i := 1; i <= s/2; i++ {
		for k, x := range e.layers[i] {
			a := &e.subsets[x]
			mask, room := a.mask, e.bound-a.cost
			others := e.layers[s-i]
			if i == s-i {
				others = others[k+1:]
			}
			looked := 0
			for _, y := range others {
				b := &e.subsets[y]
				if b.cost >= room {
					break
				}
				looked++
				if b.mask&mask == 0 && (all || e.meet(x, y)) {
					e.join(x, y)
					looked += 16
				}
			}
			if !e.meter.spend(int64(2*looked)) && e.c.n > exactAlways || e.meter.done {
				return false
			}
		}
	}
	return true
}

// meet says whether two subsets have a label in common.
func (e *exact) meet(x, y int32) bool {
	w := e.c.words
	b := e.sets[int(y)*w : int(y+1)*w]
	for k, word := range e.sets[int(x)*w : int(x+1)*w] {
		if word&b[k] != 0 {
			return true
		}
	}
	return false
}

// splits goes over all subsets of s terms and all their pairs of parts.
func (e *exact) splits(s int) bool {
	weight := e.c.points
	for m := uint32(1)<<s - 1; m < 1<<e.c.n; {
		low := m & -m
		rest := m &^ low
		best, looked := e.bound, 0
		for p := (rest - 1) & rest; ; p = (p - 1) & rest {
			looked++
			if x := e.find(p | low); x >= 0 {
				if y := e.find(rest &^ p); y >= 0 {
					a, b := &e.subsets[x], &e.subsets[y]
					if a.cost+b.cost+float64(weight*max(a.elements, b.elements)) < best {
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

// join looks whether two subsets are the cheapest way to their union. It gives the union, or -1 where that costs too much.
func (e *exact) join(x, y int32) int32 {
	c, w := e.c, e.c.words
	a, b := &e.subsets[x], &e.subsets[y]
	sa, sb := e.sets[int(x)*w:int(x+1)*w], e.sets[int(y)*w:int(y+1)*w]
	points := int64(0)
	for k := range sa {
		points += c.part(k, sa[k]|sb[k])
	}
	linear := c.linear(points)
	cost := a.cost + b.cost
	if cost+float64(c.points*linear) >= e.bound {
		return -1
	}
	mask := a.mask | b.mask
	id := e.find(mask)
	if id < 0 {
		id = e.enter(mask)
		a, b = &e.subsets[x], &e.subsets[y]
	}
	m := &e.subsets[id]
	cost += c.step(linear, a.elements, b.elements, m.elements)
	next := cost
	if mask != 1<<c.n-1 {
		next += float64(c.points * m.elements) // the step that takes it has at least as many points
	}
	if next < e.bound && cost < m.cost {
		m.cost, m.x, m.y = cost, x, y
	}
	return id
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
	set, open := e.sets[id*w:], e.scratch
	copy(open, c.output)
	for t := range c.n {
		to := open
		if mask>>t&1 != 0 {
			to = set
		}
		for k, x := range c.sets[t*w : (t+1)*w] {
			to[k] |= x
		}
	}
	for k, x := range open {
		set[k] &= x
	}
	e.subsets = append(e.subsets, subset{mask: mask, x: -1, cost: e.bound, elements: c.linear(c.size(set))})
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
