package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A product of a factor with itself is symmetric (see codegen.Kernel.Symmetric): tiles wholly above the diagonal are passed over, and when
// all others are stored a third phase copies what is below the diagonal to above it. A point of it is a band of rows of the upper triangle,
// which it writes column by column of the lower one's rows, so that lines of memory are read and written whole.

// mirrorRows are the rows of a band: half a line of float32, few enough that the lines written side by side stay in the first cache
// whatever their distance.
const mirrorRows = 8

// mirrors says whether half of u's result is a copy of the other half.
func (u *unit) mirrors() bool {
	if !u.k.Symmetric() {
		return false
	}
	size := u.k.Params[u.k.Stores[0].Param].DType.Size()
	return size == 4 || size == 8
}

// mirrorPhase copies the lower triangle of each point of the batch.
func (b *gettBlocks) mirrorPhase() Phase {
	points := b.batch * b.size(mirrorBands)
	grain := max(1, (16<<10)/(mirrorRows*b.n))
	if b.batch*b.m*b.n <= aloneWork/8 {
		grain = points
	}
	return Phase{Func: 2, Points: points, Grain: grain}
}

// mirror writes the copying.
func (t *gettNest) mirror() {
	stores := t.stores()
	store := &t.k.Stores[0]
	s := findStream(t.u.streams, store.Param, store.At)
	t.forPoints(func(point asm.Reg) {
		batch, band := t.divide(point, t.size(mirrorBands))
		t.scope.values[valueKey{t.g.Sum, 0}] = t.Vec() // what the store needs ends at the sum: it is never read
		t.place(stores, batch, t.g.Batch)
		down := t.num(number{kind: stepOf, a: s, b: t.g.M[0], mul: 1})
		across := t.num(number{kind: stepOf, a: s, b: t.g.N[0], mul: 1})
		first := t.scaled(band, t.Int(mirrorRows))
		rows := t.left(t.size(pointsM), first, t.Int(mirrorRows))
		corner := t.scaled(first, t.sum(down, across)) // of the band's first element on the diagonal
		t.Ins("ADDQ", t.ptr(s), corner)
		from, to := t.sum(corner, down), t.sum(corner, across)
		left, some := t.copy(t.size(pointsN)), t.copy(t.Int(1))
		t.Ins("SUBQ", first, left)
		t.Ins("DECQ", left)
		t.turns(left, func() {
			src, dst := t.copy(from), t.copy(to)
			t.turns(t.least(some, rows), func() {
				t.copyElement(t.u.streams[s].dtype.Size(), src, dst)
				t.Ins("ADDQ", across, src)
				t.Ins("ADDQ", down, dst)
			})
			t.Ins("INCQ", some)
			t.Ins("ADDQ", down, from)
			t.Ins("ADDQ", across, to)
		})
	})
}

// copyElement copies an element of 4 or 8 bytes.
func (t *gettNest) copyElement(size int, src, dst asm.Reg) {
	move := "MOVQ"
	if size == 4 {
		move = "MOVL"
	}
	r := t.GP()
	t.Ins(move, asm.At(src, 0), r)
	t.Ins(move, r, asm.At(dst, 0))
}
