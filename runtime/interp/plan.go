package interp

import (
	"cmp"
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
)

// plan is how a kernel is walked. The kernel's own schedule plays no part, so that the interpreter is a witness for schedules too.
//
// A reduction is either folded inside the block that uses it (each lane folds its own points), or by a stage of its own that leaves the
// results in a temporary. Stages run one after the other, the stores last. Where all of them go along some axes (outer), these are cut into
// tiles, a tile runs all stages, and temporaries hold one tile; tiles are shared out among workers. Where there are too few tiles each
// stage is a phase of its own, shared out by blocks of lanes and by pieces of its fold. The choice depends on the kernel alone.
type plan struct {
	k       *codegen.Kernel
	on      []codegen.AxisSet
	extents []int // of the kernel's axes, then of those that number the pieces of split folds
	rank    []int // the place of each axis in the order of loops, outermost first
	placed  map[int]bool
	across  map[int]bool // of the placed: lanes are the points of the fold
	tiled   bool
	outer   []int
	points  int     // of outer
	work    float64 // points of all stages and folds
}

// uses are the reductions that a store group or a reduction uses directly, and the axes it goes along.
type uses struct {
	along   codegen.AxisSet
	reduces []int
}

// largest is how many elements a temporary may have (a tile's share of it, where there are tiles); a reduction that has more results is
// computed where it is used, each time.
const largest = 1 << 22

func newPlan(k *codegen.Kernel) *plan {
	p := &plan{k: k, on: k.Depends(), placed: map[int]bool{}, across: map[int]bool{}}
	for _, a := range k.Axes {
		p.extents = append(p.extents, a.Extent)
	}
	p.order()
	consumers := p.consumers()
	p.place(consumers)
	p.chooseOuter()
	for p.dropLargest() {
		p.chooseOuter()
	}
	return p
}

// order ranks the axes by their steps in the first output's memory, largest first; the others follow, what is scanned along last.
func (p *plan) order() {
	p.rank = make([]int, len(p.extents))
	list := make([]int, len(p.extents))
	var first codegen.Affine
	if len(p.k.Stores) > 0 {
		s := &p.k.Stores[0]
		first = p.k.Params[s.Param].Flat(s.At)
	}
	for i := range list {
		list[i] = i
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Compare(magnitude(first.Coef(b)), magnitude(first.Coef(a)))
	})
	innermost(list, p.scanned())
	for i, a := range list {
		p.rank[a] = i
	}
}

func magnitude(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// ordered lists the axes of a set, outermost first.
func (p *plan) ordered(s codegen.AxisSet) []int {
	list := s.List()
	slices.SortFunc(list, func(a, b int) int { return p.rank[a] - p.rank[b] })
	return list
}

// count is the points of a set of axes, at most math.MaxInt.
func (p *plan) count(axes codegen.AxisSet) int {
	n := 1
	for _, a := range axes.List() {
		e := p.extents[a]
		if e != 0 && n > math.MaxInt/e {
			n = math.MaxInt // another extent may still be 0
			continue
		}
		n *= e
	}
	return n
}

// consumers lists what uses reductions: the reductions in the body's order, then the store groups.
func (p *plan) consumers() []uses {
	var list []uses
	for i := range p.k.Body {
		if v := &p.k.Body[i]; v.Kind == codegen.Reduce {
			list = append(list, uses{p.on[v.Args[0]].Union(codegen.AxesOf(v.Over...)), p.k.ReducesBeneath(v.Args[0])})
		}
	}
	for _, g := range p.groups() {
		u := uses{along: g.along}
		for _, s := range g.stores {
			for _, r := range p.k.ReducesBeneath(p.k.Stores[s].Value) {
				if !slices.Contains(u.reduces, r) {
					u.reduces = append(u.reduces, r)
				}
			}
		}
		list = append(list, u)
	}
	return list
}

// group is stores along the same axes.
type group struct {
	along  codegen.AxisSet
	stores []int
}

func (p *plan) groups() []group {
	var list []group
	for i := range p.k.Stores {
		along := p.k.Stores[i].Axes()
		at := slices.IndexFunc(list, func(g group) bool { return g.along.Equal(along) })
		if at < 0 {
			at = len(list)
			list = append(list, group{along: along})
		}
		list[at].stores = append(list[at].stores, i)
	}
	return list
}

// place decides which reductions get a temporary: those whose lanes are better the points they fold, those used in several places, and
// those that the lanes of their use would compute more than once.
func (p *plan) place(consumers []uses) {
	used := make([]int, len(p.k.Body))
	for i := range p.k.Body {
		if v := &p.k.Body[i]; v.Kind == codegen.Reduce && p.prefersAcross(v) {
			p.placed[i], p.across[i] = true, true
		}
	}
	for _, u := range consumers {
		along := p.trim(u.along)
		for _, r := range u.reduces {
			used[r]++
			if used[r] > 1 || !p.trim(p.on[r]).Equal(along) {
				p.placed[r] = true
			}
		}
	}
}

// trim leaves out the axes of one point.
func (p *plan) trim(axes codegen.AxisSet) codegen.AxisSet {
	var trivial []int
	for i, n := range p.extents {
		if n == 1 {
			trivial = append(trivial, i)
		}
	}
	return axes.Minus(codegen.AxesOf(trivial...))
}

// prefersAcross compares the two ways to fold v by the time an element takes: lanes along its own axes, or along the points it folds.
func (p *plan) prefersAcross(v *codegen.Value) bool {
	along := p.on[v.Args[0]].Minus(codegen.AxesOf(v.Over...))
	inside, outside := 1.0, 1.0
	lanes := p.ordered(along)
	folds := p.foldOrder(v)
	for _, l := range p.loads(v.Args[0]) {
		x := &p.k.Body[l]
		flat := p.k.Params[x.Param].Flat(x.At)
		inside += p.stepCost(flat, lanes)
		outside += p.stepCost(flat, folds)
	}
	overhead := func(points int) float64 { return 1 + 64/float64(max(min(points, width), 1)) }
	return outside*overhead(p.count(codegen.AxesOf(v.Over...))) < inside*overhead(p.count(along))
}

// stepCost is what an element of a load costs when lanes go along the last of axes.
func (p *plan) stepCost(flat codegen.Affine, axes []int) float64 {
	for i := len(axes) - 1; i >= 0; i-- {
		if p.extents[axes[i]] == 1 {
			continue
		}
		switch magnitude(flat.Coef(axes[i])) {
		case 0:
			return 0.5
		case 1:
			return 1
		}
		return 3
	}
	return 0.5
}

// loads lists the loads beneath value v that no reduction is above.
func (p *plan) loads(v int) []int {
	var list []int
	seen := make([]bool, v+1)
	seen[v] = true
	for i := v; i >= 0; i-- {
		if !seen[i] {
			continue
		}
		x := &p.k.Body[i]
		if x.Kind == codegen.Load {
			list = append(list, i)
		}
		if x.Kind != codegen.Reduce {
			for _, a := range x.Args {
				seen[a] = true
			}
		}
	}
	return list
}

// foldOrder lists the axes that v folds: those with large steps in memory outermost.
func (p *plan) foldOrder(v *codegen.Value) []int {
	list := slices.Clone(v.Over)
	steps := map[int]int{}
	for _, l := range p.loads(v.Args[0]) {
		x := &p.k.Body[l]
		for _, t := range p.k.Params[x.Param].Flat(x.At).Terms {
			steps[t.Axis] = max(steps[t.Axis], magnitude(t.Coef))
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return steps[b] - steps[a] })
	return list
}

// chooseOuter finds the axes that all stages go along, and whether to cut them into tiles.
func (p *plan) chooseOuter() {
	var outer codegen.AxisSet
	first := true
	meet := func(s codegen.AxisSet) {
		if first {
			outer, first = s, false
		}
		outer = outer.Minus(outer.Minus(s))
	}
	p.work = 0
	for i := range p.k.Body {
		if v := &p.k.Body[i]; v.Kind == codegen.Reduce {
			p.work += float64(p.count(p.on[v.Args[0]].Union(codegen.AxesOf(v.Over...))))
			if p.placed[i] {
				meet(p.on[i])
			}
		}
	}
	for i := range p.k.Body {
		if p.k.Body[i].Kind == codegen.Scan {
			p.work += float64(p.count(p.on[i]))
			meet(p.on[i])
		}
	}
	for _, g := range p.groups() {
		meet(g.along)
		p.work += float64(p.count(g.along))
	}
	outer = outer.Minus(p.scanned())
	p.outer, p.points = p.ordered(outer), p.count(outer)
	p.tiled = p.work <= 1<<16 || p.points >= 16 && p.work/float64(p.points) <= 1<<22
	if !p.tiled {
		p.outer, p.points = nil, 1
	}
}

// dropLargest takes back one temporary that would be too large, and says whether there was one.
func (p *plan) dropLargest() bool {
	outer := codegen.AxesOf(p.outer...)
	for i := range p.k.Body {
		if p.placed[i] && p.count(p.on[i].Minus(outer)) > largest {
			delete(p.placed, i)
			delete(p.across, i)
			return true
		}
	}
	return false
}
