package tensor

import (
	"fmt"
	"math"
)

// offsets goes over the byte offsets in t's memory of all elements in row-major order.
func (t *Tensor) offsets(yield func(at int) bool) {
	if t.Len() == 0 {
		return
	}
	last := len(t.shape) - 1
	if last < 0 {
		yield(t.offset)
		return
	}
	size := t.dtype.Size()
	index, row := make([]int, last), t.offset
	for {
		for at, i := row, 0; i < t.shape[last]; at, i = at+t.strides[last]*size, i+1 {
			if !yield(at) {
				return
			}
		}
		k := last - 1
		for ; k >= 0; k-- {
			index[k]++
			row += t.strides[k] * size
			if index[k] < t.shape[k] {
				break
			}
			row -= t.shape[k] * t.strides[k] * size
			index[k] = 0
		}
		if k < 0 {
			return
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

// write is into row-major memory of t's own.
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

// At is one element as its Go type (F16 and BF16 for the half types). Indices may be negative, from the end; an error if there is no such
// element.
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
		return elements[float32](t.mem[at : at+4])[0], nil
	case Float64:
		return e.f, nil
	case Complex64:
		return complex64(e.c), nil
	default:
		return e.c, nil
	}
}

// Float64At is one element by Float64s' rule; an error if there is no such element.
func (t *Tensor) Float64At(index ...int) (float64, error) {
	at, err := t.place(index)
	if err != nil {
		return math.NaN(), err
	}
	return t.read(at).real(t.dtype), nil
}

// Int64At is one element by Int64s' rule; an error if there is no such element.
func (t *Tensor) Int64At(index ...int) (int64, error) {
	at, err := t.place(index)
	if err != nil {
		return 0, err
	}
	return t.read(at).as(t.dtype, Int64).i, nil
}

// Complex128At is one element by Complex128s' rule; an error if there is no such element.
func (t *Tensor) Complex128At(index ...int) (complex128, error) {
	at, err := t.place(index)
	if err != nil {
		return 0, err
	}
	return t.read(at).as(t.dtype, Complex128).c, nil
}

// place is the byte offset of an element.
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
