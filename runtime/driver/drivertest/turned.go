package drivertest

import (
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// transposes checks maps that read across their vectors what lies side by side the other way, in whole tiles and what is left of them, with
// and without stores past the caches.
func (s *suite) transposes(t *testing.T) {
	d := s.device(t)
	for _, dtype := range dtypes() {
		for i, dims := range [][2]int{{21, 40}, {16, 16}, {64, 133}, {35, 200}} {
			k := scheduled(turnedKernel(dtype, dims[0], dims[1], i%2 == 0), 1, 64, 0)
			past := k.Clone()
			past.Uncached = true
			if err := s.check(d, wild, k, past); err != nil {
				t.Errorf("%v, shape %d: %v", dtype, i, err)
			}
		}
	}
}

// turnedKernel chooses between an array and another's transpose, by a third that is transposed too, and may store the axes' indices besides.
func turnedKernel(d tensor.DType, m, n int, indices bool) *codegen.Kernel {
	b := codegen.NewBuilder("turned")
	i, j := b.Loop("i", m), b.Loop("j", n)
	there, back := []codegen.Affine{codegen.At(i), codegen.At(j)}, []codegen.Affine{codegen.At(j), codegen.At(i)}
	x, y := b.Input("x", d, []int{n, m}, nil), b.Input("y", d, []int{m, n}, nil)
	z := b.Input("z", tensor.Bool, []int{n, m}, []int{m + 3, 1})
	o := b.Output("o", d, []int{m, n}, nil)
	b.Store(o, b.Map(op.Lookup("where"), b.Load(z, back...), b.Load(x, back...), b.Load(y, there...)), there...)
	if indices {
		b.Store(b.Output("p", tensor.Int64, []int{m, n}, nil), b.Map(op.Lookup("sub"), b.Index(i), b.Index(j)), there...)
	}
	return must(b)
}
