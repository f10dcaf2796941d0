package spirv

import (
	"math"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// pieces is how a long reduction is cut: points lie in chunks, one for each group. Each of a group's lanes has a part of the chunk and leaves a
// partial result, or lane l of a team takes each lanes-th point from its own and the team leaves one.
type pieces struct {
	groups, lanes, chunk int
	each                 bool // each lane has a partial result
	across               bool // invocations side by side have rows side by side, not pieces
	slots                []*slot
}

func (p *pieces) count() int {
	if p.each {
		return p.groups * p.lanes
	}
	return p.groups
}

// long says whether reduction r, of the axes on, has too few rows to keep a device busy, and rows that are worth cutting.
func (g *generator) long(r int, on codegen.AxisSet) bool {
	rows, points := g.count(on), g.points(g.k.Body[r].Over)
	if g.c.Type == CPU {
		return rows < fewRows && points >= longFold || points > mostRounds/2
	}
	return rows < fewRows && points >= longTeamFold || g.splitTerms(r) > 1 || g.splitColumns(r, g.ordered(on, g.alongRows(r))) > 1
}

// split cuts reduction r, and puts the stage of its pieces before what follows.
func (g *generator) split(r int) {
	on := g.trim(g.on[r])
	outer := g.ordered(on, g.alongRows(r))
	p := g.piecesOf(r, outer)
	for _, d := range folderOf(g.k, r).dtypes() {
		p.slots = append(p.slots, g.slotOf(d, outer, p))
	}
	team := 1
	if !p.each {
		team = p.lanes
	}
	g.cut[r] = p
	g.stages = append(g.stages, &stage{sections: []section{{outer: outer}}, part: r, keep: -1, team: team})
}

// piecesOf says how reduction r is cut, whose rows go along the axes outer.
func (g *generator) piecesOf(r int, outer []int) *pieces {
	rows, points := max(g.points(outer), 1), g.points(g.k.Body[r].Over)
	if g.c.Type == CPU {
		p := &pieces{lanes: cpuLanes, each: true}
		p.groups = max(between(points/(cpuLanes*128), 1, max(1, 2*fewRows/rows)), ceil(points, cpuLanes*mostRounds/2))
		p.chunk = ceil(points, p.groups*p.lanes*packetBytes) * p.lanes * packetBytes // whole packets for each
		return p
	}
	if n := g.splitTerms(r); n > 1 {
		p := &pieces{lanes: 1, groups: n, each: true, across: true}
		p.chunk = ceil(points, n*slab) * slab
		return p
	}
	if n := g.splitColumns(r, outer); n > 1 {
		return &pieces{lanes: 1, groups: n, each: true, across: true, chunk: ceil(points, n)}
	}
	p := &pieces{lanes: g.teamOf(ceil(points, gpuPacket))}
	p.groups = between(points/(p.lanes*32), 2, max(2, 1024/rows))
	p.chunk = ceil(points, p.groups*p.lanes*gpuPacket) * p.lanes * gpuPacket
	return p
}

// splitTerms is in how many pieces a contraction's terms are cut on a GPU, 1 if they are not: where there are few results, so that there is
// work for more workgroups. It depends on the kernel alone, so that the order of sums does.
func (g *generator) splitTerms(r int) int {
	if g.c.Type == CPU || !g.matrices(r) {
		return 1
	}
	return between(manyResults/max(g.count(g.trim(g.on[r])), 1), 1, max(1, g.points(g.k.Body[r].Over)/fewTerms))
}

// splitColumns is in how many pieces a GPU cuts the points of rows that lie side by side, of which there are too few to keep it busy.
func (g *generator) splitColumns(r int, outer []int) int {
	rows := g.points(outer)
	if g.c.Type == CPU || g.matrices(r) || !g.across(r, outer) || rows < fewColumns {
		return 1
	}
	return between(busyColumns/rows, 1, max(1, min(mostPieces, g.points(g.k.Body[r].Over)/columnPiece)))
}

// slotOf reserves scratch memory for what the pieces of each row give. Invocations side by side write side by side.
func (g *generator) slotOf(d tensor.DType, rows []int, p *pieces) *slot {
	s := g.slot(d, rows)
	s.step = 1
	if p.across {
		s.step = s.count
	} else {
		s.flat = s.flat.Scale(p.count())
	}
	s.count *= p.count()
	return s
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

// joined folds the partial results of the first so many pieces.
func (w *writer) joined(o folder, c *pieces, points []*point, to id) [][]id {
	from, step := w.number(0), 1
	if w.s.team > 1 && points[0].team {
		from, step = w.member, w.s.team
	}
	short := 0
	if c.count() > chunk*step {
		short = chunk
	}
	list := []folder{o}
	carried := w.begin(list, points, w.number(math.MaxUint32), false)
	made := w.emptied(list, points, from, to, uint32(step), short, carried, func(i id, carried []id) (made []id) {
		for k, state := range split(list, points, carried) {
			var next []id
			for _, s := range c.slots {
				next = append(next, w.load(s.dtype, w.elementOf(s.buffer, s.dtype, w.placeOfPiece(s, points[k], i))))
			}
			made = append(made, o.join(w.function, state, next, false)...)
		}
		return made
	})
	return split(list, points, made)
}
