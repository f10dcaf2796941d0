package exact

import (
	"math"
	"math/big"
	"testing"
)

// TestAgainstMath holds every function to package math's answer, within a few of its own units.
func TestAgainstMath(t *testing.T) {
	table := []struct {
		name string
		f    func(*big.Float) *big.Float
		want func(float64) float64
		at   []float64
	}{
		{"exp", Exp, math.Exp, []float64{0, 1, -1, 700, -740, 1e-20}},
		{"expm1", Expm1, math.Expm1, []float64{0, 1e-300, 1e-9, 0.25, -0.3, 3, -40, 700}},
		{"exp2", Exp2, math.Exp2, []float64{0.5, -1073.5, 1023.9}},
		{"log", Log, math.Log, []float64{3e-308, 0.5, 0.99999999, 1, 1.00000001, 2, 1e300}},
		{"log1p", Log1p, math.Log1p, []float64{5e-324, -0.9999, 1e-10, 0.2, 5}},
		{"log2", Log2, math.Log2, []float64{8, 10, 0.1}},
		{"log10", Log10, math.Log10, []float64{8, 1000, 0.1}},
		{"sqrt", Sqrt, math.Sqrt, []float64{2, 1e300}},
		{"tanh", Tanh, math.Tanh, []float64{1e-10, 0.5, -3, 20}},
		{"sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, []float64{-700, -1, 0, 3, 50}},
		{"sin", Sin, math.Sin, []float64{1e-300, 0.7, -2, 4, 6, 1e10, 1e300}},
		{"cos", Cos, math.Cos, []float64{0, 0.7, -2, 4, 6, 1e10, 1e300}},
		{"tan", Tan, math.Tan, []float64{1e-300, 0.7, -2, 4, 6}},
		{"asin", Asin, math.Asin, []float64{-1, -0.9, -1e-9, 0.3, 0.5, 0.999, 1}},
		{"acos", Acos, math.Acos, []float64{-1, -0.9, -1e-9, 0.3, 0.5}},
		{"atan", Atan, math.Atan, []float64{-1e300, -3, 1e-300, 0.3, 1, 1e9}},
		{"sinh", Sinh, math.Sinh, []float64{-700, -1, 1e-300, 1e-5, 0.3, 20}},
		{"cosh", Cosh, math.Cosh, []float64{-700, -1, 0, 1e-5, 0.3, 20}},
		{"asinh", Asinh, math.Asinh, []float64{-1e300, -3, 1e-300, 0.3, 1, 1e9}},
		{"acosh", Acosh, math.Acosh, []float64{1.5, 2, 1e9}},
		{"atanh", Atanh, math.Atanh, []float64{-0.99, 1e-300, 0.3, 0.9}},
		{"cbrt", Cbrt, math.Cbrt, []float64{-1e300, -8, 5e-324, 0.3, 1, 1e9}},
		{"erf", Erf, math.Erf, []float64{1e-300, 0.3, -1, 3, 5}},
		{"erfc", Erfc, math.Erfc, []float64{-3, 0.3, 1, 3.99, 4.01, 10, 26}},
		{"phi", Phi, func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }, []float64{-3, 0, 1}},
	}
	for _, row := range table {
		for _, x := range row.at {
			got, _ := row.f(Float(x)).Float64()
			if want := row.want(x); math.Abs(got-want) > 1e-15*math.Abs(want)+5e-324 {
				t.Errorf("%s(%v) = %v, math says %v", row.name, x, got, want)
			}
		}
	}
}

// TestIdentities holds functions to laws that must hold to nearly all bits.
func TestIdentities(t *testing.T) {
	near := func(what string, x, y *big.Float) {
		t.Helper()
		d := sub(x, y)
		if d.Sign() != 0 && d.MantExp(nil) > y.MantExp(nil)-190 {
			t.Errorf("%s: %v and %v", what, x, y)
		}
	}
	for _, f := range []float64{1e-5, 0.1, 0.7, 1.5, 3.9, 4.1, 20} {
		x := Float(f)
		near("log exp", Log(Exp(x)), x)
		near("log1p expm1", Log1p(Expm1(x)), x)
		near("sin^2 + cos^2", add(mul(Sin(x), Sin(x)), mul(Cos(x), Cos(x))), Float(1))
		near("tan atan", Tan(Atan(x)), x)
		near("sinh asinh", Sinh(Asinh(x)), x)
		near("cbrt", mul(Cbrt(x), mul(Cbrt(x), Cbrt(x))), x)
		near("acosh cosh", Acosh(Cosh(x)), x)
		if f < 1 {
			near("tanh atanh", Tanh(Atanh(x)), x)
			near("sin asin", Sin(Asin(x)), x)
			near("cos acos", Cos(Acos(x)), x)
			near("atan2", Atan2(number().Neg(x), Float(-1)), add(Atan(x), number().Neg(Pi(prec))))
		}
		near("sin 2x", Sin(scale(x, 1)), scale(mul(Sin(x), Cos(x)), 1))
		near("erf + erfc", add(Erf(x), Erfc(x)), Float(1))
	}
	four := Float(4)
	series := mul(Exp(mul(four, four)), sub(Float(1), Erf(four)))
	if d := sub(Erfcx(four), series); d.MantExp(nil) > series.MantExp(nil)-190 {
		t.Errorf("erfcx by series and by continued fraction differ by %v", d)
	}
	pi, _, err := big.ParseFloat("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899", 10, 256, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	near("pi", Pi(256), pi)
}
