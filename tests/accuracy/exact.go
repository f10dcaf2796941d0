package main

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/op/exact"
	"github.com/einloom/einloom/tensor"
)

// exactly gives the value of an op on float64 to far more bits than float64 has; nil where no finite number is right.
var exactly = map[string]func(x []*big.Float) *big.Float{
	"square": func(x []*big.Float) *big.Float { return wide().Mul(x[0], x[0]) },
	"reciprocal": func(x []*big.Float) *big.Float {
		if x[0].Sign() == 0 {
			return nil
		}
		return wide().Quo(exact.Float(1), x[0])
	},
	"sqrt": within(exact.Sqrt, func(x *big.Float) bool { return x.Sign() >= 0 }),
	"rsqrt": within(func(x *big.Float) *big.Float { return wide().Quo(exact.Float(1), exact.Sqrt(x)) },
		func(x *big.Float) bool { return x.Sign() > 0 }),
	"exp": of(exact.Exp), "exp2": of(exact.Exp2), "expm1": of(exact.Expm1),
	"log": within(exact.Log, positive), "log2": within(exact.Log2, positive), "log10": within(exact.Log10, positive),
	"log1p": within(exact.Log1p, func(x *big.Float) bool { return x.Cmp(exact.Float(-1)) > 0 }),
	"tanh":  of(exact.Tanh), "sigmoid": of(exact.Sigmoid), "erf": of(exact.Erf), "sin": of(exact.Sin), "cos": of(exact.Cos),
	"tan": of(exact.Tan), "atan": of(exact.Atan), "sinh": of(exact.Sinh), "cosh": of(exact.Cosh), "asinh": of(exact.Asinh),
	"cbrt": of(exact.Cbrt), "erfc": of(exact.Erfc),
	"asin": within(exact.Asin, cosine), "acos": within(exact.Acos, cosine),
	"acosh": within(exact.Acosh, func(x *big.Float) bool { return x.Cmp(exact.Float(1)) >= 0 }),
	"atanh": within(exact.Atanh, func(x *big.Float) bool { return wide().Abs(x).Cmp(exact.Float(1)) < 0 }),
	"hypot": func(x []*big.Float) *big.Float { return exact.Hypot(x[0], x[1]) },
	"atan2": func(x []*big.Float) *big.Float {
		if x[0].Sign() == 0 || x[1].Sign() == 0 {
			return nil
		}
		return exact.Atan2(x[0], x[1])
	},
	"softplus": of(exact.Softplus),
	"silu":     of(func(x *big.Float) *big.Float { return wide().Mul(x, exact.Sigmoid(x)) }),
	"gelu":     of(func(x *big.Float) *big.Float { return wide().Mul(x, exact.Phi(x)) }),
	"pow": func(x []*big.Float) *big.Float {
		if x[0].Sign() <= 0 {
			return nil
		}
		return exact.Pow(x[0], x[1])
	},
}

// near are references that float32 and the halves are measured against: what package math gives is good enough for them, and comes sooner
// than the table's.
var near = map[string]func([]float64) float64{
	"tan": single(math.Tan), "asin": single(math.Asin), "acos": single(math.Acos), "atan": single(math.Atan), "sinh": single(math.Sinh),
	"cosh": single(math.Cosh), "asinh": single(math.Asinh), "acosh": single(math.Acosh), "atanh": single(math.Atanh), "cbrt": single(math.Cbrt),
	"erfc": single(math.Erfc), "sin": single(math.Sin), "cos": single(math.Cos),
	"atan2": func(x []float64) float64 { return math.Atan2(x[0], x[1]) },
	"hypot": func(x []float64) float64 { return math.Hypot(x[0], x[1]) },
}

func single(f func(float64) float64) func([]float64) float64 {
	return func(x []float64) float64 { return f(x[0]) }
}

// reference is what o's results on float32 and the halves are compared with.
func reference(o *op.Op) func([]float64) float64 {
	if f := near[o.Name]; f != nil {
		return f
	}
	return o.Ref.F
}

func wide() *big.Float { return new(big.Float).SetPrec(300) }

// cosine says whether x is one of a real angle.
func cosine(x *big.Float) bool { return wide().Abs(x).Cmp(exact.Float(1)) <= 0 }

func positive(x *big.Float) bool { return x.Sign() > 0 }

func of(f func(*big.Float) *big.Float) func([]*big.Float) *big.Float {
	return func(x []*big.Float) *big.Float { return f(x[0]) }
}

func within(f func(*big.Float) *big.Float, domain func(*big.Float) bool) func([]*big.Float) *big.Float {
	return func(x []*big.Float) *big.Float {
		if !domain(x[0]) {
			return nil
		}
		return f(x[0])
	}
}

// sweep64 measures o on float64 against exact values, at points drawn with a fixed seed, most of them where functions change.
func sweep64(o *op.Op) (worst, error) {
	f, err := o.Expand(tensor.Float64)
	if err != nil {
		return worst{}, err
	}
	var w worst
	r := rand.New(rand.NewPCG(1, 2))
	for range points64 {
		x, bits, big := make([]float64, o.Arity), make([]uint64, o.Arity), make([]*big.Float, o.Arity)
		finite := true
		for i := range x {
			x[i] = draw64(r)
			bits[i] = math.Float64bits(x[i])
			if finite = finite && x[i]-x[i] == 0; finite {
				big[i] = exact.Float(x[i])
			}
		}
		if !finite {
			continue // what infinities and NaN give is tested in expr/op
		}
		want := exactly[o.Name](big)
		if want == nil {
			continue
		}
		b, _ := f.EvalBits(bits...)
		got := math.Float64frombits(b)
		miss, ok := missed64(got, want)
		if !ok {
			return w, fmt.Errorf("%s of %v is %v, want %v", o.Name, x, got, want)
		}
		w.take(miss, x...)
	}
	return w, nil
}

// draw64 gives a float64 of any size, most of them where functions change.
func draw64(r *rand.Rand) float64 {
	switch r.IntN(4) {
	case 0:
		return math.Float64frombits(r.Uint64())
	case 1:
		return r.NormFloat64() * 10
	case 2:
		return (r.Float64() - 0.5) * 1600
	}
	return (r.Float64() - 0.5) * 4
}

// missed64 is how far got is from want in units in the last place of float64.
func missed64(got float64, want *big.Float) (units float64, ok bool) {
	if got != got {
		return 0, false
	}
	near, _ := want.Float64()
	f := formats[tensor.Float64]
	end := new(big.Float).SetMantExp(big.NewFloat(1), f.end)
	g := wide()
	switch {
	case math.IsInf(got, 0):
		g.SetMantExp(big.NewFloat(math.Copysign(1, got)), f.end)
	default:
		g.SetFloat64(got)
	}
	exact := wide().Set(want)
	if exact.Cmp(end) > 0 || exact.Cmp(wide().Neg(end)) < 0 { // both are beyond the format
		exact.SetMantExp(big.NewFloat(float64(want.Sign())), f.end)
	}
	if math.IsInf(near, 0) {
		near = math.MaxFloat64
	}
	d, _ := wide().Sub(g, exact).Float64()
	return math.Abs(d) / f.unit(near), true
}
