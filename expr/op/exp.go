package op

// The family of e^x. With n = x/ln 2 rounded to an integer and r = x - n ln 2, |r| <= ln(2)/2,
//
//	e^x = 2^n e^r,   e^r - 1 = r + r^2 (1/2 + r/6 + ...).
//
// n ln 2 is taken in two pieces, the first so short that its product is exact. Adding expRound rounds to an integer and leaves it, twice
// biased, in the lowest bits of the sum: its two halves are the exponents of s and w, 2^n = s w, so that (e^r s) w is rounded once where
// the result is subnormal, and neither factor overflows. The first operand of min and max is the bound, so that NaN comes through.

// expParts gives p, s, w: e^x = (1 + p) s w, for expMin <= x <= expMax.
const expParts = `
	t := x*log2e + expRound
	n := t - expRound
	r := x - n*ln2Hi - n*ln2Lo
	p := r + r*r*poly(r, exp)
	s, w := halves(t)
	return p, s, w`

// halves gives the two factors of 2^n from the sum t of n and expRound.
const halves = `
	i := bits(t)
	h := i >> 1
	return bits(h << mantissa), bits((i - h) << mantissa)`

const expText = `
	p, s, w := expParts(min(expMax, max(expMin, x)))
	return (1 + p)*s*w`

// 2^x: n is x rounded to an integer and r = x - n is exact. 2^r - 1 = r + r q(r), where q is small and so are its errors.
const exp2Text = `
	x = min(exp2Max, max(exp2Min, x))
	t := x + expRound
	r := x - (t - expRound)
	s, w := halves(t)
	return (1 + (r + r*poly(r, exp2)))*s*w`

// e^x - 1 = (2^n - 1) + 2^n (r + r^2/2 + r^2 (q(r) - 1/2)), at half the size lest 2^n overflow. The large terms, of which h^2/2 is the last, h being
// the upper half of r, are added without error, as sum, rest and lost; what is small, the short piece of n ln 2 too, comes behind. x itself is taken
// where halving it could lose bits.
const expm1Text = `
	y := min(expMax, max(expm1Min, x))
	t := y*log2e + expRound
	n := t - expRound
	long := y - n*ln2Hi
	short := n*ln2Lo
	r := long - short
	half := bits((bits(t) - expBias) << mantissa)
	base, lost := fastTwoSum(half, -0.5)
	sum, rest := fastTwoSum(base, half*long)
	h := bits(bits(r) & upperMask)
	all, last := fastTwoSum(sum, half*(0.5*h*h))
	small := half*(0.5*(r - h)*(r + h) + r*r*(poly(r, expm1) - 0.5) - short)
	return where(abs(x) < tiny, x, (all + (rest + last + lost + small))*2)`

// fastTwoSum gives a + b rounded, and what the rounding left out, exactly; |a| >= |b|, or a = 0. (Dekker 1971.)
const fastTwoSum = `
	sum := a + b
	return sum, b - (sum - a)`
