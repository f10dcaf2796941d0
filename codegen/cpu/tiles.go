package cpu

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A worker's own memory in a packed contraction: spilled registers, one tile, the table of a band's columns (see bands.go), the table of the
// call's rows (see rowtable.go), that of its columns' pieces (see edges.go), and its own panels of B (see own.go).
const (
	spillRoom = 8 << 10
	tileAt    = spillRoom
	tileRoom  = 8 << 10
)

// stripAt is where the table of a band's columns stands in the worker's memory; the table of rows is behind it.
func stripAt(g *codegen.Gett, bytes int) int {
	return tileAt + max(tileRoom, (g.MR*g.NR*bytes+63)&^63)
}

func tableAt(g *codegen.Gett, bytes int) int { return stripAt(g, bytes) + bandTable }

// scratch is the bytes that a call takes of the worker's memory.
func (b *gettBlocks) scratch() int {
	if !b.own {
		return b.size(ownAt)
	}
	return b.size(ownAt) + b.broad*b.size(rightBytes)
}

// compute writes the tiles. A point is some panels of A and some of B of one point of the batch.
func (t *gettNest) compute() {
	stores := t.stores()
	t.vector = last(t.g.N)
	t.passes = t.pastStreams(stores)
	t.forPoints(func(point asm.Reg) {
		rest, j := t.divide(point, t.Arg(varWide))
		local, i := t.divide(rest, t.Arg(varHigh))
		// What the stores need ends at the sum, which the epilogue reads from the tile: this register stands for it and is never read.
		for _, sum := range t.sums() {
			t.scope.values[valueKey{sum, 0}] = t.Vec()
		}
		t.place(t.batched(stores), t.batchPoint(local), t.g.Batch)
		t.inside(func() { t.tiles(stores, local, t.scaled(i, t.size(callHigh)), t.scaled(j, t.size(callWide))) }, t.g.Batch...)
	})
}

// tiles writes the loops over panels of B from number j on and of A from number i on.
func (t *gettNest) tiles(stores []target, local, i, j asm.Reg) {
	terms := t.left(t.size(pointsK), t.Arg(varP), t.size(blockTerms))
	column := t.firstTile(local, i, j)
	row, rows := t.span(i, t.g.MR, varI, pointsM, callHigh, blockHigh)
	a := t.lefts(local, i, row)
	table, bits := t.rowTable(stores, row, rows)
	at, columns := t.span(j, t.g.NR, varJ, pointsN, callWide, blockWide)
	b, right := t.rights(local, j, at, columns)
	pieces := t.pieceTable(stores, at, columns)
	down, across := t.tileStep(t.Int(1)), t.tileStep(t.size(blockHigh))
	unplaced := t.scope
	top := t.Label("column")
	t.Bind(top)
	t.open()
	c := &corner{
		unplaced: unplaced, tile: t.copy(column), entry: t.copy(table), column: at, width: t.least(columns, t.Int(int64(t.g.NR))),
		pieces: pieces, rest: t.copy(rows), ends: map[int]asm.Reg{},
	}
	t.placeColumns(stores, c)
	if t.u.mirrors() {
		c.below = t.copy(row)
		t.Ins("ADDQ", asm.Imm(t.g.MR), c.below)
	}
	c.ahead = t.sum(b, right)
	t.findWay(stores, c, bits)
	t.column(stores, c, a, b, terms, down)
	t.close()
	t.Ins("ADDQ", right, b)
	t.Ins("ADDQ", across, column)
	t.Ins("ADDQ", asm.Imm(t.g.NR), at)
	t.Ins("ADDQ", t.size(pieceStep), pieces)
	t.Ins("SUBQ", asm.Imm(t.g.NR), columns)
	t.J("GT", top)
}

// span is the flat point at which panel number p of the block begins, and how many points the call has from there on.
func (t *gettNest) span(p asm.Reg, width int, begin int, total, call, block blockSize) (first, count asm.Reg) {
	size := t.Int(int64(width))
	inBlock := t.left(t.size(total), t.Arg(begin), t.scaled(t.size(block), size))
	at := t.scaled(p, size)
	return t.sum(at, t.Arg(begin)), t.left(inBlock, at, t.scaled(t.size(call), size))
}

// firstTile is where the call's tiles begin: in the run's memory when they are added to in several phases, else the one tile of the
// worker's memory, again and again. Tiles below one another lie one behind the other.
func (t *gettNest) firstTile(local, i, j asm.Reg) asm.Reg {
	at := t.scaled(j, t.size(blockHigh))
	t.Ins("ADDQ", i, at)
	t.Ins("IMULQ", t.Int(t.tileBytes()), at)
	t.Ins("ADDQ", t.scaled(local, t.size(tilesBytes)), at)
	t.Ins("ADDQ", t.size(tilesOffset), at)
	t.Ins("ADDQ", t.Arg(ArgTemp), at)
	own := t.copy(t.Arg(ArgScratch))
	t.Ins("ADDQ", asm.Imm(tileAt), own)
	all := t.copy(t.size(tilesBytes))
	t.Ins("TESTQ", all, all)
	t.Ins("CMOVQEQ", own, at)
	return at
}

func (t *gettNest) tileBytes() int64 { return int64(t.g.MR * t.g.NR * t.element()) }

// sums are the values that tiles are of.
func (t *gettNest) sums() []int {
	if t.g.Imag != nil {
		return []int{t.g.Sum, t.g.Imag.Sum}
	}
	return []int{t.g.Sum}
}

// tileStep is the bytes of so many tiles: none when there is but one.
func (t *gettNest) tileStep(tiles asm.Reg) asm.Reg {
	step, none := t.scaled(t.Int(t.tileBytes()), tiles), t.copy(t.size(tilesBytes))
	t.Ins("TESTQ", none, none)
	t.Ins("CMOVQEQ", none, step)
	return step
}

// corner is where a tile is.
type corner struct {
	unplaced *scope // in which the stores' streams are at the point of the batch
	tile     asm.Reg
	entry    asm.Reg         // of the first row in the table
	column   asm.Reg         // flat point
	rest     asm.Reg         // rows from here on, which may be more than the tile's
	width    asm.Reg         // columns
	pieces   asm.Reg         // where the table of pieces has the panel's first one (see edges.go)
	below    asm.Reg         // the first row below the tile, where tiles above the diagonal are passed over
	ahead    asm.Reg         // in the next panel of B, what no tile has asked for
	way      asm.Reg         // how its tiles are finished (see finish.go)
	ends     map[int]asm.Reg // by stream: the address of the panel's last column, at row 0
}

// column writes the loop over the panels of A for one panel of B.
func (t *gettNest) column(stores []target, c *corner, a lefts, b, terms, down asm.Reg) {
	a.at = t.copy(a.at)
	top := t.Label("row")
	t.Bind(top)
	above := t.Label("above")
	if t.u.mirrors() {
		t.Ins("CMPQ", c.below, c.column)
		t.J("LE", above)
	}
	t.open()
	t.oneTile(stores, c, a, b, terms)
	t.close()
	t.Bind(above)
	if t.u.mirrors() {
		t.Ins("ADDQ", asm.Imm(t.g.MR), c.below)
	}
	t.Ins("ADDQ", a.step, a.at)
	t.Ins("ADDQ", down, c.tile)
	t.Ins("ADDQ", asm.Imm(t.g.MR*t.entryBytes()), c.entry)
	t.Ins("SUBQ", asm.Imm(t.g.MR), c.rest)
	t.J("GT", top)
}

// oneTile writes the micro-kernel and the epilogue.
func (t *gettNest) oneTile(stores []target, c *corner, a lefts, b, terms asm.Reg) {
	t.fetchAhead(c)
	acc := make([]asm.Reg, t.g.Parts()*t.g.MR*t.g.NR/t.full)
	at := func(i int) asm.Mem { return asm.At(c.tile, i*t.full*t.bytes()) }
	for i := range acc {
		acc[i] = t.reg(t.dtype)
	}
	for i := range acc {
		t.zero(acc[i])
	}
	if t.u.leftInPlace() {
		t.termsInPlace(acc, a.at, a.last, c.rest, t.copy(b), terms)
	} else {
		t.terms(acc, t.copy(a.at), t.copy(b), terms)
	}
	// Earlier terms are added last: their sum is one term to these, and no sum of many terms runs long.
	first, end := t.Label("first"), t.Label("more")
	t.onWay(c, firstTerms, "NE", first)
	for i := range acc {
		t.Ins(binaryForms["add"][signless(t.dtype)], at(i), acc[i], acc[i])
	}
	t.Bind(first)
	t.finish(stores, c, acc, end)
	t.Bind(end)
}

// addProduct writes acc += x * y.
func (t *gettNest) addProduct(x, y, acc asm.Reg) {
	if t.dtype.IsFloat() {
		t.Ins(suffix(t.dtype, "VFMADD231", "PS", "PD"), x, y, acc)
		return
	}
	t.Ins(binaryForms["add"][signless(t.dtype)], t.ins3(binaryForms["mul"][signless(t.dtype)], t.dtype, x, y), acc, acc)
}

// fetchAhead asks for memory while there is something to multiply: for the sums of earlier terms, for a piece of the next panel of B, and
// with the last terms for what the tile's rows are stored to and the epilogue reads. One load or store after the other would wait for it.
func (t *gettNest) fetchAhead(c *corner) {
	fresh, end := t.Label("fresh"), t.Label("asked")
	for i := range linesAhead {
		t.Ins("PREFETCHT1", asm.At(c.ahead, i*line))
	}
	t.Ins("ADDQ", asm.Imm(linesAhead*line), c.ahead)
	t.onWay(c, firstTerms, "NE", fresh)
	for at := 0; at < int(t.tileBytes()); at += line {
		t.Ins("PREFETCHT0", asm.At(c.tile, at))
	}
	t.Bind(fresh)
	t.onWay(c, pastCaches, "NE", end)
	t.onWay(c, lastTerms, "EQ", end)
	for i, s := range t.rowStreams {
		if t.u.streams[s].class(last(t.g.N)) != adjacent {
			continue
		}
		for r := range t.g.MR {
			by := t.GP()
			t.Ins("MOVQ", asm.At(c.entry, r*t.entryBytes()+8*i), by)
			t.Ins("PREFETCHT0", asm.At(t.ptr(s), 0).Plus(by, 1))
			t.Ins("PREFETCHT0", asm.At(c.ends[s], 0).Plus(by, 1))
		}
	}
	t.Bind(end)
}

// linesAhead is how many lines of the next panel of B a tile asks for: it is there before a block of usual height is through.
const linesAhead = 8

// unrollTerms is how many terms the micro-kernel takes a turn.
const unrollTerms = 4

// terms writes acc[r][j] += a[k][r] * b[k][j] over the terms.
func (t *gettNest) terms(acc []asm.Reg, a, b, terms asm.Reg) {
	count := t.copy(terms)
	one := func(k int) {
		if t.g.Imag != nil {
			t.complexRank1(acc, a, b, k)
			return
		}
		t.rank1(acc, func(r int) asm.Mem { return asm.At(a, (k*t.g.MR+r)*t.bytes()) }, b, k)
	}
	top, single, end := t.Label("terms"), t.Label("term"), t.Label("summed")
	t.Ins("SUBQ", asm.Imm(unrollTerms), count)
	t.J("LT", single)
	t.Bind(top)
	for k := range unrollTerms {
		one(k)
	}
	t.Ins("ADDQ", asm.Imm(unrollTerms*t.g.MR*t.element()), a)
	t.Ins("ADDQ", asm.Imm(unrollTerms*t.g.NR*t.element()), b)
	t.Ins("SUBQ", asm.Imm(unrollTerms), count)
	t.J("GE", top)
	t.Bind(single)
	t.Ins("ADDQ", asm.Imm(unrollTerms), count)
	t.turns(count, func() {
		one(0)
		t.Ins("ADDQ", asm.Imm(t.g.MR*t.element()), a)
		t.Ins("ADDQ", asm.Imm(t.g.NR*t.element()), b)
	})
	t.Bind(end)
}

// rank1 writes acc[r][j] += a[r] * b[k][j]: what one term adds.
func (t *gettNest) rank1(acc []asm.Reg, a func(r int) asm.Mem, b asm.Reg, k int) {
	blocks := t.g.NR / t.full
	bs := make([]asm.Reg, blocks)
	for j := range bs {
		bs[j] = t.reg(t.dtype)
		t.Ins("VMOVUPS", asm.At(b, (k*t.g.NR+j*t.full)*t.bytes()), bs[j])
	}
	for r := range t.g.MR {
		x := t.reg(t.dtype)
		t.broadcast(t.bytes(), a(r), x)
		for j := range bs {
			t.addProduct(bs[j], x, acc[r*blocks+j])
		}
	}
}
