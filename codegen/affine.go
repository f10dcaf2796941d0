package codegen

import (
	"math/bits"
	"slices"
)

// At is the affine index that is the axis itself.
func At(axis int) Affine {
	if axis >= 0 && axis < len(single) {
		return Affine{Terms: single[axis : axis+1 : axis+1]}
	}
	return Affine{Terms: []Term{{axis, 1}}}
}

// single are the terms of the first axes: terms are never written to, so that many indices may have the same ones.
var single = func() (terms [64]Term) {
	for a := range terms {
		terms[a] = Term{a, 1}
	}
	return terms
}()

// Fixed is the affine index that is the number c everywhere.
func Fixed(c int) Affine { return Affine{Const: c} }

// Add is a + b.
func (a Affine) Add(b Affine) Affine {
	if len(b.Terms) == 0 {
		return Affine{a.Const + b.Const, a.Terms}
	}
	if len(a.Terms) == 0 {
		return Affine{a.Const + b.Const, b.Terms}
	}
	sum := Affine{Const: a.Const + b.Const, Terms: make([]Term, 0, len(a.Terms)+len(b.Terms))}
	x, y := a.Terms, b.Terms
	for len(x) > 0 && len(y) > 0 {
		switch {
		case x[0].Axis < y[0].Axis:
			sum.Terms, x = append(sum.Terms, x[0]), x[1:]
		case x[0].Axis > y[0].Axis:
			sum.Terms, y = append(sum.Terms, y[0]), y[1:]
		default:
			if c := x[0].Coef + y[0].Coef; c != 0 {
				sum.Terms = append(sum.Terms, Term{x[0].Axis, c})
			}
			x, y = x[1:], y[1:]
		}
	}
	sum.Terms = append(append(sum.Terms, x...), y...)
	return sum
}

// Scale is c * a.
func (a Affine) Scale(c int) Affine {
	if c == 0 {
		return Affine{}
	}
	if c == 1 {
		return a
	}
	p := Affine{Const: c * a.Const, Terms: slices.Clone(a.Terms)}
	for i := range p.Terms {
		p.Terms[i].Coef *= c
	}
	return p
}

// Dot is the sum of at[i] * factors[i].
func Dot(at []Affine, factors []int) Affine {
	sum, n := Affine{}, 0
	for i, a := range at {
		sum.Const += a.Const * factors[i]
		n += len(a.Terms)
	}
	if n == 0 {
		return sum
	}
	sum.Terms = make([]Term, 0, n)
	for i, a := range at {
		sum.add(a, factors[i])
	}
	return sum.tidy()
}

// Compose is a with at[i] in the place of axis i.
func (a Affine) Compose(at []Affine) Affine {
	sum, n, same := Affine{Const: a.Const}, 0, true
	for _, t := range a.Terms {
		b := at[t.Axis]
		sum.Const += t.Coef * b.Const
		n += len(b.Terms)
		same = same && len(b.Terms) == 1 && b.Terms[0] == Term{t.Axis, 1}
	}
	if n == 0 || same {
		sum.Terms = a.Terms[:n:n]
		return sum
	}
	sum.Terms = make([]Term, 0, n)
	for _, t := range a.Terms {
		sum.add(at[t.Axis], t.Coef)
	}
	return sum.tidy()
}

// add appends the terms of b, each times c.
func (a *Affine) add(b Affine, c int) {
	for _, t := range b.Terms {
		a.Terms = append(a.Terms, Term{t.Axis, c * t.Coef})
	}
}

// tidy sorts a's terms, which are its own, and makes one of those of the same axis.
func (a Affine) tidy() Affine {
	slices.SortFunc(a.Terms, func(s, t Term) int { return s.Axis - t.Axis })
	terms := a.Terms[:0]
	for _, t := range a.Terms {
		if n := len(terms); n > 0 && terms[n-1].Axis == t.Axis {
			terms[n-1].Coef += t.Coef
		} else {
			terms = append(terms, t)
		}
	}
	a.Terms = some(slices.DeleteFunc(terms, func(t Term) bool { return t.Coef == 0 }))
	return a
}

// Subst is a with b in the place of the axis.
func (a Affine) Subst(axis int, b Affine) Affine {
	i, found := a.find(axis)
	if !found {
		return a
	}
	rest := Affine{a.Const, slices.Delete(slices.Clone(a.Terms), i, i+1)}
	return rest.Add(b.Scale(a.Terms[i].Coef))
}

// Coef is the factor of the axis in a, 0 when a does not depend on it.
func (a Affine) Coef(axis int) int {
	if i, found := a.find(axis); found {
		return a.Terms[i].Coef
	}
	return 0
}

func (a Affine) find(axis int) (int, bool) {
	return slices.BinarySearchFunc(a.Terms, axis, func(t Term, axis int) int { return t.Axis - axis })
}

// Equal says whether a and b are the same function.
func (a Affine) Equal(b Affine) bool { return a.Const == b.Const && slices.Equal(a.Terms, b.Terms) }

// Range gives the least and the greatest value of a over all points of its axes. ok is false when there is no point (an extent is 0) or
// when a value does not fit an int.
func (a Affine) Range(axes []Axis) (lo, hi int, ok bool) {
	lo, hi = a.Const, a.Const
	ok = true
	for _, t := range a.Terms {
		n := axes[t.Axis].Extent
		if n <= 0 {
			return 0, 0, false
		}
		d, fits := mul(t.Coef, n-1)
		ok = ok && fits
		if d < 0 {
			lo, fits = add(lo, d)
		} else {
			hi, fits = add(hi, d)
		}
		ok = ok && fits
	}
	return lo, hi, ok
}

// add is x + y, and whether it fits.
func add(x, y int) (int, bool) {
	s := x + y
	return s, (s > x) == (y > 0)
}

// mul is x * y, and whether it fits.
func mul(x, y int) (int, bool) {
	hi, lo := bits.Mul64(magnitude(x), magnitude(y))
	if (x < 0) == (y < 0) {
		return int(lo), hi == 0 && lo <= 1<<63-1 && int64(int(lo)) == int64(lo)
	}
	return -int(lo), hi == 0 && lo <= 1<<63-1 && int64(int(lo)) == int64(lo)
}

func magnitude(x int) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}
