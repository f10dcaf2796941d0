package cpu

import (
	"math/bits"
	"slices"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// Where elements of B lie side by side along N's last but one axis alone, a line of memory holds elements of many panels. Such a factor is
// packed in bands: some rows of N's last axis that are neighbours in memory. What is fetched with a line is used at once, and goes to
// many panels.

const (
	bandPoints = 32             // rows of a band, at most
	bandTable  = 8 * bandPoints // bytes of the table of where they go
)

// banded says whether elements of B lie side by side along N's last but one axis alone.
func (u *unit) banded() bool {
	g := &u.k.Gett
	if g.Imag != nil || len(g.N) < 2 || g.NR&(g.NR-1) != 0 {
		return false
	}
	t := &gettNest{nest: &nest{u: u, k: u.k}, g: g}
	ts := []target{factor(g.B)}
	t.open()
	return t.adjacent(ts, g.N[len(g.N)-2]) && !t.adjacent(ts, last(g.N)) && !t.adjacent(ts, last(g.K))
}

// rowLength is the points of N's last axis.
func (t *gettNest) rowLength() asm.Reg { return t.num(number{kind: extentOf, a: last(t.g.N)}) }

// rowBand is some rows of N's last axis, and the panels that they are packed to.
type rowBand struct {
	first  asm.Reg // flat point of N's other axes
	count  asm.Reg // rows
	column asm.Reg // of the panels, at which the first row begins
	dest   asm.Reg // the first panel
}

// packBand writes the packing of a band.
func (t *gettNest) packBand(batch asm.Reg, b *rowBand) {
	ts := []target{factor(t.g.B)}
	terms := t.left(t.size(pointsK), t.Arg(varP), t.size(blockTerms))
	at := t.copy(b.dest)
	t.place(ts, batch, t.g.Batch)
	t.vector = t.g.N[len(t.g.N)-2]
	t.inside(func() {
		t.runs(ts, t.g.K, t.size(rightTerms), t.Arg(varP), terms, func(n asm.Reg) {
			from := t.copy(b.column)
			t.runs(ts, t.g.N[:len(t.g.N)-1], t.num(number{kind: extentOf, a: t.g.N[len(t.g.N)-2]}), b.first, b.count, func(points asm.Reg) {
				t.packStrip(ts, &strip{terms: n, points: points, at: at, column: t.copy(from)})
				t.Ins("ADDQ", t.scaled(points, t.rowLength()), from)
			})
			t.Ins("ADDQ", t.scaled(n, t.Int(int64(t.g.NR*t.bytes()))), at)
		})
	}, t.g.Batch...)
}

// strip is some rows of a band that lie side by side in memory.
type strip struct {
	terms  asm.Reg // how many
	points asm.Reg // how many rows
	at     asm.Reg // the first term's place in the first panel
	column asm.Reg // of the panels, at which the first row's present columns begin
	table  asm.Reg // of where these go, for each row
}

// packStrip packs a strip, so many columns of its rows at a time as a square has, of these term by term: a page of memory is read as far as
// the strip goes before the next one is.
func (t *gettNest) packStrip(ts []target, s *strip) {
	s.table = t.copy(t.Arg(ArgScratch))
	t.Ins("ADDQ", asm.Imm(stripAt(t.g, t.element())), s.table)
	moving := t.enter(ts, last(t.g.N))
	left := t.copy(t.rowLength())
	square := t.Label("square")
	t.Bind(square)
	t.findColumns(s)
	term := t.copy(t.Int(0))
	t.loop(ts, last(t.g.K), t.copy(s.terms), func() {
		t.packSquares(ts, s, term)
		t.Ins("ADDQ", asm.Imm(t.g.NR*t.bytes()), term)
	})
	t.advance(moving, t.square())
	t.Ins("ADDQ", asm.Imm(t.square()), s.column)
	t.Ins("SUBQ", asm.Imm(t.square()), left)
	t.J("GT", square)
	t.close()
}

// packSquares packs one term of a strip, which stands at byte term of the panels: whole vectors, squares, single rows.
func (t *gettNest) packSquares(ts []target, s *strip, term asm.Reg) {
	moving := t.enter(ts, t.vector)
	to, left := t.copy(s.table), t.copy(s.points)
	for _, n := range slices.Compact([]int{t.full, t.square(), 1}) {
		t.n = n
		top, end := t.Label("strip"), t.Label("over")
		t.Bind(top)
		t.Ins("CMPQ", left, asm.Imm(n))
		t.J("LT", end)
		t.block(1, func() {
			t.storeColumns(t.neighbours(ts, t.g.B, last(t.g.N), t.square()), func(point int) asm.Mem {
				at := t.GP()
				t.Ins("MOVQ", asm.At(to, 8*point), at)
				return asm.At(at, 0).Plus(term, 1)
			})
		})
		t.advance(moving, n)
		t.Ins("ADDQ", asm.Imm(8*n), to)
		t.Ins("SUBQ", asm.Imm(n), left)
		t.Jmp(top)
		t.Bind(end)
	}
	t.n = t.full
	t.close()
}

// findColumns writes the table of where the present columns of the strip's rows go.
func (t *gettNest) findColumns(s *strip) {
	column, to, shift := t.copy(s.column), t.copy(s.table), bits.TrailingZeros(uint(t.g.NR))
	t.turns(t.copy(s.points), func() {
		in, panel := t.copy(column), t.copy(column)
		t.Ins("ANDQ", asm.Imm(t.g.NR-1), in)
		t.Ins("SHRQ", asm.Imm(shift), panel)
		t.Ins("IMULQ", t.size(rightBytes), panel)
		t.Ins("ADDQ", s.at, panel)
		t.Ins("LEAQ", asm.At(panel, 0).Plus(in, t.bytes()), panel)
		t.Ins("MOVQ", panel, asm.At(to, 0))
		t.Ins("ADDQ", asm.Imm(8), to)
		t.Ins("ADDQ", t.rowLength(), column)
	})
}
