package spirv

import (
	"cmp"
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// stage is one pass: rows (points of the outer axes of a section), each by one invocation or by a team of them.
//
// A reduction is computed where it is used, once for each row that its value is of, or by a stage of its own that leaves the results in
// scratch memory (resident); long reductions of few rows are cut into pieces, whose partial results a stage before leaves there.
// All of that is chosen by the kernel and the type of the device alone.
type stage struct {
	sections []section
	part     int       // the reduction whose pieces the stage folds; -1: none
	keep     int       // the reduction whose results the stage leaves in scratch memory; -1: none
	team     int       // invocations that share a row; 1: each has its own
	scan     *scanning // how the stage scans; nil: it does not
}

// section is stores that are done row by row.
type section struct {
	outer  []int // axes of rows, outermost first
	stores []int
}

// slot is scratch memory: an element for each point of axes, and where there are pieces for each of them.
type slot struct {
	dtype  tensor.DType
	flat   codegen.Affine // the place of a point's first element
	step   int            // elements from a piece to the next
	count  int            // elements
	buffer id
}

// Sizes that schedules go by. A team is a power of two.
const (
	busyColumns  = 1 << 14 // columns that keep a GPU busy
	fewColumns   = 32      // that are gone down by teams
	columnPiece  = 64      // points of a piece of a column, at least, on GPUs
	mostPieces   = 256     // of a column
	manyResults  = 1 << 18 // of a contraction, which keep a GPU busy
	fewTerms     = 128     // of a piece of a contraction's
	teamSize     = 256
	cpuLanes     = 8
	fewRows      = 64
	longFold     = 2048     // points of a row that a CPU device cuts, if rows are few
	longTeamFold = 32 << 10 // that a GPU does
	mostScratch  = 256 << 20
)

// uses are what needs reductions: a reduction or a group of stores, the axes it goes along, and the reductions directly beneath.
type uses struct {
	along   codegen.AxisSet
	reduces []int
}

// plan chooses the stages: those whose results go to scratch memory in the order of the body, those that scan and store, and the last, which does all
// other stores.
func (g *generator) plan() {
	groups, scanned := g.settleScans(g.storeGroups())
	list := g.reductions()
	common := g.common(groups)
	split := g.settle(list, groups, common)
	for i := range g.k.Body {
		switch {
		case g.kept[i] && g.k.Body[i].Kind == codegen.Scan:
			g.scanStages([]int{i}, nil)
			continue
		case split[i] && (g.resident[i] != nil || g.trim(g.on[i]).Equal(common)):
			g.split(i)
		}
		if g.resident[i] != nil {
			outer := g.ordered(g.trim(g.on[i]), g.resident[i].flat)
			g.stages = append(g.stages, &stage{sections: []section{{outer: outer}}, part: -1, keep: i, team: g.team([]int{i}, outer)})
		}
	}
	for i := range scanned {
		g.scanStages(g.unkeptOf(&scanned[i]), &scanned[i])
	}
	if len(groups) > 0 {
		g.stages = append(g.stages, g.lastStage(groups, list, common))
	}
}

// reductions lists those that stores need.
func (g *generator) reductions() (list []int) {
	for i := range g.k.Body {
		if g.k.Body[i].Kind == codegen.Reduce && g.live[i] {
			list = append(list, i)
		}
	}
	return list
}

// common are the axes that all groups go along.
func (g *generator) common(groups []section) (common codegen.AxisSet) {
	for i, s := range groups {
		axes := g.trim(codegen.AxesOf(s.outer...))
		if i == 0 {
			common = axes
		}
		common = common.Minus(common.Minus(axes))
	}
	return common
}

// settle reserves scratch memory for the reductions whose results go there, and says which are cut. Computed in place are those of the rows that
// the stores have in common, and those used once.
func (g *generator) settle(list []int, groups []section, common codegen.AxisSet) (split map[int]bool) {
	split = map[int]bool{}
	consumers := g.consumers(groups)
	for _, r := range list {
		on := g.trim(g.on[r])
		split[r] = g.long(r, on)
		switch {
		case g.count(on) > g.mostKept():
		case !g.kept[r] && on.Equal(common) && !(split[r] && g.further(r, list)):
		case !g.kept[r] && g.once(r, on, consumers) && !split[r]:
		default:
			g.resident[r] = g.slot(g.k.Body[r].DType, on.List())
		}
	}
	return split
}

// lastStage is the stage of stores that no scan is needed for: by the rows that they have in common, where a reduction is of these.
func (g *generator) lastStage(groups []section, list []int, common codegen.AxisSet) *stage {
	var own []int
	for _, r := range list {
		if g.resident[r] == nil && g.trim(g.on[r]).Equal(common) {
			own = append(own, r)
		}
	}
	if len(own) == 0 {
		return &stage{sections: groups, part: -1, keep: -1, team: 1}
	}
	s := section{outer: g.ordered(common, g.placeOf(groups[0].stores[0]))}
	for _, group := range groups {
		s.stores = append(s.stores, group.stores...)
	}
	return &stage{sections: []section{s}, part: -1, keep: -1, team: g.team(own, s.outer)}
}

// further says whether another reduction needs r's result first, or something is stored along r's axes.
func (g *generator) further(r int, list []int) bool {
	for _, other := range list {
		if other != r && g.k.Takes(other, r) {
			return true
		}
	}
	for i := range g.k.Stores {
		if g.k.Stores[i].Axes().Meets(codegen.AxesOf(g.k.Body[r].Over...)) {
			return true
		}
	}
	return false
}

// storeGroups are the stores by the axes that they go along, each in the order of the first one's memory.
func (g *generator) storeGroups() (list []section) {
	var axes []codegen.AxisSet
	for i := range g.k.Stores {
		along := g.trim(g.k.Stores[i].Axes())
		at := slices.IndexFunc(axes, along.Equal)
		if at < 0 {
			at = len(axes)
			axes, list = append(axes, along), append(list, section{outer: g.ordered(along, g.placeOf(i))})
		}
		list[at].stores = append(list[at].stores, i)
	}
	return list
}

// placeOf is where a store writes.
func (g *generator) placeOf(store int) codegen.Affine {
	s := &g.k.Stores[store]
	return g.k.Params[s.Param].Flat(s.At)
}

// consumers lists what uses live reductions.
func (g *generator) consumers(groups []section) (list []uses) {
	for i := range g.k.Body {
		if v := &g.k.Body[i]; v.Kind == codegen.Reduce && g.live[i] {
			list = append(list, uses{g.trim(g.on[v.Args[0]].Union(codegen.AxesOf(v.Over...))), g.k.ReducesBeneath(v.Args[0])})
		}
	}
	for _, s := range groups {
		u := uses{along: codegen.AxesOf(s.outer...)}
		for _, store := range s.stores {
			u.reduces = append(u.reduces, g.k.ReducesBeneath(g.k.Stores[store].Value)...)
		}
		list = append(list, u)
	}
	return list
}

// once says whether reduction r, of the axes on, is used in one place that goes along just these axes.
func (g *generator) once(r int, on codegen.AxisSet, consumers []uses) bool {
	n := 0
	for _, u := range consumers {
		if slices.Contains(u.reduces, r) {
			n++
			if !u.along.Equal(on) {
				return false
			}
		}
	}
	return n == 1
}

// trim leaves out the axes of one point.
func (g *generator) trim(axes codegen.AxisSet) codegen.AxisSet { return axes.Minus(g.single) }

// count is the points of axes, at most math.MaxInt.
func (g *generator) count(axes codegen.AxisSet) int { return g.points(axes.List()) }

func (g *generator) points(axes []int) int {
	n := 1
	for _, a := range axes {
		e := g.k.Axes[a].Extent
		if e != 0 && n > math.MaxInt/e {
			n = math.MaxInt // another extent may still be 0
			continue
		}
		n *= e
	}
	return n
}

// ordered lists axes by their steps in a place of memory, the largest first.
func (g *generator) ordered(axes codegen.AxisSet, place codegen.Affine) []int {
	list := axes.List()
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(size(place.Coef(b)), size(place.Coef(a))) })
	return list
}

func size(x int) int { return max(x, -x) }

// foldOrder lists the axes that reduction r goes over, those with large steps in what is read outermost.
func (g *generator) foldOrder(r int) []int {
	list := g.trim(codegen.AxesOf(g.k.Body[r].Over...)).List()
	steps := make([]int, len(g.k.Axes))
	for _, l := range g.loads(r) {
		for _, t := range g.flatOf(l).Terms {
			steps[t.Axis] = max(steps[t.Axis], size(t.Coef))
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(steps[b], steps[a]) })
	return list
}

// loads lists the loads and gathers beneath reduction or scan r that no other reduction is above, nor what lies in scratch memory.
func (g *generator) loads(r int) (list []int) {
	under := make([]bool, r+1)
	under[g.k.Body[r].Args[0]] = true
	for i := r - 1; i >= 0; i-- {
		v := &g.k.Body[i]
		if !under[i] || v.Kind == codegen.Reduce || g.resident[i] != nil {
			continue
		}
		if v.Kind == codegen.Load || v.Kind == codegen.Gather {
			list = append(list, i)
		}
		for _, a := range v.Args {
			under[a] = true
		}
	}
	return list
}

// flatOf is the place in memory of a load.
func (g *generator) flatOf(load int) codegen.Affine {
	v := &g.k.Body[load]
	return g.k.Params[v.Param].Flat(v.At)
}

// mostKept is how many results go to scratch memory where they could be computed again instead.
func (g *generator) mostKept() int { return min(mostScratch, g.c.MaxStorageBufferRange) / 8 }

// slot reserves scratch memory for a value of d at each point of axes, outermost first.
func (g *generator) slot(d tensor.DType, axes []int) *slot {
	s := &slot{dtype: d, count: 1}
	for _, a := range slices.Backward(axes) {
		s.flat = s.flat.Add(codegen.Affine{Terms: []codegen.Term{{Axis: a, Coef: s.count}}})
		s.count *= g.k.Axes[a].Extent
	}
	g.slots = append(g.slots, s)
	return s
}

// alongRows is a place that reduction or scan r reads, which says how rows lie.
func (g *generator) alongRows(r int) codegen.Affine {
	for _, l := range g.loads(r) {
		return g.flatOf(l)
	}
	return codegen.Affine{}
}

func between(x, lo, hi int) int { return max(lo, min(x, hi)) }

// team is how many invocations share a row of the outer axes, by the reductions of a row. CPU devices have none: what lies side by side in
// vectors is rows. Nor do products of matrices, which go by blocks.
func (g *generator) team(reduces []int, outer []int) int {
	if g.c.Type == CPU || len(reduces) == 0 || len(reduces) == 1 && g.matrices(reduces[0]) {
		return 1
	}
	longest, across := 0, true
	for _, r := range reduces {
		points := g.points(g.k.Body[r].Over)
		if p := g.cut[r]; p != nil {
			if points = p.count(); p.across {
				points = 0 // which invocations side by side read side by side
			}
		}
		longest = max(longest, points)
		across = across && g.across(r, outer)
	}
	if longest < 32 || across && g.points(outer) >= teamSize*fewRows {
		return 1
	}
	return g.teamOf(ceil(longest, gpuPacket))
}

// across says whether rows lie side by side in all that a reduction reads.
func (g *generator) across(r int, outer []int) bool {
	if len(outer) == 0 {
		return false
	}
	for _, l := range g.loads(r) {
		if c := g.flatOf(l).Coef(outer[len(outer)-1]); c < -1 || c > 1 {
			return false
		}
	}
	return true
}

// teamOf is a team for rows of so many points.
func (g *generator) teamOf(points int) int {
	n := 32
	for n < min(teamSize, g.c.MaxInvocations/2+1, points) {
		n *= 2
	}
	return min(n, max(1, g.c.MaxInvocations))
}
