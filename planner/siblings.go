package planner

import (
	"errors"
	"slices"

	"github.com/einloom/einloom/codegen"
)

// nearby is how many readers of the same memory are looked at as partners of a group.
const nearby = 4

// siblings joins groups that read the same memory at the same indices, over axes of the same extents, and do not wait for one another: the
// memory is then read once.
func (f *fuser) siblings() {
	readers := make([][]*group, len(f.nodes))
	for _, g := range f.groups {
		if g.packed {
			continue // nothing joins it
		}
		for i := range g.entries {
			n := g.entries[i].node
			if e := &g.entries[i]; !e.inside && !e.whole && len(e.at) > 0 && !slices.Contains(readers[n], g) {
				readers[n] = append(readers[n], g)
			}
		}
	}
	for n, list := range readers {
		for i, g := range list {
			for _, h := range list[i+1 : min(len(list), i+1+nearby)] {
				if g, h := g.now(), h.now(); g != h && f.akin(g, h) {
					if to := g.along(h, n); to != nil {
						f.merge(g, h, to)
					}
				}
			}
		}
	}
	f.groups = slices.DeleteFunc(f.groups, func(g *group) bool { return g.into != nil })
}

// now is the group that g has become part of, or g.
func (g *group) now() *group {
	for g.into != nil {
		g = g.into
	}
	return g
}

// akin says whether two groups may be one kernel, the indices apart.
func (f *fuser) akin(g, h *group) bool {
	return len(g.axes) == len(h.axes) && len(g.row) == len(h.row) && !g.packed && !h.packed && g.foreign == h.foreign && g.within == h.within &&
		g.inside+h.inside <= maxInside && g.reads+h.reads <= maxReads && len(g.outs)+len(h.outs) <= maxOuts && !f.waits(g, h) && !f.waits(h, g)
}

// along finds which axis of g each axis of h is, such that both read node n at the same indices; nil if there is no such way.
func (g *group) along(h *group, n int) []int {
	for i := range h.entries {
		for j := range g.entries {
			a, b := &g.entries[j], &h.entries[i]
			if a.node == n && b.node == n && !a.inside && !b.inside && !a.whole && !b.whole {
				if to := g.pair(h, a.at, b.at); to != nil {
					return to
				}
			}
		}
	}
	return nil
}

// pair matches the axes of indices that are to be the same; all axes have to occur.
func (g *group) pair(h *group, a, b []codegen.Affine) []int {
	to := make([]int, len(h.axes))
	for i := range to {
		to[i] = -1
	}
	var taken axisSet
	found := 0
	for k := range a {
		if a[k].Const != b[k].Const || len(a[k].Terms) != len(b[k].Terms) {
			return nil
		}
		for i, s := range a[k].Terms {
			t := b[k].Terms[i]
			if s.Coef != t.Coef || g.axes[s.Axis] != h.axes[t.Axis] || to[t.Axis] >= 0 && to[t.Axis] != s.Axis || to[t.Axis] < 0 && taken.has(s.Axis) {
				return nil
			}
			if to[t.Axis] < 0 {
				found++
			}
			to[t.Axis] = s.Axis
			taken.add(s.Axis)
		}
	}
	if found < len(to) {
		return nil
	}
	return to
}

// merge makes h part of g; to says which axis of g each of h's is.
func (f *fuser) merge(g, h *group, to []int) {
	base := len(g.entries)
	rename := func(at []codegen.Affine) {
		for k, a := range at {
			b := codegen.Affine{Const: a.Const}
			for _, t := range a.Terms {
				b = b.Add(codegen.Affine{Terms: []codegen.Term{{Axis: to[t.Axis], Coef: t.Coef}}})
			}
			at[k] = b
		}
	}
	for _, e := range h.entries {
		rename(e.at)
		for i := range e.args {
			e.args[i] += base
		}
		for i, a := range e.over {
			e.over[i] = to[a]
		}
		slices.Sort(e.over)
		g.entries = append(g.entries, e)
	}
	for _, o := range h.outs {
		rename(o.at)
		o.entry += base
		g.outs = append(g.outs, o)
	}
	g.inside += h.inside
	g.folds += h.folds
	g.reads += h.reads
	g.after = append(g.after, h.after...)
	h.into = g
	h.after = append(h.after[:0], g) // what waits for h waits for g
}

// sequence puts the groups into an order in which they can run: each behind those it reads from, otherwise the last opened first.
func (f *fuser) sequence() ([]*group, error) {
	f.search++
	done := f.search
	f.search++
	open := f.search
	var order, stack []*group
	for i := len(f.groups) - 1; i >= 0; i-- {
		stack = append(stack, f.groups[i])
		for len(stack) > 0 {
			g := stack[len(stack)-1]
			if g.mark == done || g.mark == open && g.next == len(g.after) {
				if g.mark == open {
					g.mark, g.number = done, len(order)
					order = append(order, g)
				}
				stack = stack[:len(stack)-1]
				continue
			}
			if g.mark != open {
				g.mark, g.next = open, 0
			}
			for g.next < len(g.after) {
				h := g.after[g.next].now()
				g.next++
				if h.mark == open && h != g {
					return nil, errors.New("internal: groups wait for one another: please report with Explain")
				}
				if h.mark != done && h != g {
					stack = append(stack, h)
					break
				}
			}
		}
	}
	return order, nil
}
