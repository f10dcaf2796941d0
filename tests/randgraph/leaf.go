package randgraph

import (
	"math"
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// sizes are what axes measure: none, one, few, about a vector, odd ones.
var sizes = []int{0, 1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 16, 17}

// shape picks sizes; arrays without elements are rare.
func (g *maker) shape() tensor.Shape {
	shape := make(tensor.Shape, g.below(5))
	for {
		for k := range shape {
			shape[k] = sizes[g.below(len(sizes))]
			if shape[k] == 0 && !g.oneIn(4) {
				shape[k] = 6
			}
		}
		if g.fits(shape) {
			return shape
		}
		shape = shape[:len(shape)-1]
	}
}

// leaf adds data of any shape.
func (g *maker) leaf() expr.Expr {
	x := g.data(g.dtype(), g.shape())
	g.pool = append(g.pool, x)
	return x
}

// data makes a leaf of that shape: contiguous, or a view with any strides.
func (g *maker) data(d tensor.DType, shape tensor.Shape) expr.Expr {
	if g.oneIn(2) {
		return expr.From(g.tensor(d, shape))
	}
	return expr.From(g.view(d, shape))
}

// tensor makes contiguous data.
func (g *maker) tensor(d tensor.DType, shape tensor.Shape) *tensor.Tensor {
	n := shape.Len()
	var t *tensor.Tensor
	var err error
	switch {
	case d.IsComplex():
		vals := make([]complex128, n)
		for i := range vals {
			vals[i] = complex(g.float(), g.float())
		}
		t, err = tensor.FromComplex128s(d, vals, shape...)
	case d.IsFloat():
		vals := make([]float64, n)
		for i := range vals {
			vals[i] = g.float()
		}
		t, err = tensor.FromFloat64s(d, vals, shape...)
	case d.IsBool():
		vals := make([]float64, n)
		for i := range vals {
			vals[i] = float64(g.below(2))
		}
		t, err = tensor.FromFloat64s(d, vals, shape...)
	default:
		vals := make([]int64, n)
		for i := range vals {
			vals[i] = g.int(d)
		}
		t, err = tensor.FromInt64s(d, vals, shape...)
	}
	return must(t, err)
}

// must unwraps what cannot fail: the shapes are right by construction.
func must(t *tensor.Tensor, err error) *tensor.Tensor {
	if err != nil {
		panic(err)
	}
	return t
}

// float picks a number: mostly one that sums and products keep exact, so that decisions made of it are comparable.
func (g *maker) float() float64 {
	switch k := g.below(40); {
	case k < 24:
		return float64(g.below(17) - 8)
	case k < 32:
		return float64(g.below(65)-32) / 8
	case k < 38 || g.o.Tame:
		return math.Round(g.NormFloat64()*1024) / 1000
	}
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e-40, 3e38, 65504, 1e300, -1e-310}
	return special[g.below(len(special))]
}

// int picks an integer that d holds, small ones most often.
func (g *maker) int(d tensor.DType) int64 {
	v := int64(g.below(17))
	if !d.IsUnsigned() {
		v -= 8
	}
	if g.oneIn(16) && !g.o.Tame {
		v = int64(g.Uint64()) // wraps in narrow types
		if g.oneIn(2) {
			v = []int64{math.MinInt64, math.MaxInt64, -1 << 31, 1<<31 - 1, -128, 127, 255}[g.below(7)]
		}
	}
	return v
}

// view makes a tensor of that shape as part of a larger one: transposed, with steps, backwards, repeated, or from the middle.
func (g *maker) view(d tensor.DType, shape tensor.Shape) *tensor.Tensor {
	order := g.Perm(len(shape))
	base := make(tensor.Shape, len(shape)) // sizes in memory, in the order of memory
	ranges := make([]tensor.Range, len(shape))
	for k, axis := range order {
		n := shape[axis]
		switch before, step := g.below(3), 1+g.below(3); {
		case n > 1 && g.oneIn(8):
			base[k], ranges[k] = 1, tensor.All() // stretched below
		case g.oneIn(3):
			base[k], ranges[k] = before+n*step, tensor.Span(before, before+n*step).By(step)
		case g.oneIn(3):
			base[k], ranges[k] = n, tensor.All().By(-1)
		default:
			base[k], ranges[k] = n, tensor.All()
		}
	}
	if volume(base) > 16*g.o.Elements {
		return g.tensor(d, shape)
	}
	t := must(must(g.tensor(d, base), nil).Slice(ranges...))
	back := make([]int, len(order))
	for k, axis := range order {
		back[axis] = k
	}
	if len(back) > 0 {
		t = must(t.Transpose(back...))
	}
	return must(t.Broadcast(shape...))
}

// companion makes data that broadcasts against shape, or picks something that does.
func (g *maker) companion(shape tensor.Shape, d tensor.DType) expr.Expr {
	if g.oneIn(2) {
		for range 6 {
			if x := g.any(); meets(x.Shape(), shape) {
				return x
			}
		}
	}
	if g.oneIn(5) {
		return g.weak()
	}
	other := slices.Clone(shape[g.below(len(shape)+1)/2:])
	if g.oneIn(2) {
		other = slices.Clone(shape)
	}
	for k := range other {
		if g.oneIn(4) {
			other[k] = 1
		}
	}
	if g.oneIn(3) {
		d = g.dtype()
	}
	x := g.data(d, other)
	g.pool = append(g.pool, x)
	// What was newest stays so.
	last := len(g.pool) - 1
	g.pool[last-1], g.pool[last] = g.pool[last], g.pool[last-1]
	return x
}

// meets reports whether shapes broadcast.
func meets(a, b []int) bool {
	for i := 1; i <= min(len(a), len(b)); i++ {
		if p, q := a[len(a)-i], b[len(b)-i]; p != q && p != 1 && q != 1 {
			return false
		}
	}
	return true
}

// weak makes a scalar that takes the dtype of what it meets.
func (g *maker) weak() expr.Expr {
	switch g.below(8) {
	case 0:
		return expr.ScalarComplex(complex(float64(g.below(9)-4), float64(g.below(9)-4)))
	case 1, 2, 3:
		return expr.ScalarInt(int64(g.below(9)))
	}
	return expr.Scalar(g.float())
}
