package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// coalesce finds axes that lie one in the other in all memory that the kernel touches: then they are one axis. The result says of each
// axis which one it becomes part of, as its outer part; itself if it stays.
func (x *indexer) coalesce() []int {
	n := len(x.g.axes)
	into := make([]int, n)
	extent := make([]int, n)
	var fixed axisSet // axes whose index itself is a value
	for a := range into {
		into[a], extent[a] = a, x.g.axes[a].points()
	}
	for i := range x.g.entries {
		e := &x.g.entries[i]
		if e.inside && x.s.graph.nodes[e.node].Kind == expr.KIota {
			fixed = fixed.or(axesOf(e.at))
		}
		if e.inside && len(e.over) == 1 && x.s.graph.nodes[e.node].Fold >= expr.FoldArgMin {
			fixed.add(e.over[0])
		}
	}
	for again := true; again; {
		again = false
		for inner := range n {
			if into[inner] != inner || fixed.has(inner) {
				continue
			}
			for outer := range n {
				if outer != inner && into[outer] == outer && !fixed.has(outer) && x.nested(outer, inner, extent[inner]) {
					into[outer] = inner
					extent[inner] *= extent[outer]
					again = true
				}
			}
		}
	}
	return into
}

// nested says whether axis outer steps over inner everywhere, and both are folded together or not at all.
func (x *indexer) nested(outer, inner, extent int) bool {
	if x.g.axes[outer].fold != x.g.axes[inner].fold {
		return false
	}
	fits := func(list []access) bool {
		for i := range list {
			if f := &list[i].flat; list[i].used && f.Coef(outer) != f.Coef(inner)*extent {
				return false
			}
		}
		return true
	}
	return fits(x.loads) && fits(x.stores)
}

// name gives the axes that stay names and numbers, loops first, in the order in which the first store's elements lie.
func (x *indexer) name(into []int) {
	g := x.g
	var kept []int
	for a := range g.axes {
		if into[a] == a && g.axes[a].block != 1 {
			kept = append(kept, a)
		}
	}
	// What an outer part is of, with all parts of that, is one axis of the product of the extents.
	extent := make([]int, len(g.axes))
	for a := range g.axes {
		extent[a] = 1
	}
	for a := range g.axes {
		r := a
		for into[r] != r {
			r = into[r]
		}
		extent[r] *= g.axes[a].points()
	}
	step := func(a int) int { return x.stores[0].flat.Coef(a) }
	slices.SortStableFunc(kept, func(a, b int) int {
		if p, q := g.axes[a].fold, g.axes[b].fold; p != q {
			if p {
				return 1
			}
			return -1
		}
		return cmp.Compare(step(b), step(a))
	})
	loops := 0
	for _, a := range kept {
		if !g.axes[a].fold {
			loops++
		}
	}
	for i, a := range kept {
		by := 0
		if loops > 1 && i < loops {
			by = section(extent[a])
			switch {
			case by != 0 || i < loops-1:
			case loops == len(kept):
				by = x.crossing(kept, extent)
			default:
				by = x.strip(kept[:loops], extent)
			}
		}
		if by == 0 {
			x.axes[a] = codegen.At(x.axis(extent[a], g.axes[a].fold))
			continue
		}
		outer := x.axis(extent[a]/by, false)
		x.axes[a] = codegen.At(outer).Scale(by).Add(codegen.At(x.axis(by, false)))
	}
}

// section gives the length of the equal sections that a long axis is cut into, so that workers can share it where it is not the only one;
// 0 where it stays whole.
func section(extent int) int {
	const long, most, least = 1 << 17, 1 << 15, 1 << 11
	if extent < long {
		return 0
	}
	for by := most; by >= least; by -= 64 {
		if extent%by == 0 {
			return by
		}
	}
	return 0
}

// crossing gives the length of sections of a map's innermost axis, where what is read lies along another axis: a section is a cache line of
// the result, and as many lines of what is read are in use while the other axis runs (pass schedule puts it next to the section). 0 where
// all lies the same way, or is small.
func (x *indexer) crossing(kept, extent []int) int {
	const line, large = 64, 1 << 18 // bytes
	inner := kept[len(kept)-1]
	bytes := x.s.graph.nodes[x.g.outs[0].node].DType.Size()
	by := max(8, line/bytes)
	if x.stores[0].flat.Coef(inner) != 1 || extent[inner]%by != 0 || extent[inner] < 4*by {
		return 0
	}
	total := bytes
	for _, a := range kept {
		total *= extent[a]
	}
	for i := range x.loads {
		f := &x.loads[i].flat
		if !x.loads[i].used || total < large || f.Coef(inner)*bytes < line {
			continue
		}
		for _, a := range kept[:len(kept)-1] {
			if f.Coef(a) == 1 && extent[a] >= line/bytes {
				return by
			}
		}
	}
	return 0
}

// strip gives the length of the strips of a fold's innermost loop axis, where all that is read lies along it and some of it does not move along
// another loop: that loop can then go over a strip of it while a cache holds it (pass schedule puts it inside). 0 where there is nothing to gain.
func (x *indexer) strip(loops, extent []int) int {
	const most, least, step = 512, 64, 16
	inner := loops[len(loops)-1]
	if extent[inner] < 2*most {
		return 0
	}
	again := func(f codegen.Affine) bool {
		return slices.ContainsFunc(loops, func(a int) bool { return extent[a] > 1 && f.Coef(a) == 0 })
	}
	reused := false
	for i := range x.loads {
		if f := x.loads[i].flat; x.loads[i].used {
			if f.Coef(inner) != 1 {
				return 0
			}
			reused = reused || again(f)
		}
	}
	if !reused || x.stores[0].flat.Coef(inner) != 1 {
		return 0
	}
	for by := most; by >= least; by -= step {
		if extent[inner]%by == 0 {
			return by
		}
	}
	return 0
}

// axis adds an axis to the kernel.
func (x *indexer) axis(extent int, fold bool) int {
	name := fmt.Sprintf("z%d", x.named)
	if x.named < len(axisNames) {
		name = axisNames[x.named : x.named+1]
	}
	x.named++
	if fold {
		return x.b.Fold(name, extent)
	}
	return x.b.Loop(name, extent)
}

// axisNames are the names of axes, as mathematicians give them.
const axisNames = "ijklmnpqrsuvw"
