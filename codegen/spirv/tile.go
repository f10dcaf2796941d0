package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

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
