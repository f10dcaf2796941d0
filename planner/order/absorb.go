package order

import (
	"cmp"
	"slices"
)

// absorb contracts neighbours whose contraction does not make the larger of the two larger: a term whose labels another one has, and, if
// wide, any whose result has no more elements than it has. It gives the joints, and the terms that are left with their nodes. The searches
// see those alone; the joints are put back before the whole tree is improved, so that what was decided here can still be undone.
func (h *hyper) absorb(wide bool) (joints []joint, left hyper, ids []int32) {
	a := absorber{h: h, wide: wide, count: h.counts(), on: h.on(), terms: slices.Clone(h.terms)}
	a.live = make([]bool, len(h.terms), 2*len(h.terms))
	a.queue = make([]int32, len(h.terms))
	for t := range a.live {
		a.live[t] = true
		a.queue[t] = int32(t)
	}
	slices.SortStableFunc(a.queue, func(x, y int32) int { return cmp.Compare(h.size(h.terms[x]), h.size(h.terms[y])) })
	for len(a.queue) > 0 {
		t := a.queue[0]
		a.queue = a.queue[1:]
		if a.live[t] {
			a.visit(t)
		}
	}
	left = hyper{log: h.log, open: h.open}
	for t, live := range a.live {
		if live {
			left.terms = append(left.terms, a.terms[t])
			ids = append(ids, int32(t))
		}
	}
	left.constant = h.constants(a.joints, ids)
	return a.joints, left, ids
}

// constants says of the nodes ids of a tree whether all that they were made of is constant.
func (h *hyper) constants(joints []joint, ids []int32) (of []bool) {
	if h.constant == nil {
		return nil
	}
	all := slices.Clone(h.constant)
	for _, j := range joints {
		all = append(all, all[j[0]] && all[j[1]])
	}
	for _, id := range ids {
		of = append(of, all[id])
	}
	return of
}

type absorber struct {
	h      *hyper
	wide   bool
	count  []int32
	on     [][]int32 // of each label, terms that have had it
	terms  [][]int32
	live   []bool
	queue  []int32
	joints []joint
}

// visit looks for the neighbour that takes t in at the least cost.
func (a *absorber) visit(t int32) {
	own := a.h.size(a.terms[t])
	best, at := int64(0), int32(-1)
	for _, l := range a.terms[t] {
		on := a.on[l][:0]
		for _, u := range a.on[l] {
			if a.live[u] {
				on = append(on, u)
			}
		}
		a.on[l] = on
		for _, u := range on[max(0, len(on)-crowd):] {
			if u == t {
				continue
			}
			other := a.h.size(a.terms[u])
			points, made := a.h.union(a.terms[t], a.terms[u], a.count)
			ok := points <= max(own, other)
			if a.wide {
				ok = made <= max(own, other) && points <= max(own, other)+2*fixedOne
			}
			if ok && (at < 0 || points < best) {
				best, at = points, u
			}
		}
	}
	if at < 0 {
		return
	}
	made := int32(len(a.terms))
	a.terms = append(a.terms, merge(nil, a.terms[t], a.terms[at], a.count))
	a.live[t], a.live[at] = false, false
	a.live = append(a.live, true)
	a.joints = append(a.joints, joint{t, at})
	for _, l := range a.terms[made] {
		a.on[l] = append(a.on[l], made)
	}
	a.queue = append(a.queue, made)
	// Smaller neighbours may fit into what was made, and into nothing before.
	for _, l := range a.terms[made] {
		if a.count[l] <= 3 {
			for _, u := range a.on[l] {
				if a.live[u] && u != made {
					a.queue = append(a.queue, u)
				}
			}
		}
	}
}

// splice puts the tree of what absorb left on top of its joints: n terms there were before.
func splice(n int, joints []joint, ids []int32, above []joint) []joint {
	all := slices.Grow(slices.Clip(joints), len(above))
	name := func(v int32) int32 {
		if int(v) < len(ids) {
			return ids[v]
		}
		return int32(n+len(joints)) + v - int32(len(ids))
	}
	for _, j := range above {
		all = append(all, joint{name(j[0]), name(j[1])})
	}
	return all
}
