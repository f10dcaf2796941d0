package order

import (
	"cmp"
	"math/bits"
	"slices"
)

// annealing is anneal on what the other members have found. A course of it seldom leaves the shape of the tree that it starts from, so the trees
// of all members go through a short one, the better half through another, and so on until one is left, which has the rest of the budget
// (successive halving: Karnin, Koren, Somekh 2013).
type annealing struct{}

func (annealing) name() string { return "annealing" }

func (m annealing) run(r *race) {
	work := r.forAnnealing() * 6 / 10
	field, turns := r.field(work / (leastSweeps * sweepWork(r.c)))
	for ; len(field) > 1 && r.meter.left(); field = field[:len(field)/2] {
		for i := range field {
			e := &field[i]
			r.t.load(e.joints)
			r.course(m.name(), warm+float64(r.rng.IntN(3)), work/int64(turns*len(field)))
			if total := r.t.total(); total < e.cost {
				e.joints, e.cost = r.t.joints(nil), total
			}
		}
		slices.SortStableFunc(field, func(a, b entry) int { return cmp.Compare(a.cost, b.cost) })
	}
	r.rounds(m.name(), warm)
}

// field gives the trees that compete, the best of each member first, as many as so many courses are enough for, and how many turns there
// are to be until one is left.
func (r *race) field(courses int64) (field []entry, turns int) {
	field = slices.Clone(r.pool)
	behind := func(e entry) (n int) {
		for _, o := range r.pool {
			if o.by == e.by && o.cost < e.cost {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(field, func(a, b entry) int { return cmp.Or(cmp.Compare(behind(a), behind(b)), cmp.Compare(a.cost, b.cost)) })
	for ; len(field) > 1; field = field[:len(field)-1] {
		if turns = bits.Len(uint(len(field))) - 1; int64(turns*len(field)) <= courses {
			break
		}
	}
	return field, turns
}

// again is annealing that starts cooler, of a tree that is good.
type again struct{}

func (again) name() string { return "annealing" }

func (m again) run(r *race) { r.rounds(m.name(), lukewarm) }

// rounds is how often annealing starts anew from the best, where there is work for roundSweeps sweeps in each; in a contest a course has
// leastSweeps. A sweep takes perSweep of a budget at least: small trees need no more of them than large ones.
const (
	rounds      = 5
	roundSweeps = 400
	leastSweeps = 100
	perSweep    = 10000
)

// forAnnealing is how much work is left that does any good.
func (r *race) forAnnealing() int64 {
	return min(r.meter.budget-r.meter.spent, r.meter.budget/perSweep*sweepWork(r.c))
}

// rounds anneals the best tree again and again, every other time from a cooler start.
func (r *race) rounds(by string, from float64) {
	work := r.forAnnealing()
	n := min(max(work/sweepWork(r.c)/roundSweeps, 1), rounds)
	for k := range n {
		r.t.load(r.best)
		r.course(by, from+float64(k%2), work/n)
	}
}

// course anneals the tree at hand for so much work, and keeps it if it is the best.
func (r *race) course(by string, from float64, work int64) {
	cool(r, from, work*8/10)
	newReconfigure(r.t, r.d).run(r.meter, subtreeLeaves)
	r.keep(by)
}
