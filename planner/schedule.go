package planner

// schedule: each kernel is told how to run on its target.
//
//	before  loop i 512, fold j 256; t0 = reduce(add, j, x[i, j])
//	after   schedule row order i j, vector j, parallel 1, grain 128

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/einloom/einloom/codegen"
)

// The times that pieces of work aim at, in seconds: long enough that handing one out is nothing, short enough that a call into machine
// code never keeps the collector or a cancellation waiting.
const (
	pieceTime = 50e-6
	longTime  = 400e-6
)

// The partial results of a fold in parts take splitRoom bytes of a run's memory, which no plan counts: longer parts leave fewer. Only parts
// of which a unit would take more than promptTime, in which a run that is cancelled has to end, do not grow for it.
const (
	splitRoom  = 32 << 20
	promptTime = 4e-3
)

// rowsTogether is how many rows a generator may fold beside one another: pieces are whole times as many, so that none is left.
const rowsTogether = 8

// cycles are what a core does in a second, about. Only ratios matter.
const cycles = 3e9

// schedule fills in how each kernel runs, and what it costs. Nothing but times depends on the number of workers; pieces of folds do not.
func schedule(s *state) error {
	p := &scheduler{model: assumed(s.Target), target: s.Target}
	for i := range s.steps {
		k := new(codegen.Kernel)
		*k = *s.steps[i].kernel // only the schedule and the cost differ
		k.Cost = k.Count()
		s.steps[i].kernel = k
		if k.Routine != nil {
			continue
		}
		p.look(k)
		if !p.gett() || p.direct() {
			p.nest()
		}
	}
	return nil
}

// scheduler plans the loops of one kernel after the other.
type scheduler struct {
	k       *codegen.Kernel
	model   model
	target  codegen.Target
	lanes   int      // of the widest value in a vector
	loops   []int    // outermost first
	folds   []int    // outermost first
	streams []stream // how each load and store moves: those of the body, then the stores
	reads   []int    // of each value of the body its stream, -1 if it has none
	room    []int    // where their steps lie
	scans   float64  // how many values scan
	ops     float64  // operations at a point of the innermost loop
	passes  float64  // how often the fold axes are gone through
}

// stream is one access: its step in memory along each axis.
type stream struct {
	param  int
	offset int // of the element at point 0
	step   []int
	bytes  int
	store  bool
	beside bool // another one goes beside it, by one element before or behind: these are the parts of complex numbers
}

// newScheduler has looked at a kernel.
func newScheduler(k *codegen.Kernel, t codegen.Target) *scheduler {
	p := &scheduler{model: assumed(t), target: t}
	p.look(k)
	return p
}

// look finds what there is to know of a kernel before it is scheduled.
func (p *scheduler) look(k *codegen.Kernel) {
	p.k, p.lanes, p.ops, p.scans = k, 1, 0, 0
	p.loops, p.folds, p.streams, p.reads = p.loops[:0], p.folds[:0], p.streams[:0], p.reads[:0]
	p.room = slices.Grow(p.room[:0], (len(k.Body)+len(k.Stores))*len(k.Axes)) // streams stay where they are
	widest := 4
	for i := range k.Body {
		v := &k.Body[i]
		widest = max(widest, v.DType.Size())
		at := -1
		switch v.Kind {
		case codegen.Map, codegen.Reduce:
			p.ops++
		case codegen.Scan:
			p.ops++
			p.scans++
		case codegen.Load, codegen.Gather:
			at = len(p.streams)
			p.access(v.Param, v.At, false)
		}
		p.reads = append(p.reads, at)
	}
	if p.target.Vector > 0 {
		p.lanes = max(1, p.target.Vector/widest)
	}
	for i := range k.Stores {
		p.access(k.Stores[i].Param, k.Stores[i].At, true)
	}
	for a := range k.Axes {
		if k.Axes[a].Fold {
			p.folds = append(p.folds, a)
		} else {
			p.loops = append(p.loops, a)
		}
	}
	p.passes = float64(depth(k))
	p.outermost(p.loops, true)
	p.outermost(p.folds, false)
}

// access adds the stream of an access of param.
func (p *scheduler) access(param int, at []codegen.Affine, store bool) {
	q := &p.k.Params[param]
	from := len(p.room)
	p.room = p.room[:from+len(p.k.Axes)]
	s := stream{param: param, step: p.room[from:], bytes: q.DType.Size(), store: store}
	clear(s.step)
	for i, a := range at {
		s.offset += a.Const * q.Strides[i]
		for _, t := range a.Terms {
			s.step[t.Axis] += t.Coef * q.Strides[i]
		}
	}
	for i := range p.streams {
		o := &p.streams[i]
		if apart := o.offset - s.offset; o.param == param && (apart == 1 || apart == -1) && slices.Equal(o.step, s.step) {
			o.beside, s.beside = true, true
		}
	}
	p.streams = append(p.streams, s)
}

// depth is how many reductions lie beneath one another, and one more where something is stored along a fold axis: how often a row is gone
// through.
func depth(k *codegen.Kernel) int {
	level, most := make([]int, len(k.Body)), 1
	for i := range k.Body {
		v := &k.Body[i]
		for _, a := range v.Args {
			level[i] = max(level[i], level[a])
		}
		if v.Kind == codegen.Reduce {
			level[i]++
			most = max(most, level[i])
		}
	}
	folds := k.FoldAxes()
	for i := range k.Stores {
		if k.Stores[i].Axes().Meets(folds) {
			most = max(most, level[k.Stores[i].Value]+1)
		}
	}
	return most
}

// outermost sorts axes by their steps in memory, the largest first: those of the stores, or those of everything.
func (p *scheduler) outermost(axes []int, stores bool) {
	reach := func(a int) (r int) {
		for _, s := range p.streams {
			if s.store || !stores {
				r = max(r, s.step[a], -s.step[a])
			}
		}
		return r
	}
	slices.SortStableFunc(axes, func(a, b int) int { return cmp.Compare(reach(b), reach(a)) })
}

func (p *scheduler) extent(a int) float64 { return float64(p.k.Axes[a].Extent) }

// points is how many points axes have together.
func (p *scheduler) points(axes []int) float64 {
	n := 1.0
	for _, a := range axes {
		n *= p.extent(a)
	}
	return n
}

// nest schedules maps and rows: which axis lies in vector lanes, which axes workers share, in which pieces.
func (p *scheduler) nest() {
	k := p.k
	k.Schedule = codegen.Schedule{Nest: codegen.NestMap, Vector: -1, Grain: 1}
	if len(p.folds) > 0 {
		k.Nest = codegen.NestRow
	}
	best := p.time(-1)
	for a := range k.Axes {
		if t := p.time(a); p.lanes > 1 && t < best {
			best, k.Vector = t, a
		}
	}
	if a := p.tiled(); a >= 0 {
		k.Vector = a
	}
	if k.Vector >= 0 { // the innermost of its kind
		axes := p.loops
		if k.Axes[k.Vector].Fold {
			axes = p.folds
		}
		i := slices.Index(axes, k.Vector)
		copy(axes[i:], axes[i+1:])
		axes[len(axes)-1] = k.Vector
	}
	p.cross()
	p.reorder()
	k.Order = slices.Concat(p.loops, p.folds)
	p.share(best)
	k.Uncached = p.pastCaches()
}

// pastCaches says whether what the kernel stores had better go past the caches: the last one does not hold it together with what is read, and
// it is much of that, so that the kernels which read it would not find it there either.
func (p *scheduler) pastCaches() bool {
	cache := float64(p.target.L3)
	return cache > 0 && p.stored() > cache/2 && p.k.Cost.Bytes > cache
}

// stored is the bytes that the kernel's stores write.
func (p *scheduler) stored() float64 {
	bytes := 0.0
	for i := range p.k.Stores {
		s := &p.k.Stores[i]
		points := 1.0
		for a := range s.Axes().All() {
			points *= p.extent(a)
		}
		bytes += points * float64(p.k.Params[s.Param].DType.Size())
	}
	return bytes
}

// cross puts an axis along which something that is read lies next to the vector axis, where that thing lies across the vectors and these
// are short: the lines that one vector touches then serve the following ones.
func (p *scheduler) cross() {
	v := p.k.Vector
	n := len(p.loops)
	if n < 3 || p.loops[n-1] != v || p.extent(v) > 64 {
		return
	}
	for _, s := range p.streams {
		if s.store || s.step[v]*s.bytes < 64 {
			continue
		}
		if i := slices.IndexFunc(p.loops[:n-1], func(a int) bool { return s.step[a] == 1 }); i >= 0 {
			a := p.loops[i]
			copy(p.loops[i:n-2], p.loops[i+1:n-1])
			p.loops[n-2] = a
			return
		}
	}
}

// time estimates the cycles of the whole kernel with axis v in vector lanes, -1 for none. A step of the innermost loop costs its operations
// and its memory accesses: one for a whole vector that lies in memory as it is, one for each lane otherwise, none for what the loop does
// not move.
func (p *scheduler) time(v int) float64 {
	lanes := 1.0
	inner := -1 // the innermost axis
	switch {
	case len(p.folds) > 0:
		inner = p.folds[len(p.folds)-1]
	case len(p.loops) > 0:
		inner = p.loops[len(p.loops)-1]
	}
	steps := p.points(p.loops) * p.points(p.folds)
	fold := false
	if v >= 0 {
		lanes = float64(p.lanes)
		steps *= math.Ceil(p.extent(v)/lanes) / max(p.extent(v), 1)
		fold = p.k.Axes[v].Fold
		if fold || len(p.folds) == 0 {
			inner = v
		}
	}
	cost := p.ops
	if fold { // lanes are folded among themselves first
		cost += 3 * p.scans * math.Log2(lanes)
	}
	for _, s := range p.streams {
		once := s.store && len(p.folds) > 0 && !p.rowStore(s) // after the folds
		switch {
		case inner >= 0 && s.step[inner] == 0 && (v < 0 || s.step[v] == 0 || inner != v), once:
			cost += 0.1
		case v < 0 || s.step[v] == 0 || s.step[v] == 1:
			cost++
		case s.beside && s.step[v] == 2: // both are read or stored together, and sorted
			cost += 2
		case s.store:
			cost += 2 * lanes // each lane is a part of another cache line to be written
		default:
			cost += lanes
		}
	}
	t := steps * cost * p.passes
	if fold {
		t += p.points(p.loops) * p.passes * 4 * float64(bits.Len(uint(p.lanes))) // folding the lanes in the end
	}
	return t
}

// rowStore says whether a store goes along a fold axis.
func (p *scheduler) rowStore(s stream) bool {
	return slices.ContainsFunc(p.folds, func(a int) bool { return s.step[a] != 0 })
}

// share cuts the work into pieces. Maps and rows go to workers by points of the leading loop axes, or, where the vector axis is the only
// one, by blocks of it. A fold is cut where there are few rows, or long ones.
func (p *scheduler) share(total float64) {
	k := p.k
	seconds := max(total/cycles, k.Cost.Bytes/p.model.bandwidth)
	points := 1.0 // that the work can be shared by
	unit := 1.0   // as few of them as make sense
	if len(p.loops) == 1 && p.loops[0] == k.Vector {
		k.Parallel = 1
		points, unit = p.extent(k.Vector), float64(16*p.lanes)
		if len(p.folds) > 0 {
			unit = float64(4 * p.lanes)
		}
	} else {
		const few = 256 // enough for any number of workers
		for k.Parallel < len(p.loops) && p.loops[k.Parallel] != k.Vector && (points < few || seconds/points > longTime/2) {
			points *= p.extent(p.loops[k.Parallel])
			k.Parallel++
		}
	}
	k.Grain = int(max(1, math.Ceil(points*p.shareTime(seconds)/max(seconds, 1e-12)/unit)*unit))
	if k.Vector >= 0 && k.Axes[k.Vector].Fold && k.Grain > rowsTogether {
		k.Grain -= k.Grain % rowsTogether
	}
	k.Grain = min(k.Grain, max(1, int(points)))
	if p.splittable() && seconds > 4*pieceTime {
		p.split(seconds, points, unit)
	}
}

// shareTime is what a piece of work of so many seconds aims at: some pieces for each worker, so that all end at about the same time, however
// short the work, as long as a piece is well above the time that handing it out may take. Columns side by side are neighbours in every line of
// memory that they go down: of these short work is left in one piece, so that workers do not wait for each other's lines.
func (p *scheduler) shareTime(seconds float64) float64 {
	const few = 16
	least := 1e-6
	if len(p.folds) > 0 && p.k.Parallel == 1 && p.k.Vector == p.loops[0] {
		least = 5e-6
	}
	return min(pieceTime, max(seconds/few, least))
}

// split cuts a fold into parts where there are few rows or long ones; and where all loops are columns side by side in vectors and so long
// that a cache does not hold a line of each of their elements: a part's rows are then read from memory once and in order.
func (p *scheduler) split(seconds, points, unit float64) {
	const line, few = 64, 8 // bytes of a cache line; elements of a part, fewer are not worth a part
	k := p.k
	least := math.Ceil(few / max(1, p.points(p.folds[1:])))
	outer := p.extent(p.folds[0])
	part := math.Ceil(outer * pieceTime / seconds)
	room := math.Ceil(outer * p.points(p.loops) * p.foldBytes() / splitRoom)
	prompt := math.Floor(outer * promptTime / (seconds * min(1, unit/points)))
	columns := len(p.loops) == 1 && p.loops[0] == k.Vector
	switch {
	case columns && p.points(p.folds)*line >= p.model.cache/4 && k.Cost.Bytes > p.model.cache:
		part = min(part, math.Ceil(outer*p.model.cache/2/k.Cost.Bytes))
	case points/unit >= 64 && seconds*unit/points <= longTime:
		return
	}
	k.Split = int(max(part, least, min(room, prompt)))
	if p.folds[0] == k.Vector { // whole turns of the vector loop
		turn := 16 * p.lanes
		k.Split = (k.Split + turn - 1) / turn * turn
	}
	if float64(k.Split) >= outer {
		k.Split = 0
	}
}

// foldBytes is the bytes of what the folds leave at one point of the loops.
func (p *scheduler) foldBytes() float64 {
	bytes := 0
	for i := range p.k.Body {
		if v := &p.k.Body[i]; v.Kind == codegen.Reduce {
			bytes += v.DType.Size()
		}
	}
	return float64(bytes)
}

// splittable says whether the folds can be done in pieces: none needs the result of another or a scan, and nothing is stored along a row.
func (p *scheduler) splittable() bool {
	if len(p.folds) == 0 || depth(p.k) > 1 {
		return false
	}
	for i := range p.k.Body {
		if v := &p.k.Body[i]; v.Kind == codegen.Scan || v.Kind == codegen.Reduce && len(v.Over) != len(p.folds) {
			return false
		}
	}
	return true
}
