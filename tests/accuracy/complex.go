package main

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"math/rand/v2"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/op/exact"
	"github.com/einloom/einloom/tensor"
)

// pairsComplex is how many operands of complex ops are drawn.
const pairsComplex = 1 << 15

// sweepComplex measures o on a complex dtype: the distance from the exact result in units in the last place of its modulus, at operands
// of which nothing overflows or underflows on the way.
func sweepComplex(o *op.Op, d tensor.DType) (worst, error) {
	f, err := o.Expand(d)
	if err != nil {
		return worst{}, err
	}
	part := tensor.Float64
	if d == tensor.Complex64 {
		part = tensor.Float32
	}
	var w worst
	r := rand.New(rand.NewPCG(7, 8))
	for range pairsComplex {
		z, bits := make([]complex128, o.Arity), []uint64{}
		for i := range z {
			z[i] = complex(drawPart(r, part), drawPart(r, part))
			bits = append(bits, partBits(part, real(z[i])), partBits(part, imag(z[i])))
		}
		if o.Arity == 2 && z[1] == 0 || o.Arity == 1 && z[0] == 0 {
			continue // division by zero
		}
		lo, hi := f.EvalBits(bits...)
		re, im := partValue(part, lo), 0.0
		if o.Types.Gives != op.RealPart {
			im = partValue(part, hi)
		}
		x, y := exactComplex(o.Name, z)
		if x == nil {
			return w, fmt.Errorf("%s: there is no exact reference", o.Name)
		}
		dx, _ := wide().Sub(x, exact.Float(re)).Float64()
		dy, _ := wide().Sub(y, exact.Float(im)).Float64()
		fx, _ := x.Float64()
		fy, _ := y.Float64()
		w.take(math.Hypot(dx, dy)/formats[part].unit(cmplx.Abs(complex(fx, fy))), real(z[0]), imag(z[0]))
	}
	return w, nil
}

// exactComplex gives both parts of the exact result; nil for an op that it does not know.
func exactComplex(name string, z []complex128) (re, im *big.Float) {
	r, i := func(k int) *big.Float { return exact.Float(real(z[k])) }, func(k int) *big.Float { return exact.Float(imag(z[k])) }
	mul := func(a, b *big.Float) *big.Float { return wide().Mul(a, b) }
	switch name {
	case "add":
		return wide().Add(r(0), r(1)), wide().Add(i(0), i(1))
	case "sub":
		return wide().Sub(r(0), r(1)), wide().Sub(i(0), i(1))
	case "mul":
		return wide().Sub(mul(r(0), r(1)), mul(i(0), i(1))), wide().Add(mul(r(0), i(1)), mul(i(0), r(1)))
	case "square":
		return wide().Sub(mul(r(0), r(0)), mul(i(0), i(0))), wide().Add(mul(r(0), i(0)), mul(i(0), r(0)))
	case "abs":
		return exact.Sqrt(wide().Add(mul(r(0), r(0)), mul(i(0), i(0)))), wide()
	case "reciprocal":
		return exactComplex("div", []complex128{1, z[0]})
	case "div":
		by := wide().Add(mul(r(1), r(1)), mul(i(1), i(1)))
		re, im = wide().Add(mul(r(0), r(1)), mul(i(0), i(1))), wide().Sub(mul(i(0), r(1)), mul(r(0), i(1)))
		return re.Quo(re, by), im.Quo(im, by)
	}
	return nil, nil
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
