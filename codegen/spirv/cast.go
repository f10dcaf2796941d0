package spirv

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// cast converts x between real dtypes as op.EvalCore defines it.
func (f *function) cast(from, to tensor.DType, x id) id {
	switch {
	case from == to:
		return x
	case to.IsBool():
		return f.nonzero(from, x)
	case from.IsBool():
		return f.choose(f.typeOf(to), x, f.one(to), f.bits(to, 0))
	case from.IsInt() && to.IsInt():
		return f.resized(from, to, x)
	case from.IsInt() && isHalf(to):
		return f.narrowed(to, f.integerToOdd(from, to, x))
	case from.IsInt():
		return f.integerToFloat(from, to, x)
	case isHalf(from):
		return f.cast(tensor.Float32, to, f.widened(from, x))
	case to.IsInt():
		return f.floatToInteger(from, to, x)
	case to == tensor.Float64:
		return f.pure(opFConvert, f.float(64), x)
	case to == tensor.Float32:
		return f.exact(opFConvert, f.float(32), x)
	case from == tensor.Float64:
		return f.narrowed(to, f.toOdd(x))
	}
	return f.narrowed(to, x)
}

// nonzero asks whether x differs from 0, of floats by their bits, so that subnormal numbers count wherever.
func (f *function) nonzero(d tensor.DType, x id) id {
	switch {
	case isHalf(d):
		x, d = f.pure(opBitwiseAnd, f.uint(32), x, f.number(0x7fff)), tensor.Uint32
	case d == tensor.Float32:
		x, d = f.pure(opBitwiseAnd, f.uint(32), f.pure(opBitcast, f.uint(32), x), f.number(math.MaxInt32)), tensor.Uint32
	case d == tensor.Float64:
		return f.exact(opFUnordNotEqual, f.boolean(), x, f.real(d, 0))
	}
	return f.pure(opINotEqual, f.boolean(), x, f.integer(d, 0))
}

// one is the number 1 of d.
func (f *function) one(d tensor.DType) id {
	switch {
	case d == tensor.Float16:
		return f.number(0x3c00)
	case d == tensor.BFloat16:
		return f.number(0x3f80)
	case d.IsFloat():
		return f.real(d, 1)
	}
	return f.integer(d, 1)
}

// resized keeps the low bits of an integer.
func (f *function) resized(from, to tensor.DType, x id) id {
	switch {
	case to.Size() == 8 && from.Size() < 8 && from.IsSigned():
		// By shifts: Mesa takes a comparison of what opSConvert gives for one of 32 bits without a sign.
		n := f.bits(tensor.Int64, 32)
		x = f.pure(opShiftLeftLogical, f.uint(64), f.pure(opUConvert, f.uint(64), x), n)
		return f.pure(opShiftRightArithmetic, f.uint(64), x, n)
	case to.Size() == 8 && from.Size() < 8:
		return f.pure(opUConvert, f.uint(64), x)
	case to.Size() == 8:
		return x
	case from.Size() == 8:
		x = f.pure(opUConvert, f.uint(32), x)
	}
	return f.settled(to, x)
}

// integerToFloat rounds an integer to float32 or float64.
func (f *function) integerToFloat(from, to tensor.DType, x id) id {
	if from.IsSigned() {
		return f.exact(opConvertSToF, f.typeOf(to), x)
	}
	return f.exact(opConvertUToF, f.typeOf(to), x)
}

// floatToInteger drops the fraction, gives the nearest end of the range to what is beyond it, and 0 to NaN.
func (f *function) floatToInteger(from, to tensor.DType, x id) id {
	t := f.typeOf(to)
	w := int(width(to))
	least, limit, code := 0.0, math.Ldexp(1, w), opConvertFToU
	lowest, highest := f.bits(to, 0), f.bits(to, math.MaxUint64>>(64-w))
	if to.IsSigned() {
		least, limit, code = -math.Ldexp(1, w-1), math.Ldexp(1, w-1), opConvertFToS
		lowest, highest = f.bits(to, 1<<(w-1)), f.bits(to, 1<<(w-1)-1)
	}
	above := f.compare("greater", from, x, f.real(from, least))
	below := f.compare("less", from, x, f.real(from, limit))
	within := f.both(above, below)
	r := f.pure(code, t, f.choose(f.typeOf(from), within, x, f.real(from, 0)))
	r = f.choose(t, f.compare("greater_equal", from, x, f.real(from, limit)), highest, r)
	return f.choose(t, f.compare("less_equal", from, x, f.real(from, least)), lowest, r)
}

// widened is a half as a float32.
func (f *function) widened(d tensor.DType, x id) id {
	u := f.uint(32)
	number := func(n uint32) id { return f.number(n) }
	if d == tensor.BFloat16 {
		return f.pure(opBitcast, f.float(32), f.pure(opShiftLeftLogical, u, x, number(16)))
	}
	sign := f.pure(opShiftLeftLogical, u, f.pure(opBitwiseAnd, u, x, number(0x8000)), number(16))
	size := f.pure(opBitwiseAnd, u, x, number(0x7fff))
	// The exponent's bias grows from 15 to 127; that of infinities and NaN becomes the greatest.
	special := f.pure(opUGreaterThanEqual, f.boolean(), size, number(0x7c00))
	bias := f.choose(u, special, number(224<<23), number(112<<23))
	normal := f.pure(opIAdd, u, f.pure(opShiftLeftLogical, u, size, number(13)), bias)
	// A subnormal half is its bits times 2^-24, which is no subnormal float32.
	tiny := f.exact(opFMul, f.float(32), f.pure(opConvertUToF, f.float(32), size), f.real(tensor.Float32, 0x1p-24))
	small := f.pure(opULessThan, f.boolean(), size, number(0x400))
	r := f.choose(u, small, f.pure(opBitcast, u, tiny), normal)
	return f.pure(opBitcast, f.float(32), f.pure(opBitwiseOr, u, r, sign))
}

// narrowed rounds a float32 to a half's bits, to nearest, ties to even.
func (f *function) narrowed(to tensor.DType, x id) id {
	u := f.uint(32)
	b := f.pure(opBitcast, u, x)
	size := f.pure(opBitwiseAnd, u, b, f.number(math.MaxInt32))
	nan := f.pure(opUGreaterThan, f.boolean(), size, f.number(0x7f800000))
	if to == tensor.BFloat16 {
		r := f.shiftedEven(b, f.number(16))
		quiet := f.pure(opBitwiseOr, u, f.pure(opShiftRightLogical, u, b, f.number(16)), f.number(0x40))
		return f.choose(u, nan, quiet, r)
	}
	sign := f.pure(opBitwiseAnd, u, f.pure(opShiftRightLogical, u, b, f.number(16)), f.number(0x8000))
	normal := f.shiftedEven(f.pure(opISub, u, size, f.number(112<<23)), f.number(13))
	// Below 2^-14 the last place is 2^-24: the mantissa moves down by as much as the exponent is below 126, at most out of sight.
	exponent := f.pure(opShiftRightLogical, u, size, f.number(23))
	mantissa := f.pure(opBitwiseOr, u, f.pure(opBitwiseAnd, u, size, f.number(0x7fffff)), f.number(0x800000))
	places := f.pure(opISub, u, f.number(126), exponent)
	far := f.pure(opUGreaterThanEqual, f.boolean(), f.pure(opISub, u, places, f.number(1)), f.number(30))
	tiny := f.shiftedEven(mantissa, f.choose(u, far, f.number(30), places))
	r := f.choose(u, f.pure(opULessThan, f.boolean(), size, f.number(113<<23)), tiny, normal)
	r = f.choose(u, f.pure(opUGreaterThanEqual, f.boolean(), size, f.number(143<<23)), f.number(0x7c00), r)
	r = f.choose(u, nan, f.number(0x7e00), r)
	return f.pure(opBitwiseOr, u, r, sign)
}

// shiftedEven is x / 2^n rounded to nearest, ties to even; n is at least 1.
func (f *function) shiftedEven(x, n id) id {
	u, one := f.uint(32), f.number(1)
	odd := f.pure(opBitwiseAnd, u, f.pure(opShiftRightLogical, u, x, n), one)
	half := f.pure(opShiftLeftLogical, u, one, f.pure(opISub, u, n, one))
	up := f.pure(opIAdd, u, f.pure(opISub, u, half, one), odd)
	return f.pure(opShiftRightLogical, u, f.pure(opIAdd, u, x, up), n)
}

// toOdd rounds a float64 to a float32 such that rounding that once more to fewer bits is as rounding once: what is not exact is rounded
// toward zero and its last bit set (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008).
func (f *function) toOdd(x id) id {
	d := tensor.Float64
	r := f.exact(opFConvert, f.float(32), x)
	back := f.pure(opFConvert, f.float(64), r)
	larger := f.compare("greater", d, f.glslOf(glslFAbs, f.float(64), back), f.glslOf(glslFAbs, f.float(64), x))
	differs := f.both(f.compare("not_equal", d, back, x), f.compare("equal", d, x, x))
	return f.odd(r, larger, differs)
}

// integerToOdd does so with an integer. float16 has no number beyond 2^16, and what is below 2^24 is exact.
func (f *function) integerToOdd(from, to tensor.DType, x id) id {
	if from.Size() < 4 || to == tensor.Float16 {
		return f.integerToFloat(from, tensor.Float32, x)
	}
	d := tensor.Uint32
	if from.Size() == 8 {
		d = tensor.Uint64
	}
	t, zero := f.typeOf(d), f.integer(d, 0)
	negative := f.truth(false)
	if from.IsSigned() {
		negative = f.pure(opSLessThan, f.boolean(), x, zero)
		x = f.magnitude(from, x)
	}
	// What has the highest bit is halved, so that the rounded number can be compared as an integer.
	high := f.pure(opSLessThan, f.boolean(), x, zero)
	one := f.integer(d, 1)
	halved := f.pure(opBitwiseOr, t, f.pure(opShiftRightLogical, t, x, f.number(1)), f.pure(opBitwiseAnd, t, x, one))
	x = f.choose(t, high, halved, x)
	r := f.exact(opConvertUToF, f.float(32), x)
	back := f.pure(opConvertFToU, t, r)
	r = f.odd(r, f.pure(opUGreaterThan, f.boolean(), back, x), f.pure(opINotEqual, f.boolean(), back, x))
	one32, two := f.real(tensor.Float32, 1), f.real(tensor.Float32, 2)
	r = f.exact(opFMul, f.float(32), r, f.choose(f.float(32), high, two, one32))
	return f.choose(f.float(32), negative, f.pure(opFNegate, f.float(32), r), r)
}

// odd steps a float32 toward zero where it is too large, and sets its last bit where it is not exact.
func (f *function) odd(r, larger, differs id) id {
	u, one := f.uint(32), f.number(1)
	b := f.pure(opBitcast, u, r)
	b = f.choose(u, larger, f.pure(opISub, u, b, one), b)
	b = f.choose(u, differs, f.pure(opBitwiseOr, u, b, one), b)
	return f.pure(opBitcast, f.float(32), b)
}
