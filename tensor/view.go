package tensor

import (
	"fmt"
	"slices"
)

// Range chooses indices of one axis as NumPy's start:stop:step does. The zero Range is the whole axis.
type Range struct {
	Start, Stop, Step int
	HasStart, HasStop bool
	hasExplicit       bool // a step was given, be it 0
}

// All is the whole axis, ":".
func All() Range { return Range{} }

// Span is start:stop; negative numbers count from the end, what is out of range is clipped.
func Span(start, stop int) Range {
	return Range{Start: start, Stop: stop, HasStart: true, HasStop: true}
}

// From is start: up to the end.
func From(start int) Range { return Range{Start: start, HasStart: true} }

// To is :stop.
func To(stop int) Range { return Range{Stop: stop, HasStop: true} }

// By is r with a step, which may be negative; then a missing start is the last element and a missing stop is before the first.
func (r Range) By(step int) Range { r.Step, r.hasExplicit = step, true; return r }

// Bounds resolves r on an axis of n elements: the first index, the step and how many. An error if the step is 0.
func (r Range) Bounds(n int) (start, step, count int, err error) {
	step = r.Step
	if step == 0 {
		if r.hasExplicit {
			return 0, 0, 0, fmt.Errorf("a range's step is 0")
		}
		step = 1
	}
	low, high := 0, n // where a bound is clipped to
	start, stop := 0, n
	if step < 0 {
		low, high = -1, n-1
		start, stop = n-1, -1
	}
	if r.HasStart {
		start = clip(r.Start, n, low, high)
	}
	if r.HasStop {
		stop = clip(r.Stop, n, low, high)
	}
	if step > 0 && stop > start {
		count = (stop-start-1)/step + 1
	} else if step < 0 && start > stop {
		count = (start-stop-1)/(-step) + 1
	}
	if count == 0 {
		start = 0
	}
	return start, step, count, nil
}

func clip(i, n, low, high int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, low), high)
}

// String is start:stop:step.
func (r Range) String() string {
	s := ""
	if r.HasStart {
		s = fmt.Sprint(r.Start)
	}
	s += ":"
	if r.HasStop {
		s += fmt.Sprint(r.Stop)
	}
	if r.Step != 0 && r.Step != 1 {
		s += fmt.Sprintf(":%d", r.Step)
	}
	return s
}

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

// Slice chooses a range of each of the leading axes; axes without one stay whole. The result shares t's memory.
func (t *Tensor) Slice(ranges ...Range) (*Tensor, error) {
	if len(ranges) > len(t.shape) {
		return nil, fmt.Errorf("tensor: slice: %d ranges for shape %v", len(ranges), t.shape)
	}
	shape, strides, shift := t.shape.Clone(), slices.Clone(t.strides), 0
	for k, r := range ranges {
		start, step, count, err := r.Bounds(t.shape[k])
		if err != nil {
			return nil, fmt.Errorf("tensor: slice: axis %d: %w", k, err)
		}
		shape[k], strides[k] = count, t.strides[k]*step
		shift += start * t.strides[k]
	}
	return t.view(shape, strides, shift), nil
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
	shape, strides := slices.Delete(t.shape.Clone(), axis, axis+1), slices.Delete(slices.Clone(t.strides), axis, axis+1)
	return t.view(shape, strides, i*t.strides[axis]), nil
}

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

// Reshape gives the elements, in row-major order, another shape; one of dims may be -1. The result shares t's memory; where that is not
// possible the error says so, and Copy().Reshape does it.
func (t *Tensor) Reshape(dims ...int) (*Tensor, error) {
	shape, err := Infer(t.Len(), dims)
	if err != nil {
		return nil, fmt.Errorf("tensor: reshape of %v: %w", t.shape, err)
	}
	strides, ok := Restride(t.shape, t.strides, shape)
	if !ok {
		return nil, fmt.Errorf("tensor: reshape of %v with strides %v to %v needs a copy: use Copy first", t.shape, t.strides, shape)
	}
	return t.view(shape, strides, 0), nil
}

// Infer is dims with a -1 among them replaced by what makes n elements.
func Infer(n int, dims []int) (Shape, error) {
	shape, hole := Shape(slices.Clone(dims)), -1
	for k, d := range dims {
		switch {
		case d == -1 && hole < 0:
			hole = k
		case d == -1:
			return nil, fmt.Errorf("shape %v has two unknown extents", shape)
		case d < 0:
			return nil, fmt.Errorf("shape %v has a negative extent", shape)
		}
	}
	if hole >= 0 {
		shape[hole] = 1
	}
	known, err := shape.Size()
	if err != nil {
		return nil, err
	}
	if hole >= 0 && known > 0 && n%known == 0 {
		shape[hole] = n / known
		known = n
	}
	if known != n || hole >= 0 && known == 0 {
		return nil, fmt.Errorf("%d elements do not fill shape %v", n, Shape(dims))
	}
	return shape, nil
}

// Restride gives strides by which memory of the shape and strides from is seen in the shape to without a copy, or false. Both shapes
// have the same number of elements.
func Restride(from Shape, strides []int, to Shape) ([]int, bool) {
	if from.Len() == 0 {
		return to.Strides(), true
	}
	// Runs of axes of from that step evenly are matched with runs of axes of to that have the same number of elements.
	out := make([]int, len(to))
	var olds []int // axes of from other than size 1
	for k, n := range from {
		if n != 1 {
			olds = append(olds, k)
		}
	}
	i, k := 0, 0
	for k < len(to) {
		if to[k] == 1 {
			k++
			continue
		}
		if i == len(olds) {
			return nil, false
		}
		i0, k0 := i, k
		a, b := from[olds[i]], to[k]
		i, k = i+1, k+1
		for a != b {
			switch {
			case a < b && i < len(olds):
				a *= from[olds[i]]
				i++
			case a > b && k < len(to):
				b *= to[k]
				k++
			default:
				return nil, false
			}
		}
		for x := i0; x+1 < i; x++ { // the run of old axes must be one even run
			if strides[olds[x]] != strides[olds[x+1]]*from[olds[x+1]] {
				return nil, false
			}
		}
		step := strides[olds[i-1]]
		for x := k - 1; x >= k0; x-- {
			out[x] = step
			step *= to[x]
		}
	}
	step := 1 // size-1 axes get the row-major stride of their place
	for x := len(to) - 1; x >= 0; x-- {
		if to[x] == 1 {
			out[x] = step
		} else {
			step = out[x] * to[x]
		}
	}
	return out, true
}

// Broadcast stretches t to dims: axes are aligned from the right, missing and size-1 axes repeat with stride 0. The result shares t's
// memory.
func (t *Tensor) Broadcast(dims ...int) (*Tensor, error) {
	shape := Shape(slices.Clone(dims))
	if _, err := shape.Size(); err != nil {
		return nil, err
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
	var shape Shape
	var strides []int
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
	return t.view(slices.Insert(t.shape.Clone(), axis, 1), slices.Insert(slices.Clone(t.strides), axis, 0), 0), nil
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
	i, j := max(0, -offset), max(0, offset)
	n := max(0, min(t.shape[a]-i, t.shape[b]-j))
	var shape Shape
	var strides []int
	for k := range t.shape {
		if k != a && k != b {
			shape, strides = append(shape, t.shape[k]), append(strides, t.strides[k])
		}
	}
	shape, strides = append(shape, n), append(strides, t.strides[a]+t.strides[b])
	return t.view(shape, strides, i*t.strides[a]+j*t.strides[b]), nil
}
