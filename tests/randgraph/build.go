package randgraph

import (
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// mapped applies any elementwise operation.
func (g *maker) mapped() (expr.Expr, bool) {
	o := g.o.Ops[g.below(len(g.o.Ops))]
	if o == op.Lookup("cast") {
		return g.cast()
	}
	x := g.any()
	args := []expr.Expr{x}
	shape := x.Shape()
	for len(args) < o.Arity {
		args = append(args, g.companion(shape, x.DType()))
	}
	for i := range args {
		j := g.below(i + 1)
		args[i], args[j] = args[j], args[i]
	}
	return expr.Map(o, args...), true
}

func (g *maker) cast() (expr.Expr, bool) { return g.any().Cast(g.dtype()), true }

func (g *maker) where() (expr.Expr, bool) {
	x := g.any()
	cond := g.companion(x.Shape(), tensor.Bool)
	return expr.Map(op.Lookup("where"), cond, x, g.companion(x.Shape(), x.DType())), true
}

// scalar makes a constant array.
func (g *maker) scalar() (expr.Expr, bool) {
	return expr.Full(g.dtype(), float64(g.below(2)), g.shape()...), true
}

// axes picks some axes of x, by either sign; now and then none, which stands for all.
func (g *maker) axes(x expr.Expr) []int {
	if x.Rank() == 0 || g.oneIn(6) {
		return nil
	}
	axes := g.Perm(x.Rank())[:1+g.below(x.Rank())]
	for i := range axes {
		if g.oneIn(2) {
			axes[i] -= x.Rank()
		}
	}
	return axes
}

func (g *maker) reduced() (expr.Expr, bool) {
	x := g.any()
	folds := []func(expr.Expr, ...int) expr.Expr{
		expr.Expr.Sum, expr.Expr.Sum, expr.Expr.Sum, expr.Expr.Prod, expr.Expr.Min, expr.Expr.Max, expr.Expr.Max, expr.Expr.Any,
		expr.Expr.All, expr.Expr.ArgMin, expr.Expr.ArgMax, expr.Expr.Mean, expr.Expr.Var, expr.Expr.Std, expr.Expr.LogSumExp,
	}
	y := folds[g.below(len(folds))](x, g.axes(x)...)
	if g.oneIn(2) {
		y = y.KeepDims()
	}
	return y, true
}

func (g *maker) scanned() (expr.Expr, bool) {
	x := g.any()
	scans := []func(expr.Expr, ...int) expr.Expr{expr.Expr.CumSum, expr.Expr.CumSum, expr.Expr.CumProd, expr.Expr.CumMin, expr.Expr.CumMax}
	axes := g.axes(x)
	return scans[g.below(len(scans))](x, axes[:min(1, len(axes))]...), true
}

func (g *maker) sorted() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok {
		return x, false
	}
	return x.Sort(g.below(x.Rank())), true
}

func (g *maker) composed() (expr.Expr, bool) {
	x := g.any()
	axes := g.axes(x)
	switch g.below(4) {
	case 0:
		return x.Softmax(axes...), true
	case 1:
		return x.LogSoftmax(axes...), true
	case 2:
		return x.Standardise(axes...), true
	}
	return x.LayerNorm(1e-3, axes...), true
}

// contracted makes a contraction of one to three operands with any labels: batches, sums, diagonals, permutations.
func (g *maker) contracted() (expr.Expr, bool) {
	sizes := map[int]int{} // of labels
	labels := make([][]int, 1+g.below(5)/2)
	args := make([]expr.Expr, len(labels))
	d := g.any().DType()
	for i := range labels {
		if x := g.any(); i == 0 || g.oneIn(4) {
			args[i] = x
			for _, n := range x.Shape() {
				labels[i] = append(labels[i], g.label(sizes, n))
			}
			continue
		}
		var shape tensor.Shape
		for range g.below(4) {
			label := g.below(5)
			if _, known := sizes[label]; !known {
				sizes[label] = 1 + g.below(6)
			}
			labels[i], shape = append(labels[i], label), append(shape, sizes[label])
		}
		if !g.fits(shape) {
			return expr.Expr{}, false
		}
		args[i] = g.data(d, shape)
	}
	work := 1
	var all []int
	for label := range 16 {
		if n, used := sizes[label]; used {
			work *= max(1, n)
			all = append(all, label)
		}
	}
	if work > g.o.Work {
		return expr.Expr{}, false
	}
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	output := all[:g.below(len(all)+1)]
	return expr.Contract(caller.Here(0), "contract", labels, slices.Clone(output), args...), true
}

// label picks a label for an axis of size n: one of that size, or a new one.
func (g *maker) label(sizes map[int]int, n int) int {
	first := g.below(16)
	for i := range 16 {
		label := (first + i) % 16
		size, used := sizes[label]
		if used && size == n && !g.oneIn(3) || !used && g.oneIn(2) {
			sizes[label] = n
			return label
		}
	}
	for label := range 16 {
		if _, used := sizes[label]; !used {
			sizes[label] = n
			return label
		}
	}
	sizes[16] = n
	return 16
}

// sparse makes a product with an operand that is 0 nearly everywhere: one-hot rows, or a diagonal matrix.
func (g *maker) sparse() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok || volume(x.Shape())*12 > g.o.Work {
		return x, false
	}
	k := x.Shape()[x.Rank()-1]
	n := k
	at := expr.Arange(tensor.Int64, 0, float64(n), 1)
	if g.oneIn(2) { // as many rows as data has, whose indices may lie beyond
		n = 1 + g.below(12)
		at = g.data(tensor.Int8, tensor.Shape{n})
	}
	d := at.Reshape(n, 1).Equal(expr.Arange(tensor.Int64, 0, float64(k), 1))
	if g.oneIn(2) {
		d = d.Cast(x.DType())
	} else {
		d = expr.Map(op.Lookup("where"), d, g.data(x.DType(), tensor.Shape{n, 1}), expr.Scalar(0).Cast(x.DType()))
	}
	return x.Tensordot(d, []int{-1}, []int{1}), true
}

func (g *maker) product() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok {
		return x, false
	}
	k := x.Shape()[x.Rank()-1]
	if volume(x.Shape())*5 > g.o.Work {
		return x, false
	}
	switch g.below(4) {
	case 0:
		return x.Outer(g.data(x.DType(), tensor.Shape{1 + g.below(3)})), true
	case 1:
		return x.Dot(g.data(x.DType(), tensor.Shape{k})), true
	case 2:
		return x.Tensordot(g.data(g.dtype(), tensor.Shape{2, k}), []int{-1}, []int{1}), true
	}
	other := tensor.Shape{k, 1 + g.below(5)}
	if x.Rank() > 2 && g.oneIn(2) {
		batch := x.Shape()[g.below(x.Rank()-1) : x.Rank()-2]
		other = append(slices.Clone(batch), other...)
		for i := range batch {
			if g.oneIn(3) {
				other[i] = 1
			}
		}
	}
	return x.MatMul(g.data(x.DType(), other)), true
}
