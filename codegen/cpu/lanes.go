package cpu

import (
	"fmt"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// lanes writes instructions on n points side by side. A number's lane has its dtype's size, but at least so many bytes (see lane and
// leastLane); a bool's lane is a mask: a K register with AVX-512, otherwise a vector of all-ones and all-zeros lanes of mask bytes each.
//
// What the instruction set cannot do is noted in err; the caller gives the kernel to another device.
type lanes struct {
	*asm.Func
	wide     bool // AVX-512
	n        int  // points: mask-sized lanes of the widest vector, or 1
	least    int  // bytes of the narrowest lanes: 4, or, where all of a kernel is narrow, 1 or 2
	mask     int  // bytes of a mask's lane: those of the widest lanes in the kernel
	uncached bool // stores of whole registers go past the caches
	err      error
}

func (l *lanes) unsupported(format string, args ...any) {
	if l.err == nil {
		l.err = &Unsupported{Why: fmt.Sprintf(format, args...)}
	}
}

// width is the register that holds n lanes of so many bytes.
func (l *lanes) width(bytes int) asm.Width {
	switch b := l.n * bytes; {
	case b <= 16:
		return asm.X
	case b <= 32:
		return asm.Y
	default:
		return asm.Z
	}
}

// reg is a new register for lanes of d.
func (l *lanes) reg(d tensor.DType) asm.Reg {
	if d == tensor.Bool {
		return l.maskReg()
	}
	return l.Vec().As(l.width(l.laneBytes(d)))
}

func (l *lanes) maskReg() asm.Reg {
	if l.wide {
		return l.K()
	}
	return l.Vec().As(l.width(l.mask))
}

// ins3 is a new register of d with the result of an instruction of two sources: name b, a, dst.
func (l *lanes) ins3(name string, d tensor.DType, b, a asm.Arg) asm.Reg {
	dst := l.reg(d)
	l.Ins(name, b, a, dst)
	return dst
}

// suffix picks the mnemonic by the size of d's lane: PS and PD, D and Q.
func suffix(d tensor.DType, name, four, eight string) string {
	if d.Size() == 8 {
		return name + eight
	}
	return name + four
}

// sizedFor is the mnemonic name for integer lanes of d: B, W, D or Q.
func (l *lanes) sizedFor(d tensor.DType, name string) string {
	return name + map[int]string{1: "B", 2: "W", 4: "D", 8: "Q"}[l.laneBytes(d)]
}

// move is a copy of r, a register of d.
func (l *lanes) move(d tensor.DType, r asm.Reg) asm.Reg {
	dst := l.reg(d)
	l.assign(d, r, dst)
	return dst
}

// assign copies src to dst, registers of d.
func (l *lanes) assign(d tensor.DType, src, dst asm.Reg) {
	switch {
	case d == tensor.Bool && l.wide:
		l.Ins("KMOVQ", src, dst)
	default: // whole registers, so that one may take the other's place
		w := l.ISA.Width()
		l.Ins("VMOVUPS", src.As(w), dst.As(w))
	}
}

// splat is bits of d in every lane. The register is the function's: it is not written to.
func (l *lanes) splat(d tensor.DType, bits uint64) asm.Reg {
	if d == tensor.Bool {
		return l.splatMask(bits != 0, l.reg(d))
	}
	bits = l.laneBits(d, bits)
	switch bytes := l.laneBytes(d); bytes {
	case 8:
		return l.Splat64(bits).As(l.width(8))
	case 1:
		return l.Splat32(uint32(bits) * 0x01010101).As(l.width(bytes))
	case 2:
		return l.Splat32(uint32(bits) * 0x00010001).As(l.width(bytes))
	}
	return l.Splat32(uint32(bits)).As(l.width(4))
}

// broadcast fills dst with the size bytes at m.
func (l *lanes) broadcast(size int, m asm.Mem, dst asm.Reg) {
	switch {
	case size == 4:
		l.Ins("VBROADCASTSS", m, dst)
	case dst.Width() == asm.X:
		l.Ins("VMOVDDUP", m, dst)
	default:
		l.Ins("VBROADCASTSD", m, dst)
	}
}

func (l *lanes) zero(dst asm.Reg) {
	if l.wide && dst.Width() == asm.Z {
		l.Ins("VPXORD", dst, dst, dst)
		return
	}
	l.Ins("VXORPS", dst, dst, dst)
}

func (l *lanes) splatMask(v bool, dst asm.Reg) asm.Reg {
	switch {
	case l.wide && v:
		l.Ins("KXNORQ", dst, dst, dst)
	case l.wide:
		l.Ins("KXORQ", dst, dst, dst)
	case v:
		l.Ins("VPCMPEQD", dst, dst, dst)
	default:
		l.zero(dst)
	}
	return dst
}

// logic is a bitwise operation ("AND", "OR", "XOR", "ANDN") on registers of d: name b, a, dst; ANDN is b & ^a.
func (l *lanes) logic(name string, d tensor.DType, b, a asm.Arg) asm.Reg {
	switch {
	case d == tensor.Bool && l.wide:
		return l.ins3("K"+name+"Q", d, b, a)
	case l.wide && l.width(l.laneBytes(d)) == asm.Z:
		return l.ins3(suffix(d, "VP"+name, "D", "Q"), d, b, a)
	default:
		return l.ins3("V"+name+"PS", d, b, a)
	}
}

// sized gives the mask m, whose lanes have from bytes, lanes of to bytes; with K registers masks have no size.
func (l *lanes) sized(m asm.Reg, from, to int) asm.Reg {
	if l.wide || from == to {
		return m
	}
	dst := l.Vec().As(l.width(to))
	if from < to {
		l.Ins("VPMOVSXDQ", m, dst)
		return dst
	}
	l.halve(m, dst)
	return dst
}

// halve takes the low dword of each qword of src.
func (l *lanes) halve(src, dst asm.Reg) {
	if src.Width() == asm.X {
		l.Ins("VSHUFPS", asm.Imm(0x88), src, src, dst)
		return
	}
	high := l.Vec().X()
	l.Ins("VEXTRACTF128", asm.Imm(1), src, high)
	l.Ins("VSHUFPS", asm.Imm(0x88), high, src.X(), dst)
}

// choose is a where m, b elsewhere, for registers of d.
func (l *lanes) choose(d tensor.DType, m, a, b asm.Reg) asm.Reg {
	switch {
	case d == tensor.Bool:
		return l.logic("OR", d, l.logic("AND", d, a, m), l.logic("ANDN", d, b, m))
	case l.wide:
		dst := l.reg(d)
		l.Ins(suffix(d, "VBLENDM", "PS", "PD"), a, b, m, dst)
		return dst
	case l.laneBytes(d) < 4: // as masks are
		dst := l.reg(d)
		l.Ins("VPBLENDVB", m, a, b, dst)
		return dst
	default:
		m = l.sized(m, l.mask, l.laneBytes(d))
		dst := l.reg(d)
		l.Ins(suffix(d, "VBLENDV", "PS", "PD"), m, a, b, dst)
		return dst
	}
}

// orNaN is v where that is a NaN, x elsewhere.
func (l *lanes) orNaN(d tensor.DType, v, x asm.Reg) asm.Reg {
	const unordered = 0x03
	if l.wide {
		return l.choose(d, l.compareFloat(d, unordered, v, v), v, x)
	}
	m := l.Vec().As(v.Width()) // of v's own lanes, whatever the size of masks
	l.Ins(suffix(d, "VCMP", "PS", "PD"), asm.Imm(unordered), v, v, m)
	dst := l.reg(d)
	l.Ins(suffix(d, "VBLENDV", "PS", "PD"), m, v, x, dst)
	return dst
}

// compareFloat is the mask of a pred b.
func (l *lanes) compareFloat(d tensor.DType, pred int, a, b asm.Reg) asm.Reg {
	name := suffix(d, "VCMP", "PS", "PD")
	if l.wide {
		return l.ins4(name, pred, b, a)
	}
	m := l.Vec().As(l.width(l.laneBytes(d)))
	l.Ins(name, asm.Imm(pred), b, a, m)
	return l.sized(m, l.laneBytes(d), l.mask)
}

func (l *lanes) ins4(name string, imm int, b, a asm.Reg) asm.Reg {
	k := l.K()
	l.Ins(name, asm.Imm(imm), b, a, k)
	return k
}

// compareInt is the mask of a pred b for lanes of d.
func (l *lanes) compareInt(d tensor.DType, pred string, a, b asm.Reg) asm.Reg {
	unsigned := l.lane(d).IsUnsigned()
	if l.wide {
		name := "VPCMP"
		if unsigned {
			name += "U"
		}
		return l.ins4(l.sizedFor(d, name), intPredicates[pred], b, a)
	}
	if unsigned && pred != "equal" && pred != "not_equal" {
		top := l.splat(d, 1<<(8*l.laneBytes(d)-1))
		a, b = l.logic("XOR", d, top, a), l.logic("XOR", d, top, b)
	}
	switch pred {
	case "less", "greater_equal":
		a, b = b, a
	}
	m := l.Vec().As(l.width(l.laneBytes(d)))
	if pred == "equal" || pred == "not_equal" {
		l.Ins(l.sizedFor(d, "VPCMPEQ"), b, a, m)
	} else {
		l.Ins(l.sizedFor(d, "VPCMPGT"), b, a, m)
	}
	m = l.sized(m, l.laneBytes(d), l.mask)
	switch pred {
	case "not_equal", "greater_equal", "less_equal":
		return l.not(tensor.Bool, m)
	}
	return m
}

// not is the complement of r.
func (l *lanes) not(d tensor.DType, r asm.Reg) asm.Reg {
	if d == tensor.Bool && l.wide {
		k := l.K()
		l.Ins("KNOTQ", r, k)
		return k
	}
	return l.logic("XOR", d, l.Splat32(0xffffffff).As(r.Width()), r)
}
