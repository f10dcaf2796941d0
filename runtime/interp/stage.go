package interp

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// stage computes the results of one reduction, or a group of stores, at the points of its axes.
type stage struct {
	maker  *maker
	code   []step
	over   odometer // its axes, the outer ones first
	each   int      // points for a point of the outer axes
	across int      // if not 0: the points come one by one, and lanes are this many (at most) of the points that each folds
	row    int      // if not 0: points come in rows of so many, which stay whole
	work   int      // points of the innermost loop for a point of it
}

// run computes the points from lo to hi.
func (s *stage) run(f *frame, lo, hi int) {
	if s.across > 0 {
		s.over.set(f.index, lo)
		for ; lo < hi && !f.stopped(); lo++ {
			f.start, f.n = 0, s.across
			f.run(s.code)
			s.over.next(f.index)
		}
		return
	}
	for ; lo < hi && !f.stopped(); lo += width {
		f.start, f.n = lo, min(width, hi-lo)
		f.run(s.code)
	}
}

// compile makes the program of a canonical kernel.
func compile(d *Device, k *codegen.Kernel) (*Program, error) {
	p := newPlan(k)
	c := compiler{plan: p, prog: &Program{device: d, name: k.Name, text: "interpreted: no code is generated\n", temps: map[int]*temp{}}}
	for i := range k.Params {
		c.prog.params = append(c.prog.params, reach(&k.Params[i]))
	}
	for i := range k.Body {
		switch {
		case p.placed[i]:
			c.reduction(i)
		case k.Body[i].Kind == codegen.Scan:
			c.scan(i)
		}
	}
	for _, g := range p.groups() {
		c.stores(g)
	}
	return c.finish()
}

// compiler collects the stages of a program.
type compiler struct {
	plan   *plan
	prog   *Program
	stages []*stage // of tiles
	all    []*stage
}

// new begins a stage that goes along the axes on.
func (c *compiler) new(on codegen.AxisSet) *stage {
	p := c.plan
	rest := p.ordered(on.Minus(codegen.AxesOf(p.outer...)))
	axes := append(append([]int(nil), p.outer...), rest...)
	s := &stage{over: newOdometer(axes, p.extents), each: p.count(codegen.AxesOf(rest...)), work: 1}
	s.maker = newMaker(p, c.prog, axes)
	c.all = append(c.all, s)
	return s
}

// temp makes room for the results of a stage.
func (c *compiler) temp(d tensor.DType, s *stage) *temp {
	t := &temp{mem: len(c.prog.params) + len(c.prog.temporary), dtype: d, strides: map[int]int{}, each: s.each}
	n := 1
	for i := len(s.over.axes) - 1; i >= 0; i-- {
		t.strides[s.over.axes[i]] = n
		n *= s.over.extents[i]
	}
	c.prog.temporary = append(c.prog.temporary, t)
	return t
}

// keep gives an untiled temporary its shared memory, for count elements.
func (c *compiler) keep(t *temp, count int) {
	t.offset = c.prog.shared
	c.prog.shared += roundUp(count*t.dtype.Size(), 64)
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// reduction adds the stage of reduction i, in two parts where its fold is split.
func (c *compiler) reduction(i int) {
	p := c.plan
	v := &p.k.Body[i]
	s := c.new(p.on[i])
	points, folded := s.over.count, p.count(codegen.AxesOf(v.Over...))
	s.work = max(folded, 1)
	split := c.split(v, points, folded)
	if split > 0 {
		c.splitReduction(i, s, split)
		return
	}
	t := c.temp(v.DType, s)
	c.foldInto(v, i, s, t, false)
	c.prog.temps[i] = t
	if p.tiled {
		c.stages = append(c.stages, s)
		return
	}
	c.keep(t, points)
	c.phase(s, unsplit)
}

// foldInto writes the code of a reduction's stage, which stores to t.
func (c *compiler) foldInto(v *codegen.Value, i int, s *stage, t *temp, ranged bool) {
	p, m := c.plan, s.maker
	var from int
	if p.across[i] {
		m.lanes = p.foldOrder(v)
		s.across = max(min(width, p.count(codegen.AxesOf(v.Over...))), 1)
		from = m.foldAcross(v, ranged, ranged)
	} else {
		from = m.fold(v, ranged, ranged)
	}
	m.storeAt(from, t.dtype, t.mem, place(0, t.strides, p.extents, m.lanes))
}

// split says how many points of v's fold make one piece; 0: the fold is not split. Pieces are cut where the results are few and the fold
// is long, so that workers can share it; they depend on the kernel alone.
func (c *compiler) split(v *codegen.Value, points, folded int) int {
	if c.plan.tiled || v.Op == argMin || v.Op == argMax || points == 0 {
		return 0
	}
	if piece := roundUp(max((1<<20)/points, folded/4096, 1), width); folded >= 2*piece {
		return piece
	}
	return 0
}

// splitReduction adds a phase that folds pieces into partial results and one that folds these.
func (c *compiler) splitReduction(i int, s *stage, piece int) {
	p := c.plan
	v := &p.k.Body[i]
	points, folded := s.over.count, p.count(codegen.AxesOf(v.Over...))
	fold := pieces{count: (folded + piece - 1) / piece, axis: len(p.extents), size: piece, folded: folded}
	p.extents = append(p.extents, fold.count)
	d := v.DType
	if d == tensor.Float16 || d == tensor.BFloat16 {
		d = tensor.Float32
	}
	partial := c.temp(d, s)
	partial.strides[fold.axis] = points
	c.keep(partial, points*fold.count)
	c.foldInto(v, i, s, partial, true)
	s.work = piece
	c.phase(s, fold)

	last := c.new(p.on[i])
	last.work = fold.count
	t := c.temp(v.DType, last)
	c.keep(t, points)
	m := last.maker
	inner := m.push(codegen.AxesOf(fold.axis))
	x := m.loadTemp(partial, 1)
	m.scopes = m.scopes[:1]
	from := m.folding(v.Op, v.DType, []int{fold.axis}, inner.code, x, false, false)
	m.storeAt(from, t.dtype, t.mem, place(0, t.strides, p.extents, m.lanes))
	c.phase(last, unsplit)
	c.prog.temps[i] = t
}

// stores adds the stage of a group of stores.
func (c *compiler) stores(g group) {
	p := c.plan
	s := c.new(g.along)
	for _, i := range g.stores {
		s.maker.store(&p.k.Stores[i])
	}
	for i := range p.k.Body { // folded inside the block
		if v := &p.k.Body[i]; v.Kind == codegen.Reduce && !p.placed[i] && p.on[i].Equal(g.along) {
			s.work = max(s.work, p.count(codegen.AxesOf(v.Over...)))
		}
	}
	if p.tiled {
		c.stages = append(c.stages, s)
	} else {
		c.phase(s, unsplit)
	}
}

// pieces is how a fold is split: the place along axis numbers the pieces.
type pieces struct{ count, axis, size, folded int }

// phase adds a phase of one stage, whose points are cut into ranges and whose fold into pieces.
func (c *compiler) phase(s *stage, fold pieces) {
	points := s.over.count
	grain := max((1<<17)/s.work, 1)
	if s.across == 0 {
		grain = roundUp(grain, width)
	}
	if s.row > 0 {
		grain = roundUp(grain, s.row)
	}
	ranges := (points + grain - 1) / grain
	c.prog.phases = append(c.prog.phases, phase{ranges * fold.count, func(f *frame, n int) {
		lo := n / fold.count * grain
		if fold.count > 1 {
			piece := n % fold.count
			f.index[fold.axis] = piece
			f.foldLo, f.foldHi = piece*fold.size, min((piece+1)*fold.size, fold.folded)
		}
		s.run(f, lo, min(lo+grain, points))
	}})
}

// unsplit is a fold that is not split.
var unsplit = pieces{count: 1}

// finish makes the steps, and the phase of tiles.
func (c *compiler) finish() (*Program, error) {
	prog, p := c.prog, c.plan
	lanes := 1
	for _, s := range c.all {
		var err error
		if s.code, err = s.maker.finish(); err != nil {
			return nil, fmt.Errorf("interp: kernel %s: %w", prog.name, err)
		}
		s.maker = nil
		lanes = max(lanes, min(width, s.over.count), s.across)
	}
	prog.constants.fill(lanes)
	prog.zeros = make([]int, len(p.extents))
	if p.tiled {
		c.tiles()
	}
	return prog, nil
}

// tiles makes the one phase of a program in which a tile runs all stages.
func (c *compiler) tiles() {
	prog, p := c.prog, c.plan
	each := 0
	for _, t := range prog.temporary {
		each += t.each
	}
	tile := int(min(float64(1<<15)*float64(max(p.points, 1))/max(p.work, 1), float64(p.points)))
	for _, s := range c.stages {
		if s.across == 0 && s.each > 0 {
			tile = max(tile, (width+s.each-1)/s.each)
		}
	}
	tile = max(min(tile, (1<<18)/max(each, 1), p.points), 1)
	for _, t := range prog.temporary {
		t.offset = prog.arena
		prog.arena += roundUp(tile*t.each*t.dtype.Size(), 64)
	}
	stages, points, temps := c.stages, p.points, prog.temporary
	prog.phases = append(prog.phases, phase{(points + tile - 1) / tile, func(f *frame, n int) {
		lo := n * tile
		hi := min(lo+tile, points)
		for _, t := range temps {
			f.mem[t.mem] = memory{f.arena, t.offset - lo*t.each*t.dtype.Size()}
		}
		for _, s := range stages {
			s.run(f, lo*s.each, hi*s.each)
		}
	}})
}
