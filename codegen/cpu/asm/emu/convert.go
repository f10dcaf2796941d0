package emu

import (
	"math"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// convert is an instruction that turns each element of from bytes into one of to bytes.
func convert(from, to int, f func(imm uint8, x uint64) uint64) semantics {
	return func(m *machine, in *asm.Ins) {
		imm, first := immediate(in)
		last := destination(in)
		n := bytes(in, last) / to
		if from > to || from == to {
			n = bytes(in, first) / from
		}
		v := m.widened(in, first, n, from)
		var out vec
		for i := range n {
			out.setLane(i, to, f(imm, v.lane(i, from)))
		}
		m.write(in, &out, n, to)
	}
}

// widened reads n elements of size bytes from operand i; those of memory that are masked off are not touched.
func (m *machine) widened(in *asm.Ins, i, n, size int) vec {
	return m.enabled(in, i, m.mask(in), n, size)
}

func plain(f func(x uint64) uint64) func(uint8, uint64) uint64 {
	return func(_ uint8, x uint64) uint64 { return f(x) }
}

// asFloat64 is exact; a NaN keeps the top of its payload and becomes quiet.
func asFloat64(x uint64) uint64 {
	if isNaN(x, 4) {
		return x>>31<<63 | 0x7ff<<52 | quiet64 | x&0x3fffff<<29
	}
	return of64(float64(f32(x)))
}

func asFloat32(x uint64) uint64 {
	if isNaN(x, 8) {
		return x>>63<<31 | 0xff<<23 | quiet32 | x>>29&0x3fffff
	}
	return of32(float32(f64(x)))
}

// toInt rounds and gives the integer of size bytes; what does not fit gives the smallest one.
func toInt(v float64, size int, mode uint8) uint64 {
	v = roundTo(v, mode)
	limit := math.Ldexp(1, 8*size-1)
	if !(v >= -limit && v < limit) {
		return cut(1<<(8*size-1), size)
	}
	return cut(uint64(int64(v)), size)
}

// toUint is toInt for unsigned integers of 8 bytes, where what does not fit gives the largest one.
func toUint(v float64, mode uint8) uint64 {
	v = roundTo(v, mode)
	if !(v >= 0 && v < 1<<64) {
		return ^uint64(0)
	}
	return uint64(v)
}

// half converts a float16 to a float32, exactly.
func half(x uint64) uint64 {
	sign, exp, frac := x>>15<<31, x>>10&31, x&0x3ff
	switch {
	case exp == 31 && frac != 0:
		return sign | 0xff<<23 | quiet32 | frac<<13
	case exp == 31:
		return sign | 0xff<<23
	case exp == 0:
		return sign | of32(float32(math.Ldexp(float64(frac), -24)))
	}
	return sign | (exp+112)<<23 | frac<<13
}

// toHalf converts a float32 to a float16 with the rounding that the immediate asks for.
func toHalf(imm uint8, x uint64) uint64 {
	sign := x >> 31 << 15
	if isNaN(x, 4) {
		return sign | 0x7e00 | x>>13&0x1ff
	}
	v := math.Abs(float64(f32(x)))
	if math.IsInf(v, 0) {
		return sign | 0x7c00
	}
	way := mode(imm)
	if sign != 0 && way == down {
		way = up
	} else if sign != 0 && way == up {
		way = down
	}
	_, e := math.Frexp(v)                   // v = f*2^e, f in [0.5, 1)
	step := max(e-11, -24)                  // exponent of the last place
	q := roundTo(math.Ldexp(v, -step), way) // in units of it: exact in float64
	v = math.Ldexp(q, step)
	if v > 65504 {
		if way == truncate || way == down {
			return sign | 0x7bff
		}
		return sign | 0x7c00
	}
	if v < 0x1p-14 {
		return sign | uint64(math.Ldexp(v, 24))
	}
	f, e := math.Frexp(v)
	return sign | uint64(e+14)<<10 | uint64(math.Ldexp(f, 11))&0x3ff
}

func conversionOps(t map[string]semantics) {
	sizes := map[string]func(x uint64) float64{
		"PS": func(x uint64) float64 { return float64(f32(x)) },
		"PD": f64,
	}
	t["VCVTDQ2PS"] = convert(4, 4, plain(func(x uint64) uint64 { return of32(float32(int32(x))) }))
	t["VCVTDQ2PD"] = convert(4, 8, plain(func(x uint64) uint64 { return of64(float64(int32(x))) }))
	t["VCVTPS2PD"] = convert(4, 8, plain(asFloat64))
	t["VCVTQQ2PD"] = convert(8, 8, plain(func(x uint64) uint64 { return of64(float64(int64(x))) }))
	t["VCVTUQQ2PD"] = convert(8, 8, plain(func(x uint64) uint64 { return of64(float64(x)) }))
	t["VCVTTPS2QQ"] = convert(4, 8, plain(func(x uint64) uint64 { return toInt(float64(f32(x)), 8, truncate) }))
	t["VCVTPH2PS"] = convert(2, 4, plain(half))
	t["VCVTPS2PH"] = convert(4, 2, toHalf)
	for name, way := range map[string]uint8{"VCVT": nearest, "VCVTT": truncate} {
		t[name+"PS2DQ"] = convert(4, 4, plain(func(x uint64) uint64 { return toInt(sizes["PS"](x), 4, way) }))
		t[name+"PD2QQ"] = convert(8, 8, plain(func(x uint64) uint64 { return toInt(f64(x), 8, way) }))
		t[name+"PD2UQQ"] = convert(8, 8, plain(func(x uint64) uint64 { return toUint(f64(x), way) }))
		for _, width := range []string{"", "X", "Y"} {
			t[name+"PD2DQ"+width] = convert(8, 4, plain(func(x uint64) uint64 { return toInt(f64(x), 4, way) }))
		}
		for suffix, size := range map[string]int{"": 4, "Q": 8} {
			for kind, from := range map[string]int{"SS": 4, "SD": 8} {
				value := sizes["P"+kind[1:]]
				t[name+kind+"2SI"+suffix] = func(m *machine, in *asm.Ins) {
					m.setInt(in, 1, size, toInt(value(m.low(in, 0, from)), size, way))
				}
			}
		}
	}
	for _, width := range []string{"", "X", "Y"} {
		t["VCVTPD2PS"+width] = convert(8, 4, plain(asFloat32))
		t["VCVTQQ2PS"+width] = convert(8, 4, plain(func(x uint64) uint64 { return of32(float32(int64(x))) }))
	}
	t["VCVTSS2SD"] = convertLow(4, 8, asFloat64)
	t["VCVTSD2SS"] = convertLow(8, 4, asFloat32)
	for suffix, size := range map[string]int{"L": 4, "Q": 8} {
		t["VCVTSI2SS"+suffix] = fromInt(size, 4, func(x int64) uint64 { return of32(float32(x)) })
		t["VCVTSI2SD"+suffix] = fromInt(size, 8, func(x int64) uint64 { return of64(float64(x)) })
	}
	for from, size := range integers {
		for to, wide := range integers {
			if size < wide {
				t["VPMOVZX"+from+to] = convert(size, wide, plain(func(x uint64) uint64 { return x }))
				t["VPMOVSX"+from+to] = convert(size, wide, plain(func(x uint64) uint64 { return uint64(extend(x, size)) }))
				t["VPMOV"+to+from] = convert(wide, size, plain(func(x uint64) uint64 { return x }))
			}
		}
	}
	for name, p := range map[string]struct {
		from   int
		signed bool
	}{"VPACKSSWB": {2, true}, "VPACKUSWB": {2, false}, "VPACKSSDW": {4, true}, "VPACKUSDW": {4, false}} {
		t[name] = pack(p.from, p.signed)
	}
}

// convertLow converts the lowest element; the others are the second operand's.
func convertLow(from, to int, f func(uint64) uint64) semantics {
	return func(m *machine, in *asm.Ins) {
		a := in.Args()
		var out vec
		copy(out[:16], m.vec[a[1].Reg.Number()][:16])
		out.setLane(0, to, f(m.low(in, 0, from)))
		m.set(a[2].Reg, &out)
	}
}

func fromInt(from, to int, f func(int64) uint64) semantics {
	return func(m *machine, in *asm.Ins) {
		a := in.Args()
		var out vec
		copy(out[:16], m.vec[a[1].Reg.Number()][:16])
		out.setLane(0, to, f(extend(m.int(in, 0, from), from)))
		m.set(a[2].Reg, &out)
	}
}

// pack narrows both sources, clamping, within each 16 bytes: the second operand's elements, then the first's.
func pack(from int, signed bool) semantics {
	return func(m *machine, in *asm.Ins) {
		hi, lo := m.value(in, 0, 0), m.value(in, 1, 0)
		n := bytes(in, destination(in))
		var out vec
		half := 8 / (from / 2) // elements of a result that come from one source in 16 bytes
		for i := range n / (from / 2) {
			group, at := i/(2*half), i%(2*half)
			src := &lo
			if at >= half {
				src = &hi
			}
			x := src.lane(group*half+at%half, from)
			out.setLane(i, from/2, clamp(extend(x, from), from/2, signed))
		}
		m.write(in, &out, n/(from/2), from/2)
	}
}
