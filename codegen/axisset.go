package codegen

import "math/bits"

// AxisSet is a set of axes. The zero value is empty; methods that give a set never change the receiver.
type AxisSet []uint64

// AxesOf is the set of the listed axes.
func AxesOf(axes ...int) AxisSet {
	var s AxisSet
	for _, a := range axes {
		s = s.with(a)
	}
	return s
}

// with adds an axis to s in place where it has room.
func (s AxisSet) with(axis int) AxisSet {
	for len(s) <= axis/64 {
		s = append(s, 0)
	}
	s[axis/64] |= 1 << (axis % 64)
	return s
}

// Has says whether axis is in s.
func (s AxisSet) Has(axis int) bool { return axis/64 < len(s) && s[axis/64]>>(axis%64)&1 != 0 }

// Union holds what is in s or in t.
func (s AxisSet) Union(t AxisSet) AxisSet {
	if s.Contains(t) {
		return s
	}
	u := make(AxisSet, max(len(s), len(t)))
	copy(u, s)
	for i, w := range t {
		u[i] |= w
	}
	return u
}

// Minus holds what is in s and not in t.
func (s AxisSet) Minus(t AxisSet) AxisSet {
	if !s.Meets(t) {
		return s
	}
	u := make(AxisSet, len(s))
	copy(u, s)
	for i := range min(len(s), len(t)) {
		u[i] &^= t[i]
	}
	return u
}

// Meets says whether s and t have an axis in common.
func (s AxisSet) Meets(t AxisSet) bool {
	for i := range min(len(s), len(t)) {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

// Contains says whether all of t is in s.
func (s AxisSet) Contains(t AxisSet) bool {
	for i, w := range t {
		if i < len(s) {
			w &^= s[i]
		}
		if w != 0 {
			return false
		}
	}
	return true
}

// Equal says whether s and t hold the same axes.
func (s AxisSet) Equal(t AxisSet) bool { return s.Contains(t) && t.Contains(s) }

// Empty says whether s holds nothing.
func (s AxisSet) Empty() bool { return AxisSet(nil).Contains(s) }

// List gives the axes of s, ascending.
func (s AxisSet) List() []int {
	var list []int
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			list = append(list, 64*i+bits.TrailingZeros64(w))
		}
	}
	return list
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
