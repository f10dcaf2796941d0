package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// Packing: each factor of a contraction goes into panels that the micro-kernel reads from front to back.

// padTerms is the room, in terms, behind a panel of A: packing writes whole vectors.
const padTerms = 16

// panelOf is the address of panel number p of batch point local in the run's memory.
func (t *gettNest) panelOf(local, p asm.Reg) asm.Reg {
	at := t.scaled(local, t.size(panels))
	if p != 0 {
		t.Ins("ADDQ", p, at)
	}
	t.Ins("IMULQ", t.size(panelBytes), at)
	t.Ins("ADDQ", t.Arg(ArgTemp), at)
	return at
}

// pack writes the packing of B. A point is a panel of a batch point: NR columns, each term's side by side. Columns past the last are
// left as they are: no result of theirs is stored.
func (t *gettNest) pack() {
	b := []target{factor(t.g.B)}
	t.vector = t.n
	t.forPoints(func(point asm.Reg) {
		wide := t.left(t.n, t.Arg(varJ), t.size(blockNC)) // columns of this block, then its panels
		t.Ins("ADDQ", asm.Imm(t.g.NR-1), wide)
		count, _ := t.divide(wide, t.Int(int64(t.g.NR)))
		local, p := t.divide(point, count)
		dest := t.panelOf(local, p)
		t.place(b, t.batchPoint(local), t.g.Batch)
		t.place(b, t.Arg(varOuterN), t.g.N[:len(t.g.N)-1])
		t.place(b, t.Arg(varOuterK), t.g.K[:len(t.g.K)-1])
		t.placeAt(b, t.k, t.Arg(varP))
		j := t.scaled(p, t.Int(int64(t.g.NR)))
		t.Ins("ADDQ", t.Arg(varJ), j)
		t.placeAt(b, t.n, j)
		columns := t.left(t.n, j, t.Int(int64(t.g.NR)))
		terms := t.left(t.k, t.Arg(varP), t.size(blockKC))
		edge, end := t.Label("edge"), t.Label("packed")
		t.Ins("CMPQ", columns, asm.Imm(t.g.NR))
		t.J("LT", edge)
		t.packTerms(b, terms, dest, 0)
		t.Jmp(end)
		t.Bind(edge)
		t.packTerms(b, terms, dest, columns)
		t.Bind(end)
	})
}

// packTerms writes the loop over terms of one panel of B; columns is 0 for a whole panel.
func (t *gettNest) packTerms(b []target, terms, dest, columns asm.Reg) {
	blocks := t.g.NR / t.full
	t.open()
	at := t.copy(dest)
	outer := append(append(append([]int{}, t.g.Batch...), t.g.N[:len(t.g.N)-1]...), t.g.K[:len(t.g.K)-1]...)
	t.inside(func() {
		t.loop(b, t.k, t.copy(terms), func() {
			if columns == 0 {
				for i := range blocks {
					t.store(t.dtype, t.value(t.g.B, i), asm.At(at, i*t.full*t.bytes()), tail{})
				}
			} else {
				to, rest := t.copy(at), t.copy(columns)
				moving := t.enter(b, t.n)
				t.blocksOnce(b, moving, rest, func() {
					t.store(t.dtype, t.value(t.g.B, 0), asm.At(to, 0), tail{})
					t.Ins("ADDQ", asm.Imm(t.n0()*t.bytes()), to)
				})
				t.close()
			}
			t.Ins("ADDQ", asm.Imm(t.g.NR*t.bytes()), at)
		})
	}, outer...)
	t.close()
}

// n0 is the lanes of the present block.
func (t *gettNest) n0() int { return t.lanes.n }

// blocksOnce is blocksFrom without unrolling.
func (t *gettNest) blocksOnce(targets []target, moving walk, count asm.Reg, body func()) {
	before := t.unroll
	t.unroll = 1
	t.blocksFrom(targets, moving, count, body)
	t.unroll = before
}

// packA writes the packing of a block's rows: panels of MR rows, each term's side by side. Lanes go along the terms or along the rows,
// whichever of the two the operands have side by side in memory.
func (t *gettNest) packA(a []target, i, rows, terms asm.Reg) {
	t.open()
	t.place(a, t.Arg(varOuterK), t.g.K[:len(t.g.K)-1])
	t.placeAt(a, t.k, t.Arg(varP))
	t.placeAt(a, t.m, i)
	dest, rest := t.copy(t.Arg(ArgScratch)), t.copy(rows)
	t.Ins("ADDQ", asm.Imm(panelAt), dest)
	panel := t.panelStride()
	fixed := append(append([]int{}, t.g.Batch...), append(t.g.M[:len(t.g.M)-1:len(t.g.M)-1], t.g.K[:len(t.g.K)-1]...)...)
	moving := t.enter(a, t.m)
	top, end := t.Label("panel"), t.Label("panels")
	t.Bind(top)
	t.Ins("TESTQ", rest, rest)
	t.J("LE", end)
	t.open()
	count := t.copy(t.Int(int64(t.g.MR)))
	t.Ins("CMPQ", rest, count)
	t.Ins("CMOVQLT", rest, count)
	t.inside(func() {
		if t.vector = t.m; !t.sideBySide(a, t.m) {
			t.vector = t.k
			t.packRows(a, dest, count, terms)
		} else {
			t.packColumns(a, dest, count, terms)
		}
	}, fixed...)
	t.close()
	t.advance(moving, t.g.MR)
	t.Ins("ADDQ", panel, dest)
	t.Ins("SUBQ", asm.Imm(t.g.MR), rest)
	t.Jmp(top)
	t.Bind(end)
	t.close()
	t.close()
}

// panelStride is the bytes from one panel of A to the next.
func (t *gettNest) panelStride() asm.Reg {
	r := t.copy(t.size(blockKC))
	t.Ins("ADDQ", asm.Imm(padTerms), r)
	t.Ins("IMULQ", t.Int(int64(t.g.MR*t.bytes())), r)
	return r
}

// sideBySide says whether the targets' streams can be read in masked vectors along axis, one of them at least by vectors.
func (t *gettNest) sideBySide(targets []target, axis int) bool {
	before := t.vector
	t.vector = axis
	defer func() { t.vector = before }()
	some := false
	for _, s := range t.active(targets) {
		some = some || t.along(s) == adjacent
	}
	return some && t.maskable(targets)
}

// packRows packs row by row, lanes along the terms.
func (t *gettNest) packRows(a []target, dest, count, terms asm.Reg) {
	to := t.copy(dest)
	step := t.Int(int64(t.g.MR * t.bytes()))
	t.loop(a, t.m, t.copy(count), func() {
		at, left := t.copy(to), t.copy(terms)
		moving := t.enter(a, t.k)
		t.blocksOnce(a, moving, left, func() {
			t.storeStrided(t.dtype, t.value(t.g.A, 0), at, func(p asm.Reg) { t.Ins("ADDQ", step, p) })
		})
		t.close()
		t.Ins("ADDQ", asm.Imm(t.bytes()), to)
	})
}

// packColumns packs term by term, lanes along the rows. Each term's store may run over into the next term's place, which is written
// after it.
func (t *gettNest) packColumns(a []target, dest, count, terms asm.Reg) {
	to := t.copy(dest)
	var tails []tail
	rest := t.copy(count)
	for at := 0; at < t.g.MR; at += t.full {
		some := t.copy(rest) // newTail takes 0 to full
		t.clamp(some)
		tails = append(tails, t.newTail(some))
		t.Ins("SUBQ", asm.Imm(t.full), rest)
	}
	t.loop(a, t.k, t.copy(terms), func() {
		for i, mask := range tails {
			t.tail = mask
			r := t.value(t.g.A, i)
			t.tail = tail{}
			t.store(t.dtype, r, asm.At(to, i*t.full*t.bytes()), tail{})
		}
		t.Ins("ADDQ", asm.Imm(t.g.MR*t.bytes()), to)
	})
}

// clamp brings r into [0, full].
func (t *gettNest) clamp(r asm.Reg) {
	zero, full := t.Int(0), t.Int(int64(t.full))
	t.Ins("CMPQ", r, zero)
	t.Ins("CMOVQLT", zero, r)
	t.Ins("CMPQ", r, full)
	t.Ins("CMOVQGT", full, r)
}
