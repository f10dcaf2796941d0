package order

import (
	"math"
	"math/rand/v2"
)

// crowd is the number of terms on one label up to which they count as neighbours. Larger ones are left until the labels of few terms are
// gone: they would bring every term together with every other.
const crowd = 24

// greedy contracts pair by pair, each time the pair that makes the tensors grow least: the elements of its result less those of the two
// terms. By chance it takes another one now and then (Gray and Kourtis, Quantum 5, 410 (2021)): the logarithm of the growth is blurred, and
// the terms count more or less. A label that several terms share (a hyperedge) stays until the last of them is contracted.
type greedy struct {
	h      *hyper
	weight float64 // what an element that goes counts, beside one that comes
	heat   float64 // how much chance there is
	rng    *rand.Rand
	most   float64 // elements that a result may have

	count   []int32
	on      [][]int32
	terms   [][]int32
	live    []bool
	size    []float64
	met     []int32 // of each term, the one that met it last
	scratch []int32
	heap    heap[candidate]
	joints  []joint
	work    int64

	startCount []int32
	startOn    [][]int32
	startSize  []float64
}

// candidate is a pair; a lower score is better, and among equals the older terms.
type candidate struct {
	score float64
	x, y  int32
}

func (a candidate) Before(b candidate) bool {
	switch {
	case a.score != b.score:
		return a.score < b.score
	case a.x != b.x:
		return a.x < b.x
	}
	return a.y < b.y
}

func newGreedy(h *hyper, rng *rand.Rand) *greedy {
	g := &greedy{h: h, rng: rng, most: math.Inf(1), startCount: h.counts(), startOn: h.on()}
	for _, t := range h.terms {
		g.startSize = append(g.startSize, power(h.size(t)))
	}
	return g
}

// run gives the joints of a whole tree; nil if that takes more work than there is, or one of its results is too large.
func (g *greedy) run(weight, heat float64, work int64) []joint {
	n := len(g.h.terms)
	g.weight, g.heat, g.work = weight, heat, 0
	g.count = append(g.count[:0], g.startCount...)
	g.terms = append(g.terms[:0], g.h.terms...)
	g.size = append(g.size[:0], g.startSize...)
	g.live, g.met, g.heap, g.joints, g.scratch = g.live[:0], g.met[:0], g.heap[:0], g.joints[:0], g.scratch[:0]
	if g.on == nil {
		g.on = make([][]int32, len(g.startOn))
	}
	for l := range g.on {
		g.on[l] = g.on[l][:0]
	}
	for t := range n {
		g.live, g.met = append(g.live, true), append(g.met, -1)
		g.enter(int32(t))
	}
	left := n
	for left > 1 && len(g.heap) > 0 {
		p := g.heap.pop()
		g.work += 40
		if g.work > work || g.size[len(g.size)-1] > g.most {
			return nil
		}
		if g.live[p.x] && g.live[p.y] {
			g.join(p.x, p.y)
			left--
		}
	}
	if left > 1 {
		g.rest()
	}
	return g.joints
}

// join contracts a pair.
func (g *greedy) join(x, y int32) {
	from := len(g.scratch)
	g.scratch = merge(g.scratch, g.terms[x], g.terms[y], g.count)
	made := g.scratch[from:len(g.scratch):len(g.scratch)]
	g.live[x], g.live[y] = false, false
	t := int32(len(g.terms))
	g.terms, g.live, g.met = append(g.terms, made), append(g.live, true), append(g.met, -1)
	g.size = append(g.size, power(g.h.size(made)))
	g.joints = append(g.joints, joint{x, y})
	g.work += int64(8 * len(made))
	g.enter(t)
}

// rest joins what has no labels in common but those of crowds, the two smallest first.
func (g *greedy) rest() {
	g.heap = g.heap[:0]
	for t, live := range g.live {
		if live {
			g.heap.push(candidate{g.size[t], int32(t), 0})
		}
	}
	for len(g.heap) > 1 {
		x, y := g.heap.pop().x, g.heap.pop().x
		g.terms = append(g.terms, merge(nil, g.terms[x], g.terms[y], g.count))
		g.joints = append(g.joints, joint{x, y})
		made := int32(len(g.terms) - 1)
		g.heap.push(candidate{power(g.h.size(g.terms[made])), made, 0})
	}
}

// enter puts the pairs of t with its neighbours into the heap.
func (g *greedy) enter(t int32) {
	for _, l := range g.terms[t] {
		on := g.on[l][:0]
		for _, u := range g.on[l] {
			if g.live[u] {
				on = append(on, u)
			}
		}
		g.on[l] = append(on, t)
		if len(on) > crowd {
			continue
		}
		for _, u := range on {
			if g.met[u] != t {
				g.met[u] = t
				g.heap.push(candidate{g.score(u, t), u, t})
			}
		}
	}
}

// score weighs a pair.
func (g *greedy) score(x, y int32) float64 {
	g.work += int64(4*(len(g.terms[x])+len(g.terms[y])) + 40)
	_, made := g.h.union(g.terms[x], g.terms[y], g.count)
	s := power(made) - float64(g.weight*(g.size[x]+g.size[y]))
	if g.heat == 0 {
		return s
	}
	if s < 0 {
		s = -log2(1 - s)
	} else {
		s = log2(1 + s)
	}
	return s - float64(g.heat*gumbel[g.rng.Uint64()>>(64-gumbelBits)])
}

// greedyOnce is greedy without chance.
type greedyOnce struct{}

func (greedyOnce) name() string { return "greedy" }

func (m greedyOnce) run(r *race) {
	g := newGreedy(r.h, r.rng)
	r.offer(g.run(1, 0, math.MaxInt64), m.name())
	r.meter.spend(g.work)
}

// randomGreedy is greedy with chance, again and again.
type randomGreedy struct{}

func (randomGreedy) name() string { return "random greedy" }

// trials is how often the methods by chance try at most.
const trials = 128

func (m randomGreedy) run(r *race) {
	g := newGreedy(r.h, r.rng)
	best := math.Inf(1)
	var weight, heat int64 // of the best
	for i := 0; i < trials && r.meter.left(); i++ {
		w, h := firstWeights[i%len(firstWeights)], int64(leastHeat)
		switch {
		case i < len(firstWeights):
		case i%2 == 0:
			w, h = spread(r.rng, leastWeight, mostWeight), spread(r.rng, leastHeat, mostHeat)
		default:
			w, h = weight+spread(r.rng, -fixedOne/2, fixedOne/2), heat+spread(r.rng, -2*fixedOne, 2*fixedOne)
		}
		g.most = power(r.most())
		joints := g.run(power(w), power(h), r.meter.budget-r.meter.spent)
		r.meter.spend(g.work)
		if joints == nil {
			continue
		}
		if cost := r.offer(joints, m.name()); cost < best {
			best, weight, heat = cost, w, h
		}
	}
}

// Logarithms of the weights and heats that are tried. Lattices want heavy weights, which let one tensor grow, trees and dense networks light
// ones: some of each go first, then any by chance and such as are near the best in turn.
const (
	leastWeight, mostWeight = -1 << fixedBits, 7 << fixedBits
	leastHeat, mostHeat     = -10 << fixedBits, -1 << fixedBits
)

var firstWeights = [6]int64{4 << fixedBits, 1 << fixedBits, 6 << fixedBits, 0, 3 << fixedBits, 2 << fixedBits}

// spread gives a number between two by chance.
func spread(rng *rand.Rand, from, to int64) int64 { return from + rng.Int64N(to-from) }

const gumbelBits = 10

// gumbel[i] is a quantile of Gumbel's distribution: the greatest of scores blurred by it is chosen as by Boltzmann's.
var gumbel = func() (t [1 << gumbelBits]float64) {
	for i := range t {
		u := (float64(i) + 0.5) / (1 << gumbelBits)
		t[i] = math.Round(-math.Log2(-math.Log(u))*(1<<30)) / (1 << 30)
	}
	return t
}()
