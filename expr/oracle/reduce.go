package oracle

import (
	"math"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// reduce folds x over the axes of n.
func (e *evaluation) reduce(n *expr.Node, x *array) (*array, error) {
	fold := e.fold(n.Fold, x.dtype)
	if fold == nil {
		return nil, broken(n, "fold %d of %v", n.Fold, x.dtype)
	}
	own := x.shape.Strides()
	kept, along := split(x.shape, own, n.Axes)
	var steps []int // from the first element of a group to each of its elements
	walk(along.shape, along.strides, 0, func(_, at int) { steps = append(steps, at) })
	out := empty(n.DType, n.Shape)
	walk(kept.shape, kept.strides, 0, func(k, base int) { fold(out, k, group{x, base, steps}) })
	return out, nil
}

// scan folds, for each element of x, the elements up to it along the axis of n.
func (e *evaluation) scan(n *expr.Node, x *array) (*array, error) {
	fold := e.fold(n.Fold, x.dtype)
	if fold == nil || n.Fold > expr.FoldMax {
		return nil, broken(n, "scan %d of %v", n.Fold, x.dtype)
	}
	others, along := split(x.shape, x.shape.Strides(), n.Axes)
	steps := make([]int, along.shape[0])
	for j := range steps {
		steps[j] = j * along.strides[0]
	}
	out := empty(n.DType, n.Shape)
	walk(others.shape, others.strides, 0, func(_, base int) {
		for j, s := range steps {
			fold(out, base+s, group{x, base, steps[:j+1]})
		}
	})
	return out, nil
}

// strided is some axes of an array.
type strided struct {
	shape   tensor.Shape
	strides []int
}

// split parts the axes of a shape into those not in axes and those in it.
func split(shape tensor.Shape, strides []int, axes []int) (others, in strided) {
	isIn := map[int]bool{}
	for _, axis := range axes {
		isIn[axis] = true
	}
	for axis, size := range shape {
		part := &others
		if isIn[axis] {
			part = &in
		}
		part.shape = append(part.shape, size)
		part.strides = append(part.strides, strides[axis])
	}
	return others, in
}

// group is the elements of x that fold to one: those at base + each of steps.
type group struct {
	x     *array
	base  int
	steps []int
}

// each visits the elements: j counts them, at is where they are in x.
func (g group) each(visit func(j, at int)) {
	for j, s := range g.steps {
		visit(j, g.base+s)
	}
}

// fold gives the function that sets element k of out to the fold of a group, or nil if dtype d has none.
func (e *evaluation) fold(f expr.Fold, d tensor.DType) func(out *array, k int, g group) {
	logic := f == expr.FoldAny || f == expr.FoldAll
	if logic != d.IsBool() {
		return nil
	}
	switch {
	case logic:
		return func(out *array, k int, g group) { e.decide(out, k, g, f == expr.FoldAny) }
	case f == expr.FoldSum:
		return e.sum
	case f == expr.FoldProd:
		return e.product
	case d.IsComplex():
		return nil
	case f == expr.FoldMin || f == expr.FoldMax:
		return func(out *array, k int, g group) { e.extreme(out, k, g, f == expr.FoldMax) }
	case f == expr.FoldArgMin || f == expr.FoldArgMax:
		return func(out *array, k int, g group) { e.argument(out, k, g, f == expr.FoldArgMax) }
	}
	return nil
}

// sum sets out[k] to the sum of the group.
func (e *evaluation) sum(out *array, k int, g group) {
	var v expr.Value
	t := newTally(out, false)
	loose := false
	g.each(func(_, at int) {
		switch {
		case out.f != nil:
			v.F += g.x.f[at]
		case out.c != nil:
			v.C += g.x.c[at]
		default:
			v.I += g.x.i[at]
		}
		if e.bounds {
			t.term(factor{g.x, at})
			loose = loose || g.x.slackAt(at) != 0
		}
	})
	out.set(k, v)
	e.settle(out, k, t, loose)
}

// product sets out[k] to the product of the group.
func (e *evaluation) product(out *array, k int, g group) {
	var factors []factor
	loose := false
	g.each(func(_, at int) {
		factors = append(factors, factor{g.x, at})
		loose = loose || g.x.slackAt(at) != 0
	})
	out.set(k, multiply(factors))
	if len(factors) == 0 { // it is exactly 1, and nobody's product
		return
	}
	t := newTally(out, len(factors) > 2)
	if e.bounds {
		t.term(factors...)
	}
	e.settle(out, k, t, loose)
}

// settle gives out[k], a sum of products, its slack and pedigree. loose says whether a factor has slack, which is all that counts for
// integers.
func (e *evaluation) settle(out *array, k int, t *tally, loose bool) {
	if !e.bounds {
		return
	}
	if out.i != nil {
		if loose {
			out.setSlack(k, anything)
		}
		return
	}
	size := out.size(k)
	if s := t.slack(size); s != 0 {
		out.setSlack(k, s)
	}
	if finite(size) && (t.terms != 1 || t.factors != 1 || t.merged) {
		out.setLineage(k, t.origin)
	}
}

// extreme sets out[k] to the least or greatest of the group, which is not empty; a NaN is passed on. Which zero of both signs is given is open.
func (e *evaluation) extreme(out *array, k int, g group, greatest bool) {
	best := -1
	low, high, plus, minus := math.Inf(-1), math.Inf(-1), false, false
	sign := 1.0
	if !greatest {
		sign = -1
	}
	loose := false
	g.each(func(_, at int) {
		if best < 0 || g.x.before(at, best, greatest) {
			best = at
		}
		s := g.x.slackAt(at)
		loose = loose || math.IsInf(s, 0)
		if g.x.f != nil {
			v := g.x.f[at]
			low, high = max(low, sign*v-s), max(high, sign*v+s)
			plus = plus || v == 0 && !math.Signbit(v)
			minus = minus || v == 0 && math.Signbit(v)
		}
	})
	out.copyFrom(k, g.x, best)
	if !e.bounds {
		return
	}
	s := 0.0
	switch {
	case loose:
		s = anything
	case out.f != nil && finite(out.f[k]):
		s = max(high-sign*out.f[k], sign*out.f[k]-low)
		if out.f[k] == 0 && plus && minus {
			s = max(s, unsigned)
		}
	}
	out.setSlack(k, s)
}

// before reports whether element at stands before element best in the search for the least or greatest: strictly less or greater, and a
// NaN before everything but a NaN.
func (a *array) before(at, best int, greatest bool) bool {
	if a.f != nil {
		x, y := a.f[at], a.f[best]
		if math.IsNaN(x) || math.IsNaN(y) {
			return math.IsNaN(x) && !math.IsNaN(y)
		}
		return greatest && x > y || !greatest && x < y
	}
	if greatest {
		return less(a.dtype, a.i[best], a.i[at])
	}
	return less(a.dtype, a.i[at], a.i[best])
}

// argument sets out[k] to the position in the group, which is not empty, of the first of its least or greatest elements.
func (e *evaluation) argument(out *array, k int, g group, greatest bool) {
	best, found := 0, -1
	g.each(func(j, at int) {
		if found < 0 || g.x.before(at, found, greatest) {
			best, found = j, at
		}
	})
	out.i[k] = int64(best)
	if g.x.slack == nil {
		return
	}
	g.each(func(j, at int) {
		if j != best && !g.x.apart(found, at, greatest, j < best) {
			out.setSlack(k, anything)
		}
	})
	if math.IsInf(g.x.slackAt(found), 0) {
		out.setSlack(k, anything)
	}
}

// apart reports whether no allowed rounding puts element at before the one found, or level with it if strict.
func (a *array) apart(found, at int, greatest, strict bool) bool {
	s, r := a.slackAt(found), a.slackAt(at)
	if math.IsInf(s+r, 0) {
		return false
	}
	if s+r == 0 || a.f == nil || math.IsNaN(a.f[found]) {
		return true
	}
	gap := a.f[found] - a.f[at]
	if !greatest {
		gap = -gap
	}
	return gap > s+r || !strict && gap == s+r
}

// decide sets out[k] to whether any, or all, of the group is true.
func (e *evaluation) decide(out *array, k int, g group, any bool) {
	decided, loose := false, false
	g.each(func(_, at int) {
		if g.x.slackAt(at) != 0 {
			loose = true
		} else {
			decided = decided || g.x.truth(at) == any
		}
		if g.x.truth(at) == any {
			out.i[k] = 1
		}
	})
	if !any {
		out.i[k] = 1 - out.i[k]
	}
	if loose && !decided {
		out.setSlack(k, anything)
	}
}
