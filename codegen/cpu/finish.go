package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// How the tiles of a panel of B are finished is found once a panel, as bits.
const (
	firstTerms = 1 << iota // their terms are the first of the sum
	lastTerms              // and the last: the epilogue follows
	fromRows               // the epilogue is done row by row from registers
	pastCaches             // the rows are stored past the caches (see past.go)
	fromPieces             // the sums are stored piece by piece from registers, halves of pieces and quarters (see edges.go)
)

// findWay finds how c's tiles are finished. bits are those of the rows' distances.
func (t *gettNest) findWay(stores []target, c *corner, bits asm.Reg) {
	c.way = t.copy(t.Arg(varEnds)) // firstTerms and lastTerms
	t.findEnds(c)
	rows, pieces := t.light(stores), t.inPieces(stores)
	if !rows && !pieces {
		return
	}
	found, apart := t.Label("found"), t.Label("apart")
	t.onWay(c, lastTerms, "EQ", found)
	t.Ins("CMPQ", c.width, asm.Imm(t.g.NR))
	t.J("LT", found)
	if rows {
		t.findCrossing(stores, c, apart)
		t.Ins("ORQ", asm.Imm(fromRows), c.way)
		t.findPast(c, bits, found)
		t.Jmp(found)
	}
	t.Bind(apart)
	if pieces {
		t.findPieces(c)
	}
	t.Bind(found)
}

// onWay jumps to l where the bits of c's way are none (EQ) or some (NE).
func (t *gettNest) onWay(c *corner, bits int, cond string, l asm.Label) {
	t.Ins("TESTQ", asm.Imm(bits), c.way)
	t.J(cond, l)
}

// finish writes what becomes of a tile in registers, and jumps to end.
func (t *gettNest) finish(stores []target, c *corner, acc []asm.Reg, end asm.Label) {
	rows, pieces := t.light(stores), t.inPieces(stores)
	if !rows && !pieces {
		t.finishTile(stores, c, acc, end)
		return
	}
	if rows {
		t.finishRun(stores, c, acc, end)
	}
	if pieces {
		for _, p := range t.pieces() {
			other := t.Label("other")
			t.onWay(c, p.way, "EQ", other)
			t.finishPieces(c, acc, p.columns)
			t.Jmp(end)
			t.Bind(other)
		}
	}
	t.Rarely(func() { t.finishTile(stores, c, acc, end) })
}

// finishRun writes what becomes of a tile whose columns are one run, and jumps to end; others go on.
func (t *gettNest) finishRun(stores []target, c *corner, acc []asm.Reg, end asm.Label) {
	cached, others := t.Label("cached"), t.Label("others")
	t.onWay(c, fromRows, "EQ", others)
	if len(t.passes) > 0 {
		t.onWay(c, pastCaches, "EQ", cached)
		t.uncached = true
		t.finishRows(stores, c, acc)
		t.uncached = false
		t.Jmp(end)
	}
	t.Bind(cached)
	t.finishRows(stores, c, acc)
	t.Jmp(end)
	t.Bind(others)
}

// light says whether the epilogue is so short that it is written for every register of a tile: not much more than storing vectors.
func (t *gettNest) light(stores []target) bool {
	work := 0
	t.beneath(stores, func(v int) bool { work++; return true })
	return work <= 4 && t.storesBeside(stores)
}

// finishRows writes the epilogue of a tile in registers whose columns are one run, row by row as far as there are rows.
func (t *gettNest) finishRows(stores []target, c *corner, acc []asm.Reg) {
	blocks := t.g.NR / t.full
	before, done := t.side, t.Label("rows")
	t.side = blocks
	for r := range t.g.MR {
		if r > 0 {
			t.Ins("CMPQ", c.rest, asm.Imm(r))
			t.J("LE", done)
		}
		t.open()
		t.enterRow(c.entry, r)
		for part, sum := range t.sums() {
			for b := range blocks {
				t.scope.values[t.key(sum, b)] = acc[(part*t.g.MR+r)*blocks+b]
			}
		}
		t.inside(func() { t.putAll(stores) }, append(append([]int{}, t.g.M...), t.g.N...)...)
		t.close()
	}
	t.Bind(done)
	t.side = before
}

// finishTile stores a tile, and after the last terms does its epilogue in memory, one run of columns after the other.
func (t *gettNest) finishTile(stores []target, c *corner, acc []asm.Reg, end asm.Label) {
	for i := range acc {
		t.Ins("VMOVUPS", acc[i], asm.At(c.tile, i*t.full*t.bytes()))
	}
	t.onWay(c, lastTerms, "EQ", end)
	height := t.least(c.rest, t.Int(int64(t.g.MR)))
	placed := t.scope
	t.scope = c.unplaced
	t.open()
	from := t.copy(c.tile)
	t.runs(stores, t.g.N, t.size(storeRun), c.column, c.width, func(columns asm.Reg) {
		t.epilogue(stores, c.entry, from, height, columns)
		t.Ins("ADDQ", t.scaled(columns, t.Int(int64(t.bytes()))), from)
	})
	t.scope = placed
}

// epilogue writes what the kernel does with finished sums, row by row, of which the first stands at from: the sums are read back from the
// tile.
func (t *gettNest) epilogue(stores []target, first, from, rows, columns asm.Reg) {
	row, entry := t.copy(from), t.copy(first)
	t.inside(func() {
		t.turns(t.copy(rows), func() {
			t.enterRow(entry, 0)
			x := t.copy(row)
			t.hoist(stores)
			before := t.unroll
			t.unroll = 1
			t.blocks(stores, t.copy(columns), func() {
				for part, sum := range t.sums() {
					t.scope.values[t.key(sum, 0)] = t.load(t.dtype, asm.At(x, part*t.g.MR*t.g.NR*t.bytes()), t.tail)
				}
				t.putAll(stores)
				t.Ins("ADDQ", asm.Imm(t.n*t.bytes()), x)
			})
			t.unroll = before
			t.Ins("ADDQ", asm.Imm(t.g.NR*t.bytes()), row)
			t.Ins("ADDQ", asm.Imm(t.entryBytes()), entry)
		})
	}, t.g.M...)
}
