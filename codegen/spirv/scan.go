package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// A scan is computed row by row, by a stage of its own, which goes along the scanned axis and carries the fold of all points before. What is
// stored at just the scan's points is stored on the way; anything else that uses a scan reads it from scratch memory. An invocation goes
// along its row alone, or a team goes along one together. Rows that are few and long are cut into pieces, as in a reduction: a stage before
// folds each of them, and a piece is scanned from what all before it give.

// scanning is how a stage scans.
type scanning struct {
	list   []int   // scans along one axis, at the same points
	axis   int     // which
	cut    *pieces // of a row; nil: it is not cut
	points int     // that an invocation or a team goes along
}

// Rows that are scanned.
const (
	scanEach      = 4       // points that a member of a team has at a time
	scanPiece     = 512     // points of a piece, about, on CPU devices
	longScan      = 2048    // points of a row that a CPU device cuts, if rows are few
	longTeamScan  = 1 << 14 // that a GPU does, for teams
	teamsOfPieces = 512     // that are wanted of all rows together
)

// staged says whether value i is a scan that takes a stage: one along an axis of one point is what it scans, and where there are no points
// there is nothing to do.
func (g *generator) staged(i int) bool {
	v := &g.k.Body[i]
	return v.Kind == codegen.Scan && g.live[i] && !g.single.Has(v.Over[0]) && g.count(g.on[i]) > 0
}

// settleScans takes from groups the stores that are done where their scans are computed, and marks the scans whose results go to scratch memory
// and the reductions that stages of scans need, whose results do too.
func (g *generator) settleScans(groups []section) (rest, scanned []section) {
	g.kept = make([]bool, len(g.k.Body))
	for i := range g.k.Body {
		if v := &g.k.Body[i]; v.Kind == codegen.Reduce && g.live[i] || g.staged(i) {
			g.keepScans(v.Args[0], nil)
			if v.Kind == codegen.Scan {
				g.keepReductions(v.Args[0])
			}
		}
	}
	for _, c := range groups {
		along := codegen.AxesOf(c.outer...)
		for _, i := range c.stores {
			g.keepScans(g.k.Stores[i].Value, &along)
		}
	}
	for _, c := range groups {
		with, without := section{outer: c.outer}, section{outer: c.outer}
		for _, i := range c.stores {
			v := g.k.Stores[i].Value
			if len(g.unkept(v)) == 0 {
				without.stores = append(without.stores, i)
				continue
			}
			with.stores = append(with.stores, i)
			g.keepReductions(v)
		}
		if len(with.stores) > 0 {
			scanned = append(scanned, with)
		}
		if len(without.stores) > 0 {
			rest = append(rest, without)
		}
	}
	return rest, scanned
}

// keepScans marks the scans beneath value v, those at the points of along excepted.
func (g *generator) keepScans(v int, along *codegen.AxisSet) {
	for _, s := range g.scansBeneath(v) {
		if along == nil || !g.trim(g.on[s]).Equal(*along) {
			g.kept[s] = true
		}
	}
}

func (g *generator) keepReductions(v int) {
	for _, r := range g.k.ReducesBeneath(v) {
		g.kept[r] = true
	}
}

// unkept are the scans beneath v that go to no scratch memory.
func (g *generator) unkept(v int) []int {
	return slices.DeleteFunc(g.scansBeneath(v), func(s int) bool { return g.kept[s] })
}

// scansBeneath lists the scans that value v is computed from without another reduction or scan between.
func (g *generator) scansBeneath(v int) (list []int) {
	under := make([]bool, v+1)
	under[v] = true
	for i := v; i >= 0; i-- {
		switch x := &g.k.Body[i]; {
		case !under[i] || x.Kind == codegen.Reduce:
		case g.staged(i):
			list = append(list, i)
		default:
			for _, a := range x.Args {
				under[a] = true
			}
		}
	}
	return list
}

// scanStages adds the stages of scans along one axis at the same points: for section c, or, where it is nil, for the one scan that goes to scratch
// memory.
func (g *generator) scanStages(list []int, c *section) {
	first := list[0]
	axis := g.k.Body[first].Over[0]
	on := g.trim(g.on[first])
	rows := on.Minus(codegen.AxesOf(axis))
	keep := -1
	if c == nil {
		keep = first
		along := g.alongRows(first)
		g.resident[first] = g.slot(g.k.Body[first].DType, g.ordered(on, along))
		c = &section{outer: g.ordered(rows, along)}
	} else {
		c = &section{outer: g.ordered(rows, g.placeOf(c.stores[0])), stores: c.stores}
	}
	s := &scanning{list: list, axis: axis, points: g.k.Axes[axis].Extent}
	across := g.across(first, c.outer)
	team := 1
	if g.c.Type != CPU && !across && s.points >= 32 {
		team = g.teamOf(ceil(s.points, scanEach))
	}
	if p := g.cutScan(g.count(rows), s.points, team, across); p != nil {
		for _, r := range list {
			mine := *p
			mine.slots = []*slot{g.slotOf(folderOf(g.k, r).d, c.outer, p)}
			g.cut[r] = &mine
			g.stages = append(g.stages, &stage{sections: []section{{outer: c.outer}}, part: r, keep: -1, team: team})
		}
		s.cut, s.points = p, p.chunk/p.lanes
		if !p.each {
			s.points = p.chunk
		}
	}
	g.stages = append(g.stages, &stage{sections: []section{*c}, part: -1, keep: keep, team: team, scan: s})
}

// cutScan says how rows of so many points are cut, nil if they are not.
func (g *generator) cutScan(rows, points, team int, across bool) *pieces {
	rows = max(rows, 1)
	switch {
	case g.c.Type == CPU:
		if points <= mostRounds/2 && (rows >= fewRows || points < longScan) {
			return nil
		}
		p := &pieces{lanes: cpuLanes, each: true, across: across}
		p.groups = max(between(points/(cpuLanes*scanPiece), 1, max(1, 2*fewRows/rows)), ceil(points, cpuLanes*mostRounds/2))
		p.chunk = ceil(points, p.groups*p.lanes*packetBytes) * p.lanes * packetBytes
		return p
	case team == 1:
		p := &pieces{lanes: 1, each: true, across: across}
		if p.groups = between(busyColumns/rows, 1, max(1, min(mostPieces, points/columnPiece))); p.groups <= 1 {
			return nil
		}
		p.chunk = ceil(points, p.groups)
		return p
	case rows >= fewRows || points < longTeamScan:
		return nil
	}
	p := &pieces{lanes: team, groups: between(points/(team*scanEach*4), 2, max(2, teamsOfPieces/rows))}
	p.chunk = ceil(points, p.groups*team*scanEach) * team * scanEach
	return p
}

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
