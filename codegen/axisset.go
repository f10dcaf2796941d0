package codegen

import (
	"iter"
	"math/bits"
	"slices"
)

// AxisSet is a set of axes. The zero value is empty; methods that give a set never change the receiver.
type AxisSet struct {
	low  uint64   // of axes 0 to 63, which is all that most kernels have
	high []uint64 // of the others, 64 a word
}

// AxesOf is the set of the listed axes.
func AxesOf(axes ...int) AxisSet {
	var s AxisSet
	for _, a := range axes {
		s = s.with(a)
	}
	return s
}

// with adds an axis to s, in place where it has room.
func (s AxisSet) with(axis int) AxisSet {
	if axis < 64 {
		s.low |= 1 << axis
		return s
	}
	for len(s.high) < axis/64 {
		s.high = append(s.high, 0)
	}
	s.high[axis/64-1] |= 1 << (axis % 64)
	return s
}

// Has says whether axis is in s.
func (s AxisSet) Has(axis int) bool {
	if axis < 64 {
		return s.low>>axis&1 != 0
	}
	return axis/64 <= len(s.high) && s.high[axis/64-1]>>(axis%64)&1 != 0
}

// Union holds what is in s or in t.
func (s AxisSet) Union(t AxisSet) AxisSet {
	if s.Contains(t) {
		return s
	}
	u := AxisSet{low: s.low | t.low}
	if n := max(len(s.high), len(t.high)); n > 0 {
		u.high = make([]uint64, n)
		copy(u.high, s.high)
		for i, w := range t.high {
			u.high[i] |= w
		}
	}
	return u
}

// Minus holds what is in s and not in t.
func (s AxisSet) Minus(t AxisSet) AxisSet {
	u := AxisSet{low: s.low &^ t.low}
	if len(s.high) > 0 {
		u.high = slices.Clone(s.high)
		for i := range min(len(s.high), len(t.high)) {
			u.high[i] &^= t.high[i]
		}
	}
	return u
}

// Meets says whether s and t have an axis in common.
func (s AxisSet) Meets(t AxisSet) bool {
	for i := range min(len(s.high), len(t.high)) {
		if s.high[i]&t.high[i] != 0 {
			return true
		}
	}
	return s.low&t.low != 0
}

// Contains says whether all of t is in s.
func (s AxisSet) Contains(t AxisSet) bool {
	for i, w := range t.high {
		if i < len(s.high) {
			w &^= s.high[i]
		}
		if w != 0 {
			return false
		}
	}
	return t.low&^s.low == 0
}

// Equal says whether s and t hold the same axes.
func (s AxisSet) Equal(t AxisSet) bool { return s.Contains(t) && t.Contains(s) }

// Empty says whether s holds nothing.
func (s AxisSet) Empty() bool { return AxisSet{}.Contains(s) }

// List gives the axes of s, ascending.
func (s AxisSet) List() []int {
	var list []int
	for a := range s.All() {
		list = append(list, a)
	}
	return list
}

// All goes through the axes of s, ascending.
func (s AxisSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := -1; i < len(s.high); i++ {
			w := s.low
			if i >= 0 {
				w = s.high[i]
			}
			for ; w != 0; w &= w - 1 {
				if !yield(64*(i+1) + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// Axes are the axes that the affine indices at depend on.
func axesOf(at []Affine) AxisSet {
	var s AxisSet
	for _, a := range at {
		for _, t := range a.Terms {
			s = s.with(t.Axis)
		}
	}
	return s
}

// Depends gives for each value of the body the axes it is a function of.
func (k *Kernel) Depends() []AxisSet {
	on := make([]AxisSet, len(k.Body))
	for i := range k.Body {
		v := &k.Body[i]
		switch v.Kind {
		case Load:
			on[i] = axesOf(v.At)
		case Gather:
			on[i] = axesOf(v.At).Union(on[v.Args[0]])
		case Index:
			on[i] = AxesOf(v.Axis)
		case Map:
			for _, a := range v.Args {
				on[i] = on[i].Union(on[a])
			}
		case Reduce:
			on[i] = on[v.Args[0]].Minus(AxesOf(v.Over...))
		case Scan:
			on[i] = on[v.Args[0]].Union(AxesOf(v.Over...))
		}
	}
	return on
}

// Axes are the axes that the store writes along.
func (s *Store) Axes() AxisSet { return axesOf(s.At) }

// FoldAxes are the kernel's fold axes.
func (k *Kernel) FoldAxes() AxisSet {
	var s AxisSet
	for i, a := range k.Axes {
		if a.Fold {
			s = s.with(i)
		}
	}
	return s
}
