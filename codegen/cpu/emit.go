package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// apply writes the core operation name on registers of d (and, for casts, to the dtype to) and gives the result's register.
func (l *lanes) apply(name string, d, to tensor.DType, args []asm.Reg) asm.Reg {
	if d == tensor.Bool && name != "cast" && name != "where" && name != "rare" {
		return l.applyBool(name, args)
	}
	switch name {
	case "where", "rare":
		return l.choose(to, args[0], args[1], args[2])
	case "cast":
		return l.cast(d, to, args[0])
	case "bitcast":
		return l.wrap(to, args[0])
	}
	switch {
	case isHalf(d): // the planner has them computed as float32
		l.unsupported("%s of %v", name, d)
		return args[0]
	case d.IsFloat():
		return l.applyFloat(name, d, args)
	}
	return l.applyInt(name, d, args)
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
	switch {
	case intPredicates[name] != 0 || name == "equal":
		return l.compareInt(d, name, args[0], args[1])
	case name == "idiv" || name == "imod":
		return l.wrap(d, l.divideInt(name, d, args[0], args[1]))
	case l.widened(d) && name == "shr" && d.IsSigned(): // zeros come in above the dtype's own bits
		args = []asm.Reg{l.wrap(unsignedOf(d), args[0]), args[1]}
	case l.widened(d) && name == "sar" && d.IsUnsigned(): // the sign is the dtype's highest bit
		args = []asm.Reg{l.wrap(signedOf(d), args[0]), args[1]}
	}
	return l.wrap(d, l.intForm(name, l.lane(d), args))
}

func unsignedOf(d tensor.DType) tensor.DType {
	if d.Size() == 1 {
		return tensor.Uint8
	}
	return tensor.Uint16
}

func signedOf(d tensor.DType) tensor.DType {
	if d.Size() == 1 {
		return tensor.Int8
	}
	return tensor.Int16
}

// wrap brings widened lanes back to the numbers that d has, modulo 2^bits.
func (l *lanes) wrap(d tensor.DType, r asm.Reg) asm.Reg {
	switch {
	case !l.widened(d):
		return r
	case d.IsUnsigned():
		return l.logic("AND", d, l.splat(l.lane(d), 1<<(8*d.Size())-1), r)
	}
	unused := 8 * (l.least - d.Size())
	return l.shift("VPSRA", d, unused, l.shift("VPSLL", d, unused, r))
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

// intForm writes name on lanes of d, which are not widened.
func (l *lanes) intForm(name string, d tensor.DType, args []asm.Reg) asm.Reg {
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
		if binaryForms[name][d] != "" {
			break
		}
		first := l.compareInt(d, map[string]string{"min": "less", "max": "greater"}[name], args[0], args[1])
		return l.choose(d, first, args[0], args[1])
	case "mul":
		switch d.Size() {
		case 1:
			return l.mul8(d, args[0], args[1])
		case 8:
			return l.mul64(d, args[0], args[1])
		}
	case "sar":
		if d.Size() == 8 {
			return l.sar64(d, args[0], args[1])
		}
	}
	if form := binaryForms[name][signless(d)]; form != "" {
		return l.ins3(form, d, args[1], args[0])
	}
	l.unsupported("%s of %v", name, d)
	return args[0]
}

func (l *lanes) absInt(d tensor.DType, a asm.Reg) asm.Reg {
	dst := l.reg(d)
	switch {
	case d.IsUnsigned():
		return a
	case d.Size() < 8 || l.wide:
		l.Ins(l.sizedFor(d, "VPABS"), a, dst)
	default: // (a ^ s) - s with s the sign in every bit
		s := l.reg(d)
		l.Ins("VPCMPGTQ", a, l.splat(d, 0), s)
		l.Ins("VPSUBQ", s, l.logic("XOR", d, s, a), dst)
	}
	return dst
}

// mul8 is the low bytes of a*b. Products of 16-bit lanes have those of the even bytes lowest; with the odd bytes of b where they are, ones of
// a moved down to the even ones, they have those of the odd bytes where they belong.
func (l *lanes) mul8(d tensor.DType, a, b asm.Reg) asm.Reg {
	low := l.Splat32(0x00ff00ff).As(a.Width())
	down := l.reg(d)
	l.Ins("VPSRLW", asm.Imm(8), a, down)
	even := l.logic("AND", d, low, l.ins3("VPMULLW", d, b, a))
	odd := l.ins3("VPMULLW", d, l.logic("ANDN", d, b, low), down)
	return l.logic("OR", d, odd, even)
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
