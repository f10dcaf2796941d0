package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// perLane computes one lane after the other: do computes the lowest lane of y, of the dtype to, from those of x, of the dtype from. It
// serves the little that vectors cannot do.
func (l *lanes) perLane(from, to tensor.DType, do func(x []asm.Reg, y asm.Reg), args ...asm.Reg) asm.Reg {
	var lanes []asm.Reg
	for i := range l.n {
		x := make([]asm.Reg, len(args))
		for j, a := range args {
			x[j] = l.laneOf(from, a, i)
		}
		y := l.Vec().X()
		do(x, y)
		lanes = append(lanes, y)
	}
	return l.join(l.pack(to, lanes))
}

// laneOf is lane i of a, a register of d, in the lowest lane.
func (l *lanes) laneOf(d tensor.DType, a asm.Reg, i int) asm.Reg {
	at := i * l.laneBytes(d)
	x := a.X()
	if at >= 16 {
		x = l.Vec().X()
		if a.Width() == asm.Z {
			l.Ins("VEXTRACTF32X4", asm.Imm(at/16), a, x)
		} else {
			l.Ins("VEXTRACTF128", asm.Imm(at/16), a, x)
		}
	}
	if at%16 > 0 {
		s := l.Vec().X()
		l.Ins("VPSRLDQ", asm.Imm(at%16), x, s)
		x = s
	}
	return x
}

// pack puts the lowest lanes of registers side by side, in xmm registers.
func (l *lanes) pack(d tensor.DType, lanes []asm.Reg) (parts []asm.Reg) {
	each := 16 / l.laneBytes(d)
	for at := 0; at < len(lanes); at += each {
		x := lanes[at]
		for i := 1; i < min(each, len(lanes)-at); i++ {
			y := l.Vec().X()
			if l.laneBytes(d) == 4 {
				l.Ins("VINSERTPS", asm.Imm(i<<4), lanes[at+i], x, y)
			} else {
				l.Ins("VUNPCKLPD", lanes[at+i], x, y)
			}
			x = y
		}
		parts = append(parts, x)
	}
	return parts
}
