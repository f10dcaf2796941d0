package tensor

import (
	"fmt"
	"math"
)

// as converts e of dtype from to dtype to by the rules that Convert states; of complex values it takes the real part. What it gives for a
// float type is rounded so far only that one more rounding, by write, is the only one that shows.
func (e element) as(from, to DType) (r element) {
	switch {
	case to == Bool:
		if e.i != 0 || e.f != 0 || e.c != 0 {
			r.i = 1
		}
	case to.IsInt():
		r.i = e.i
		if from.IsFloat() {
			r.i = saturate(e.f, to)
		} else if from.IsComplex() {
			r.i = saturate(real(e.c), to)
		}
	case from.IsComplex():
		r.f, r.c = real(e.c), e.c
	case from.IsFloat():
		r.f, r.c = e.f, complex(e.f, 0)
	case to == Float64 || to == Complex128:
		r.f = e.real(from)
		r.c = complex(r.f, 0)
	default:
		r.f = e.odd(from)
		r.c = complex(r.f, 0)
	}
	return r
}

// real is the nearest float64 of a real value, and the real part of a complex one.
func (e element) real(from DType) float64 {
	switch {
	case from == Uint64:
		return float64(uint64(e.i))
	case from.IsFloat():
		return e.f
	case from.IsComplex():
		return real(e.c)
	default:
		return float64(e.i)
	}
}

// odd is an integer as a float64, exact below 2^53, and above cut to 42 bits or more, the last of which is 1 if anything was cut off. To
// round that again to at most 40 bits is to round the integer once (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums:
// proved algorithms using rounding to odd").
func (e element) odd(from DType) float64 {
	size, sign := uint64(e.i), 1.0
	if from != Uint64 && e.i < 0 {
		size, sign = -size, -1
	}
	const low = 1<<11 - 1
	if size >= 1<<53 && size&low != 0 {
		size = size&^low | 1<<11
	}
	return sign * float64(size)
}

// saturate truncates toward zero into d's range; NaN is 0.
func saturate(f float64, d DType) int64 {
	bits := d.Size() * 8
	low, high := math.Ldexp(-1, bits-1), math.Ldexp(1, bits-1)
	if d.IsUnsigned() {
		low, high = 0, math.Ldexp(1, bits)
	}
	switch {
	case f != f:
		return 0
	case f <= low:
		if d.IsUnsigned() {
			return 0
		}
		return math.MinInt64 >> (64 - bits)
	case f >= high:
		if d.IsUnsigned() {
			return int64(uint64(math.MaxUint64) >> (64 - bits))
		}
		return math.MaxInt64 >> (64 - bits)
	case d == Uint64:
		return int64(uint64(f))
	default:
		return int64(f)
	}
}

// Convert is a row-major copy of t in dtype d:
//
//   - floats become integers by truncation toward zero; what is out of range becomes the nearest limit, NaN becomes 0;
//   - integers become integers modulo 2^bits, that is, they wrap;
//   - anything becomes bool by being other than zero (NaN is); bool becomes 0 and 1;
//   - everything becomes a float by one rounding to nearest, ties to even, and an infinity when too large.
//
// An error if t is complex and d is neither complex nor bool: say which part you mean with Real or Imag.
func (t *Tensor) Convert(d DType) (*Tensor, error) {
	if t.dtype.IsComplex() && !d.IsComplex() && d != Bool {
		return nil, fmt.Errorf("tensor: %v does not convert to %v: take Real or Imag first", t.dtype, d)
	}
	if d == t.dtype {
		return t.Copy(), nil
	}
	r, err := Zeros(d, t.shape...)
	if err != nil {
		return nil, err
	}
	to := 0
	for at := range t.offsets {
		r.write(to, t.read(at).as(t.dtype, d))
		to += d.Size()
	}
	return r, nil
}
