package main

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/runtimetest"
	"github.com/einloom/einloom/tensor"
)

// TestDevicesComputeTheFormulas holds what was measured to what devices compute: every op of one operand, to the bit, on operands of any
// size and on those where formulas change. Complex numbers have such parts.
func TestDevicesComputeTheFormulas(t *testing.T) {
	const n = 20_000
	r := rand.New(rand.NewPCG(5, 6))
	single, double := make([]float32, n), make([]float64, n)
	for i := range n {
		single[i], double[i] = draw32(r), draw64(r)
	}
	for _, device := range []string{"cpu", "interp", "vulkan"} {
		s, err := runtimetest.Open(t, runtime.Config{Device: device})
		switch {
		case err != nil && device == "vulkan":
			t.Logf("SKIPPED: %v", err)
			continue
		case err != nil:
			t.Fatal(err)
		}
		for _, o := range op.Table {
			if o.Arity != 1 || o.Types.Gives == op.Truth {
				continue
			}
			if o.Ref.F != nil && o.Types.Takes.Has(op.Floats) {
				same(t, s, o, single, func(x float32) uint64 { return uint64(math.Float32bits(x)) })
				same(t, s, o, double, math.Float64bits)
			}
			if o.Ref.C != nil && o.Types.Takes.Has(op.Complexes) {
				samePairs(t, s, o, single[:n/4], tensor.Complex64, func(x float32) uint64 { return uint64(math.Float32bits(x)) })
				samePairs(t, s, o, double[:n/4], tensor.Complex128, math.Float64bits)
			}
		}
		s.Close()
	}
}

func same[T float32 | float64](t *testing.T, s *runtime.Session, o *op.Op, data []T, bits func(T) uint64) {
	t.Helper()
	x := expr.Of(data)
	f, err := o.Expand(x.DType())
	if err != nil {
		t.Fatal(err)
	}
	y, err := s.Eval(context.Background(), expr.Map(o, x))
	if err != nil {
		t.Fatal(err)
	}
	results, err := tensor.Data[T](y)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range results {
		if want, _ := f.EvalBits(bits(data[i])); bits(got) != want && got == got {
			t.Fatalf("%s: %s of %v %v is %#x, the formula gives %#x", s.Device(), o.Name, x.DType(), data[i], bits(got), want)
		}
	}
}

// samePairs is same for complex numbers, whose parts are pairs of data's.
func samePairs[T float32 | float64](t *testing.T, s *runtime.Session, o *op.Op, data []T, d tensor.DType, bits func(T) uint64) {
	t.Helper()
	z := make([]complex128, len(data)/2)
	for i := range z {
		z[i] = complex(float64(data[2*i]), float64(data[2*i+1]))
	}
	x, err := tensor.FromComplex128s(d, z, len(z))
	if err != nil {
		t.Fatal(err)
	}
	f, err := o.Expand(d)
	if err != nil {
		t.Fatal(err)
	}
	y, err := s.Eval(context.Background(), expr.Map(o, expr.From(x)))
	if err != nil {
		t.Fatal(err)
	}
	same := func(got float64, want uint64) bool { return bits(T(got)) == want || got != got }
	for i, got := range y.Complex128s() {
		lo, hi := f.EvalBits(bits(data[2*i]), bits(data[2*i+1]))
		if !same(real(got), lo) || o.Types.Gives != op.RealPart && !same(imag(got), hi) {
			t.Fatalf("%s: %s of %v %v is %v, the formula gives %#x, %#x", s.Device(), o.Name, d, z[i], got, lo, hi)
		}
	}
}
