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

// unkeptOf are those of all stores of a section.
func (g *generator) unkeptOf(c *section) (list []int) {
	for _, store := range c.stores {
		for _, r := range g.unkept(g.k.Stores[store].Value) {
			if !slices.Contains(list, r) {
				list = append(list, r)
			}
		}
	}
	return list
}

// scansBeneath lists the scans that value v is computed from without another reduction or scan between.
func (g *generator) scansBeneath(v int) (list []int) {
	g.k.Beneath(v, func(i int) bool {
		switch {
		case g.k.Body[i].Kind == codegen.Reduce:
			return false
		case g.staged(i):
			list = append(list, i)
			return false
		}
		return true
	})
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
