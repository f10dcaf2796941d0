package tensor

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
)

// Shape is the extents of a tensor's axes; the empty shape is a scalar's.
type Shape []int

// MaxLen is the most elements a shape may have.
const MaxLen = 1 << 62

// String writes [512 256]; a scalar's shape is [].
func (s Shape) String() string {
	b := []byte{'['}
	for i, n := range s {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(append(b, ']'))
}

// Size is the number of elements; an error when an extent is negative or the number exceeds MaxLen.
func (s Shape) Size() (int, error) {
	n, err := s.count()
	if err != nil {
		return 0, fmt.Errorf("tensor: %w", err)
	}
	return n, nil
}

// count is Size for errors that name the room themselves.
func (s Shape) count() (int, error) {
	size, empty := uint64(1), false
	for i, n := range s {
		if n < 0 {
			return 0, fmt.Errorf("shape %v: axis %d has the negative extent %d", s, i, n)
		}
		empty = empty || n == 0
	}
	if empty {
		return 0, nil
	}
	for _, n := range s {
		hi, lo := bits.Mul64(size, uint64(n))
		if hi != 0 || lo > MaxLen {
			return 0, fmt.Errorf("shape %v has more than 2^62 elements", s)
		}
		size = lo
	}
	return int(size), nil
}

// Len is the number of elements of a shape that is known to be valid.
func (s Shape) Len() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal says whether s and t are the same extents.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// Clone is a copy of s.
func (s Shape) Clone() Shape { return slices.Clone(s) }

// Strides are the row-major strides of s in elements.
func (s Shape) Strides() []int {
	strides := make([]int, len(s))
	s.fillStrides(strides)
	return strides
}

func (s Shape) fillStrides(strides []int) {
	step := 1
	for k := len(s) - 1; k >= 0; k-- {
		strides[k] = step
		step *= max(s[k], 1)
	}
}
