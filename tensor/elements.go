package tensor

import (
	"fmt"
	"math"
)

// rows goes over the byte offsets in t's memory of all first elements of the last axis, in row-major order.
func (t *Tensor) rows(yield func(at int) bool) {
	if t.Len() == 0 {
		return
	}
	outer := max(0, len(t.shape)-1)
	index, at, size := make([]int, outer), t.offset, t.dtype.Size()
	for {
		if !yield(at) {
			return
		}
		k := outer - 1
		for ; k >= 0; k-- {
			index[k]++
			at += t.strides[k] * size
			if index[k] < t.shape[k] {
				break
			}
			at -= t.shape[k] * t.strides[k] * size
			index[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// row is the length of the last axis and the bytes from one of its elements to the next; a scalar is one element.
func (t *Tensor) row() (n, step int) {
	last := len(t.shape) - 1
	if last < 0 {
		return 1, 0
	}
	return t.shape[last], t.strides[last] * t.dtype.Size()
}

// offsets goes over the byte offsets in t's memory of all elements in row-major order.
func (t *Tensor) offsets(yield func(at int) bool) {
	n, step := t.row()
	for at := range t.rows {
		for range n {
			if !yield(at) {
				return
			}
			at += step
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
	switch t.dtype {
	case Bool:
		if t.mem[at] != 0 {
			e.i = 1
		}
	case Int8:
		e.i = int64(int8(t.mem[at]))
	case Uint8:
		e.i = int64(t.mem[at])
	case Int16:
		e.i = int64(*cell[int16](t.mem, at))
	case Uint16:
		e.i = int64(*cell[uint16](t.mem, at))
	case Int32:
		e.i = int64(*cell[int32](t.mem, at))
	case Uint32:
		e.i = int64(*cell[uint32](t.mem, at))
	case Int64:
		e.i = *cell[int64](t.mem, at)
	case Uint64:
		e.i = int64(*cell[uint64](t.mem, at))
	case Float16:
		e.f = float64(cell[F16](t.mem, at).Float32())
	case BFloat16:
		e.f = float64(cell[BF16](t.mem, at).Float32())
	case Float32:
		e.f = float64(*cell[float32](t.mem, at))
	case Float64:
		e.f = *cell[float64](t.mem, at)
	case Complex64:
		e.c = complex128(*cell[complex64](t.mem, at))
	case Complex128:
		e.c = *cell[complex128](t.mem, at)
	}
	return e
}

// write is into row-major memory of t's own.
func (t *Tensor) write(at int, e element) {
	switch t.dtype {
	case Bool:
		t.mem[at] = 0
		if e.i != 0 {
			t.mem[at] = 1
		}
	case Int8, Uint8:
		t.mem[at] = byte(e.i)
	case Int16, Uint16:
		*cell[uint16](t.mem, at) = uint16(e.i)
	case Int32, Uint32:
		*cell[uint32](t.mem, at) = uint32(e.i)
	case Int64, Uint64:
		*cell[int64](t.mem, at) = e.i
	case Float16:
		*cell[F16](t.mem, at) = Float16Of(e.f)
	case BFloat16:
		*cell[BF16](t.mem, at) = BFloat16Of(e.f)
	case Float32:
		*cell[float32](t.mem, at) = float32(e.f)
	case Float64:
		*cell[float64](t.mem, at) = e.f
	case Complex64:
		*cell[complex64](t.mem, at) = complex64(e.c)
	case Complex128:
		*cell[complex128](t.mem, at) = e.c
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
		return *cell[F16](t.mem, at), nil
	case BFloat16:
		return *cell[BF16](t.mem, at), nil
	case Float32:
		return *cell[float32](t.mem, at), nil
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
