package cpu

import (
	"maps"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// Where all of A is one block, each panel of B is multiplied by one call only. Where B is several blocks, that call packs it, into its
// worker's own memory: no other worker fetches it from there, none waits for all of a block to be packed, and one reads memory while another
// multiplies.

// ownRoom is the bytes of B's panels that a call packs, about: a part of the second cache that leaves room for A.
const ownRoom = 128 << 10

// packsOwn says whether u's calls pack their panels of B themselves.
func (u *unit) packsOwn() bool {
	g := &u.k.Gett
	return points(u.k, g.M) <= g.MC && points(u.k, g.K) <= g.KC && points(u.k, g.N) > g.NC && !u.mirrors() && !u.rightInPlace()
}

// ownPanels is how many panels of B a call packs, at most most: as many as there is room for, and whole rows of N's last axis where these are
// packed in bands.
func (b *gettBlocks) ownPanels(u *unit, most int) int {
	n := max(1, min(most, ownRoom/b.size(rightBytes)))
	row := b.k.Axes[last(b.g.N)].Extent
	step := row / gcd(row, b.g.NR)
	if !b.bandable(u) || step*b.size(rightBytes) > 4*ownRoom {
		return evenly(b.wide, n)
	}
	b.bands = evenly(b.k.Axes[b.g.N[len(b.g.N)-2]].Extent, bandPoints)
	return min(b.wide, max(1, n/step)*step)
}

// packOwn writes the packing of a call's columns of B, count of them from flat point column on. It gives where the panels are.
func (t *gettNest) packOwn(batch, column, count asm.Reg) asm.Reg {
	at := t.copy(t.Arg(ArgScratch))
	t.Ins("ADDQ", t.size(ownAt), at)
	vector := t.vector
	end := t.Label("own")
	t.open()
	maps.Copy(t.scope.ptrs, t.origin.ptrs) // what is placed is so for the stores
	if t.u.banded() {
		panels := t.Label("panels")
		rows := t.copy(t.size(bandRows))
		t.Ins("TESTQ", rows, rows)
		t.J("EQ", panels)
		t.ownBands(batch, column, count, at)
		t.Jmp(end)
		t.Bind(panels)
	}
	t.ownColumns(batch, column, count, at)
	t.Bind(end)
	t.close()
	t.vector = vector
	return at
}

// ownBands packs band by band.
func (t *gettNest) ownBands(batch, column, count, dest asm.Reg) {
	t.open()
	first, _ := t.divide(column, t.rowLength())
	rows, _ := t.divide(count, t.rowLength())
	begin := t.copy(t.Int(0))
	top := t.Label("band")
	t.Bind(top)
	t.open()
	some := t.least(rows, t.size(bandRows))
	t.packBand(batch, &rowBand{first: first, count: some, column: begin, dest: dest})
	t.Ins("ADDQ", some, first)
	t.Ins("ADDQ", t.scaled(some, t.rowLength()), begin)
	t.Ins("SUBQ", some, rows)
	t.close()
	t.J("GT", top)
	t.close()
}

// ownColumns packs panel by panel.
func (t *gettNest) ownColumns(batch, column, count, dest asm.Reg) {
	t.open()
	at, left, to := t.copy(column), t.copy(count), t.copy(dest)
	top := t.Label("panel")
	t.Bind(top)
	t.open()
	t.packPanel(batch, t.rightSide(at, t.least(left, t.Int(int64(t.g.NR))), to))
	t.close()
	t.Ins("ADDQ", asm.Imm(t.g.NR), at)
	t.Ins("ADDQ", t.size(rightBytes), to)
	t.Ins("SUBQ", asm.Imm(t.g.NR), left)
	t.J("GT", top)
	t.close()
}
