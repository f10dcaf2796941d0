package tests

import (
	"math"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// TestRandomNumbers holds random numbers to the distributions that they are said to have, and each device to the same bits.
func TestRandomNumbers(t *testing.T) {
	const n = 20000
	key := expr.Key(20261123)
	roots := []expr.Expr{
		expr.RandomUniform(key, tensor.Float32, n), expr.RandomUniform(key, tensor.Float64, n), expr.RandomUniform(key, tensor.Float16, n),
		expr.RandomUniform(key, tensor.BFloat16, n), expr.RandomNormal(key, tensor.Float32, n), expr.RandomNormal(key.Threefry(expr.ScalarInt(1)), tensor.Float64, n),
		expr.RandomInts(key, tensor.Int8, -3, 7, n), expr.RandomInts(key, tensor.Uint32, 0, 1<<32, n),
		expr.RandomPermutation(key, n), expr.RandomBits(key, 4, 5), expr.RandomBits(key, 20),
	}
	// Of each the mean and the variance, and what is the least and where it is less than.
	laws := []struct{ mean, variance, from, to float64 }{
		{0.5, 1. / 12, 0, 1}, {0.5, 1. / 12, 0, 1}, {0.5, 1. / 12, 0, 1}, {0.5, 1. / 12, 0, 1}, {0, 1, -6, 6}, {0, 1, -9, 9},
		{1.5, 99. / 12, -3, 7}, {0x1p31, 0x1p64 / 12, 0, 0x1p32}, {(n - 1) / 2., (n*n - 1) / 12., 0, n},
	}
	var first []*tensor.Tensor
	for _, w := range ways(t) {
		got := w.run(t, roots...)
		if first == nil {
			first = got
			for i, law := range laws {
				checkLaw(t, roots[i].DType().String(), got[i].Float64s(), law.mean, law.variance, law.from, law.to)
			}
			continue
		}
		for i := range got {
			if !sameBits(t, got[i], first[i]) {
				t.Errorf("%s: %d is not what the first device gives", w.name, i)
			}
		}
	}
	if first == nil {
		return
	}
	if !sameBits(t, first[9], first[10]) {
		t.Error("bits depend on the shape")
	}
	seen := make([]bool, n)
	for _, i := range first[8].Int64s() {
		seen[i] = true
	}
	for i, s := range seen {
		if !s {
			t.Fatalf("the permutation lacks %d", i)
		}
	}
	counts := map[float64]int{}
	for _, v := range first[6].Float64s() {
		counts[v]++
	}
	chi := 0.0
	for v := -3.0; v < 7; v++ {
		d := float64(counts[v]) - n/10
		chi += d * d / (n / 10)
	}
	if chi > 27.9 { // one in a thousand; what is drawn is always the same
		t.Errorf("integers are not even: %v, chi squared %v", counts, chi)
	}
}

func checkLaw(t *testing.T, what string, v []float64, mean, variance, from, to float64) {
	t.Helper()
	n, sum, squares := float64(len(v)), 0.0, 0.0
	for _, x := range v {
		if !(x >= from && x < to) {
			t.Fatalf("%s: %v is not in [%v, %v)", what, x, from, to)
		}
		sum += x
		squares += (x - mean) * (x - mean)
	}
	if d := math.Abs(sum/n - mean); d > 4*math.Sqrt(variance/n)+1./256 {
		t.Errorf("%s: the mean is %v off", what, d)
	}
	if ratio := squares / n / variance; math.Abs(ratio-1) > 0.05 {
		t.Errorf("%s: the variance is %v times what it should be", what, ratio)
	}
}
