package oracle

import (
	"fmt"
	"math"

	"github.com/einloom/einloom/tensor"
)

// Bounded is a value with, for every element, how far a correct implementation in its dtype may be from it.
type Bounded struct {
	Value *tensor.Tensor
	// Bound has an entry for each element in row-major order: the greatest allowed difference (of complex numbers, their distance), 0
	// where the answer must be equal, +Inf where it is unstable: a rounding that is allowed before it may have turned it into anything.
	// It is nil if every answer must be equal.
	Bound []float64
	// Fragile says that an index was unstable, so that a correct implementation may find it out of range and give an error.
	Fragile bool
}

// Unstable counts the elements that cannot be compared.
func (b Bounded) Unstable() int {
	n := 0
	for _, s := range b.Bound {
		if math.IsInf(s, 1) {
			n++
		}
	}
	return n
}

// Check reports whether got is a correct answer: nil, or an error that names the first element that is too far off, what it should be and
// how many there are. A NaN is equal to a NaN, a complex NaN has one in either part, and zeros of either sign are equal.
func (b Bounded) Check(got *tensor.Tensor) error {
	want := b.Value
	if got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) {
		return fmt.Errorf("the result is %v%v, want %v%v", got.DType(), got.Shape(), want.DType(), want.Shape())
	}
	x, err := load(want)
	if err != nil {
		return err
	}
	y, err := load(got)
	if err != nil {
		return err
	}
	x.slack = b.Bound
	wrong, first := 0, -1
	for k := range x.len() {
		if !x.allows(k, y) {
			if wrong++; wrong == 1 {
				first = k
			}
		}
	}
	if wrong == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d elements of %v%v are wrong: element %v is %v, want %v within %.3g",
		wrong, x.len(), want.DType(), want.Shape(), position(want.Shape(), first), y.element(first), x.element(first), x.slackAt(first))
}

// allows reports whether element k of y is right, by x and its slack.
func (x *array) allows(k int, y *array) bool {
	s := x.slackAt(k)
	switch {
	case math.IsInf(s, 1):
		return true
	case x.f != nil:
		a, b := x.f[k], y.f[k]
		return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= s
	case x.c != nil:
		a, b := x.c[k], y.c[k]
		return a == b || hasNaN(a) && hasNaN(b) || modulus(a-b) <= s
	}
	return x.i[k] == y.i[k]
}

func hasNaN(z complex128) bool { return math.IsNaN(real(z)) || math.IsNaN(imag(z)) }

// element gives element k for messages.
func (a *array) element(k int) any {
	switch {
	case a.f != nil:
		return a.f[k]
	case a.c != nil:
		return a.c[k]
	case a.dtype == tensor.Uint64:
		return uint64(a.i[k])
	}
	return a.i[k]
}

// position gives the index of the k-th element of a shape in row-major order.
func position(shape tensor.Shape, k int) []int {
	index := make([]int, len(shape))
	for axis := len(shape) - 1; axis >= 0; axis-- {
		index[axis] = k % shape[axis]
		k /= shape[axis]
	}
	return index
}
