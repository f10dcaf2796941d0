package codegen

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/einloom/einloom/tensor"
)

// format is the layout of a binary floating-point dtype.
type format struct{ mantissa, exponent int }

var formats = map[tensor.DType]format{
	tensor.Float16: {10, 5}, tensor.BFloat16: {7, 8}, tensor.Float32: {23, 8}, tensor.Float64: {52, 11},
	tensor.Complex64: {23, 8}, tensor.Complex128: {52, 11},
}

func (f format) inf() uint64 { return (1<<f.exponent - 1) << f.mantissa }

// nan is the quiet NaN without payload: what the text calls nan.
func (f format) nan() uint64 { return f.inf() | 1<<(f.mantissa-1) }

func (f format) sign() uint64 { return 1 << (f.mantissa + f.exponent) }

func (f format) bits() int { return 1 + f.mantissa + f.exponent }

// round gives the bits of x in f, to nearest, ties to even.
func (f format) round(x float64) uint64 {
	switch f.mantissa {
	case 10:
		return uint64(tensor.Float16Of(x))
	case 7:
		return uint64(tensor.BFloat16Of(x))
	case 23:
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(x)
}

// value gives the number that bits stand for in f, exactly.
func (f format) value(b uint64) float64 {
	switch f.mantissa {
	case 10:
		return float64(tensor.F16(b).Float32())
	case 7:
		return float64(tensor.BF16(b).Float32())
	case 23:
		return float64(math.Float32frombits(uint32(b)))
	}
	return math.Float64frombits(b)
}

// numberBits gives the bits of x in d: rounded to nearest for floats, saturated for integers (NaN is 0), x != 0 for bool, imaginary part
// 0 for complex dtypes.
func numberBits(d tensor.DType, x float64) (lo, hi uint64) {
	switch {
	case d.IsBool():
		if x != 0 {
			return 1, 0
		}
		return 0, 0
	case d.IsInt():
		return integerBits(d, x), 0
	}
	return formats[d].round(x), 0
}

func integerBits(d tensor.DType, x float64) uint64 {
	width := 8 * d.Size()
	x = math.Trunc(x)
	if d.IsUnsigned() {
		switch limit := math.Ldexp(1, width); {
		case !(x > 0):
			return 0
		case x >= limit:
			return mask(width)
		}
		return uint64(x)
	}
	limit := math.Ldexp(1, width-1)
	switch {
	case x != x:
		return 0
	case x >= limit:
		return mask(width - 1)
	case x < -limit:
		return 1 << (width - 1)
	}
	return uint64(int64(x)) & mask(width)
}

// mask is the lowest n bits.
func mask(n int) uint64 { return ^uint64(0) >> (64 - n) }

// constText is the text of a constant, without its dtype unless it is complex.
func constText(v *Value) string {
	d := v.DType
	switch {
	case d.IsBool():
		return strconv.FormatBool(v.Bits != 0)
	case d.IsSigned():
		shift := 64 - 8*d.Size()
		return strconv.FormatInt(int64(v.Bits<<shift)>>shift, 10)
	case d.IsUnsigned():
		return strconv.FormatUint(v.Bits, 10)
	case d == tensor.Complex64:
		return fmt.Sprintf("%v(%s, %s)", d, floatText(formats[d], v.Bits&mask(32)), floatText(formats[d], v.Bits>>32))
	case d == tensor.Complex128:
		return fmt.Sprintf("%v(%s, %s)", d, floatText(formats[d], v.Bits), floatText(formats[d], v.Hi))
	}
	return floatText(formats[d], v.Bits)
}

func floatText(f format, b uint64) string {
	x := f.value(b)
	switch {
	case b == f.nan():
		return "nan"
	case x != x:
		return fmt.Sprintf("bits(%#x)", b)
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	if x == 0 && math.Signbit(x) {
		return "-0.0"
	}
	return f.shortest(x)
}

// shortest is the shortest decimal that rounds to x in f.
func (f format) shortest(x float64) string {
	switch f.mantissa {
	case 52:
		return strconv.FormatFloat(x, 'g', -1, 64)
	case 23:
		return strconv.FormatFloat(x, 'g', -1, 32)
	}
	for digits := 1; ; digits++ {
		s := strconv.FormatFloat(x, 'g', digits, 64)
		if y, err := strconv.ParseFloat(s, 64); digits == 17 || err == nil && f.value(f.round(y)) == x {
			return s
		}
	}
}

var errNotConst = errors.New("not a number of this dtype")

// literal is a constant as it is written, before its dtype is known.
type literal struct {
	text     string // digits, "inf", "nan" or, for bits(0x7e01), the digits in the parentheses
	negative bool
	raw      bool // bits
}

// in gives the literal's bits in d, one part of it where d is complex.
func (l literal) in(d tensor.DType) (uint64, error) {
	switch {
	case d.IsInt():
		return l.integer(d)
	case d.IsFloat() || d.IsComplex():
		return l.float(formats[d])
	}
	return 0, errNotConst
}

func (l literal) integer(d tensor.DType) (uint64, error) {
	width := 8 * d.Size()
	if l.raw {
		return l.rawBits(width)
	}
	if d.IsUnsigned() {
		u, err := strconv.ParseUint(l.text, 0, width)
		if err != nil || l.negative && u != 0 {
			return 0, errNotConst
		}
		return u, nil
	}
	sign := ""
	if l.negative {
		sign = "-"
	}
	i, err := strconv.ParseInt(sign+l.text, 0, width)
	if err != nil {
		return 0, errNotConst
	}
	return uint64(i) & mask(width), nil
}

func (l literal) float(f format) (uint64, error) {
	if l.raw {
		return l.rawBits(f.bits())
	}
	var b uint64
	switch l.text {
	case "nan":
		b = f.nan()
	case "inf":
		b = f.inf()
	default:
		width := 64
		if f.mantissa == 23 {
			width = 32
		}
		x, err := strconv.ParseFloat(l.text, width)
		if err != nil {
			return 0, errNotConst
		}
		b = f.round(x)
	}
	if l.negative {
		b |= f.sign()
	}
	return b, nil
}

func (l literal) rawBits(width int) (uint64, error) {
	b, err := strconv.ParseUint(l.text, 0, width)
	if err != nil || l.negative {
		return 0, errNotConst
	}
	return b, nil
}
