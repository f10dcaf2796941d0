package spirv

import "github.com/einloom/einloom/codegen"

// Invocations of a workgroup where there is no team, and how many workgroups a CPU device is given: some for each of its cores.
const (
	gpuLocal  = 128
	cpuGroups = 256
)

// share is a section of a stage as invocations share its units.
type share struct {
	*section
	tile
	block   *block // nil: it is not done by blocks
	packet  int    // rows that are done together; 1: they are not in packets
	aligned []int  // params that are read or written by packets
}

// sharesOf are a stage's sections that have something to do.
func (g *generator) sharesOf(s *stage) (list []share) {
	for i := range s.sections {
		c := share{section: &s.sections[i], tile: g.tileOf(s, &s.sections[i])}
		if c.units == 0 {
			continue
		}
		if len(s.sections) == 1 {
			if c.block = g.blockOf(s, c.section, &c.tile); c.block != nil {
				c.units = total(c.block.counted(c.digits)) * c.block.pieces()
			}
		}
		c.packet, c.aligned = g.packets(s, c.section, c.digits)
		list = append(list, c)
	}
	return list
}

// write writes a stage as an entry point, unless it has nothing to do.
func (g *generator) write(name string, s *stage) error {
	shares := g.sharesOf(s)
	if len(shares) == 0 {
		return nil
	}
	w := &writer{g: g, s: s, function: newFunction(g.assembler, g.c), shared: map[string]id{}}
	word := w.uint(32)
	three := g.typ(opTypeVector, uint32(word), 3)
	input := func(b uint32) id {
		return w.extracted(word, w.pure(opLoad, three, g.builtin(b)), 0)
	}
	w.group, w.member = input(builtinWorkgroup), input(builtinLocal)
	pass, err := g.passOf(name, s, shares)
	if err != nil {
		return err
	}
	for i := range shares {
		w.share(&shares[i], &pass)
	}
	if w.err != nil {
		return w.err
	}
	entry := w.finish()
	g.entry(name, entry, pass.Local, append([]id{g.builtin(builtinWorkgroup), g.builtin(builtinLocal)}, w.inputs...)...)
	g.controls(entry)
	g.mod.Passes = append(g.mod.Passes, pass)
	return nil
}

// passOf says how many invocations and workgroups a stage has.
func (g *generator) passOf(name string, s *stage, shares []share) (Pass, error) {
	most, work := 0, 0 // units, and of these what is work for an invocation
	for i := range shares {
		most, work = max(most, shares[i].units), max(work, shares[i].units/shares[i].packet)
	}
	pass := Pass{Entry: name, Local: [3]uint32{uint32(s.team), 1, 1}, Groups: [3]uint32{uint32(min(most, g.c.MaxGroups)), 1, 1}}
	switch {
	case shares[0].block != nil:
		pass.Local[0] = uint32(shares[0].block.invocations())
	case s.team == 1:
		pass.Local[0], pass.Groups[0] = g.grid(s, most, work)
		return pass, g.endure(s, most, &pass)
	}
	return pass, nil
}

// share writes what an invocation does of a section.
func (w *writer) share(c *share, pass *Pass) {
	switch {
	case w.s.scan != nil:
		w.scanned(c.section, &c.tile, pass)
	case c.block != nil:
		w.groups(c.units, pass, func(n id) { w.blocked(c.section, &c.tile, c.block, n) })
	case c.packet > 1:
		w.packed(c.section, &c.tile, c.packet, c.aligned, pass)
	default:
		w.aligned(w.s, c.section, &c.tile, func() {
			w.units(c.units, pass, func(n id) { w.rows(c.section, &c.tile, n) })
		})
	}
}

// grid is how many invocations and workgroups are given n units, which are so much work for them.
func (g *generator) grid(s *stage, n, work int) (local, groups uint32) {
	size, most := gpuLocal, g.c.MaxGroups
	if g.c.Type == CPU {
		size, most = cpuLanes, min(most, cpuGroups)
	}
	size = min(size, g.c.MaxInvocations)
	return uint32(size), uint32(min(max(min(ceil(work, size), most), g.lasting(s, n, size)), g.c.MaxGroups))
}

// folds says whether a section computes reductions.
func (g *generator) folds(s *stage, c *section) bool { return s.part >= 0 || len(g.within(s, c)) > 0 }

// units calls body with the numbers of the units that an invocation, or a team, is to do, out of n. Invocations side by side do units side
// by side; a workgroup does those of one range.
func (w *writer) units(n int, pass *Pass, body func(unit id)) {
	word := w.uint(32)
	groups, local := int(pass.Groups[0]), int(pass.Local[0])
	if w.s.team > 1 {
		w.groups(n, pass, body)
		return
	}
	each := (n + groups*local - 1) / (groups * local)
	first := w.pure(opIMul, word, w.group, w.number(uint32(each*local)))
	mine := w.pure(opIAdd, word, first, w.member)
	if each == 1 {
		if n == groups*local {
			body(mine)
			return
		}
		w.when(w.pure(opULessThan, w.boolean(), mine, w.number(uint32(n))), func() { body(w.same(word, mine)) })
		return
	}
	end := w.pure(opIAdd, word, first, w.number(uint32(each*local)))
	end = w.least(end, w.number(uint32(n)))
	w.loop(mine, end, w.number(uint32(local)), nil, nil, func(i id, _ []id) []id { body(i); return nil })
}

// span is units for numbers from..end that are known when it runs, of n at most.
func (w *writer) span(from, end id, n int, pass *Pass, body func(unit id)) {
	word := w.uint(32)
	groups, local := int(pass.Groups[0]), int(pass.Local[0])
	each := ceil(n, groups*local) * local
	first := w.pure(opIMul, word, w.group, w.number(uint32(each)))
	last := w.least(w.pure(opIAdd, word, first, w.number(uint32(each))), end)
	first = w.pure(opIAdd, word, w.choose(word, w.pure(opULessThan, w.boolean(), first, from), from, first), w.member)
	w.loop(first, last, w.number(uint32(local)), nil, nil, func(i id, _ []id) []id { body(i); return nil })
}

// groups calls body with the numbers of the units that a workgroup is to do together.
func (w *writer) groups(n int, pass *Pass, body func(unit id)) {
	if int(pass.Groups[0]) == n {
		body(w.group)
		return
	}
	w.loop(w.group, w.number(uint32(n)), w.number(pass.Groups[0]), nil, nil, func(i id, _ []id) []id { body(i); return nil })
}

// least is the lesser of two words.
func (w *writer) least(x, y id) id {
	return w.choose(w.uint(32), w.pure(opULessThan, w.boolean(), x, y), x, y)
}

// rows does one unit of a section.
func (w *writer) rows(s *section, t *tile, unit id) {
	if w.s.part >= 0 {
		w.piece(s, unit)
		return
	}
	points := w.tiled(t, unit)
	w.prepare(w.roots(s), points.list)
	for i, p := range points.list {
		if points.guard == nil || points.guard[i] == 0 {
			w.finishRow(s, p)
			continue
		}
		w.when(points.guard[i], func() { w.finishRow(s, w.inside(p, nil)) })
	}
}

// roots are the values that a row of the section is for.
func (w *writer) roots(s *section) (list []int) {
	if w.s.keep >= 0 {
		return []int{w.s.keep}
	}
	for _, i := range s.stores {
		list = append(list, w.g.k.Stores[i].Value)
	}
	return list
}

// finishRow writes what a row is for.
func (w *writer) finishRow(s *section, p *point) {
	if r := w.s.keep; r >= 0 {
		slot := w.g.resident[r]
		x := w.value(r, p)
		w.alone(func() {
			w.store(slot.dtype, w.elementOf(slot.buffer, slot.dtype, w.place(p, slot.flat, 0)), x)
		})
		return
	}
	var done codegen.AxisSet
	for k, i := range s.stores {
		rest := w.g.trim(w.g.k.Stores[i].Axes()).Minus(codegen.AxesOf(s.outer...))
		if k > 0 && rest.Equal(done) {
			continue
		}
		done = rest
		list := []int{i}
		for _, other := range s.stores[k+1:] {
			if !w.g.trim(w.g.k.Stores[other].Axes()).Minus(codegen.AxesOf(s.outer...)).Equal(rest) {
				break
			}
			list = append(list, other)
		}
		w.along(w.g.alongs(s, i), list, p)
	}
}

// alongs are the digits that a store goes along within a row of its section.
func (g *generator) alongs(s *section, store int) []digit {
	rest := g.trim(g.k.Stores[store].Axes()).Minus(codegen.AxesOf(s.outer...))
	return g.digits(g.ordered(rest, g.placeOf(store)))
}

// along does stores at all points of digits: alone in nested loops, in a team each its own.
func (w *writer) along(digits []digit, stores []int, p *point) {
	switch {
	case len(digits) == 0:
		for _, i := range stores { // what a whole team computes is computed before one of it stores
			w.value(w.g.k.Stores[i].Value, p)
		}
		w.alone(func() { w.storeAll(stores, p) })
	case w.s.team > 1 && len(digits) == 1 && w.storesAlong(stores, &digits[0]):
		n := uint32(w.pack)
		w.loop(w.pure(opIMul, w.uint(32), w.member, w.number(n)), w.number(uint32(digits[0].extent)), w.number(n*uint32(w.s.team)), nil, nil, func(i id, _ []id) []id {
			w.storePacket(stores, w.packetOf(digits[0], i, p))
			return nil
		})
	case w.s.team > 1:
		n := total(digits)
		w.loop(w.member, w.number(uint32(n)), w.number(uint32(w.s.team)), nil, nil, func(i id, _ []id) []id {
			w.storeAll(stores, w.inside(p, w.spread(digits, i)))
			return nil
		})
	case len(digits) == 1 && w.storesAlong(stores, &digits[0]):
		d := digits[0]
		whole := d.extent / w.pack * w.pack
		w.loop(w.number(0), w.number(uint32(whole)), w.number(uint32(w.pack)), nil, nil, func(i id, _ []id) []id {
			w.storePacket(stores, w.packetOf(d, i, p))
			return nil
		})
		if whole < d.extent {
			w.one(d, whole, stores, p)
		}
	default:
		w.loop(w.number(0), w.number(uint32(digits[0].extent)), w.number(1), nil, nil, func(i id, _ []id) []id {
			d := digits[0]
			d.at = i
			q := w.inside(p, []digit{d})
			w.along(digits[1:], stores, q)
			return nil
		})
	}
}

// packetOf are the points of a packet of digit d from number first on.
func (w *writer) packetOf(d digit, first id, p *point) []*point {
	points := make([]*point, w.pack)
	for k, d := range w.consecutive(d, first, w.pack) {
		points[k] = w.inside(p, []digit{d})
	}
	return points
}

// one does stores at the points of a digit from number from on, one by one.
func (w *writer) one(d digit, from int, stores []int, p *point) {
	w.loop(w.number(uint32(from)), w.number(uint32(d.extent)), w.number(1), nil, nil, func(i id, _ []id) []id {
		d.at = i
		w.along(nil, stores, w.inside(p, []digit{d}))
		return nil
	})
}

// alone calls body for one invocation of a team.
func (w *writer) alone(body func()) {
	if w.s.team == 1 {
		body()
		return
	}
	w.when(w.pure(opIEqual, w.boolean(), w.member, w.number(0)), body)
}

func (w *writer) storeAll(stores []int, p *point) {
	values := make([]int, len(stores))
	for k, i := range stores {
		values[k] = w.g.k.Stores[i].Value
	}
	w.prepare(values, []*point{p})
	for k, i := range stores {
		s := &w.g.k.Stores[i]
		x := w.value(values[k], p)
		q := &w.g.k.Params[s.Param]
		w.store(q.DType, w.element(s.Param, w.place(p, q.Flat(s.At), w.base(s.Param))), x)
	}
}
