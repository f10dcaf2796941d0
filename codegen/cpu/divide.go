package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// divideInt is the quotient x / y without its fraction ("idiv") or the rest x - y*(x/y) ("imod"); by zero both are 0.
func (l *lanes) divideInt(name string, d tensor.DType, x, y asm.Reg) asm.Reg {
	d = l.lane(d)
	zero := l.splat(d, 0)
	none := l.compareInt(d, "equal", y, zero)
	var r asm.Reg
	if d.Size() == 4 {
		r = l.quotient32(d, x, y)
	} else {
		r = l.quotient64(d, x, y, none)
	}
	if name == "imod" {
		r = l.intForm("sub", d, []asm.Reg{x, l.intForm("mul", d, []asm.Reg{y, r})})
	}
	return l.choose(d, none, zero, r)
}

// quotient32 divides in float64: the quotient of two numbers of 32 bits that is no integer is farther from one, by 1/|y| at least, than
// rounding can move it, by 2^-53 |x/y|. What the conversion back cannot take is -2^31 / -1, for which it gives -2^31, and x / 1 of
// unsigned numbers.
func (l *lanes) quotient32(d tensor.DType, x, y asm.Reg) asm.Reg {
	f := tensor.Float64
	q := l.inHalves(func(args []asm.Reg) asm.Reg {
		a, b := l.intToFloat(d, f, args[0]), l.intToFloat(d, f, args[1])
		return l.convert(f, tensor.Int32, l.ins3("VDIVPD", f, b, a))
	}, x, y)
	if d.IsUnsigned() {
		return l.choose(d, l.compareInt(d, "equal", y, l.splat(d, 1)), x, q)
	}
	return q
}

// inHalves computes with 4-byte lanes what passes through 8-byte ones, of which a register has room for half as many.
func (l *lanes) inHalves(do func(args []asm.Reg) asm.Reg, args ...asm.Reg) asm.Reg {
	if 8*l.n <= l.ISA.Width().Bytes() {
		return do(args)
	}
	l.n /= 2
	low, high := make([]asm.Reg, len(args)), make([]asm.Reg, len(args))
	for i, a := range args {
		low[i], high[i] = a.As(l.width(4)), l.Vec().As(l.width(4))
		l.Ins(map[asm.Width]string{asm.Y: "VEXTRACTF128", asm.Z: "VEXTRACTF64X4"}[a.Width()], asm.Imm(1), a, high[i])
	}
	a, b := do(low), do(high)
	l.n *= 2
	return l.beside(a, b)
}

// quotient64 divides lane by lane, and -1 as a special case, since the processor refuses -2^63 / -1. none is where y is 0.
func (l *lanes) quotient64(d tensor.DType, x, y, none asm.Reg) asm.Reg {
	one := l.splat(d, 1)
	by := l.choose(d, none, one, y)
	if d.IsUnsigned() {
		return l.divideLanes(d, x, by, func(low, high asm.Reg) { l.Zero(high) }, "DIVQ")
	}
	minus := l.compareInt(d, "equal", y, l.splat(d, ^uint64(0)))
	q := l.divideLanes(d, x, l.choose(d, minus, one, by), func(low, high asm.Reg) { l.Ins("CQO", low, high) }, "IDIVQ")
	return l.choose(d, minus, l.intForm("neg", d, []asm.Reg{x}), q)
}

// divideLanes divides the dividend's 64 bits, which extend makes 128.
func (l *lanes) divideLanes(d tensor.DType, x, y asm.Reg, extend func(low, high asm.Reg), name string) asm.Reg {
	return l.perLane(d, d, func(a []asm.Reg, q asm.Reg) {
		low, high, by := l.Pin(asm.AX), l.Pin(asm.DX), l.GP()
		l.Ins("VMOVQ", a[0], low)
		l.Ins("VMOVQ", a[1], by)
		extend(low, high)
		l.Ins(name, by, low, high)
		l.Ins("VMOVQ", low, q)
	}, x, y)
}
