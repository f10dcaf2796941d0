package op

// Complex arithmetic on parts, in the dtype T of the parts.

const (
	mulComplex = `
	return complex(re(x)*re(y) - im(x)*im(y), re(x)*im(y) + im(x)*re(y))`

	squareComplex = `
	return complex((re(x) - im(x))*(re(x) + im(x)), 2*(re(x)*im(x)))`

	// Division by c + di: numerator and denominator are divided by the larger of c and d. (Smith 1962.)
	divComplex = `
	a, b := re(x), im(x)
	c, d := re(y), im(y)
	flat := abs(c) >= abs(d)
	ratio := where(flat, d, c)/where(flat, c, d)
	by := where(flat, c + d*ratio, d + c*ratio)
	return complex(where(flat, a + b*ratio, b + a*ratio)/by, where(flat, b - a*ratio, b*ratio - a)/by)`

	reciprocalComplex = `
	return div(complex(1, 0), x)`

	// The modulus, with the larger part taken out so that squares neither overflow nor vanish; in double precision, since that is cheap.
	absComplex = `
	a, b := f64(abs(re(x))), f64(abs(im(x)))
	large, less := max(a, b), min(a, b)
	ratio := less/large
	r := where(large == 0, 0, large*sqrt(1 + ratio*ratio))
	r = where((a != a) | (b != b), nan, r)
	return T(where((a == inf) | (b == inf), inf, r))`
)
