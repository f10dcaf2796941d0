package expr

import (
	"math"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// dropped remembers which axes of what a reduction lost, for KeepDims.
type dropped struct {
	axes []int // ascending
}

// KeepDims gives a reduction with the axes that it reduced kept as axes of size 1, so that it broadcasts against what was reduced:
// x.Sub(x.Mean(-1).KeepDims()). It is called on the reduction itself; on anything else it is a mistake.
func (x Expr) KeepDims() Expr {
	s := here("keepdims")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if x.from == nil {
		return s.bad(ErrAxis, "%s is no reduction: call it on the result of Sum, Mean, Max ... itself", x.n.typ())
	}
	return s.reshape(x, widened(x.n.Shape, x.from.axes))
}

// reduction is one call of a reducing builder: x over axes, which stand in ascending order.
type reduction struct {
	site
	x    Expr
	axes []int
	len  int // how many elements make one
}

// over begins a reduction of x over the named axes, all of them if none is named.
func over(s site, x Expr, named []int) (r reduction, bad Expr, ok bool) {
	if bad, is := s.inherit(x); is {
		return r, bad, false
	}
	axes, bad, ok := s.axes(named, len(x.n.Shape), x.n.typ())
	if !ok {
		return r, bad, false
	}
	if len(named) == 0 {
		for k := range x.n.Shape {
			axes = append(axes, k)
		}
	}
	slices.Sort(axes)
	r = reduction{site: s, x: x, axes: axes, len: 1}
	for _, k := range axes {
		r.len *= x.n.Shape[k]
	}
	if x.n.Weak {
		r.x.n = x.n.strong()
	}
	return r, Expr{}, true
}

// done marks a finished reduction for KeepDims.
func (r reduction) done(y Expr) Expr { return Expr{n: y.n, from: &dropped{r.axes}} }

// fold reduces y, which has x's shape.
func (r reduction) fold(f Fold, y Expr) Expr {
	if y.n.Kind == KBad || len(r.axes) == 0 {
		return y
	}
	return r.make(Node{Kind: KReduce, Fold: f, Args: []*Node{y.n}, Axes: r.axes})
}

// keep gives a folded y its axes back, as size 1.
func (r reduction) keep(y Expr) Expr {
	if y.n.Kind == KBad {
		return y
	}
	return r.reshape(y, widened(y.n.Shape, r.axes))
}

// Sum adds up over the named axes, all if none is named. Integers and bool widen to 64 bits; halves add in float32 and round once. The
// sum of nothing is 0.
func (x Expr) Sum(axes ...int) Expr { return accumulate(here("sum"), FoldSum, x, axes) }

// Prod multiplies over the named axes, all if none is named. Integers and bool widen to 64 bits; halves multiply in float32 and round
// once. The product of nothing is 1.
func (x Expr) Prod(axes ...int) Expr { return accumulate(here("prod"), FoldProd, x, axes) }

func accumulate(s site, f Fold, x Expr, axes []int) Expr {
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	y, result := r.widened()
	return r.done(r.cast(r.fold(f, y), result))
}

// widened gives x as what it is added up or multiplied in, and the dtype of the result: integers and bool have 64 bits, halves compute in
// float32.
func (r reduction) widened() (y Expr, result tensor.DType) {
	switch d := r.x.n.DType; {
	case d.IsBool() || d.IsSigned():
		return r.cast(r.x, tensor.Int64), tensor.Int64
	case d.IsUnsigned():
		return r.cast(r.x, tensor.Uint64), tensor.Uint64
	case isHalf(d):
		return r.cast(r.x, tensor.Float32), d
	default:
		return r.x, d
	}
}

func isHalf(d tensor.DType) bool { return d == tensor.Float16 || d == tensor.BFloat16 }

// Min gives the least over the named axes, all if none is named, in x's dtype. A NaN is the result if there is one. The least of
// nothing is a mistake, and so is that of complex numbers. Of bool it is All.
func (x Expr) Min(axes ...int) Expr { return extreme(here("min"), FoldMin, x, axes) }

// Max gives the greatest over the named axes, all if none is named, in x's dtype. A NaN is the result if there is one. The greatest of
// nothing is a mistake, and so is that of complex numbers. Of bool it is Any.
func (x Expr) Max(axes ...int) Expr { return extreme(here("max"), FoldMax, x, axes) }

func extreme(s site, f Fold, x Expr, axes []int) Expr {
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	if bad, ok := r.ordered(); !ok {
		return bad
	}
	if x.n.DType.IsBool() {
		return r.done(r.fold(map[Fold]Fold{FoldMin: FoldAll, FoldMax: FoldAny}[f], r.x))
	}
	return r.done(r.fold(f, r.x))
}

// ordered holds the reduction to at least one element, of a dtype that has an order.
func (r reduction) ordered() (bad Expr, ok bool) {
	if r.x.n.DType.IsComplex() {
		return r.bad(ErrDType, "%s has no order", r.x.n.typ()), false
	}
	if r.len == 0 {
		return r.bad(ErrEmpty, "%s has no elements over axes %v", r.x.n.typ(), r.axes), false
	}
	return Expr{}, true
}

// Any says over the named axes, all if none is named, whether some element differs from 0: bool. NaN does. Of nothing it is false.
func (x Expr) Any(axes ...int) Expr { return test(here("any"), FoldAny, x, axes) }

// All says over the named axes, all if none is named, whether every element differs from 0: bool. NaN does. Of nothing it is true.
func (x Expr) All(axes ...int) Expr { return test(here("all"), FoldAll, x, axes) }

func test(s site, f Fold, x Expr, axes []int) Expr {
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	return r.done(r.fold(f, r.cast(r.x, tensor.Bool)))
}

// ArgMin gives where the least is, int64: the index along one named axis; over several, or all if none is named, the index into their
// elements in row-major order. The first of equals counts, and a NaN as the least. Of nothing it is a mistake.
func (x Expr) ArgMin(axes ...int) Expr { return locate(here("argmin"), FoldArgMin, x, axes) }

// ArgMax gives where the greatest is, int64: the index along one named axis; over several, or all if none is named, the index into their
// elements in row-major order. The first of equals counts, and a NaN as the greatest. Of nothing it is a mistake.
func (x Expr) ArgMax(axes ...int) Expr { return locate(here("argmax"), FoldArgMax, x, axes) }

func locate(s site, f Fold, x Expr, axes []int) Expr {
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	if bad, ok := r.ordered(); !ok {
		return bad
	}
	if len(r.axes) == 0 {
		return r.done(r.number(0, tensor.Int64))
	}
	y := r.x
	if y.n.DType.IsBool() {
		y = r.cast(y, tensor.Uint8)
	}
	if len(r.axes) > 1 {
		y = r.last(y)
		r := reduction{site: s, axes: []int{len(y.n.Shape) - 1}}
		y = r.fold(f, y)
	} else {
		y = r.fold(f, y)
	}
	return r.done(y)
}

// last moves the reduced axes behind the others and makes them one.
func (r reduction) last(y Expr) Expr {
	var order []int
	var shape tensor.Shape
	for k, d := range y.n.Shape {
		if !slices.Contains(r.axes, k) {
			order, shape = append(order, k), append(shape, d)
		}
	}
	return r.reshape(r.transpose(y, append(order, r.axes...)), append(shape, r.len))
}

// floats gives x as floats fit to compute with, and the dtype of the result: integers and bool become float64, halves compute in
// float32.
func (r reduction) floats() (y Expr, result tensor.DType) {
	switch d := r.x.n.DType; {
	case d.IsFloat() && isHalf(d):
		return r.cast(r.x, tensor.Float32), d
	case d.IsFloat() || d.IsComplex():
		return r.x, d
	}
	return r.cast(r.x, tensor.Float64), tensor.Float64
}

// count gives how many elements make one, less correction, as y's dtype.
func (r reduction) count(y Expr, correction float64) Expr {
	return r.like(math.Max(float64(r.len)-correction, 0), y)
}

// mean gives the mean of y, which has x's shape, in y's dtype.
func (r reduction) mean(y Expr) Expr { return r.apply(opDiv, r.fold(FoldSum, y), r.count(y, 0)) }

// centered gives y less its mean.
func (r reduction) centered(y Expr) Expr { return r.apply(opSub, y, r.keep(r.mean(y))) }

// variance gives the mean square of what is centered; of complex numbers, that of their distances from the mean, which is real.
func (r reduction) variance(centered Expr, correction float64) Expr {
	if centered.n.Kind != KBad && centered.n.DType.IsComplex() {
		centered = r.apply(opAbs, centered)
	}
	return r.apply(opDiv, r.fold(FoldSum, r.apply(opMul, centered, centered)), r.count(centered, correction))
}

// Mean gives the mean over the named axes, all if none is named: float64 of integers and bool, else x's dtype. Halves compute in float32
// and round once. The mean of nothing is NaN.
func (x Expr) Mean(axes ...int) Expr {
	r, bad, ok := over(here("mean"), x, axes)
	if !ok {
		return bad
	}
	y, result := r.floats()
	return r.done(r.cast(r.mean(y), result))
}

// Var gives the mean squared distance from the mean over the named axes, all if none is named; dtypes are as for Mean, but real.
func (x Expr) Var(axes ...int) Expr { return spread(here("var"), x, 0, axes, false) }

// Std gives the square root of Var.
func (x Expr) Std(axes ...int) Expr { return spread(here("std"), x, 0, axes, true) }

// VarCorrected is Var with the sum of squares divided by the count less correction, by 0 if that is negative: 1 makes it the unbiased
// estimate from a sample.
func (x Expr) VarCorrected(correction float64, axes ...int) Expr {
	return spread(here("var"), x, correction, axes, false)
}

// StdCorrected gives the square root of VarCorrected.
func (x Expr) StdCorrected(correction float64, axes ...int) Expr {
	return spread(here("std"), x, correction, axes, true)
}

func spread(s site, x Expr, correction float64, axes []int, root bool) Expr {
	r, bad, ok := over(s, x, axes)
	if !ok {
		return bad
	}
	y, result := r.floats()
	v := r.variance(r.centered(y), correction)
	if root {
		v = r.apply(opSqrt, v)
	}
	switch {
	case result == tensor.Complex64:
		result = tensor.Float32
	case result == tensor.Complex128:
		result = tensor.Float64
	}
	return r.done(r.cast(v, result))
}

// LogSumExp gives log(sum(exp(x))) over the named axes, all if none is named, without overflow: the greatest element is taken out
// first. Dtypes are as for Mean. Of nothing it is -Inf.
func (x Expr) LogSumExp(axes ...int) Expr {
	r, bad, ok := over(here("logsumexp"), x, axes)
	if !ok {
		return bad
	}
	y, result := r.floats()
	if r.len == 0 {
		return r.done(r.cast(r.apply(opLog, r.fold(FoldSum, r.apply(opExp, y))), result))
	}
	if bad, ok := r.ordered(); !ok {
		return bad
	}
	m := r.finite(r.fold(FoldMax, y))
	sum := r.fold(FoldSum, r.apply(opExp, r.apply(opSub, y, r.keep(m))))
	return r.done(r.cast(r.apply(opAdd, r.apply(opLog, sum), m), result))
}

// finite gives y with 0 for what is infinite or NaN, so that Inf - Inf does not come about.
func (r reduction) finite(y Expr) Expr {
	return r.choose(r.apply(opFinite, y), y, r.like(0, y))
}
