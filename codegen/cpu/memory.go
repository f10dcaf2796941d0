package cpu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A tail is a block of fewer than n points. Its mask is the points there are: at dword and qword lanes with AVX2, one K register with
// AVX-512. The zero tail is a whole block.
type tail struct {
	some    bool
	points  int     // how many there are, where that is known when the code is written; 0: it is not
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
	switch {
	case d == tensor.Bool:
		return l.isTrue(l.load(tensor.Uint8, m, t))
	case d.Size() < l.least:
		return l.widen(d, m, t)
	}
	dst := l.reg(d)
	switch {
	case !t.some:
		l.Ins("VMOVUPS", m, dst)
	case l.wide:
		l.Ins(suffix(d, "VMOVUP", "S", "D")+".Z", m, t.k, dst)
	case l.laneBytes(d) == 8:
		l.Ins("VMASKMOVPD", m, t.qwords, dst)
	default:
		l.Ins("VMASKMOVPS", m, t.dwords, dst)
	}
	return dst
}

// widenings read numbers of one or two bytes into lanes of two or four; bfloat16s then have to go to the upper halves.
var widenings = map[int]map[tensor.DType]string{
	2: {tensor.Int8: "VPMOVSXBW", tensor.Uint8: "VPMOVZXBW"},
	4: {
		tensor.Int8: "VPMOVSXBD", tensor.Uint8: "VPMOVZXBD", tensor.Int16: "VPMOVSXWD", tensor.Uint16: "VPMOVZXWD",
		tensor.BFloat16: "VPMOVZXWD", tensor.Float16: "VCVTPH2PS",
	},
}

// widen reads narrow numbers. With AVX2 there is no tail here: loops over them end point by point.
func (l *lanes) widen(d tensor.DType, m asm.Mem, t tail) asm.Reg {
	dst, name := l.reg(d), widenings[l.least][d]
	if t.some {
		l.Ins(name+".Z", m, t.k, dst)
	} else {
		l.Ins(name, m, dst)
	}
	if d == tensor.BFloat16 {
		return l.shift("VPSLL", tensor.Int32, 16, dst)
	}
	return dst
}

// isTrue is the mask of the lanes of bytes that are not zero.
func (l *lanes) isTrue(r asm.Reg) asm.Reg {
	d := tensor.Uint8
	if l.wide {
		k := l.K()
		l.Ins(l.sizedFor(d, "VPTESTM"), r, r, k)
		return k
	}
	zero := l.reg(d)
	l.zero(zero)
	if l.widened(d) { // which is never negative
		return l.compareInt(d, "greater", r, zero)
	}
	return l.compareInt(d, "not_equal", r, zero)
}

// loadOne reads one point into the lowest lane.
func (l *lanes) loadOne(d tensor.DType, m asm.Mem) asm.Reg {
	x := l.loadLane(d, m)
	if d == tensor.Bool {
		return l.isTrue(x)
	}
	return x
}

// extensions read a number of one or two bytes into a general purpose register.
var extensions = map[tensor.DType]string{
	tensor.Bool: "MOVBLZX", tensor.Int8: "MOVBLSX", tensor.Uint8: "MOVBLZX", tensor.Int16: "MOVWLSX", tensor.Uint16: "MOVWLZX",
	tensor.BFloat16: "MOVWLZX", tensor.Float16: "MOVWLZX",
}

// loadLane reads one point into the lowest lane of an xmm register, a bool as 0 or 1.
func (l *lanes) loadLane(d tensor.DType, m asm.Mem) asm.Reg {
	dst := l.Vec().X()
	switch extension := extensions[d]; {
	case extension != "":
		g := l.GP()
		l.Ins(extension, m, g)
		l.Ins("VMOVD", g, dst)
		if isHalf(d) {
			whole := l.Vec().X()
			if d == tensor.Float16 {
				l.Ins("VCVTPH2PS", dst, whole)
			} else {
				l.Ins("VPSLLD", asm.Imm(16), dst, whole)
			}
			return whole
		}
	case l.laneBytes(d) == 8:
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
	if d.Size() >= 4 {
		dst := l.reg(d)
		l.broadcast(l.laneBytes(d), m, dst)
		return dst
	}
	dst := l.Vec().As(l.width(l.least))
	l.Ins(map[int]string{1: "VPBROADCASTB", 2: "VPBROADCASTW", 4: "VPBROADCASTD"}[l.least], l.loadLane(d, m), dst)
	if d == tensor.Bool {
		return l.isTrue(dst)
	}
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
	each := 16 / max(d.Size(), 4)
	for at := 0; at < l.n; at += each {
		x := l.loadLane(d, asm.At(p, 0))
		advance(p)
		for i := 1; i < min(each, l.n-at); i++ {
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

// insertOne reads the point at p into lane i, not the lowest, of what is in x, giving y.
func (l *lanes) insertOne(d tensor.DType, i int, p, x, y asm.Reg) {
	switch extension := extensions[d]; {
	case isHalf(d):
		l.Ins("VINSERTPS", asm.Imm(i<<4), l.loadLane(d, asm.At(p, 0)), x, y)
	case extension != "":
		g := l.GP()
		l.Ins(extension, asm.At(p, 0), g)
		l.Ins("VPINSRD", asm.Imm(i), g, x, y)
	case l.laneBytes(d) == 8:
		l.Ins("VPINSRQ", asm.Imm(1), asm.At(p, 0), x, y)
	default:
		l.Ins("VINSERTPS", asm.Imm(i<<4), asm.At(p, 0), x, y)
	}
}

// join puts xmm registers side by side.
func (l *lanes) join(parts []asm.Reg) asm.Reg {
	for len(parts) > 1 {
		var wider []asm.Reg
		for i := 0; i < len(parts); i += 2 {
			wider = append(wider, l.beside(parts[i], parts[i+1]))
		}
		parts = wider
	}
	return parts[0]
}

// beside is low with high behind it.
func (l *lanes) beside(low, high asm.Reg) asm.Reg {
	if low.Width() == asm.X {
		r := l.Vec().Y()
		l.Ins("VINSERTF128", asm.Imm(1), high, low.Y(), r)
		return r
	}
	r := l.Vec().Z()
	l.Ins("VINSERTF64X4", asm.Imm(1), high, low.Z(), r)
	return r
}

// store writes n points of d side by side at m; with a tail only those there are.
func (l *lanes) store(d tensor.DType, r asm.Reg, m asm.Mem, t tail) {
	switch {
	case l.n == 1:
		l.storeOne(d, r, m)
	case d == tensor.Float16 && t.some:
		l.Ins("VCVTPS2PH", asm.Imm(0), r, t.k, m)
	case d == tensor.Float16:
		l.Ins("VCVTPS2PH", asm.Imm(0), r, m)
	case d.Size() < 4 && !l.wide:
		l.storeShrunk(d, []asm.Reg{r}, m)
	case d == tensor.Bool:
		l.storeNarrow(1, l.zeroOne(r), m, t)
	case d.Size() < 4:
		l.storeNarrow(d.Size(), l.raw(d, r), m, t)
	case !t.some:
		l.storeWhole(r, m)
	case !l.wide && t.points > 0 && t.points < 4 && l.laneBytes(d) == 4:
		l.storeFew(r, m, t.points)
	case l.wide:
		l.Ins(suffix(d, "VMOVUP", "S", "D"), r, t.k, m)
	case l.laneBytes(d) == 8:
		l.Ins("VMASKMOVPD", r, t.qwords, m)
	default:
		l.Ins("VMASKMOVPS", r, t.dwords, m)
	}
}

// storeWhole writes all of r.
func (l *lanes) storeWhole(r asm.Reg, m asm.Mem) {
	if l.uncached {
		l.Ins("VMOVNTPS", r, m)
		return
	}
	l.Ins("VMOVUPS", r, m)
}

// storeFew writes the first one, two or three lanes of four bytes: a store under a mask takes as long as a dozen plain ones.
func (l *lanes) storeFew(r asm.Reg, m asm.Mem, points int) {
	x := r.X()
	if points == 1 {
		l.Ins("VMOVD", x, m)
		return
	}
	l.Ins("VMOVQ", x, m)
	if points == 3 {
		l.Ins("VPEXTRD", asm.Imm(2), x, m.Off(8))
	}
}

// zeroOne gives the mask m as the narrowest lanes of 0 and 1.
func (l *lanes) zeroOne(m asm.Reg) asm.Reg {
	d := tensor.Uint8
	one := l.splat(d, 1)
	if l.wide {
		dst := l.reg(d)
		l.Ins("VMOVDQA32.Z", one, m, dst)
		return dst
	}
	return l.logic("AND", d, one, l.sized(m, l.mask, l.least))
}

// raw gives lanes of a dtype of one or two bytes as dwords that have its bits lowest.
func (l *lanes) raw(d tensor.DType, r asm.Reg) asm.Reg {
	switch d {
	case tensor.BFloat16:
		shifted := l.Vec().As(r.Width())
		l.Ins("VPSRLD", asm.Imm(16), r, shifted)
		return shifted
	case tensor.Float16:
		packed, words := l.Vec().As(max(r.Width()-1, asm.X)), l.Vec().As(r.Width())
		l.Ins("VCVTPS2PH", asm.Imm(0), r, packed)
		l.Ins("VPMOVZXWD", packed, words)
		return words
	}
	return r
}

// storeNarrow writes the low byte, or the low two, of each dword lane, with AVX-512.
func (l *lanes) storeNarrow(size int, r asm.Reg, m asm.Mem, t tail) {
	name := map[int]string{1: "VPMOVDB", 2: "VPMOVDW"}[size]
	if t.some {
		l.Ins(name, r, t.k, m)
	} else {
		l.Ins(name, r, m)
	}
}

// storeOne writes the lowest lane.
func (l *lanes) storeOne(d tensor.DType, r asm.Reg, m asm.Mem) {
	g := asm.Reg(0)
	switch {
	case d == tensor.Bool:
		g = l.GP()
		if l.wide {
			l.Ins("KMOVD", r, g)
		} else {
			l.Ins("VMOVD", r.X(), g)
		}
		l.Ins("ANDL", asm.Imm(1), g)
	case d.Size() < 4:
		g = l.GP()
		l.Ins("VMOVD", l.raw(d, r.X()), g)
	case l.laneBytes(d) == 8:
		l.Ins("VMOVSD", r.X(), m)
		return
	default:
		l.Ins("VMOVSS", r.X(), m)
		return
	}
	l.Ins(map[int]string{1: "MOVB", 2: "MOVW"}[d.Size()], g, m)
}

// storeStrided writes n points of d, one each time p is advanced.
func (l *lanes) storeStrided(d tensor.DType, r asm.Reg, p asm.Reg, advance func(p asm.Reg)) {
	if l.n == 1 {
		l.storeOne(d, r, asm.At(p, 0))
		advance(p)
		return
	}
	size := max(d.Size(), 4)
	switch {
	case d == tensor.Bool:
		r = l.zeroOne(r)
	case d.Size() < 4:
		r = l.raw(d, r)
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
	case d.Size() == 1:
		l.Ins("VPEXTRB", asm.Imm(4*i), x, asm.At(p, 0))
	case d.Size() == 2:
		l.Ins("VPEXTRW", asm.Imm(2*i), x, asm.At(p, 0))
	case l.laneBytes(d) == 8 && i == 0:
		l.Ins("VMOVSD", x, asm.At(p, 0))
	case l.laneBytes(d) == 8:
		l.Ins("VPEXTRQ", asm.Imm(1), x, asm.At(p, 0))
	case i == 0:
		l.Ins("VMOVSS", x, asm.At(p, 0))
	default:
		l.Ins("VPEXTRD", asm.Imm(i), x, asm.At(p, 0))
	}
}
