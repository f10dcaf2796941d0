package order

import (
	"math"
	"math/rand/v2"
)

// member is a method of the portfolio. It offers the trees that it finds to the race, and stops when the race's meter says so.
type member interface {
	name() string
	run(r *race)
}

// portfolio is the methods in the order in which they run, and what of the budget each may spend at most. What one leaves, the later ones
// have; the last has the rest.
var portfolio = []struct {
	member
	share float64
}{
	{greedyOnce{}, 1},
	{sweeping{}, 0.06},
	{bisection{}, 0.1},
	{elimination{}, 0.05},
	{randomGreedy{}, 0.1},
	{encore{}, 0.2},
	{subtrees{}, 0.08},
	{annealing{}, 1},
}

// race looks for the best tree of one connected part. The best so far is never given up for a worse one.
type race struct {
	h     *hyper
	c     *core // nil where sets of labels would take too much memory: then greedy's tree it is
	t     *tree
	meter *meter
	rng   *rand.Rand
	d     *dense

	best   []joint
	cost   float64
	winner string
	proven bool // that the best so far is the best of all
	pool   []entry
}

// entry is one of the best trees that a member has found.
type entry struct {
	joints []joint
	cost   float64
	by     string
}

// newRace makes a race over the terms of h.
func newRace(h *hyper, w weights, m *meter, seed uint64) *race {
	r := &race{h: h, meter: m, rng: rand.New(rand.NewPCG(seed, 0x6f72646572)), d: &dense{}, cost: math.Inf(1)}
	if r.c = newCore(h, w); r.c != nil {
		r.t = newTree(r.c)
	}
	return r
}

// offer takes a tree if it is better than the best so far, and gives its cost.
func (r *race) offer(joints []joint, by string) float64 {
	if r.c == nil {
		if r.best == nil {
			r.best, r.winner = joints, by
		}
		return 0
	}
	r.t.load(joints)
	r.meter.spend(int64(8 * r.c.n * (4 + r.c.words)))
	return r.keep(by)
}

// keep takes the tree at hand if it is better than the best so far.
func (r *race) keep(by string) float64 {
	total := r.t.total()
	if r.best == nil || total < r.cost {
		r.best, r.cost, r.winner = r.t.joints(r.best), total, by
	}
	r.enter(total, by)
	return total
}

// perMember is how many trees of each member stay in the pool.
const perMember = 2

// encore is the member that has found the best tree so far, once more, if it has found trees that differ: on lattices a sweep from a better end
// is worth more than any annealing.
type encore struct{}

func (encore) name() string { return "encore" }

func (encore) run(r *race) {
	count := 0
	for _, e := range r.pool {
		if e.by == r.winner {
			count++
		}
	}
	for _, m := range []member{sweeping{}, bisection{}, elimination{}, randomGreedy{}} {
		if m.name() == r.winner && count == perMember {
			m.run(r)
		}
	}
}

// most is the logarithm of the most elements of a result in trees that are worth being looked at: no cheaper tree has more, and one that has
// hopeless times more will not be cheaper when it has been improved.
func (r *race) most() int64 {
	if r.c == nil || r.best == nil || r.h.constant != nil {
		return math.MaxInt64
	}
	most := int64(log2(r.cost) * fixedOne)
	if r.c.square {
		most /= 2
	}
	return most + hopeless
}

// hopeless is a logarithm.
const hopeless = 16 << fixedBits

// enter puts the tree at hand into the pool if it is among the best of its member.
func (r *race) enter(total float64, by string) {
	worst, count := -1, 0
	for i, e := range r.pool {
		if e.by != by {
			continue
		}
		if e.cost == total {
			return
		}
		count++
		if worst < 0 || e.cost > r.pool[worst].cost {
			worst = i
		}
	}
	switch {
	case count < perMember:
		r.pool = append(r.pool, entry{r.t.joints(nil), total, by})
	case total < r.pool[worst].cost:
		r.pool[worst].joints, r.pool[worst].cost = r.t.joints(r.pool[worst].joints), total
	}
}

// run lets the members run. Where there are few terms a proof is tried first, from a tree that is good enough to leave most subsets out.
func (r *race) run(only string) {
	if r.c != nil && r.c.n <= exactLimit && only == "" {
		r.meter.within(int64(proofShare*float64(r.meter.budget)), r.prove)
	}
	for _, p := range portfolio {
		if p.name() != (greedyOnce{}).name() && (r.c == nil || r.proven || !r.meter.left() || only != "" && only != p.name()) {
			continue
		}
		r.meter.within(int64(p.share*float64(r.meter.budget)), func() { p.run(r) })
	}
}

// proofShare is what of the budget a proof may take where it is not sure to end: so few terms do not need the rest for long.
const proofShare = 0.7

// prove looks for the best tree of all.
func (r *race) prove() {
	greedyOnce{}.run(r)
	subtrees{}.run(r)
	for n, before := 0, math.Inf(1); n < proofCourses && r.cost < before; n++ {
		before = r.cost
		r.t.load(r.best)
		r.course(annealing{}.name(), warm, proofSweeps*sweepWork(r.c))
	}
	exactly{}.run(r)
}

// Before a proof the tree is annealed a little, as long as that makes it better: the nearer it is to the best, the fewer subsets are left to
// be looked at.
const (
	proofCourses = 5
	proofSweeps  = 80
)

// found is what a race has come to.
type found struct {
	joints []joint
	sliced []int32
	winner string
}

// best finds a tree for the terms of h.
func best(h *hyper, o Options, m *meter) found {
	n, w := len(h.terms), newWeights(o)
	switch {
	case n < 2:
		return found{winner: "closed form"}
	case n == 2 && o.MaxSize == 0:
		return found{joints: []joint{{0, 1}}, winner: "closed form"}
	case n <= denseLimit && o.MaxSize == 0:
		if joints := small(h, w, m); joints != nil {
			return found{joints: joints, winner: "exact"}
		}
	case n <= exactAlways && o.MaxSize == 0:
		if r := newRace(h, w, m, o.Seed); r.c != nil {
			r.prove()
			return found{joints: r.best, winner: r.winner}
		}
	case o.MaxSize == 0 && o.Only == "":
		if joints := chained(h, w, m); joints != nil {
			return found{joints: joints, winner: "chain"}
		}
	}
	joints, left, ids := h.absorb(false)
	f := found{winner: "absorption"}
	if len(left.terms) > 1 {
		r := newRace(&left, w, m, o.Seed)
		share := 1.0
		switch {
		case o.MaxSize > 0:
			share = 0.3
		case len(left.terms) < n:
			share = 0.85
		}
		m.within(int64(share*float64(m.budget)), func() { r.run(o.Only) })
		above := r.best
		if o.MaxSize > 0 && r.c != nil {
			above, f.sliced = sliceFit(r, o.limit())
		}
		joints, f.winner = splice(n, joints, ids, above), r.winner
	}
	// What absorption decided may not have been the best.
	cut := make([]bool, len(h.log))
	for _, l := range f.sliced {
		cut[l] = true
	}
	whole := newRace(h.without(cut), w, m, o.Seed)
	whole.offer(joints, f.winner)
	if whole.c != nil {
		newReconfigure(whole.t, whole.d).run(m, subtreeLeaves)
		whole.keep(f.winner)
		if len(left.terms) > 1 && len(left.terms) < n && o.MaxSize == 0 {
			again{}.run(whole)
		}
		if o.MaxSize > 0 {
			more, sliced := sliceFit(whole, o.limit())
			f.joints, f.sliced = more, append(f.sliced, sliced...)
			return f
		}
	}
	f.joints = whole.best
	return f
}
