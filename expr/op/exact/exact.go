// Package exact computes elementary functions in math/big to about 200 correct bits: what polynomials are fitted to and what formulas are
// measured against. It never computes anything that a user waits for.
//
// Every function takes finite arguments inside its domain and gives a new number, correct to a relative error below 2^-190.
package exact

import (
	"math"
	"math/big"
	"sync"
)

// prec is the bits that intermediate numbers have.
const prec = 256

// Float is x as a big number.
func Float(x float64) *big.Float { return number().SetFloat64(x) }

func number() *big.Float { return new(big.Float).SetPrec(prec) }

func add(x, y *big.Float) *big.Float { return number().Add(x, y) }
func sub(x, y *big.Float) *big.Float { return number().Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return number().Mul(x, y) }
func quo(x, y *big.Float) *big.Float { return number().Quo(x, y) }

func scale(x *big.Float, e int) *big.Float { return number().SetMantExp(x, e) }

// small says whether term no longer counts beside sum.
func small(term, sum *big.Float) bool {
	return term.Sign() == 0 || sum.Sign() != 0 && term.MantExp(nil) < sum.MantExp(nil)-prec
}

// Pi is the circle's constant, to the bits asked for: Machin's pi/4 = 4 atan(1/5) - atan(1/239) in integers.
func Pi(bits uint) *big.Float {
	guard := bits + 32
	atan := func(n int64) *big.Int {
		sum, square := new(big.Int), big.NewInt(n*n)
		power := new(big.Int).Lsh(big.NewInt(1), guard)
		power.Quo(power, big.NewInt(n))
		for k := int64(1); power.Sign() != 0; k += 2 {
			term := new(big.Int).Quo(power, big.NewInt(k))
			if k%4 == 3 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, square)
		}
		return sum
	}
	p := atan(5)
	p.Sub(p.Lsh(p, 2), atan(239))
	f := new(big.Float).SetPrec(bits).SetInt(p)
	return f.SetMantExp(f, 2-int(guard))
}

// Ln2 is log(2): the sum of 1/(k 2^k).
var Ln2 = sync.OnceValue(func() *big.Float {
	const guard = prec + 64
	sum, one := new(big.Int), new(big.Int).Lsh(big.NewInt(1), guard)
	for k := int64(1); k < guard; k++ {
		term := new(big.Int).Rsh(one, uint(k))
		sum.Add(sum, term.Quo(term, big.NewInt(k)))
	}
	f := new(big.Float).SetPrec(prec + 32).SetInt(sum)
	return f.SetMantExp(f, -guard)
})

// Exp is e^x; beyond |x| = 2^20, far outside of float64's range, just some number as large or small as that.
func Exp(x *big.Float) *big.Float {
	if x.MantExp(nil) > 20 {
		return scale(Float(1), x.Sign()<<20)
	}
	n, _ := quo(x, Ln2()).Float64()
	n = math.RoundToEven(n)
	r := sub(x, number().SetPrec(prec+32).Mul(Float(n), Ln2()))
	return scale(add(Float(1), expm1(r)), int(n))
}

// Expm1 is e^x - 1.
func Expm1(x *big.Float) *big.Float {
	if x.Sign() == 0 || x.MantExp(nil) < -1 {
		return expm1(x)
	}
	return sub(Exp(x), Float(1))
}

// expm1 is e^x - 1 for small x: Taylor's series at x/256, doubled by e^2y - 1 = (e^y - 1)(e^y - 1 + 2).
func expm1(x *big.Float) *big.Float {
	const doublings = 8
	y := scale(x, -doublings)
	sum, term := number().Set(y), y
	for k := 2.0; !small(term, sum); k++ {
		term = quo(mul(term, y), Float(k))
		sum = add(sum, term)
	}
	for range doublings {
		sum = mul(sum, add(sum, Float(2)))
	}
	return sum
}

// Exp2 is 2^x.
func Exp2(x *big.Float) *big.Float { return Exp(mul(x, Ln2())) }

// Log is the natural logarithm of x > 0.
func Log(x *big.Float) *big.Float {
	e := x.MantExp(nil)
	m := scale(x, -e) // in [0.5, 1)
	if f, _ := m.Float64(); f < math.Sqrt2/2 {
		m, e = scale(m, 1), e-1
	}
	return add(mul(Float(float64(e)), Ln2()), log1p(sub(m, Float(1))))
}

// Log1p is log(1 + x) for x > -1.
func Log1p(x *big.Float) *big.Float {
	if f, _ := x.Float64(); math.Abs(f) < 0.25 {
		return log1p(x)
	}
	return Log(add(Float(1), x))
}

// log1p is log(1+x) near 0: y with e^y - 1 = x, by Newton's steps, each of which squares the error.
func log1p(x *big.Float) *big.Float {
	f, _ := x.Float64()
	if f == 0 && x.Sign() != 0 { // below float64's range log(1+x) is x
		return number().Set(x)
	}
	y := Float(math.Log1p(f))
	for range 3 {
		e := expm1(y)
		y = add(y, quo(sub(x, e), add(e, Float(1))))
	}
	return y
}

// Log2 and Log10 are the logarithms to those bases.
func Log2(x *big.Float) *big.Float { return quo(Log(x), Ln2()) }

// Log10 is the decimal logarithm.
func Log10(x *big.Float) *big.Float { return quo(Log(x), ln10()) }

var ln10 = sync.OnceValue(func() *big.Float { return Log(Float(10)) })

// Pow is x^y for x > 0.
func Pow(x, y *big.Float) *big.Float { return Exp(mul(y, Log(x))) }

// Sqrt is the square root.
func Sqrt(x *big.Float) *big.Float { return number().Sqrt(x) }

// Tanh is the hyperbolic tangent.
func Tanh(x *big.Float) *big.Float {
	e := Expm1(scale(x, 1))
	return quo(e, add(e, Float(2)))
}

// Sinh is the hyperbolic sine: of x > 0, with e = e^x - 1, half of e + e/(e+1).
func Sinh(x *big.Float) *big.Float {
	e := Expm1(number().Abs(x))
	y := scale(add(e, quo(e, add(e, Float(1)))), -1)
	if x.Sign() < 0 {
		y.Neg(y)
	}
	return y
}

// Cosh is the hyperbolic cosine.
func Cosh(x *big.Float) *big.Float {
	e := Exp(x)
	return scale(add(e, quo(Float(1), e)), -1)
}

// Asinh is the number whose hyperbolic sine is x: for x > 0 log(1 + x + x^2/(1 + sqrt(1 + x^2))).
func Asinh(x *big.Float) *big.Float {
	a := number().Abs(x)
	square := mul(a, a)
	y := Log1p(add(a, quo(square, add(Float(1), Sqrt(add(Float(1), square))))))
	if x.Sign() < 0 {
		y.Neg(y)
	}
	return y
}

// Acosh is the number, not negative, whose hyperbolic cosine is x >= 1: log(1 + t + sqrt(t (t+2))) with t = x - 1.
func Acosh(x *big.Float) *big.Float {
	t := sub(x, Float(1))
	return Log1p(add(t, Sqrt(mul(t, add(t, Float(2))))))
}

// Atanh is the number whose hyperbolic tangent is x, between -1 and 1.
func Atanh(x *big.Float) *big.Float {
	return scale(Log1p(quo(scale(x, 1), sub(Float(1), x))), -1)
}

// Cbrt is the cube root, by Newton's steps, each of which squares the error.
func Cbrt(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return number().Set(x)
	}
	e := x.MantExp(nil) / 3
	m := scale(x, -3*e)
	f, _ := m.Float64()
	y := Float(math.Cbrt(f))
	for range 4 {
		y = quo(add(scale(y, 1), quo(m, mul(y, y))), Float(3))
	}
	return scale(y, e)
}

// Hypot is sqrt(x^2 + y^2).
func Hypot(x, y *big.Float) *big.Float { return Sqrt(add(mul(x, x), mul(y, y))) }

// Atan is the angle whose tangent is x: halved five times by tan(y/2) = tan y/(1 + sqrt(1 + tan^2 y)), then Taylor's series.
func Atan(x *big.Float) *big.Float {
	const halvings = 5
	t := number().Set(x)
	for range halvings {
		t = quo(t, add(Float(1), Sqrt(add(Float(1), mul(t, t)))))
	}
	sum, power, square := number().Set(t), t, number().Neg(mul(t, t))
	for k := 3.0; ; k += 2 {
		power = mul(power, square)
		term := quo(power, Float(k))
		if small(term, sum) {
			break
		}
		sum = add(sum, term)
	}
	return scale(sum, halvings)
}

// Atan2 is the angle of the point (x, y), which is not the origin.
func Atan2(y, x *big.Float) *big.Float {
	if number().Abs(y).Cmp(number().Abs(x)) > 0 {
		quarter := scale(Pi(prec), -1)
		if y.Sign() < 0 {
			quarter.Neg(quarter)
		}
		return sub(quarter, Atan(quo(x, y)))
	}
	angle := Atan(quo(y, x))
	switch {
	case x.Sign() > 0:
		return angle
	case y.Signbit():
		return sub(angle, Pi(prec))
	}
	return add(angle, Pi(prec))
}

// Asin is the angle whose sine is x, between -1 and 1.
func Asin(x *big.Float) *big.Float { return Atan2(x, Sqrt(mul(sub(Float(1), x), add(Float(1), x)))) }

// Acos is the angle whose cosine is x, between -1 and 1.
func Acos(x *big.Float) *big.Float {
	return scale(Atan2(Sqrt(sub(Float(1), x)), Sqrt(add(Float(1), x))), 1)
}

// Sigmoid is 1/(1 + e^-x).
func Sigmoid(x *big.Float) *big.Float {
	return quo(Float(1), add(Float(1), Exp(number().Neg(x))))
}

// Softplus is log(1 + e^x).
func Softplus(x *big.Float) *big.Float {
	y := Log1p(Exp(number().Neg(number().Abs(x))))
	if x.Sign() > 0 {
		return add(x, y)
	}
	return y
}

// circle is a multiple of precision that holds the fraction of any float64 over pi.
var circle = sync.OnceValue(func() *big.Float { return Pi(1024 + 2*prec) })

// Sin is the sine.
func Sin(x *big.Float) *big.Float {
	r, quadrant := quarter(x)
	return turned(r, quadrant)
}

// Cos is the cosine.
func Cos(x *big.Float) *big.Float {
	r, quadrant := quarter(x)
	return turned(r, quadrant+1)
}

// Tan is the tangent.
func Tan(x *big.Float) *big.Float { return quo(Sin(x), Cos(x)) }

// quarter gives r in [-pi/4, pi/4] and n with x = r + n pi/2, n modulo 4.
func quarter(x *big.Float) (r *big.Float, n int) {
	wide := func() *big.Float { return new(big.Float).SetPrec(1024 + 2*prec) }
	half := wide().SetMantExp(circle(), -1)
	q := wide().Quo(x, half)
	whole, _ := wide().Add(q, Float(math.Copysign(0.5, float64(x.Sign())))).Int(nil)
	left := wide().Sub(x, wide().Mul(wide().SetInt(whole), half))
	return number().Set(left), int(new(big.Int).Mod(whole, big.NewInt(4)).Int64())
}

// turned is sin(r + n pi/2) by Taylor's series.
func turned(r *big.Float, n int) *big.Float {
	term, k := number().Set(r), 1.0
	if n%2 == 1 {
		term, k = Float(1), 0
	}
	sum, square := number().Set(term), mul(r, r)
	for !small(term, sum) {
		term = number().Neg(quo(mul(term, square), Float((k+1)*(k+2))))
		sum = add(sum, term)
		k += 2
	}
	if n%4 >= 2 {
		sum.Neg(sum)
	}
	return sum
}

var sqrtPi = sync.OnceValue(func() *big.Float { return Sqrt(Pi(prec)) })

// Erf is the error function: 2/sqrt(pi) e^(-x^2) (x + 2x^3/3 + 4x^5/(3*5) + ...), whose terms have one sign.
func Erf(x *big.Float) *big.Float {
	if f, _ := x.Float64(); f > 8 {
		return sub(Float(1), Erfc(x))
	} else if f < -8 {
		return sub(Erfc(number().Neg(x)), Float(1))
	}
	square := scale(mul(x, x), 1)
	sum, term := number().Set(x), number().Set(x)
	for k := 3.0; !small(term, sum); k += 2 {
		term = quo(mul(term, square), Float(k))
		sum = add(sum, term)
	}
	gauss := Exp(number().Neg(mul(x, x)))
	return quo(mul(scale(sum, 1), gauss), sqrtPi())
}

// Erfc is 1 - erf(x).
func Erfc(x *big.Float) *big.Float {
	if f, _ := x.Float64(); f < 4 {
		return sub(Float(1), Erf(x))
	}
	return mul(Exp(number().Neg(mul(x, x))), Erfcx(x))
}

// Erfcx is e^(x^2) erfc(x), for x >= 0: far out Laplace's continued fraction x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))), from the end.
func Erfcx(x *big.Float) *big.Float {
	f, _ := x.Float64()
	if f < 4 {
		return mul(Exp(mul(x, x)), sub(Float(1), Erf(x)))
	}
	down := number().Set(x)
	for k := 40 + int(5000/(f*f)); k > 0; k-- {
		down = add(x, quo(Float(float64(k)/2), down))
	}
	return quo(Float(1), mul(down, sqrtPi()))
}

// Phi is the normal distribution function, erfc(-x/sqrt 2)/2.
func Phi(x *big.Float) *big.Float {
	return scale(Erfc(number().Neg(quo(x, Sqrt(Float(2))))), -1)
}
