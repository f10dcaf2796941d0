package emu

import (
	"strings"
	"sync"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// known is what every mnemonic of the table does.
var known = sync.OnceValue(func() map[string]semantics {
	t := map[string]semantics{}
	scalarOps(t)
	floatOps(t)
	integerOps(t)
	logicOps(t)
	maskOps(t)
	conversionOps(t)
	permutationOps(t)
	moveOps(t)
	gatherOps(t)
	return t
})

// Knows says whether the emulator knows a mnemonic; it knows all that are in asm's table.
func Knows(name string) bool { return known()[name] != nil }

func moveOps(t map[string]semantics) {
	first := func(_ uint8, _ int, s *[3]uint64) uint64 { return s[0] }
	for _, row := range []struct {
		size int
		free string // of alignment
		held string // to it
	}{
		{1, "VMOVDQU8", ""},
		{2, "VMOVDQU16", ""},
		{4, "VMOVUPS VMOVDQU32", "VMOVAPS VMOVDQA32"},
		{8, "VMOVUPD VMOVDQU VMOVDQU64", "VMOVAPD VMOVDQA VMOVDQA64 VMOVNTPS VMOVNTPD VMOVNTDQ"},
	} {
		for _, name := range strings.Fields(row.free) {
			t[name] = lanewise(row.size, first)
		}
		for _, name := range strings.Fields(row.held) {
			t[name] = aligned(lanewise(row.size, first))
		}
	}
	for name, size := range map[string]int{"VMOVSS": 4, "VMOVSD": 8} {
		t[name] = func(m *machine, in *asm.Ins) {
			a := in.Args()
			var out vec
			switch {
			case len(a) == 3:
				copy(out[:16], m.vec[a[1].Reg.Number()][:16])
			case a[1].Kind != asm.KindReg:
				m.store(m.address(&a[1]), size, m.low(in, 0, size))
				return
			}
			out.setLane(0, size, m.low(in, 0, size))
			m.set(a[len(a)-1].Reg, &out)
		}
	}
	for name, size := range map[string]int{"VMOVD": 4, "VMOVQ": 8} {
		t[name] = func(m *machine, in *asm.Ins) {
			a := in.Args()
			var x uint64
			if a[0].Reg.Class() == asm.Vec && a[0].Kind == asm.KindReg {
				x = m.low(in, 0, size)
			} else {
				x = m.int(in, 0, size)
			}
			if a[1].Kind != asm.KindReg || a[1].Reg.Class() == asm.GP {
				m.setInt(in, 1, size, x)
				return
			}
			var out vec
			out.setLane(0, size, x)
			m.set(a[1].Reg, &out)
		}
	}
	for name, size := range map[string]int{"VMASKMOVPS": 4, "VPMASKMOVD": 4, "VMASKMOVPD": 8, "VPMASKMOVQ": 8} {
		t[name] = maskedMove(size)
	}
}

// aligned asks that memory begins at a multiple of its size.
func aligned(then semantics) semantics {
	return func(m *machine, in *asm.Ins) {
		for i := range in.Args() {
			if a := &in.Args()[i]; a.Kind == asm.KindMem && m.address(a)%uint64(bytes(in, i)) != 0 {
				m.fault("%w: %#x is no multiple of %d", ErrAlign, m.address(a), bytes(in, i))
				return
			}
		}
		then(m, in)
	}
}

// maskedMove loads or stores the elements where the mask's sign is set; a load gives 0 for the others.
func maskedMove(size int) semantics {
	return func(m *machine, in *asm.Ins) {
		a := in.Args()
		mask := &m.vec[a[1].Reg.Number()]
		var out vec
		for i := range bytes(in, 1) / size {
			switch {
			case extend(mask.lane(i, size), size) >= 0:
			case a[0].Kind == asm.KindMem:
				out.setLane(i, size, m.load(m.address(&a[0])+uint64(i*size), size))
			default:
				m.store(m.address(&a[2])+uint64(i*size), size, m.vec[a[0].Reg.Number()].lane(i, size))
			}
		}
		if a[2].Kind == asm.KindReg {
			m.set(a[2].Reg, &out)
		}
	}
}

// gatherOps adds loads and stores at addresses that a vector gives.
func gatherOps(t map[string]semantics) {
	for name, size := range map[string][2]int{ // bytes of an index and of an element
		"DPS": {4, 4}, "DPD": {4, 8}, "QPS": {8, 4}, "QPD": {8, 8}, "DD": {4, 4}, "DQ": {4, 8}, "QD": {8, 4}, "QQ": {8, 8},
	} {
		prefix := "V"
		if !strings.Contains(name, "P") {
			prefix = "VP"
		}
		t[prefix+"GATHER"+name] = gather(size[0], size[1])
		t[prefix+"SCATTER"+name] = scatter(size[0], size[1])
	}
}

// indexed is the address of element i.
func (m *machine) indexed(a *asm.Operand, i, size int) uint64 {
	index := extend(m.vec[a.Index.Number()].lane(i, size), size)
	return m.gp[a.Reg.Number()] + uint64(index)*uint64(a.Scale) + uint64(a.Val)
}

func gather(index, elem int) semantics {
	return func(m *machine, in *asm.Ins) {
		a := in.Args()
		dst := a[2].Reg
		mem, mask := &a[0], a[1].Reg
		if mask.Class() != asm.Mask {
			mem, mask = &a[1], a[0].Reg
		}
		n := min(mem.Index.Width().Bytes()/index, dst.Width().Bytes()/elem)
		var out vec
		for i := range n {
			on := mask.Class() == asm.Mask && m.k[mask.Number()]>>i&1 != 0 ||
				mask.Class() == asm.Vec && extend(m.vec[mask.Number()].lane(i, elem), elem) < 0
			if on {
				out.setLane(i, elem, m.load(m.indexed(mem, i, index), elem))
			} else {
				out.setLane(i, elem, m.vec[dst.Number()].lane(i, elem))
			}
		}
		m.clearMask(mask)
		m.set(dst, &out)
	}
}

func scatter(index, elem int) semantics {
	return func(m *machine, in *asm.Ins) {
		a := in.Args()
		n := min(a[2].Index.Width().Bytes()/index, a[0].Reg.Width().Bytes()/elem)
		for i := range n {
			if m.k[a[1].Reg.Number()]>>i&1 != 0 {
				m.store(m.indexed(&a[2], i, index), elem, m.vec[a[0].Reg.Number()].lane(i, elem))
			}
		}
		m.clearMask(a[1].Reg)
	}
}

// clearMask empties a mask that a gather or scatter has used up.
func (m *machine) clearMask(r asm.Reg) {
	if r.Class() == asm.Mask {
		m.k[r.Number()] = 0
		return
	}
	m.set(r, new(vec))
}
