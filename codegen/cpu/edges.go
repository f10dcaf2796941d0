package cpu

import (
	"math/bits"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A panel of B may cross the end of N's last axis, so that a tile's columns lie in several places. Where the axis has a whole number of
// squares (see square), each piece of a square's width lies in one place, and the kernel that only stores its sum stores piece by piece. A
// call writes a table of where its squares lie at row 0, run by run, so that no panel takes its columns' flat points apart.

// storeRun is how many columns lie side by side for all that the stores touch: the points of N's last axes that to it are one axis.
func (u *unit) storeRun() int {
	axes := u.k.Gett.N
	t := &gettNest{nest: &nest{u: u, k: u.k}, g: &u.k.Gett}
	t.open()
	for _, sum := range t.sums() {
		t.scope.values[valueKey{sum, 0}] = 1 // what is beneath the sum is not theirs
	}
	stores := t.stores()
	run := u.k.Axes[last(axes)].Extent
	for i := len(axes) - 2; i >= 0 && !t.asksIndex(stores, axes[i]) && !t.asksIndex(stores, last(axes)); i-- {
		for _, s := range t.active(stores) {
			if step := u.streams[s].step; step[axes[i]] != step[last(axes)]*run {
				return run
			}
		}
		run *= u.k.Axes[axes[i]].Extent
	}
	return run
}

// roomFrom is a new register of the columns from flat point column on to the end of the run that it lies in.
func (t *gettNest) roomFrom(column asm.Reg) asm.Reg {
	if len(t.g.N) == 1 {
		return t.room(t.g.N)
	}
	_, in := t.divide(column, t.size(storeRun))
	room := t.copy(t.size(storeRun))
	t.Ins("SUBQ", in, room)
	return room
}

// inPieces says whether that is how tiles that cross the end are stored: their sums are all there is to store.
func (t *gettNest) inPieces(stores []target) bool {
	return len(t.g.N) > 1 && len(stores) == 1 && t.k.Stores[stores[0].store].Value == t.g.Sum && t.light(stores) && len(t.rowStreams) == 1
}

// squareTable writes the table of the squares of count columns from flat point column on, where tiles are stored in pieces. It gives its
// address.
func (t *gettNest) squareTable(stores []target, column, count asm.Reg) asm.Reg {
	table := t.copy(t.Arg(ArgScratch))
	t.Ins("ADDQ", t.size(squaresAt), table)
	if !t.inPieces(stores) {
		return table
	}
	end, top := t.Label("squares"), t.Label("squaresOf")
	t.unevenly(end)
	s, at, left, to := t.rowStreams[0], t.copy(column), t.copy(count), t.copy(table)
	t.Bind(top)
	t.open()
	t.place(stores, at, t.g.N)
	run, p := t.least(t.roomFrom(at), left), t.copy(t.ptr(s))
	squares := t.copy(run)
	t.Ins("ADDQ", asm.Imm(t.square()-1), squares)
	t.Ins("SHRQ", asm.Imm(bits.TrailingZeros(uint(t.square()))), squares)
	t.turns(squares, func() {
		t.Ins("MOVQ", p, asm.At(to, 0))
		t.Ins("ADDQ", asm.Imm(16), p)
		t.Ins("ADDQ", asm.Imm(8), to)
	})
	t.Ins("ADDQ", run, at)
	t.Ins("SUBQ", run, left)
	t.close()
	t.J("GT", top)
	t.Bind(end)
	return table
}

// unevenly jumps to l where the stores' runs are no whole number of squares: there is no table then.
func (t *gettNest) unevenly(l asm.Label) {
	t.Ins("TESTQ", asm.Imm(t.square()-1), t.size(storeRun))
	t.J("NE", l)
}

// placeColumns moves the stores' streams to the columns of c's panel.
func (t *gettNest) placeColumns(stores []target, c *corner) {
	if !t.inPieces(stores) {
		t.place(stores, c.column, t.g.N)
		return
	}
	s, at := t.rowStreams[0], t.GP()
	uneven, placed := t.Label("uneven"), t.Label("placed")
	t.unevenly(uneven)
	t.Ins("MOVQ", asm.At(c.squares, 0), at)
	t.Jmp(placed)
	t.Bind(uneven)
	t.open()
	t.place(stores, c.column, t.g.N)
	t.Move(t.ptr(s), at)
	t.close()
	t.Bind(placed)
	t.scope.ptrs[s] = at
}

// findCrossing jumps to l where the columns of c's panel lie in several places.
func (t *gettNest) findCrossing(stores []target, c *corner, l asm.Label) {
	if len(t.g.N) == 1 {
		return
	}
	whole := t.Label("whole")
	if t.inPieces(stores) {
		uneven := t.Label("uneven")
		t.unevenly(uneven)
		next, square := t.copy(t.ptr(t.rowStreams[0])), t.GP()
		for i := 1; i < t.g.NR/t.square(); i++ {
			t.Ins("ADDQ", asm.Imm(16), next)
			t.Ins("MOVQ", asm.At(c.squares, 8*i), square)
			t.Ins("CMPQ", next, square)
			t.J("NE", l)
		}
		t.Jmp(whole)
		t.Bind(uneven)
	}
	t.Ins("CMPQ", t.roomFrom(c.column), asm.Imm(t.g.NR))
	t.J("LT", l)
	t.Bind(whole)
}

// findEnds finds where a panel's last column is.
func (t *gettNest) findEnds(c *corner) {
	for _, s := range t.rowStreams {
		c.ends[s] = t.copy(t.ptr(s))
		t.Ins("ADDQ", asm.Imm(t.g.NR*t.u.streams[s].bytes()-1), c.ends[s])
	}
}

// findPieces adds to the way of a panel that crosses the end of N's last axis that it is stored in pieces. Where there is no table of them,
// it jumps to elsewhere.
func (t *gettNest) findPieces(c *corner, elsewhere asm.Label) {
	t.unevenly(elsewhere)
	t.Ins("ORQ", asm.Imm(fromPieces), c.way)
	end := c.ends[t.rowStreams[0]]
	t.Ins("MOVQ", asm.At(c.squares, 8*(t.g.NR/t.square()-1)), end)
	t.Ins("ADDQ", asm.Imm(16-1), end)
}

// finishPieces writes the stores of a tile in registers that crosses the end of N's last axis.
func (t *gettNest) finishPieces(c *corner, acc []asm.Reg) {
	pieces := make([]asm.Reg, t.g.NR/t.square())
	for i := range pieces {
		pieces[i] = t.GP()
		t.Ins("MOVQ", asm.At(c.squares, 8*i), pieces[i])
	}
	each, done := t.full/t.square(), t.Label("stored")
	for r := range t.g.MR {
		if r > 0 {
			t.Ins("CMPQ", c.rest, asm.Imm(r))
			t.J("LE", done)
		}
		by := t.GP()
		t.Ins("MOVQ", asm.At(c.entry, r*t.entryBytes()), by)
		for i, p := range pieces {
			t.storeSquare(acc[(r*len(pieces)+i)/each], i%each, asm.At(p, 0).Plus(by, 1))
		}
	}
	t.Bind(done)
}
