package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A panel of B may cross the end of N's last axis, so that a tile's columns lie in several places. Where the axis has a whole number of
// squares (see square), each piece of a square's width lies in one place: the kernel that only stores its sum then stores piece by piece,
// whose addresses at row 0 are found once a panel and stand in the worker's memory.

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

// findEnds finds where a panel's last column is.
func (t *gettNest) findEnds(c *corner) {
	for _, s := range t.rowStreams {
		c.ends[s] = t.copy(t.ptr(s))
		t.Ins("ADDQ", asm.Imm(t.g.NR*t.u.streams[s].bytes()-1), c.ends[s])
	}
}

// findPieces finds where a panel's pieces are, which crosses the end of N's last axis, and adds to its way that it is stored so. Where the
// axis is no whole number of squares, it jumps to elsewhere.
func (t *gettNest) findPieces(stores []target, c *corner, elsewhere asm.Label) {
	t.Ins("TESTQ", asm.Imm(t.square()-1), t.size(storeRun))
	t.J("NE", elsewhere)
	t.Ins("ORQ", asm.Imm(fromPieces), c.way)
	s, placed := t.rowStreams[0], t.scope
	t.scope = c.unplaced
	t.open()
	at, to := t.copy(c.column), t.copy(t.Arg(ArgScratch))
	count := t.copy(t.Int(int64(t.g.NR / t.square())))
	t.turns(count, func() {
		t.place(stores, at, t.g.N)
		t.Ins("MOVQ", t.ptr(s), asm.At(to, piecesAt(t.g, t.element())))
		t.Move(t.ptr(s), c.ends[s])
		t.Ins("ADDQ", asm.Imm(8), to)
		t.Ins("ADDQ", asm.Imm(t.square()), at)
	})
	t.Ins("ADDQ", asm.Imm(16-1), c.ends[s])
	t.scope = placed
}

// finishPieces writes the stores of a tile in registers that crosses the end of N's last axis.
func (t *gettNest) finishPieces(c *corner, acc []asm.Reg) {
	pieces := make([]asm.Reg, t.g.NR/t.square())
	for i := range pieces {
		pieces[i] = t.GP()
		t.Ins("MOVQ", asm.At(t.Arg(ArgScratch), piecesAt(t.g, t.element())+8*i), pieces[i])
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
