package main

import (
	"context"
	"math"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// TestSumsAreWithinTheBounds sums one large number and many small ones, of which a sum that runs too long loses all: each small one is
// less than half a unit of the large one. So the error counts roundings, and a bound that is stated too low shows.
func TestSumsAreWithinTheBounds(t *testing.T) {
	const n = 200_000
	for _, c := range []struct {
		name string
		d    float64 // on the cpu
		dims []int   // of the array, which is all ones but for the first element
		sum  func(x expr.Expr) expr.Expr
	}{
		{"a whole array", acrossLanes(n), []int{n}, func(x expr.Expr) expr.Expr { return x.Sum() }},
		{"a row", acrossLanes(n), []int{3, n}, func(x expr.Expr) expr.Expr { return x.Sum(1) }},
		{"columns", alone(n), []int{n, 40}, func(x expr.Expr) expr.Expr { return x.Sum(0) }},
		{"few columns", alone(n), []int{n, 3}, func(x expr.Expr) expr.Expr { return x.Sum(0) }},
		{"two axes around a third", axes(n, 400), []int{n / 400, 5, 400}, func(x expr.Expr) expr.Expr { return x.Sum(0, 2) }},
		{"two axes, the inner one short", axes(n, 4), []int{n / 4, 5, 4}, func(x expr.Expr) expr.Expr { return x.Sum(0, 2) }},
		{"a scalar product", acrossLanes(n) + 1, []int{n}, func(x expr.Expr) expr.Expr { return einsum.Contract("i,i->", x, ones(n)) }},
		{"a vector and a matrix", acrossLanes(n) + 1, []int{5, n}, func(x expr.Expr) expr.Expr { return einsum.Contract("ij,j->i", x, ones(n)) }},
		{"a product of matrices", packed(n), []int{64, n}, func(x expr.Expr) expr.Expr { return einsum.Contract("ik,kj->ij", x, ones(n, 48)) }},
	} {
		for _, device := range []string{"cpu", "interp"} {
			count := 1
			for _, d := range c.dims {
				count *= d
			}
			if device == "interp" && count > 5*n {
				continue // takes long
			}
			off := sumError(t, device, c.dims, c.sum) // of n - 1 small ones; only the first result has the large one
			d := c.d
			if s, err := runtime.Open(runtime.Config{Device: device}); err == nil && s.Device() == "interp" {
				d = tree(n)
				s.Close()
			}
			t.Logf("%s, %s: off by %v of at most %v", device, c.name, off, d)
			if off > d*(1+n/0x1p24) {
				t.Errorf("%s, %s: off by %v, the bound is %v", device, c.name, off, d)
			}
		}
	}
}

// sumError is how far the first sum of an array is from 2^24 and its ones.
func sumError(t *testing.T, device string, dims []int, sum func(expr.Expr) expr.Expr) float64 {
	t.Helper()
	s, err := runtime.Open(runtime.Config{Device: device})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	data, want := fill(dims), 0.0
	plain, err := s.Eval(context.Background(), sum(expr.Of(data, dims...)))
	if err != nil {
		t.Fatal(err)
	}
	want = first(t, plain) - 1 + 0x1p24 // whole numbers below 2^24: the sum of ones is exact
	data[0] = 0x1p24
	got, err := s.Eval(context.Background(), sum(expr.Of(data, dims...)))
	if err != nil {
		t.Fatal(err)
	}
	return math.Abs(first(t, got) - want)
}

func first(t *testing.T, x *tensor.Tensor) float64 {
	t.Helper()
	data, err := tensor.Data[float32](x)
	if err != nil {
		t.Fatal(err)
	}
	return float64(data[0])
}

func fill(dims []int) []float32 {
	n := 1
	for _, d := range dims {
		n *= d
	}
	data := make([]float32, n)
	for i := range data {
		data[i] = 1
	}
	return data
}

func ones(dims ...int) expr.Expr { return expr.Of(fill(dims), dims...) }
