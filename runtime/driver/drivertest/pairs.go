package drivertest

import (
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// pairs checks maps and sums of what lies pairwise side by side, as the parts of complex numbers do: both of a pair are read and stored, or one
// alone, from any element on; the greater of two in the place of the first or of the second.
func (s *suite) pairs(t *testing.T) {
	d := s.device(t)
	for _, dtype := range dtypes() {
		if dtype.IsBool() || dtype.IsComplex() {
			continue
		}
		for i, n := range []int{5, 16, 67, 200} {
			for _, shift := range []int{0, 1} {
				k := pairedKernel(dtype, 3, n, shift, i%2 == 0)
				if err := s.check(d, wild, scheduled(k, 1, 64, 0), scheduled(k, 0, 64, 0)); err != nil {
					t.Errorf("%v, %d pairs from %d on: %v", dtype, n, shift, err)
				}
			}
			k := pairedSum(dtype, 9, n)
			if err := s.check(d, tame, scheduled(k, 1, 64, 0), scheduled(k, 0, 64, 0)); err != nil {
				t.Errorf("%v, sums of %d pairs: %v", dtype, n, err)
			}
		}
	}
}

// pairedKernel stores the greater and the smaller of each pair of a row of 2n elements that begins at shift, the smaller one first if swap
// is set, and the second of each pair once more.
func pairedKernel(d tensor.DType, m, n, shift int, swap bool) *codegen.Kernel {
	b := codegen.NewBuilder("paired")
	i, j := b.Loop("i", m), b.Loop("j", n)
	first := codegen.At(j).Scale(2).Add(codegen.Fixed(shift))
	second := first.Add(codegen.Fixed(1))
	row := codegen.At(i)
	x := b.Input("x", d, []int{m, 2*n + 1}, nil)
	u, v := b.Load(x, row, first), b.Load(x, row, second)
	more, less := b.Map(op.Lookup("maximum"), u, v), b.Map(op.Lookup("minimum"), u, v)
	if swap {
		more, less = less, more
	}
	o := b.Output("o", d, []int{m, 2 * n}, nil)
	b.Store(o, more, row, codegen.At(j).Scale(2))
	b.Store(o, less, row, codegen.At(j).Scale(2).Add(codegen.Fixed(1)))
	b.Store(b.Output("p", d, []int{m, n}, nil), v, row, codegen.At(j))
	return must(b)
}

// pairedSum sums the firsts and the seconds of the pairs along a row apart.
func pairedSum(d tensor.DType, m, n int) *codegen.Kernel {
	b := codegen.NewBuilder("sums")
	i, j := b.Loop("i", m), b.Fold("j", n)
	row, at := codegen.At(i), codegen.At(j).Scale(2)
	x := b.Input("x", d, []int{m, 2 * n}, nil)
	o := b.Output("o", d, []int{m, 2}, nil)
	for part := range 2 {
		sum := b.Reduce(op.Lookup("add"), b.Load(x, row, at.Add(codegen.Fixed(part))), j)
		b.Store(o, sum, row, codegen.Fixed(part))
	}
	return must(b)
}
