package oracle

import (
	"math"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// bound sets the slack of element k of out, which is y rounded, where y is o of float arguments.
func (e *evaluation) bound(o *op.Op, out *array, k int, args []*array, y float64) {
	x := make([]point, len(args))
	exact := true
	for i, a := range args {
		x[i] = point{a.f[k], a.slackAt(k)}
		exact = exact && x[i].s == 0
		if math.IsInf(x[i].s, 0) {
			out.setSlack(k, anything)
			return
		}
	}
	if e.merge(o, out, k, args) {
		return
	}
	b := mapBound{op: o, dtype: args[0].dtype, f: o.Ref.F, x: x, y: y}
	switch {
	case out.i != nil && exact:
	case out.i != nil:
		out.setSlack(k, b.carried())
	case !finite(out.f[k]):
		out.setSlack(k, b.beyond(out.f[k]))
	case exact:
		out.setSlack(k, b.within(out.f[k], 0))
	default:
		out.setSlack(k, b.within(out.f[k], b.carried()))
	}
}

// merge treats a product one of whose factors is itself a sum of products as one more sum of products, and lets a negation keep its
// argument's pedigree. It reports whether that is all.
func (e *evaluation) merge(o *op.Op, out *array, k int, args []*array) bool {
	switch o.Name {
	case "neg":
		if p, merged := args[0].lineage(k); merged {
			out.setLineage(k, p)
		}
	case "mul":
		_, a := args[0].lineage(k)
		_, b := args[1].lineage(k)
		if a || b {
			t := newTally(out, false)
			t.term(factor{args[0], k}, factor{args[1], k})
			e.settle(out, k, t, false)
			return true
		}
	}
	return false
}

// mapBound is one element of a map: y is f of the arguments x, which have dtype.
type mapBound struct {
	op    *op.Op
	dtype tensor.DType
	f     func(x []float64) float64
	x     []point
	y     float64
	z     []complex128 // the arguments, of a complex dtype
}

// carried bounds what the arguments' errors do to y.
func (b mapBound) carried() float64 {
	rule, known := rules[b.op.Name]
	if !known {
		return anything
	}
	for _, p := range b.x {
		if math.IsNaN(p.v) {
			return anything
		}
	}
	s := rule(b.f, b.x, b.y)
	if math.IsNaN(s) {
		return anything
	}
	return s
}

// within gives the slack of a finite result: the arguments' part s and the op's own.
func (b mapBound) within(result, s float64) float64 {
	f := formatOf(b.dtype)
	own := 0.0
	if u := b.units(); u > 0 || s > 0 {
		own = u
		if s > 0 {
			own = max(u, 1)
		}
		own *= f.ulp(min(max(math.Abs(b.y), math.Abs(result))+s, math.MaxFloat64))
	} else if b.dtype == tensor.BFloat16 && result != b.y && math.Abs(b.y) < f.least() {
		own = f.tiny() // computed in float32, whose subnormals are as small, and rounded twice
	}
	if s > 0 {
		s += 2 * formatOf(tensor.Float64).ulp(math.Abs(b.y)) // of the rule itself
		s = max(s, unsigned)
	}
	if s+own > 0 && math.Abs(result)+s+own > f.max {
		return anything
	}
	return s + own
}

// units is how many units in the last place a correct result may be from the oracle's for the same arguments: none for an op that is
// exact or correctly rounded; else the stated bound, half a unit for rounding here, and the reference's own error, which is a unit of
// float64.
func (b mapBound) units() float64 {
	wide := b.dtype == tensor.Float64 || b.dtype == tensor.Complex128
	stated := b.op.ULP.F32
	switch {
	case b.dtype.IsComplex():
		stated = b.op.ULP.Complex
	case wide:
		stated = b.op.ULP.F64
	}
	switch {
	case stated == 0:
		return 0
	case b.z != nil:
		return b.op.Bound(b.dtype)*b.op.Strain(b.z) + 1
	case wide:
		return b.op.Bound(b.dtype) + 1
	}
	return b.op.Bound(b.dtype) + 0.5 + 0x1p-20
}

// strained reports whether a part of a quotient or a modulus may overflow or underflow on the way, where no bound is stated: if the square
// of the last argument's modulus does.
func (b mapBound) strained(z disc) bool {
	f := formatOf(b.dtype)
	switch b.op.Name {
	case "div", "reciprocal", "abs":
		r := modulus(z.v)
		return r != 0 && (r*r < f.least()/f.unit() || r*r > f.max/4)
	}
	return false
}

// beyond gives the slack of a result that is infinite or NaN: 0 if it is so all over the box of the arguments and not only by a hair,
// else anything.
func (b mapBound) beyond(result float64) float64 {
	f := formatOf(b.dtype)
	margin := 1 + (b.units()+1)*2*f.unit()
	same := func(v float64) bool {
		switch {
		case math.IsNaN(result):
			return math.IsNaN(v)
		case b.units() == 0 && b.exact():
			return f.round(v) == result
		}
		return math.Copysign(v, result) == v && math.Abs(v) > f.max*margin
	}
	steady := true
	eachCorner(b.x, func(at []float64) { steady = steady && same(b.f(at)) })
	if steady && b.units() > 0 && b.dtype == tensor.Float64 && math.IsInf(result, 0) {
		steady = !b.nearOverflow()
	}
	if e := b.x[len(b.x)-1]; steady && b.op.Name == "pow" && math.IsNaN(result) { // a negative base has a power where the exponent is whole
		steady = math.Floor(e.v+e.s) < math.Ceil(e.v-e.s) || e.s == 0
	}
	if steady {
		return 0
	}
	return anything
}

func (b mapBound) exact() bool {
	for _, p := range b.x {
		if p.s != 0 {
			return false
		}
	}
	return true
}

// nearOverflow reports whether f is finite but huge next to the arguments.
func (b mapBound) nearOverflow() bool {
	near := false
	for _, nudge := range []float64{1 - 0x1p-50, 1 + 0x1p-50} {
		at := make([]float64, len(b.x))
		for i, p := range b.x {
			at[i] = p.v * nudge
		}
		v := math.Abs(b.f(at))
		near = near || finite(v) && v > math.MaxFloat64/16
	}
	return near
}

// boundComplex sets the slack of element k of out, which is y rounded, where y is o of complex arguments.
func (e *evaluation) boundComplex(o *op.Op, out *array, k int, args []*array, y complex128) {
	z, centres := make([]disc, len(args)), make([]complex128, len(args))
	exact, ordinary := true, true
	for i, a := range args {
		z[i] = disc{a.c[k], a.slackAt(k)}
		centres[i] = a.c[k]
		exact = exact && z[i].s == 0
		ordinary = ordinary && finite(modulus(z[i].v))
		if math.IsInf(z[i].s, 0) {
			out.setSlack(k, anything)
			return
		}
	}
	if e.merge(o, out, k, args) {
		return
	}
	b := mapBound{op: o, dtype: args[0].dtype, y: modulus(y), z: centres}
	size := out.size(k)
	switch {
	case exact && (partwise[o.Name] || out.i != nil):
	case !ordinary || !finite(size) || b.strained(z[len(z)-1]):
		out.setSlack(k, anything)
	case out.i != nil:
		out.setSlack(k, carriedComplex(o.Name, z, y))
	case exact:
		out.setSlack(k, b.within(size, underflow(z, b)))
	default:
		out.setSlack(k, b.within(size, carriedComplex(o.Name, z, y)+underflow(z, b)))
	}
}

// underflow bounds what the parts' products lose below the least normal number.
func underflow(z []disc, b mapBound) float64 {
	f := formatOf(b.dtype)
	switch b.op.Name {
	case "mul", "square":
		if !(b.y > f.least()/f.unit()) {
			return 4 * f.tiny()
		}
	case "div":
		if r := modulus(z[1].v); r > 0 && !(modulus(z[0].v)*r > f.least()/f.unit()) {
			return 4 * f.tiny() / (r * r)
		}
	}
	return 0
}
