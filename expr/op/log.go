package op

// The family of log x. With x = 2^e (1 + f), 1/sqrt 2 <= 1 + f < sqrt 2,
//
//	log x = e ln 2 + log(1+f),   log(1+f) = f - f^2/2 + tail(f).
//
// e ln 2 is taken in two pieces, the first so short that its product is exact.

// logParts gives e and f for a normal number x; of is bits of 2^e to be subtracted besides, as a float above 2^mantissa. Bits of x count
// from those of 1/sqrt 2, so that the exponent field steps where 1 + f would reach sqrt 2; as an integer below a float's mantissa, it is
// made a float by setting the bits of 2^mantissa above it.
const logParts = `
	i := bits(x) + logShift
	e := bits(i >> mantissa | floatBits) - of
	f := bits((i & mantissaMask) + sqrtHalfBits) - 1
	return e, f`

// logTail is log(1+f) - f + f^2/2: f^3 times a polynomial in single precision; in double precision, with s = f/(2+f) and
// log(1+f) = log((1+s)/(1-s)) = 2s + 2s^3/3 + ... = f - s f + s R(s^2), it is s (f^2/2 + R(s^2)), which needs half as many terms.
const (
	logTail32 = `
	return f*f*f*poly(f, log32)`
	logTail64 = `
	s := f / (2 + f)
	z := s*s
	return s*(0.5*f*f + z*poly(z, log64))`
)

// logSplit takes a number apart: subnormal ones are scaled up first.
const logSplit = `
	small := x < minNormal
	e, f := logParts(where(small, x*logScale, x), where(small, logBiasScaled, logBias))
	return e, f`

// logSpecial gives what a logarithm is: y for finite x > 0, -Inf at 0, NaN below, +Inf at +Inf.
const logSpecial = `
	return where(x > 0, where(x < inf, y, x), where(x == 0, -inf, nan))`

const logText = `
	e, f := logSplit(x)
	return logSpecial(x, e*ln2Hi + (f - (0.5*f*f - (logTail(f) + e*ln2Lo))))`

// Logarithms to another base b multiply log(1+f) by 1/ln b. f - f^2/2 is cut to half of its bits for that, so that its product with the
// first piece of 1/ln b is exact; it is added to the exponent's part without error, and all else is small.
const logOfBase = `
	half := 0.5*f*f
	high := bits(bits(f - half) & upperMask)
	low := f - high - half + logTail(f)
	return high, low`

const log2Text = `
	e, f := logSplit(x)
	high, low := logOfBase(f)
	sum, rest := fastTwoSum(e, high*log2eHi)
	return logSpecial(x, sum + (rest + (high*log2eLo + low*log2e)))`

const log10Text = `
	e, f := logSplit(x)
	high, low := logOfBase(f)
	sum, rest := fastTwoSum(e*log10of2Hi, high*log10eHi)
	return logSpecial(x, sum + (rest + (e*log10of2Lo + high*log10eLo + low*log10e)))`

// log(1+x): u = 1 + x is taken apart, and what its rounding left out is brought in as log(u+c) = log u + c/u; for e = 0 f is x itself.
const log1pText = `
	u, c := twoSum(1, x)
	e, g := logParts(u, logBias)
	near := e == 0
	f := where(near, x, g)
	y := e*ln2Hi + (f - (0.5*f*f - (logTail(f) + (e*ln2Lo + where(near, 0, c/u)))))
	return where(abs(x) < tiny, x, logSpecial(u, y))`

// twoSum gives a + b rounded, and what the rounding left out, exactly. (Knuth, The Art of Computer Programming 2, section 4.2.2.)
const twoSum = `
	sum := a + b
	t := sum - a
	return sum, (a - (sum - t)) + (b - t)`
