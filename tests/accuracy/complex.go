package main

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/op/exact"
	"github.com/einloom/einloom/tensor"
)

// pairsComplex is how many operands of complex ops are drawn.
const pairsComplex = 1 << 15

// fewComplex is how many where the exact function is slow.
const fewComplex = 1 << 10

// sweepComplex measures o on a complex dtype: the distance from the exact result in units in the last place of its modulus (of pow, for
// each unit of strain), at operands of which nothing overflows or underflows on the way.
func sweepComplex(o *op.Op, d tensor.DType) (worst, error) {
	f, err := o.Expand(d)
	if err != nil {
		return worst{}, err
	}
	part, count := tensor.Float64, pairsComplex
	if d == tensor.Complex64 {
		part = tensor.Float32
	}
	if o.Types.Compute == op.AsFloat || o.Name == "pow" {
		count = fewComplex
	}
	var w worst
	r := rand.New(rand.NewPCG(7, 8))
	for range count {
		z, bits := make([]complex128, o.Arity), []uint64{}
		for i := range z {
			z[i] = complex(drawPart(r, part), drawPart(r, part))
			bits = append(bits, partBits(part, real(z[i])), partBits(part, imag(z[i])))
		}
		if special(z) {
			continue
		}
		lo, hi := f.EvalBits(bits...)
		got := complex(partValue(part, lo), 0)
		if o.Types.Gives != op.RealPart {
			got = complex(real(got), partValue(part, hi))
		}
		want, known := exactComplex(o.Name, z)
		if !known {
			return w, fmt.Errorf("%s: there is no exact reference", o.Name)
		}
		size := cmplx.Abs(want.Complex128())
		if size == 0 || !(size < math.Ldexp(1, formats[part].end-1)) {
			continue
		}
		miss, _ := exact.ComplexOf(got).Distance(want).Float64()
		w.take(miss/formats[part].unit(size)/o.Strain(z), real(z[0]), imag(z[0]))
	}
	return w, nil
}

// special says whether an operand is one at which functions have values of their own: 0, and what they have poles or branch points at.
func special(z []complex128) bool {
	for _, v := range z {
		if v == 0 || v == 1 || v == -1 || v == 1i || v == -1i {
			return true
		}
	}
	return false
}

// functionsOfOne are those of one complex number, exactly.
var functionsOfOne = map[string]func(exact.Complex) exact.Complex{
	"exp": exact.Complex.Exp, "expm1": exact.Complex.Expm1, "log": exact.Complex.Log, "log2": exact.Complex.Log2, "log10": exact.Complex.Log10,
	"log1p": exact.Complex.Log1p, "sqrt": exact.Complex.Sqrt, "sinh": exact.Complex.Sinh, "cosh": exact.Complex.Cosh, "tanh": exact.Complex.Tanh,
	"sin": exact.Complex.Sin, "cos": exact.Complex.Cos, "tan": exact.Complex.Tan, "asin": exact.Complex.Asin, "acos": exact.Complex.Acos,
	"atan": exact.Complex.Atan, "asinh": exact.Complex.Asinh, "acosh": exact.Complex.Acosh, "atanh": exact.Complex.Atanh, "sign": exact.Complex.Sign,
	"abs":        func(z exact.Complex) exact.Complex { return exact.Complex{Re: z.Abs(), Im: wide()} },
	"angle":      func(z exact.Complex) exact.Complex { return exact.Complex{Re: z.Log().Im, Im: wide()} },
	"square":     func(z exact.Complex) exact.Complex { return z.Mul(z) },
	"reciprocal": func(z exact.Complex) exact.Complex { return exact.ComplexOf(1).Quo(z) },
}

// functionsOfTwo are those of two.
var functionsOfTwo = map[string]func(z, w exact.Complex) exact.Complex{
	"add": exact.Complex.Add, "sub": exact.Complex.Sub, "mul": exact.Complex.Mul, "div": exact.Complex.Quo, "pow": exact.Complex.Pow,
}

// exactComplex gives the exact result, if the op is known.
func exactComplex(name string, z []complex128) (y exact.Complex, known bool) {
	if f := functionsOfOne[name]; f != nil {
		return f(exact.ComplexOf(z[0])), true
	}
	if f := functionsOfTwo[name]; f != nil {
		return f(exact.ComplexOf(z[0]), exact.ComplexOf(z[1])), true
	}
	return y, false
}

// drawPart gives a part whose square neither overflows nor vanishes.
func drawPart(r *rand.Rand, d tensor.DType) float64 {
	x := r.NormFloat64() * math.Exp(6*r.NormFloat64())
	if r.IntN(4) == 0 {
		x = float64(r.IntN(5) - 2)
	}
	if d == tensor.Float32 {
		return float64(float32(x))
	}
	return x
}

func partBits(d tensor.DType, x float64) uint64 {
	if d == tensor.Float32 {
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(x)
}

func partValue(d tensor.DType, b uint64) float64 {
	if d == tensor.Float32 {
		return float64(math.Float32frombits(uint32(b)))
	}
	return math.Float64frombits(b)
}
