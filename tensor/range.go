package tensor

import (
	"errors"
	"fmt"
	"slices"
)

// Range chooses indices of one axis as NumPy's start:stop:step does. The zero Range is the whole axis; a Step of 0 in a literal is 1.
type Range struct {
	Start, Stop, Step int
	HasStart, HasStop bool
	hasStep           bool // By was called, be it with 0
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
func (r Range) By(step int) Range {
	r.Step, r.hasStep = step, true
	return r
}

// Bounds resolves r on an axis of n elements: the first index, the step and how many. An error if the step is 0.
func (r Range) Bounds(n int) (start, step, count int, err error) {
	step = r.Step
	if step == 0 {
		if r.hasStep {
			return 0, 0, 0, errors.New("a range's step is 0")
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

// String is start:stop:step, with what was left out left out.
func (r Range) String() string {
	s := ""
	if r.HasStart {
		s = fmt.Sprint(r.Start)
	}
	s += ":"
	if r.HasStop {
		s += fmt.Sprint(r.Stop)
	}
	if r.hasStep || r.Step != 0 {
		s += fmt.Sprintf(":%d", r.Step)
	}
	return s
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
		if shape[k] = count; count > 1 { // an unused stride keeps its value: times a huge step it would overflow
			strides[k] = t.strides[k] * step
		}
		shift += start * t.strides[k]
	}
	return t.view(shape, strides, shift), nil
}
