package main

import (
	"math"
	"math/big"

	"github.com/einloom/einloom/expr/op/exact"
)

// Short names for the formulas below.
func add(x, y *big.Float) *big.Float { return number().Add(x, y) }
func sub(x, y *big.Float) *big.Float { return number().Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return number().Mul(x, y) }
func quo(x, y *big.Float) *big.Float { return number().Quo(x, y) }

func itself(t *big.Float) *big.Float { return t }
func square(t *big.Float) *big.Float { return mul(t, t) }

// constantly is the same number everywhere.
func constantly(x float64) func(*big.Float) *big.Float {
	return func(*big.Float) *big.Float { return exact.Float(x) }
}

// The digits of the two float formats.
const (
	single = 24
	double = 53
)

// halfLn2 is how far the reduced argument of exp reaches, with some room for the rounding of x/ln 2.
const halfLn2 = 0.34661

// Where functions change from one approximation to another, and where they reach their limits.
const (
	tanhNear32, tanhNear64 = 0.85, 0.625
	erfNear32, erfNear64   = 0.75, 1.0
	erfMax32, erfMax64     = 3.95, 5.95
	geluMax32, geluMax64   = 14.75, 39
	geluBend32, geluBend64 = 3.0, 4.5
	erfcMax64, erfcBend64  = 28.0, 3.0
	erfcHead64             = 0.75
	erfcMax32, erfcBend32  = 10.5, 3.0
	atanhNear64            = 0.1715
)

// fits lists the polynomials.
func fits() []fit {
	one := exact.Float(1)
	// (e^t - 1 - t)/t^2, weighed so that e^t - 1 is right relatively.
	expTail := func(t *big.Float) *big.Float { return quo(sub(exact.Expm1(t), t), square(t)) }
	expWeight := func(t *big.Float) *big.Float { return quo(square(t), exact.Expm1(t)) }
	// (2^t - 1)/t - 1
	exp2Head := func(t *big.Float) *big.Float { return sub(quo(exact.Expm1(mul(t, exact.Ln2())), t), one) }
	exp2Weight := func(t *big.Float) *big.Float { return quo(t, exact.Exp2(t)) }
	// (log(1+t) - t + t^2/2)/t^3
	logTail := func(t *big.Float) *big.Float {
		return quo(add(sub(exact.Log1p(t), t), mul(exact.Float(0.5), square(t))), mul(t, square(t)))
	}
	logWeight := func(t *big.Float) *big.Float { return quo(mul(t, square(t)), exact.Log1p(t)) }
	halfPi := mul(exact.Float(0.5), exact.Pi(prec))
	sinTurns := func(t *big.Float) *big.Float { return quo(exact.Sin(mul(t, halfPi)), t) }
	cosTurns := func(t *big.Float) *big.Float { return exact.Cos(mul(t, halfPi)) }
	// (tanh t - t)/t^3
	tanhTail := func(t *big.Float) *big.Float { return quo(sub(exact.Tanh(t), t), mul(t, square(t))) }
	tanhWeight := func(t *big.Float) *big.Float { return quo(mul(t, square(t)), exact.Tanh(t)) }
	// erf(t)/t - 1
	erfHead := func(t *big.Float) *big.Float { return sub(quo(exact.Erf(t), t), one) }
	erfWeight := func(t *big.Float) *big.Float { return quo(t, exact.Erf(t)) }
	// log2 erfc(t)
	erfcLog := func(t *big.Float) *big.Float { return exact.Log2(exact.Erfc(t)) }
	erfcWeight := func(t *big.Float) *big.Float { return quo(exact.Erfc(t), exact.Erf(t)) }
	// e^(v^2/2) phi(-v) (v + k), in t = (v - k/2)/(v + k)
	root := exact.Sqrt(exact.Float(2))
	gauss := func(k float64) func(t *big.Float) *big.Float {
		return func(t *big.Float) *big.Float {
			v := quo(mul(exact.Float(k), add(exact.Float(0.5), t)), sub(one, t))
			return mul(mul(exact.Float(0.5), exact.Erfcx(quo(v, root))), add(v, exact.Float(k)))
		}
	}
	gauss32, gauss64 := gauss(geluBend32), gauss(geluBend64)
	// (f(t) - t)/t^3, weighed so that f is right relatively
	tail := func(f func(*big.Float) *big.Float) func(*big.Float) *big.Float {
		return func(t *big.Float) *big.Float { return quo(sub(f(t), t), mul(t, square(t))) }
	}
	tailWeight := func(f func(*big.Float) *big.Float) func(*big.Float) *big.Float {
		return func(t *big.Float) *big.Float { return quo(mul(t, square(t)), f(t)) }
	}
	sinTail := func(t *big.Float) *big.Float { return quo(sub(t, exact.Sin(t)), mul(t, square(t))) }
	cosTail := func(t *big.Float) *big.Float {
		return quo(add(sub(exact.Cos(t), one), mul(exact.Float(0.5), square(t))), square(square(t)))
	}
	// e^(v^2) erfc(v) (v + head), in t = (v - bend/2)/(v + bend)
	erfcTail := func(bend, head float64) func(t *big.Float) *big.Float {
		return func(t *big.Float) *big.Float {
			v := quo(mul(exact.Float(bend), add(exact.Float(0.5), t)), sub(one, t))
			return mul(exact.Erfcx(v), add(v, exact.Float(head)))
		}
	}
	erfcTail32, erfcTail64 := erfcTail(erfcBend32, erfcBend32), erfcTail(erfcBend64, erfcHead64)
	return []fit{
		{name: "exp32", doc: "(e^t - 1 - t)/t^2 on |t| <= ln(2)/2, relative in e^t - 1",
			f: expTail, weight: expWeight, arg: itself, lo: -halfLn2, hi: halfLn2, terms: 5, digits: single},
		{name: "exp64", doc: "(e^t - 1 - t)/t^2 on |t| <= ln(2)/2, relative in e^t - 1",
			f: expTail, weight: expWeight, arg: itself, lo: -halfLn2, hi: halfLn2, terms: 10, digits: double},
		{name: "expm132", doc: "(e^t - 1 - t)/t^2 on |t| <= ln(2)/2, relative in e^t - 1",
			f: expTail, weight: expWeight, arg: itself, lo: -halfLn2, hi: halfLn2, terms: 6, digits: single},
		{name: "expm164", doc: "(e^t - 1 - t)/t^2 on |t| <= ln(2)/2, relative in e^t - 1",
			f: expTail, weight: expWeight, arg: itself, lo: -halfLn2, hi: halfLn2, terms: 11, digits: double},
		{name: "exp232", doc: "(2^t - 1)/t - 1 on |t| <= 1/2, relative in 2^t",
			f: exp2Head, weight: exp2Weight, arg: itself, lo: -0.5, hi: 0.5, terms: 6, digits: single},
		{name: "exp264", doc: "(2^t - 1)/t - 1 on |t| <= 1/2, relative in 2^t",
			f: exp2Head, weight: exp2Weight, arg: itself, lo: -0.5, hi: 0.5, terms: 11, digits: double},
		{name: "log32", doc: "(log(1+t) - t + t^2/2)/t^3 on [1/sqrt 2 - 1, sqrt 2 - 1], relative in log(1+t)",
			f: logTail, weight: logWeight, arg: itself, lo: math.Sqrt2/2 - 1, hi: math.Sqrt2 - 1, terms: 8, digits: single},
		{name: "log64", doc: "(log((1+t)/(1-t)) - 2t)/t^3 in t^2 for t <= (sqrt 2 - 1)/(sqrt 2 + 1), relative in the logarithm",
			f:      func(t *big.Float) *big.Float { return quo(sub(atanh2(t), mul(exact.Float(2), t)), mul(t, square(t))) },
			weight: func(t *big.Float) *big.Float { return quo(mul(t, square(t)), atanh2(t)) },
			arg:    square, lo: 1e-4, hi: 0.17158, terms: 7, digits: double},
		{name: "sinTurns", doc: "sin(t pi/2)/t in t^2 on |t| <= 1/2, relative, for single precision",
			f: sinTurns, weight: func(t *big.Float) *big.Float { return quo(one, sinTurns(t)) }, arg: square, lo: 1e-3, hi: 0.5001, terms: 5, digits: double},
		{name: "cosTurns", doc: "cos(t pi/2) in t^2 on |t| <= 1/2, for single precision",
			f: cosTurns, weight: constantly(1), arg: square, lo: 0, hi: 0.5001, terms: 6, digits: double, leading: []float64{1}},
		{name: "sinTail32", doc: "(t - sin t)/t^3 in t^2 on |t| <= pi/4, relative in sin t",
			f: sinTail, weight: tailWeight(exact.Sin), arg: square, lo: 1e-3, hi: 0.7857, terms: 3, digits: single},
		{name: "sinTail64", doc: "(t - sin t)/t^3 in t^2 on |t| <= pi/4, relative in sin t",
			f: sinTail, weight: tailWeight(exact.Sin), arg: square, lo: 1e-3, hi: 0.7855, terms: 6, digits: double},
		{name: "cosTail32", doc: "(cos t - 1 + t^2/2)/t^4 in t^2 on |t| <= pi/4",
			f: cosTail, weight: func(t *big.Float) *big.Float { return square(square(t)) }, arg: square, lo: 1e-3, hi: 0.7857, terms: 3, digits: single},
		{name: "cosTail64", doc: "(cos t - 1 + t^2/2)/t^4 in t^2 on |t| <= pi/4",
			f: cosTail, weight: func(t *big.Float) *big.Float { return square(square(t)) }, arg: square, lo: 1e-3, hi: 0.7855, terms: 6, digits: double},
		{name: "log2ForPow", doc: "log2((1+t)/(1-t))/t in t^2 for t <= (sqrt 2 - 1)/(sqrt 2 + 1), relative, for single precision",
			f:      func(t *big.Float) *big.Float { return quo(quo(atanh2(t), t), exact.Ln2()) },
			weight: func(t *big.Float) *big.Float { return quo(t, atanh2(t)) },
			arg:    square, lo: 1e-4, hi: 0.17158, terms: 5, digits: double},
		{name: "exp2ForPow", doc: "(2^t - 1)/t on |t| <= 1/2, relative in 2^t, for single precision",
			f:      func(t *big.Float) *big.Float { return quo(exact.Expm1(mul(t, exact.Ln2())), t) },
			weight: exp2Weight, arg: itself, lo: -0.5, hi: 0.5, terms: 7, digits: double},
		{name: "logForPow", doc: "(log((1+t)/(1-t))/2t - 1 - t^2/3)/t^4 in t^2 for t <= (sqrt 2 - 1)/(sqrt 2 + 1), relative in the logarithm",
			f: func(t *big.Float) *big.Float {
				tail := sub(sub(quo(atanh2(t), mul(exact.Float(2), t)), one), quo(square(t), exact.Float(3)))
				return quo(tail, square(square(t)))
			},
			weight: func(t *big.Float) *big.Float { return square(square(t)) },
			arg:    square, lo: 1e-3, hi: 0.17158, terms: 8, digits: double},
		{name: "tanh32", doc: "(tanh t - t)/t^3 in t^2 for t < tanhNear, relative in tanh t",
			f: tanhTail, weight: tanhWeight, arg: square, lo: 1e-3, hi: tanhNear32, terms: 7, digits: single},
		{name: "tanh64", doc: "(tanh t - t)/t^3 in t^2 for t < tanhNear, relative in tanh t",
			f: tanhTail, weight: tanhWeight, arg: square, lo: 1e-3, hi: tanhNear64, terms: 11, digits: double},
		{name: "erf32", doc: "erf(t)/t - 1 in t^2 for t < erfNear, relative in erf t",
			f: erfHead, weight: erfWeight, arg: square, lo: 1e-3, hi: erfNear32, terms: 6, digits: single},
		{name: "erf64", doc: "erf(t)/t - 1 in t^2 for t < erfNear, relative in erf t",
			f: erfHead, weight: erfWeight, arg: square, lo: 1e-3, hi: erfNear64, terms: 12, digits: double},
		{name: "erfc32", doc: "log2(erfc t) in t - 1 from erfNear to erfMax, relative in erf t",
			f: erfcLog, weight: erfcWeight, arg: func(t *big.Float) *big.Float { return sub(t, one) }, lo: erfNear32, hi: erfMax32, terms: 8, digits: single},
		{name: "erfc64", doc: "log2(erfc t) in t - 1 from erfNear to erfMax, relative in erf t",
			f: erfcLog, weight: erfcWeight, arg: func(t *big.Float) *big.Float { return sub(t, one) }, lo: erfNear64, hi: erfMax64, terms: 17, digits: double},
		{name: "gelu32", doc: "e^(v^2/2) phi(-v) (v + geluBend) in t = (v - geluBend/2)/(v + geluBend) for v <= geluMax, relative",
			f: gauss32, weight: func(t *big.Float) *big.Float { return quo(one, gauss32(t)) }, arg: itself,
			lo: -0.5, hi: (geluMax32 - geluBend32/2) / (geluMax32 + geluBend32), terms: 11, digits: single},
		{name: "gelu64", doc: "e^(v^2/2) phi(-v) (v + geluBend) in t = (v - geluBend/2)/(v + geluBend) for v <= geluMax, relative",
			f: gauss64, weight: func(t *big.Float) *big.Float { return quo(one, gauss64(t)) }, arg: itself,
			lo: -0.5, hi: (geluMax64 - geluBend64/2) / (geluMax64 + geluBend64), terms: 25, digits: double},
		{name: "erfcTail32", doc: "e^(v^2) erfc(v) (v + erfcBend) in t = (v - erfcBend/2)/(v + erfcBend) for v <= erfcMax, relative, for single precision",
			f: erfcTail32, weight: func(t *big.Float) *big.Float { return quo(one, erfcTail32(t)) }, arg: itself,
			lo: -0.5, hi: (erfcMax32 - erfcBend32/2) / (erfcMax32 + erfcBend32), terms: 10, digits: double},
		{name: "erfcTail64", doc: "(g(t) - g(0))/t, g = e^(v^2) erfc(v) (v + erfcHead), in t = (v - erfcBend/2)/(v + erfcBend) for v <= erfcMax, relative in g",
			f:      func(t *big.Float) *big.Float { return quo(sub(erfcTail64(t), erfcTail64(number())), t) },
			weight: func(t *big.Float) *big.Float { return quo(t, erfcTail64(t)) }, arg: itself,
			lo: -0.5, hi: (erfcMax64 - erfcBend64/2) / (erfcMax64 + erfcBend64), terms: 25, digits: double},
		{name: "atan32", doc: "(atan t - t)/t^3 in t^2 for t <= 1/2, relative in atan t, for single precision",
			f: tail(exact.Atan), weight: tailWeight(exact.Atan), arg: square, lo: 1e-3, hi: 0.5001, terms: 6, digits: double},
		{name: "atan64", doc: "(atan t - t)/t^3 in t^2 for t <= 1/2, relative in atan t",
			f: tail(exact.Atan), weight: tailWeight(exact.Atan), arg: square, lo: 1e-3, hi: 0.5001, terms: 12, digits: double},
		{name: "asin32", doc: "(asin t - t)/t^3 in t^2 for t <= 1/2, relative in asin t, for single precision",
			f: tail(exact.Asin), weight: tailWeight(exact.Asin), arg: square, lo: 1e-3, hi: 0.5001, terms: 6, digits: double},
		{name: "asin64", doc: "(asin t - t)/t^3 in t^2 for t <= 1/2, relative in asin t",
			f: tail(exact.Asin), weight: tailWeight(exact.Asin), arg: square, lo: 1e-3, hi: 0.5001, terms: 12, digits: double},
		{name: "sinh64", doc: "(sinh t - t)/t^3 in t^2 for t <= 1, relative in sinh t",
			f: tail(exact.Sinh), weight: tailWeight(exact.Sinh), arg: square, lo: 1e-3, hi: 1.001, terms: 8, digits: double},
		{name: "asinh32", doc: "(asinh t - t)/t^3 in t^2 for t <= 1/2, relative in asinh t, for single precision",
			f: tail(exact.Asinh), weight: tailWeight(exact.Asinh), arg: square, lo: 1e-3, hi: 0.5001, terms: 6, digits: double},
		{name: "asinh64", doc: "(asinh t - t)/t^3 in t^2 for t <= 1/2, relative in asinh t",
			f: tail(exact.Asinh), weight: tailWeight(exact.Asinh), arg: square, lo: 1e-3, hi: 0.5001, terms: 12, digits: double},
		{name: "cbrt64", doc: "cbrt(3/2 + t) for |t| <= 1/2, relative, to be improved",
			f:      func(t *big.Float) *big.Float { return exact.Cbrt(add(t, exact.Float(1.5))) },
			weight: func(t *big.Float) *big.Float { return quo(one, exact.Cbrt(add(t, exact.Float(1.5)))) },
			arg:    itself, lo: -0.5, hi: 0.5, terms: 8, digits: double},
	}
}

// atanh2 is log((1+t)/(1-t)).
func atanh2(t *big.Float) *big.Float {
	return sub(exact.Log1p(t), exact.Log1p(number().Neg(t)))
}

// constant is one number with a name.
type constant struct {
	name, doc string
	value     float64
}

// constants lists the constants. Those that differ between the formats end in 32 and 64.
func constants() []constant {
	ln2Hi32, ln2Lo32 := pieces(exact.Ln2(), 16, single)
	ln2Hi64, ln2Lo64 := pieces(exact.Ln2(), 40, double)
	log2e := quo(exact.Float(1), exact.Ln2())
	ln10 := exact.Log(exact.Float(10))
	log10e := quo(exact.Float(1), ln10)
	log10of2 := quo(exact.Ln2(), ln10)
	log2eHi32, log2eLo32 := pieces(log2e, 12, single)
	log2eHi64, log2eLo64 := pieces(log2e, 26, double)
	log10eHi32, log10eLo32 := pieces(log10e, 12, single)
	log10eHi64, log10eLo64 := pieces(log10e, 26, double)
	log10of2Hi32, log10of2Lo32 := pieces(log10of2, 16, single)
	log10of2Hi64, log10of2Lo64 := pieces(log10of2, 40, double)
	quarterPiHi, quarterPiLo := pieces(mul(exact.Float(0.25), exact.Pi(prec)), 50, double)
	halfPi := mul(exact.Float(0.5), exact.Pi(prec))
	halfPiHi, halfPiLo := pieces(halfPi, 52, double)
	halfPi32, halfPi64 := threePieces(halfPi, 16, single), threePieces(halfPi, 39, double)
	twoOverPi := quo(exact.Float(1), halfPi)
	thirdHi, thirdLo := pieces(quo(exact.Float(1), exact.Float(3)), 52, double)
	twiceLog2eHi, twiceLog2eLo := pieces(mul(exact.Float(2), log2e), 52, double)
	erfcMid := exact.Float(erfcBend64 / 2)
	erfcMidHi, erfcMidLo := pieces(mul(exact.Erfcx(erfcMid), add(erfcMid, exact.Float(erfcHead64))), double, double)
	const sqrtHalf32, sqrtHalf64 = 0x3f3504f3, 0x3fe6a09e << 32
	return []constant{
		{"mantissa32", "bits of a float32 behind the point", 23},
		{"mantissa64", "bits of a float64 behind the point", 52},
		{"log2e32", "1/ln 2", rounded(log2e, single)},
		{"log2e64", "1/ln 2", rounded(log2e, double)},
		{"ln2Hi32", "ln 2 to 16 bits: its product with any exponent is exact", ln2Hi32},
		{"ln2Lo32", "ln 2 - ln2Hi", ln2Lo32},
		{"ln2Hi64", "ln 2 to 40 bits: its product with any exponent is exact", ln2Hi64},
		{"ln2Lo64", "ln 2 - ln2Hi", ln2Lo64},
		{"expRound32", "1.5*2^23 + 2*127: what is added to it is rounded to an integer, found in the lowest bits, twice biased", 0x1.8p23 + 2*127},
		{"expRound64", "1.5*2^52 + 2*1023: what is added to it is rounded to an integer, found in the lowest bits, twice biased", 0x1.8p52 + 2*1023},
		{"expBias32", "makes of the exponent in t that of 2^n/2", 2*127 - 126},
		{"expBias64", "makes of the exponent in t that of 2^n/2", 2*1023 - 1022},
		{"floatBits32", "the bits of 2^23", 0x4b000000},
		{"floatBits64", "the bits of 2^52", 0x4330000000000000},
		{"mantissaMask32", "all bits behind the point", 1<<23 - 1},
		{"mantissaMask64", "all bits behind the point", 1<<52 - 1},
		{"sqrtHalfBits32", "the bits of 1/sqrt 2", sqrtHalf32},
		{"sqrtHalfBits64", "the upper bits of 1/sqrt 2", sqrtHalf64},
		{"logShift32", "the bits of 1 less those of 1/sqrt 2", 0x3f800000 - sqrtHalf32},
		{"logShift64", "the bits of 1 less those of 1/sqrt 2", 0x3ff0000000000000 - sqrtHalf64},
		{"logBias32", "2^23 and the exponent's bias", 0x1p23 + 127},
		{"logBias64", "2^52 and the exponent's bias", 0x1p52 + 1023},
		{"logBiasScaled32", "logBias + 25", 0x1p23 + 127 + 25},
		{"logBiasScaled64", "logBias + 54", 0x1p52 + 1023 + 54},
		{"logScale32", "what makes subnormal numbers normal", 0x1p25},
		{"logScale64", "what makes subnormal numbers normal", 0x1p54},
		{"minNormal32", "the least normal number", 0x1p-126},
		{"minNormal64", "the least normal number", 0x1p-1022},
		{"mostRsqrt32", "up to where 1/x is a normal number", 0x1p126},
		{"mostRsqrt64", "up to where 1/x is a normal number", 0x1p1022},
		{"upperMask32", "the sign, the exponent and the first half of the mantissa", -1 << 12},
		{"upperMask64", "the sign, the exponent and the first half of the mantissa", -1 << 27},
		{"log2eHi32", "1/ln 2 to 12 bits", log2eHi32},
		{"log2eLo32", "1/ln 2 - log2eHi", log2eLo32},
		{"log2eHi64", "1/ln 2 to 26 bits", log2eHi64},
		{"log2eLo64", "1/ln 2 - log2eHi", log2eLo64},
		{"log10e32", "1/ln 10", rounded(log10e, single)},
		{"log10e64", "1/ln 10", rounded(log10e, double)},
		{"log10eHi32", "1/ln 10 to 12 bits", log10eHi32},
		{"log10eLo32", "1/ln 10 - log10eHi", log10eLo32},
		{"log10eHi64", "1/ln 10 to 26 bits", log10eHi64},
		{"log10eLo64", "1/ln 10 - log10eHi", log10eLo64},
		{"log10of2Hi32", "ln 2/ln 10 to 16 bits", log10of2Hi32},
		{"log10of2Lo32", "ln 2/ln 10 - log10of2Hi", log10of2Lo32},
		{"log10of2Hi64", "ln 2/ln 10 to 40 bits", log10of2Hi64},
		{"log10of2Lo64", "ln 2/ln 10 - log10of2Hi", log10of2Lo64},
		{"signBit32", "the sign's bit", -1 << 31},
		{"signBit64", "the sign's bit", -1 << 63},
		{"exp2Round32", "1.5*2^23 + 127: what is added to it is rounded to an integer, found in the lowest bits, biased", 0x1.8p23 + 127},
		{"exp2Round64", "1.5*2^52 + 1023: what is added to it is rounded to an integer, found in the lowest bits, biased", 0x1.8p52 + 1023},
		{"twiceLog2e32", "2/ln 2", 2 * rounded(log2e, single)},
		{"twiceLog2e64", "2/ln 2", 2 * rounded(log2e, double)},
		{"tanhMax32", "where tanh is 1", 10},
		{"tanhMax64", "where tanh is 1", 20},
		{"tanhNear32", "where the polynomial ends", tanhNear32},
		{"tanhNear64", "where the polynomial ends", tanhNear64},
		{"erfMax32", "where erf is 1", erfMax32},
		{"erfMax64", "where erf is 1", erfMax64},
		{"erfNear32", "where the polynomial ends", erfNear32},
		{"erfNear64", "where the polynomial ends", erfNear64},
		{"geluMax32", "where gelu is -0", geluMax32},
		{"geluMax64", "where gelu is -0", geluMax64},
		{"geluBend32", "the unit in which gelu's tail is seen", geluBend32},
		{"geluBend64", "the unit in which gelu's tail is seen", geluBend64},
		{"thirdHi", "1/3 to 52 bits", thirdHi},
		{"thirdLo", "1/3 - thirdHi", thirdLo},
		{"twiceLog2eHi", "2/ln 2 to 52 bits", twiceLog2eHi},
		{"twiceLog2eLo", "2/ln 2 - twiceLog2eHi", twiceLog2eLo},
		{"nearest", "1.5*2^52: what is added to it is rounded to an integer", 0x1.8p52},
		{"nearest32", "1.5*2^23: what is added to it is rounded to an integer", 0x1.8p23},
		{"twoOverPi32", "2/pi", rounded(twoOverPi, single)},
		{"twoOverPi64", "2/pi", rounded(twoOverPi, double)},
		{"halfPiA32", "pi/2 to 16 bits: its product with 8 bits is exact", halfPi32[0]},
		{"halfPiB32", "the next 16 bits of pi/2", halfPi32[1]},
		{"halfPiC32", "pi/2 - halfPiA - halfPiB", halfPi32[2]},
		{"halfPiA64", "pi/2 to 39 bits: its product with 14 bits is exact", halfPi64[0]},
		{"halfPiB64", "the next 39 bits of pi/2", halfPi64[1]},
		{"halfPiC64", "pi/2 - halfPiA - halfPiB", halfPi64[2]},
		{"circleNear32", "up to where quarter turns are counted in 8 bits, and no float32 is too near to a multiple of pi/2 for halfPiC", 250},
		{"circleNear64", "up to where quarter turns are counted in 14 bits", 0x1p14},
		{"quarterShift32", "from the second bit to the sign's", 30},
		{"quarterShift64", "from the second bit to the sign's", 62},
		{"pieceScale", "1.5*2^52 + 1023", 0x1.8p52 + 1023},
		{"halfPiHi", "pi/2 to 52 bits", halfPiHi},
		{"halfPiLo", "pi/2 - halfPiHi", halfPiLo},
		{"quarterPiHi", "pi/4 to 50 bits: its product with 1 to 4 is exact", quarterPiHi},
		{"quarterPiLo", "pi/4 - quarterPiHi", quarterPiLo},
		{"ln2", "ln 2", rounded(exact.Ln2(), double)},
		{"coshMax64", "where cosh is infinite", 711},
		{"atanhNear64", "where the polynomial ends", atanhNear64},
		{"erfcMax64", "where erfc is 0", erfcMax64},
		{"erfcBend64", "the unit in which erfc's tail is seen", erfcBend64},
		{"erfcMidHi", "e^(v^2) erfc(v) (v + erfcHead) of v = erfcBend/2", erfcMidHi},
		{"erfcMidLo", "what is left of that", erfcMidLo},
		{"erfcHead64", "what makes erfc's tail nearly level", erfcHead64},
		{"erfcMax32", "where erfc is 0 in single precision", erfcMax32},
		{"erfcBend32", "the unit in which erfc's tail is seen", erfcBend32},
		{"erfcTurn32", "3 erfcBend/2", 1.5 * erfcBend32},
		{"oneBits64", "the bits of 1", 0x3ff0000000000000},
		{"cbrtOf2", "the cube root of 2", rounded(exact.Cbrt(exact.Float(2)), double)},
		{"cbrtOf4", "the cube root of 4", rounded(exact.Cbrt(exact.Float(4)), double)},
		{"expMin32", "where e^x, and x e^x too, has long been 0", -110},
		{"expMin64", "where e^x, and x e^x too, has long been 0", -760},
		{"expMax32", "where e^x is infinite", 89},
		{"expMax64", "where e^x is infinite", 710},
		{"exp2Min32", "where 2^x is 0", -155},
		{"exp2Min64", "where 2^x is 0", -1080},
		{"exp2Max32", "where 2^x is infinite", 129},
		{"exp2Max64", "where 2^x is infinite", 1025},
		{"expm1Min32", "where e^x - 1 is -1", -18},
		{"expm1Min64", "where e^x - 1 is -1", -40},
		{"tiny32", "where x^2 no longer counts beside x", 0x1p-26},
		{"tiny64", "where x^2 no longer counts beside x", 0x1p-55},
	}
}

// rounded is x to so many bits.
func rounded(x *big.Float, digits uint) float64 {
	f, _ := number().SetPrec(digits).Set(x).Float64()
	return f
}

// pieces gives x as hi, of few bits, and lo, what is left to all digits.
func pieces(x *big.Float, few, digits uint) (hi, lo float64) {
	hi = rounded(x, few)
	return hi, rounded(sub(x, exact.Float(hi)), digits)
}

// threePieces gives x > 0 as two pieces of few bits, and what is left to all digits; none is negative.
func threePieces(x *big.Float, few, digits uint) (list [3]float64) {
	rest := number().Set(x)
	for i := range list {
		bits := digits
		if i < 2 {
			bits = few
		}
		list[i], _ = number().SetMode(big.ToZero).SetPrec(bits).Set(rest).Float64()
		rest = sub(rest, exact.Float(list[i]))
	}
	return list
}

// list is several numbers with a name.
type list struct {
	name, doc string
	values    []float64
}

// lists gives the pieces of 2/pi: the k-th has the bits k*n+1 to k*n+n behind the point, as 2/pi is a sum of them (28 bits), or each as a
// number below 1 (52 bits), because the last ones would be subnormal.
func lists() []list {
	const bits = 1400
	turn := new(big.Float).SetPrec(bits).Quo(exact.Float(2), exact.Pi(bits+64))
	cut := func(n uint, count int, placed bool) []float64 {
		rest := new(big.Float).SetPrec(bits).Set(turn)
		values := make([]float64, count)
		for k := range values {
			rest.SetMantExp(rest, int(n))
			whole, _ := rest.Int(nil)
			rest.Sub(rest, new(big.Float).SetPrec(bits).SetInt(whole))
			f, _ := new(big.Float).SetInt(whole).Float64()
			values[k] = math.Ldexp(f, -int(n))
			if placed {
				values[k] = math.Ldexp(values[k], -int(n)*k)
			}
		}
		return values
	}
	return []list{
		{"twoOverPi28", "2/pi in pieces of 28 bits, whose sum it is", cut(28, 7, true)},
		{"twoOverPi52", "2/pi in pieces of 52 bits, each as a number below 1", cut(52, 23, false)},
	}
}
