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

// wantsExponent is NumPy's choice of the scientific form, in the arithmetic of d: for numbers from decimalLimit on, below 0.0001, or more
// than a factor of 1000 apart.
func wantsExponent(d DType, least, most float64) bool {
	small, ratio := roundTo(d, 1e-4), roundTo(d, most/least)
	return most >= decimalLimit(d) || least < small || ratio > 1000
}

// decimalLimit is ten to the number of decimal digits that d holds, at most eight.
func decimalLimit(d DType) float64 {
	switch d {
	case BFloat16:
		return 1e2
	case Float16:
		return 1e3
	case Float32:
		return 1e6
	}
	return 1e8
}

// roundTo is the nearest value of the float type d.
func roundTo(d DType, v float64) float64 {
	switch d {
	case Float16:
		return float64(Float16Of(v).Float32())
	case BFloat16:
		return float64(BFloat16Of(v).Float32())
	case Float32:
		return float64(float32(v))
	}
	return v
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

// parts is what stands before the point, after it, and after the e (with the exponent's sign), without zeros at the end of the fraction.
func (f *floatForm) parts(v float64) (whole, fraction, exponent string) {
	whole, fraction, exponent = f.split(v, shortest(f.dtype, v, f.precision, f.scientific))
	return whole, strings.TrimRight(fraction, "0"), exponent
}

// split takes apart s, which is v in digits.
func (f *floatForm) split(v float64, s string) (whole, fraction, exponent string) {
	s, exponent, _ = strings.Cut(s, "e")
	whole, fraction, _ = strings.Cut(s, ".")
	if f.signed && !math.Signbit(v) {
		whole = "+" + whole
	}
	return whole, fraction, exponent
}

// word is v as wide as all others. In the scientific form the digits that another number needs are v's own, not zeros.
func (f *floatForm) word(v float64) string {
	if v-v != 0 {
		return pad(f.left+f.right+1, nonFinite(v, f.signed))
	}
	whole, fraction, exponent := f.parts(v)
	if !f.scientific {
		return pad(f.left, whole) + "." + fraction + strings.Repeat(" ", f.right-len(fraction))
	}
	if len(fraction) < f.digits {
		whole, fraction, exponent = f.split(v, strconv.FormatFloat(v, 'e', f.digits, 64))
	}
	exponent = exponent[:1] + strings.Repeat("0", f.exponent-len(exponent[1:])) + exponent[1:]
	return pad(f.left, whole) + "." + fraction + "e" + exponent
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
// (negative: as many as it takes), where v itself is rounded. Of several that are as short it is the nearest to v, ties to even.
func shortest(d DType, v float64, precision int, scientific bool) string {
	form := byte('f')
	if scientific {
		form = 'e'
	}
	s := ""
	switch d {
	case Float64:
		s = strconv.FormatFloat(v, form, -1, 64)
	case Float32:
		s = strconv.FormatFloat(v, form, -1, 32)
	default:
		s = strconv.FormatFloat(shortHalf(d, v), form, -1, 64)
	}
	digits := len(fractionOf(s))
	if precision >= 0 && digits > precision {
		return strconv.FormatFloat(v, form, precision, 64)
	}
	if near := strconv.FormatFloat(v, form, digits, 64); names(d, near, v) {
		return near
	}
	return s
}

// fractionOf is the digits between the point and the exponent.
func fractionOf(s string) string {
	s, _, _ = strings.Cut(s, "e")
	_, fraction, _ := strings.Cut(s, ".")
	return fraction
}

// names says whether s, read and rounded to d, is v.
func names(d DType, s string, v float64) bool {
	bits := 64
	if d == Float32 {
		bits = 32
	}
	u, err := strconv.ParseFloat(s, bits)
	return err == nil && roundTo(d, u) == v
}

// shortHalf is the float64 with the fewest digits among those that round to the 16-bit float v.
func shortHalf(d DType, v float64) float64 {
	for digits := 0; ; digits++ {
		s := strconv.FormatFloat(v, 'e', digits, 64)
		near, err := strconv.ParseFloat(s, 64)
		if err != nil || names(d, s, v) {
			return near
		}
		// The neighbour below a power of two is nearer than the one above, so that the next decimal above may do where the nearest does not.
		_, exponent, _ := strings.Cut(s, "e")
		unit, _ := strconv.ParseFloat("1e"+exponent, 64)
		above := strconv.FormatFloat(near+math.Copysign(unit*math.Pow10(-digits), v), 'e', digits, 64)
		if names(d, above, v) {
			next, _ := strconv.ParseFloat(above, 64)
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
	default:
		return bareComplex(d.part(), e.c)
	}
}

// bareComplex writes c, whose parts are of dtype d, as Python does: 2j or (1+2j).
func bareComplex(d DType, c complex128) string {
	if re := real(c); re == 0 && !math.Signbit(re) {
		return bareFloat(d, imag(c), false) + "j"
	}
	return "(" + bareFloat(d, real(c), false) + bareFloat(d, imag(c), true) + "j)"
}

// bareFloat writes v with as many digits as it takes, in the scientific form below 0.0001 and where v is longer than its digits.
func bareFloat(d DType, v float64, signed bool) string {
	if v-v != 0 {
		return nonFinite(v, signed)
	}
	limit := 1e16
	if d != Float64 {
		limit = decimalLimit(d)
	}
	a := math.Abs(v)
	s := shortest(d, v, -1, a != 0 && (a < 1e-4 || a >= limit))
	if signed && !math.Signbit(v) {
		s = "+" + s
	}
	return s
}
