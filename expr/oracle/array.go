package oracle

import (
	"fmt"
	"math"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// array is a node's value: its elements in row-major order, already rounded to dtype. One of f, i and c is in use, by dtype.
type array struct {
	dtype tensor.DType
	shape tensor.Shape
	f     []float64    // floats
	i     []int64      // bool (0 or 1) and integers; uint64 as its two's complement
	c     []complex128 // complex
	slack []float64    // how far a correct implementation may be off; +Inf where it may give anything; nil: nowhere, all is exact

	origin []pedigree // of the elements that are sums of products; zero or nil for the others
}

func empty(d tensor.DType, shape tensor.Shape) *array {
	a := &array{dtype: d, shape: shape}
	switch n := shape.Len(); {
	case d.IsFloat():
		a.f = make([]float64, n)
	case d.IsComplex():
		a.c = make([]complex128, n)
	default:
		a.i = make([]int64, n)
	}
	return a
}

// load copies t's elements.
func load(t *tensor.Tensor) (*array, error) {
	d := t.DType()
	a := &array{dtype: d, shape: t.Shape()}
	switch {
	case d.IsFloat():
		a.f = t.Float64s()
	case d.IsComplex():
		a.c = t.Complex128s()
	case d.IsBool() || d.IsInt():
		a.i = t.Int64s()
	default:
		return nil, fmt.Errorf("oracle: a tensor of dtype %v", d)
	}
	return a, nil
}

// tensor gives a's elements in fresh memory.
func (a *array) tensor() (*tensor.Tensor, error) {
	switch {
	case a.dtype.IsFloat():
		return tensor.FromFloat64s(a.dtype, a.f, a.shape...)
	case a.dtype.IsComplex():
		return tensor.FromComplex128s(a.dtype, a.c, a.shape...)
	}
	return tensor.FromInt64s(a.dtype, a.i, a.shape...)
}

func (a *array) len() int { return max(len(a.f), len(a.i), len(a.c)) }

// copyFrom sets element k to element j of b, which has a's dtype.
func (a *array) copyFrom(k int, b *array, j int) {
	switch {
	case a.f != nil:
		a.f[k] = b.f[j]
	case a.c != nil:
		a.c[k] = b.c[j]
	default:
		a.i[k] = b.i[j]
	}
	if s := b.slackAt(j); s != 0 {
		a.setSlack(k, s)
	}
	if p, merged := b.lineage(j); merged {
		a.setLineage(k, p)
	}
}

// set sets element k to v rounded to the dtype.
func (a *array) set(k int, v expr.Value) {
	switch {
	case a.f != nil:
		a.f[k] = formatOf(a.dtype).round(v.F)
	case a.c != nil:
		a.c[k] = roundComplex(a.dtype, v.C)
	default:
		a.i[k] = wrap(a.dtype, v.I)
	}
}

func (a *array) slackAt(k int) float64 {
	if a.slack == nil {
		return 0
	}
	return a.slack[k]
}

func (a *array) setSlack(k int, s float64) {
	if a.slack == nil {
		if s == 0 {
			return
		}
		a.slack = make([]float64, a.len())
	}
	a.slack[k] = s
}

// size gives the absolute value of element k of floats or complex numbers, and 0 for others.
func (a *array) size(k int) float64 {
	switch {
	case a.f != nil:
		return math.Abs(a.f[k])
	case a.c != nil:
		return modulus(a.c[k])
	}
	return 0
}

// truth reports whether element k counts as true: whatever is not zero does, NaN too.
func (a *array) truth(k int) bool {
	switch {
	case a.f != nil:
		return a.f[k] != 0
	case a.c != nil:
		return a.c[k] != 0
	}
	return a.i[k] != 0
}

// wrap gives v modulo 2^n in the integer dtype d, and 0 or 1 for bool.
func wrap(d tensor.DType, v int64) int64 {
	switch d {
	case tensor.Bool:
		if v != 0 {
			return 1
		}
		return 0
	case tensor.Int8:
		return int64(int8(v))
	case tensor.Int16:
		return int64(int16(v))
	case tensor.Int32:
		return int64(int32(v))
	case tensor.Uint8:
		return int64(uint8(v))
	case tensor.Uint16:
		return int64(uint16(v))
	case tensor.Uint32:
		return int64(uint32(v))
	}
	return v
}

// less compares integers of dtype d.
func less(d tensor.DType, a, b int64) bool {
	if d.IsUnsigned() {
		return uint64(a) < uint64(b)
	}
	return a < b
}

// format is a binary floating-point format, IEEE 754-2019 section 3.3.
type format struct {
	digits int     // of the significand, the leading one counted
	emin   int     // exponent of the least normal number
	max    float64 // the greatest finite number
}

// formatOf gives the format of a float dtype's elements, or of a complex dtype's parts.
func formatOf(d tensor.DType) format {
	switch d {
	case tensor.Float16:
		return format{11, -14, 65504}
	case tensor.BFloat16:
		return format{8, -126, 0x1.fep127}
	case tensor.Float32, tensor.Complex64:
		return format{24, -126, math.MaxFloat32}
	}
	return format{53, -1022, math.MaxFloat64}
}

// unit is the greatest relative error of one rounding.
func (f format) unit() float64 { return math.Ldexp(1, -f.digits) }

// tiny is the least positive number.
func (f format) tiny() float64 { return math.Ldexp(1, f.emin-f.digits+1) }

// ulp is the distance between the numbers of the format around x, which is finite.
func (f format) ulp(x float64) float64 {
	_, exponent := math.Frexp(x) // |x| in [2^(exponent-1), 2^exponent)
	if x == 0 {
		exponent = f.emin
	}
	return math.Ldexp(1, max(exponent-1, f.emin)-f.digits+1)
}

// round gives the number of the format nearest to x, ties to even; NaN, infinities and the sign of zero stay.
func (f format) round(x float64) float64 {
	if f.digits == 53 || x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	u := f.ulp(x)
	r := math.RoundToEven(x/u) * u
	if math.Abs(r) > f.max {
		return math.Inf(int(math.Copysign(1, r)))
	}
	return r
}

func roundComplex(d tensor.DType, z complex128) complex128 {
	f := formatOf(d)
	return complex(f.round(real(z)), f.round(imag(z)))
}

// constant gives one scalar.
func constant(d tensor.DType, v expr.Value) *array {
	a := empty(d, tensor.Shape{})
	a.set(0, v)
	return a
}

func iota64(n int) *array {
	a := empty(tensor.Int64, tensor.Shape{n})
	for k := range a.i {
		a.i[k] = int64(k)
	}
	return a
}
