package cpu

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A worker's own memory in a packed contraction: spilled registers, one tile, the panels of A.
const (
	spillRoom = 8 << 10
	tileAt    = spillRoom
	tileRoom  = 8 << 10
	panelAt   = tileAt + tileRoom
)

// scratch is the bytes that a call of compute takes of the worker's memory. Panels of A have room for a vector past their last term.
func (b *gettBlocks) scratch() int {
	return panelAt + ceilDiv(b.mc, b.g.MR)*(b.kc+padTerms)*b.g.MR*b.bytes + 64
}

// gettNest writes the functions of a packed contraction.
type gettNest struct {
	*nest
	g       *codegen.Gett
	dtype   tensor.DType
	m, n, k int // the blocked axes
	tile    asm.Reg
}

func (t *gettNest) size(which blockSize) asm.Reg {
	return t.num(number{kind: blockOf, a: int(which)})
}

func (t *gettNest) bytes() int { return t.dtype.Size() }

// left is a new register of min(size, extent of axis - start): what a block that begins at start has.
func (t *gettNest) left(axis int, start asm.Reg, size asm.Reg) asm.Reg {
	r := t.copy(t.num(number{kind: extentOf, a: axis}))
	t.Ins("SUBQ", start, r)
	t.Ins("CMPQ", r, size)
	t.Ins("CMOVQGT", size, r)
	return r
}

// scaled is a new register of r times by.
func (t *gettNest) scaled(r, by asm.Reg) asm.Reg {
	c := t.copy(r)
	t.Ins("IMULQ", by, c)
	return c
}

// place moves the targets' streams to the points of axes, whose flat index is point.
func (t *gettNest) place(targets []target, point asm.Reg, axes []int) {
	t.takeApart(point, axes)
	for _, a := range axes {
		t.moveAll(targets, a, t.scope.idx[a])
	}
}

// placeAt moves the targets' streams to index along axis.
func (t *gettNest) placeAt(targets []target, axis int, index asm.Reg) {
	t.moveAll(targets, axis, index)
	if t.asksIndex(targets, axis) {
		t.scope.idx[axis] = t.copy(index)
	}
}

// factor is the target that packing has: a value of one side.
func factor(v int) target { return target{store: -1, reduce: -1, value: v} }

// forPoints runs body for each point of the call's range.
func (t *gettNest) forPoints(body func(point asm.Reg)) {
	t.open()
	for s := range t.u.streams {
		t.scope.ptrs[s] = t.base(s)
	}
	point := t.copy(t.Arg(ArgLo))
	top, end := t.Label("point"), t.Label("end")
	t.Bind(top)
	t.Ins("CMPQ", point, t.Arg(ArgHi))
	t.J("GE", end)
	t.open()
	body(point)
	t.close()
	t.Ins("INCQ", point)
	t.Jmp(top)
	t.Bind(end)
	t.close()
	t.Ret()
}

// batchPoint is the batch's flat point of number local in this phase.
func (t *gettNest) batchPoint(local asm.Reg) asm.Reg {
	b := t.copy(local)
	t.Ins("ADDQ", t.Arg(varBatch), b)
	return b
}

// compute writes the packing of A and the tiles. A point is a block of rows of one point of the batch and of M's outer axes.
func (t *gettNest) compute() {
	a := []target{factor(t.g.A)}
	stores := t.stores()
	t.forPoints(func(point asm.Reg) {
		row := t.copy(point)
		t.Ins("ADDQ", t.Arg(varRows), row)
		local, block := t.divide(row, t.size(rowBlocks))
		var om asm.Reg
		local, om = t.divide(local, t.size(outerM))
		batch := t.batchPoint(local)
		// What the stores need ends at the sum, which the epilogue reads from the tile: this register stands for it and is never read.
		t.scope.values[valueKey{t.g.Sum, 0}] = t.Vec()
		for _, ts := range [][]target{a, stores} {
			t.place(ts, batch, t.g.Batch)
			t.place(ts, om, t.g.M[:len(t.g.M)-1])
			t.place(ts, t.Arg(varOuterN), t.g.N[:len(t.g.N)-1])
		}
		i := t.scaled(block, t.size(blockMC))
		rows := t.left(t.m, i, t.size(blockMC))
		terms := t.left(t.k, t.Arg(varP), t.size(blockKC))
		t.packA(a, i, rows, terms)
		t.tiles(stores, point, local, i, rows, terms)
	})
}

// tiles writes the loops over panels of B and of A.
func (t *gettNest) tiles(stores []target, point, local, i, rows, terms asm.Reg) {
	t.open()
	t.vector = t.n
	t.placeAt(stores, t.m, i)
	t.placeAt(stores, t.n, t.Arg(varJ))
	columns := t.left(t.n, t.Arg(varJ), t.size(blockNC))
	b := t.panelOf(local, 0)
	t.tile = t.firstTile(point)
	panel := t.panelStride()

	overN := t.enter(stores, t.n)
	topN, endN := t.Label("column"), t.Label("columns")
	t.Bind(topN)
	t.Ins("TESTQ", columns, columns)
	t.J("LE", endN)
	a, rest := t.copy(t.Arg(ArgScratch)), t.copy(rows)
	t.Ins("ADDQ", asm.Imm(panelAt), a)
	overM := t.enter(stores, t.m)
	topM, endM := t.Label("row"), t.Label("rows")
	t.Bind(topM)
	t.open()
	t.oneTile(stores, a, b, rest, columns, terms)
	t.close()
	t.advance(overM, t.g.MR)
	t.Ins("ADDQ", panel, a)
	t.Ins("ADDQ", t.tileStep(), t.tile)
	t.Ins("SUBQ", asm.Imm(t.g.MR), rest)
	t.J("GT", topM)
	t.Bind(endM)
	t.close()
	t.advance(overN, t.g.NR)
	t.Ins("ADDQ", t.size(panelBytes), b)
	t.Ins("SUBQ", asm.Imm(t.g.NR), columns)
	t.Jmp(topN)
	t.Bind(endN)
	t.close()
	t.close()
}

// firstTile is where the block's tiles begin: in the run's memory when they are added to in several phases, else the one tile of the
// worker's memory, again and again.
func (t *gettNest) firstTile(point asm.Reg) asm.Reg {
	at := t.scaled(point, t.size(tilesBytes))
	t.Ins("ADDQ", t.size(tilesOffset), at)
	t.Ins("ADDQ", t.Arg(ArgTemp), at)
	own := t.copy(t.Arg(ArgScratch))
	t.Ins("ADDQ", asm.Imm(tileAt), own)
	all := t.copy(t.size(tilesBytes))
	t.Ins("TESTQ", all, all)
	t.Ins("CMOVQEQ", own, at)
	return at
}

// tileStep is the bytes from one tile to the next: none when there is one.
func (t *gettNest) tileStep() asm.Reg {
	step, none := t.copy(t.Int(int64(t.g.MR*t.g.NR*t.bytes()))), t.copy(t.size(tilesBytes))
	t.Ins("TESTQ", none, none)
	t.Ins("CMOVQEQ", none, step)
	return step
}

// oneTile writes the micro-kernel and the epilogue.
func (t *gettNest) oneTile(stores []target, a, b, rest, columns, terms asm.Reg) {
	blocks := t.g.NR / t.full
	acc := make([]asm.Reg, t.g.MR*blocks)
	at := func(i int) asm.Mem { return asm.At(t.tile, i*t.full*t.bytes()) }
	for i := range acc {
		acc[i] = t.reg(t.dtype)
	}
	for i := range acc {
		t.zero(acc[i])
	}
	t.terms(acc, t.copy(a), t.copy(b), terms)
	// Earlier terms are added last: their sum is one term to these, and no sum of many terms runs long.
	first, ends := t.Label("first"), t.copy(t.Arg(varEnds))
	t.Ins("TESTQ", asm.Imm(1), ends)
	t.J("NE", first)
	for i := range acc {
		t.Ins(suffix(t.dtype, "VADD", "PS", "PD"), at(i), acc[i], acc[i])
	}
	t.Bind(first)
	for i := range acc {
		t.Ins("VMOVUPS", acc[i], at(i))
	}
	end := t.Label("more")
	t.Ins("TESTQ", asm.Imm(2), ends)
	t.J("EQ", end)
	t.epilogue(stores, rest, columns)
	t.Bind(end)
}

// unrollTerms is how many terms the micro-kernel takes a turn.
const unrollTerms = 4

// terms writes acc[r][j] += a[k][r] * b[k][j] over the terms.
func (t *gettNest) terms(acc []asm.Reg, a, b, terms asm.Reg) {
	count := t.copy(terms)
	one := func(k int) { t.oneTerm(acc, a, b, k) }
	top, single, end := t.Label("terms"), t.Label("term"), t.Label("summed")
	t.Ins("SUBQ", asm.Imm(unrollTerms), count)
	t.J("LT", single)
	t.Bind(top)
	for k := range unrollTerms {
		one(k)
	}
	t.Ins("ADDQ", asm.Imm(unrollTerms*t.g.MR*t.bytes()), a)
	t.Ins("ADDQ", asm.Imm(unrollTerms*t.g.NR*t.bytes()), b)
	t.Ins("SUBQ", asm.Imm(unrollTerms), count)
	t.J("GE", top)
	t.Bind(single)
	t.Ins("ADDQ", asm.Imm(unrollTerms), count)
	t.turns(count, func() {
		one(0)
		t.Ins("ADDQ", asm.Imm(t.g.MR*t.bytes()), a)
		t.Ins("ADDQ", asm.Imm(t.g.NR*t.bytes()), b)
	})
	t.Bind(end)
}

func (t *gettNest) oneTerm(acc []asm.Reg, a, b asm.Reg, k int) {
	blocks := t.g.NR / t.full
	fma := suffix(t.dtype, "VFMADD231", "PS", "PD")
	bs := make([]asm.Reg, blocks)
	for j := range bs {
		bs[j] = t.reg(t.dtype)
		t.Ins("VMOVUPS", asm.At(b, (k*t.g.NR+j*t.full)*t.bytes()), bs[j])
	}
	for r := range t.g.MR {
		x := t.reg(t.dtype)
		t.broadcast(t.bytes(), asm.At(a, (k*t.g.MR+r)*t.bytes()), x)
		for j := range bs {
			t.Ins(fma, bs[j], x, acc[r*blocks+j])
		}
	}
}

// epilogue writes what the kernel does with the finished tile, row by row. The sum is read back from the tile.
func (t *gettNest) epilogue(stores []target, rest, columns asm.Reg) {
	t.open()
	rows := t.copy(t.Int(int64(t.g.MR)))
	t.Ins("CMPQ", rest, rows)
	t.Ins("CMOVQLT", rest, rows)
	row := t.copy(t.tile)
	axes := append(append(append([]int{}, t.g.Batch...), t.g.M...), t.g.N[:len(t.g.N)-1]...)
	t.inside(func() {
		moving := t.enter(stores, t.m)
		t.turns(rows, func() {
			count, x := t.copy(t.Int(int64(t.g.NR))), t.copy(row)
			t.Ins("CMPQ", columns, count)
			t.Ins("CMOVQLT", columns, count)
			t.hoist(stores)
			before := t.unroll
			t.unroll = 1
			t.blocks(stores, count, func() {
				t.scope.values[t.key(t.g.Sum, 0)] = t.readTile(x)
				t.putAll(stores)
				t.Ins("ADDQ", asm.Imm(t.n0()*t.bytes()), x)
			})
			t.unroll = before
			t.Ins("ADDQ", asm.Imm(t.g.NR*t.bytes()), row)
			t.advance(moving, 1)
		})
		t.close()
	}, axes...)
	t.close()
}

func (t *gettNest) readTile(x asm.Reg) asm.Reg {
	return t.load(t.dtype, asm.At(x, 0), t.tail)
}
