package op

// The error function and the normal distribution function.

// Near 0, erf x = x + x p(x^2) with p(0) = 2/sqrt(pi) - 1; farther out, where erf is 1 - erfc, it is enough to have log2(erfc x) as a
// polynomial: with that as n + r, erf is 1 - 2^n - 2^n (2^r - 1). It is odd.
const erfText = `
	a := abs(x)
	z := x*x
	near := x + x*poly(z, erf)
	l := poly(min(erfMax, a) - 1, erfc)
	t := l + exp2Round
	r := l - (t - exp2Round)
	s := bits(bits(t) << mantissa)
	far := 1 - s - s*(r + r*poly(r, exp2))
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

// erfc a = e^(-a^2) g(v)/(a+h) for a >= 0, with v as in gelu, and h such that g is nearly level; erfc(-a) = 2 - erfc a. a^2 is needed to more
// bits than a float has. Numerator, denominator and quotient are sums of two: q, the upper half of the quotient's digits, times either half of the
// denominator is exact, and so is what that leaves of the numerator; q e^r is added to it last.
const erfcDouble = `
	a := min(erfcMax, abs(x))
	v := (a - 0.5*erfcBend)/(a + erfcBend)
	d, c := twoSum(a, erfcHead)
	p := v*poly(v, erfcTail)
	level := erfcMidHi + p
	lost := p - (level - erfcMidHi) + erfcMidLo
	i := 1/d
	q := bits(bits(level*i) & upperMask)
	f := bits(bits(d) & upperMask)
	g := (level - q*f - q*(d - f) + (lost - q*c))*i
	h := bits(bits(a) & upperMask)
	long := -h*h
	short := (a - h)*(a + h)
	t := (long - short)*log2e + expRound
	n := t - expRound
	r := long - n*ln2Hi - (n*ln2Lo + short)
	s, w := halves(t)
	m := (q + (g + (q + g)*(r + r*r*poly(r, exp))))*s*w
	return where(x < 0, 2 - m, m)`

// erfcSingle has double precision to spare: a^2 is exact, and v = 1 - 3k/2 q with q = 1/(a+k) is all there is to divide.
const erfcSingle = `
	return f32(erfcNear(f64(x)))`

const erfcNear = `
	a := min(erfcMax32, abs(x))
	q := 1/(a + erfcBend32)
	l := -log2e*(a*a)
	t := l + exp2Round
	r := l - (t - exp2Round)
	m := poly(1 - erfcTurn32*q, erfcTail32)*q*((1 + r*poly(r, exp2ForPow))*bits(bits(t) << mantissa))
	return where(x < 0, 2 - m, m)`
