package order

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// slicer finds labels to fix, one value a slice, until no result has more elements than a limit. What is sliced and how it is contracted
// depend on one another: while the tree is annealed, labels are given back and others taken, as many as before, and a result above the limit
// costs as if it were sliced down to it (slicing inside the search: Huang et al., arXiv 2005.06787; Gray and Kourtis, Quantum 5, 410 (2021);
// Kalachev et al., arXiv 2108.05665).
type slicer struct {
	r     *race  // of the whole network; its core and tree are those of one slice
	whole *hyper // with all labels
	limit int64  // logarithm
	cut   []bool // of each label, whether it is sliced
	list  []int32
}

// slicing is a tree with the labels whose slices fit.
type slicing struct {
	joints []joint
	sliced []int32
	cost   float64 // logarithm, over all slices
}

// sliceFit gives the tree and the labels, for a race that has found a tree without slices. As which shape of tree slices well is seldom known
// before, the trees of all members go into a contest by halves; what is left has the rest of the budget.
func sliceFit(r *race, limit int64) (joints []joint, sliced []int32) {
	s := &slicer{r: r, whole: r.h, limit: limit, cut: make([]bool, len(r.h.log))}
	s.load(r.best, nil)
	if s.fits() {
		return r.best, nil
	}
	m := r.meter
	work := m.budget - m.spent
	trees, turns := r.field(work / 2 / (leastSweeps * sweepWork(r.c)))
	trees[0] = entry{joints: r.best}
	field := make([]slicing, len(trees))
	for i, e := range trees {
		s.load(e.joints, nil)
		s.finish(&field[i], work/200)
	}
	for ; len(field) > 1 && m.left(); field = field[:(len(field)+1)/2] {
		for i := range field {
			s.course(&field[i], work/2/int64(turns*len(field)))
		}
		slices.SortStableFunc(field, func(a, b slicing) int { return cmp.Compare(a.cost, b.cost) })
	}
	best := &field[0]
	for work = (m.budget - m.spent) / sliceCourses; m.left() && len(best.sliced) > 0; {
		s.course(best, work)
	}
	return best.joints, best.sliced
}

// sliceCourses is how often the best tree is annealed, sliceStages how often its labels change in a course, by sliceChange at most.
const (
	sliceCourses = 8
	sliceStages  = 40
	sliceChange  = 3
)

// course anneals a tree while its labels change, and keeps what comes of it if that is better.
func (s *slicer) course(best *slicing, work int64) {
	r := s.r
	s.load(best.joints, best.sliced)
	from := 1 + float64(r.rng.IntN(3))
	n := len(best.sliced) - r.rng.IntN(len(best.sliced)/3+1) // fewer are enough where the tree becomes better
	s.giveBack(len(best.sliced) - n)
	for i := range sliceStages {
		s.giveBack(1 + r.rng.IntN(sliceChange))
		a, sweep := newAnneal(r.t, r.rng), sweepWork(r.c)
		for range max(1, work/sliceStages*8/10/sweep) {
			a.sweep(from+float64((freezing-from)*(float64(i)/sliceStages)), 0)
			if !r.meter.spend(sweep) {
				break
			}
		}
		for len(s.list) < n && !s.fits() {
			s.take(s.choose())
		}
		if !r.meter.left() {
			break
		}
	}
	r.meter.within(work/10, func() { newReconfigure(r.t, r.d).run(r.meter, subtreeLeaves) })
	s.finish(best, work/80)
}

// finish slices until the tree at hand fits, improves it a little after each label, and keeps it if it is better.
func (s *slicer) finish(best *slicing, work int64) {
	r := s.r
	for !s.fits() {
		s.take(s.choose())
		r.meter.within(work, func() { newReconfigure(r.t, r.d).run(r.meter, 6) })
	}
	if cost := s.total(); best.joints == nil || cost < best.cost {
		*best = slicing{r.t.joints(nil), slices.Clone(s.list), cost}
	}
}

// load makes the core and the tree of one slice.
func (s *slicer) load(joints []joint, sliced []int32) {
	s.list = append(s.list[:0], sliced...)
	clear(s.cut)
	for _, l := range sliced {
		s.cut[l] = true
	}
	s.reload(joints)
}

// reload makes them anew where other labels are sliced.
func (s *slicer) reload(joints []joint) {
	s.r.h = s.whole.without(s.cut)
	s.r.c = newCore(s.r.h, s.r.c.weights)
	s.r.t = newTree(s.r.c)
	s.r.t.load(joints)
	s.r.meter.spend(int64(20 * s.r.c.n * (4 + s.r.c.words)))
}

// without is the network without some labels.
func (h *hyper) without(cut []bool) *hyper {
	less := &hyper{log: h.log, open: h.open, constant: h.constant, terms: make([][]int32, len(h.terms))}
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
	s.reload(joints)
}

// giveBack takes some labels out of the slices.
func (s *slicer) giveBack(n int) {
	joints := s.r.t.joints(nil)
	for range min(n, len(s.list)) {
		i := s.r.rng.IntN(len(s.list))
		s.cut[s.list[i]] = false
		s.list = slices.Delete(s.list, i, i+1)
	}
	s.reload(joints)
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
