package oracle

import "math"

// anything is the slack of an element that a correct implementation may give any value, because a rounding allowed before it flips a
// decision (floor, a comparison, an index) or meets the edge of the format (overflow, a pole).
var anything = math.Inf(1)

// unsigned is the slack of a zero whose sign a correct implementation may choose: it is equal to zero, but 1/x is not safe.
const unsigned = math.SmallestNonzeroFloat64

// oracleUnit is the greatest relative error of one operation of the oracle's own, in float64.
const oracleUnit = 0x1p-53

// grow gives the greatest relative error of a chain of so many roundings in format f, here and in an implementation together:
// (1+u)^m - 1 <= e^(mu) - 1, which holds for every m (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
func (f format) grow(roundings float64) float64 {
	return math.Expm1(roundings * (f.unit() + oracleUnit))
}

// least gives the least normal number.
func (f format) least() float64 { return math.Ldexp(1, f.emin) }

// pedigree is what an element that came of sums and products of others remembers of them. Sums of products may be computed in any order,
// across nodes too (the planner merges contractions that meet), so the errors of an element are relative to what was summed, and not to
// what is left after cancellation.
type pedigree struct {
	mass  float64 // the sum of the products' absolute values; at least |x|
	big   float64 // the same with each factor at least 1: no intermediate of any order is greater
	small float64 // the least product with each factor at most 1, zeros aside: no nonzero intermediate product of any order is less
}

// pedigreeOf gives the pedigree of an element of absolute value x that is nobody's sum.
func pedigreeOf(x float64) pedigree {
	p := pedigree{mass: x, big: max(1, x), small: min(1, x)}
	if x == 0 {
		p.small = 1
	}
	return p
}

// lineage gives element k's pedigree, and whether it is more than the element itself.
func (a *array) lineage(k int) (pedigree, bool) {
	if a.origin != nil && a.origin[k] != (pedigree{}) {
		return a.origin[k], true
	}
	return pedigreeOf(a.size(k)), false
}

func (a *array) setLineage(k int, p pedigree) {
	if a.origin == nil {
		a.origin = make([]pedigree, a.len())
	}
	a.origin[k] = p
}

// modulus is |z|, never NaN for a finite z.
func modulus(z complex128) float64 { return math.Hypot(real(z), imag(z)) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// tally collects the terms of one sum of products, to bound its error.
type tally struct {
	format  format
	complex bool
	split   bool // partial sums and products of parts of the factors may be formed: over two factors, or sums over some of them alone

	terms    int
	factors  int // of the longest term
	origin   pedigree
	spread   float64 // the mass with the factors' slacks less the mass without
	merged   bool    // some factor is itself a sum of products
	nan, inf bool
	loose    bool // some factor may be anything
}

func newTally(a *array, split bool) *tally {
	return &tally{format: formatOf(a.dtype), complex: a.c != nil, split: split, origin: pedigree{small: 1}}
}

// factor is one element on its way into a product.
type factor struct {
	array *array
	at    int
}

// term adds the product of the factors.
func (t *tally) term(factors ...factor) {
	p, wide := pedigree{1, 1, 1}, 1.0
	for _, x := range factors {
		size := x.array.size(x.at)
		s := x.array.slackAt(x.at)
		switch {
		case math.IsInf(s, 0):
			t.loose = true
		case math.IsNaN(size):
			t.nan = true
		case math.IsInf(size, 0):
			t.inf = true
		default:
			q, merged := x.array.lineage(x.at)
			t.merged = t.merged || merged
			wide *= q.mass + s
			p = pedigree{p.mass * q.mass, p.big * max(1, q.big, q.mass+s), p.small * q.small}
		}
	}
	t.terms++
	t.factors = max(t.factors, len(factors))
	t.origin = pedigree{t.origin.mass + p.mass, t.origin.big + p.big, min(t.origin.small, p.small)}
	t.spread += wide - p.mass
}

// slack bounds how far a correct implementation may be from the result of absolute value size.
func (t *tally) slack(size float64) float64 {
	over, under := t.origin.big > t.format.max, t.origin.small < t.format.least()
	switch {
	case t.loose:
		return anything
	case t.terms == 1 && t.factors == 1:
		return t.alone(size)
	case t.nan && t.complex:
		return anything // one part is NaN, and which is up to the order
	case t.terms == 0, t.nan:
		return 0
	case t.inf && (t.complex || t.spread > 0 || over || under || t.terms > 1 && (t.split || t.merged)):
		return anything
	case t.inf:
		return 0
	case t.terms == 1 && t.factors == 2 && !t.merged && !t.complex && t.spread == 0:
		return t.alone(size)
	}
	rounded := t.terms + t.factors + 2
	if t.complex {
		rounded += 2 * t.factors // a complex product is off by sqrt(5)u: Brent, Percival, Zimmermann 2007
	}
	s := t.format.grow(float64(rounded))*(t.origin.mass+t.spread) + t.spread
	if under {
		s += float64(t.terms*t.factors) * t.format.tiny() * t.origin.big
	}
	top := t.origin.mass
	if t.split || t.merged {
		top = max(top, t.origin.big)
	}
	if !(top+s <= t.format.max) {
		return anything
	}
	if size == 0 && s == 0 {
		return unsigned
	}
	return s
}

// alone bounds a single term of one factor, which is itself, or of two exact ones, which is rounded once.
func (t *tally) alone(size float64) float64 {
	if size == 0 && t.spread == 0 {
		return unsigned
	}
	return t.spread
}
