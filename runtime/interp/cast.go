package interp

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/einloom/einloom/tensor"
)

// caster makes the steps that cast from lanes of one type.
type caster interface {
	to(d tensor.DType, to, x int) step
}

var casters = map[tensor.DType]caster{
	tensor.Uint8:      fromInt[uint8]{u8s},
	tensor.Uint16:     fromInt[uint16]{u16s},
	tensor.Uint32:     fromInt[uint32]{u32s},
	tensor.Uint64:     fromInt[uint64]{u64s},
	tensor.Int8:       fromInt[int8]{i8s},
	tensor.Int16:      fromInt[int16]{i16s},
	tensor.Int32:      fromInt[int32]{i32s},
	tensor.Int64:      fromInt[int64]{i64s},
	tensor.Float32:    fromFloat[float32]{f32s},
	tensor.Float64:    fromFloat[float64]{f64s},
	tensor.Complex64:  fromComplex[complex64]{c64s, func(x complex64) (float64, float64) { return float64(real(x)), float64(imag(x)) }},
	tensor.Complex128: fromComplex[complex128]{c128s, func(x complex128) (float64, float64) { return real(x), imag(x) }},
}

// casting makes the step of a cast.
func casting(from, d tensor.DType, to, x int) step { return casters[bankOf(from)].to(d, to, x) }

// converting makes a step of a conversion of one element.
func converting[S, D lane](from file[S], into file[D], to, x int, fn func(S) D) step {
	return func(f *frame) {
		dst, src := into(f).regs[to][:f.n], from(f).regs[x][:f.n]
		for i, v := range src {
			dst[i] = fn(v)
		}
	}
}

// plain makes a step of Go's own conversion.
func plain[S, D realLane](from file[S], into file[D], to, x int) step {
	return func(f *frame) {
		dst, src := into(f).regs[to][:f.n], from(f).regs[x][:f.n]
		for i, v := range src {
			dst[i] = D(v)
		}
	}
}

// toBool asks whether an element differs from 0.
func toBool[S lane](from file[S], to, x int) step {
	return converting(from, u8s, to, x, func(v S) uint8 {
		var zero S
		return truth(v != zero)
	})
}

// odd is v as a float64; where it has more digits than that holds, the last one kept is made odd, so that rounding the result to fewer
// digits gives what rounding v would.
func odd[S integer](v S) float64 {
	size := uint64(v)
	if v < 0 {
		size = -size
	}
	if excess := bits.Len64(size) - 53; excess > 0 {
		kept := size >> excess
		if kept<<excess != size {
			kept |= 1
		}
		size = kept << excess
	}
	if v < 0 {
		return -float64(size)
	}
	return float64(size)
}

// fromInt casts integers and bools: to integers by their low bits, to floats rounded once.
type fromInt[S integer] struct{ file file[S] }

func (c fromInt[S]) to(d tensor.DType, to, x int) step {
	switch d {
	case tensor.Bool:
		return toBool(c.file, to, x)
	case tensor.Uint8:
		return plain(c.file, u8s, to, x)
	case tensor.Uint16:
		return plain(c.file, u16s, to, x)
	case tensor.Uint32:
		return plain(c.file, u32s, to, x)
	case tensor.Uint64:
		return plain(c.file, u64s, to, x)
	case tensor.Int8:
		return plain(c.file, i8s, to, x)
	case tensor.Int16:
		return plain(c.file, i16s, to, x)
	case tensor.Int32:
		return plain(c.file, i32s, to, x)
	case tensor.Int64:
		return plain(c.file, i64s, to, x)
	case tensor.Float16:
		return converting(c.file, f32s, to, x, func(v S) float32 { return tensor.Float16Of(odd(v)).Float32() })
	case tensor.BFloat16:
		return converting(c.file, f32s, to, x, func(v S) float32 { return tensor.BFloat16Of(odd(v)).Float32() })
	case tensor.Float32:
		return plain(c.file, f32s, to, x)
	case tensor.Float64:
		return plain(c.file, f64s, to, x)
	case tensor.Complex64:
		return converting(c.file, c64s, to, x, func(v S) complex64 { return complex(float32(v), 0) })
	}
	return converting(c.file, c128s, to, x, func(v S) complex128 { return complex(float64(v), 0) })
}

// fromFloat casts floats: to integers without their fraction, saturated, NaN as 0; to floats rounded once.
type fromFloat[S float] struct{ file file[S] }

func (c fromFloat[S]) to(d tensor.DType, to, x int) step {
	switch d {
	case tensor.Bool:
		return toBool(c.file, to, x)
	case tensor.Uint8:
		return saturating(c.file, u8s, to, x, 0, math.MaxUint8)
	case tensor.Uint16:
		return saturating(c.file, u16s, to, x, 0, math.MaxUint16)
	case tensor.Uint32:
		return saturating(c.file, u32s, to, x, 0, math.MaxUint32)
	case tensor.Uint64:
		return saturating(c.file, u64s, to, x, 0, math.MaxUint64)
	case tensor.Int8:
		return saturating(c.file, i8s, to, x, math.MinInt8, math.MaxInt8)
	case tensor.Int16:
		return saturating(c.file, i16s, to, x, math.MinInt16, math.MaxInt16)
	case tensor.Int32:
		return saturating(c.file, i32s, to, x, math.MinInt32, math.MaxInt32)
	case tensor.Int64:
		return saturating(c.file, i64s, to, x, math.MinInt64, math.MaxInt64)
	case tensor.Float16:
		return converting(c.file, f32s, to, x, func(v S) float32 { return tensor.Float16Of(float64(v)).Float32() })
	case tensor.BFloat16:
		return converting(c.file, f32s, to, x, func(v S) float32 { return tensor.BFloat16Of(float64(v)).Float32() })
	case tensor.Float32:
		return plain(c.file, f32s, to, x)
	case tensor.Float64:
		return plain(c.file, f64s, to, x)
	case tensor.Complex64:
		return converting(c.file, c64s, to, x, func(v S) complex64 { return complex(float32(v), 0) })
	}
	return converting(c.file, c128s, to, x, func(v S) complex128 { return complex(float64(v), 0) })
}

// saturating casts floats to integers from least to most.
func saturating[S float, D integer](from file[S], into file[D], to, x int, least, most D) step {
	return converting(from, into, to, x, func(v S) D { return saturate(float64(v), least, most) })
}

// fromComplex casts complex numbers: to others part by part, to bool by whether one part differs from 0, to real dtypes the real part.
type fromComplex[S complex64 | complex128] struct {
	file  file[S]
	parts func(S) (re, im float64)
}

func (c fromComplex[S]) to(d tensor.DType, to, x int) step {
	re := func(v S) float64 { r, _ := c.parts(v); return r }
	switch d {
	case tensor.Bool:
		return toBool(c.file, to, x)
	case tensor.Complex64:
		return converting(c.file, c64s, to, x, func(v S) complex64 { r, i := c.parts(v); return complex(float32(r), float32(i)) })
	case tensor.Complex128:
		return converting(c.file, c128s, to, x, func(v S) complex128 { return complex(c.parts(v)) })
	case tensor.Float16:
		return converting(c.file, f32s, to, x, func(v S) float32 { return tensor.Float16Of(re(v)).Float32() })
	case tensor.BFloat16:
		return converting(c.file, f32s, to, x, func(v S) float32 { return tensor.BFloat16Of(re(v)).Float32() })
	case tensor.Float32:
		return converting(c.file, f32s, to, x, func(v S) float32 { return float32(re(v)) })
	case tensor.Float64:
		return converting(c.file, f64s, to, x, re)
	}
	return c.toInt(d, to, x, re)
}

func (c fromComplex[S]) toInt(d tensor.DType, to, x int, re func(S) float64) step {
	switch d {
	case tensor.Uint8:
		return converting(c.file, u8s, to, x, func(v S) uint8 { return saturate[uint8](re(v), 0, math.MaxUint8) })
	case tensor.Uint16:
		return converting(c.file, u16s, to, x, func(v S) uint16 { return saturate[uint16](re(v), 0, math.MaxUint16) })
	case tensor.Uint32:
		return converting(c.file, u32s, to, x, func(v S) uint32 { return saturate[uint32](re(v), 0, math.MaxUint32) })
	case tensor.Uint64:
		return converting(c.file, u64s, to, x, func(v S) uint64 { return saturate[uint64](re(v), 0, math.MaxUint64) })
	case tensor.Int8:
		return converting(c.file, i8s, to, x, func(v S) int8 { return saturate[int8](re(v), math.MinInt8, math.MaxInt8) })
	case tensor.Int16:
		return converting(c.file, i16s, to, x, func(v S) int16 { return saturate[int16](re(v), math.MinInt16, math.MaxInt16) })
	case tensor.Int32:
		return converting(c.file, i32s, to, x, func(v S) int32 { return saturate[int32](re(v), math.MinInt32, math.MaxInt32) })
	}
	return converting(c.file, i64s, to, x, func(v S) int64 { return saturate[int64](re(v), math.MinInt64, math.MaxInt64) })
}

// saturate is the integer part of v as a D from least to most; NaN is 0.
func saturate[D integer](v float64, least, most D) D {
	switch {
	case v >= float64(most): // or most + 1, where most has no float64
		return most
	case v <= float64(least):
		return least
	case v != v:
		return 0
	}
	return D(v)
}

// bitCasting makes the step that takes the bits of a number for one of the other kind.
func bitCasting(from, d tensor.DType, to, x int) (step, error) {
	switch {
	case from == tensor.Float32 && d == tensor.Int32:
		return converting(f32s, i32s, to, x, func(v float32) int32 { return int32(math.Float32bits(v)) }), nil
	case from == tensor.Float64 && d == tensor.Int64:
		return converting(f64s, i64s, to, x, func(v float64) int64 { return int64(math.Float64bits(v)) }), nil
	case from == tensor.Int32 && d == tensor.Float32:
		return converting(i32s, f32s, to, x, func(v int32) float32 { return math.Float32frombits(uint32(v)) }), nil
	case from == tensor.Uint32 && d == tensor.Float32:
		return converting(u32s, f32s, to, x, math.Float32frombits), nil
	case from == tensor.Int64 && d == tensor.Float64:
		return converting(i64s, f64s, to, x, func(v int64) float64 { return math.Float64frombits(uint64(v)) }), nil
	case from == tensor.Uint64 && d == tensor.Float64:
		return converting(u64s, f64s, to, x, math.Float64frombits), nil
	}
	return nil, fmt.Errorf("internal: no bit cast from %v to %v: please report with Explain", from, d)
}
