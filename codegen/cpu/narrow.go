package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// Lanes have four bytes at least, and integers of one and two bytes are widened to that where they are read. Where every value of a unit is
// such an integer or a bool, and every operation has an instruction for lanes as wide as the widest of them, lanes have that width: four or
// two times as many points to a vector, and what lies in memory is what lies in registers.
//
//	uint8, bool                 lanes of one byte
//	int16; uint8 cast to int16  lanes of two
//
// Wraparound is that of the instructions; of shifts and of quotients there are none for bytes.

// narrowRun is the least number of points of the vector axis for such lanes: with AVX2 what is left of them goes point by point.
const narrowRun = 256

// leastLane is the bytes of the narrowest lanes of u.
func (u *unit) leastLane() int {
	const dword = 4
	k := u.k
	if k.Nest == codegen.NestGett || k.Vector < 0 || k.Axes[k.Vector].Extent < narrowRun || u.jam != nil || u.across >= 0 || u.beside >= 0 || len(u.saved) > 0 {
		return dword
	}
	for i := range u.streams {
		if u.streams[i].class(k.Vector) == strided {
			return dword
		}
	}
	bytes := 1
	for i := range k.Body {
		bytes = max(bytes, k.Body[i].DType.Size())
	}
	if bytes >= dword || !slices.ContainsFunc(k.Body, func(v codegen.Value) bool { return v.Kind == codegen.Load }) {
		return dword
	}
	for i := range k.Body {
		if !narrows(k, &k.Body[i], bytes) {
			return dword
		}
	}
	return bytes
}

// narrows says whether v is computed in lanes of so many bytes.
func narrows(k *codegen.Kernel, v *codegen.Value, bytes int) bool {
	if v.DType != tensor.Bool && !isNarrow(v.DType) {
		return false
	}
	switch v.Kind {
	case codegen.Load, codegen.Const:
		return true
	case codegen.Map, codegen.Reduce:
		d := k.Body[v.Args[0]].DType
		return d == tensor.Bool || !slices.Contains(wideOps, v.Op.Name)
	}
	return false
}

// wideOps are the operations on integers that need lanes of four bytes.
var wideOps = []string{"shl", "shr", "sar", "idiv", "imod"}

// storeShrunk writes the lanes of d of consecutive blocks, at m and behind it, as narrow as d is in memory; with AVX2.
func (l *lanes) storeShrunk(d tensor.DType, blocks []asm.Reg, m asm.Mem) {
	left := l.n * len(blocks) * d.Size()
	from := l.laneBytes(d)
	raw := make([]asm.Reg, len(blocks))
	for i, r := range blocks {
		raw[i] = l.raw(d, r)
	}
	for i, r := range l.shrink(d, from, raw) {
		if d == tensor.Bool { // of a mask's ones
			one := l.Vec().As(r.Width())
			l.Ins("VPAND", l.Splat32(0x01010101).As(r.Width()), r, one)
			r = one
		}
		at := m.Off(i * r.Width().Bytes())
		switch bytes := min(left, r.Width().Bytes()); {
		case bytes == 4:
			l.Ins("VMOVD", r.X(), at)
		case bytes == 8:
			l.Ins("VMOVQ", r.X(), at)
		case bytes == 16:
			l.Ins("VMOVUPS", r.X(), at)
		case d.Size() == from:
			l.storeWhole(r, at)
		default: // where packed ones lie nobody has looked at
			l.Ins("VMOVUPS", r, at)
		}
		left -= r.Width().Bytes()
	}
}

// shrink gives the lanes of blocks, of so many bytes, one behind the other in lanes of d's own size. Lanes hold numbers that d has, or masks,
// so that no instruction saturates.
func (l *lanes) shrink(d tensor.DType, bytes int, blocks []asm.Reg) []asm.Reg {
	for ; bytes > d.Size(); bytes /= 2 {
		var halves []asm.Reg
		for i := 0; i < len(blocks); i += 2 {
			halves = append(halves, l.halves(d, bytes, blocks[i], blocks[min(i+1, len(blocks)-1)]))
		}
		blocks = halves
	}
	return blocks
}

// halves packs the lanes of low and then those of high into one register, in half the bytes each.
func (l *lanes) halves(d tensor.DType, bytes int, low, high asm.Reg) asm.Reg {
	dst := l.Vec().As(low.Width())
	unsigned := d.IsUnsigned() || isHalf(d)
	switch name := map[bool]string{false: "VPACKSS", true: "VPACKUS"}[unsigned]; bytes {
	case 8:
		l.Ins("VSHUFPS", asm.Imm(0x88), high, low, dst)
	case 4:
		l.Ins(name+"DW", high, low, dst)
	default:
		l.Ins(name+"WB", high, low, dst)
	}
	if dst.Width() == asm.X {
		return dst
	}
	ordered := l.Vec().As(dst.Width()) // packed are the lower halves of both, then the upper ones
	l.Ins("VPERMQ", asm.Imm(0xd8), dst, ordered)
	return ordered
}

// shrinks says whether store i narrows the lanes of whole blocks that lie side by side, which then are packed together.
func (n *nest) shrinks(i int) bool {
	s := &n.k.Stores[i]
	d := n.k.Params[s.Param].DType
	whole := n.side > 1 && n.n > 1 && !n.tail.some && !n.tiled && n.jamming == nil
	return whole && !n.wide && d.Size() < n.laneBytes(d) && d != tensor.Float16 && n.along(findStream(n.u.streams, s.Param, s.At)) == adjacent
}

// putShrunk writes store i in all blocks of the turn.
func (n *nest) putShrunk(i int) {
	s := &n.k.Stores[i]
	st := findStream(n.u.streams, s.Param, s.At)
	blocks := make([]asm.Reg, n.side)
	for b := range blocks {
		blocks[b] = n.value(s.Value, b)
	}
	n.storeShrunk(n.u.streams[st].dtype, blocks, n.blockAt(st, n.ptr(st), 0))
}
