package order

import (
	"cmp"
	"math"
	"slices"
)

// reconfigure improves a tree in place: beneath a node it takes a small subtree, the dearest steps first, puts the best tree of the same
// leaves in its place, and goes on until no node has a better one or the budget is spent (subtree reconfiguration: Gray and Kourtis,
// Quantum 5, 410 (2021)).
type reconfigure struct {
	t      *tree
	d      *dense
	leaves []int32
	inner  []int32 // the steps of the subtree, its root first
	sets   [][]uint64
	clean  []bool // of each node, whether its subtree is known to be best
	queue  []int32
}

func newReconfigure(t *tree, d *dense) *reconfigure {
	return &reconfigure{t: t, d: d, clean: make([]bool, len(t.left))}
}

// run improves the tree by subtrees of up to k leaves until it cannot, dear steps first. It reports whether it came to that end.
func (r *reconfigure) run(m *meter, k int) bool {
	t := r.t
	clear(r.clean)
	for changed := true; changed; {
		changed = false
		r.queue = r.queue[:0]
		for v := int32(t.n); v < int32(len(t.left)); v++ {
			if !r.clean[v] {
				r.queue = append(r.queue, v)
			}
		}
		slices.SortFunc(r.queue, func(a, b int32) int { return cmp.Or(cmp.Compare(t.cost[b], t.cost[a]), cmp.Compare(a, b)) })
		for _, v := range r.queue {
			if r.clean[v] {
				continue
			}
			better, work := r.improve(v, k)
			if better {
				changed = true
				r.soil(v, k)
			}
			r.clean[v] = !better
			if !m.spend(int64(work)) {
				return false
			}
		}
	}
	return true
}

// soil marks the nodes whose subtrees may have changed: those of the last subtree, and those above it.
func (r *reconfigure) soil(v int32, k int) {
	for _, u := range r.inner {
		r.clean[u] = false
	}
	for range k {
		if v = r.t.up[v]; v < 0 {
			return
		}
		r.clean[v] = false
	}
}

// improve looks for a better tree beneath v, and puts it there.
func (r *reconfigure) improve(v int32, k int) (better bool, work int) {
	t := r.t
	r.collect(v, k)
	if len(r.leaves) < 3 {
		return false, 16
	}
	old := 0.0
	for _, u := range r.inner {
		old += t.cost[u]
	}
	r.sets = r.sets[:0]
	for _, u := range r.leaves {
		r.sets = append(r.sets, t.at(u))
	}
	cost, work := r.d.solve(t.core, r.sets, t.at(v), old*(1-1e-6))
	work += 16 * t.words
	if math.IsInf(cost, 1) {
		return false, work
	}
	spare := r.inner[1:]
	r.build(1<<len(r.leaves)-1, v, &spare)
	return true, work + 16*len(r.leaves)*t.words
}

// collect finds the subtree: from v downwards, the dearest steps first.
func (r *reconfigure) collect(v int32, k int) {
	t := r.t
	r.inner = append(r.inner[:0], v)
	r.leaves = append(r.leaves[:0], t.left[v], t.right[v])
	for len(r.leaves) < k {
		dearest, at := -1.0, -1
		for i, u := range r.leaves {
			if !t.isLeaf(u) && t.cost[u] > dearest {
				dearest, at = t.cost[u], i
			}
		}
		if at < 0 {
			return
		}
		u := r.leaves[at]
		r.inner = append(r.inner, u)
		r.leaves[at] = t.left[u]
		r.leaves = append(r.leaves, t.right[u])
	}
}

// build makes v the step of the leaves in m, with spare nodes for those beneath.
func (r *reconfigure) build(m int, v int32, spare *[]int32) {
	t := r.t
	child := func(m int) int32 {
		for i, u := range r.leaves {
			if m == 1<<i {
				return u
			}
		}
		u := (*spare)[0]
		*spare = (*spare)[1:]
		s, top := t.at(u), t.at(r.inner[0])
		for k := range s {
			in, out := uint64(0), top[k]
			for i, leaf := range r.sets {
				if m>>i&1 != 0 {
					in |= leaf[k]
				} else {
					out |= leaf[k]
				}
			}
			s[k] = in & out
		}
		r.build(m, u, spare)
		return u
	}
	x := int(r.d.first[m])
	a, b := child(x), child(m&^x)
	t.left[v], t.right[v] = a, b
	t.up[a], t.up[b] = v, v
	t.weigh(v)
}

// subtreeLeaves is how many leaves the subtrees have that are looked at.
const subtreeLeaves = 8

// subtrees is reconfigure on the best tree of each member so far: which is best before says little of which is best after.
type subtrees struct{}

func (subtrees) name() string { return "reconfiguration" }

func (m subtrees) run(r *race) {
	rec := newReconfigure(r.t, r.d)
	for i := range r.pool {
		e := &r.pool[i]
		r.t.load(e.joints)
		r.meter.within((r.meter.budget-r.meter.spent)/int64(len(r.pool)-i), func() { rec.run(r.meter, subtreeLeaves) })
		e.joints, e.cost = r.t.joints(e.joints), r.t.total()
		if e.cost < r.cost {
			r.best, r.cost, r.winner = append(r.best[:0], e.joints...), e.cost, m.name()
		}
	}
}
