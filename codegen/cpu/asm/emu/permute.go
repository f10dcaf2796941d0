package emu

import (
	"strings"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// from says where element i of n of a result comes from: which source (in the order of Go's assembler, behind an immediate), and which
// element of it. A source of -1 gives 0.
type from func(imm uint8, i, n int, src *[3]vec) (source, element int)

// shuffle is an instruction whose result is made of whole elements of its sources.
func shuffle(elem int, f from) semantics {
	return func(m *machine, in *asm.Ins) {
		imm, first := immediate(in)
		var src [3]vec
		k := 0
		for i := first; i < sources(in); i++ {
			src[k] = m.value(in, i, 0)
			k++
		}
		last := destination(in)
		if in.Place(last).Role&asm.Read != 0 {
			src[k] = m.vec[in.Args()[last].Reg.Number()]
		}
		n := bytes(in, last) / elem
		var out vec
		for i := range n {
			if s, e := f(imm, i, n, &src); s >= 0 {
				out.setLane(i, elem, src[s].lane(e, elem))
			}
		}
		m.write(in, &out, n, elem)
	}
}

// byForm takes one meaning with an immediate and another without.
func byForm(with, without semantics) semantics {
	return func(m *machine, in *asm.Ins) {
		if in.Args()[0].Kind == asm.KindImm {
			with(m, in)
		} else {
			without(m, in)
		}
	}
}

// crumb is the i-th pair of bits.
func crumb(imm uint8, i int) int { return int(imm>>(2*i)) & 3 }

func permutationOps(t map[string]semantics) {
	interleaveOps(t)
	chunkOps(t)
	t["VSHUFPS"] = shuffle(4, func(imm uint8, i, _ int, _ *[3]vec) (int, int) { return 1 - i%4/2, i&^3 + crumb(imm, i%4) })
	t["VSHUFPD"] = shuffle(8, func(imm uint8, i, _ int, _ *[3]vec) (int, int) { return 1 - i%2, i&^1 + int(imm>>i)&1 })
	quad := func(imm uint8, i, _ int, _ *[3]vec) (int, int) { return 0, i&^3 + crumb(imm, i%4) }
	t["VPSHUFD"] = shuffle(4, quad)
	t["VPERMILPS"] = byForm(shuffle(4, quad), shuffle(4, func(_ uint8, i, _ int, s *[3]vec) (int, int) {
		return 1, i&^3 + int(s[0].lane(i, 4)&3)
	}))
	t["VPERMILPD"] = byForm(
		shuffle(8, func(imm uint8, i, _ int, _ *[3]vec) (int, int) { return 0, i&^1 + int(imm>>i)&1 }),
		shuffle(8, func(_ uint8, i, _ int, s *[3]vec) (int, int) { return 1, i&^1 + int(s[0].lane(i, 8)>>1&1) }))
	t["VPSHUFB"] = shuffle(1, func(_ uint8, i, _ int, s *[3]vec) (int, int) {
		if s[0][i] >= 128 {
			return -1, 0
		}
		return 1, i&^15 + int(s[0][i]&15)
	})
	t["VPALIGNR"] = shuffle(1, func(imm uint8, i, _ int, _ *[3]vec) (int, int) {
		switch at := i%16 + int(imm); {
		case at < 16:
			return 0, i&^15 + at
		case at < 32:
			return 1, i&^15 + at - 16
		}
		return -1, 0
	})
	t["VPSLLDQ"] = shuffle(1, func(imm uint8, i, _ int, _ *[3]vec) (int, int) {
		if i%16 < int(imm) {
			return -1, 0
		}
		return 0, i - int(imm)
	})
	t["VPSRLDQ"] = shuffle(1, func(imm uint8, i, _ int, _ *[3]vec) (int, int) {
		if i%16+int(imm) > 15 {
			return -1, 0
		}
		return 0, i + int(imm)
	})
	for _, w := range []struct {
		size    int
		singles string // permuted by a vector
		pairs   string // last letters of the permutations of two tables
	}{{4, "VPERMPS VPERMD", "PS D"}, {8, "VPERMPD VPERMQ", "PD Q"}} {
		size := w.size
		single := shuffle(size, func(_ uint8, i, n int, s *[3]vec) (int, int) { return 0, int(s[1].lane(i, size)) & (n - 1) })
		for _, name := range strings.Fields(w.singles) {
			t[name] = byForm(shuffle(size, quad), single)
		}
		for _, letters := range strings.Fields(w.pairs) {
			t["VPERMT2"+letters] = shuffle(size, func(_ uint8, i, n int, s *[3]vec) (int, int) {
				return choose(int(s[1].lane(i, size)), n, 2, 0)
			})
			t["VPERMI2"+letters] = shuffle(size, func(_ uint8, i, n int, s *[3]vec) (int, int) {
				return choose(int(s[2].lane(i, size)), n, 1, 0)
			})
		}
	}
	for name, size := range map[string]int{"VALIGND": 4, "VALIGNQ": 8} {
		t[name] = shuffle(size, func(imm uint8, i, n int, _ *[3]vec) (int, int) { return choose(i+int(imm)&(n-1), n, 0, 1) })
	}
	t["VMOVSHDUP"] = shuffle(4, func(_ uint8, i, _ int, _ *[3]vec) (int, int) { return 0, i | 1 })
	t["VMOVSLDUP"] = shuffle(4, func(_ uint8, i, _ int, _ *[3]vec) (int, int) { return 0, i &^ 1 })
	t["VMOVDDUP"] = shuffle(8, func(_ uint8, i, _ int, _ *[3]vec) (int, int) { return 0, i &^ 1 })
	t["VMOVHLPS"] = shuffle(8, func(_ uint8, i, _ int, _ *[3]vec) (int, int) { return i, 1 })
	t["VMOVLHPS"] = shuffle(8, func(_ uint8, i, _ int, _ *[3]vec) (int, int) { return 1 - i, 0 })
}

// choose takes element e of two tables of n in a row.
func choose(e, n, low, high int) (int, int) {
	if e&n != 0 {
		return high, e & (n - 1)
	}
	return low, e & (n - 1)
}

func interleaveOps(t map[string]semantics) {
	for name, size := range map[string]int{"VUNPCK?PS": 4, "VUNPCK?PD": 8, "VPUNPCK?BW": 1, "VPUNPCK?WD": 2, "VPUNPCK?DQ": 4, "VPUNPCK?QDQ": 8} {
		per := 16 / size
		for half, letter := range []string{"L", "H"} {
			t[strings.Replace(name, "?", letter, 1)] = shuffle(size, func(_ uint8, i, _ int, _ *[3]vec) (int, int) {
				return 1 - i%2, i/per*per + half*per/2 + i%per/2
			})
		}
	}
	for letter, size := range floats {
		t["VHADDP"+letter] = func(m *machine, in *asm.Ins) {
			y, x := m.value(in, 0, 0), m.value(in, 1, 0)
			n, per := bytes(in, 2)/size, 16/size
			var out vec
			for i := range n {
				s := &x
				if i%per >= per/2 {
					s = &y
				}
				at := i/per*per + i%(per/2)*2
				out.setLane(i, size, add(size, s.lane(at, size), s.lane(at+1, size)))
			}
			m.write(in, &out, n, size)
		}
	}
}

// chunkOps adds what moves 16 or 32 bytes at a time.
func chunkOps(t map[string]semantics) {
	for _, kind := range []string{"F", "I"} {
		t["VPERM2"+kind+"128"] = shuffle(8, func(imm uint8, i, _ int, _ *[3]vec) (int, int) {
			c := int(imm >> (4 * (i / 2)))
			if c&8 != 0 {
				return -1, 0
			}
			return 1 - c>>1&1, c&1*2 + i%2
		})
		for shape, size := range map[string]int{"128": 8, "32X4": 4, "64X2": 8, "32X8": 4, "64X4": 8} {
			t["VEXTRACT"+kind+shape] = extract(size)
			t["VINSERT"+kind+shape] = insert(size)
			t["VBROADCAST"+kind+shape] = broadcast(size)
		}
		for shape, size := range map[string]int{"32X4": 4, "64X2": 8} {
			per := 16 / size
			t["VSHUF"+kind+shape] = shuffle(size, func(imm uint8, i, n int, _ *[3]vec) (int, int) {
				chunks := n / per
				c := i / per
				pick := int(imm) >> (c * chunks / 2) & (chunks - 1) // a bit each of 2 chunks, two bits each of 4
				return 1 - c/(chunks/2), pick*per + i%per
			})
		}
	}
	for name, size := range map[string]int{"VBROADCASTSS": 4, "VBROADCASTSD": 8, "VPBROADCASTB": 1, "VPBROADCASTW": 2, "VPBROADCASTD": 4, "VPBROADCASTQ": 8} {
		t[name] = broadcast(size)
	}
	for letter, size := range integers {
		t["VPEXTR"+letter] = func(m *machine, in *asm.Ins) {
			a := in.Args()
			v := m.vec[a[1].Reg.Number()].lane(int(a[0].Val)&(16/size-1), size)
			if a[2].Kind == asm.KindReg {
				m.setInt(in, 2, 8, v)
			} else {
				m.setInt(in, 2, size, v)
			}
		}
		t["VPINSR"+letter] = func(m *machine, in *asm.Ins) {
			a := in.Args()
			var out vec
			copy(out[:16], m.vec[a[2].Reg.Number()][:16])
			out.setLane(int(a[0].Val)&(16/size-1), size, m.int(in, 1, size))
			m.set(a[3].Reg, &out)
		}
	}
	t["VINSERTPS"] = insertLane
}

// extract takes the chunk that the immediate names.
func extract(elem int) semantics {
	return func(m *machine, in *asm.Ins) {
		imm, _ := immediate(in)
		x := m.value(in, 1, 0)
		size := bytes(in, destination(in))
		at := int(imm) % (bytes(in, 1) / size) * size
		var out vec
		copy(out[:size], x[at:])
		m.write(in, &out, size/elem, elem)
	}
}

// insert puts a chunk in the place that the immediate names.
func insert(elem int) semantics {
	return func(m *machine, in *asm.Ins) {
		imm, _ := immediate(in)
		x, out := m.value(in, 1, 0), m.value(in, 2, 0)
		size, whole := bytes(in, 1), bytes(in, destination(in))
		copy(out[int(imm)%(whole/size)*size:][:size], x[:])
		m.write(in, &out, whole/elem, elem)
	}
}

// broadcast repeats the whole source, or what of it the name says.
func broadcast(elem int) semantics {
	return func(m *machine, in *asm.Ins) {
		a := &in.Args()[0]
		n := bytes(in, destination(in)) / elem
		var x, out vec
		size := elem
		switch {
		case a.Kind == asm.KindReg && a.Reg.Class() == asm.GP:
			x.setLane(0, 8, m.gp[a.Reg.Number()])
		case a.Kind == asm.KindReg:
			x = m.vec[a.Reg.Number()]
		case m.mask(in)<<(64-n) == 0: // nothing is asked for: the memory is not touched
		default:
			size = bytes(in, 0)
			x = m.value(in, 0, 0)
		}
		for i := range n * elem {
			out[i] = x[i%size]
		}
		m.write(in, &out, n, elem)
	}
}

// insertLane is VINSERTPS: one float of the source, put somewhere, and floats cleared.
func insertLane(m *machine, in *asm.Ins) {
	a := in.Args()
	imm := uint8(a[0].Val)
	var out vec
	copy(out[:16], m.vec[a[2].Reg.Number()][:16])
	x := m.low(in, 1, 4)
	if a[1].Kind == asm.KindReg {
		x = m.vec[a[1].Reg.Number()].lane(int(imm>>6), 4)
	}
	out.setLane(int(imm>>4&3), 4, x)
	for i := range 4 {
		if imm>>i&1 != 0 {
			out.setLane(i, 4, 0)
		}
	}
	m.set(a[3].Reg, &out)
}
