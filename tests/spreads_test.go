package tests

import (
	"math"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// TestLongSpreads takes variances of what is cut into pieces, with a rest and without, down columns, along rows and over several axes. The
// mean is ten thousand times the deviations from it and drifts, so that what rounds as the mean does would be seen.
func TestLongSpreads(t *testing.T) {
	list := ways(t)
	for _, c := range []struct {
		shape tensor.Shape
		axes  []int
	}{
		{tensor.Shape{521, 512}, []int{0}},
		{tensor.Shape{66_001}, []int{0}},
		{tensor.Shape{3, 66_001}, []int{1}},
		{tensor.Shape{2, 64, 64, 32}, []int{0, 1, 2}},
	} {
		i := expr.Arange(tensor.Float64, 0, float64(c.shape.Len()), 1)
		x := i.Sin().Add(i.Mul(expr.Scalar(1e-5))).Add(expr.Scalar(1e4)).Cast(tensor.Float32).Reshape(c.shape...)
		roots := []expr.Expr{x, x.Var(c.axes...), x.Standardise(c.axes...)}
		for _, w := range list {
			got := w.run(t, roots...)
			x, v, z := got[0].Float64s(), got[1].Float64s(), got[2].Float64s()
			step, rows := len(v), 1 // columns side by side; or rows of all that is folded
			if c.axes[0] == 1 {
				step, rows = 1, len(v)
			}
			length := len(x) / len(v)
			for k := range v {
				from := k
				if rows > 1 {
					from = k * length
				}
				mean, want := 0.0, 0.0
				for j := range length {
					mean += x[from+j*step] / float64(length)
				}
				for j := range length {
					d := x[from+j*step] - mean
					want += d * d / float64(length)
				}
				if math.Abs(v[k]-want) > 2e-5*want {
					t.Fatalf("%s: variance %d of %v over %v is %v, want %v", w.name, k, c.shape, c.axes, v[k], want)
				}
				for j := range length {
					at := from + j*step
					if d := (x[at] - mean) / math.Sqrt(want); math.Abs(z[at]-d) > 5e-3 {
						t.Fatalf("%s: element %d of %v, standardised over %v, is %v, want %v", w.name, at, c.shape, c.axes, z[at], d)
					}
				}
			}
		}
	}
}

// TestSpreadsOfNonFinite gives NaN for the columns that hold an infinity or a NaN, in pieces as in one.
func TestSpreadsOfNonFinite(t *testing.T) {
	const rows, columns = 521, 512
	i := expr.Arange(tensor.Int32, 0, rows*columns, 1)
	x := i.Cast(tensor.Float32).Sin()
	x = i.Equal(expr.ScalarInt(300*columns+7)).Where(expr.Scalar(math.Inf(1)), x)
	x = i.Equal(expr.ScalarInt(520*columns+9)).Where(expr.Scalar(math.NaN()), x).Reshape(rows, columns)
	for _, w := range ways(t) {
		for k, v := range w.run(t, x.Var(0))[0].Float64s() {
			if math.IsNaN(v) != (k == 7 || k == 9) {
				t.Errorf("%s: variance %d is %v", w.name, k, v)
			}
		}
	}
}
