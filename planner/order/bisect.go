package order

import (
	"math"
	"math/rand/v2"
)

// bisect makes a tree from the root downwards: it cuts the terms in two so that the labels on both sides are small, and each half again
// (nested dissection: George 1973; for tensor networks: Gray and Kourtis, Quantum 5, 410 (2021)). A few terms are contracted in the best
// way.
type bisect struct {
	h      *hyper
	c      *core
	d      *dense
	p      partition
	on     [][]int32
	at     []int32 // of each term, its vertex in the graph at hand, or -1
	met    []int32 // of each label, the graph that met it last
	graphs int32
	joints []joint
	work   int64
}

// firstCuts is how often all terms are cut in two, to go on with the best cut.
const firstCuts = 3

// finishLeaves is how many terms are not cut any more.
const finishLeaves = 5

func newBisect(r *race) *bisect {
	n := len(r.h.terms)
	b := &bisect{h: r.h, c: r.c, d: r.d, p: partition{rng: r.rng}, on: r.h.on(), at: make([]int32, n), met: make([]int32, len(r.h.log))}
	for t := range b.at {
		b.at[t] = -1
	}
	return b
}

// run gives the joints of a whole tree. The more slack, the less equal the halves.
func (b *bisect) run(slack float64) []joint {
	b.joints = b.joints[:0]
	b.p.slack, b.p.work, b.work = slack, 0, 0
	all := make([]int32, len(b.h.terms))
	for t := range all {
		all[t] = int32(t)
	}
	b.halve(all)
	b.work += b.p.work
	return b.joints
}

// halve gives the node of some terms' tree.
func (b *bisect) halve(terms []int32) int32 {
	if len(terms) == 1 {
		return terms[0]
	}
	if len(terms) <= finishLeaves {
		if node := b.finish(terms); node >= 0 {
			return node
		}
	}
	g := b.graph(terms)
	side := b.p.cut(g)
	if len(terms) == len(b.h.terms) { // the first cut decides most
		for range firstCuts - 1 {
			if s := b.p.cut(g); g.between(s) < g.between(side) {
				side = s
			}
		}
	}
	var halves [2][]int32
	for i, t := range terms {
		halves[side[i]] = append(halves[side[i]], t)
	}
	if len(halves[0]) == 0 || len(halves[1]) == 0 {
		halves[0], halves[1] = terms[:len(terms)/2], terms[len(terms)/2:]
	}
	x, y := b.halve(halves[0]), b.halve(halves[1])
	b.joints = append(b.joints, joint{x, y})
	return int32(len(b.h.terms)+len(b.joints)) - 1
}

// graph makes the terms vertices and their common labels edges.
func (b *bisect) graph(terms []int32) *graph {
	g := &graph{weight: make([]int32, len(terms)), edges: make([][]int32, len(terms))}
	b.enter(terms)
	for i := range terms {
		g.weight[i] = 1
	}
	for _, t := range terms {
		for _, l := range b.h.terms[t] {
			if b.met[l] == b.graphs {
				continue
			}
			b.met[l] = b.graphs
			var ends []int32
			for _, u := range b.on[l] {
				if b.at[u] >= 0 {
					ends = append(ends, b.at[u])
				}
			}
			b.work += int64(4 * len(b.on[l]))
			if len(ends) > 1 {
				g.add(ends, b.h.log[l])
			}
		}
	}
	b.leave(terms)
	return g
}

// enter numbers the terms at hand, leave takes the numbers back.
func (b *bisect) enter(terms []int32) {
	b.graphs++
	for i, t := range terms {
		b.at[t] = int32(i)
	}
}

func (b *bisect) leave(terms []int32) {
	for _, t := range terms {
		b.at[t] = -1
	}
}

// finish contracts a few terms in the best way; it gives -1 where it cannot.
func (b *bisect) finish(terms []int32) int32 {
	c := b.c
	leaves := make([][]uint64, len(terms))
	out := make([]uint64, c.words)
	b.enter(terms)
	for i, t := range terms {
		leaves[i] = c.sets[int(t)*c.words : (int(t)+1)*c.words]
		for _, l := range b.h.terms[t] {
			if b.met[l] == b.graphs {
				continue
			}
			b.met[l] = b.graphs
			open := b.h.open[l]
			for _, u := range b.on[l] {
				open = open || b.at[u] < 0
			}
			if open {
				out[c.bit[l]>>6] |= 1 << (c.bit[l] & 63)
			}
		}
	}
	b.leave(terms)
	cost, work := b.d.solve(c, leaves, out, math.Inf(1))
	b.work += int64(work)
	if math.IsInf(cost, 1) {
		return -1
	}
	var node int32
	b.joints, node = b.d.joints(b.joints, 1<<len(terms)-1, terms, int32(len(b.h.terms)))
	return node
}

// bisection is bisect with more and less slack.
type bisection struct{}

func (bisection) name() string { return "bisection" }

func (m bisection) run(r *race) {
	b := newBisect(r)
	for i := 0; i < trials/4 && r.meter.left(); i++ {
		r.offer(b.run(slack(r.rng, i)), m.name())
		r.meter.spend(b.work)
	}
}

// slack is one of a few in turn, blurred.
func slack(rng *rand.Rand, i int) float64 {
	return [4]float64{0.05, 0.2, 0.35, 0.5}[i%4] + float64(0.1*float64(rng.IntN(256))/256)
}
