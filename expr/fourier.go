package expr

import (
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// Fourier transforms compute in double precision: results of float32, halves and complex64 are rounded once, to complex64 or float32.

// FFT gives the discrete Fourier transform along an axis: element k is the sum of x[j] exp(-2πi jk/n). The result is complex.
func (x Expr) FFT(axis int) Expr { return transformed(here("fft"), "fft", x, axis) }

// IFFT gives the inverse of FFT: the sum of x[j] exp(2πi jk/n), divided by n.
func (x Expr) IFFT(axis int) Expr { return transformed(here("ifft"), "ifft", x, axis) }

func transformed(s site, name string, x Expr, axis int) Expr {
	return s.lengthwise(x, axis, func(y Expr) Expr {
		return s.cast(s.call(routine.Lookup(name), s.cast(y, tensor.Complex128)), spectrum(y.n.DType))
	})
}

// spectrum is the complex dtype of what real or complex numbers of d give: transforms, eigenvalues.
func spectrum(d tensor.DType) tensor.DType {
	if d == tensor.Complex64 || d == tensor.Float32 || isHalf(d) {
		return tensor.Complex64
	}
	return tensor.Complex128
}

// RFFT gives the first n/2+1 elements of FFT of n real ones: the others are their conjugates. Complex x is a mistake.
func (x Expr) RFFT(axis int) Expr {
	s := here("rfft")
	return s.lengthwise(x, axis, func(y Expr) Expr {
		if y.n.DType.IsComplex() {
			return s.bad(ErrDType, "%s is not real", x.n.typ())
		}
		return s.cast(s.call(routine.Lookup("rfft"), s.cast(y, tensor.Float64)), spectrum(y.n.DType))
	})
}

// IRFFT gives the n real elements along an axis whose RFFT has x as its first n/2+1 elements; where x has fewer, the others are 0. Imaginary parts
// of what must be real count for nothing.
func (x Expr) IRFFT(n, axis int) Expr {
	s := here("irfft")
	if n < 1 {
		return s.bad(ErrValue, "n is %d, want 1 or more", n)
	}
	return s.lengthwise(x, axis, func(y Expr) Expr {
		d := tensor.Float64
		if spectrum(y.n.DType) == tensor.Complex64 {
			d = tensor.Float32
		}
		full := s.call(routine.Lookup("ifft"), s.hermitian(s.cast(y, tensor.Complex128), n))
		return s.cast(s.apply(opReal, full), d)
	})
}

// hermitian gives the n elements of a transform of real ones, of which the first half stands along the last axis of x.
func (s site) hermitian(x Expr, n int) Expr {
	last := len(x.n.Shape) - 1
	have := min(x.n.Shape[last], n/2+1)
	if missing := n/2 + 1 - have; missing > 0 {
		shape := x.n.Shape.Clone()
		shape[last] = missing
		x = s.concat(last, []Expr{s.part(x, last, 0, have), s.full(tensor.Complex128, 0, shape)})
	} else {
		x = s.part(x, last, 0, have)
	}
	if x.n.Kind == KBad || n < 3 {
		return x
	}
	return s.concat(last, []Expr{x, s.apply(opConj, s.every(x, last, (n-1)/2, -1, (n-1)/2))})
}

var opReal, opConj = op.Lookup("real"), op.Lookup("conj")
