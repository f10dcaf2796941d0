package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// Two streams that go by every second element, the one beside the other, as the parts of complex numbers do, are read together: two vectors of
// what lies side by side, whose elements are then sorted into those of the one and those of the other. So they are stored, the other way round.
//
//	memory   r0 i0 r1 i1 | r2 i2 r3 i3    lanes  r0 r1 r2 r3 and i0 i1 i2 i3

// partner is the stream that lies beside stream s, element by element, where both go along axis by every second one, and whether it is the
// first of the two in memory; -1: there is none.
func (u *unit) partner(s, axis int) (other int, first bool) {
	a := &u.streams[s]
	if axis < 0 || a.step[axis] != 2*a.bytes() || a.bytes() < 4 {
		return -1, false
	}
	for i := range u.streams {
		b := &u.streams[i]
		if distance := a.offset - b.offset; b.param != a.param || distance != a.bytes() && distance != -a.bytes() {
			continue
		}
		same := true
		for k := range a.step {
			same = same && a.step[k] == b.step[k]
		}
		if same {
			return i, b.offset < a.offset
		}
	}
	return -1, false
}

// pairing is the partner of stream s in whole blocks.
func (n *nest) pairing(s int) (partner int, first bool) {
	if n.n == 1 || n.tail.some || n.jamming != nil {
		return -1, false
	}
	return n.u.partner(s, n.vector)
}

// readPair writes the loads of stream s, whose first element is at p, and of its partner, which is kept for whoever asks for it.
func (n *nest) readPair(s, partner int, first bool, p asm.Reg, block int) asm.Reg {
	d := n.u.streams[s].dtype
	at := asm.At(n.blockStart(s, p, block), 0)
	if first {
		at = at.Off(-d.Size())
	}
	low, high := n.reg(d), n.reg(d)
	n.Ins("VMOVUPS", at, low)
	n.Ins("VMOVUPS", at.Off(low.Width().Bytes()), high)
	even, odd := n.sort(d, low, high)
	if first {
		even, odd = odd, even
	}
	for v := range n.k.Body {
		if x := &n.k.Body[v]; x.Kind == codegen.Load && findStream(n.u.streams, x.Param, x.At) == partner {
			if _, ok := n.known(v, block); !ok {
				n.scope.values[n.key(v, block)] = odd
			}
		}
	}
	return even
}

// inPairs says whether all that the targets fold along the vector axis is read in pairs, so that its points may be in any order in the lanes as long
// as it is the same for all.
func (n *nest) inPairs(ts []target) bool {
	if n.asksIndex(ts, n.vector) || slices.ContainsFunc(ts, func(t target) bool { return t.reduce < 0 }) || len(n.u.saved) > 0 {
		return false
	}
	return !slices.ContainsFunc(n.active(ts), func(s int) bool {
		partner, _ := n.u.partner(s, n.vector)
		return partner < 0 && n.along(s) != still
	})
}

// sort gives the elements of even and of odd number of two vectors, the first of them before the second in memory.
func (n *nest) sort(d tensor.DType, low, high asm.Reg) (even, odd asm.Reg) {
	pick := func(imm int, name string) asm.Reg {
		dst := n.reg(d)
		if n.laneBytes(d) == 4 {
			n.Ins("VSHUFPS", asm.Imm(imm), high, low, dst)
		} else {
			n.Ins(name, high, low, dst)
		}
		if n.anyOrder {
			return dst
		}
		return n.deal(d, dst, 1)
	}
	return pick(0x88, "VUNPCKLPD"), pick(0xdd, "VUNPCKHPD")
}

// merge is the inverse of sort.
func (n *nest) merge(d tensor.DType, even, odd asm.Reg) (low, high asm.Reg) {
	even, odd = n.deal(d, even, 2), n.deal(d, odd, 2)
	return n.ins3(suffix(d, "VUNPCKLP", "S", "D"), d, odd, even), n.ins3(suffix(d, "VUNPCKHP", "S", "D"), d, odd, even)
}

// deal moves the qwords of r. Turns of sort and of merge work in pieces of 16 bytes: sort has to bring the first qwords of all pieces before
// the second ones (step 1), merge to undo that (step 2).
func (n *nest) deal(d tensor.DType, r asm.Reg, step int) asm.Reg {
	switch r.Width() {
	case asm.X:
		return r
	case asm.Y:
		dst := n.reg(d)
		n.Ins("VPERMPD", asm.Imm(0xd8), r, dst) // 0 2 1 3, its own inverse
		return dst
	}
	order := []byte{0, 2, 4, 6, 1, 3, 5, 7}
	if step == 2 {
		order = []byte{0, 4, 1, 5, 2, 6, 3, 7}
	}
	index := make([]byte, 64)
	for i, q := range order {
		index[8*i] = q
	}
	table, dst := n.reg(d), n.reg(d)
	n.Ins("VMOVUPS", n.Data(index), table)
	n.Ins("VPERMPD", r, table, dst)
	return dst
}

// putPair writes stores i and its partner, where they are one, and says so.
func (n *nest) putPair(i int, targets []target, block int) (other int, ok bool) {
	st := &n.k.Stores[i]
	s := findStream(n.u.streams, st.Param, st.At)
	partner, first := n.pairing(s)
	if partner < 0 {
		return 0, false
	}
	for _, t := range targets {
		if t.store < 0 || t.store == i {
			continue
		}
		to := &n.k.Stores[t.store]
		if findStream(n.u.streams, to.Param, to.At) != partner {
			continue
		}
		d := n.u.streams[s].dtype
		even, odd := n.value(st.Value, block), n.value(to.Value, block)
		at := asm.At(n.blockStart(s, n.ptr(s), block), 0)
		if first {
			even, odd, at = odd, even, at.Off(-d.Size())
		}
		low, high := n.merge(d, even, odd)
		n.Ins("VMOVUPS", low, at)
		n.Ins("VMOVUPS", high, at.Off(low.Width().Bytes()))
		return t.store, true
	}
	return 0, false
}
