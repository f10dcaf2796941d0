package cpu

import (
	"encoding/binary"

	"github.com/einloom/einloom/codegen"
)

// Key describes k's structure: kernels with equal keys have the same code and differ in the numbers that Object.Bind gives. Names,
// extents and the size of strides are not part of it; what the code takes for granted of them is: which steps are 0 or one element, and
// whether a reduction is split.
func Key(k *codegen.Kernel) string {
	b := keyWriter{}
	units := unitsOf(k)
	b.num(len(units))
	for _, u := range units {
		b.unit(u)
	}
	return string(b)
}

type keyWriter []byte

func (b *keyWriter) num(list ...int) {
	for _, x := range list {
		*b = binary.AppendVarint(*b, int64(x))
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (b *keyWriter) ints(list []int) {
	b.num(len(list))
	b.num(list...)
}

func (b *keyWriter) unit(u *unit) {
	k := u.k
	b.num(int(k.Nest), k.Vector, k.Parallel, len(u.cuts), u.across, u.beside, bit(k.Uncached), u.leastLane())
	for _, c := range u.cuts {
		b.num(c.axis, c.piece)
	}
	b.ints(k.Order)
	if j := u.jam; j != nil {
		b.ints(j.structure(u))
	} else {
		b.num(0)
	}
	if k.Nest == codegen.NestGett {
		g := &k.Gett
		for _, list := range [][]int{g.M, g.N, g.K, g.Batch} {
			b.ints(list)
		}
		b.num(g.MR, g.NR, g.Sum, g.A, g.B, u.leftAxis(), bit(u.packsOwn()), bit(u.mirrors()), u.panelAxis(), bit(g.Imag != nil), bit(u.binary()))
	}
	for _, a := range k.Axes {
		b.num(bit(a.Fold))
	}
	b.ints(u.temps)
	for _, v := range u.saved {
		b.num(v.value, v.first)
	}
	b.num(-1)
	b.num(len(u.streams))
	for i := range u.streams {
		s := &u.streams[i]
		b.num(s.param, int(s.dtype))
		for a := range k.Axes {
			partner, first := u.partner(i, a)
			b.num(int(s.class(a)), partner, bit(first))
		}
	}
	b.num(len(k.Body))
	for i := range k.Body {
		b.value(u, &k.Body[i])
	}
	b.num(len(k.Stores))
	for _, s := range k.Stores {
		b.num(findStream(u.streams, s.Param, s.At), s.Value)
	}
}

func (b *keyWriter) value(u *unit, v *codegen.Value) {
	b.num(int(v.Kind), int(v.DType))
	switch v.Kind {
	case codegen.Load:
		b.num(findStream(u.streams, v.Param, v.At))
	case codegen.Gather:
		b.num(findStream(u.streams, v.Param, v.At), bit(dense(u.k, v)))
	case codegen.Const:
		*b = binary.LittleEndian.AppendUint64(*b, v.Bits)
	case codegen.Index:
		b.num(v.Axis)
	case codegen.Map, codegen.Reduce, codegen.Scan:
		b.num(len(v.Op.Name))
		*b = append(*b, v.Op.Name...)
		b.ints(v.Over)
	}
	b.ints(v.Args)
}
