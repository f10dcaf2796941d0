package op

// Inverse functions of the circle and the hyperbola, of complex numbers. (Kahan, Branch Cuts for Complex Elementary Functions, 1987.) Their cuts
// are C99's, and the sign of a zero says on which side of one a number lies. See complexexp.go.

// arcRoots are the roots of 1 - z and 1 + z.
const arcRoots = `
	a, b := re(x), im(x)
	return sqrt(complex(1 - a, -b)), sqrt(complex(1 + a, b))`

// arcFar is the logarithm of |2z|, with the sign of its imaginary part: the imaginary part of asin z for large z.
const arcFar = `
	down, up := scales(max(abs(a), abs(b)))
	w, wl := squares(abs(a)*down, abs(b)*down)
	return bits(bits(logOfRoot(w, wl, up, a, b) + ln2) | bits(b) & signBit)`

// With s and r the roots of 1 - z and 1 + z, asin z is atan(a/Re(s r)) + i asinh(Im(conj(s) r)): none of the sums cancels.
const asinComplex = `
	s, r := arcRoots(x)
	a, b := re(x), im(x)
	u := atan2(a, re(s)*re(r) - im(s)*im(r))
	v := asinh(re(s)*im(r) - im(s)*re(r))
	far := !((abs(a) < 0x1p60) & (abs(b) < 0x1p60))
	u = rare(far, where(a == 0, a, atan2(a, abs(b))), u)
	return complex(u, rare(far, arcFar(a, b), v))`

// acos z is 2 atan(Re s/Re r) - i Im(asin z).
const acosComplex = `
	s, r := arcRoots(x)
	a, b := re(x), im(x)
	u := 2*atan2(re(s), re(r))
	v := asinh(im(s)*re(r) - re(s)*im(r))
	far := !((abs(a) < 0x1p60) & (abs(b) < 0x1p60))
	u = rare(far, where(a == 0, halfPiHi, atan2(abs(b), a)), u)
	return complex(u, rare(far, -arcFar(a, b), v))`

const asinhComplex = `
	y := asin(complex(im(x), re(x)))
	return complex(im(y), re(y))`

// acosh z is i acos z or -i acos z, the one that lies to the right.
const acoshComplex = `
	y := acos(x)
	return complex(abs(im(y)), bits(bits(re(y)) | bits(im(x)) & signBit))`

// atanh(a + ib) = log1p(4a/((1-a)^2 + b^2))/4 + i angle(1 - a^2 - b^2 + 2ib)/2, for a >= 0; it is odd. Far out it is 1/z + i pi/2, and at 1
// b^2 may vanish.
const atanhComplex = `
	a, b := abs(re(x)), im(x)
	c := 1 - a
	u := 0.25*log1p(4*a/(c*c + b*b))
	u = where((c == 0) & (abs(b) < 0x1p-500), 0.5*(ln2 - log(abs(b))), u)
	v := 0.5*atan2(2*b, c*(1 + a) - b*b)
	far := !((a < 0x1p60) & (abs(b) < 0x1p60))
	u, v = rare(far, atanhFar(a, b), u), rare(far, angleFar(a, b), v)
	return complex(bits(bits(u) | bits(re(x)) & signBit), v)`

// atanhFar is the real part of 1/z, for large z.
const atanhFar = `
	down, up := scales(max(a, abs(b)))
	v, w := a*down, b*down
	y := v/(v*v + w*w)*down
	return where((a == inf) | (abs(b) == inf) | (a == 0), 0, y)`

// angleFar is pi/2 with the sign of b.
const angleFar = `
	y := where((b != b) | ((a != a) & (abs(b) < inf)), nan, halfPiHi)
	return bits(bits(y) | bits(b) & signBit)`

const atanComplex = `
	y := atanh(complex(im(x), re(x)))
	return complex(im(y), re(y))`
