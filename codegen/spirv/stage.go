package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// Invocations of a workgroup where there is no team, and how many workgroups a CPU device is given: some for each of its cores.
const (
	gpuLocal  = 128
	cpuGroups = 256
)

// write writes a stage as an entry point, unless it has nothing to do.
func (g *generator) write(name string, s *stage) error {
	w := &writer{g: g, s: s, function: newFunction(g.assembler, g.c), shared: map[string]id{}}
	word := w.uint(32)
	three := g.typ(opTypeVector, uint32(word), 3)
	input := func(b uint32) id {
		return w.extracted(word, w.pure(opLoad, three, g.builtin(b)), 0)
	}
	w.group, w.member = input(builtinWorkgroup), input(builtinLocal)
	tiles := make([]tile, len(s.sections))
	units, most := make([]int, len(s.sections)), 0
	for i := range s.sections {
		tiles[i] = g.tileOf(s, &s.sections[i])
		units[i] = tiles[i].units
		most = max(most, units[i])
	}
	if most == 0 {
		return nil
	}
	var b *block
	if len(s.sections) == 1 {
		if b = g.blockOf(s, &s.sections[0], &tiles[0]); b != nil {
			units[0] = total(b.counted(tiles[0].digits)) * b.pieces()
			most = units[0]
		}
	}
	packets, packed := make([]int, len(s.sections)), make([][]int, len(s.sections))
	work := 0 // of invocations, if packets are
	for i := range s.sections {
		packets[i], packed[i] = g.packets(s, &s.sections[i], tiles[i].digits)
		work = max(work, units[i]/packets[i])
	}
	pass := Pass{Entry: name, Local: [3]uint32{uint32(s.team), 1, 1}, Groups: [3]uint32{uint32(min(most, g.c.MaxGroups)), 1, 1}}
	switch {
	case b != nil:
		pass.Local[0] = uint32(b.invocations())
	case s.team == 1:
		pass.Local[0], pass.Groups[0] = g.grid(s, most, work)
		if err := g.endure(s, most, &pass); err != nil {
			return err
		}
	}
	for i := range s.sections {
		if units[i] == 0 {
			continue
		}
		if s.scan != nil {
			w.scanned(&s.sections[i], &tiles[i], &pass)
			continue
		}
		if b != nil {
			w.groups(units[i], &pass, func(n id) { w.blocked(&s.sections[i], &tiles[i], b, n) })
			continue
		}
		if packets[i] > 1 {
			w.packed(&s.sections[i], &tiles[i], packets[i], packed[i], &pass)
			continue
		}
		w.aligned(s, &s.sections[i], &tiles[i], func() {
			w.units(units[i], &pass, func(n id) { w.rows(&s.sections[i], &tiles[i], n) })
		})
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

// pieceOf is a unit's row, of so many, and the piece of it.
func (w *writer) pieceOf(c *pieces, rows int, unit id) (row, part id) {
	word := w.uint(32)
	if c.across {
		n := w.number(uint32(rows))
		return w.pure(opUMod, word, unit, n), w.pure(opUDiv, word, unit, n)
	}
	n := w.number(uint32(c.count()))
	return w.pure(opUDiv, word, unit, n), w.pure(opUMod, word, unit, n)
}

// piece folds one piece of a row.
func (w *writer) piece(s *section, unit id) {
	r := w.s.part
	c := w.g.cut[r]
	o := folderOf(w.g.k, r)
	word := w.uint(32)
	rows := w.g.digits(s.outer)
	row, part := w.pieceOf(c, total(rows), unit)
	p := w.inside(nil, w.spread(rows, row))
	group, lane := part, w.member
	if c.each {
		lanes := w.number(uint32(c.lanes))
		group, lane = w.pure(opUDiv, word, part, lanes), w.pure(opUMod, word, part, lanes)
	}
	digits := w.g.digits(w.g.foldOrder(r))
	first := w.pure(opIMul, word, group, w.number(uint32(c.chunk)))
	var state []id
	if c.each {
		mine := w.number(uint32(c.chunk / c.lanes))
		first = w.pure(opIAdd, word, first, w.pure(opIMul, word, lane, mine))
		end := w.least(w.pure(opIAdd, word, first, mine), w.number(uint32(total(digits))))
		state = w.ranged([]folder{o}, []*point{p}, digits, first, end, 1, c.chunk/c.lanes)[0]
	} else {
		end := w.least(w.pure(opIAdd, word, first, w.number(uint32(c.chunk))), w.number(uint32(total(digits))))
		state = w.gathered(o, w.teamed([]folder{o}, []*point{p}, digits, first, end, ceil(c.chunk, c.lanes))[0])
	}
	w.alone(func() {
		for i, slot := range c.slots {
			w.store(slot.dtype, w.elementOf(slot.buffer, slot.dtype, w.placeOfPiece(slot, p, part)), state[i])
		}
	})
}

// placeOfPiece is where a slot has piece number part of a row.
func (w *writer) placeOfPiece(s *slot, p *point, part id) id {
	if s.step != 1 {
		part = w.pure(opIMul, w.uint(32), part, w.number(uint32(s.step)))
	}
	return w.place(p, s.flat, part)
}

// tile is how rows are taken together by one invocation: so many of each of two digits.
type tile struct {
	digits []digit
	m, n   int // which digits; -1: rows are taken one by one
	tm, tn int
	units  int
}

// The rows of a tile.
const tileSide = 4

// tileOf looks for two digits of rows such that something that a long reduction reads does not move along the one, and something else not along
// the other: what is read once then serves several rows.
func (g *generator) tileOf(s *stage, c *section) tile {
	t := tile{digits: g.digits(c.outer), m: -1, n: -1}
	t.units = total(t.digits)
	switch {
	case s.part >= 0:
		t.units *= g.cut[s.part].count()
		return t
	case s.scan != nil && s.scan.cut != nil:
		t.units *= s.scan.cut.count()
		return t
	}
	if s.team > 1 || s.scan != nil {
		return t
	}
	var loads []int
	for _, r := range g.rowReductions(s, c) {
		if g.points(g.k.Body[r].Over) < 8 {
			return t
		}
		loads = append(loads, g.loads(r)...)
	}
	if t.m, t.n = g.pairOf(t.digits, loads); t.m >= 0 {
		t.tm, t.tn = min(tileSide, t.digits[t.m].extent), min(tileSide, t.digits[t.n].extent)
		t.units = total(t.counted())
	}
	return t
}

// pairOf finds two digits such that some load moves along each and not along the other, the innermost there are; -1 if there are none.
func (g *generator) pairOf(digits []digit, loads []int) (m, n int) {
	for n := len(digits) - 1; n > 0; n-- {
		for m := n - 1; m >= 0; m-- {
			if g.shares(loads, digits[m], digits[n]) && g.shares(loads, digits[n], digits[m]) {
				return m, n
			}
		}
	}
	return -1, -1
}

// rowReductions are those that are computed for rows of a section, each of which goes along all of its axes.
func (g *generator) rowReductions(s *stage, c *section) (list []int) {
	var values []int
	if s.keep >= 0 {
		values = []int{s.keep}
	}
	for _, i := range c.stores {
		if !g.trim(g.k.Stores[i].Axes()).Equal(codegen.AxesOf(c.outer...)) {
			return nil
		}
		values = append(values, g.k.Stores[i].Value)
	}
	for _, v := range values {
		for _, r := range g.k.ReducesBeneath(v) {
			if g.cut[r] == nil && (g.resident[r] == nil || r == s.keep) && g.trim(g.on[r]).Equal(codegen.AxesOf(c.outer...)) {
				list = append(list, r)
			}
		}
	}
	return list
}

// shares says whether some load moves along digit a and not along b.
func (g *generator) shares(loads []int, a, b digit) bool {
	return slices.ContainsFunc(loads, func(l int) bool {
		on := g.on[l]
		return on.Meets(codegen.AxesOf(a.axes...)) && !on.Meets(codegen.AxesOf(b.axes...))
	})
}

// counted are the digits with tiles in the place of rows.
func (t *tile) counted() []digit {
	list := slices.Clone(t.digits)
	if t.m >= 0 {
		list[t.m].extent = (list[t.m].extent + t.tm - 1) / t.tm
		list[t.n].extent = (list[t.n].extent + t.tn - 1) / t.tn
	}
	return list
}

// rowsOf are the points of the rows of a tile, and, where the last tile is not full, the condition that a row is there.
type rowsOf struct {
	list  []*point
	guard []id
}

// tiled makes the points of unit. Row i of a tile is as many rows from row 0 as there are tiles, so that tiles side by side read and
// write side by side; what is beyond the last row is the last row again.
func (w *writer) tiled(t *tile, unit id) rowsOf {
	digits := w.spread(t.counted(), unit)
	if t.m < 0 {
		p := w.inside(nil, digits)
		p.team = true
		return rowsOf{list: []*point{p}}
	}
	var rest []digit
	for i, d := range digits {
		if i != t.m && i != t.n {
			rest = append(rest, d)
		}
	}
	base := w.inside(nil, rest)
	var made rowsOf
	ms, mok := w.members(t.digits[t.m], digits[t.m], t.tm)
	ns, nok := w.members(t.digits[t.n], digits[t.n], t.tn)
	for i, m := range ms {
		for k, n := range ns {
			made.list = append(made.list, w.inside(base, []digit{m, n}))
			guard := mok[i]
			switch {
			case guard == 0:
				guard = nok[k]
			case nok[k] != 0:
				guard = w.both(guard, nok[k])
			}
			made.guard = append(made.guard, guard)
		}
	}
	return made
}

// members are the rows of a tile along a digit (those of a packet where there are packets), and for those that may be beyond the last one the condition that they are not.
func (w *writer) members(whole, tiles digit, n int) (list []digit, there []id) {
	word := w.uint(32)
	last := w.bits(tensor.Uint32, uint64(whole.extent-1))
	if w.pack == n && whole.extent%n == 0 {
		return w.consecutive(whole, w.pure(opIMul, word, tiles.at, w.number(uint32(n))), n), make([]id, n)
	}
	for i := range n {
		d := whole
		d.at = w.pure(opIAdd, word, tiles.at, w.number(uint32(i*tiles.extent)))
		ok := id(0)
		if (i+1)*tiles.extent > whole.extent {
			ok = w.pure(opULessThanEqual, w.boolean(), d.at, last)
			d.at = w.least(d.at, last)
		}
		list, there = append(list, d), append(there, ok)
	}
	return list, there
}
