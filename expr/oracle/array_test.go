package oracle

import (
	"math"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// TestHalvesRoundAsTensorDoes compares two writers' rounding, at every half float, between them and beyond.
func TestHalvesRoundAsTensorDoes(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float16, tensor.BFloat16} {
		f := formatOf(d)
		var values []float64
		for bits := range 1 << 16 {
			v := float64(tensor.F16(bits).Float32())
			if d == tensor.BFloat16 {
				v = float64(tensor.BF16(bits).Float32())
			}
			if finite(v) {
				half := f.ulp(v) / 2
				values = append(values, v, v+half, math.Nextafter(v+half, 0), v*1.0003)
			}
		}
		x, err := tensor.FromFloat64s(d, values, len(values))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range x.Float64s() {
			if got := f.round(values[i]); got != want || math.Signbit(got) != math.Signbit(want) {
				t.Fatalf("%v of %g is %g here and %g there", d, values[i], got, want)
			}
		}
	}
}

// TestCastsAsTensorDoes compares two writers' casts between every two dtypes, from complex to real aside, which tensor refuses.
func TestCastsAsTensorDoes(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 0.5, -0.5, 1.5, 2.5, -2.5, 127, 128, -129, 255.9, 256, 32768, 65536, 1 << 31, -(1 << 31) - 1, 1 << 32,
		1<<53 + 1, 1 << 63, -(1 << 63), 1 << 64, 1e30, -1e30, 65519, 65520, 3.4e38, 1e300, math.Inf(1), math.Inf(-1), math.NaN(), 16777217, 1e-8, 1e-45}
	whole := []int64{0, 1, -1, 127, 128, 255, 256, -129, 1<<24 + 1, 1<<31 - 1, 1 << 31, 1<<53 + 1, 1<<62 + 1<<38 + 1,
		math.MaxInt64, math.MinInt64, 2049, 65519}
	for from := tensor.Bool; from < tensor.NumDTypes; from++ {
		x, err := tensor.FromFloat64s(from, values, len(values))
		if from.IsInt() {
			x, err = tensor.FromInt64s(from, whole, len(whole))
		}
		if err != nil {
			t.Fatal(err)
		}
		a, err := load(x)
		if err != nil {
			t.Fatal(err)
		}
		for to := tensor.Bool; to < tensor.NumDTypes; to++ {
			if from.IsComplex() && !to.IsComplex() && !to.IsBool() {
				continue
			}
			want, err := x.Convert(to)
			if err != nil {
				t.Fatal(err)
			}
			got, err := (&evaluation{}).cast(a, to).tensor()
			if err != nil {
				t.Fatal(err)
			}
			if err := (Bounded{Value: want}).Check(got); err != nil {
				t.Errorf("%v to %v: oracle against tensor: %v", from, to, err)
			}
		}
	}
}

// TestEveryOpIsMeant computes every row of the table for every dtype that it takes.
func TestEveryOpIsMeant(t *testing.T) {
	for _, o := range op.Table {
		for d := tensor.Bool; d < tensor.NumDTypes; d++ {
			x := expr.Ones(d, 2)
			if o.Name == "atanh" { // infinite at 1
				x = expr.Zeros(d, 2)
			}
			args := make([]expr.Expr, o.Arity)
			for i := range args {
				args[i] = x
			}
			if o.Name == opWhere {
				args[0] = expr.Ones(tensor.Bool, 2)
			}
			y := expr.Map(o, args...)
			if y.Err() != nil {
				continue
			}
			got, err := EvalBound(nil, y)
			if err != nil {
				t.Errorf("%s of %v: %v", o.Name, d, err)
			} else if got[0].Unstable() > 0 {
				t.Errorf("%s of %v 1 is unstable", o.Name, d)
			}
		}
	}
}

// TestEveryOpCarriesErrors holds every float op to a row in rules: without one its results can never be compared behind a rounding.
func TestEveryOpCarriesErrors(t *testing.T) {
	for _, o := range op.Table {
		if _, known := rules[o.Name]; !known && o.Ref.F != nil && o.Name != opWhere {
			t.Errorf("%s takes floats and has no rule", o.Name)
		}
	}
}
