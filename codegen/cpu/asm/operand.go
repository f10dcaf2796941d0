package asm

import "strconv"

// Arg is what an instruction takes: a Reg, Imm, Mem or Label.
type Arg interface{ arg() }

// Imm is an immediate number.
type Imm int64

// Mem is the memory at Base + Index*Scale + Disp. Index may be a vector register in gathers and scatters.
type Mem struct {
	Base, Index Reg
	Scale       uint8
	Disp        int
}

// Label is a place in a Func's code.
type Label int32

func (Reg) arg()   {}
func (Imm) arg()   {}
func (Mem) arg()   {}
func (Label) arg() {}

// At gives the memory disp bytes from base.
func At(base Reg, disp int) Mem { return Mem{Base: base, Disp: disp} }

// Plus adds index*scale to the address; scale is 1, 2, 4 or 8.
func (m Mem) Plus(index Reg, scale int) Mem {
	m.Index, m.Scale = index, uint8(scale)
	return m
}

// Off moves the address by disp bytes.
func (m Mem) Off(disp int) Mem {
	m.Disp += disp
	return m
}

// Kind tells the operands of an Ins apart.
type Kind uint8

// The kinds of operand.
const (
	KindReg   Kind = iota + 1 // Reg
	KindImm                   // Val
	KindMem                   // Val bytes from Reg + Index*Scale
	KindLabel                 // label number Val
	KindParam                 // args+0(FP): the function's one parameter
	kindSlot                  // the spilled register number Val, in memory reached through Reg; KindMem after allocation
)

// Operand is an Arg as an Ins holds it.
type Operand struct {
	Kind  Kind
	Scale uint8
	Reg   Reg // the register, or a memory operand's base
	Index Reg
	Val   int64
}

// isMem says whether the operand stands for memory.
func (o *Operand) isMem() bool { return o.Kind == KindMem || o.Kind == KindParam || o.Kind == kindSlot }

// append writes the operand as Go's assembler reads it.
func (o *Operand) append(b []byte, labels []string) []byte {
	switch o.Kind {
	case KindReg:
		return append(b, o.Reg.String()...)
	case KindImm:
		b = append(b, '$')
		if o.Val > -4096 && o.Val < 4096 {
			return strconv.AppendInt(b, o.Val, 10)
		}
		if o.Val < 0 {
			return strconv.AppendUint(append(b, "-0x"...), uint64(-o.Val), 16)
		}
		return strconv.AppendUint(append(b, "0x"...), uint64(o.Val), 16)
	case KindLabel:
		if labels == nil {
			return strconv.AppendInt(append(b, 'L'), o.Val, 10)
		}
		return append(b, labels[o.Val]...)
	case KindParam:
		return append(b, "args+0(FP)"...)
	case kindSlot:
		b = append(append(b, "slot"...), strconv.FormatInt(o.Val, 10)...)
		return append(append(append(b, '('), o.Reg.String()...), ')')
	}
	if o.Val != 0 {
		b = strconv.AppendInt(b, o.Val, 10)
	}
	b = append(append(append(b, '('), o.Reg.String()...), ')')
	if o.Index != 0 {
		b = append(append(append(b, '('), o.Index.String()...), '*', '0'+o.Scale, ')')
	}
	return b
}
