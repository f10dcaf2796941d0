package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// scanned writes a stage's rows.
func (w *writer) scanned(c *section, t *tile, pass *Pass) {
	if n, params := w.g.packedRows(c, t, w.s); n > 1 {
		w.scannedSideBySide(c, t, n, params, pass)
		return
	}
	each := func() { w.units(t.units, pass, func(unit id) { w.scanRow(c, t, unit) }) }
	n, params := w.g.packedAlong(c, w.s)
	if n == 1 {
		each()
		return
	}
	w.either(w.begins(params, n), func() { w.pack = n; each() }, func() { w.pack = 0; each() })
}

// packedRows says how many rows of a section one invocation of a CPU device scans side by side, and which params it reads and writes so.
func (g *generator) packedRows(c *section, t *tile, s *stage) (n int, params []int) {
	last := len(t.digits) - 1
	if g.c.Type != CPU || last < 0 || g.few(t.units*s.scan.points) || t.digits[last].extent%foldPacket != 0 {
		return 1, nil
	}
	params = g.runsAlong(c, &t.digits[last], foldPacket)
	if len(params) == 0 || t.digits[last].extent < packetRounds*foldPacket {
		return 1, nil
	}
	return foldPacket, params
}

// packedAlong says in how large packets rows are gone along, and which params they are read and written so.
func (g *generator) packedAlong(c *section, s *stage) (n int, params []int) {
	d := &g.digits([]int{s.scan.axis})[0]
	if d.extent%foldPacket != 0 || g.few(g.count(codegen.AxesOf(c.outer...))*d.extent) || s.team == 1 && g.c.Type != CPU {
		return 1, nil
	}
	params = g.runsAlong(c, d, foldPacket)
	if len(params) == 0 {
		return 1, nil
	}
	return foldPacket, params
}

// runsAlong lists the params that a section reads or writes side by side along a digit.
func (g *generator) runsAlong(c *section, d *digit, n int) (params []int) {
	add := func(param int, place codegen.Affine) {
		if g.runs(param, place, d, n) && !slices.Contains(params, param) {
			params = append(params, param)
		}
	}
	for i := range g.k.Body {
		if v := &g.k.Body[i]; g.live[i] && v.Kind == codegen.Load {
			add(v.Param, g.flatOf(i))
		}
	}
	for _, i := range c.stores {
		add(g.k.Stores[i].Param, g.placeOf(i))
	}
	return params
}

// scannedSideBySide scans n rows at a time, and one by one where memory does not begin as packets need it.
func (w *writer) scannedSideBySide(c *section, t *tile, n int, params []int, pass *Pass) {
	word := w.uint(32)
	begins := w.begins(params, n)
	w.span(w.number(0), w.choose(word, begins, w.number(uint32(t.units/n)), w.number(0)), t.units/n, pass, func(unit id) {
		counted := slices.Clone(t.digits)
		last := len(counted) - 1
		counted[last].extent /= n
		part := id(0)
		if p := w.s.scan.cut; p != nil {
			unit, part = w.pieceOf(p, total(counted), unit)
		}
		digits := w.spread(counted, unit)
		base := w.inside(nil, digits[:last])
		points := make([]*point, n)
		for i, d := range w.consecutive(t.digits[last], w.pure(opIMul, word, digits[last].at, w.number(uint32(n))), n) {
			points[i] = w.inside(base, []digit{d})
		}
		w.scanRows(c, points, part)
	})
	w.span(w.choose(word, begins, w.number(uint32(t.units)), w.number(0)), w.number(uint32(t.units)), t.units, pass, func(unit id) {
		w.scanRow(c, t, unit)
	})
}

// scanRow scans one row, or one piece of a row.
func (w *writer) scanRow(c *section, t *tile, unit id) {
	part := id(0)
	if p := w.s.scan.cut; p != nil {
		unit, part = w.pieceOf(p, total(t.digits), unit)
	}
	p := w.inside(nil, w.spread(t.digits, unit))
	p.team = true
	w.scanRows(c, []*point{p}, part)
}

// scanRows scans rows side by side: all of them, or piece number part of one.
func (w *writer) scanRows(c *section, points []*point, part id) {
	s := w.s.scan
	word := w.uint(32)
	roots := w.roots(c)
	for _, i := range s.list {
		roots = append(roots, w.g.k.Body[i].Args[0])
	}
	w.prepare(roots, points)
	d := w.g.digits([]int{s.axis})[0]
	from, to := w.number(0), w.number(uint32(d.extent))
	n := len(s.list)
	carried, types := make([]id, n*len(points)), make([]id, n*len(points))
	for k, i := range s.list {
		o := folderOf(w.g.k, i)
		for j, first := range w.beginnings(o, points, part) {
			carried[j*n+k], types[j*n+k] = first, w.typeOf(o.d)
		}
	}
	if s.cut != nil {
		from = w.pure(opIMul, word, part, w.number(uint32(s.points)))
		to = w.least(w.pure(opIAdd, word, from, w.number(uint32(s.points))), to)
	}
	switch {
	case w.s.team > 1:
		step := uint32(w.s.team * scanEach)
		w.loop(from, to, w.number(step), types, carried, func(k id, carried []id) []id { return w.scanTurn(c, points[0], d, k, to, carried) })
	case w.pack > 0: // pieces are whole packets
		w.loop(from, to, w.number(uint32(w.pack)), types, carried, func(k id, carried []id) []id {
			return w.scanPoints(c, points, w.consecutive(d, k, w.pack), carried)
		})
	default:
		w.loop(from, to, w.number(1), types, carried, func(k id, carried []id) []id {
			d.at = k
			return w.scanPoints(c, points, []digit{d}, carried)
		})
	}
}

// scanPoints scans rows along some points, which follow one another, and then does what is to be stored there: all of them are one packet, of a row
// or of rows side by side.
func (w *writer) scanPoints(c *section, points []*point, along []digit, carried []id) []id {
	var at []*point
	for _, d := range along {
		var next []id
		for i, p := range points {
			q := w.inside(p, []digit{d})
			at = append(at, q)
			for k, r := range w.s.scan.list {
				o := folderOf(w.g.k, r)
				x := o.combine(w.function, carried[i*len(w.s.scan.list)+k], w.value(o.arg, q))
				q.memo[r] = x
				next = append(next, x)
			}
		}
		carried = next
	}
	w.storeScanned(c, at)
	return carried
}

// storeScanned does what a scan is for, at points of a packet or at one.
func (w *writer) storeScanned(c *section, points []*point) {
	if r := w.s.keep; r >= 0 {
		slot := w.g.resident[r]
		for _, p := range points {
			w.store(slot.dtype, w.elementOf(slot.buffer, slot.dtype, w.place(p, slot.flat, 0)), p.memo[r])
		}
		return
	}
	w.storePacket(c.stores, points)
}

// beginnings are what the scan of rows begins with: of pieces number part the fold of those before it.
func (w *writer) beginnings(o folder, points []*point, part id) (list []id) {
	if w.s.scan.cut == nil {
		return slices.Repeat([]id{o.initial(w.function, 0, false)[0]}, len(points))
	}
	for _, state := range w.joined(o, w.g.cut[o.r], points, part) {
		if w.s.team > 1 {
			state = w.gathered(o, state)
		}
		list = append(list, state[0])
	}
	return list
}

// scanTurn scans as many points as a team takes at once, from number k on: each member folds its own, and begins them with what the members before
// it give. Points from number to on fold as nothing and are not stored.
func (w *writer) scanTurn(c *section, p *point, d digit, k, to id, carried []id) (next []id) {
	word := w.uint(32)
	first := w.pure(opIAdd, word, k, w.pure(opIMul, word, w.rank(), w.number(scanEach)))
	there := make([]id, scanEach)
	digits := make([]digit, scanEach)
	last := uint32(d.extent - 1)
	if w.pack > 0 {
		first = w.least(first, w.number(uint32(d.extent))) // no packet is half inside
		from := w.least(first, w.number(uint32(d.extent-scanEach)))
		digits = w.consecutive(d, from, scanEach)
	}
	for i := range there {
		at := w.pure(opIAdd, word, first, w.number(uint32(i)))
		there[i] = w.pure(opULessThan, w.boolean(), at, to)
		if w.pack == 0 {
			digits[i] = d
			digits[i].at = w.least(at, w.number(last))
		}
	}
	at := make([]*point, scanEach)
	for i, d := range digits {
		at[i] = w.inside(p, []digit{d})
	}
	for n, r := range w.s.scan.list {
		o := folderOf(w.g.k, r)
		t := w.typeOf(o.d)
		nothing := o.initial(w.function, 0, false)[0]
		sums := make([]id, scanEach)
		sum := nothing
		for i, q := range at {
			sum = o.combine(w.function, sum, w.choose(t, there[i], w.value(o.arg, q), nothing))
			sums[i] = sum
		}
		before, all := w.teamScan(o, sum)
		before = o.combine(w.function, carried[n], before)
		for i, q := range at {
			q.memo[r] = o.combine(w.function, before, sums[i])
		}
		next = append(next, o.combine(w.function, carried[n], all))
	}
	w.storeThere(c, at, there)
	return next
}

// storeThere stores at those points of a team's member that there are: in packets all or none.
func (w *writer) storeThere(c *section, at []*point, there []id) {
	if w.pack > 0 {
		w.when(there[0], func() { w.storeScanned(c, at) })
		return
	}
	for i, q := range at {
		w.when(there[i], func() { w.storeScanned(c, []*point{q}) })
	}
}
