package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A packed contraction whose result is larger than the last cache stores whole tiles past the caches, where each of a tile's rows is whole
// lines of memory: what they overwrite is then not read first. A line that several tiles share is stored through the caches.

// line is the bytes of a line of memory.
const line = 64

// pastStreams are the streams of stores that may go past the caches.
func (t *gettNest) pastStreams(stores []target) (list []int) {
	if !t.k.Uncached || !t.light(stores) {
		return nil
	}
	for _, s := range stores {
		st := &t.k.Stores[s.store]
		i := findStream(t.u.streams, st.Param, st.At)
		if bytes := t.u.streams[i].bytes(); bytes < 4 || t.g.NR*bytes%line != 0 {
			return nil
		}
		list = append(list, i)
	}
	return list
}

// findPast adds to c's way, where whole tiles are whole lines, that they are stored past the caches; where not, it jumps to elsewhere. bits
// are those of the rows' distances.
func (t *gettNest) findPast(c *corner, bits asm.Reg, elsewhere asm.Label) {
	if len(t.passes) == 0 {
		return
	}
	touched := t.copy(bits)
	for _, s := range t.passes {
		t.Ins("ORQ", t.ptr(s), touched)
	}
	t.Ins("TESTQ", asm.Imm(line-1), touched)
	t.J("NE", elsewhere)
	t.Ins("ORQ", asm.Imm(pastCaches), c.way)
}
