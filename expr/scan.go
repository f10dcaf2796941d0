package expr

import "github.com/einloom/einloom/tensor"

// CumSum gives the sums of each element with all before it along the one named axis, in x's shape; of x's elements in row-major order, as
// one axis, if none is named. Integers and bool widen to 64 bits and wrap; halves add in float32 and round once, each.
func (x Expr) CumSum(axis ...int) Expr { return cumulate(here("cumsum"), FoldSum, x, axis) }

// CumProd gives the products of each element with all before it, along an axis and of a dtype as CumSum does.
func (x Expr) CumProd(axis ...int) Expr { return cumulate(here("cumprod"), FoldProd, x, axis) }

// CumMin gives the least of each element and all before it, along an axis as CumSum does, in x's dtype. A NaN is the result from there on.
// Complex numbers have no order, which is a mistake.
func (x Expr) CumMin(axis ...int) Expr { return cumulate(here("cummin"), FoldMin, x, axis) }

// CumMax gives the greatest of each element and all before it, along an axis as CumSum does, in x's dtype. A NaN is the result from there
// on. Complex numbers have no order, which is a mistake.
func (x Expr) CumMax(axis ...int) Expr { return cumulate(here("cummax"), FoldMax, x, axis) }

// cumulate scans x along the one named axis, or along all of its elements.
func cumulate(s site, f Fold, x Expr, named []int) Expr {
	if len(named) > 1 {
		return s.bad(ErrAxis, "axes %v, want one axis, or none for all elements in row-major order", named)
	}
	r, bad, ok := over(s, x, named)
	if !ok {
		return bad
	}
	y, result := r.x, r.x.n.DType
	switch sums := f == FoldSum || f == FoldProd; {
	case sums:
		y, result = r.widened()
	case result.IsComplex():
		return s.bad(ErrDType, "%s has no order", x.n.typ())
	case result.IsBool():
		y = s.cast(y, tensor.Uint8)
	}
	axis := 0
	if len(named) > 0 {
		axis = r.axes[0]
	} else {
		y = s.reshape(y, tensor.Shape{r.len})
	}
	if y.n.Kind == KBad {
		return y
	}
	return s.cast(s.make(Node{Kind: KScan, Fold: f, Args: []*Node{y.n}, Axes: []int{axis}}), result)
}
