package spirv

import (
	"github.com/einloom/einloom/tensor"
)

// Vulkan lets a device be off by 2.5 units in the last place in x/y, and by about as much in a square root; CPU devices are exact. For the
// others both are done with integers here, digits at a time, so that every device gives the same bits.

// layout is the layout of a float dtype, in words of its own width.
type layout struct {
	d        tensor.DType // of the floats
	w        tensor.DType // of the words
	t        id
	mantissa int
}

func (f *function) layoutOf(d tensor.DType) layout {
	if d == tensor.Float64 {
		return layout{d, tensor.Uint64, f.uint(64), 52}
	}
	return layout{d, tensor.Uint32, f.uint(32), 23}
}

// loose says whether divisions and roots of d have to be done by integers, which for float64 takes 64-bit ones.
func (f *function) loose(d tensor.DType) bool {
	return f.c.Type != CPU && (d == tensor.Float32 || f.c.ShaderInt64)
}

func (f *function) word(l layout, n int64) id { return f.integer(l.w, n) }

// shifted moves a word up by n places, or down by -n.
func (f *function) shifted(l layout, x id, n int) id {
	if n < 0 {
		return f.pure(opShiftRightLogical, l.t, x, f.number(uint32(-n)))
	}
	return f.pure(opShiftLeftLogical, l.t, x, f.number(uint32(n)))
}

// infinity is the bits of the infinity.
func (l layout) infinity() int64 { return (1<<(8*l.w.Size()-1-l.mantissa) - 1) << l.mantissa }

// parts gives size's mantissa, with its highest bit at place mantissa, and its exponent field, which is less than 1 where size is subnormal.
// size is not 0.
func (f *function) parts(l layout, size id) (mantissa, exponent id) {
	hidden := int64(1) << l.mantissa
	field := f.shifted(l, size, -l.mantissa)
	normal := f.pure(opBitwiseOr, l.t, f.pure(opBitwiseAnd, l.t, size, f.word(l, hidden-1)), f.word(l, hidden))
	small := f.pure(opIEqual, f.boolean(), field, f.word(l, 0))
	// A subnormal number goes up by halves of what it may lack.
	m, up := size, f.word(l, 0)
	for step := 32; step > 0; step /= 2 {
		if step > l.mantissa {
			continue
		}
		short := f.pure(opULessThan, f.boolean(), m, f.word(l, hidden>>(step-1)))
		m = f.choose(l.t, short, f.shifted(l, m, step), m)
		up = f.choose(l.t, short, f.pure(opIAdd, l.t, up, f.word(l, int64(step))), up)
	}
	exponent = f.choose(l.t, small, f.pure(opISub, l.t, f.word(l, 1), up), field)
	return f.choose(l.t, small, m, normal), exponent
}

// divided is x / y.
func (f *function) divided(d tensor.DType, x, y id) id {
	l := f.layoutOf(d)
	bx, by := f.pure(opBitcast, l.t, x), f.pure(opBitcast, l.t, y)
	top := int64(-1) << (8*l.w.Size() - 1)
	sign := f.pure(opBitwiseAnd, l.t, f.pure(opBitwiseXor, l.t, bx, by), f.word(l, top))
	sx, sy := f.pure(opBitwiseAnd, l.t, bx, f.word(l, ^top)), f.pure(opBitwiseAnd, l.t, by, f.word(l, ^top))
	mx, ex := f.parts(l, sx)
	my, ey := f.parts(l, sy)
	exponent := f.pure(opIAdd, l.t, f.pure(opISub, l.t, ex, ey), f.word(l, l.infinity()>>l.mantissa>>1))
	// Twice x's mantissa where it is the lesser: the quotient then begins with 1, and the next digits follow from the remainder, as many
	// at a time as leave it within a word.
	less := f.pure(opULessThan, f.boolean(), mx, my)
	mx = f.choose(l.t, less, f.shifted(l, mx, 1), mx)
	exponent = f.choose(l.t, less, f.pure(opISub, l.t, exponent, f.word(l, 1)), exponent)
	divisor := f.choose(l.t, f.pure(opIEqual, f.boolean(), sy, f.word(l, 0)), f.word(l, 1), my)
	q, r := f.word(l, 1), f.pure(opISub, l.t, mx, my)
	digits := 8*l.w.Size() - l.mantissa - 1
	have := 0
	for ; have <= l.mantissa; have += digits {
		r = f.shifted(l, r, digits)
		part := f.pure(opUDiv, l.t, r, divisor)
		r = f.pure(opISub, l.t, r, f.pure(opIMul, l.t, part, divisor))
		q = f.pure(opBitwiseOr, l.t, f.shifted(l, q, digits), part)
	}
	z := f.assembled(l, q, r, have-l.mantissa, exponent)
	inf, zero, nan := f.word(l, l.infinity()), f.word(l, 0), f.word(l, l.infinity()|1<<(l.mantissa-1))
	is := func(x, y id) id { return f.pure(opIEqual, f.boolean(), x, y) }
	either := func(x, y id) id { return f.pure(opLogicalOr, f.boolean(), x, y) }
	z = f.choose(l.t, either(is(sx, zero), is(sy, inf)), zero, z)
	z = f.choose(l.t, either(is(sx, inf), is(sy, zero)), inf, z)
	bad := either(f.both(is(sx, zero), is(sy, zero)), f.both(is(sx, inf), is(sy, inf)))
	bad = either(bad, either(f.pure(opUGreaterThan, f.boolean(), sx, inf), f.pure(opUGreaterThan, f.boolean(), sy, inf)))
	z = f.choose(l.t, bad, nan, f.pure(opBitwiseOr, l.t, z, sign))
	return f.pure(opBitcast, f.typeOf(d), z)
}

// assembled rounds the digits q, of which extra are behind the last place of a normal number, to nearest even, with a remainder r that is 0 if
// there are no more digits. exponent is the field that a normal number has.
func (f *function) assembled(l layout, q, r id, extra int, exponent id) id {
	zero := f.word(l, 0)
	more := f.choose(l.t, f.pure(opINotEqual, f.boolean(), r, zero), f.word(l, 1), zero)
	q = f.pure(opBitwiseOr, l.t, f.shifted(l, q, 1), more)
	// A subnormal number loses places, at most all.
	low := f.pure(opSLessThan, f.boolean(), exponent, f.word(l, 1))
	lost := f.choose(l.t, low, f.pure(opISub, l.t, f.word(l, 1), exponent), zero)
	all := f.word(l, int64(8*l.w.Size()-2-extra))
	lost = f.choose(l.t, f.pure(opUGreaterThan, f.boolean(), lost, all), all, lost)
	base := f.choose(l.t, low, zero, f.shifted(l, f.pure(opISub, l.t, exponent, f.word(l, 1)), l.mantissa))
	n := f.pure(opIAdd, l.t, lost, f.word(l, int64(extra+1)))
	count := f.count(l.w, n)
	one := f.word(l, 1)
	odd := f.pure(opBitwiseAnd, l.t, f.pure(opShiftRightLogical, l.t, q, count), one)
	half := f.pure(opShiftLeftLogical, l.t, one, f.count(l.w, f.pure(opISub, l.t, n, one)))
	up := f.pure(opIAdd, l.t, f.pure(opISub, l.t, half, one), odd)
	z := f.pure(opIAdd, l.t, base, f.pure(opShiftRightLogical, l.t, f.pure(opIAdd, l.t, q, up), count))
	inf := f.word(l, l.infinity())
	over := f.pure(opSGreaterThan, f.boolean(), exponent, f.word(l, l.infinity()>>l.mantissa-1))
	return f.choose(l.t, f.pure(opLogicalOr, f.boolean(), over, f.pure(opUGreaterThan, f.boolean(), z, inf)), inf, z)
}

// root is the square root of x, a binary digit at a time as one does it by hand.
func (f *function) root(d tensor.DType, x id) id {
	l := f.layoutOf(d)
	b := f.pure(opBitcast, l.t, x)
	m, e := f.parts(l, f.pure(opBitwiseAnd, l.t, b, f.word(l, ^(int64(-1)<<(8*l.w.Size()-1)))))
	bias := l.infinity() >> l.mantissa >> 1
	e = f.pure(opISub, l.t, e, f.word(l, bias))
	odd := f.pure(opBitwiseAnd, l.t, e, f.word(l, 1))
	m = f.choose(l.t, f.pure(opINotEqual, f.boolean(), odd, f.word(l, 0)), f.shifted(l, m, 1), m)
	half := f.pure(opShiftRightArithmetic, l.t, f.pure(opISub, l.t, e, odd), f.number(1))
	// m, of mantissa+1 or +2 digits, with mantissa+2 zeros behind has a root of mantissa+2 digits: one more than a number has.
	zeros := l.mantissa + 2
	root, rest := f.word(l, 0), f.word(l, 0)
	for i := zeros - 1; i >= 0; i-- {
		rest = f.shifted(l, rest, 2)
		if at := 2*i - zeros; at >= -1 {
			rest = f.pure(opBitwiseOr, l.t, rest, f.pure(opBitwiseAnd, l.t, f.shifted(l, m, -at), f.word(l, 3)))
		}
		trial := f.pure(opBitwiseOr, l.t, f.shifted(l, root, 2), f.word(l, 1))
		fits := f.pure(opUGreaterThanEqual, f.boolean(), rest, trial)
		rest = f.choose(l.t, fits, f.pure(opISub, l.t, rest, trial), rest)
		root = f.shifted(l, root, 1)
		root = f.choose(l.t, fits, f.pure(opBitwiseOr, l.t, root, f.word(l, 1)), root)
	}
	z := f.assembled(l, root, rest, 1, f.pure(opIAdd, l.t, half, f.word(l, bias)))
	none := f.pure(opIEqual, f.boolean(), f.shifted(l, b, 1), f.word(l, 0))
	whole := f.pure(opLogicalOr, f.boolean(), none, f.pure(opIEqual, f.boolean(), b, f.word(l, l.infinity()))) // the root of itself
	bad := f.pure(opUGreaterThan, f.boolean(), b, f.word(l, l.infinity()))                                     // NaN, or less than 0
	z = f.choose(l.t, bad, f.word(l, l.infinity()|1<<(l.mantissa-1)), z)
	return f.pure(opBitcast, f.typeOf(d), f.choose(l.t, whole, b, z))
}
