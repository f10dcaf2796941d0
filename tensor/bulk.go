package tensor

import "fmt"

// Float64s is the elements in row-major order, in fresh memory: integers rounded to float64, bool as 0 and 1, the real part of complex
// values.
func (t *Tensor) Float64s() []float64 {
	return gather(t, func(e element) float64 { return e.real(t.dtype) })
}

// Int64s is the elements in row-major order, in fresh memory: uint64 as two's complement, bool as 0 and 1, floats and the real part of
// complex values by Convert's rule.
func (t *Tensor) Int64s() []int64 {
	return gather(t, func(e element) int64 { return e.as(t.dtype, Int64).i })
}

// Uint64s is the elements in row-major order, in fresh memory: negative integers as two's complement, bool as 0 and 1, floats and the real
// part of complex values by Convert's rule.
func (t *Tensor) Uint64s() []uint64 {
	return gather(t, func(e element) uint64 { return uint64(e.as(t.dtype, Uint64).i) })
}

// Complex128s is the elements in row-major order, in fresh memory.
func (t *Tensor) Complex128s() []complex128 {
	return gather(t, func(e element) complex128 { return e.as(t.dtype, Complex128).c })
}

// Bools is the elements in row-major order, in fresh memory: whether each is other than zero.
func (t *Tensor) Bools() []bool {
	return gather(t, func(e element) bool { return e.as(t.dtype, Bool).i != 0 })
}

func gather[T any](t *Tensor, as func(element) T) []T {
	v := make([]T, 0, t.Len())
	for at := range t.offsets {
		v = append(v, as(t.read(at)))
	}
	return v
}

// FromFloat64s is a row-major tensor of d with the values rounded or converted to it (see Convert).
func FromFloat64s(d DType, vals []float64, dims ...int) (*Tensor, error) {
	return filled(d, len(vals), dims, func(i int) element { return element{f: vals[i]}.as(Float64, d) })
}

// FromInt64s is a row-major tensor of d with the values wrapped or converted to it (see Convert).
func FromInt64s(d DType, vals []int64, dims ...int) (*Tensor, error) {
	return filled(d, len(vals), dims, func(i int) element { return element{i: vals[i]}.as(Int64, d) })
}

// FromComplex128s is a row-major tensor of the complex dtype d with the values rounded to it.
func FromComplex128s(d DType, vals []complex128, dims ...int) (*Tensor, error) {
	if !d.IsComplex() {
		return nil, fmt.Errorf("tensor: complex values do not convert to %v", d)
	}
	return filled(d, len(vals), dims, func(i int) element { return element{c: vals[i]} })
}

// filled makes a tensor of n values.
func filled(d DType, n int, dims []int, value func(i int) element) (*Tensor, error) {
	if have, err := Shape(dims).count(); err == nil && have != n { // before memory is taken
		return nil, fmt.Errorf("tensor: %d values do not fill shape %v, which has %d", n, Shape(dims), have)
	}
	t, err := Zeros(d, dims...)
	if err != nil {
		return nil, err
	}
	for i := range n {
		t.write(i*d.Size(), value(i))
	}
	return t, nil
}
