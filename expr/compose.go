package expr

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// Softmax gives exp(x) divided by its sum over the named axes, all if none is named. The greatest element is taken out first, so that
// nothing overflows. Integers and bool become float64; halves compute in float32 and round once.
func (x Expr) Softmax(axes ...int) Expr {
	r, bad, ok := over(here("softmax"), x, axes)
	if !ok {
		return bad
	}
	y, result := r.floats()
	shifted, bad, ok := r.shifted(y)
	if !ok {
		return bad
	}
	e := r.apply(opExp, shifted)
	return r.cast(r.apply(opDiv, e, r.keep(r.fold(FoldSum, e))), result)
}

// LogSoftmax gives the logarithm of Softmax without the loss that taking it afterwards would bring.
func (x Expr) LogSoftmax(axes ...int) Expr {
	r, bad, ok := over(here("logsoftmax"), x, axes)
	if !ok {
		return bad
	}
	y, result := r.floats()
	shifted, bad, ok := r.shifted(y)
	if !ok {
		return bad
	}
	sum := r.fold(FoldSum, r.apply(opExp, shifted))
	return r.cast(r.apply(opSub, shifted, r.keep(r.apply(opLog, sum))), result)
}

// shifted gives y less its greatest element; y itself if there is none.
func (r reduction) shifted(y Expr) (shifted, bad Expr, ok bool) {
	if r.len == 0 {
		return y, Expr{}, true
	}
	if bad, ok := r.ordered(); !ok {
		return Expr{}, bad, false
	}
	return r.apply(opSub, y, r.keep(r.fold(FoldMax, y))), Expr{}, true
}

// Standardise gives x less its mean, divided by its standard deviation, over the named axes, all if none is named. What has no spread
// gives NaN. Dtypes are as for Mean.
func (x Expr) Standardise(axes ...int) Expr {
	r, bad, ok := over(here("standardise"), x, axes)
	if !ok {
		return bad
	}
	return r.normal(0)
}

// LayerNorm gives x less its mean, divided by the square root of its variance plus epsilon, over the named axes, all if none is named.
// A scale and a shift are a Mul and an Add behind it. Dtypes are as for Mean.
func (x Expr) LayerNorm(epsilon float64, axes ...int) Expr {
	s := here("layernorm")
	if math.IsNaN(epsilon) || epsilon < 0 {
		return s.bad(ErrValue, "epsilon is %v, want at least 0", epsilon)
	}
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	return r.normal(epsilon)
}

// normal gives x centered and divided by its spread.
func (r reduction) normal(epsilon float64) Expr {
	y, result := r.floats()
	c := r.centered(y)
	v := r.variance(c, 0)
	if epsilon != 0 {
		v = r.apply(opAdd, v, r.like(epsilon, v))
	}
	return r.cast(r.apply(opDiv, c, r.keep(r.apply(opSqrt, v))), result)
}

// IsClose says whether x and y differ by no more than atol + rtol |y|, or are equal. With NaN it is false. NumPy's tolerances are rtol 1e-5
// and atol 1e-8.
func (x Expr) IsClose(y Expr, rtol, atol float64) Expr {
	s := here("isclose")
	if bad, is := s.inherit(x, y); is {
		return bad
	}
	if !(rtol >= 0 && atol >= 0) {
		return s.bad(ErrValue, "the tolerances are %v and %v, want at least 0", rtol, atol)
	}
	d := promoteAll([]Expr{x, y})
	if !d.IsFloat() && !d.IsComplex() {
		d = tensor.Float64
	}
	x, y = s.meets(x, d), s.meets(y, d)
	distance, size := s.apply(opAbs, s.apply(opSub, x, y)), s.apply(opAbs, y)
	most := s.apply(opAdd, s.like(atol, size), s.apply(opMul, s.like(rtol, size), size))
	near := s.apply(opAnd, s.apply(opLessEqual, distance, most), s.apply(opFinite, y))
	return s.apply(opOr, near, s.apply(opEqual, x, y))
}
