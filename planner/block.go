package planner

// block: kernels that work row by row on what they hand on to one another run in blocks of rows, so that this stays in a cache.
//
//	before  group 0 stores %4, f32[8 2048 2048]; group 1 reads %4 and stores %9; group 2 reads %9: each row of one makes a row of the next
//	after   for each of 8x5 slices: group 0 stores 410 rows of 2048, group 1 works on these, group 2 stores its part of the result

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// chain is groups that hand on values row by row: along each of its axes, what one of them computes at a place depends on what the others
// compute at that place alone.
type chain struct {
	groups []*group // in the order of execution
	handed []int    // the nodes that one of them writes and another reads
	axes   []chainAxis
}

// chainAxis is an axis that all groups of a chain have, and none folds.
type chainAxis struct {
	extent, block int
	of            map[*group]int // its number in each group
	steps         map[int]int    // in the memory of each node that is handed on
}

// touch is a group's access to the memory of a node: to element flat, in elements from its start.
type touch struct {
	g     *group
	node  int
	store bool
	whole bool // at indices that are known when the kernel runs, or at any
	flat  codegen.Affine
}

// blocker looks for chains.
type blocker struct {
	s       *state
	model   model
	touches [][]touch // by node
	of      map[*group][]touch
}

// block finds chains whose values exceed the caches, and makes loops over blocks of their rows where that takes less time than the memory
// that they would go through; where memory is short, whenever it makes them small enough.
func block(s *state) error {
	if s.off("block") || s.Target.L3 == 0 && s.room == 0 || !s.large() {
		return nil
	}
	b := &blocker{s: s, model: assumed(s.Target), touches: make([][]touch, len(s.graph.nodes)), of: map[*group][]touch{}}
	for _, g := range s.groups {
		b.touch(g)
	}
	for n := range s.graph.nodes {
		if !b.seed(n) {
			continue
		}
		c, why := b.grow(n)
		if c != nil {
			why = b.decide(c)
		}
		name := fmt.Sprintf("%%%d %s%v, %s", n, s.graph.nodes[n].DType, s.graph.nodes[n].Shape, byteText(b.bytes(n)))
		if why != "" {
			s.chains = append(s.chains, fmt.Sprintf("%s: stored whole: %s", name, why))
			continue
		}
		s.chains = append(s.chains, fmt.Sprintf("%s: %s", name, b.apply(c)))
	}
	return nil
}

// large says whether any value that is handed on is too large: in most plans none is.
func (s *state) large() bool {
	for n := range s.graph.nodes {
		if s.tooLarge(n) {
			return true
		}
	}
	return false
}

// tooLarge says whether node n is in memory of the arena and exceeds the caches, or the room that there is.
func (s *state) tooLarge(n int) bool {
	most := s.Target.L3 / 2
	if s.room > 0 {
		most = s.room
	}
	node := s.graph.nodes[n]
	return s.handed(n) && size(node.Shape)*node.DType.Size() >= most
}

// handed says whether node n is in memory of the arena.
func (s *state) handed(n int) bool { return s.memory.dense[n] && len(s.memory.outputs[n]) == 0 }

// seed says whether node n is handed on from group to group, is too large, and not cut into blocks yet.
func (b *blocker) seed(n int) bool {
	_, cut := b.s.parts[n]
	return !cut && b.s.tooLarge(n) && len(b.touches[n]) > 1
}

func (b *blocker) bytes(n int) float64 {
	node := b.s.graph.nodes[n]
	return float64(size(node.Shape) * node.DType.Size())
}

// touch notes what a group reads and stores.
func (b *blocker) touch(g *group) {
	add := func(t touch) {
		b.touches[t.node] = append(b.touches[t.node], t)
		b.of[g] = append(b.of[g], t)
	}
	for i := range g.entries {
		e := &g.entries[i]
		if e.inside {
			continue
		}
		if v, ok := b.s.memory.of(e); ok {
			t := touch{g: g, node: v.base, whole: e.whole || v.moves != nil || len(e.at) != len(v.strides)}
			if !t.whole {
				t.flat = flatten(e.at, v.offset, v.strides)
			}
			add(t)
		}
	}
	for i := range g.outs {
		o := &g.outs[i]
		add(touch{g: g, node: o.node, store: true, whole: o.moves != nil, flat: flatten(o.at, o.offset, o.strides)})
	}
}

// flatten is the address of an element, in elements.
func flatten(at []codegen.Affine, offset int, strides []int) codegen.Affine {
	flat := codegen.Dot(at, strides)
	flat.Const += offset
	return flat
}

// grow gives the largest chain that node n is handed on in: what its groups hand on to others beyond the caches is added where the groups
// that it brings have the rows.
func (b *blocker) grow(n int) (c *chain, why string) {
	c, why = b.chain([]int{n})
	for again := c != nil; again; {
		again = false
		for _, g := range c.groups {
			for _, t := range b.of[g] {
				if slices.Contains(c.handed, t.node) || !b.seed(t.node) {
					continue
				}
				if wider, _ := b.chain(append(slices.Clone(c.handed), t.node)); wider != nil && len(wider.axes) == len(c.axes) {
					c, again = wider, true
				}
			}
			if again {
				break
			}
		}
	}
	return c, why
}

// chain makes a chain of all groups that touch the nodes; nil, and why, if they are none.
func (b *blocker) chain(nodes []int) (c *chain, why string) {
	c = &chain{}
	for _, n := range nodes {
		for _, t := range b.touches[n] {
			if t.g.within.loop > 0 || t.g.foreign {
				return nil, "a kernel that touches it is in a loop already, or interpreted"
			}
			if !slices.Contains(c.groups, t.g) {
				c.groups = append(c.groups, t.g)
			}
		}
	}
	slices.SortFunc(c.groups, func(g, h *group) int { return cmp.Compare(g.number, h.number) })
	for _, g := range c.groups {
		for _, t := range b.of[g] {
			if t.store && !slices.Contains(c.handed, t.node) && slices.ContainsFunc(b.touches[t.node], func(u touch) bool {
				return !u.store && slices.Contains(c.groups, u.g)
			}) {
				c.handed = append(c.handed, t.node)
			}
		}
	}
	for _, n := range c.handed {
		for _, t := range b.touches[n] {
			if t.store && !slices.Contains(c.groups, t.g) {
				return nil, "another kernel makes a part of what is handed on"
			}
		}
	}
	if len(c.groups) < 2 {
		return nil, "one kernel alone touches it"
	}
	node := b.s.graph.nodes[nodes[0]]
	for k, step := range codegen.RowMajor(node.Shape) {
		if node.Shape[k] < 2 {
			continue
		}
		if x := b.along(c, nodes[0], digit{step, node.Shape[k]}); x != nil {
			c.axes = append(c.axes, *x)
		}
	}
	if len(c.axes) == 0 {
		return nil, "no axis is kept by all kernels that hand it on"
	}
	if !b.together(c) {
		return nil, "another kernel stands between them"
	}
	return c, ""
}

// along follows a digit of a node's memory through a chain; nil where a group folds it, or reads another place of it than it computes.
func (b *blocker) along(c *chain, n int, d digit) *chainAxis {
	x := &chainAxis{extent: d.extent, of: map[*group]int{}, steps: map[int]int{n: d.step}}
	for queue := []int{n}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		d := digit{x.steps[n], x.extent}
		if d.step <= 0 {
			return nil
		}
		for _, t := range b.touches[n] {
			if !slices.Contains(c.groups, t.g) {
				continue
			}
			a, known := x.of[t.g]
			if !known {
				if a = t.axis(d); a < 0 || b.counts(t.g, a) {
					return nil
				}
				x.of[t.g] = a
			}
			if t.whole || !d.is(t.flat, a, t.g.axes) {
				return nil
			}
			for _, u := range b.of[t.g] {
				if _, seen := x.steps[u.node]; !seen && slices.Contains(c.handed, u.node) {
					x.steps[u.node] = u.flat.Coef(a)
					queue = append(queue, u.node)
				}
			}
		}
	}
	if len(x.of) < len(c.groups) || len(x.steps) < len(c.handed) {
		return nil
	}
	return x
}

// axis finds the axis of the group that is a digit; -1: none that is not folded.
func (t *touch) axis(d digit) int {
	for _, term := range t.flat.Terms {
		if term.Coef == d.step && t.g.axes[term.Axis].extent == d.extent && !t.g.axes[term.Axis].fold {
			return term.Axis
		}
	}
	return -1
}

// counts says whether the number of a place along axis a is itself a value.
func (b *blocker) counts(g *group, a int) bool {
	return slices.ContainsFunc(g.entries, func(e entry) bool {
		return e.inside && b.s.graph.nodes[e.node].Kind == expr.KIota && axesOf(e.at).has(a)
	})
}

// together says whether the groups of a chain can run behind one another: none waits for one that waits for another of them.
func (b *blocker) together(c *chain) bool {
	_, _, ok := b.around(c)
	return ok
}

// around sorts the groups between the first and the last of a chain that are none of it: those that can run before, and those that wait.
func (b *blocker) around(c *chain) (before, behind []*group, ok bool) {
	first, last := c.groups[0].number, c.groups[len(c.groups)-1].number
	waiting := func(g, h *group) bool { h = h.now(); return h != g && slices.Contains(behind, h) }
	for _, g := range b.s.groups[first : last+1] {
		member := slices.Contains(c.groups, g)
		waits := slices.ContainsFunc(g.after, func(h *group) bool {
			return waiting(g, h) || !member && slices.Contains(c.groups, h.now())
		})
		switch {
		case member && waits:
			return nil, nil, false
		case waits:
			behind = append(behind, g)
		case !member:
			before = append(before, g)
		}
	}
	return before, behind, true
}
