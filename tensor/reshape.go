package tensor

import (
	"fmt"
	"slices"
)

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

// Infer is dims with a -1 among them replaced by what makes n elements. Its errors leave it to the caller to say what was reshaped.
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
	known, err := shape.count()
	if err != nil {
		return nil, err
	}
	fits := known == n && hole < 0
	if hole >= 0 && known > 0 && n%known == 0 {
		shape[hole], fits = n/known, true
	}
	if !fits {
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
