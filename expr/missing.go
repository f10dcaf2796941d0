package expr

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// Reductions that pass over NaN. Of nothing but NaN, sums are 0 and the others NaN.

// NaNSum is Sum with 0 in the place of NaN.
func (x Expr) NaNSum(axes ...int) Expr {
	s := here("nansum")
	y, _, bad, ok := s.present(x, 0)
	if !ok {
		return bad
	}
	return accumulate(s, FoldSum, y, axes)
}

// NaNMin is Min of what is not NaN.
func (x Expr) NaNMin(axes ...int) Expr {
	return nanExtreme(here("nanmin"), FoldMin, x, math.Inf(1), axes)
}

// NaNMax is Max of what is not NaN.
func (x Expr) NaNMax(axes ...int) Expr {
	return nanExtreme(here("nanmax"), FoldMax, x, math.Inf(-1), axes)
}

func nanExtreme(s site, f Fold, x Expr, neutral float64, axes []int) Expr {
	if bad, is := s.inherit(x); is {
		return bad
	}
	if !x.n.DType.IsFloat() {
		return extreme(s, f, x, axes)
	}
	y, there, bad, ok := s.present(x, neutral)
	if !ok {
		return bad
	}
	best, some := extreme(s, f, y, axes), test(s, FoldAny, there, axes)
	if bad, is := s.inherit(best, some); is {
		return bad
	}
	return Expr{s.choose(some, best, s.like(math.NaN(), best)).n, best.from}
}

// NaNMean is Mean of what is not NaN.
func (x Expr) NaNMean(axes ...int) Expr {
	r, y, there, result, bad, ok := presentOver(here("nanmean"), x, axes)
	if !ok {
		return bad
	}
	return r.done(r.cast(r.meanOf(y, there), result))
}

// NaNVar is Var of what is not NaN.
func (x Expr) NaNVar(axes ...int) Expr { return nanSpread(here("nanvar"), x, axes, false) }

// NaNStd gives the square root of NaNVar.
func (x Expr) NaNStd(axes ...int) Expr { return nanSpread(here("nanstd"), x, axes, true) }

func nanSpread(s site, x Expr, axes []int, root bool) Expr {
	r, y, there, result, bad, ok := presentOver(s, x, axes)
	if !ok {
		return bad
	}
	distance := r.choose(there, r.apply(opSub, y, r.keep(r.meanOf(y, there))), r.like(0, y))
	if result.IsComplex() {
		distance = r.apply(opAbs, distance)
		result = distance.n.DType
	}
	v := r.meanOf(r.apply(opMul, distance, distance), there)
	if root {
		v = r.apply(opSqrt, v)
	}
	return r.done(r.cast(v, result))
}

// present gives x with v in the place of NaN, and where it is not NaN.
func (s site) present(x Expr, v float64) (y, there, bad Expr, ok bool) {
	if bad, is := s.inherit(x); is {
		return y, there, bad, false
	}
	there = s.apply(opNot, s.apply(opIsNaN, x))
	if d := x.n.DType; !d.IsFloat() && !d.IsComplex() {
		return x, there, Expr{}, true
	}
	return s.choose(there, x, s.like(v, x)), there, Expr{}, true
}

// presentOver begins a mean of what is not NaN: its elements fit to compute with, 0 in the place of NaN, where they are, and the dtype of the
// result.
func presentOver(s site, x Expr, axes []int) (r reduction, y, there Expr, result tensor.DType, bad Expr, ok bool) {
	y, there, bad, ok = s.present(x, 0)
	if !ok {
		return r, y, there, result, bad, false
	}
	if r, bad, ok = over(s, y, axes); !ok {
		return r, y, there, result, bad, false
	}
	y, result = r.floats()
	return r, y, there, result, Expr{}, true
}

// meanOf gives the sum of y by how many are there.
func (r reduction) meanOf(y, there Expr) Expr {
	count := r.fold(FoldSum, r.cast(there, tensor.Int64))
	return r.apply(opDiv, r.fold(FoldSum, y), r.cast(count, y.n.DType))
}
