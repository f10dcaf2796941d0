package cpu

import (
	"math"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// apply writes the core operation name on registers of d (and, for casts, to the dtype to) and gives the result's register.
func (l *lanes) apply(name string, d, to tensor.DType, args []asm.Reg) asm.Reg {
	if d == tensor.Bool && name != "cast" && name != "where" {
		return l.applyBool(name, args)
	}
	switch name {
	case "where":
		return l.choose(to, args[0], args[1], args[2])
	case "cast":
		return l.cast(d, to, args[0])
	case "bitcast":
		return args[0]
	}
	var r asm.Reg
	if d.IsFloat() {
		r = l.applyFloat(name, d, args)
	} else {
		r = l.applyInt(name, d, args)
	}
	return r
}

func (l *lanes) applyBool(name string, args []asm.Reg) asm.Reg {
	switch name {
	case "and", "or", "xor":
		return l.logic(map[string]string{"and": "AND", "or": "OR", "xor": "XOR"}[name], tensor.Bool, args[1], args[0])
	case "not_equal":
		return l.logic("XOR", tensor.Bool, args[1], args[0])
	case "equal":
		return l.not(tensor.Bool, l.logic("XOR", tensor.Bool, args[1], args[0]))
	case "not":
		return l.not(tensor.Bool, args[0])
	case "less": // !a & b
		return l.logic("ANDN", tensor.Bool, args[1], args[0])
	case "greater":
		return l.logic("ANDN", tensor.Bool, args[0], args[1])
	case "less_equal": // !(a & !b)
		return l.not(tensor.Bool, l.logic("ANDN", tensor.Bool, args[0], args[1]))
	case "greater_equal":
		return l.not(tensor.Bool, l.logic("ANDN", tensor.Bool, args[1], args[0]))
	}
	l.unsupported("%s of bool", name)
	return args[0]
}

func (l *lanes) applyFloat(name string, d tensor.DType, args []asm.Reg) asm.Reg {
	if form := binaryForms[name][d]; form != "" {
		return l.ins3(form, d, args[1], args[0])
	}
	if pred, ok := floatPredicates[name]; ok {
		return l.compareFloat(d, pred, args[0], args[1])
	}
	if imm, ok := rounding[name]; ok {
		dst := l.reg(d)
		round := "VROUND"
		if dst.Width() == asm.Z {
			round = "VRNDSCALE"
		}
		l.Ins(suffix(d, round, "PS", "PD"), asm.Imm(imm), args[0], dst)
		return dst
	}
	sign := uint64(1) << (8*d.Size() - 1)
	switch name {
	case "neg":
		return l.logic("XOR", d, l.splat(d, sign), args[0])
	case "abs":
		return l.logic("AND", d, l.splat(d, sign-1), args[0])
	case "sqrt":
		dst := l.reg(d)
		l.Ins(suffix(d, "VSQRT", "PS", "PD"), args[0], dst)
		return dst
	}
	l.unsupported("%s of %v", name, d)
	return args[0]
}

func (l *lanes) applyInt(name string, d tensor.DType, args []asm.Reg) asm.Reg {
	if _, ok := intPredicates[name]; ok {
		return l.compareInt(d, name, args[0], args[1])
	}
	return l.wrap(d, l.intForm(name, lane(d), d, args))
}

// wrap brings the dword lanes of bytes back to [0, 255].
func (l *lanes) wrap(d tensor.DType, r asm.Reg) asm.Reg {
	if d != tensor.Uint8 {
		return r
	}
	return l.logic("AND", tensor.Int32, l.splat(tensor.Int32, 0xff), r)
}

// signless is the signed dtype of d's size: most instructions do not know signs.
func signless(d tensor.DType) tensor.DType {
	switch d {
	case tensor.Uint32:
		return tensor.Int32
	case tensor.Uint64:
		return tensor.Int64
	}
	return d
}

// intForm writes name on lanes of d; of is the dtype they stand for.
func (l *lanes) intForm(name string, d, of tensor.DType, args []asm.Reg) asm.Reg {
	switch name {
	case "and", "or", "xor":
		return l.logic(map[string]string{"and": "AND", "or": "OR", "xor": "XOR"}[name], d, args[1], args[0])
	case "not":
		return l.not(d, args[0])
	case "neg":
		return l.ins3(binaryForms["sub"][signless(d)], d, args[0], l.splat(d, 0))
	case "abs":
		return l.absInt(d, args[0])
	case "min", "max":
		if d.IsSigned() && d.Size() == 4 {
			break
		}
		less := l.compareInt(of, map[string]string{"min": "less", "max": "greater"}[name], args[0], args[1])
		return l.choose(d, less, args[0], args[1])
	case "mul":
		if d.Size() == 8 {
			return l.mul64(d, args[0], args[1])
		}
	case "sar":
		if d.Size() == 8 {
			return l.sar64(d, args[0], args[1])
		}
		if of == tensor.Uint8 { // the sign is bit 7
			up, down := l.reg(d), l.reg(d)
			l.Ins("VPSLLD", asm.Imm(24), args[0], up)
			l.Ins("VPSRAD", asm.Imm(24), up, down)
			return l.ins3("VPSRAVD", d, args[1], down)
		}
	}
	if form := binaryForms[name][signless(d)]; form != "" {
		return l.ins3(form, d, args[1], args[0])
	}
	l.unsupported("%s of %v", name, of)
	return args[0]
}

func (l *lanes) absInt(d tensor.DType, a asm.Reg) asm.Reg {
	dst := l.reg(d)
	switch {
	case d.IsUnsigned():
		return a
	case d.Size() == 4:
		l.Ins("VPABSD", a, dst)
	case l.wide:
		l.Ins("VPABSQ", a, dst)
	default: // (a ^ s) - s with s the sign in every bit
		s := l.reg(d)
		l.Ins("VPCMPGTQ", a, l.splat(d, 0), s)
		l.Ins("VPSUBQ", s, l.logic("XOR", d, s, a), dst)
	}
	return dst
}

// mul64 is the low 64 bits of a*b: with a = ah*2^32 + al, al*bl + (al*bh + ah*bl)*2^32.
func (l *lanes) mul64(d tensor.DType, a, b asm.Reg) asm.Reg {
	if l.wide {
		return l.ins3("VPMULLQ", d, b, a)
	}
	ah, bh := l.reg(d), l.reg(d)
	l.Ins("VPSRLQ", asm.Imm(32), a, ah)
	l.Ins("VPSRLQ", asm.Imm(32), b, bh)
	cross := l.ins3("VPADDQ", d, l.ins3("VPMULUDQ", d, bh, a), l.ins3("VPMULUDQ", d, b, ah))
	high := l.reg(d)
	l.Ins("VPSLLQ", asm.Imm(32), cross, high)
	return l.ins3("VPADDQ", d, high, l.ins3("VPMULUDQ", d, b, a))
}

// sar64 is an arithmetic shift right: with s the sign in every bit, ((a ^ s) >> n) ^ s.
func (l *lanes) sar64(d tensor.DType, a, n asm.Reg) asm.Reg {
	if l.wide {
		return l.ins3("VPSRAVQ", d, n, a)
	}
	s := l.reg(d)
	l.Ins("VPCMPGTQ", a, l.splat(d, 0), s)
	return l.logic("XOR", d, s, l.ins3("VPSRLVQ", d, n, l.logic("XOR", d, s, a)))
}

// cast converts registers of from to those of to.
func (l *lanes) cast(from, to tensor.DType, a asm.Reg) asm.Reg {
	f, t := lane(from), lane(to)
	switch {
	case from == to:
		return a
	case to == tensor.Bool:
		return l.toBool(from, a)
	case from == tensor.Bool:
		return l.fromBool(to, a)
	case f == tensor.Float32 && t == tensor.Float64:
		return l.ins2("VCVTPS2PD", t, a)
	case f == tensor.Float64 && t == tensor.Float32:
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
	return l.choose(lane(to), m, l.splat(to, one), l.splat(to, 0))
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
	switch {
	case from == tensor.Int32 && to == tensor.Float32:
		return l.ins2("VCVTDQ2PS", to, a)
	case from == tensor.Int32:
		return l.ins2("VCVTDQ2PD", to, a)
	case from == tensor.Int64 && l.wide && to == tensor.Float64:
		return l.ins2("VCVTQQ2PD", to, a)
	case from == tensor.Int64 && l.wide:
		return l.narrow("VCVTQQ2PS", to, a)
	case from == tensor.Int64 && to == tensor.Float64:
		return l.int64ToFloat64(a)
	case from == tensor.Int64:
		return l.perLane(from, to, a, func(x, y asm.Reg) {
			g := l.GP()
			l.Ins("VMOVQ", x, g)
			l.zero(y)
			l.Ins("VCVTSI2SSQ", g, y, y)
		})
	}
	l.unsupported("cast of %v to %v", from, to)
	return a
}

// int64ToFloat64 splits x = h*2^32 + u with h signed: h*2^32 + 3*2^67 and u + 2^52 are put together in the bits of two float64s, and
// (h*2^32 + 3*2^67 - (3*2^67 + 2^52)) + (u + 2^52) rounds once, in its last addition: the first difference is exact.
func (l *lanes) int64ToFloat64(a asm.Reg) asm.Reg {
	d := tensor.Float64
	magicHigh, magicLow := uint64(0x4530000080000000), uint64(0x4330000000000000)
	magicAll := uint64(0x4530000080100000)
	low := l.reg(d)
	l.Ins("VBLENDPS", asm.Imm(0x55), a, l.splat(d, magicLow), low)
	high := l.reg(d)
	l.Ins("VPSRLQ", asm.Imm(32), a, high)
	high = l.logic("XOR", d, l.splat(d, magicHigh), high)
	return l.ins3("VADDPD", d, low, l.ins3("VSUBPD", d, l.splat(d, magicAll), high))
}

// perLane converts one lane after the other: do converts the lowest lane of x to that of y. It serves the few casts that AVX2 lacks.
func (l *lanes) perLane(from, to tensor.DType, a asm.Reg, do func(x, y asm.Reg)) asm.Reg {
	fs, ts := laneBytes(from), laneBytes(to)
	var outs []asm.Reg
	for i := range l.n {
		x := a.X()
		if at := i * fs / 16; at > 0 {
			x = l.Vec().X()
			l.Ins("VEXTRACTF128", asm.Imm(at), a, x)
		}
		if within := i * fs % 16; within > 0 {
			s := l.Vec().X()
			l.Ins("VPSRLDQ", asm.Imm(within), x, s)
			x = s
		}
		y := l.Vec().X()
		do(x, y)
		outs = append(outs, y)
	}
	each := min(16/ts, l.n)
	var parts []asm.Reg
	for at := 0; at < l.n; at += each {
		x := outs[at]
		for i := 1; i < each; i++ {
			y := l.Vec().X()
			if ts == 4 {
				l.Ins("VINSERTPS", asm.Imm(i<<4), outs[at+i], x, y)
			} else {
				l.Ins("VUNPCKLPD", outs[at+i], x, y)
			}
			x = y
		}
		parts = append(parts, x)
	}
	return l.join(parts)
}

// floatToInt truncates toward zero and saturates; NaN becomes 0.
func (l *lanes) floatToInt(from, to tensor.DType, a asm.Reg) asm.Reg {
	t := lane(to)
	var r asm.Reg
	switch {
	case to == tensor.Uint8: // by way of an int32 in [0, 255]
		r = l.convert32(from, a)
		r = l.ins3("VPMAXSD", t, l.splat(t, 0), r)
		return l.ins3("VPMINSD", t, l.splat(t, 255), r)
	case t == tensor.Int32:
		return l.convert32(from, a)
	case t == tensor.Int64:
		return l.convert64(from, a)
	}
	l.unsupported("cast of %v to %v", from, to)
	return a
}

// convert32 gives int32 lanes. The instruction answers 0x80000000 for all it cannot convert: right below the range, to be mended above
// it and for NaN.
func (l *lanes) convert32(from tensor.DType, a asm.Reg) asm.Reg {
	t := tensor.Int32
	var r asm.Reg
	if from == tensor.Float32 {
		r = l.ins2("VCVTTPS2DQ", t, a)
	} else {
		r = l.narrow("VCVTTPD2DQ", t, a)
	}
	return l.mend(from, t, a, r, 0x1p31, math.MaxInt32)
}

func (l *lanes) mend(from, t tensor.DType, a, r asm.Reg, limit float64, most uint64) asm.Reg {
	bits := math.Float64bits(limit)
	if from == tensor.Float32 {
		bits = uint64(math.Float32bits(float32(limit)))
	}
	high := l.compareFloat(from, floatPredicates["greater_equal"], a, l.splat(from, bits))
	r = l.choose(t, high, l.splat(t, most), r)
	number := l.compareFloat(from, floatPredicates["equal"], a, a)
	return l.choose(t, number, r, l.splat(t, 0))
}

func (l *lanes) convert64(from tensor.DType, a asm.Reg) asm.Reg {
	t := tensor.Int64
	var r asm.Reg
	switch {
	case l.wide && from == tensor.Float32:
		r = l.ins2("VCVTTPS2QQ", t, a)
	case l.wide:
		r = l.ins2("VCVTTPD2QQ", t, a)
	default:
		name := suffix(from, "VCVTT", "SS2SIQ", "SD2SIQ")
		r = l.perLane(from, t, a, func(x, y asm.Reg) {
			g := l.GP()
			l.Ins(name, x, g)
			l.Ins("VMOVQ", g, y)
		})
	}
	return l.mend(from, t, a, r, 0x1p63, math.MaxInt64)
}
