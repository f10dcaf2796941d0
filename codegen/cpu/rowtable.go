package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// The table of rows: for each row that a call computes, what the row adds to the address of each stream that moves along M, and the index
// of each of M's axes that is asked for. It is written once a call, so that no tile takes its rows' flat points apart, and rows need not lie
// one step from each other: a tile may cross the ends of M's axes anywhere. (TBLIS calls it a scatter vector: Matthews, arXiv 1607.00291.)

// rowTable writes the table for so many rows from flat point row on. It gives its address, and the bits that are set in any row's
// number of a stream that may be stored to past the caches.
func (t *gettNest) rowTable(stores []target, row, rows asm.Reg) (table, bits asm.Reg) {
	for _, s := range t.active(stores) {
		if slices.ContainsFunc(t.g.M, func(a int) bool { return t.u.streams[s].class(a) != still }) {
			t.rowStreams = append(t.rowStreams, s)
		}
	}
	for _, a := range t.g.M {
		if t.asksIndex(stores, a) {
			t.rowAxes = append(t.rowAxes, a)
		}
	}
	table, bits = t.copy(t.Arg(ArgScratch)), t.GP()
	t.Zero(bits)
	t.Ins("ADDQ", asm.Imm(tableAt(t.g, t.element())), table)
	at, to := t.copy(row), t.copy(table)
	t.turns(t.copy(rows), func() {
		t.takeApart(at, t.g.M)
		for i, s := range t.rowStreams {
			by := t.movedBy(s)
			t.Ins("MOVQ", by, asm.At(to, 8*i))
			if slices.Contains(t.passes, s) {
				t.Ins("ORQ", by, bits)
			}
		}
		for i, a := range t.rowAxes {
			t.Ins("MOVQ", t.axisIndex(a), asm.At(to, 8*(len(t.rowStreams)+i)))
		}
		t.Ins("ADDQ", asm.Imm(t.entryBytes()), to)
		t.Ins("INCQ", at)
	})
	return table, bits
}

// movedBy is how many bytes the present indices of M's axes move stream s.
func (t *gettNest) movedBy(s int) asm.Reg {
	var all asm.Reg
	for _, a := range t.g.M {
		if t.u.streams[s].class(a) == still {
			continue
		}
		by := t.scaled(t.axisIndex(a), t.num(number{kind: stepOf, a: s, b: a, mul: 1}))
		if all != 0 {
			t.Ins("ADDQ", all, by)
		}
		all = by
	}
	return all
}

// entryBytes is the size of a row's entry.
func (t *gettNest) entryBytes() int { return 8 * (len(t.rowStreams) + len(t.rowAxes)) }

// enterRow moves, in this scope, what moves along M to row number r behind the entry.
func (t *gettNest) enterRow(entry asm.Reg, r int) {
	at := asm.At(entry, r*t.entryBytes())
	for i, s := range t.rowStreams {
		p := t.GP()
		t.Ins("MOVQ", at.Off(8*i), p)
		t.Ins("ADDQ", t.ptr(s), p)
		t.scope.ptrs[s] = p
	}
	for i, a := range t.rowAxes {
		index := t.GP()
		t.Ins("MOVQ", at.Off(8*(len(t.rowStreams)+i)), index)
		t.scope.idx[a] = index
	}
}

// tableEntries is the most numbers that an entry of u's table may have.
func (u *unit) tableEntries() int { return len(u.streams) + len(u.k.Gett.M) }
