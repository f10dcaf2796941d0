package order

import (
	"math"
	"math/bits"
	"slices"
)

// slicer finds labels to fix, one value a slice, until no result has more elements than a limit. The tree is improved after each label that
// is taken, and labels are given back and the tree annealed without them as long as there is budget: what is sliced and how it is
// contracted depend on one another
// (slicing inside the search: Huang et al., arXiv 2005.06787; Gray and Kourtis, Quantum 5, 410 (2021); Kalachev et al., arXiv 2108.05665).
type slicer struct {
	r     *race  // of the whole network; its core and tree are those of one slice
	whole *hyper // with all labels
	limit int64  // logarithm
	cut   []bool // of each label, whether it is sliced
	list  []int32

	best   []joint
	sliced []int32
	cost   float64 // logarithm, over all slices
}

// sliceFit gives the tree and the labels, for a race that has found a tree without slices.
func sliceFit(r *race, limit int64) (joints []joint, sliced []int32) {
	s := &slicer{r: r, whole: r.h, limit: limit, cut: make([]bool, len(r.h.log)), cost: math.Inf(1)}
	joints = slices.Clone(r.best)
	s.load(joints)
	if s.fits() {
		return joints, nil
	}
	m := r.meter
	round := (m.budget - m.spent) / sliceRounds
	s.shrink(round)
	for m.left() && len(s.sliced) > 0 {
		s.giveBack()
		s.shrink(round)
	}
	return s.best, s.sliced
}

// sliceRounds is about how often a tree is annealed on the way.
const sliceRounds = 100

// load makes the core and the tree of one slice.
func (s *slicer) load(joints []joint) {
	s.r.h = s.whole.without(s.cut)
	s.r.c = newCore(s.r.h, s.r.c.weights)
	s.r.t = newTree(s.r.c)
	s.r.t.load(joints)
	s.r.meter.spend(int64(20 * s.r.c.n * (4 + s.r.c.words)))
}

// without is the network without some labels.
func (h *hyper) without(cut []bool) *hyper {
	less := &hyper{log: h.log, open: h.open, terms: make([][]int32, len(h.terms))}
	for i, t := range h.terms {
		less.terms[i] = slices.DeleteFunc(slices.Clone(t), func(l int32) bool { return cut[l] })
	}
	return less
}

// fits says whether all results are within the limit.
func (s *slicer) fits() bool {
	t := s.r.t
	return !slices.ContainsFunc(t.log[t.n:], func(log int64) bool { return log > s.limit })
}

// shrink improves the tree by so much work, slices until it fits, and keeps it if it is the best.
func (s *slicer) shrink(round int64) {
	r := s.r
	r.meter.within(round, s.improve)
	for !s.fits() {
		s.take(s.choose())
		r.meter.within(round/8, func() { newReconfigure(r.t, r.d).run(r.meter, 6) })
	}
	cost := s.total()
	if s.best == nil || cost < s.cost {
		s.best, s.cost = r.t.joints(s.best), cost
		s.sliced = append(s.sliced[:0], s.list...)
	}
}

// improve anneals the tree at hand, and goes back if that does no good.
func (s *slicer) improve() {
	r := s.r
	before, total := r.t.joints(nil), r.t.total()
	cool(r, lukewarm+float64(r.rng.IntN(4)), (r.meter.budget-r.meter.spent)*8/10)
	newReconfigure(r.t, r.d).run(r.meter, subtreeLeaves)
	if r.t.total() > total {
		r.t.load(before)
	}
}

// total is the logarithm of the cost of all slices.
func (s *slicer) total() float64 {
	sum := math.Log2(s.r.t.total())
	for _, l := range s.list {
		sum += float64(float64(s.whole.log[l]) * ((1 + 1e-6) / fixedOne)) // of equals, that of fewer slices
	}
	return sum
}

// take slices a label.
func (s *slicer) take(l int32) {
	joints := s.r.t.joints(nil)
	s.cut[l] = true
	s.list = append(s.list, l)
	s.load(joints)
}

// giveBack goes back to the best tree and takes some of its labels out of the slices, now few, now most.
func (s *slicer) giveBack() {
	rng := s.r.rng
	s.list = append(s.list[:0], s.sliced...)
	for range 1 + rng.IntN(len(s.list)) {
		i := rng.IntN(len(s.list))
		s.list = slices.Delete(s.list, i, i+1)
	}
	clear(s.cut)
	for _, l := range s.list {
		s.cut[l] = true
	}
	s.load(s.best)
}

// choose gives the label of a result above the limit that makes all slices together cheapest: a step whose points have it becomes cheaper by
// its size, any other one is done as often as it has values.
func (s *slicer) choose() int32 {
	t, c := s.r.t, s.r.c
	large := make([]uint64, c.words)
	saved := make([]float64, len(c.log))
	total := 0.0
	for v := int32(t.n); v < int32(len(t.log)); v++ {
		a, b, set := t.at(t.left[v]), t.at(t.right[v]), t.at(v)
		over := t.log[v] > s.limit
		total += t.cost[v]
		for k := range set {
			if over {
				large[k] |= set[k]
			}
			for x := a[k] | b[k]; x != 0; x &= x - 1 {
				bit := k<<6 + bits.TrailingZeros64(x)
				left := power(-c.log[bit])
				if over && set[k]&(x&-x) != 0 {
					left *= math.Sqrt(left)
				}
				saved[bit] += float64(t.cost[v] * (1 - left))
			}
		}
	}
	s.r.meter.spend(int64(100 * t.n))
	best, least := int32(-1), math.Inf(1)
	for l, b := range c.bit {
		if b < 0 || large[b>>6]>>(b&63)&1 == 0 {
			continue
		}
		if sum := (total - saved[b]) * power(c.log[b]); best < 0 || sum < least {
			best, least = int32(l), sum
		}
	}
	return best
}

// fit slices what the searches did not see: results of what was exact, and products of unconnected parts. Each time it takes the label that
// most of the results above the limit have.
func (t Tree) fit(net Network, limit float64) Tree {
	for {
		count := make([]int, len(net.Sizes))
		best := -1
		for _, s := range t.Steps {
			size := 0.0
			for _, l := range s.Labels {
				size += math.Log2(float64(net.Sizes[l]))
			}
			if s.B < 0 || size <= limit+1e-9 {
				continue
			}
			for _, l := range s.Labels {
				count[l]++
				if net.Sizes[l] > 1 && (best < 0 || count[l] > count[best] || count[l] == count[best] && l < best) {
					best = l
				}
			}
		}
		if best < 0 {
			return t
		}
		t = t.again(net, append(t.Sliced, best))
	}
}

// again is a tree with other labels sliced.
func (t Tree) again(net Network, sliced []int) Tree {
	b := newBuilder(net.without(sliced))
	for _, s := range t.Steps {
		if s.B < 0 {
			b.sum(s.A)
		} else {
			b.contract(s.A, s.B)
		}
	}
	t.Steps, t.Sliced = b.steps, sliced
	return t
}

// nest puts the sliced labels in the sequence of loops: innermost that whose steps cost least, as they are done most often; then that of the
// remaining steps, and so on outwards.
func (t Tree) nest(net Network) Tree {
	var rest, inner []int
	rest = append(rest, t.Sliced...)
	for len(rest) > 0 {
		best, least := 0, math.Inf(1)
		for i := range rest {
			try := t
			try.Sliced = slices.Concat(slices.Delete(slices.Clone(rest), i, i+1), rest[i:i+1], inner)
			if cost := try.Totals(net).Mults; cost < least {
				best, least = i, cost
			}
		}
		inner = slices.Insert(inner, 0, rest[best])
		rest = slices.Delete(rest, best, best+1)
	}
	t.Sliced = inner
	return t
}
