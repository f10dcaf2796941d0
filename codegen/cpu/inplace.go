package cpu

import (
	"math/bits"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// Where the right factor lies as packed panels do, it is read where it lies. Where it is narrow, packing the left one takes as long as
// multiplying with it. Rows that are evenly spaced, with their terms side by side, are read where they lie instead: the same loop goes over
// rows in place and over a packed panel, by other steps from row to row and from term to term. Only rows that do not fill a tile are packed,
// so that nothing behind the last one is read.

// mostInPlace is the most panels of B with which A is read in place. Each of them goes through A's rows again, and a packed panel goes
// faster.
const mostInPlace = 8

// leftInPlace says whether u's left factor is read where it lies.
func (u *unit) leftInPlace() bool { return u.leftAxis() >= 0 }

// leftAxis is the axis along which the rows of a left factor follow one another that is read where it lies; -1: it is packed.
func (u *unit) leftAxis() int {
	g := &u.k.Gett
	a := &u.k.Body[g.A]
	if g.Imag != nil || a.Kind != codegen.Load || a.DType != u.k.Body[g.Sum].DType || points(u.k, g.N) > mostInPlace*g.NR {
		return -1
	}
	s := &u.streams[u.leftStream()]
	along := u.innermost(g.M)
	if s.class(last(g.K)) != adjacent || !u.nested(s, g.K, a.DType.Size()) || !u.nested(s, g.M, s.step[along]) {
		return -1
	}
	return along
}

// innermost is the last of axes that has more than one point, the last one where none has.
func (u *unit) innermost(axes []int) int {
	for i := len(axes) - 1; i >= 0; i-- {
		if u.k.Axes[axes[i]].Extent > 1 {
			return axes[i]
		}
	}
	return last(axes)
}

// leftStream is the stream that the left factor is loaded by.
func (u *unit) leftStream() int {
	a := &u.k.Body[u.k.Gett.A]
	return findStream(u.streams, a.Param, a.At)
}

// rightInPlace says whether u's right factor lies in memory as packing would lay it: in whole panels of NR columns, one behind the other, each
// term by term. A plan has a factor laid so that is the same in every run.
func (u *unit) rightInPlace() bool { return u.panelAxis() >= 0 }

// panelAxis is the axis along which the panels of a right factor follow one another that is read where it lies; -1: it is packed.
func (u *unit) panelAxis() int {
	g := &u.k.Gett
	b := &u.k.Body[g.B]
	if g.Imag != nil || b.Kind != codegen.Load || b.DType != u.k.Body[g.Sum].DType || len(g.N) < 2 || u.k.Axes[last(g.N)].Extent != g.NR {
		return -1
	}
	panels := g.N[:len(g.N)-1]
	along := u.innermost(panels)
	s := &u.streams[u.rightStream()]
	if s.class(last(g.N)) != adjacent || !u.nested(s, g.K, g.NR*b.DType.Size()) || !u.nested(s, panels, s.step[along]) {
		return -1
	}
	return along
}

// nested says whether stream s goes over the flat points of axes in steps of so many bytes.
func (u *unit) nested(s *stream, axes []int, step int) bool {
	for i := len(axes) - 1; i >= 0; i-- {
		if s.step[axes[i]] != step && u.k.Axes[axes[i]].Extent > 1 {
			return false
		}
		step *= u.k.Axes[axes[i]].Extent
	}
	return true
}

// rightStream is the stream that the right factor is loaded by.
func (u *unit) rightStream() int {
	b := &u.k.Body[u.k.Gett.B]
	return findStream(u.streams, b.Param, b.At)
}

// rights finds panel number j of the right factor for batch point local, and the bytes from it to the next one. It is the first of a call's,
// whose columns are count of them from flat point column on.
func (t *gettNest) rights(local, j, column, count asm.Reg) (at, step asm.Reg) {
	if t.u.packsOwn() {
		return t.packOwn(t.batchPoint(local), column, count), t.size(rightBytes)
	}
	if !t.u.rightInPlace() {
		return t.rightPanel(local, j), t.size(rightBytes)
	}
	s := t.u.rightStream()
	step = t.num(number{kind: stepOf, a: s, b: t.u.panelAxis(), mul: 1})
	at = t.copy(t.Arg(varJ)) // a whole number of panels
	t.Ins("SHRQ", asm.Imm(bits.TrailingZeros(uint(t.g.NR))), at)
	t.Ins("ADDQ", j, at)
	t.Ins("IMULQ", step, at)
	t.Ins("ADDQ", t.ptr(s), at)
	t.Ins("ADDQ", t.scaled(t.Arg(varP), t.Int(int64(t.g.NR*t.bytes()))), at)
	return at, step
}

// partial says whether the last of the block's rows, from row i on, do not fill a tile.
func (b *gettBlocks) partial(i int) bool { return min(b.high*b.g.MR, b.m-i)%b.g.MR != 0 }

// batched are the targets whose streams move along the batch while tiles are computed.
func (t *gettNest) batched(stores []target) []target {
	list := slices.Clone(stores)
	if t.u.leftInPlace() {
		list = append(list, factor(t.g.A))
	}
	if t.u.rightInPlace() {
		list = append(list, factor(t.g.B))
	}
	return list
}

// lefts is where the left factor of a call's tiles is.
type lefts struct {
	at   asm.Reg // of the first row
	step asm.Reg // bytes from one tile's first row to the next one's
	last asm.Reg // the packed panel of rows that fill no tile, where the others are read in place
}

// lefts finds the left factor of panel number i, whose first row is given.
func (t *gettNest) lefts(local, i, row asm.Reg) lefts {
	if !t.u.leftInPlace() {
		return lefts{at: t.leftPanel(local, i), step: t.size(leftBytes)}
	}
	s := t.u.leftStream()
	at := t.scaled(row, t.leftStep())
	t.Ins("ADDQ", t.ptr(s), at)
	t.Ins("ADDQ", t.scaled(t.Arg(varP), t.Int(int64(t.bytes()))), at)
	return lefts{at: at, step: t.scaled(t.leftStep(), t.Int(int64(t.g.MR))), last: t.leftPanel(local, t.Int(0))}
}

// leftStep is the bytes from one row in place to the next.
func (t *gettNest) leftStep() asm.Reg {
	return t.num(number{kind: stepOf, a: t.u.leftStream(), b: t.u.leftAxis(), mul: 1})
}

// termsInPlace writes acc[r][j] += a[r][k] * b[k][j] over the terms. a is the first row; rest, how many rows there are from it on, says
// whether they fill the tile: otherwise the packed panel has them. Three rows share a base, so that addresses are a base and once or twice
// the step.
func (t *gettNest) termsInPlace(acc []asm.Reg, a, packed, rest, b, terms asm.Reg) {
	first, row, term := t.copy(a), t.copy(t.leftStep()), t.copy(t.Int(int64(t.bytes())))
	whole := t.Label("whole")
	t.Ins("CMPQ", rest, asm.Imm(t.g.MR))
	t.J("GE", whole)
	t.Move(packed, first)
	t.Move(t.Int(int64(t.bytes())), row)
	t.Move(t.Int(int64(t.g.MR*t.bytes())), term)
	t.Bind(whole)
	bases := []asm.Reg{first}
	for r := 3; r < t.g.MR; r += 3 {
		base := t.copy(bases[len(bases)-1])
		for range 3 {
			t.Ins("ADDQ", row, base)
		}
		bases = append(bases, base)
	}
	t.turns(t.copy(terms), func() {
		t.rank1(acc, func(r int) asm.Mem {
			at := asm.At(bases[r/3], 0)
			if r%3 > 0 {
				at = at.Plus(row, r%3)
			}
			return at
		}, b, 0)
		for _, base := range bases {
			t.Ins("ADDQ", term, base)
		}
		t.Ins("ADDQ", asm.Imm(t.g.NR*t.bytes()), b)
	})
}

// packedRow is the first row of packed panel number p.
func (t *gettNest) packedRow(p asm.Reg) asm.Reg {
	if t.u.leftInPlace() { // the last rows, which fill no tile
		return t.num(number{kind: blockOf, a: int(partialRow)})
	}
	i := t.scaled(p, t.Int(int64(t.g.MR)))
	t.Ins("ADDQ", t.Arg(varI), i)
	return i
}
