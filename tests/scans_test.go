package tests

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// scans are all that is scanned, by name.
var scans = map[string]func(expr.Expr, ...int) expr.Expr{
	"cumsum": expr.Expr.CumSum, "cumprod": expr.Expr.CumProd, "cummin": expr.Expr.CumMin, "cummax": expr.Expr.CumMax,
}

// TestScans holds scans of every dtype, along each axis and along all elements, alone and in the middle of a row kernel, to the oracle.
func TestScans(t *testing.T) {
	list := ways(t)
	for name, scan := range scans {
		for d := tensor.Bool; d < tensor.NumDTypes; d++ {
			if d.IsComplex() && (name == "cummin" || name == "cummax") {
				continue
			}
			var roots []expr.Expr
			for _, shape := range [][]int{{1}, {7}, {67, 5}, {3, 41, 9}, {2, 0}} {
				x := expr.Arange(tensor.Float64, 0, float64(tensor.Shape(shape).Len()), 1).Mul(expr.Scalar(0.7)).Sin().Mul(expr.Scalar(1.5)).Cast(d).Reshape(shape...)
				roots = append(roots, scan(x))
				for k := range shape {
					roots = append(roots, scan(x, k))
				}
			}
			holds(t, list, fmt.Sprintf("%s of %v", name, d), roots)
		}
		x := expr.Arange(tensor.Float32, 0, 30*50, 1).Sin().Reshape(30, 50)
		centred := x.Sub(x.Mean(1).KeepDims())
		s := scan(centred, 1)
		holds(t, list, name+" in rows", []expr.Expr{s.Sub(s.Max(1).KeepDims()).Exp(), s.Sum(1), scan(scan(x, 0), 1), scan(x.T(), 1).Flip(0), s.Mul(x).Sum()})
	}
}

// holds compares roots in every way with the oracle.
func holds(t *testing.T, list []way, what string, roots []expr.Expr) {
	t.Helper()
	want, err := oracle.EvalBound(nil, roots...)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, w := range list {
		got := w.run(t, roots...)
		for i := range got {
			if err := want[i].Check(got[i]); err != nil {
				t.Fatalf("%s: %s: root %d: %v\n%s", w.name, what, i, err, expr.Text(expr.Nodes(roots[i])...))
			}
		}
	}
}

// TestLongScans scans what is cut into pieces, with a rest and without, along rows and across them; integers exactly, floats within the
// bound of docs/accuracy.md against sums in float64.
func TestLongScans(t *testing.T) {
	for _, shape := range [][]int{{1 << 17}, {100_003}, {3, 70_001}, {70_001, 3}} {
		n, axis := tensor.Shape(shape).Len(), 0
		if shape[0] == 3 {
			axis = 1
		}
		i := expr.Arange(tensor.Int64, 0, float64(n), 1).Mul(expr.ScalarInt(7919)).Remainder(expr.ScalarInt(1001)).Reshape(shape...)
		f := i.Cast(tensor.Float32).Sub(expr.Scalar(500)).Mul(expr.Scalar(0.1))
		roots := []expr.Expr{i, i.CumSum(axis), i.CumMax(axis), i.CumMin(axis), f, f.CumSum(axis)}
		for _, w := range ways(t) {
			got := w.run(t, roots...)
			x, sum, most, least, y, total := got[0].Int64s(), got[1].Int64s(), got[2].Int64s(), got[3].Int64s(), got[4].Float64s(), got[5].Float64s()
			rows, step := n/shape[axis], 1 // how many there are, how far a row's elements are apart
			if axis == 0 {
				step = rows
			}
			for r := range rows {
				at, acc, hi, lo, s, mass := r*shape[axis], int64(0), int64(math.MinInt64), int64(math.MaxInt64), 0.0, 0.0
				if axis == 0 && len(shape) == 2 {
					at = r
				}
				for j := range shape[axis] {
					k := at + j*step
					acc, hi, lo, s, mass = acc+x[k], max(hi, x[k]), min(lo, x[k]), s+y[k], mass+math.Abs(y[k])
					if sum[k] != acc || most[k] != hi || least[k] != lo || math.Abs(total[k]-s) > 64*0x1p-23*mass {
						t.Fatalf("%s: %v along %d, element %d: sum %d, max %d, min %d, float sum %v; want %d %d %d %v", w.name, shape, axis, k, sum[k], most[k], least[k], total[k], acc, hi, lo, s)
					}
				}
			}
		}
	}
}

// TestScansIgnoreThreads gives the same bits with any number of workers.
func TestScansIgnoreThreads(t *testing.T) {
	x := expr.Arange(tensor.Float32, 0, 300_000, 1).Sin()
	var first []float32
	for _, threads := range []int{1, 2, 3} {
		s, err := runtime.Open(runtime.Config{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		got, err := s.Eval(context.Background(), x.CumSum())
		if err != nil {
			t.Fatal(err)
		}
		data, err := tensor.Data[float32](got)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		for i := range data {
			if data[i] != first[i] {
				t.Fatalf("%d threads: element %d is %v, with one %v", threads, i, data[i], first[i])
			}
		}
	}
}
