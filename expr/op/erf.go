package op

// The error function and the normal distribution function.

// Near 0, erf x = x + x p(x^2) with p(0) = 2/sqrt(pi) - 1; farther out, where erf is 1 - erfc, it is enough to have log2(erfc x) as a
// polynomial. It is odd.
const erfText = `
	a := abs(x)
	z := x*x
	near := x + x*poly(z, erf)
	far := 1 - exp2Normal(poly(min(erfMax, a), erfc))
	return bits(bits(where(a < erfNear, near, far)) | bits(x) & signBit)`

// x phi(x), where phi(-a) = erfc(a/sqrt 2)/2 = e^(-a^2/2) g(v)/(a+k) for a > 0, with v = (a-k/2)/(a+k), in which g is nearly
// straight (Schonfelder 1978); v is 3u/2 - 1/2 with u = a/(a+k). a^2/2 is needed to more bits than a float has, lest its rounding grow with
// it: with h the upper half of a, h^2 is exact and the rest, (a-h)(a+h), is small.
const geluText = `
	y := min(geluMax, max(-geluMax, x))
	a := abs(y)
	h := bits(bits(a) & upperMask)
	long := -0.5*h*h
	short := 0.5*(a - h)*(a + h)
	t := (long - short)*log2e + expRound
	n := t - expRound
	r := long - n*ln2Hi - (n*ln2Lo + short)
	s, w := halves(t)
	u := y/(a + geluBend)
	g := u*poly(1.5*abs(u) - 0.5, gelu)
	m := (g + g*(r + r*r*poly(r, exp)))*s*w
	return where(x <= 0, m, x - m)`

// erfc a = e^(-a^2) g(v)/(a+k) for a >= 0, as in gelu, and erfc(-a) = 2 - erfc a. a^2 is needed to more bits than a float has; what a+k rounds
// away, the part c/(a+k) of it, goes into the exponent too.
const erfcDouble = `
	a := min(erfcMax, abs(x))
	d, c := twoSum(a, erfcBend)
	v := (a - 0.5*erfcBend)/d
	h := bits(bits(a) & upperMask)
	long := -h*h
	short := (a - h)*(a + h) + c*(erfcUnbend - erfcUnbend*v)
	t := (long - short)*log2e + expRound
	n := t - expRound
	r := long - n*ln2Hi - (n*ln2Lo + short)
	s, w := halves(t)
	g := poly(v, erfcTail)/d
	m := (g + g*(r + r*r*poly(r, exp)))*s*w
	return where(x < 0, 2 - m, m)`
