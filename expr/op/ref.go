package op

import (
	"math"
	"math/big"

	"github.com/einloom/einloom/expr/op/exact"
)

// The references: what each operation means, in plain Go.

// unary is a reference of one float.
func unary(f func(float64) float64) Ref {
	return Ref{F: func(x []float64) float64 { return f(x[0]) }}
}

// binary is a function of two floats.
func binary(f func(x, y float64) float64) func([]float64) float64 {
	return func(x []float64) float64 { return f(x[0], x[1]) }
}

type word interface{ int64 | uint64 }

// oneIf is 1 for true.
func oneIf[T word | float64](b bool) T {
	if b {
		return 1
	}
	return 0
}

var refAdd = Ref{
	B: func(x []bool) bool { return x[0] || x[1] },
	I: func(x []int64) int64 { return x[0] + x[1] },
	U: func(x []uint64) uint64 { return x[0] + x[1] },
	F: func(x []float64) float64 { return x[0] + x[1] },
	C: func(x []complex128) complex128 { return x[0] + x[1] },
}

var refSub = Ref{
	I: func(x []int64) int64 { return x[0] - x[1] },
	U: func(x []uint64) uint64 { return x[0] - x[1] },
	F: func(x []float64) float64 { return x[0] - x[1] },
	C: func(x []complex128) complex128 { return x[0] - x[1] },
}

var refMul = Ref{
	B: func(x []bool) bool { return x[0] && x[1] },
	I: func(x []int64) int64 { return x[0] * x[1] },
	U: func(x []uint64) uint64 { return x[0] * x[1] },
	F: func(x []float64) float64 { return x[0] * x[1] },
	C: func(x []complex128) complex128 { return x[0] * x[1] },
}

var refDiv = Ref{
	F: func(x []float64) float64 { return x[0] / x[1] },
	C: func(x []complex128) complex128 { return x[0] / x[1] },
}

var refReciprocal = Ref{
	F: func(x []float64) float64 { return 1 / x[0] },
	C: func(x []complex128) complex128 { return 1 / x[0] },
}

var refNeg = Ref{
	I: func(x []int64) int64 { return -x[0] },
	U: func(x []uint64) uint64 { return -x[0] },
	F: func(x []float64) float64 { return -x[0] },
	C: func(x []complex128) complex128 { return -x[0] },
}

var refAbs = Ref{
	B: func(x []bool) bool { return x[0] },
	I: func(x []int64) int64 { return max(x[0], -x[0]) },
	U: func(x []uint64) uint64 { return x[0] },
	F: func(x []float64) float64 { return math.Abs(x[0]) },
	C: func(x []complex128) complex128 { return complex(math.Hypot(real(x[0]), imag(x[0])), 0) },
}

var refSign = Ref{
	I: func(x []int64) int64 { return oneIf[int64](x[0] > 0) - oneIf[int64](x[0] < 0) },
	U: func(x []uint64) uint64 { return min(x[0], 1) },
	F: func(x []float64) float64 {
		if x[0] != x[0] {
			return x[0]
		}
		return oneIf[float64](x[0] > 0) - oneIf[float64](x[0] < 0)
	},
	C: func(x []complex128) complex128 { return complexSign(x[0]) },
}

var refSquare = Ref{
	I: func(x []int64) int64 { return x[0] * x[0] },
	U: func(x []uint64) uint64 { return x[0] * x[0] },
	F: func(x []float64) float64 { return x[0] * x[0] },
	C: func(x []complex128) complex128 { return x[0] * x[0] },
}

var refConj = Ref{
	B: func(x []bool) bool { return x[0] },
	I: func(x []int64) int64 { return x[0] },
	U: func(x []uint64) uint64 { return x[0] },
	F: func(x []float64) float64 { return x[0] },
	C: func(x []complex128) complex128 { return complex(real(x[0]), -imag(x[0])) },
}

// part is a part of complex numbers, by which real ones are taken too.
func part(f func(complex128) float64) Ref {
	return Ref{
		B: func(x []bool) bool { return x[0] && f(1) != 0 },
		I: func(x []int64) int64 { return x[0] * int64(f(1)) },
		U: func(x []uint64) uint64 { return x[0] * uint64(f(1)) },
		F: func(x []float64) float64 { return f(complex(x[0], 0)) },
		C: func(x []complex128) complex128 { return complex(f(x[0]), 0) },
	}
}

// compare says what a comparison answers where x is less than y, equal, greater, or neither.
func compare(less, equal, greater, unordered bool) Ref {
	answer := func(isLess, isEqual, isGreater bool) bool {
		switch {
		case isLess:
			return less
		case isEqual:
			return equal
		case isGreater:
			return greater
		}
		return unordered
	}
	return Ref{
		B: func(x []bool) bool { return answer(!x[0] && x[1], x[0] == x[1], x[0] && !x[1]) },
		I: func(x []int64) int64 { return oneIf[int64](answer(x[0] < x[1], x[0] == x[1], x[0] > x[1])) },
		U: func(x []uint64) uint64 { return oneIf[uint64](answer(x[0] < x[1], x[0] == x[1], x[0] > x[1])) },
		F: func(x []float64) float64 { return oneIf[float64](answer(x[0] < x[1], x[0] == x[1], x[0] > x[1])) },
		C: func(x []complex128) complex128 { return complex(oneIf[float64](answer(false, x[0] == x[1], false)), 0) },
	}
}

// ask is a question to floats, to which integers and bools have one answer; any says that one part of a complex number is enough.
func ask(other bool, f func(float64) bool, any bool) Ref {
	return Ref{
		B: func([]bool) bool { return other },
		I: func([]int64) int64 { return oneIf[int64](other) },
		U: func([]uint64) uint64 { return oneIf[uint64](other) },
		F: func(x []float64) float64 { return oneIf[float64](f(x[0])) },
		C: func(x []complex128) complex128 {
			re, im := f(real(x[0])), f(imag(x[0]))
			return complex(oneIf[float64](re && im || any && (re || im)), 0)
		},
	}
}

var refMinimum = Ref{
	B: func(x []bool) bool { return x[0] && x[1] },
	I: func(x []int64) int64 { return min(x[0], x[1]) },
	U: func(x []uint64) uint64 { return min(x[0], x[1]) },
	F: binary(minimum),
}

var refMaximum = Ref{
	B: func(x []bool) bool { return x[0] || x[1] },
	I: func(x []int64) int64 { return max(x[0], x[1]) },
	U: func(x []uint64) uint64 { return max(x[0], x[1]) },
	F: binary(maximum),
}

var refClip = Ref{
	B: func(x []bool) bool { return (x[0] || x[1]) && x[2] },
	I: func(x []int64) int64 { return min(max(x[0], x[1]), x[2]) },
	U: func(x []uint64) uint64 { return min(max(x[0], x[1]), x[2]) },
	F: func(x []float64) float64 { return minimum(maximum(x[0], x[1]), x[2]) },
}

func minimum(x, y float64) float64 {
	if x < y || x != x {
		return x
	}
	return y
}

func maximum(x, y float64) float64 {
	if x > y || x != x {
		return x
	}
	return y
}

var refRelu = Ref{
	B: func(x []bool) bool { return x[0] },
	I: func(x []int64) int64 { return max(x[0], 0) },
	U: func(x []uint64) uint64 { return x[0] },
	F: func(x []float64) float64 { return maximum(0, x[0]) },
}

var refWhere = Ref{
	B: func(x []bool) bool { return x[0] && x[1] || !x[0] && x[2] },
	I: func(x []int64) int64 { return choose(x) },
	U: func(x []uint64) uint64 { return choose(x) },
	F: func(x []float64) float64 { return choose(x) },
	C: func(x []complex128) complex128 { return choose(x) },
}

func choose[T word | float64 | complex128](x []T) T {
	if x[0] != 0 {
		return x[1]
	}
	return x[2]
}

// logic is an operation on bits.
func logic(f func(a, b uint64) uint64) Ref {
	return Ref{
		B: func(x []bool) bool { return f(oneIf[uint64](x[0]), oneIf[uint64](x[1])) != 0 },
		I: func(x []int64) int64 { return int64(f(uint64(x[0]), uint64(x[1]))) },
		U: func(x []uint64) uint64 { return f(x[0], x[1]) },
	}
}

var refNot = Ref{
	B: func(x []bool) bool { return !x[0] },
	I: func(x []int64) int64 { return ^x[0] },
	U: func(x []uint64) uint64 { return ^x[0] },
}

var refLeftShift = Ref{
	I: func(x []int64) int64 { return x[0] << uint64(x[1]) },
	U: func(x []uint64) uint64 { return x[0] << x[1] },
}

var refRightShift = Ref{
	I: func(x []int64) int64 { return x[0] >> uint64(x[1]) },
	U: func(x []uint64) uint64 { return x[0] >> x[1] },
}

// rounding is a reference that leaves all but floats as they are.
func rounding(f func(float64) float64) Ref {
	return Ref{
		B: func(x []bool) bool { return x[0] },
		I: func(x []int64) int64 { return x[0] },
		U: func(x []uint64) uint64 { return x[0] },
		F: func(x []float64) float64 { return f(x[0]) },
	}
}

var refRound = Ref{
	B: func(x []bool) bool { return x[0] },
	I: func(x []int64) int64 { return x[0] },
	U: func(x []uint64) uint64 { return x[0] },
	F: func(x []float64) float64 { return math.RoundToEven(x[0]) },
	C: func(x []complex128) complex128 {
		return complex(math.RoundToEven(real(x[0])), math.RoundToEven(imag(x[0])))
	},
}

var refAngle = Ref{
	F: func(x []float64) float64 { return math.Atan2(0, x[0]) },
	C: func(x []complex128) complex128 { return complex(refAtan2(imag(x[0]), real(x[0])), 0) },
}

func refFloorDivInt(x []int64) int64 {
	if x[1] == 0 {
		return 0
	}
	q := x[0] / x[1]
	if r := x[0] - q*x[1]; r != 0 && (r < 0) != (x[1] < 0) {
		q--
	}
	return q
}

func refFloorDivUint(x []uint64) uint64 {
	if x[1] == 0 {
		return 0
	}
	return x[0] / x[1]
}

func refRemainderInt(x []int64) int64 {
	if x[1] == 0 {
		return 0
	}
	return x[0] - x[1]*refFloorDivInt(x)
}

func refRemainderUint(x []uint64) uint64 {
	if x[1] == 0 {
		return 0
	}
	return x[0] % x[1]
}

// refRemainder is C's fmod, which is exact, moved by y where its sign is not y's.
func refRemainder(v []float64) float64 {
	x, y := v[0], v[1]
	r := math.Mod(x, y)
	switch {
	case r == 0:
		return math.Copysign(0, y)
	case (r < 0) != (y < 0):
		return r + y
	}
	return r
}

// refFloorDiv is the exact quotient, made whole and rounded once.
func refFloorDiv(v []float64) float64 {
	x, y := v[0], v[1]
	switch {
	case x-x != 0 && y-y == 0 && y != 0:
		return math.NaN() // as in NumPy: an infinity has no floor
	case x == 0 || y == 0 || x-x != 0 || y != y:
		return x / y
	case math.IsInf(y, 0):
		if math.Signbit(x) != math.Signbit(y) {
			return -1
		}
		return 0
	}
	q, _ := new(big.Float).SetPrec(2200).Quo(big.NewFloat(x), big.NewFloat(y)).Int(nil) // truncated
	if r := math.Mod(x, y); r != 0 && (r < 0) != (y < 0) {
		q.Sub(q, big.NewInt(1))
	}
	f, _ := new(big.Float).SetInt(q).Float64()
	return f
}

func refPowUint(x []uint64) uint64 {
	r, b := uint64(1), x[0]
	for n := x[1]; n > 0; n >>= 1 {
		if n&1 == 1 {
			r *= b
		}
		b *= b
	}
	return r
}

func refPowInt(x []int64) int64 {
	switch {
	case x[1] >= 0:
		return int64(refPowUint([]uint64{uint64(x[0]), uint64(x[1])}))
	case x[0] == 1 || x[0] == -1 && x[1]&1 == 0:
		return 1
	case x[0] == -1:
		return -1
	}
	return 0
}

// refPow is the exact power, rounded; special values are math.Pow's, whose other ones are off by a hundred units and more.
func refPow(x, y float64) float64 {
	p := math.Pow(x, y)
	if p != p || p == 0 || math.IsInf(p, 0) || p == 1 || x-x != 0 {
		return p
	}
	f, _ := exact.Pow(exact.Float(math.Abs(x)), exact.Float(y)).Float64()
	return math.Copysign(f, p)
}

// refLog is the natural logarithm. (math.Log is wrong for subnormal numbers on amd64 in Go 1.26.)
func refLog(x float64) float64 {
	if 0 < x && x < 0x1p-1000 {
		return math.Log(x*0x1p100) - 100*math.Ln2
	}
	return math.Log(x)
}

// refExp is e^x. (math.Exp gives up too early on amd64 in Go 1.26: it is infinite from 709.5 on.)
func refExp(x float64) float64 {
	if 709 < x && x < 710 {
		f, _ := exact.Exp(exact.Float(x)).Float64()
		return f
	}
	return math.Exp(x)
}

// refLog2 goes without math.Log2 near 1, where that cancels.
func refLog2(x float64) float64 {
	if 0.5 < x && x < 2 {
		return math.Log1p(x-1) / math.Ln2
	}
	return math.Log2(x)
}

func refLog10(x float64) float64 { return refLog(x) / math.Ln10 }

func refSigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// refSoftplus is log(1 + e^x).
func refSoftplus(x float64) float64 {
	return max(x, 0) + math.Log1p(refExp(-math.Abs(x)))
}

// refSilu is x sigmoid(x), and its limit -0 at -Inf.
func refSilu(x float64) float64 {
	if x < -700 { // e^x is, or comes near to, a subnormal number
		x = max(x, -2000)
		return x * math.Exp(x/2) * math.Exp(x/2)
	}
	return x * refSigmoid(x)
}

// refGelu is x phi(x), and its limit -0 at -Inf.
func refGelu(x float64) float64 {
	switch {
	case x < -40:
		return math.Copysign(0, -1)
	case x < -0.5: // the rounding of x/sqrt 2 would grow with x^2
		f, _ := new(big.Float).Mul(exact.Float(x), exact.Phi(exact.Float(x))).Float64()
		return f
	}
	return x * (math.Erfc(-x/math.Sqrt2) / 2)
}

// The reductions of math.Sin and math.Cos lose bits of large arguments, and near the zeros.
func wellReduced(x, y float64) bool {
	return x-x != 0 || math.Abs(x) < 0.5 || math.Abs(x) < 1<<20 && math.Abs(y) > 0.1
}

func refSin(x float64) float64 {
	y := math.Sin(x)
	if !wellReduced(x, y) {
		y, _ = exact.Sin(exact.Float(x)).Float64()
	}
	return y
}

func refCos(x float64) float64 {
	y := math.Cos(x)
	if !wellReduced(x, y) {
		y, _ = exact.Cos(exact.Float(x)).Float64()
	}
	return y
}

// precisely rounds an exact function of the finite arguments from low to high; beyond them it is special.
func precisely(f func(*big.Float) *big.Float, low, high float64, special func(float64) float64) func(float64) float64 {
	return func(x float64) float64 {
		if x == 0 || !(x >= low && x <= high) {
			return special(x)
		}
		y, _ := f(exact.Float(x)).Float64()
		return y
	}
}

// References of functions that package math gives to two units and worse. Where they are not finite, or 0, it is right.
var (
	refTan   = precisely(exact.Tan, -math.MaxFloat64, math.MaxFloat64, math.Tan)
	refAsin  = precisely(exact.Asin, -1, 1, math.Asin)
	refAcos  = precisely(exact.Acos, -1, 1, math.Acos)
	refAtan  = precisely(exact.Atan, -math.MaxFloat64, math.MaxFloat64, math.Atan)
	refSinh  = precisely(exact.Sinh, -711, 711, math.Sinh)
	refCosh  = precisely(exact.Cosh, -711, 711, math.Cosh)
	refAsinh = precisely(exact.Asinh, -math.MaxFloat64, math.MaxFloat64, math.Asinh)
	refAcosh = precisely(exact.Acosh, 1, math.MaxFloat64, math.Acosh)
	refAtanh = precisely(exact.Atanh, math.Nextafter(-1, 0), math.Nextafter(1, 0), math.Atanh)
	refErfc  = precisely(exact.Erfc, -6, 28, math.Erfc)
	refCbrt  = precisely(exact.Cbrt, -math.MaxFloat64, math.MaxFloat64, math.Cbrt)
)

func refAtan2(x, y float64) float64 {
	if x == 0 || y == 0 || x-x != 0 || y-y != 0 {
		return math.Atan2(x, y)
	}
	angle, _ := exact.Atan2(exact.Float(x), exact.Float(y)).Float64()
	return angle
}

func refHypot(x, y float64) float64 {
	if x-x != 0 || y-y != 0 {
		return math.Hypot(x, y)
	}
	h, _ := exact.Hypot(exact.Float(x), exact.Float(y)).Float64()
	return h
}

func refCopysign(x, y float64) float64 {
	if y != y {
		y = 1
	}
	return math.Copysign(x, y)
}

var refSignbit = Ref{
	I: func(x []int64) int64 { return oneIf[int64](x[0] < 0) },
	U: func([]uint64) uint64 { return 0 },
	F: func(x []float64) float64 { return oneIf[float64](math.Signbit(x[0]) && x[0] == x[0]) },
}
