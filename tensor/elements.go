package tensor

import (
	"fmt"
	"math"
)

// offsets gives the byte offset in t's memory of every element in row-major order.
func (t *Tensor) offsets(yield func(at int)) {
	n := t.Len()
	if n == 0 {
		return
	}
	size := t.dtype.Size()
	index := make([]int, len(t.shape))
	at := t.offset
	for range n {
		yield(at)
		for k := len(index) - 1; k >= 0; k-- {
			index[k]++
			at += t.strides[k] * size
			if index[k] < t.shape[k] {
				break
			}
			at -= t.shape[k] * t.strides[k] * size
			index[k] = 0
		}
	}
}

// element is one element in the widest type of its kind.
type element struct {
	f float64 // floats
	i int64   // bool (0, 1), signed; unsigned as two's complement
	c complex128
}

func (t *Tensor) read(at int) (e element) {
	m := t.mem[at:]
	switch t.dtype {
	case Bool:
		if m[0] != 0 {
			e.i = 1
		}
	case Int8:
		e.i = int64(int8(m[0]))
	case Uint8:
		e.i = int64(m[0])
	case Int16:
		e.i = int64(elements[int16](m[:2])[0])
	case Uint16:
		e.i = int64(elements[uint16](m[:2])[0])
	case Int32:
		e.i = int64(elements[int32](m[:4])[0])
	case Uint32:
		e.i = int64(elements[uint32](m[:4])[0])
	case Int64:
		e.i = elements[int64](m[:8])[0]
	case Uint64:
		e.i = int64(elements[uint64](m[:8])[0])
	case Float16:
		e.f = float64(elements[F16](m[:2])[0].Float32())
	case BFloat16:
		e.f = float64(elements[BF16](m[:2])[0].Float32())
	case Float32:
		e.f = float64(elements[float32](m[:4])[0])
	case Float64:
		e.f = elements[float64](m[:8])[0]
	case Complex64:
		e.c = complex128(elements[complex64](m[:8])[0])
	case Complex128:
		e.c = elements[complex128](m[:16])[0]
	}
	return e
}

func (t *Tensor) write(at int, e element) {
	m := t.mem[at:]
	switch t.dtype {
	case Bool:
		m[0] = 0
		if e.i != 0 {
			m[0] = 1
		}
	case Int8, Uint8:
		m[0] = byte(e.i)
	case Int16, Uint16:
		elements[uint16](m[:2])[0] = uint16(e.i)
	case Int32, Uint32:
		elements[uint32](m[:4])[0] = uint32(e.i)
	case Int64, Uint64:
		elements[int64](m[:8])[0] = e.i
	case Float16:
		elements[F16](m[:2])[0] = Float16Of(e.f)
	case BFloat16:
		elements[BF16](m[:2])[0] = BFloat16Of(e.f)
	case Float32:
		elements[float32](m[:4])[0] = float32(e.f)
	case Float64:
		elements[float64](m[:8])[0] = e.f
	case Complex64:
		elements[complex64](m[:8])[0] = complex64(e.c)
	case Complex128:
		elements[complex128](m[:16])[0] = e.c
	}
}

// as converts e of dtype from to dtype to: floats truncate toward zero and saturate, NaN becomes 0; integers wrap; bool is != 0; the
// real part of complex values is taken (Convert refuses it before).
func (e element) as(from, to DType) (r element) {
	switch {
	case to == Bool:
		if e.i != 0 || e.f != 0 || e.c != 0 {
			r.i = 1
		}
	case to.IsInt():
		r.i = e.i
		if from.IsFloat() {
			r.i = saturate(e.f, to)
		} else if from.IsComplex() {
			r.i = saturate(real(e.c), to)
		}
	case to.IsFloat():
		r.f = e.real(from)
		if to == Float32 && from.IsInt() { // one rounding, not two
			if r.f = float64(float32(e.i)); from == Uint64 {
				r.f = float64(float32(uint64(e.i)))
			}
		}
	default:
		if r.c = e.c; !from.IsComplex() {
			r.c = complex(e.real(from), 0)
		}
	}
	return r
}

func (e element) real(from DType) float64 {
	switch {
	case from == Uint64:
		return float64(uint64(e.i))
	case from.IsFloat():
		return e.f
	case from.IsComplex():
		return real(e.c)
	default:
		return float64(e.i)
	}
}

// saturate truncates toward zero into d's range.
func saturate(f float64, d DType) int64 {
	bits := d.Size() * 8
	low, high := math.Ldexp(-1, bits-1), math.Ldexp(1, bits-1)
	if d.IsUnsigned() {
		low, high = 0, math.Ldexp(1, bits)
	}
	switch {
	case f != f:
		return 0
	case f <= low:
		if d.IsUnsigned() {
			return 0
		}
		return math.MinInt64 >> (64 - bits)
	case f >= high:
		if d.IsUnsigned() {
			return int64(uint64(math.MaxUint64) >> (64 - bits))
		}
		return math.MaxInt64 >> (64 - bits)
	case d == Uint64:
		return int64(uint64(f))
	default:
		return int64(f)
	}
}

// Convert is a row-major copy of t in dtype d. Floats become integers by truncation toward zero, saturating, NaN as 0; integers wrap;
// bool is != 0; floats round once to the nearest, ties to even. An error if t is complex and d is not (bool excepted).
func (t *Tensor) Convert(d DType) (*Tensor, error) {
	if t.dtype.IsComplex() && !d.IsComplex() && d != Bool {
		return nil, fmt.Errorf("tensor: %v does not convert to %v: take the real part first", t.dtype, d)
	}
	r, err := Zeros(d, t.shape...)
	if err != nil {
		return nil, err
	}
	at := 0
	t.offsets(func(from int) {
		r.write(at, t.read(from).as(t.dtype, d))
		at += d.Size()
	})
	return r, nil
}

// Copy is a row-major copy of t in memory of its own.
func (t *Tensor) Copy() *Tensor {
	r := dense(alignedBytes(t.Len()*t.dtype.Size()), t.dtype, t.shape.Clone())
	if t.dense {
		src, _ := t.Bytes()
		copy(r.mem, src)
		return r
	}
	size, at := t.dtype.Size(), 0
	t.offsets(func(from int) {
		copy(r.mem[at:at+size], t.mem[from:])
		at += size
	})
	return r
}

// Float64s is the elements in row-major order, in fresh memory: integers rounded to float64, bool as 0 and 1, the real part of complex
// values.
func (t *Tensor) Float64s() []float64 {
	v := make([]float64, 0, t.Len())
	t.offsets(func(at int) { v = append(v, t.read(at).real(t.dtype)) })
	return v
}

// Int64s is the elements in row-major order, in fresh memory; uint64 as two's complement, floats by Convert's rule.
func (t *Tensor) Int64s() []int64 {
	v := make([]int64, 0, t.Len())
	t.offsets(func(at int) {
		e := t.read(at)
		if !t.dtype.IsInt() && t.dtype != Bool {
			e = e.as(t.dtype, Int64)
		}
		v = append(v, e.i)
	})
	return v
}

// Complex128s is the elements in row-major order, in fresh memory.
func (t *Tensor) Complex128s() []complex128 {
	v := make([]complex128, 0, t.Len())
	t.offsets(func(at int) { v = append(v, t.read(at).as(t.dtype, Complex128).c) })
	return v
}

// Bools is the elements in row-major order, in fresh memory: whether each is other than zero.
func (t *Tensor) Bools() []bool {
	v := make([]bool, 0, t.Len())
	t.offsets(func(at int) { v = append(v, t.read(at).as(t.dtype, Bool).i != 0) })
	return v
}

// FromFloat64s is a row-major tensor of d with the values rounded or converted to it (see Convert).
func FromFloat64s(d DType, vals []float64, dims ...int) (*Tensor, error) {
	return fill(d, len(vals), dims, func(i int) element { return element{f: vals[i]}.as(Float64, d) })
}

// FromInt64s is a row-major tensor of d with the values wrapped or converted to it (see Convert).
func FromInt64s(d DType, vals []int64, dims ...int) (*Tensor, error) {
	from := Int64
	if d == Uint64 {
		from = Uint64
	}
	return fill(d, len(vals), dims, func(i int) element { return element{i: vals[i]}.as(from, d) })
}

// FromComplex128s is a row-major tensor of the complex dtype d with the values rounded to it.
func FromComplex128s(d DType, vals []complex128, dims ...int) (*Tensor, error) {
	if !d.IsComplex() {
		return nil, fmt.Errorf("tensor: complex values do not convert to %v", d)
	}
	return fill(d, len(vals), dims, func(i int) element { return element{c: vals[i]} })
}

func fill(d DType, n int, dims []int, value func(i int) element) (*Tensor, error) {
	t, err := Zeros(d, dims...)
	if err != nil {
		return nil, err
	}
	if t.Len() != n {
		return nil, fmt.Errorf("tensor: %d values do not fill shape %v, which has %d", n, t.shape, t.Len())
	}
	for i := range n {
		t.write(i*d.Size(), value(i))
	}
	return t, nil
}

// At is one element as its Go type (F16 and BF16 for the half types); an error if the index is none of t's.
func (t *Tensor) At(index ...int) (any, error) {
	at, err := t.place(index)
	if err != nil {
		return nil, err
	}
	e := t.read(at)
	switch t.dtype {
	case Bool:
		return e.i != 0, nil
	case Int8:
		return int8(e.i), nil
	case Int16:
		return int16(e.i), nil
	case Int32:
		return int32(e.i), nil
	case Int64:
		return e.i, nil
	case Uint8:
		return uint8(e.i), nil
	case Uint16:
		return uint16(e.i), nil
	case Uint32:
		return uint32(e.i), nil
	case Uint64:
		return uint64(e.i), nil
	case Float16:
		return elements[F16](t.mem[at : at+2])[0], nil
	case BFloat16:
		return elements[BF16](t.mem[at : at+2])[0], nil
	case Float32:
		return float32(e.f), nil
	case Float64:
		return e.f, nil
	case Complex64:
		return complex64(e.c), nil
	default:
		return e.c, nil
	}
}

// Float64At is one element by Float64s' rule.
func (t *Tensor) Float64At(index ...int) (float64, error) {
	at, err := t.place(index)
	if err != nil {
		return 0, err
	}
	return t.read(at).real(t.dtype), nil
}

// place is the byte offset of an element; indices may be negative, from the end.
func (t *Tensor) place(index []int) (int, error) {
	if len(index) != len(t.shape) {
		return 0, fmt.Errorf("tensor: %d indices for shape %v", len(index), t.shape)
	}
	at := t.offset
	for k, i := range index {
		if i < -t.shape[k] || i >= t.shape[k] {
			return 0, fmt.Errorf("tensor: index %d is out of range for axis %d of shape %v", i, k, t.shape)
		}
		if i < 0 {
			i += t.shape[k]
		}
		at += i * t.strides[k] * t.dtype.Size()
	}
	return at, nil
}
