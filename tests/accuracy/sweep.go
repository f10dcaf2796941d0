package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// worst is the greatest error found, in units in the last place, and the first operands that have it.
type worst struct {
	units float64
	at    []float64
}

func (w *worst) take(units float64, at ...float64) {
	if units > w.units || w.at == nil {
		w.units, w.at = units, append([]float64(nil), at...)
	}
}

// The sweeps. A prime stride through the bit patterns of float32 meets every exponent and, among them, all kinds of mantissas.
const (
	stride32 = 4099
	pairs32  = 1 << 18
	points64 = 6000

	coarseStride32 = 65521
	coarsePairs32  = 1 << 14
)

// coarse says whether an op is measured at fewer points: where it rounds once there is little to find, and where the reference computes in
// big numbers it takes long.
func coarse(o *op.Op) bool {
	return o.ULP.F32 == 0 || o.Name == "sin" || o.Name == "cos" || o.Name == "pow"
}

// sweep32 measures o on float32: of one operand bit patterns at a stride, of two random bit patterns and pairs of a size.
func sweep32(o *op.Op) (worst, error) {
	f, err := o.Expand(tensor.Float32)
	if err != nil {
		return worst{}, err
	}
	var w worst
	ref := reference(o)
	bits, x := make([]uint64, o.Arity), make([]float64, o.Arity)
	try := func() error {
		for i, b := range bits {
			x[i] = float64(math.Float32frombits(uint32(b)))
		}
		r, _ := f.EvalBits(bits...)
		got, want := float64(math.Float32frombits(uint32(r))), ref(x)
		miss, ok := missed(tensor.Float32, got, want)
		if !ok {
			return fmt.Errorf("%s of f32 %v is %v, want %v", o.Name, x, got, want)
		}
		w.take(miss, x...)
		return nil
	}
	stride, pairs := uint64(stride32), pairs32
	if coarse(o) {
		stride, pairs = coarseStride32, coarsePairs32
	}
	if o.Arity == 1 {
		for b := uint64(0); b < 1<<32; b += stride {
			bits[0] = b
			if err := try(); err != nil {
				return w, err
			}
		}
		return w, nil
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range pairs {
		for i := range bits {
			bits[i] = uint64(math.Float32bits(draw32(r)))
		}
		if err := try(); err != nil {
			return w, err
		}
	}
	return w, nil
}

func draw32(r *rand.Rand) float32 {
	switch r.IntN(3) {
	case 0:
		return math.Float32frombits(r.Uint32())
	case 1:
		return float32(r.NormFloat64() * 10)
	}
	return float32(r.Float64())
}

// sweepHalf measures o of one operand on all numbers of a half float: computed in float32 and rounded once more.
func sweepHalf(o *op.Op, d tensor.DType) (worst, error) {
	f, err := o.Expand(tensor.Float32)
	if err != nil {
		return worst{}, err
	}
	up, err := op.Cast(d, tensor.Float32)
	if err != nil {
		return worst{}, err
	}
	down, err := op.Cast(tensor.Float32, d)
	if err != nil {
		return worst{}, err
	}
	var w worst
	ref := reference(o)
	for b := range uint64(1 << 16) {
		wide, _ := up.EvalBits(b)
		x := float64(math.Float32frombits(uint32(wide)))
		r, _ := f.EvalBits(wide)
		half, _ := down.EvalBits(r)
		back, _ := up.EvalBits(half)
		got, want := float64(math.Float32frombits(uint32(back))), ref([]float64{x})
		miss, ok := missed(d, got, want)
		if !ok {
			return w, fmt.Errorf("%s of %v %v is %v, want %v", o.Name, d, x, got, want)
		}
		w.take(miss, x)
	}
	return w, nil
}

// format is a float format: digits of the mantissa, the exponent of the least subnormal and the one at which numbers end.
type format struct{ digits, least, end int }

var formats = map[tensor.DType]format{
	tensor.Float16:  {11, -24, 16},
	tensor.BFloat16: {8, -133, 128},
	tensor.Float32:  {24, -149, 128},
	tensor.Float64:  {53, -1074, 1024},
}

// unit is the unit in the last place at x: the gap between the numbers of the format around |x|.
func (f format) unit(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(min(e, f.end)-f.digits, f.least))
}

// missed is how far got is from want in units in the last place of the narrow format d. An infinity counts as the power of two at which
// the format ends, so that rounding up to it is an error of half a unit at most. NaNs and the signs of zeros must agree: ok says so.
func missed(d tensor.DType, got, want float64) (units float64, ok bool) {
	if got != got || want != want {
		return 0, got != got && want != want
	}
	if got == 0 && want == 0 {
		return 0, math.Signbit(got) == math.Signbit(want)
	}
	f := formats[d]
	end := math.Ldexp(1, f.end)
	clamp := func(x float64) float64 { return max(-end, min(end, x)) }
	return math.Abs(clamp(got)-clamp(want)) / f.unit(want), true
}
