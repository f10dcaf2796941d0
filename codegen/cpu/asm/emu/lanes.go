package emu

import (
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// lane computes element i of a result from the same elements of the sources, in the order of Go's assembler; a destination that is
// read is the last of them.
type lane func(imm uint8, i int, s *[3]uint64) uint64

// lanewise is an instruction that goes element by element, elem bytes each.
func lanewise(elem int, f lane) semantics {
	return func(m *machine, in *asm.Ins) {
		imm, first := immediate(in)
		var src [3]vec
		n := m.gather(in, first, elem, &src)
		var out vec
		for i := range n {
			out.setLane(i, elem, f(imm, i, elements(&src, i, elem)))
		}
		m.write(in, &out, n, elem)
	}
}

// gather reads the sources from operand first on, and a destination that is read, and gives the number of elements.
func (m *machine) gather(in *asm.Ins, first, elem int, src *[3]vec) (n int) {
	k := 0
	for i := first; i < sources(in); i++ {
		if in.Place(i) != nil && in.Place(i).Reg == asm.MaskReg {
			continue
		}
		src[k] = m.value(in, i, elem)
		k++
	}
	last := destination(in)
	if in.Place(last).Role&asm.Read != 0 {
		src[k] = m.vec[in.Args()[last].Reg.Number()]
	}
	if in.Args()[last].Reg.Class() == asm.Vec {
		return bytes(in, last) / elem
	}
	return bytes(in, sources(in)-1) / elem
}

func elements(src *[3]vec, i, elem int) *[3]uint64 {
	return &[3]uint64{src[0].lane(i, elem), src[1].lane(i, elem), src[2].lane(i, elem)}
}

// scalar is an instruction on the lowest element; the others are those of the last source.
func scalar(elem int, f lane) semantics {
	return func(m *machine, in *asm.Ins) {
		imm, first := immediate(in)
		var s [3]uint64
		var rest vec
		k := 0
		for i := first; i <= destination(in); i++ {
			if i == destination(in) && in.Place(i).Role&asm.Read == 0 {
				break
			}
			if a := &in.Args()[i]; a.Kind == asm.KindReg {
				rest = m.vec[a.Reg.Number()]
				s[k] = rest.lane(0, elem)
			} else {
				s[k] = m.load(m.address(a), elem)
			}
			k++
		}
		var out vec
		copy(out[:16], rest[:16])
		out.setLane(0, elem, f(imm, 0, &s))
		m.set(in.Args()[destination(in)].Reg, &out)
	}
}

// test is an instruction that compares element by element; the result goes to a mask register, or is all ones and zeros in a vector.
func test(elem int, f func(imm uint8, s *[3]uint64) bool) semantics {
	ones := lanewise(elem, func(imm uint8, _ int, s *[3]uint64) uint64 {
		if f(imm, s) {
			return ^uint64(0)
		}
		return 0
	})
	return func(m *machine, in *asm.Ins) {
		if in.Args()[destination(in)].Reg.Class() != asm.Mask {
			ones(m, in)
			return
		}
		imm, first := immediate(in)
		var src [3]vec
		n := m.gather(in, first, elem, &src)
		var k uint64
		for i := range n {
			if f(imm, elements(&src, i, elem)) {
				k |= 1 << i
			}
		}
		m.setMask(in, k, n)
	}
}

// floats are the suffixes of floating-point instructions with the bytes of their elements.
var floats = map[string]int{"S": 4, "D": 8}

func floatOps(t map[string]semantics) {
	both := func(name string, f func(size int) lane) {
		for letter, size := range floats {
			t["V"+name+"P"+letter] = lanewise(size, f(size))
			t["V"+name+"S"+letter] = scalar(size, f(size))
		}
	}
	for name, op := range map[string]pairwise{"ADD": add, "SUB": sub, "MUL": mul, "DIV": div, "MIN": least, "MAX": most} {
		both(name, func(size int) lane {
			return func(_ uint8, _ int, s *[3]uint64) uint64 { return op(size, s[1], s[0]) }
		})
	}
	both("SQRT", func(size int) lane {
		return func(_ uint8, _ int, s *[3]uint64) uint64 { return sqrt(size, s[0]) }
	})
	both("ROUND", func(size int) lane {
		return func(imm uint8, _ int, s *[3]uint64) uint64 { return round(size, s[0], mode(imm), 0) }
	})
	both("RNDSCALE", func(size int) lane {
		return func(imm uint8, _ int, s *[3]uint64) uint64 { return round(size, s[0], mode(imm), int(imm>>4)) }
	})
	for order, pick := range map[string]func(s *[3]uint64) (x, y, z uint64){
		"132": func(s *[3]uint64) (x, y, z uint64) { return s[2], s[0], s[1] },
		"213": func(s *[3]uint64) (x, y, z uint64) { return s[1], s[2], s[0] },
		"231": func(s *[3]uint64) (x, y, z uint64) { return s[1], s[0], s[2] },
	} {
		fused := func(size int, signs func(i int) (product, z bool)) lane {
			return func(_ uint8, i int, s *[3]uint64) uint64 {
				x, y, z := pick(s)
				minusProduct, minusZ := signs(i)
				return fma(size, x, y, z, minusProduct, minusZ, [3]uint64{x, y, z})
			}
		}
		for name, signs := range map[string][2]bool{"FMADD": {}, "FMSUB": {false, true}, "FNMADD": {true, false}, "FNMSUB": {true, true}} {
			both(name+order, func(size int) lane {
				return fused(size, func(int) (bool, bool) { return signs[0], signs[1] })
			})
		}
		for letter, size := range floats {
			t["VFMADDSUB"+order+"P"+letter] = lanewise(size, fused(size, func(i int) (bool, bool) { return false, i%2 == 0 }))
			t["VFMSUBADD"+order+"P"+letter] = lanewise(size, fused(size, func(i int) (bool, bool) { return false, i%2 == 1 }))
		}
	}
	for letter, size := range floats {
		t["VADDSUBP"+letter] = lanewise(size, func(_ uint8, i int, s *[3]uint64) uint64 {
			if i%2 == 0 {
				return sub(size, s[1], s[0])
			}
			return add(size, s[1], s[0])
		})
		t["VCMPP"+letter] = test(size, func(imm uint8, s *[3]uint64) bool { return compare(size, s[1], s[0], imm) })
		t["VCMPS"+letter] = scalar(size, func(imm uint8, _ int, s *[3]uint64) uint64 {
			if compare(size, s[1], s[0], imm) {
				return ^uint64(0)
			}
			return 0
		})
		t["VUCOMIS"+letter] = func(m *machine, in *asm.Ins) {
			v := m.low(in, 0, size)
			x := m.low(in, 1, size)
			unordered := compare(size, x, v, 3)
			m.flags = flags{zero: unordered || compare(size, x, v, 0), carry: unordered || compare(size, x, v, 1), parity: unordered}
		}
	}
}

// low gives the lowest element of vector operand i.
func (m *machine) low(in *asm.Ins, i, size int) uint64 {
	a := &in.Args()[i]
	if a.Kind == asm.KindReg {
		return m.vec[a.Reg.Number()].lane(0, size)
	}
	return m.load(m.address(a), size)
}

// integers are the suffixes of integer instructions with the bytes of their elements.
var integers = map[string]int{"B": 1, "W": 2, "D": 4, "Q": 8}

// pick makes a choice of the two operands of an integer minimum or maximum.
func pick(cond bool, x, y uint64) uint64 {
	if cond {
		return x
	}
	return y
}

// clamp brings v into the range of size bytes.
func clamp(v int64, size int, signed bool) uint64 {
	lo, hi := int64(0), int64(1)<<(8*size)-1
	if signed {
		lo, hi = -1<<(8*size-1), 1<<(8*size-1)-1
	}
	return uint64(max(lo, min(hi, v)))
}

func integerOps(t map[string]semantics) {
	known := asm.Ops()
	has := map[string]bool{}
	for _, op := range known {
		has[op.Name] = true
	}
	put := func(name string, s semantics) {
		if has[name] {
			t[name] = s
		}
	}
	for letter, size := range integers {
		for name, f := range map[string]func(a, b uint64) uint64{
			"VPADD":   func(a, b uint64) uint64 { return b + a },
			"VPSUB":   func(a, b uint64) uint64 { return b - a },
			"VPMULL":  func(a, b uint64) uint64 { return b * a },
			"VPMINU":  func(a, b uint64) uint64 { return min(a, b) },
			"VPMAXU":  func(a, b uint64) uint64 { return max(a, b) },
			"VPMINS":  func(a, b uint64) uint64 { return pick(extend(a, size) < extend(b, size), a, b) },
			"VPMAXS":  func(a, b uint64) uint64 { return pick(extend(a, size) > extend(b, size), a, b) },
			"VPADDUS": func(a, b uint64) uint64 { return clamp(int64(a+b), size, false) },
			"VPSUBUS": func(a, b uint64) uint64 { return clamp(int64(b-a), size, false) },
			"VPAVG":   func(a, b uint64) uint64 { return (a + b + 1) / 2 },
		} {
			put(name+letter, lanewise(size, func(_ uint8, _ int, s *[3]uint64) uint64 { return f(s[0], s[1]) }))
		}
		put("VPABS"+letter, lanewise(size, func(_ uint8, _ int, s *[3]uint64) uint64 {
			return pick(extend(s[0], size) < 0, -s[0], s[0])
		}))
		put("VPCMPEQ"+letter, test(size, func(_ uint8, s *[3]uint64) bool { return s[0] == s[1] }))
		put("VPCMPGT"+letter, test(size, func(_ uint8, s *[3]uint64) bool { return extend(s[1], size) > extend(s[0], size) }))
		put("VPCMP"+letter, test(size, func(imm uint8, s *[3]uint64) bool {
			x, y := extend(s[1], size), extend(s[0], size)
			return ordered(imm, x < y, x == y)
		}))
		put("VPCMPU"+letter, test(size, func(imm uint8, s *[3]uint64) bool { return ordered(imm, s[1] < s[0], s[1] == s[0]) }))
		put("VPTESTM"+letter, test(size, func(_ uint8, s *[3]uint64) bool { return s[0]&s[1] != 0 }))
		put("VPTESTNM"+letter, test(size, func(_ uint8, s *[3]uint64) bool { return s[0]&s[1] == 0 }))
		shiftOps(put, letter, size)
	}
	t["VPMULUDQ"] = lanewise(8, func(_ uint8, _ int, s *[3]uint64) uint64 { return cut(s[0], 4) * cut(s[1], 4) })
	t["VPMULDQ"] = lanewise(8, func(_ uint8, _ int, s *[3]uint64) uint64 { return uint64(extend(s[0], 4) * extend(s[1], 4)) })
	t["VPMADDWD"] = lanewise(4, func(_ uint8, _ int, s *[3]uint64) uint64 {
		return uint64(extend(s[0], 2)*extend(s[1], 2) + extend(s[0]>>16, 2)*extend(s[1]>>16, 2))
	})
}

// ordered evaluates predicate p of VPCMP.
func ordered(p uint8, lt, eq bool) bool {
	switch p & 7 {
	case 0:
		return eq
	case 1:
		return lt
	case 2:
		return lt || eq
	case 3:
		return false
	case 4:
		return !eq
	case 5:
		return !lt
	case 6:
		return !lt && !eq
	}
	return true
}

// shiftOps adds the shifts of elements of size bytes: by an immediate, by one count for all, by a count each.
func shiftOps(put func(string, semantics), letter string, size int) {
	for name, f := range map[string]func(x, by uint64) uint64{
		"VPSLL": func(x, by uint64) uint64 { return x << by },
		"VPSRL": func(x, by uint64) uint64 { return x >> by },
		"VPSRA": func(x, by uint64) uint64 { return uint64(extend(x, size) >> min(by, 63)) },
	} {
		bound := func(x, by uint64) uint64 {
			if by >= uint64(8*size) {
				by = 64
			}
			return f(x, by)
		}
		immediate := lanewise(size, func(imm uint8, _ int, s *[3]uint64) uint64 { return bound(s[0], uint64(imm)) })
		put(name+letter, func(m *machine, in *asm.Ins) {
			if in.Args()[0].Kind == asm.KindImm {
				immediate(m, in)
				return
			}
			counts := m.value(in, 0, 0)
			x := m.value(in, 1, 0)
			n := bytes(in, destination(in)) / size
			for i := range n {
				x.setLane(i, size, bound(x.lane(i, size), counts.lane(0, 8)))
			}
			m.write(in, &x, n, size)
		})
		put(name+"V"+letter, lanewise(size, func(_ uint8, _ int, s *[3]uint64) uint64 { return bound(s[1], s[0]) }))
	}
}

func logicOps(t map[string]semantics) {
	for name, f := range map[string]func(a, b uint64) uint64{
		"AND":  func(a, b uint64) uint64 { return a & b },
		"ANDN": func(a, b uint64) uint64 { return a &^ b },
		"OR":   func(a, b uint64) uint64 { return a | b },
		"XOR":  func(a, b uint64) uint64 { return a ^ b },
	} {
		l := func(_ uint8, _ int, s *[3]uint64) uint64 { return f(s[0], s[1]) }
		t["V"+name+"PS"], t["V"+name+"PD"] = lanewise(4, l), lanewise(8, l)
		t["VP"+name], t["VP"+name+"D"], t["VP"+name+"Q"] = lanewise(8, l), lanewise(4, l), lanewise(8, l)
	}
	for letter, size := range map[string]int{"D": 4, "Q": 8} {
		t["VPTERNLOG"+letter] = lanewise(size, func(imm uint8, _ int, s *[3]uint64) (r uint64) {
			for row := range 8 {
				if imm>>row&1 != 0 {
					r |= same(s[2], row>>2) & same(s[1], row>>1) & same(s[0], row)
				}
			}
			return r
		})
	}
	testing := func(size int) semantics {
		high := ^uint64(0)
		if size != 0 {
			high = 1 << (8*size - 1)
		} else {
			size = 8
		}
		return func(m *machine, in *asm.Ins) {
			x, y := m.value(in, 1, 0), m.value(in, 0, 0)
			m.flags = flags{zero: true, carry: true}
			for i := range in.Width.Bytes() / size {
				a, b := x.lane(i, size), y.lane(i, size)
				m.flags.zero = m.flags.zero && a&b&high == 0
				m.flags.carry = m.flags.carry && b&^a&high == 0
			}
		}
	}
	t["VPTEST"], t["VTESTPS"], t["VTESTPD"] = testing(0), testing(4), testing(8)

	for name, size := range map[string]int{"VBLENDPS": 4, "VBLENDPD": 8, "VPBLENDD": 4} {
		t[name] = lanewise(size, func(imm uint8, i int, s *[3]uint64) uint64 { return pick(imm>>i&1 != 0, s[0], s[1]) })
	}
	for name, size := range map[string]int{"VBLENDVPS": 4, "VBLENDVPD": 8, "VPBLENDVB": 1} {
		t[name] = lanewise(size, func(_ uint8, _ int, s *[3]uint64) uint64 { return pick(extend(s[0], size) < 0, s[1], s[2]) })
	}
	for name, size := range map[string]int{"VBLENDMPS": 4, "VBLENDMPD": 8, "VPBLENDMB": 1, "VPBLENDMW": 2, "VPBLENDMD": 4, "VPBLENDMQ": 8} {
		t[name] = blend(size)
	}
}

// same gives x where the row's bit is set, and its complement where it is not.
func same(x uint64, bit int) uint64 {
	if bit&1 != 0 {
		return x
	}
	return ^x
}

// blend takes the first operand's elements where the mask is set, and the second's (or 0) elsewhere.
func blend(size int) semantics {
	return func(m *machine, in *asm.Ins) {
		a := in.Args()
		k := m.k[a[2].Reg.Number()]
		y := m.vec[a[1].Reg.Number()]
		n := bytes(in, 3) / size
		x := m.enabled(in, 0, k, n, size)
		var out vec
		for i := range n {
			switch {
			case k>>i&1 != 0:
				out.setLane(i, size, x.lane(i, size))
			case in.Suffix&asm.SuffixZ == 0:
				out.setLane(i, size, y.lane(i, size))
			}
		}
		m.set(a[3].Reg, &out)
	}
}

// enabled reads operand i without touching the memory of elements whose bit in k is clear.
func (m *machine) enabled(in *asm.Ins, i int, k uint64, n, size int) (v vec) {
	a := &in.Args()[i]
	if a.Kind == asm.KindReg {
		return m.vec[a.Reg.Number()]
	}
	addr := m.address(a)
	if in.Suffix&asm.SuffixBcst != 0 {
		return m.broadcast(addr, size, k<<(64-n) != 0)
	}
	for l := range n {
		if k>>l&1 != 0 {
			v.setLane(l, size, m.load(addr+uint64(l*size), size))
		}
	}
	return v
}

// maskOps adds the instructions on K registers.
func maskOps(t map[string]semantics) {
	for letter, n := range map[string]int{"B": 8, "W": 16, "D": 32, "Q": 64} {
		keep := ^uint64(0) >> (64 - n)
		binary := func(name string, f func(a, b uint64) uint64) {
			t[name+letter] = func(m *machine, in *asm.Ins) {
				m.setMask(in, f(m.kreg(in, 0)&keep, m.kreg(in, 1)&keep), n)
			}
		}
		binary("KAND", func(a, b uint64) uint64 { return a & b })
		binary("KANDN", func(a, b uint64) uint64 { return a &^ b })
		binary("KOR", func(a, b uint64) uint64 { return a | b })
		binary("KXOR", func(a, b uint64) uint64 { return a ^ b })
		binary("KXNOR", func(a, b uint64) uint64 { return ^(a ^ b) })
		binary("KADD", func(a, b uint64) uint64 { return a + b })
		t["KNOT"+letter] = func(m *machine, in *asm.Ins) { m.setMask(in, ^m.kreg(in, 0), n) }
		t["KSHIFTL"+letter] = func(m *machine, in *asm.Ins) { m.setMask(in, m.kreg(in, 1)<<uint8(in.Args()[0].Val), n) }
		t["KSHIFTR"+letter] = func(m *machine, in *asm.Ins) { m.setMask(in, m.kreg(in, 1)&keep>>uint8(in.Args()[0].Val), n) }
		t["KORTEST"+letter] = func(m *machine, in *asm.Ins) {
			v := (m.kreg(in, 0) | m.kreg(in, 1)) & keep
			m.flags = flags{zero: v == 0, carry: v == keep}
		}
		t["KTEST"+letter] = func(m *machine, in *asm.Ins) {
			m.flags = flags{zero: m.kreg(in, 0)&m.kreg(in, 1)&keep == 0, carry: m.kreg(in, 0)&^m.kreg(in, 1)&keep == 0}
		}
		t["KMOV"+letter] = func(m *machine, in *asm.Ins) {
			a := in.Args()
			var v uint64
			if a[0].Kind == asm.KindReg && a[0].Reg.Class() == asm.Mask {
				v = m.kreg(in, 0) & keep
			} else {
				v = m.int(in, 0, n/8)
			}
			if a[1].Kind == asm.KindReg && a[1].Reg.Class() == asm.Mask {
				m.k[a[1].Reg.Number()] = v
			} else {
				m.setInt(in, 1, n/8, v)
			}
		}
	}
	for name, n := range map[string]int{"KUNPCKBW": 8, "KUNPCKWD": 16, "KUNPCKDQ": 32} {
		t[name] = func(m *machine, in *asm.Ins) {
			m.setMask(in, m.kreg(in, 1)<<n|m.kreg(in, 0)&(1<<n-1), 2*n)
		}
	}
	for letter, size := range integers {
		t["VPMOVM2"+letter] = func(m *machine, in *asm.Ins) {
			var out vec
			n := bytes(in, 1) / size
			for i := range n {
				out.setLane(i, size, -(m.kreg(in, 0) >> i & 1))
			}
			m.write(in, &out, n, size)
		}
		t["VPMOV"+letter+"2M"] = func(m *machine, in *asm.Ins) {
			m.setMask(in, m.signs(in, 0, size), bytes(in, 0)/size)
		}
	}
	for name, size := range map[string]int{"VMOVMSKPS": 4, "VMOVMSKPD": 8, "VPMOVMSKB": 1} {
		t[name] = func(m *machine, in *asm.Ins) { m.setInt(in, 1, 8, m.signs(in, 0, size)) }
	}
}

func (m *machine) kreg(in *asm.Ins, i int) uint64 { return m.k[in.Args()[i].Reg.Number()] }

// signs gathers the sign bits of vector operand i.
func (m *machine) signs(in *asm.Ins, i, size int) (k uint64) {
	v := m.value(in, i, 0)
	for l := range bytes(in, i) / size {
		k |= v.lane(l, size) >> (8*size - 1) & 1 << l
	}
	return k
}
