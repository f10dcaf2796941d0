package op

import (
	"math"
	"math/cmplx"

	"github.com/einloom/einloom/expr/op/exact"
)

// smooth is a reference of one number: f of floats, g of complex ones.
func smooth(f func(float64) float64, g func(complex128) complex128) Ref {
	return Ref{F: func(x []float64) float64 { return f(x[0]) }, C: func(x []complex128) complex128 { return g(x[0]) }}
}

// nearest rounds the parts of an exact function; where that has none it is special, which has C99's values.
func nearest(f func(exact.Complex) exact.Complex, special func(complex128) complex128) func(complex128) complex128 {
	return func(z complex128) complex128 {
		if !regular(z) {
			return special(z)
		}
		return f(exact.ComplexOf(z)).Complex128()
	}
}

// regular says whether z is finite and neither 0 nor of the poles and branch points 1, -1, i and -i.
func regular(z complex128) bool {
	return finite(z) && z != 0 && z != 1 && z != -1 && z != 1i && z != -1i
}

// References of functions of complex numbers.
var (
	complexExp   = nearest(exact.Complex.Exp, cmplx.Exp)
	complexExpm1 = nearest(exact.Complex.Expm1, refComplexExpm1)
	complexLog   = nearest(exact.Complex.Log, cmplx.Log)
	complexLog2  = nearest(exact.Complex.Log2, func(z complex128) complex128 { return over(cmplx.Log(z), math.Ln2) })
	complexLog10 = nearest(exact.Complex.Log10, func(z complex128) complex128 { return over(cmplx.Log(z), math.Ln10) })
	complexLog1p = nearest(exact.Complex.Log1p, refComplexLog1p)
	complexSqrt  = nearest(exact.Complex.Sqrt, refComplexSqrt)
	complexSign  = nearest(exact.Complex.Sign, refComplexSign)
	complexSinh  = nearest(exact.Complex.Sinh, cmplx.Sinh)
	complexCosh  = nearest(exact.Complex.Cosh, cmplx.Cosh)
	complexTanh  = nearest(exact.Complex.Tanh, refComplexTanh)
	complexSin   = nearest(exact.Complex.Sin, cmplx.Sin)
	complexCos   = nearest(exact.Complex.Cos, cmplx.Cos)
	complexTan   = nearest(exact.Complex.Tan, refComplexTan)
	complexAsin  = nearest(exact.Complex.Asin, cmplx.Asin)
	complexAcos  = nearest(exact.Complex.Acos, cmplx.Acos)
	complexAtan  = nearest(exact.Complex.Atan, cmplx.Atan)
	complexAsinh = nearest(exact.Complex.Asinh, cmplx.Asinh)
	complexAcosh = nearest(exact.Complex.Acosh, refComplexAcosh)
	complexAtanh = nearest(exact.Complex.Atanh, cmplx.Atanh)
)

// over divides both parts.
func over(z complex128, x float64) complex128 { return complex(real(z)/x, imag(z)/x) }

// refComplexSqrt is the root at special values. (cmplx.Sqrt of NaN + 0i keeps the 0.)
func refComplexSqrt(z complex128) complex128 {
	if math.IsNaN(real(z)) && !math.IsInf(imag(z), 0) {
		return complex(math.NaN(), math.NaN())
	}
	return cmplx.Sqrt(z)
}

// refComplexTanh is the hyperbolic tangent at special values; on the imaginary axis it stays there, as C17 has corrected.
func refComplexTanh(z complex128) complex128 {
	if real(z) == 0 {
		return complex(real(z), math.Tan(imag(z)))
	}
	return cmplx.Tanh(z)
}

// refComplexTan is the tangent at special values.
func refComplexTan(z complex128) complex128 {
	y := refComplexTanh(complex(imag(z), real(z)))
	return complex(imag(y), real(y))
}

// refComplexAcosh is the inverse of the hyperbolic cosine at special values, on the side of its cut that z is on. (cmplx.Acosh does not look
// at the side.)
func refComplexAcosh(z complex128) complex128 {
	y := cmplx.Acosh(z)
	return complex(math.Abs(real(y)), math.Copysign(imag(y), imag(z)))
}

// refComplexExpm1 is e^z - 1 at special values.
func refComplexExpm1(z complex128) complex128 {
	if imag(z) == 0 {
		return complex(math.Expm1(real(z)), imag(z))
	}
	y := cmplx.Exp(z)
	return complex(real(y)-1, imag(y))
}

// refComplexLog1p is log(1 + z) at special values.
func refComplexLog1p(z complex128) complex128 {
	if z == 0 {
		return z
	}
	return cmplx.Log(complex(1+real(z), imag(z)))
}

// refComplexSign is z/|z| at special values, of which 0, 1, i and their like are their own: where one part is infinite, the direction on its axis.
func refComplexSign(z complex128) complex128 {
	switch a, b := real(z), imag(z); {
	case finite(z):
		return z
	case math.IsInf(a, 0) && !math.IsInf(b, 0):
		return complex(math.Copysign(1, a), 0)
	case math.IsInf(b, 0) && !math.IsInf(a, 0):
		return complex(0, math.Copysign(1, b))
	}
	return cmplx.NaN()
}

// refComplexPow is the exact power; at 0, and where a part is not finite, what the formula says.
func refComplexPow(v []complex128) complex128 {
	x, y := v[0], v[1]
	switch {
	case y == 0:
		return 1
	case x == 0 && real(y) > 0:
		return 0
	case x == 0 || !finite(x) || !finite(y):
		return cmplx.NaN()
	}
	return exact.ComplexOf(x).Pow(exact.ComplexOf(y)).Complex128()
}

// finite says whether both parts are.
func finite(z complex128) bool { return !cmplx.IsNaN(z) && !cmplx.IsInf(z) }
