package asm

import "strconv"

// Class is a register file.
type Class uint8

// The register files.
const (
	GP   Class = iota + 1 // 64-bit general purpose
	Vec                   // xmm, ymm, zmm: one register seen at three widths
	Mask                  // AVX-512's K registers
)

// Width is how much of a vector register an operand names.
type Width uint8

// The widths. A write at a narrow width clears the rest of the register, as VEX and EVEX instructions do.
const (
	X Width = iota + 1 // 16 bytes
	Y                  // 32
	Z                  // 64
)

// Bytes is the width in bytes.
func (w Width) Bytes() int { return 8 << w }

// half is the width of operands whose elements are half the size of the instruction's, xmm at least.
func (w Width) half() Width { return max(w-1, X) }

// Reg is a register, virtual until Compile gives it a physical one, with the width it is named at. The zero Reg is none.
type Reg uint32

const (
	regNumber   = 1<<20 - 1 // bits 0-19
	regPhysical = 1 << 20
	regWidth    = 21 // bits 21-22
	regClass    = 24 // bits 24-25
)

func makeReg(c Class, w Width, number int) Reg {
	return Reg(c)<<regClass | Reg(w)<<regWidth | Reg(number)&regNumber
}

// Physical gives register number n of class c at width w (0 for GP and Mask): what allocated code and tests name.
func Physical(c Class, w Width, n int) Reg { return makeReg(c, w, n) | regPhysical }

// Class is the register's file; 0 for the zero Reg.
func (r Reg) Class() Class { return Class(r >> regClass & 3) }

// Width is the width that a vector register is named at; 0 for others.
func (r Reg) Width() Width { return Width(r >> regWidth & 3) }

// Number is a physical register's number in its class, or a virtual register's number in its Func.
func (r Reg) Number() int { return int(r & regNumber) }

// IsPhysical says whether r is a register of the machine.
func (r Reg) IsPhysical() bool { return r&regPhysical != 0 }

// As gives the same vector register at width w.
func (r Reg) As(w Width) Reg { return r&^(3<<regWidth) | Reg(w)<<regWidth }

// X gives the same vector register as xmm.
func (r Reg) X() Reg { return r.As(X) }

// Y gives the same vector register as ymm.
func (r Reg) Y() Reg { return r.As(Y) }

// Z gives the same vector register as zmm.
func (r Reg) Z() Reg { return r.As(Z) }

// gpNames are Go's names by hardware number. SP, BP (and so 4 and 5) are never allocated.
var gpNames = [16]string{"AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"}

// Physical general purpose registers that instructions name implicitly, for Func.Pin.
const (
	AX = Reg(GP)<<regClass | regPhysical + iota
	CX
	DX
	_ // BX
	sp
)

// String is Go's assembler's name of a physical register, or like "v12" of a virtual one ("v12x" at xmm width).
func (r Reg) String() string {
	n := r.Number()
	if !r.IsPhysical() {
		prefix := "?gvk"[r.Class()]
		s := string(prefix) + strconv.Itoa(n)
		if r.Class() == Vec {
			s += "?xyz"[r.Width() : r.Width()+1]
		}
		return s
	}
	switch r.Class() {
	case GP:
		return gpNames[n&15]
	case Vec:
		return "?XYZ"[r.Width():r.Width()+1] + strconv.Itoa(n)
	case Mask:
		return "K" + strconv.Itoa(n)
	}
	return "?"
}

// registers is the set of registers of class c that code may use, one bit a number.
func (isa ISA) registers(c Class) uint32 {
	switch {
	case c == GP:
		return 0xffff &^ (1<<4 | 1<<5) // all but SP and BP
	case c == Vec && isa == AVX512:
		return 0xffffffff
	case c == Vec:
		return 0xffff
	case c == Mask && isa == AVX512:
		return 0xfe // K0 cannot be named as a write mask
	}
	return 0
}

// ISA is the instruction set that code may use.
type ISA uint8

// The instruction sets.
const (
	AVX2   ISA = iota + 1 // AVX2, FMA, F16C, BMI1, BMI2, LZCNT, POPCNT: x86-64-v3
	AVX512                // and AVX-512 F, BW, DQ, VL: x86-64-v4
)

// Width is the widest vector of the set.
func (isa ISA) Width() Width {
	if isa == AVX512 {
		return Z
	}
	return Y
}

// String gives "AVX2" or "AVX-512".
func (isa ISA) String() string {
	if isa == AVX512 {
		return "AVX-512"
	}
	return "AVX2"
}
