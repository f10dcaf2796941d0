package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
)

// What a chain hands on in one block takes this part of the last cache: what the kernels read besides goes through it too, and other cores
// have their share of it.
const blockShare = 1.0 / 8

// packPasses is how many times over memory it takes to pack a factor once more: it is read across and written in panels.
const packPasses = 4

// decide chooses the blocks of a chain; why says why there are to be none. The rows are cut from the outermost axis inwards, into as few
// blocks as the caches allow: what does not move with them is read again for each.
func (b *blocker) decide(c *chain) (why string) {
	total := 0.0
	for _, n := range c.handed {
		if b.sole(c, n) {
			total += b.bytes(n)
		}
	}
	slicing := total / b.room()
	var axes []chainAxis
	for _, x := range c.axes {
		if slicing <= 1 {
			break
		}
		count := min(math.Ceil(slicing), float64(x.extent))
		x.block = int(math.Ceil(float64(x.extent) / count))
		axes = append(axes, x)
		slicing /= float64(Index{Extent: x.extent, Block: x.block}.Slices())
	}
	c.axes = axes
	if len(axes) == 0 {
		return "what it hands on has room as it is"
	}
	if b.s.room > 0 { // smaller is all that is asked for
		return ""
	}
	if slicing > 1 {
		return "its rows are too few, and each too long for the caches"
	}
	if saved, spent := b.saved(c), b.spent(c); saved <= spent {
		return fmt.Sprintf("blocks would save %.3g ms of memory and cost %.3g ms", saved*1e3, spent*1e3)
	}
	return ""
}

// room is the bytes that what a chain hands on in one block may take.
func (b *blocker) room() float64 {
	if b.s.room > 0 {
		return float64(b.s.room)
	}
	return float64(b.s.Target.L3) * blockShare
}

// sole says whether only the chain needs node n.
func (b *blocker) sole(c *chain, n int) bool {
	return b.s.handed(n) && !slices.ContainsFunc(b.touches[n], func(t touch) bool { return !slices.Contains(c.groups, t.g) })
}

// saved is the seconds of a worker for the memory that stays in the caches.
func (b *blocker) saved(c *chain) float64 {
	bytes := 0.0
	for _, n := range c.handed {
		if b.sole(c, n) && b.s.tooLarge(n) {
			bytes += float64(len(b.touches[n])) * b.bytes(n)
		}
	}
	return b.model.move(bytes)
}

// spent is the seconds of a worker for launching kernels once for each block, and for reading again what does not move with the rows.
func (b *blocker) spent(c *chain) float64 {
	launches, bytes := 1.0, 0.0
	for _, x := range c.axes {
		launches *= float64(Index{Extent: x.extent, Block: x.block}.Slices())
	}
	for _, g := range c.groups {
		for _, t := range b.of[g] {
			again := 1.0
			for _, x := range c.axes {
				if t.flat.Coef(x.of[g]) == 0 {
					again *= float64(Index{Extent: x.extent, Block: x.block}.Slices())
				}
			}
			passes := 1.0
			if g.packed {
				passes = packPasses
			}
			bytes += (again - 1) * passes * g.points(axesOf([]codegen.Affine{t.flat})) * float64(b.s.graph.nodes[t.node].DType.Size())
		}
	}
	return launches*float64(len(c.groups))*b.model.launch + b.model.move(bytes)
}

// part says that memory holds a block of a digit's values.
type part struct {
	digit
	block int
}

// apply makes the loop of a chain, and tells what it did.
func (b *blocker) apply(c *chain) string {
	s := b.s
	if s.looped == nil {
		s.looped = newLooped()
	}
	var l loop
	for _, x := range c.axes {
		l.indices = append(l.indices, Index{Extent: x.extent, Block: x.block})
	}
	s.looped.loops = append(s.looped.loops, l)
	if s.parts == nil {
		s.parts = map[int][]part{}
	}
	kept := 0.0
	for _, n := range c.handed {
		if !b.sole(c, n) {
			continue
		}
		for _, x := range c.axes {
			s.parts[n] = append(s.parts[n], part{digit{x.steps[n], x.extent}, x.block})
		}
		slices.SortFunc(s.parts[n], func(p, q part) int { return cmp.Compare(q.step, p.step) })
		kept += float64(s.elements(n) * s.graph.nodes[n].DType.Size())
	}
	text := fmt.Sprintf("%d kernels run for each of %s slices, which hand on %s; saves %.3g ms of memory for %.3g ms", len(c.groups), product(l.indices), byteText(kept), b.saved(c)*1e3, b.spent(c)*1e3)
	for _, g := range c.groups {
		g.within = within{len(s.looped.loops), len(c.axes)}
		for _, x := range c.axes {
			g.blocked = append(g.blocked, x.of[g])
			g.axes[x.of[g]].block = x.block
		}
	}
	b.reorder(c)
	return text
}

// reorder puts the groups of a chain behind one another.
func (b *blocker) reorder(c *chain) {
	before, behind, _ := b.around(c)
	at := c.groups[0].number
	copy(b.s.groups[at:], slices.Concat(before, c.groups, behind))
	for i, g := range b.s.groups {
		g.number = i
	}
}

// elements is how many elements of node n its memory holds.
func (s *state) elements(n int) int {
	all := size(s.graph.nodes[n].Shape)
	for _, p := range s.parts[n] {
		all = all / p.extent * p.block
	}
	return all
}

// within gives the address of an element of node n within the slice at hand, and how that moves from slice to slice: where memory holds a
// block alone it stays.
func (x *indexer) within(n int, flat codegen.Affine) (codegen.Affine, *path) {
	g := x.g
	if g.blocked == nil {
		return flat, nil
	}
	steps := make([]int, len(g.blocked))
	for i, a := range g.blocked {
		steps[i] = flat.Coef(a)
	}
	parts := x.s.parts[n]
	for _, p := range parts {
		flat = p.cut(flat, p.block)
	}
	flat.Terms = slices.DeleteFunc(slices.Clone(flat.Terms), func(t codegen.Term) bool { return g.axes[t.Axis].block == 1 })
	if parts != nil {
		return flat, nil
	}
	for _, p := range x.paths {
		if slices.Equal(p.steps, steps) {
			return flat, p
		}
	}
	p := &path{g.within.loop, steps}
	x.paths = append(x.paths, p)
	return flat, p
}
