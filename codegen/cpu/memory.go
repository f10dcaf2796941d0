package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A tail is a block of fewer than n points. Its mask is the points there are: at dword and qword lanes with AVX2, one K register with
// AVX-512. The zero tail is a whole block.
type tail struct {
	some    bool
	k       asm.Reg // AVX-512
	dwords  asm.Reg // AVX2
	qwords  asm.Reg // AVX2
	forMask asm.Reg // AVX2: at the size of the kernel's masks
}

// newTail makes the mask of the first rem lanes, 0 < rem < n.
func (l *lanes) newTail(rem asm.Reg) tail {
	t := tail{some: true}
	if l.wide {
		ones := l.GP()
		l.Ins("MOVQ", asm.Imm(-1), ones)
		l.Ins("BZHIQ", rem, ones, ones)
		t.k = l.K()
		l.Ins("KMOVQ", ones, t.k)
		return t
	}
	var iota [32]byte
	for i := range 8 {
		iota[4*i] = byte(i)
	}
	x := l.Vec().X()
	l.Ins("VMOVD", rem, x)
	all := l.Vec().As(l.width(4))
	l.Ins("VPBROADCASTD", x, all)
	t.dwords = l.Vec().As(l.width(4))
	l.Ins("VPCMPGTD", l.Data(iota[:l.width(4).Bytes()]), all, t.dwords)
	t.qwords = t.dwords
	if l.mask == 8 {
		t.qwords = l.sized(t.dwords, 4, 8)
	}
	if t.forMask = t.dwords; l.mask == 8 {
		t.forMask = t.qwords
	}
	return t
}

// lanesOf is the tail's mask for lanes of d as choose takes it.
func (l *lanes) lanesOf(t tail) asm.Reg {
	if l.wide {
		return t.k
	}
	return t.forMask
}

// load reads n points of d that lie side by side at m; with a tail only those there are.
func (l *lanes) load(d tensor.DType, m asm.Mem, t tail) asm.Reg {
	if l.n == 1 {
		return l.loadOne(d, m)
	}
	switch d {
	case tensor.Bool:
		bytes := l.widen(m, t, tensor.Int32)
		return l.isTrue(bytes)
	case tensor.Uint8:
		return l.widen(m, t, tensor.Int32)
	}
	dst := l.reg(d)
	switch {
	case !t.some:
		l.Ins("VMOVUPS", m, dst)
	case l.wide:
		l.Ins(suffix(d, "VMOVUP", "S", "D")+".Z", m, t.k, dst)
	case laneBytes(d) == 8:
		l.Ins("VMASKMOVPD", m, t.qwords, dst)
	default:
		l.Ins("VMASKMOVPS", m, t.dwords, dst)
	}
	return dst
}

// widen reads bytes into dword lanes. With AVX2 there is no tail here: loops over bytes end point by point.
func (l *lanes) widen(m asm.Mem, t tail, d tensor.DType) asm.Reg {
	dst := l.reg(d)
	if t.some {
		l.Ins("VPMOVZXBD.Z", m, t.k, dst)
	} else {
		l.Ins("VPMOVZXBD", m, dst)
	}
	return dst
}

// isTrue is the mask of the dword lanes that are not zero.
func (l *lanes) isTrue(r asm.Reg) asm.Reg {
	if l.wide {
		k := l.K()
		l.Ins("VPTESTMD", r, r, k)
		return k
	}
	zero := l.reg(tensor.Int32)
	l.zero(zero)
	return l.compareInt(tensor.Int32, "not_equal", r, zero)
}

// loadOne reads one point into the lowest lane.
func (l *lanes) loadOne(d tensor.DType, m asm.Mem) asm.Reg {
	dst := l.Vec().X()
	switch {
	case d == tensor.Bool || d == tensor.Uint8:
		g := l.GP()
		l.Ins("MOVBLZX", m, g)
		l.Ins("VMOVD", g, dst)
		if d == tensor.Bool {
			return l.isTrue(dst)
		}
	case laneBytes(d) == 8:
		l.Ins("VMOVSD", m, dst)
	default:
		l.Ins("VMOVSS", m, dst)
	}
	return dst
}

// loadSplat reads the one point at m into every lane.
func (l *lanes) loadSplat(d tensor.DType, m asm.Mem) asm.Reg {
	if l.n == 1 {
		return l.loadOne(d, m)
	}
	switch d {
	case tensor.Bool, tensor.Uint8:
		g, x, dst := l.GP(), l.Vec().X(), l.reg(tensor.Int32)
		l.Ins("MOVBLZX", m, g)
		l.Ins("VMOVD", g, x)
		l.Ins("VPBROADCASTD", x, dst)
		if d == tensor.Bool {
			return l.isTrue(dst)
		}
		return dst
	}
	dst := l.reg(d)
	l.broadcast(laneBytes(d), m, dst)
	return dst
}

// loadStrided reads n points of d, stride bytes apart from p on, and leaves p after the last.
func (l *lanes) loadStrided(d tensor.DType, p asm.Reg, advance func(p asm.Reg)) asm.Reg {
	if l.n == 1 {
		r := l.loadOne(d, asm.At(p, 0))
		advance(p)
		return r
	}
	var parts []asm.Reg // xmm pieces, lowest first
	each := 16 / laneBytesOrByte(d)
	for at := 0; at < l.n; at += each {
		x := l.Vec().X()
		for i := range min(each, l.n-at) {
			y := l.Vec().X()
			l.insertOne(d, i, p, x, y)
			x = y
			advance(p)
		}
		parts = append(parts, x)
	}
	r := l.join(parts)
	if d == tensor.Bool {
		return l.isTrue(r)
	}
	return r
}

// laneBytesOrByte is the lane size that d is read at: bool as the dword of its byte.
func laneBytesOrByte(d tensor.DType) int {
	if d == tensor.Bool {
		return 4
	}
	return laneBytes(d)
}

// insertOne reads the point at p into lane i of what is in x, giving y.
func (l *lanes) insertOne(d tensor.DType, i int, p, x, y asm.Reg) {
	switch {
	case d == tensor.Bool || d == tensor.Uint8:
		g := l.GP()
		l.Ins("MOVBLZX", asm.At(p, 0), g)
		if i == 0 {
			l.Ins("VMOVD", g, y)
		} else {
			l.Ins("VPINSRD", asm.Imm(i), g, x, y)
		}
	case laneBytes(d) == 8 && i == 0:
		l.Ins("VMOVSD", asm.At(p, 0), y)
	case laneBytes(d) == 8:
		l.Ins("VPINSRQ", asm.Imm(1), asm.At(p, 0), x, y)
	case i == 0:
		l.Ins("VMOVSS", asm.At(p, 0), y)
	default:
		l.Ins("VINSERTPS", asm.Imm(i<<4), asm.At(p, 0), x, y)
	}
}

// join puts xmm registers side by side.
func (l *lanes) join(parts []asm.Reg) asm.Reg {
	if len(parts) == 1 {
		return parts[0]
	}
	var ys []asm.Reg
	for i := 0; i < len(parts); i += 2 {
		y := l.Vec().Y()
		l.Ins("VINSERTF128", asm.Imm(1), parts[i+1], parts[i].Y(), y)
		ys = append(ys, y)
	}
	if len(ys) == 1 {
		return ys[0]
	}
	z := l.Vec().Z()
	l.Ins("VINSERTF64X4", asm.Imm(1), ys[1], ys[0].Z(), z)
	return z
}

// store writes n points of d side by side at m; with a tail only those there are.
func (l *lanes) store(d tensor.DType, r asm.Reg, m asm.Mem, t tail) {
	switch {
	case l.n == 1:
		l.storeOne(d, r, m)
	case d == tensor.Bool:
		l.storeBytes(l.zeroOne(r), m, t)
	case d == tensor.Uint8:
		l.storeBytes(r, m, t)
	case !t.some:
		l.Ins("VMOVUPS", r, m)
	case l.wide:
		l.Ins(suffix(d, "VMOVUP", "S", "D"), r, t.k, m)
	case laneBytes(d) == 8:
		l.Ins("VMASKMOVPD", r, t.qwords, m)
	default:
		l.Ins("VMASKMOVPS", r, t.dwords, m)
	}
}

// zeroOne gives the mask m as dword lanes of 0 and 1.
func (l *lanes) zeroOne(m asm.Reg) asm.Reg {
	one := l.splat(tensor.Int32, 1)
	if l.wide {
		dst := l.reg(tensor.Int32)
		l.Ins("VMOVDQA32.Z", one, m, dst)
		return dst
	}
	return l.logic("AND", tensor.Int32, one, l.sized(m, l.mask, 4))
}

// storeBytes writes the low byte of each dword lane.
func (l *lanes) storeBytes(r asm.Reg, m asm.Mem, t tail) {
	if l.wide {
		if t.some {
			l.Ins("VPMOVDB", r, t.k, m)
		} else {
			l.Ins("VPMOVDB", r, m)
		}
		return
	}
	// Each 16-byte half packs its four bytes to its lowest dword.
	var pick [32]byte
	for i := range pick {
		pick[i] = 0x80
		if i%16 < 4 {
			pick[i] = byte(i % 16 * 4)
		}
	}
	packed := l.Vec().As(r.Width())
	l.Ins("VPSHUFB", l.Data(pick[:r.Width().Bytes()]), r, packed)
	l.Ins("VMOVD", packed.X(), m)
	if r.Width() == asm.Y {
		high := l.Vec().X()
		l.Ins("VEXTRACTI128", asm.Imm(1), packed, high)
		l.Ins("VMOVD", high, m.Off(4))
	}
}

// storeOne writes the lowest lane.
func (l *lanes) storeOne(d tensor.DType, r asm.Reg, m asm.Mem) {
	switch {
	case d == tensor.Bool:
		g := l.GP()
		if l.wide {
			l.Ins("KMOVD", r, g)
		} else {
			l.Ins("VMOVD", r.X(), g)
		}
		l.Ins("ANDL", asm.Imm(1), g)
		l.Ins("MOVB", g, m)
	case d == tensor.Uint8:
		g := l.GP()
		l.Ins("VMOVD", r.X(), g)
		l.Ins("MOVB", g, m)
	case laneBytes(d) == 8:
		l.Ins("VMOVSD", r.X(), m)
	default:
		l.Ins("VMOVSS", r.X(), m)
	}
}

// storeStrided writes n points of d, one each time p is advanced.
func (l *lanes) storeStrided(d tensor.DType, r asm.Reg, p asm.Reg, advance func(p asm.Reg)) {
	if l.n == 1 {
		l.storeOne(d, r, asm.At(p, 0))
		advance(p)
		return
	}
	size := laneBytesOrByte(d)
	if d == tensor.Bool {
		r = l.zeroOne(r)
	}
	for at := 0; at < l.n; at += 16 / size {
		x := r.X()
		if at > 0 {
			x = l.Vec().X()
			if r.Width() == asm.Z {
				l.Ins("VEXTRACTF32X4", asm.Imm(at*size/16), r, x)
			} else {
				l.Ins("VEXTRACTF128", asm.Imm(1), r, x)
			}
		}
		for i := range min(16/size, l.n-at) {
			l.extractOne(d, i, x, p)
			advance(p)
		}
	}
}

func (l *lanes) extractOne(d tensor.DType, i int, x, p asm.Reg) {
	switch {
	case d == tensor.Bool || d == tensor.Uint8:
		l.Ins("VPEXTRB", asm.Imm(4*i), x, asm.At(p, 0))
	case laneBytes(d) == 8 && i == 0:
		l.Ins("VMOVSD", x, asm.At(p, 0))
	case laneBytes(d) == 8:
		l.Ins("VPEXTRQ", asm.Imm(1), x, asm.At(p, 0))
	case i == 0:
		l.Ins("VMOVSS", x, asm.At(p, 0))
	default:
		l.Ins("VPEXTRD", asm.Imm(i), x, asm.At(p, 0))
	}
}
