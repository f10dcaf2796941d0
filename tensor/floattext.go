package tensor

import (
	"math"
	"strconv"
	"strings"
)

// floatForm writes floats of one array under each other. The rules are NumPy's: the fewest digits that tell a number from its neighbours
// in its dtype, at most precision of them after the point; the scientific form for all if one needs it; points aligned.
type floatForm struct {
	dtype      DType
	precision  int  // at most so many digits after the point
	signed     bool // + before what is not negative
	scientific bool
	digits     int // after the point, in the scientific form
	exponent   int // digits of it, in the scientific form
	left       int // characters before the point, with the sign
	right      int // characters after the point
}

func newFloatForm(d DType, values []float64, precision int, signed bool) *floatForm {
	f := &floatForm{dtype: d, precision: precision, signed: signed}
	least, most := math.Inf(1), 0.0
	var finite []float64
	infinite, negative := false, signed // NumPy leaves room for the sign of inf wherever one is always written
	for _, v := range values {
		if v-v != 0 {
			infinite, negative = true, negative || v < 0
			continue
		}
		finite = append(finite, v)
		if a := math.Abs(v); a != 0 {
			least, most = min(least, a), max(most, a)
		}
	}
	f.scientific = most != 0 && wantsExponent(d, least, most)
	for _, v := range finite {
		f.widen(v)
	}
	if f.scientific {
		f.right = f.digits + 1 + 1 + f.exponent // e, its sign and digits
	}
	if infinite {
		word := len("inf")
		if negative {
			word++
		}
		f.left = max(f.left, word-(f.right+1))
	}
	return f
}

// wantsExponent is NumPy's choice of the scientific form, in the arithmetic of d: numbers that do not fit in d's decimal precision (eight
// digits at most), below 0.0001, or more than a factor of 1000 apart.
func wantsExponent(d DType, least, most float64) bool {
	limit, small, ratio := 1e8, 1e-4, most/least
	switch d {
	case Float32:
		limit, small, ratio = 1e6, float64(float32(small)), float64(float32(ratio))
	case Float16:
		limit, small, ratio = 1e3, float64(Float16Of(small).Float32()), float64(Float16Of(ratio).Float32())
	case BFloat16:
		limit, small, ratio = 1e2, float64(BFloat16Of(small).Float32()), float64(BFloat16Of(ratio).Float32())
	}
	return most >= limit || least < small || ratio > 1000
}

// widen makes room for v.
func (f *floatForm) widen(v float64) {
	whole, fraction, exponent := f.parts(v)
	f.left = max(f.left, len(whole))
	if f.scientific {
		f.digits = max(f.digits, len(fraction))
		f.exponent = max(f.exponent, len(exponent)-1)
		return
	}
	f.right = max(f.right, len(fraction))
}

// parts is what stands before the point, after it, and after the e (with the exponent's sign).
func (f *floatForm) parts(v float64) (whole, fraction, exponent string) {
	s := shortest(f.dtype, v, f.precision, f.scientific)
	s, exponent, _ = strings.Cut(s, "e")
	whole, fraction, _ = strings.Cut(s, ".")
	if f.signed && !math.Signbit(v) {
		whole = "+" + whole
	}
	return whole, strings.TrimRight(fraction, "0"), exponent
}

// word is v as wide as all others.
func (f *floatForm) word(v float64) string {
	if v-v != 0 {
		return pad(f.left+f.right+1, nonFinite(v, f.signed))
	}
	whole, fraction, exponent := f.parts(v)
	whole = pad(f.left, whole) + "."
	if !f.scientific {
		return whole + fraction + strings.Repeat(" ", f.right-len(fraction))
	}
	fraction += strings.Repeat("0", f.digits-len(fraction))
	return whole + fraction + "e" + exponent[:1] + strings.Repeat("0", f.exponent-(len(exponent)-1)) + exponent[1:]
}

// pad puts blanks before s up to the width n.
func pad(n int, s string) string { return strings.Repeat(" ", max(0, n-len(s))) + s }

func nonFinite(v float64, signed bool) string {
	switch {
	case v < 0:
		return "-inf"
	case v != v && signed:
		return "+nan"
	case v != v:
		return "nan"
	case signed:
		return "+inf"
	}
	return "inf"
}

// shortest writes a finite v of dtype d with the fewest digits that are no other number's of d, but at most precision after the point
// (negative: as many as it takes), where v itself is rounded.
func shortest(d DType, v float64, precision int, scientific bool) string {
	form := byte('f')
	if scientific {
		form = 'e'
	}
	var s string
	switch d {
	case Float64:
		s = strconv.FormatFloat(v, form, -1, 64)
	case Float32:
		s = strconv.FormatFloat(v, form, -1, 32)
	default:
		s = strconv.FormatFloat(shortHalf(d, v), form, -1, 64)
	}
	if precision < 0 {
		return s
	}
	mantissa, _, _ := strings.Cut(s, "e")
	if _, fraction, _ := strings.Cut(mantissa, "."); len(fraction) <= precision {
		return s
	}
	return strconv.FormatFloat(v, form, precision, 64)
}

// shortHalf is the float64 with the fewest digits among those that round to the 16-bit float v, and of these the nearest to v.
func shortHalf(d DType, v float64) float64 {
	same := func(u float64) bool {
		if d == Float16 {
			return Float16Of(u) == Float16Of(v)
		}
		return BFloat16Of(u) == BFloat16Of(v)
	}
	if v == 0 {
		return v
	}
	for digits := 0; ; digits++ {
		near, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits, 64), 64)
		if same(near) {
			return near
		}
		// Where v is a power of two its neighbour below is nearer than the one above, and the decimal next above may do.
		_, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits, 64), "e")
		unit, _ := strconv.ParseFloat("1e"+exponent, 64)
		next, _ := strconv.ParseFloat(strconv.FormatFloat(near+math.Copysign(unit*math.Pow10(-digits), v), 'e', digits, 64), 64)
		if same(next) {
			return next
		}
	}
}

// bareScalar writes a tensor of shape [] as Python writes a number.
func bareScalar(t *Tensor) string {
	e := t.read(t.offset)
	switch d := t.dtype; {
	case d == Bool:
		return boolWord(e)
	case d.IsInt():
		return intWord(e, d)
	case d.IsFloat():
		s := bareFloat(d, e.f, false)
		if e.f-e.f == 0 && !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case d == Complex64:
		return bareComplex(Float32, e.c)
	default:
		return bareComplex(Float64, e.c)
	}
}

func bareComplex(d DType, c complex128) string {
	if re := real(c); re == 0 && !math.Signbit(re) {
		return bareFloat(d, imag(c), false) + "j"
	}
	return "(" + bareFloat(d, real(c), false) + bareFloat(d, imag(c), true) + "j)"
}

// bareFloat writes v with as many digits as it takes, in the scientific form below 0.0001 and from 10^16 on.
func bareFloat(d DType, v float64, signed bool) string {
	if v-v != 0 {
		return nonFinite(v, signed)
	}
	a := math.Abs(v)
	s := shortest(d, v, -1, a != 0 && (a < 1e-4 || a >= 1e16))
	if signed && !math.Signbit(v) {
		s = "+" + s
	}
	return s
}
