package tensor

import (
	"fmt"
	"math"
	"slices"
)

// view is t with another shape, strides and offset (in elements, added to t's), sharing t's memory.
func (t *Tensor) view(shape Shape, strides []int, shift int) *Tensor {
	v := *t
	v.shape, v.strides = shape, strides
	v.dense = isDense(shape, strides)
	if !slices.Contains(shape, 0) {
		v.offset += shift * t.dtype.Size()
	}
	return &v
}

// Index drops an axis at its element i (negative: from the end). The result shares t's memory.
func (t *Tensor) Index(axis, i int) (*Tensor, error) {
	axis, err := t.axis("index", axis)
	if err != nil {
		return nil, err
	}
	n := t.shape[axis]
	if i < -n || i >= n {
		return nil, fmt.Errorf("tensor: index: %d is out of range for axis %d of shape %v", i, axis, t.shape)
	}
	if i < 0 {
		i += n
	}
	shape := slices.Delete(t.shape.Clone(), axis, axis+1)
	strides := slices.Delete(slices.Clone(t.strides), axis, axis+1)
	return t.view(shape, strides, i*t.strides[axis]), nil
}

// axis is a valid axis of t, counted from the end if it is negative.
func (t *Tensor) axis(what string, axis int) (int, error) {
	n := len(t.shape)
	if axis < -n || axis >= n {
		return 0, fmt.Errorf("tensor: %s: there is no axis %d in shape %v", what, axis, t.shape)
	}
	if axis < 0 {
		axis += n
	}
	return axis, nil
}

// Transpose puts axis axes[k] at place k; without axes it reverses them. The result shares t's memory.
func (t *Tensor) Transpose(axes ...int) (*Tensor, error) {
	n := len(t.shape)
	if len(axes) == 0 {
		for k := n - 1; k >= 0; k-- {
			axes = append(axes, k)
		}
	}
	if len(axes) != n {
		return nil, fmt.Errorf("tensor: transpose: %d axes for shape %v", len(axes), t.shape)
	}
	shape, strides, seen := make(Shape, n), make([]int, n), make([]bool, n)
	for k, a := range axes {
		a, err := t.axis("transpose", a)
		if err != nil {
			return nil, err
		}
		if seen[a] {
			return nil, fmt.Errorf("tensor: transpose: axis %d stands twice in %v", a, axes)
		}
		seen[a], shape[k], strides[k] = true, t.shape[a], t.strides[a]
	}
	return t.view(shape, strides, 0), nil
}

// Broadcast stretches t to dims: axes are aligned from the right, missing and size-1 axes repeat with stride 0. The result shares t's
// memory.
func (t *Tensor) Broadcast(dims ...int) (*Tensor, error) {
	shape := Shape(slices.Clone(dims))
	if err := checkLen(t.dtype, shape); err != nil {
		return nil, fmt.Errorf("tensor: broadcast: %w", err)
	}
	lead := len(shape) - len(t.shape)
	if lead < 0 {
		return nil, fmt.Errorf("tensor: broadcast of %v to %v drops axes", t.shape, shape)
	}
	strides := make([]int, len(shape))
	for k, n := range t.shape {
		switch {
		case n == shape[lead+k]:
			strides[lead+k] = t.strides[k]
		case n != 1:
			return nil, fmt.Errorf("tensor: broadcast of %v to %v: axis %d is %d, not %d or 1", t.shape, shape, k, n, shape[lead+k])
		}
	}
	return t.view(shape, strides, 0), nil
}

// Flip reverses the axes named, all without any. The result shares t's memory.
func (t *Tensor) Flip(axes ...int) (*Tensor, error) {
	ranges := make([]Range, len(t.shape))
	if len(axes) == 0 {
		for k := range ranges {
			ranges[k] = All().By(-1)
		}
	}
	for _, a := range axes {
		a, err := t.axis("flip", a)
		if err != nil {
			return nil, err
		}
		ranges[a] = All().By(-1)
	}
	return t.Slice(ranges...)
}

// Squeeze drops the axes named, which have one element; without axes all such. The result shares t's memory.
func (t *Tensor) Squeeze(axes ...int) (*Tensor, error) {
	drop := make([]bool, len(t.shape))
	for k, n := range t.shape {
		drop[k] = len(axes) == 0 && n == 1
	}
	for _, a := range axes {
		a, err := t.axis("squeeze", a)
		if err != nil {
			return nil, err
		}
		if t.shape[a] != 1 {
			return nil, fmt.Errorf("tensor: squeeze: axis %d of shape %v has %d elements", a, t.shape, t.shape[a])
		}
		drop[a] = true
	}
	shape, strides := Shape{}, []int{}
	for k, n := range t.shape {
		if !drop[k] {
			shape, strides = append(shape, n), append(strides, t.strides[k])
		}
	}
	return t.view(shape, strides, 0), nil
}

// Expand puts a new axis of one element before place axis (rank: at the end). The result shares t's memory.
func (t *Tensor) Expand(axis int) (*Tensor, error) {
	n := len(t.shape)
	if axis < -n-1 || axis > n {
		return nil, fmt.Errorf("tensor: expand: no place %d in shape %v", axis, t.shape)
	}
	if axis < 0 {
		axis += n + 1
	}
	shape := slices.Insert(t.shape.Clone(), axis, 1)
	strides := slices.Insert(slices.Clone(t.strides), axis, 0)
	return t.view(shape, strides, 0), nil
}

// Diagonal runs along axes a and b at once: they become one last axis of the elements [i, i+offset] (offset < 0: [i-offset, i]). The
// result shares t's memory.
func (t *Tensor) Diagonal(offset, a, b int) (*Tensor, error) {
	a, err := t.axis("diagonal", a)
	if err != nil {
		return nil, err
	}
	if b, err = t.axis("diagonal", b); err != nil {
		return nil, err
	}
	if a == b {
		return nil, fmt.Errorf("tensor: diagonal: axis %d stands twice", a)
	}
	offset = max(offset, -math.MaxInt) // whose negative there is
	i, j := max(0, -offset), max(0, offset)
	n := max(0, min(t.shape[a]-i, t.shape[b]-j))
	shape, strides := Shape{}, []int{}
	for k := range t.shape {
		if k != a && k != b {
			shape, strides = append(shape, t.shape[k]), append(strides, t.strides[k])
		}
	}
	shape, strides = append(shape, n), append(strides, t.strides[a]+t.strides[b])
	return t.view(shape, strides, i*t.strides[a]+j*t.strides[b]), nil
}

// Real is the real parts of complex elements, as float32 or float64; the result shares t's memory. Of other dtypes it is t itself.
func (t *Tensor) Real() *Tensor {
	if !t.dtype.IsComplex() {
		return t
	}
	return t.part(0)
}

// Imag is the imaginary parts of complex elements, as float32 or float64; the result shares t's memory. Of other dtypes it is zeros.
func (t *Tensor) Imag() *Tensor {
	if !t.dtype.IsComplex() {
		zero := dense(t.dtype)
		zero.mem = alignedBytes(t.dtype.Size())
		return zero.view(t.shape, make([]int, len(t.shape)), 0)
	}
	return t.part(1)
}

// part is the real (0) or imaginary (1) parts of a complex t.
func (t *Tensor) part(i int) *Tensor {
	v := *t
	v.dtype = t.dtype.part()
	v.strides = make([]int, len(t.strides))
	for k, s := range t.strides {
		v.strides[k] = 2 * s
	}
	if !slices.Contains(t.shape, 0) {
		v.offset += i * v.dtype.Size()
	}
	v.dense = isDense(v.shape, v.strides)
	return &v
}
