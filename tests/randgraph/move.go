package randgraph

import (
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// reshaped joins, splits or drops axes.
func (g *maker) reshaped() (expr.Expr, bool) {
	x := g.any()
	switch g.below(5) {
	case 0:
		return x.Expand(g.below(x.Rank() + 1)), true
	case 1:
		return x.Squeeze(), true
	case 2:
		return x.Reshape(volume(x.Shape())), true
	}
	n := volume(x.Shape())
	var dims []int
	for n > 1 && len(dims) < 4 {
		d := 1 + g.below(min(n, 8))
		if n%d == 0 {
			dims, n = append(dims, d), n/d
		}
	}
	dims = append(dims, n)
	g.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	return x.Reshape(dims...), true
}

func (g *maker) transposed() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok {
		return x, false
	}
	return x.Transpose(g.Perm(x.Rank())...), true
}

// broadcast stretches axes of size 1 and puts new ones before.
func (g *maker) broadcast() (expr.Expr, bool) {
	x := g.any()
	dims := slices.Clone(x.Shape())
	for k, d := range dims {
		if d == 1 && g.oneIn(2) {
			dims[k] = sizes[g.below(len(sizes))]
		}
	}
	for range g.below(3) {
		dims = slices.Insert(dims, 0, 1+g.below(4))
	}
	return x.Broadcast(dims...), true
}

// sliced takes part of some axes, with steps of either sign, or one element.
func (g *maker) sliced() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok {
		return x, false
	}
	k := g.below(x.Rank())
	switch n := x.Shape()[k]; {
	case g.oneIn(5):
		return x.Flip(g.axes(x)...), true
	case n > 0 && g.oneIn(5):
		return x.Index(k, g.below(2*n)-n), true
	case n > 0 && x.Shape()[0] > 0 && g.oneIn(6):
		return x.At(g.below(x.Shape()[0])), true
	}
	ranges := make([]tensor.Range, 1+g.below(x.Rank()))
	for i := range ranges {
		n := x.Shape()[i]
		switch g.below(4) {
		case 0:
			ranges[i] = tensor.All()
		case 1:
			ranges[i] = tensor.From(g.below(n+2) - 1)
		case 2:
			ranges[i] = tensor.Span(g.below(n+1)/2, n-g.below(2)).By(1 + g.below(3))
		case 3:
			ranges[i] = tensor.All().By(-1 - g.below(2))
		}
	}
	return x.Slice(ranges...), true
}

func (g *maker) padded() (expr.Expr, bool) {
	x := g.any()
	widths := make([][2]int, x.Rank())
	for k := range widths {
		widths[k] = [2]int{g.below(3), g.below(3)}
	}
	return x.Pad(float64(g.below(2)), widths...), true
}

func (g *maker) diagonal() (expr.Expr, bool) {
	x := g.any()
	if x.Rank() < 2 {
		return x, false
	}
	p := g.Perm(x.Rank())
	return x.Diagonal(g.below(5)-2, p[0], p[1]), true
}

// joined puts pieces behind each other.
func (g *maker) joined() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok {
		return x, false
	}
	if g.oneIn(3) {
		return expr.Stack(g.below(x.Rank()+1), x, g.data(x.DType(), x.Shape()), x), true
	}
	k := g.below(x.Rank())
	parts := []expr.Expr{x}
	for range 1 + g.below(2) {
		shape := slices.Clone(x.Shape())
		shape[k] = g.below(4)
		d := x.DType()
		if g.oneIn(4) {
			d = g.dtype()
		}
		parts = append(parts, g.data(d, shape))
	}
	g.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return expr.Concat(k, parts...), true
}

// taken takes elements at indices in range, by either sign.
func (g *maker) taken() (expr.Expr, bool) {
	x, ok := g.ranked()
	if !ok {
		return x, false
	}
	k := g.below(x.Rank())
	n := x.Shape()[k]
	shape := make(tensor.Shape, g.below(3))
	for i := range shape {
		shape[i] = g.below(5)
	}
	if n == 0 {
		shape = tensor.Shape{0}
	}
	at := make([]int64, shape.Len())
	for i := range at {
		at[i] = int64(g.below(2*n) - n)
	}
	d := []tensor.DType{tensor.Int64, tensor.Int32, tensor.Int8}[g.below(3)]
	return x.Take(expr.From(must(tensor.FromInt64s(d, at, shape...))), k), true
}

// counted makes arrays out of indices.
func (g *maker) counted() (expr.Expr, bool) {
	d := g.dtype()
	switch g.below(3) {
	case 0:
		return expr.Eye(d, g.below(6)), true
	case 1:
		return expr.Arange(d, float64(g.below(4)), float64(4+g.below(12)), float64(1+g.below(3))), true
	}
	return expr.Linspace(d, float64(g.below(3)), float64(3+g.below(5)), g.below(9)), true
}
