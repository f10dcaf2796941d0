package oracle

import (
	"math"
	"math/bits"

	"github.com/einloom/einloom/tensor"
)

// cast gives x's elements as dtype d:
//   - to bool: whether the element is not zero; NaN is not zero;
//   - among integers and from bool: modulo 2^n;
//   - from floats to integers: towards zero, values out of range become the nearest in range, NaN becomes 0;
//   - to floats: rounded once to nearest, ties to even;
//   - from complex to others: as the real part, but to bool the element is zero only if both parts are.
func (e *evaluation) cast(x *array, d tensor.DType) *array {
	out := empty(d, x.shape)
	for k := range out.len() {
		switch {
		case d.IsBool():
			if x.truth(k) {
				out.i[k] = 1
			}
		case d.IsComplex() && x.c != nil:
			out.c[k] = roundComplex(d, x.c[k])
		case d.IsComplex():
			out.c[k] = complex(x.real(k, formatOf(d)), 0)
		case d.IsFloat():
			out.f[k] = x.real(k, formatOf(d))
		case x.i != nil:
			out.i[k] = wrap(d, x.i[k])
		default:
			out.i[k] = saturate(d, x.real(k, formatOf(tensor.Float64)))
		}
		if s := x.slackAt(k); s != 0 {
			out.setSlack(k, castSlack(out, k, x, s))
		}
	}
	return out
}

// real gives element k, or its real part, rounded once to the format f.
func (a *array) real(k int, f format) float64 {
	switch {
	case a.f != nil:
		return f.round(a.f[k])
	case a.c != nil:
		return f.round(real(a.c[k]))
	case a.dtype.IsUnsigned() || a.i[k] >= 0:
		return f.roundInt(uint64(a.i[k]))
	}
	return -f.roundInt(-uint64(a.i[k]))
}

// roundInt gives the number of the format nearest to v, ties to even.
func (f format) roundInt(v uint64) float64 {
	excess := bits.Len64(v) - f.digits
	if excess <= 0 {
		return float64(v)
	}
	kept, rest, half := v>>excess, v&(1<<excess-1), uint64(1)<<(excess-1)
	if rest > half || rest == half && kept%2 == 1 {
		kept++
	}
	r := math.Ldexp(float64(kept), excess)
	if r > f.max {
		return math.Inf(1)
	}
	return r
}

// saturate gives the integer of dtype d nearest to v towards zero.
func saturate(d tensor.DType, v float64) int64 {
	width := 8 * d.Size()
	switch {
	case math.IsNaN(v):
		return 0
	case d.IsUnsigned() && v <= 0:
		return 0
	case d.IsUnsigned() && v >= math.Ldexp(1, width):
		return int64(uint64(math.MaxUint64) >> (64 - width))
	case d.IsUnsigned():
		return int64(uint64(v))
	case v >= math.Ldexp(1, width-1):
		return math.MaxInt64 >> (64 - width)
	case v <= -math.Ldexp(1, width-1):
		return math.MinInt64 >> (64 - width)
	}
	return int64(v)
}

// castSlack bounds element k of out, the cast of an element of x that may be off by s.
func castSlack(out *array, k int, x *array, s float64) float64 {
	if math.IsInf(s, 0) || x.i != nil {
		return anything
	}
	f := formatOf(out.dtype)
	switch {
	case out.dtype.IsBool():
		if x.size(k) > s {
			return 0
		}
		return anything
	case out.i != nil:
		v := x.real(k, formatOf(tensor.Float64))
		if saturate(out.dtype, v-s) == saturate(out.dtype, v+s) {
			return 0
		}
		return anything
	case !finite(out.size(k)):
		return anything
	case f != formatOf(x.dtype):
		s += f.ulp(out.size(k) + s) // half a unit for rounding here and half for rounding there
	}
	if out.size(k)+s > f.max {
		return anything
	}
	return s
}
