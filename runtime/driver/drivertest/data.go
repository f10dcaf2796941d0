package drivertest

import (
	"math"
	"math/rand/v2"

	"github.com/einloom/einloom/tensor"
)

// floats are numbers that ops trip over.
var floats = []float64{
	0, math.Copysign(0, -1), 1, -1, 2, -2, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 1e-3, -1e-3, 100, -100, 88.7, -87.3, 709.7, -745.2, 1e10, -1e10,
	math.Inf(1), math.Inf(-1), math.NaN(), math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64,
	math.SmallestNonzeroFloat32, math.MaxFloat32, -math.MaxFloat32, 0x1p-126, 0x1p-1022, 0x1p-130, 65504, 65520, 0x1p-24, 0x1p-14,
	1 + 0x1p-23, 1 - 0x1p-24, 1 + 0x1p-52, math.Pi, math.E, -math.Pi / 2, 0x1p31, -0x1p31, 0x1p63, -0x1p63, 0x1p64, 0x1p32, 127.5, -128.5, 255.5,
	8388607.5, 4503599627370495.5,
}

// integers are those too.
var integers = []int64{0, 1, -1, 2, -2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, -128, -129, 255, 256, 32767, -32768, 65535,
	math.MaxInt32, math.MinInt32, math.MaxUint32, math.MaxInt64, math.MinInt64, math.MinInt64 + 1, 1<<53 + 1, 1<<60 + 1<<51 + 1}

// wild gives special numbers and numbers of all sizes.
func wild(r *rand.Rand, d tensor.DType) (lo, hi uint64) {
	switch {
	case d.IsBool():
		return r.Uint64() & 1, 0
	case d.IsInt():
		v := uint64(integers[r.IntN(len(integers))])
		if r.IntN(2) == 0 {
			v = r.Uint64() >> r.IntN(64)
		}
		return v & (1<<(8*d.Size()-1)<<1 - 1), 0
	}
	return floatBits(d, func() float64 {
		switch r.IntN(3) {
		case 0:
			return floats[r.IntN(len(floats))]
		case 1:
			return r.NormFloat64()
		}
		return math.Ldexp(r.Float64()*2-1, r.IntN(60)-30)
	})
}

// tame gives numbers whose sums and products are of no concern: up to 2 in size.
func tame(r *rand.Rand, d tensor.DType) (lo, hi uint64) {
	switch {
	case d.IsBool():
		return r.Uint64() & 1, 0
	case d.IsInt():
		return uint64(r.IntN(9)-4) & (1<<(8*d.Size()-1)<<1 - 1), 0
	}
	return floatBits(d, func() float64 { return r.Float64()*4 - 2 })
}

// unity gives numbers near 1 in size, for long products.
func unity(r *rand.Rand, d tensor.DType) (lo, hi uint64) {
	switch size := 1 + r.NormFloat64()*0.01; {
	case d.IsFloat():
		return floatBits(d, func() float64 { return size * float64(1-2*r.IntN(2)) })
	case d.IsComplex():
		im, re := math.Sincos(r.Float64() * 2 * math.Pi)
		return floatBits(d, func() float64 {
			part := size * re
			re = im
			return part
		})
	}
	return tame(r, d)
}

// floatBits rounds x, or two for a complex dtype, to d.
func floatBits(d tensor.DType, x func() float64) (lo, hi uint64) {
	switch d {
	case tensor.Float16:
		return uint64(tensor.Float16Of(x())), 0
	case tensor.BFloat16:
		return uint64(tensor.BFloat16Of(x())), 0
	case tensor.Float32:
		return uint64(math.Float32bits(float32(x()))), 0
	case tensor.Float64:
		return math.Float64bits(x()), 0
	case tensor.Complex64:
		return uint64(math.Float32bits(float32(x()))) | uint64(math.Float32bits(float32(x())))<<32, 0
	}
	return math.Float64bits(x()), math.Float64bits(x())
}
