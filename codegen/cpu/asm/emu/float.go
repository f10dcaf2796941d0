package emu

import (
	"math"
)

// The arithmetic here is on the bits of floats, so that NaN payloads and signs are the processor's: an operation on NaNs gives the
// first operand that is one (in Intel's order: the register before the register-or-memory operand), made quiet; one that has no
// result gives the negative quiet NaN without payload.

const (
	nan32   = 0xffc00000
	nan64   = 0xfff8000000000000
	quiet32 = 0x00400000
	quiet64 = 0x0008000000000000
)

func f32(b uint64) float32 { return math.Float32frombits(uint32(b)) }
func f64(b uint64) float64 { return math.Float64frombits(b) }

func isNaN(b uint64, size int) bool {
	if size == 4 {
		return uint32(b)<<1 > 0xff000000
	}
	return b<<1 > 0xffe0000000000000
}

func quiet(b uint64, size int) uint64 {
	if size == 4 {
		return b | quiet32
	}
	return b | quiet64
}

// of32 and of64 give the bits of a result computed from operands none of which is a NaN.
func of32(v float32) uint64 {
	if v != v {
		return nan32
	}
	return uint64(math.Float32bits(v))
}

func of64(v float64) uint64 {
	if v != v {
		return nan64
	}
	return math.Float64bits(v)
}

// firstNaN gives the first of the operands that is a NaN, made quiet.
func firstNaN(size int, operands ...uint64) (uint64, bool) {
	for _, b := range operands {
		if isNaN(b, size) {
			return quiet(b, size), true
		}
	}
	return 0, false
}

// pairwise is an operation on two floats of size bytes; x is Intel's first source.
type pairwise func(size int, x, y uint64) uint64

func arithmetic(op32 func(x, y float32) float32, op64 func(x, y float64) float64) pairwise {
	return func(size int, x, y uint64) uint64 {
		if n, ok := firstNaN(size, x, y); ok {
			return n
		}
		if size == 4 {
			return of32(op32(f32(x), f32(y)))
		}
		return of64(op64(f64(x), f64(y)))
	}
}

var (
	add = arithmetic(func(x, y float32) float32 { return x + y }, func(x, y float64) float64 { return x + y })
	sub = arithmetic(func(x, y float32) float32 { return x - y }, func(x, y float64) float64 { return x - y })
	mul = arithmetic(func(x, y float32) float32 { return x * y }, func(x, y float64) float64 { return x * y })
	div = arithmetic(func(x, y float32) float32 { return x / y }, func(x, y float64) float64 { return x / y })
)

func less(size int, x, y uint64) bool {
	if size == 4 {
		return f32(x) < f32(y)
	}
	return f64(x) < f64(y)
}

// least and most give the second operand whenever the first is not plainly smaller or greater: also for NaNs and zeros.
func least(size int, x, y uint64) uint64 {
	if less(size, x, y) {
		return x
	}
	return y
}

func most(size int, x, y uint64) uint64 {
	if less(size, y, x) {
		return x
	}
	return y
}

func sqrt(size int, x uint64) uint64 {
	if n, ok := firstNaN(size, x); ok {
		return n
	}
	if size == 4 {
		return of32(float32(math.Sqrt(float64(f32(x))))) // rounding twice is right: 53 >= 2*24+2
	}
	return of64(math.Sqrt(f64(x)))
}

// negate changes the sign.
func negate(size int, x uint64) uint64 { return x ^ 1<<(8*size-1) }

// fma is x*y + z, rounded once; the signs of the product and of z may be changed first. first is the order in which NaNs count.
func fma(size int, x, y, z uint64, minusProduct, minusZ bool, first [3]uint64) uint64 {
	if n, ok := firstNaN(size, first[0], first[1], first[2]); ok {
		return n
	}
	if minusProduct {
		x = negate(size, x)
	}
	if minusZ {
		z = negate(size, z)
	}
	if size == 8 {
		return of64(math.FMA(f64(x), f64(y), f64(z)))
	}
	return of32(fma32(f32(x), f32(y), f32(z)))
}

// fma32 computes in float64, where the product is exact, rounds the sum to odd, and then to float32: which is rounding once (Boldo and
// Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
func fma32(x, y, z float32) float32 {
	p, c := float64(x)*float64(y), float64(z)
	s := float64(p + c)
	if math.IsInf(s, 0) || s != s {
		return float32(s)
	}
	v := float64(s - p)
	e := float64(p-float64(s-v)) + float64(c-v) // s + e is exact
	if b := math.Float64bits(s); e != 0 && b&1 == 0 {
		if (e > 0) == (s > 0) {
			b++
		} else {
			b--
		}
		s = math.Float64frombits(b)
	}
	return float32(s)
}

// Modes of rounding to an integer, as immediates give them.
const (
	nearest = iota
	down
	up
	truncate
)

// mode reads the rounding mode of an immediate; bit 2 says to take the machine's, which is to nearest.
func mode(imm uint8) uint8 {
	if imm&4 != 0 {
		return nearest
	}
	return imm & 3
}

func roundTo(x float64, mode uint8) float64 {
	switch mode {
	case down:
		return math.Floor(x)
	case up:
		return math.Ceil(x)
	case truncate:
		return math.Trunc(x)
	}
	return math.RoundToEven(x)
}

// round rounds to a multiple of 2^-places.
func round(size int, x uint64, mode uint8, places int) uint64 {
	if n, ok := firstNaN(size, x); ok {
		return n
	}
	v := f64(x)
	if size == 4 {
		v = float64(f32(x))
	}
	if scaled := math.Ldexp(v, places); !math.IsInf(scaled, 0) { // otherwise it has no places
		v = math.Ldexp(roundTo(scaled, mode), -places)
	}
	if size == 4 {
		return of32(float32(v))
	}
	return of64(v)
}

// compare evaluates predicate p of VCMPPS and its like; bit 4 only changes what signals.
func compare(size int, x, y uint64, p uint8) bool {
	unordered := isNaN(x, size) || isNaN(y, size)
	lt := less(size, x, y)
	eq := !unordered && !lt && !less(size, y, x)
	var v bool
	switch p & 7 {
	case 0:
		v = eq
	case 1:
		v = lt
	case 2:
		v = lt || eq
	case 3:
		v = unordered
	case 4:
		v = !eq
	case 5:
		v = !lt
	case 6:
		v = !lt && !eq
	case 7:
		v = !unordered
	}
	if p&8 != 0 { // the other outcome for unordered operands
		switch p & 7 {
		case 0, 4, 5, 6, 1, 2:
			if unordered {
				v = !v
			}
		case 3:
			v = false
		case 7:
			v = true
		}
	}
	return v
}
