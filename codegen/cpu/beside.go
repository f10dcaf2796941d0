package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// Where vectors run along a fold, some rows are folded beside one another:
//
//	before  for i, for k by 32               t[i] += a[i, k..k+31] * b[k..k+31]
//	after   for i by 4, for k by 8           t[i..i+3] += a[i..i+3, k..k+7] * b[k..k+7]
//
// What serves all rows is read once, and memory is read in several streams: the processor asks ahead in each of them, but not beyond a page.
// The rows are then the blocks of a turn.

// besideWork is the operations from which a row has enough to do for itself.
const besideWork = 8

// besideAxis is the loop axis whose rows u folds beside one another; -1: it goes row by row.
func (u *unit) besideAxis() int {
	k := u.k
	loops := loopAxes(k)
	if k.Nest != codegen.NestRow || k.Vector < 0 || !k.Axes[k.Vector].Fold || len(loops) == 0 || len(u.saved) > 0 || gathers(k) {
		return -1
	}
	axis := last(loops)
	if slices.ContainsFunc(u.cuts, func(c cut) bool { return c.axis == axis || c.piece == axis }) { // rows of several lengths
		return -1
	}
	shared := false
	for i := range u.streams {
		along := u.streams[i].class(k.Vector)
		if partner, _ := u.partner(i, k.Vector); along == strided && partner < 0 {
			return -1
		}
		shared = shared || along != still && u.streams[i].class(axis) == still
	}
	if !shared {
		return -1
	}
	work, level, folds := 0, levels(k), codegen.AxesOf(foldsOf(k)...)
	for i := range k.Body {
		v := &k.Body[i]
		switch {
		case v.Kind == codegen.Scan || v.Kind == codegen.Reduce && (level[i] > 1 || v.DType == tensor.Bool || !u.on[i].Has(axis)):
			return -1
		case v.Kind == codegen.Map && v.Op.Name == "rare":
			return -1
		case v.Kind == codegen.Map && level[i] == 0:
			work++
		}
	}
	if work > besideWork || slices.ContainsFunc(k.Stores, func(s codegen.Store) bool { return s.Axes().Meets(folds) }) {
		return -1
	}
	return axis
}

// beside is how many rows are folded beside one another: their sums take half of 16 registers. Totals, of which there may be as many, are seldom
// added to and wait in memory.
func (n *nest) beside() int { return max(1, 8/len(reducesOf(n.k))) }

// rowsOfPoints writes rows beside one another from a point of the parallel range on, where there are so many of them, and jumps to next with
// the point behind them.
func (n *nest) rowsOfPoints(targets []target, point asm.Reg, next asm.Label) {
	few, rows := n.Label("few"), n.beside()
	inRange := n.copy(n.Arg(ArgHi))
	n.Ins("SUBQ", point, inRange)
	n.Ins("CMPQ", inRange, asm.Imm(rows))
	n.J("LT", few)
	if len(n.parallel()) > 1 {
		alongAxis := n.copy(n.num(number{kind: extentOf, a: n.u.beside}))
		n.Ins("SUBQ", n.axisIndex(n.u.beside), alongAxis)
		n.Ins("CMPQ", alongAxis, asm.Imm(rows))
		n.J("LT", few)
	}
	n.rowsBeside(targets)
	n.Ins("ADDQ", asm.Imm(rows), point)
	n.Jmp(next)
	n.Bind(few)
}

// besideLoop writes the loop over the rows.
func (n *nest) besideLoop(targets []target) {
	axis, rows := n.u.beside, n.beside()
	n.hoist(targets)
	left := n.wholeCount(axis)
	moving := n.enter(targets, axis)
	n.turnsOf(left, rows, func() {
		n.inside(func() { n.rowsBeside(targets) }, axis)
		n.advance(moving, rows)
	})
	n.turns(left, func() {
		n.inside(func() { n.core(targets, n.wholeCount(n.vector)) }, axis)
		n.advance(moving, 1)
	})
	n.close()
}

// rowsBeside writes so many rows beside one another.
func (n *nest) rowsBeside(targets []target) {
	side := n.side
	n.rowwise, n.side = true, n.beside()
	n.open()
	n.core(targets, n.wholeCount(n.vector))
	n.close()
	n.rowwise, n.side = false, side
}
