package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A map with a transposed operand goes in tiles: as many points of the axis across, along which the operand lies side by side, as a vector
// has lanes. The operand is read by vectors along the axis across, and turned in registers:
//
//	rows     x[v+0, a ... a+7]            columns  x[v ... v+7, a+0]
//	         x[v+1, a ... a+7]     ->              x[v ... v+7, a+1]
//	         ...                                   ...
//
// The points of the axis across are then the blocks of the turn.

// tileWork is the operations from which a body is not written out for every point of a tile.
const tileWork = 24

// tiles says whether the nest goes in tiles.
func (n *nest) tiles() bool {
	work := 0
	for i := range n.k.Body {
		if n.k.Body[i].Kind == codegen.Map {
			work++
		}
	}
	return n.u.across >= 0 && n.full > 1 && work <= tileWork
}

// blockAxis is the axis along which the blocks of a turn lie.
func (n *nest) blockAxis() int {
	switch {
	case n.tiled:
		return n.u.across
	case n.rowwise:
		return n.u.beside
	}
	return n.vector
}

// turned says whether a stream is one that tiles turn.
func (n *nest) turned(s int) bool {
	st := &n.u.streams[s]
	return n.tiled && st.class(n.vector) == strided && st.class(n.u.across) == adjacent
}

// tileLoops writes the loops over the axis across and the vector axis: tiles, then what is left of the vector axis, one point at a time,
// then what is left of the axis across.
func (n *nest) tileLoops(targets []target) {
	across := n.u.across
	n.unroll = 1
	n.hoist(targets)
	left := n.wholeCount(across)
	moving := n.enter(targets, across)
	n.turnsOf(left, n.full, func() {
		n.tileRow(targets)
		n.advance(moving, n.full)
	})
	n.turns(left, func() {
		n.inside(func() { n.core(targets, n.wholeCount(n.vector)) }, across)
		n.advance(moving, 1)
	})
	n.close()
}

// turnsOf runs body while count has points left for it, and takes these from count.
func (n *nest) turnsOf(count asm.Reg, points int, body func()) {
	top, end := n.Label("tiles"), n.Label("over")
	n.Bind(top)
	n.Ins("CMPQ", count, asm.Imm(points))
	n.J("LT", end)
	n.open()
	body()
	n.close()
	n.Ins("SUBQ", asm.Imm(points), count)
	n.Jmp(top)
	n.Bind(end)
}

// tileRow writes the tiles of so many points of the axis across.
func (n *nest) tileRow(targets []target) {
	count := n.wholeCount(n.vector)
	moving := n.enter(targets, n.vector)
	tiles := func() {
		n.turnsOf(count, n.full, func() {
			n.tile(targets)
			n.advance(moving, n.full)
		})
	}
	n.pastCaches(targets, n.u.across, tiles)
	tiles()
	end := n.Label("whole")
	n.Ins("TESTQ", count, count)
	n.J("LE", end)
	rows := n.enter(targets, n.u.across)
	times := n.GP()
	n.Ins("MOVQ", asm.Imm(n.full), times)
	n.turns(times, func() {
		n.n = 1
		rest := n.copy(count)
		points := n.enter(targets, n.vector)
		n.turns(rest, func() {
			n.inside(func() { n.putAll(targets) }, n.u.across, n.vector)
			n.advance(points, 1)
		})
		n.close()
		n.n = n.full
		n.advance(rows, 1)
	})
	n.close()
	n.Bind(end)
	n.close()
}

// tile writes one tile.
func (n *nest) tile(targets []target) {
	side := n.side
	n.tiled, n.side = true, n.full
	n.inside(func() { n.putAll(targets) }, n.u.across, n.vector)
	n.tiled, n.side = false, side
}

// turn is a part of a tile of a stream: as many columns as 16 bytes of a row hold.
type turn struct{ stream, part int }

// column is the lanes of stream s, which tiles turn, in a block.
func (n *nest) column(s, block int) asm.Reg {
	d := n.u.streams[s].dtype
	if d == tensor.Bool {
		d = tensor.Uint8
	}
	each := 16 / n.laneBytes(d)
	key := turn{s, block / each}
	for c := n.scope; c != nil; c = c.parent {
		if list, ok := c.turns[key]; ok {
			return list[block%each]
		}
	}
	list := n.turn(d, n.rowsOf(s, d, key.part))
	if n.u.streams[s].dtype == tensor.Bool {
		for i, r := range list {
			list[i] = n.isTrue(r)
		}
	}
	n.scope.turns[key] = list
	return list[block%each]
}

// rowsOf reads a part of the rows of a tile: register r has, in its 16-byte pieces, those of rows r, r + each, r + 2*each ...
func (n *nest) rowsOf(s int, d tensor.DType, part int) []asm.Reg {
	p, each := n.ptr(s), 16/n.laneBytes(d)
	step := func(rows int) asm.Reg { return n.num(number{kind: stepOf, a: s, b: n.vector, mul: rows}) }
	row := func(r int) asm.Mem {
		m := asm.At(p, part*each*d.Size())
		if r >= 4 {
			m.Base = n.copy(p)
			n.Ins("ADDQ", step(r/4*4), m.Base)
		}
		switch r % 4 {
		case 1, 2:
			m.Index, m.Scale = step(1), uint8(r%4)
		case 3:
			m.Index, m.Scale = step(3), 1
		}
		return m
	}
	var list []asm.Reg
	for r := range each {
		var pieces []asm.Reg
		for ; r < n.full; r += each {
			n.n = each
			pieces = append(pieces, n.load(d, row(r), tail{}))
			n.n = n.full
		}
		list = append(list, n.join(pieces))
	}
	return list
}

// turn transposes the 16-byte pieces of rows of d's lanes: 4x4 or 2x2.
func (n *nest) turn(d tensor.DType, rows []asm.Reg) []asm.Reg {
	pair := func(name string, a, b asm.Reg) asm.Reg { return n.ins3(name, d, b, a) }
	if len(rows) == 4 {
		low, high := pair("VUNPCKLPS", rows[0], rows[1]), pair("VUNPCKLPS", rows[2], rows[3])
		rows = []asm.Reg{low, high, pair("VUNPCKHPS", rows[0], rows[1]), pair("VUNPCKHPS", rows[2], rows[3])}
	}
	var columns []asm.Reg
	for two := range slices.Chunk(rows, 2) {
		columns = append(columns, pair("VUNPCKLPD", two[0], two[1]), pair("VUNPCKHPD", two[0], two[1]))
	}
	return columns
}
