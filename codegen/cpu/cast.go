package cpu

import (
	"math"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// cast converts registers of from to those of to.
func (l *lanes) cast(from, to tensor.DType, a asm.Reg) asm.Reg {
	f, t := l.lane(from), l.lane(to)
	switch {
	case from == to:
		return a
	case to == tensor.Bool:
		return l.toBool(f, a)
	case from == tensor.Bool:
		return l.fromBool(t, a)
	case isHalf(to):
		return l.toHalf(f, to, a)
	case f == t && f.IsFloat():
		return a
	case f.IsFloat() && t.IsFloat() && t.Size() == 8:
		return l.ins2("VCVTPS2PD", t, a)
	case f.IsFloat() && t.IsFloat():
		return l.narrow("VCVTPD2PS", t, a)
	case t.IsFloat():
		return l.intToFloat(f, t, a)
	case f.IsFloat():
		return l.floatToInt(f, to, a)
	default:
		return l.wrap(to, l.intToInt(f, t, a))
	}
}

func (l *lanes) ins2(name string, d tensor.DType, a asm.Reg) asm.Reg {
	dst := l.reg(d)
	l.Ins(name, a, dst)
	return dst
}

// shift is a shift by a constant.
func (l *lanes) shift(name string, d tensor.DType, by int, a asm.Reg) asm.Reg {
	dst := l.reg(d)
	l.Ins(l.sizedFor(d, name), asm.Imm(by), a, dst)
	return dst
}

// narrow writes a conversion to half the lane size, whose mnemonic says the source's width.
func (l *lanes) narrow(name string, d tensor.DType, a asm.Reg) asm.Reg {
	switch a.Width() {
	case asm.X:
		name += "X"
	case asm.Y:
		name += "Y"
	}
	return l.ins2(name, d, a)
}

func (l *lanes) toBool(from tensor.DType, a asm.Reg) asm.Reg {
	zero := l.splat(from, 0)
	if from.IsFloat() {
		return l.compareFloat(from, floatPredicates["not_equal"], a, zero)
	}
	return l.compareInt(from, "not_equal", a, zero)
}

// fromBool is one where the mask is set, zero elsewhere.
func (l *lanes) fromBool(to tensor.DType, m asm.Reg) asm.Reg {
	one := uint64(1)
	switch to {
	case tensor.Float32:
		one = uint64(math.Float32bits(1))
	case tensor.Float64:
		one = math.Float64bits(1)
	}
	return l.choose(to, m, l.splat(to, one), l.splat(to, 0))
}

func (l *lanes) intToInt(from, to tensor.DType, a asm.Reg) asm.Reg {
	switch {
	case from.Size() == to.Size():
		return a
	case from.Size() == 4 && from.IsSigned():
		return l.ins2("VPMOVSXDQ", to, a)
	case from.Size() == 4:
		return l.ins2("VPMOVZXDQ", to, a)
	case l.wide:
		return l.ins2("VPMOVQD", to, a)
	default:
		dst := l.reg(to)
		l.halve(a, dst)
		return dst
	}
}

// intToFloat converts with one rounding to the nearest.
func (l *lanes) intToFloat(from, to tensor.DType, a asm.Reg) asm.Reg {
	single := to == tensor.Float32
	switch {
	case from == tensor.Int32 && single:
		return l.ins2("VCVTDQ2PS", to, a)
	case from == tensor.Int32:
		return l.ins2("VCVTDQ2PD", to, a)
	case from == tensor.Uint32 && single: // both parts are exact, their sum rounds
		low := l.ins2("VCVTDQ2PS", to, l.logic("AND", from, l.splat(from, 0xffff), a))
		high := l.ins2("VCVTDQ2PS", to, l.shift("VPSRL", from, 16, a))
		return l.ins3("VADDPS", to, low, l.ins3("VMULPS", to, l.splat(to, uint64(math.Float32bits(0x1p16))), high))
	case from == tensor.Uint32: // x as the low bits of 2^52 + x
		x := l.logic("OR", to, l.splat(to, math.Float64bits(0x1p52)), l.ins2("VPMOVZXDQ", to, a))
		return l.ins3("VSUBPD", to, l.splat(to, math.Float64bits(0x1p52)), x)
	case from == tensor.Uint64 && single:
		return l.uint64ToFloat32(a)
	case l.wide && single:
		return l.narrow("VCVTQQ2PS", to, a)
	case l.wide && from == tensor.Uint64:
		return l.ins2("VCVTUQQ2PD", to, a)
	case l.wide:
		return l.ins2("VCVTQQ2PD", to, a)
	case single:
		return l.perLane(from, to, func(x []asm.Reg, y asm.Reg) {
			g := l.GP()
			l.Ins("VMOVQ", x[0], g)
			l.zero(y)
			l.Ins("VCVTSI2SSQ", g, y, y)
		}, a)
	}
	return l.int64ToFloat64(from, a)
}

// int64ToFloat64 splits x = h*2^32 + u. The bits of h*2^32 + C and u + 2^52 are put together, where C = 2^84 or, for signed h, 2^84 + 2^63;
// then (h*2^32 + C - (C + 2^52)) + (u + 2^52) rounds once, in its last addition: the first difference is exact.
func (l *lanes) int64ToFloat64(from tensor.DType, a asm.Reg) asm.Reg {
	d := tensor.Float64
	c, both := math.Float64bits(0x1p84), math.Float64bits(0x1p84+0x1p52)
	if from.IsSigned() {
		c, both = 0x4530000080000000, 0x4530000080100000
	}
	low := l.reg(d)
	l.Ins("VBLENDPS", asm.Imm(0x55), a, l.splat(d, math.Float64bits(0x1p52)), low)
	high := l.logic("XOR", d, l.splat(d, c), l.shift("VPSRL", d, 32, a))
	return l.ins3("VADDPD", d, low, l.ins3("VSUBPD", d, l.splat(d, both), high))
}

// uint64ToFloat32 converts numbers of 64 bits as twice their halves, whose last bit says whether any bit was lost.
func (l *lanes) uint64ToFloat32(a asm.Reg) asm.Reg {
	d, f := tensor.Int64, tensor.Float32
	large := l.compareInt(d, "less", a, l.splat(d, 0))
	half := l.logic("OR", d, l.logic("AND", d, l.splat(d, 1), a), l.shift("VPSRL", d, 1, a))
	r := l.intToFloat(d, f, l.choose(d, large, half, a))
	return l.choose(f, large, l.ins3("VADDPS", f, r, r), r)
}

// floatToInt truncates toward zero and saturates; NaN becomes 0.
func (l *lanes) floatToInt(from, to tensor.DType, a asm.Reg) asm.Reg {
	switch {
	case to == tensor.Uint32 || to == tensor.Uint64:
		return l.floatToUnsigned(from, to, a)
	case to == tensor.Int64:
		return l.mend(from, to, a, l.convert(from, to, a), 0x1p63, math.MaxInt64)
	}
	d := tensor.Int32
	r := l.mend(from, d, a, l.convert(from, d, a), 0x1p31, math.MaxInt32)
	if !isNarrow(to) {
		return r
	}
	least, most := 0, 1<<(8*to.Size())-1
	if to.IsSigned() {
		least, most = -1<<(8*to.Size()-1), 1<<(8*to.Size()-1)-1
	}
	r = l.ins3("VPMAXSD", d, l.splat(d, uint64(uint32(least))), r)
	return l.ins3("VPMINSD", d, l.splat(d, uint64(most)), r)
}

// convert gives the lanes of to, an int32 or int64, as the instructions do: right within the range, and otherwise its least number.
func (l *lanes) convert(from, to tensor.DType, a asm.Reg) asm.Reg {
	switch {
	case to.Size() == 4 && from == tensor.Float32:
		return l.ins2("VCVTTPS2DQ", to, a)
	case to.Size() == 4:
		return l.narrow("VCVTTPD2DQ", to, a)
	case l.wide && from == tensor.Float32:
		return l.ins2("VCVTTPS2QQ", to, a)
	case l.wide:
		return l.ins2("VCVTTPD2QQ", to, a)
	}
	name := suffix(from, "VCVTT", "SS2SIQ", "SD2SIQ")
	return l.perLane(from, to, func(x []asm.Reg, y asm.Reg) {
		g := l.GP()
		l.Ins(name, x[0], g)
		l.Ins("VMOVQ", g, y)
	}, a)
}

// mend puts most where a is limit or more, and 0 where it is NaN.
func (l *lanes) mend(from, t tensor.DType, a, r asm.Reg, limit float64, most uint64) asm.Reg {
	high := l.compareFloat(from, floatPredicates["greater_equal"], a, l.splatFloat(from, limit))
	r = l.choose(t, high, l.splat(t, most), r)
	number := l.compareFloat(from, floatPredicates["equal"], a, a)
	return l.choose(t, number, r, l.splat(t, 0))
}

// splatFloat is x, a number that d has, in every lane.
func (l *lanes) splatFloat(d tensor.DType, x float64) asm.Reg {
	if d == tensor.Float32 {
		return l.splat(d, uint64(math.Float32bits(float32(x))))
	}
	return l.splat(d, math.Float64bits(x))
}

// floatToUnsigned converts what has the highest bit, 2^31 or 2^63, without it.
func (l *lanes) floatToUnsigned(from, to tensor.DType, a asm.Reg) asm.Reg {
	t := signless(to)
	top := math.Ldexp(1, 8*to.Size()-1)
	a = l.ins3(binaryForms["max"][from], from, l.splat(from, 0), a) // NaN gives the second operand, 0
	large := l.compareFloat(from, floatPredicates["greater_equal"], a, l.splatFloat(from, top))
	rest := l.choose(from, large, l.ins3(binaryForms["sub"][from], from, l.splatFloat(from, top), a), a)
	r := l.convert(from, t, rest)
	r = l.choose(t, large, l.logic("XOR", t, l.splat(t, 1<<(8*to.Size()-1)), r), r)
	over := l.compareFloat(from, floatPredicates["greater_equal"], a, l.splatFloat(from, 2*top))
	return l.choose(t, over, l.splat(t, math.MaxUint64>>(64-8*to.Size())), r)
}

// toHalf rounds lanes of from to numbers of the half dtype to, as float32s.
func (l *lanes) toHalf(from, to tensor.DType, a asm.Reg) asm.Reg {
	f := tensor.Float32
	switch {
	case from == tensor.Float64:
		a = l.toOdd(a)
	case from == tensor.Int32 && to == tensor.BFloat16:
		a = l.intToOdd(a)
	case from.IsInt() && to == tensor.Float16: // exact below 2^24, and from there on infinite
		a = l.intToFloat(from, f, a)
	case from == tensor.Uint32:
		a = l.uint32ToOdd(a)
	case from.IsInt():
		a = l.toOdd(l.intToFloat(from, tensor.Float64, l.fewBits(from, a)))
	}
	if to == tensor.BFloat16 {
		return l.toBrain(a)
	}
	packed := l.Vec().As(max(a.Width()-1, asm.X))
	l.Ins("VCVTPS2PH", asm.Imm(0), a, packed)
	return l.ins2("VCVTPH2PS", f, packed)
}

// toBrain rounds to the upper half of the bits: adding 0x7fff, and one more where the last bit kept is odd, rounds ties to even. A NaN
// stays one by its highest bit.
func (l *lanes) toBrain(a asm.Reg) asm.Reg {
	d := tensor.Int32
	odd := l.logic("AND", d, l.splat(d, 1), l.shift("VPSRL", d, 16, a))
	r := l.ins3("VPADDD", d, l.splat(d, 0x7fff), l.ins3("VPADDD", d, odd, a))
	number := l.compareFloat(tensor.Float32, floatPredicates["equal"], a, a)
	r = l.choose(d, number, r, l.logic("OR", d, l.splat(d, 0x400000), a))
	return l.logic("AND", d, l.splat(d, 0xffff0000), r)
}

// toOdd rounds float64 lanes to float32 ones such that rounding these once more to fewer bits is as rounding once: what is not exact is
// rounded toward zero and its last bit set (round to odd: Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008).
func (l *lanes) toOdd(a asm.Reg) asm.Reg {
	d, f := tensor.Float64, tensor.Float32
	r := l.narrow("VCVTPD2PS", f, a)
	back := l.ins2("VCVTPS2PD", d, r)
	abs := l.splat(d, math.MaxInt64)
	larger := l.compareFloat(d, floatPredicates["greater"], l.logic("AND", d, abs, back), l.logic("AND", d, abs, a))
	return l.odd(r, larger, l.compareFloat(d, floatPredicates["not_equal"], back, a))
}

// intToOdd does so with int32s. The rounded number is larger in size where it and the difference to it have other signs.
func (l *lanes) intToOdd(a asm.Reg) asm.Reg {
	d := tensor.Int32
	r := l.ins2("VCVTDQ2PS", tensor.Float32, a)
	difference := l.ins3("VPSUBD", d, l.ins2("VCVTTPS2DQ", d, r), a) // modulo 2^32, so that 2^31 does no harm
	zero := l.splat(d, 0)
	differs := l.compareInt(d, "not_equal", difference, zero)
	signs := l.compareInt(d, "less", l.logic("XOR", d, r, difference), zero)
	return l.odd(r, l.logic("AND", tensor.Bool, signs, differs), differs)
}

// uint32ToOdd does so with uint32s: from 2^24 on the last 8 bits are taken away, the last one kept says whether one of them was set.
func (l *lanes) uint32ToOdd(a asm.Reg) asm.Reg {
	d, f := tensor.Int32, tensor.Float32
	large := l.compareInt(d, "not_equal", l.shift("VPSRL", d, 24, a), l.splat(d, 0))
	carry := l.ins3("VPADDD", d, l.splat(d, 0xff), l.logic("AND", d, l.splat(d, 0xff), a)) // bit 8 is set where one of the last 8 is
	cut := l.shift("VPSRL", d, 8, l.logic("OR", d, a, l.logic("AND", d, l.splat(d, 0x100), carry)))
	r := l.ins2("VCVTDQ2PS", f, l.choose(d, large, cut, a))
	return l.choose(f, large, l.ins3("VMULPS", f, l.splatFloat(f, 256), r), r)
}

// fewBits leaves 53 bits of 64-bit integers of 2^52 and more, which float64 holds: the last 11 are cleared, and the one above them set where
// one of them was. That is rounding to odd, below 0 too.
func (l *lanes) fewBits(from tensor.DType, a asm.Reg) asm.Reg {
	d := tensor.Int64
	at := a
	if from.IsSigned() {
		at = l.ins3("VPADDQ", d, l.splat(d, 1<<52), a) // from -2^52 to 2^52 as from 0 to 2^53
	}
	large := l.compareInt(d, "not_equal", l.logic("AND", d, l.splat(d, ^uint64(1<<53-1)), at), l.splat(d, 0))
	carry := l.ins3("VPADDQ", d, l.splat(d, 0x7ff), l.logic("AND", d, l.splat(d, 0x7ff), a))
	above := l.logic("AND", d, l.splat(d, 0x800), carry)
	cut := l.logic("AND", d, l.splat(d, ^uint64(0x7ff)), l.logic("OR", d, above, a))
	return l.choose(d, large, cut, a)
}

// odd steps float32s toward zero where they are too large, and sets the last bit where they are not exact.
func (l *lanes) odd(r, larger, differs asm.Reg) asm.Reg {
	d := tensor.Int32
	r = l.choose(d, larger, l.ins3("VPADDD", d, l.splat(d, 0xffffffff), r), r)
	return l.choose(d, differs, l.logic("OR", d, l.splat(d, 1), r), r)
}
