package tests

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// A product of an operand with itself, of which half is computed, has the bits of the product of two operands that hold the same numbers, on
// any number of threads; infinities and NaN included.
func TestSymmetricProductsHaveTheBitsOfPlainOnes(t *testing.T) {
	for _, c := range []struct {
		spec string
		dims []int
	}{
		{"ki,kj->ij", []int{90, 70}},
		{"ik,jk->ij", []int{64, 300}},
		{"ik,jk->ji", []int{131, 67}},
		{"bki,bkj->bij", []int{3, 40, 37}},
		{"kib,kjb->ijb", []int{40, 37, 2}},
		{"ki,kj->ij", []int{1100, 50}}, // several blocks of terms
		{"ki,kj->ij", []int{40, 650}},  // several blocks of rows
	} {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32} {
			for _, threads := range []int{1, 3} {
				t.Run(fmt.Sprint(c.spec, c.dims, d, threads), func(t *testing.T) {
					s, err := runtime.Open(runtime.Config{Device: "cpu", Threads: threads})
					if err != nil {
						t.Skip(err)
					}
					defer s.Close()
					x := expr.Input("x", d, c.dims...)
					once := einsum.Contract(c.spec, x, x).Mul(expr.Scalar(3))
					twice := einsum.Contract(c.spec, x, expr.Input("y", d, c.dims...)).Mul(expr.Scalar(3))
					data := waves(t, d, c.dims)
					got, want := bits(t, s, once, runtime.Bind("x", data)), bits(t, s, twice, runtime.Bind("x", data), runtime.Bind("y", data))
					if !bytes.Equal(got, want) {
						t.Error("the bits differ from those of the product of two operands")
					}
				})
			}
		}
	}
}

// waves holds numbers without a pattern, and of floats an infinity.
func waves(t *testing.T, d tensor.DType, dims []int) *tensor.Tensor {
	n := 1
	for _, e := range dims {
		n *= e
	}
	list := make([]float64, n)
	for i := range list {
		list[i] = 1000 * math.Sin(float64(i)*1.7)
	}
	if d.IsFloat() {
		list[n/2] = math.Inf(1)
	}
	x, err := runtime.Eval(context.Background(), expr.Of(list, dims...).Cast(d))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// bits are the bytes of what x gives.
func bits(t *testing.T, s *runtime.Session, x expr.Expr, args ...runtime.Arg) []byte {
	y, err := s.Eval(context.Background(), x, args...)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tensor.Write(&b, y); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
