package op

// The exponential of complex numbers and its kin. All functions of this file and of complexlog.go and complexarc.go are computed in double
// precision, with the special values of C99, Annex G; where that leaves the sign of a zero open, it is positive. Functions of the
// circle are those of the hyperbola with the parts exchanged: with w = y + ix for z = x + iy, sin w is sinh z, exchanged again.

// widened is the text of a function of complex numbers that is computed on complex128 whatever its operand, by the definition of that name.
func widened(name string) string { return "return C(" + name + "(c128(x)))" }

// held brings a number beyond 700 down below it, but not below 40, and gives what e to its power is to be multiplied by: two powers of e, since
// one would overflow.
const held = `
	far, farther := a > 700, a > 1360
	return min(700, a - where(farther, 1320, where(far, 660, 0))), where(far, 4.308817065586588e+286, 1), where(farther, 4.308817065586588e+286, 1)`

// e^(a + ib) = e^a (cos b + i sin b). The last power of two in e^a is left to the end: the product may be finite where e^a is not, and is
// rounded once where it is subnormal.
const expComplex = `
	a, b := re(x), im(x)
	h, f, g := held(a)
	p, s, w := expParts(max(-1400, h))
	m := (1 + p)*s
	u, v := m*cos(b)*w*f*g, m*sin(b)*w*f*g
	far := (abs(a) == inf) & !(abs(b) < inf)
	u = where(far, max(0, a), u)
	return complex(u, where(b == 0, b, where(far & (a < 0), 0, v)))`

// e^z - 1 = (e^a - 1) cos b - (1 - cos b) + i e^a sin b, where 1 - cos b is sin^2 b/(1 + cos b) unless the cosine is negative.
const expm1Complex = `
	a, b := re(x), im(x)
	y := exp(x)
	c, s := cos(b), sin(b)
	short := where(c > 0, s*s/(1 + c), 1 - c)
	u := where(a > 40, re(y), expm1(a)*c - short)
	return complex(where(a == -inf, -1, u), im(y))`

// hyperbolic gives s, c, f and g with sinh a = s f g and cosh a = c f g, of which no one overflows.
const hyperbolic = `
	h, f, g := held(abs(a))
	return bits(bits(sinh(h)) | bits(a) & signBit), cosh(h), f, g`

// sinh(a + ib) = sinh a cos b + i cosh a sin b.
const sinhComplex = `
	a, b := re(x), im(x)
	s, c, f, g := hyperbolic(a)
	far := ((a == 0) | (abs(a) == inf)) & !(abs(b) < inf)
	u, v := s*cos(b)*f*g, c*sin(b)*f*g
	return complex(where(far, a, u), where(b == 0, b, v))`

// cosh(a + ib) = cosh a cos b + i sinh a sin b.
const coshComplex = `
	a, b := re(x), im(x)
	s, c, f, g := hyperbolic(a)
	far := (abs(a) == inf) & !(abs(b) < inf)
	u, v := c*cos(b)*f*g, s*sin(b)*f*g
	v = where((v != v) & ((a == 0) | (b == 0)), 0, v)
	return complex(where(far, inf, u), v)`

// tanh(a + ib) = (sinh a cosh a + i sin b cos b)/(sinh^2 a + cos^2 b), whose denominator does not cancel. Beyond 22 the real part is 1, and both
// squares of the hyperbola are one.
const tanhComplex = `
	a, b := re(x), im(x)
	h := abs(a)
	s, c, sine, cosine := sinh(h), cosh(h), sin(b), cos(b)
	by := s*s + cosine*cosine
	far := h > 22
	v := where(far, sine/c*(cosine/c), sine*cosine/by)
	u := where(a == 0, 0, where(far, where((v == v) | (h == inf), 1, v), s*c/by))
	v = where((h == inf) & (v != v), 0, v)
	return complex(bits(bits(u) | bits(a) & signBit), where(b == 0, b, v))`

const sinComplex = `
	y := sinh(complex(im(x), re(x)))
	return complex(im(y), re(y))`

const cosComplex = `
	y := cosh(complex(im(x), re(x)))
	return complex(re(y), -im(y))`

const tanComplex = `
	y := tanh(complex(im(x), re(x)))
	return complex(im(y), re(y))`
