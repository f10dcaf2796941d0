package exact

import "math/big"

// Complex is a complex number. Its functions give both parts so that the number is correct, relative to its modulus, to what Float's are.
// Zeros have signs, which say on which side of a cut a number lies.
type Complex struct{ Re, Im *big.Float }

// ComplexOf is z as a number with big parts.
func ComplexOf(z complex128) Complex { return Complex{Float(real(z)), Float(imag(z))} }

// Complex128 is z with each part rounded.
func (z Complex) Complex128() complex128 {
	re, _ := z.Re.Float64()
	im, _ := z.Im.Float64()
	return complex(re, im)
}

// Distance is |z - w|.
func (z Complex) Distance(w Complex) *big.Float { return z.Sub(w).Abs() }

// Abs is the modulus.
func (z Complex) Abs() *big.Float { return Hypot(z.Re, z.Im) }

// Add is z + w.
func (z Complex) Add(w Complex) Complex { return Complex{add(z.Re, w.Re), add(z.Im, w.Im)} }

// Sub is z - w.
func (z Complex) Sub(w Complex) Complex { return Complex{sub(z.Re, w.Re), sub(z.Im, w.Im)} }

// Mul is z w.
func (z Complex) Mul(w Complex) Complex {
	return Complex{sub(mul(z.Re, w.Re), mul(z.Im, w.Im)), add(mul(z.Re, w.Im), mul(z.Im, w.Re))}
}

// Quo is z/w, w not being 0.
func (z Complex) Quo(w Complex) Complex {
	by := add(mul(w.Re, w.Re), mul(w.Im, w.Im))
	return Complex{quo(add(mul(z.Re, w.Re), mul(z.Im, w.Im)), by), quo(sub(mul(z.Im, w.Re), mul(z.Re, w.Im)), by)}
}

// over is z/x.
func (z Complex) over(x *big.Float) Complex { return Complex{quo(z.Re, x), quo(z.Im, x)} }

// Sign is z/|z|, z not being 0.
func (z Complex) Sign() Complex { return z.over(z.Abs()) }

// Exp is e^z.
func (z Complex) Exp() Complex {
	r := Exp(z.Re)
	return Complex{mul(r, Cos(z.Im)), mul(r, Sin(z.Im))}
}

// Expm1 is e^z - 1.
func (z Complex) Expm1() Complex {
	half := Sin(scale(z.Im, -1))
	return Complex{sub(mul(Expm1(z.Re), Cos(z.Im)), scale(mul(half, half), 1)), mul(Exp(z.Re), Sin(z.Im))}
}

// Log is the logarithm of z other than 0; it is cut along the negative real axis.
func (z Complex) Log() Complex {
	return Complex{scale(Log(add(mul(z.Re, z.Re), mul(z.Im, z.Im))), -1), Atan2(z.Im, z.Re)}
}

// Log2 is the logarithm to base 2.
func (z Complex) Log2() Complex { return z.Log().over(Ln2()) }

// Log10 is the decimal logarithm.
func (z Complex) Log10() Complex { return z.Log().over(ln10()) }

// Log1p is log(1 + z), z not being -1.
func (z Complex) Log1p() Complex {
	if y := z.Add(ComplexOf(1)); y.Abs().Cmp(Float(0.5)) < 0 {
		return y.Log()
	}
	square := add(mul(z.Re, add(Float(2), z.Re)), mul(z.Im, z.Im)) // |1 + z|^2 - 1
	return Complex{scale(Log1p(square), -1), Atan2(z.Im, add(Float(1), z.Re))}
}

// Pow is z^w, z not being 0.
func (z Complex) Pow(w Complex) Complex { return w.Mul(z.Log()).Exp() }

// Sqrt is the root of z other than 0 that lies to the right, cut along the negative real axis.
func (z Complex) Sqrt() Complex {
	a, b := number().Abs(z.Re), number().Abs(z.Im)
	t := Sqrt(scale(add(a, Hypot(a, b)), -1))
	y := Complex{t, quo(b, scale(t, 1))}
	if z.Re.Sign() < 0 {
		y.Re, y.Im = y.Im, y.Re
	}
	return Complex{y.Re, signed(y.Im, z.Im)}
}

// signed is x, which is not negative, with y's sign, of zeros too.
func signed(x, y *big.Float) *big.Float {
	if y.Signbit() {
		return number().Neg(x)
	}
	return x
}

// swapped is the number with the parts exchanged, which makes functions of the circle of those of the hyperbola.
func (z Complex) swapped() Complex { return Complex{z.Im, z.Re} }

// Sinh is the hyperbolic sine.
func (z Complex) Sinh() Complex {
	return Complex{mul(Sinh(z.Re), Cos(z.Im)), mul(Cosh(z.Re), Sin(z.Im))}
}

// Cosh is the hyperbolic cosine.
func (z Complex) Cosh() Complex {
	return Complex{mul(Cosh(z.Re), Cos(z.Im)), mul(Sinh(z.Re), Sin(z.Im))}
}

// Tanh is the hyperbolic tangent.
func (z Complex) Tanh() Complex {
	s, c, sine, cosine := Sinh(z.Re), Cosh(z.Re), Sin(z.Im), Cos(z.Im)
	return Complex{mul(s, c), mul(sine, cosine)}.over(add(mul(s, s), mul(cosine, cosine)))
}

// Sin is the sine.
func (z Complex) Sin() Complex { return z.swapped().Sinh().swapped() }

// Cos is the cosine.
func (z Complex) Cos() Complex {
	y := z.swapped().Cosh()
	return Complex{y.Re, y.Im.Neg(y.Im)}
}

// Tan is the tangent.
func (z Complex) Tan() Complex { return z.swapped().Tanh().swapped() }

// roots gives those of 1 - z and 1 + z, of which the inverse functions are made (Kahan 1987); z is neither 1 nor -1.
func (z Complex) roots() (s, r Complex) {
	s = Complex{sub(Float(1), z.Re), number().Neg(z.Im)}.Sqrt()
	return s, Complex{add(Float(1), z.Re), z.Im}.Sqrt()
}

// Asin is the number whose sine is z other than 0, 1 and -1; it is cut along the real axis beyond these two.
func (z Complex) Asin() Complex {
	s, r := z.roots()
	return Complex{Atan2(z.Re, sub(mul(s.Re, r.Re), mul(s.Im, r.Im))), Asinh(sub(mul(s.Re, r.Im), mul(s.Im, r.Re)))}
}

// Acos is the number whose cosine is z other than 1 and -1, cut as Asin.
func (z Complex) Acos() Complex {
	s, r := z.roots()
	return Complex{scale(Atan2(s.Re, r.Re), 1), Asinh(sub(mul(s.Im, r.Re), mul(s.Re, r.Im)))}
}

// Asinh is the number whose hyperbolic sine is z.
func (z Complex) Asinh() Complex { return z.swapped().Asin().swapped() }

// Acosh is the number to the right whose hyperbolic cosine is z.
func (z Complex) Acosh() Complex {
	y := z.Acos()
	return Complex{number().Abs(y.Im), signed(y.Re, z.Im)}
}

// Atanh is the number whose hyperbolic tangent is z other than 0, 1 and -1.
func (z Complex) Atanh() Complex {
	a, b := number().Abs(z.Re), z.Im
	c, square := sub(Float(1), a), mul(b, b)
	u := scale(Log1p(quo(scale(a, 2), add(mul(c, c), square))), -2)
	return Complex{signed(u, z.Re), scale(Atan2(scale(b, 1), sub(mul(c, add(Float(1), a)), square)), -1)}
}

// Atan is the number whose tangent is z.
func (z Complex) Atan() Complex { return z.swapped().Atanh().swapped() }
