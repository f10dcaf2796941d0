package interp

import "github.com/einloom/einloom/tensor"

// complexes is the engine of a complex dtype: sums, products and comparisons; all else goes by the parts.
func complexes[C complex64 | complex128](f file[C], times func(x, y C) C) loops {
	return &engine[C]{
		file:   f,
		unary:  map[string]func(dst, x []C){"neg": negLoop[C]},
		binary: map[string]func(dst, x, y []C){"add": addLoop[C], "sub": subLoop[C], "mul": both(times)},
		tests:  map[string]func(dst []uint8, x, y []C){"equal": equalLoop[C], "not_equal": notEqualLoop[C]},
		units:  map[string]C{"mul": 1},
	}
}

// The products are written out: Go computes complex64 ones in float64, and may join a product with a sum.

func times64(x, y complex64) complex64 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	return complex(float32(a*c)-float32(b*d), float32(a*d)+float32(b*c))
}

func times128(x, y complex128) complex128 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	return complex(float64(a*c)-float64(b*d), float64(a*d)+float64(b*c))
}

// partOf is the dtype of the parts of a complex dtype.
func partOf(d tensor.DType) tensor.DType {
	if d == tensor.Complex64 {
		return tensor.Float32
	}
	return tensor.Float64
}

// parting makes the step that takes the real or the imaginary parts.
func parting(d tensor.DType, imaginary bool, to, x int) step {
	switch {
	case d == tensor.Complex64 && imaginary:
		return converting(c64s, f32s, to, x, func(v complex64) float32 { return imag(v) })
	case d == tensor.Complex64:
		return converting(c64s, f32s, to, x, func(v complex64) float32 { return real(v) })
	case imaginary:
		return converting(c128s, f64s, to, x, func(v complex128) float64 { return imag(v) })
	}
	return converting(c128s, f64s, to, x, func(v complex128) float64 { return real(v) })
}

// joining makes the step that makes complex numbers of their parts.
func joining(d tensor.DType, to, re, im int) step {
	if d == tensor.Complex64 {
		return func(f *frame) {
			dst, x, y := f.c64.regs[to][:f.n], f.f32.regs[re], f.f32.regs[im]
			for i := range dst {
				dst[i] = complex(x[i], y[i])
			}
		}
	}
	return func(f *frame) {
		dst, x, y := f.c128.regs[to][:f.n], f.f64.regs[re], f.f64.regs[im]
		for i := range dst {
			dst[i] = complex(x[i], y[i])
		}
	}
}
