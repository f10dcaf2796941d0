package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A panel of B may cross the end of N's last axis, so that a tile's columns lie in several places. The kernel that only stores its sum then
// stores piece by piece. A piece is as wide as a square (see square) where runs of columns are a whole number of these, else half of that, or a
// single column: N may be many axes of two points each. A call writes a table of where its pieces lie at row 0, run by run, so that no panel
// takes its columns' flat points apart.

// gettRuns are the points of groups that lie side by side: those of a group's last axes that are one axis to what touches them.
type gettRuns struct {
	stored                int // columns, for all that the stores touch
	piece                 int // the columns of a piece
	left, right           int // rows in A, columns in B
	leftTerms, rightTerms int // terms in either
}

func (u *unit) gettRuns() gettRuns {
	t := &gettNest{nest: &nest{u: u, k: u.k}, g: &u.k.Gett, dtype: u.k.Body[u.k.Gett.Sum].DType}
	t.open()
	left, right := factors(t.leftParts()), factors(t.rightParts())
	r := gettRuns{
		left: t.runOf(left, t.g.M), leftTerms: t.runOf(left, t.g.K),
		right: t.runOf(right, t.g.N), rightTerms: t.runOf(right, t.g.K),
	}
	for _, sum := range t.sums() {
		t.scope.values[valueKey{sum, 0}] = 1 // what is beneath the sum is not the stores'
	}
	r.stored, r.piece = t.runOf(t.stores(), t.g.N), 1
	if t.storesBeside(t.stores()) {
		r.piece = gcd(r.stored, t.square())
	}
	return r
}

// runOf is how many points of axes lie side by side for the targets.
func (t *gettNest) runOf(targets []target, axes []int) int {
	inner := last(axes)
	run := t.k.Axes[inner].Extent
	for i := len(axes) - 2; i >= 0 && !t.asksIndex(targets, axes[i]) && !t.asksIndex(targets, inner); i-- {
		for _, s := range t.active(targets) {
			if step := t.u.streams[s].step; step[axes[i]] != step[inner]*run {
				return run
			}
		}
		run *= t.k.Axes[axes[i]].Extent
	}
	return run
}

// storesBeside says whether all stores go along N's last axis element by element.
func (t *gettNest) storesBeside(stores []target) bool {
	return !slices.ContainsFunc(stores, func(s target) bool {
		st := &t.k.Stores[s.store]
		return t.u.streams[findStream(t.u.streams, st.Param, st.At)].class(last(t.g.N)) != adjacent
	})
}

// inPieces says whether that is how tiles that cross the end are stored: their sums are all there is to store.
func (t *gettNest) inPieces(stores []target) bool {
	return len(stores) == 1 && t.k.Stores[stores[0].store].Value == t.g.Sum && len(t.rowStreams) == 1 && (len(t.g.N) > 1 || !t.storesBeside(stores))
}

// pieceTable writes the table of the pieces of count columns from flat point column on, where tiles are stored in pieces. It gives its
// address.
func (t *gettNest) pieceTable(stores []target, column, count asm.Reg) asm.Reg {
	table := t.copy(t.Arg(ArgScratch))
	t.Ins("ADDQ", t.size(piecesAt), table)
	if !t.inPieces(stores) {
		return table
	}
	s, at, left, to := t.rowStreams[0], t.copy(column), t.copy(count), t.copy(table)
	step := t.num(number{kind: stepOf, a: s, b: last(t.g.N), mul: 1})
	bytes := t.copy(step)
	t.Ins("IMULQ", t.size(pieceColumns), bytes)
	top := t.Label("piecesOf")
	t.Bind(top)
	t.open()
	t.place(stores, at, t.g.N)
	run, p := t.least(t.roomIn(t.size(storeRun), t.g.N, at), left), t.copy(t.ptr(s))
	pieces := t.copy(run)
	t.Ins("ADDQ", t.size(pieceColumns), pieces)
	t.Ins("DECQ", pieces)
	t.Ins("SHRXQ", t.size(pieceShift), pieces, pieces)
	t.turns(pieces, func() {
		t.Ins("MOVQ", p, asm.At(to, 0))
		t.Ins("ADDQ", bytes, p)
		t.Ins("ADDQ", asm.Imm(8), to)
	})
	t.Ins("ADDQ", run, at)
	t.Ins("SUBQ", run, left)
	t.close()
	t.J("GT", top)
	return table
}

// placeColumns moves the stores' streams to the columns of c's panel.
func (t *gettNest) placeColumns(stores []target, c *corner) {
	if !t.inPieces(stores) {
		t.place(stores, c.column, t.g.N)
		return
	}
	at := t.GP()
	t.Ins("MOVQ", asm.At(c.pieces, 0), at)
	t.scope.ptrs[t.rowStreams[0]] = at
}

// findCrossing jumps to l where the columns of c's panel lie in several places.
func (t *gettNest) findCrossing(stores []target, c *corner, l asm.Label) {
	if len(t.g.N) == 1 {
		return
	}
	whole := t.Label("whole")
	if t.inPieces(stores) {
		uneven := t.Label("uneven")
		t.Ins("TESTQ", asm.Imm(t.square()-1), t.size(storeRun))
		t.J("NE", uneven)
		next, square := t.copy(t.ptr(t.rowStreams[0])), t.GP()
		for i := 1; i < t.g.NR/t.square(); i++ {
			t.Ins("ADDQ", asm.Imm(16), next)
			t.Ins("MOVQ", asm.At(c.pieces, 8*i), square)
			t.Ins("CMPQ", next, square)
			t.J("NE", l)
		}
		t.Jmp(whole)
		t.Bind(uneven)
	}
	t.Ins("CMPQ", t.roomIn(t.size(storeRun), t.g.N, c.column), asm.Imm(t.g.NR))
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

// pieces are the sizes of pieces, in columns, the largest first: a square's width, and what is left where it is halved. Of columns that do not lie
// side by side each is a piece.
func (t *gettNest) pieces() (list []piece) {
	way := fromPieces
	for size := t.square(); size > 0; size /= 2 {
		if size == 1 || t.u.streams[t.rowStreams[0]].class(last(t.g.N)) == adjacent {
			list = append(list, piece{size, way})
		}
		way <<= 1
	}
	return list
}

// piece is so many columns, and the bit of the way by which a panel is stored that consists of such.
type piece struct{ columns, way int }

// findPieces adds to the way of a panel that is no run of columns that it is stored in pieces, and in which.
func (t *gettNest) findPieces(c *corner) {
	found := t.Label("pieces")
	for _, p := range t.pieces() {
		other := t.Label("smaller")
		t.Ins("CMPQ", t.size(pieceColumns), asm.Imm(p.columns))
		t.J("NE", other)
		t.Ins("ORQ", asm.Imm(p.way), c.way)
		t.Jmp(found)
		t.Bind(other)
	}
	t.Bind(found)
	end := c.ends[t.rowStreams[0]]
	t.Ins("MOVQ", asm.At(c.pieces, -8).Plus(t.size(pieceStep), 1), end)
}

// finishPieces writes the stores of a tile in registers in pieces of so many columns.
func (t *gettNest) finishPieces(c *corner, acc []asm.Reg, columns int) {
	done := t.Label("stored")
	for r := range t.g.MR {
		if r > 0 {
			t.Ins("CMPQ", c.rest, asm.Imm(r))
			t.J("LE", done)
		}
		by, square := t.GP(), asm.Reg(0)
		t.Ins("MOVQ", asm.At(c.entry, r*t.entryBytes()), by)
		for at := 0; at < t.g.NR; at += columns {
			if at%t.square() == 0 {
				square = t.squareOf(acc[(r*t.g.NR+at)/t.full], at%t.full/t.square())
			}
			p := t.GP()
			t.Ins("MOVQ", asm.At(c.pieces, 8*(at/columns)), p)
			t.storeLanes(square, at%t.square(), columns, asm.At(p, 0).Plus(by, 1))
		}
	}
	t.Bind(done)
}

// squareOf is the 16 bytes of number part in r.
func (t *gettNest) squareOf(r asm.Reg, part int) asm.Reg {
	if part == 0 {
		return r.X()
	}
	x := t.Vec().X()
	if r.Width() == asm.Z {
		t.Ins("VEXTRACTF32X4", asm.Imm(part), r, x)
	} else {
		t.Ins("VEXTRACTF128", asm.Imm(part), r, x)
	}
	return x
}

// storeLanes stores count lanes of x, from lane first on.
func (t *gettNest) storeLanes(x asm.Reg, first, count int, at asm.Mem) {
	low := first == 0
	switch count * t.bytes() {
	case 16:
		t.Ins("VMOVUPS", x, at)
	case 8:
		if low {
			t.Ins("VMOVSD", x, at)
		} else {
			t.Ins("VPEXTRQ", asm.Imm(1), x, at)
		}
	default:
		if low {
			t.Ins("VMOVSS", x, at)
		} else {
			t.Ins("VPEXTRD", asm.Imm(first), x, at)
		}
	}
}
