package spirv

import (
	"fmt"
	"math"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Values are held so: bool as a bool; integers of up to 32 bits as 32-bit words, extended by their sign or by zeros; 64-bit ones as 64-bit
// words; halves as their bits in a 32-bit word, which are computed with only after a cast; float32 and float64 as such. Integer types are
// without a sign: it is the instructions that have one.

func isHalf(d tensor.DType) bool { return d == tensor.Float16 || d == tensor.BFloat16 }

// width is the bits of an integer dtype.
func width(d tensor.DType) uint32 { return uint32(8 * d.Size()) }

// typeOf is the type that values of d are held in.
func (f *function) typeOf(d tensor.DType) id {
	switch {
	case d.IsBool():
		return f.boolean()
	case d == tensor.Float32:
		return f.float(32)
	case d == tensor.Float64:
		return f.float(64)
	case d.Size() == 8:
		return f.uint(64)
	}
	return f.uint(32)
}

// bits is the constant of d that has those bits (see codegen.Value.Bits).
func (f *function) bits(d tensor.DType, b uint64) id {
	switch {
	case d.IsBool():
		return f.truth(b != 0)
	case d.Size() == 8:
		return f.constant(f.typeOf(d), uint32(b), uint32(b>>32))
	case d.IsSigned():
		unused := 64 - 8*d.Size()
		return f.number(uint32(int64(b<<unused) >> unused))
	case d == tensor.Float32:
		return f.constant(f.float(32), uint32(b))
	}
	return f.number(uint32(b))
}

// real is a number that the float dtype d has.
func (f *function) real(d tensor.DType, x float64) id {
	if d == tensor.Float64 {
		return f.bits(d, math.Float64bits(x))
	}
	return f.bits(d, uint64(math.Float32bits(float32(x))))
}

// integer is an integer constant of d.
func (f *function) integer(d tensor.DType, n int64) id { return f.bits(d, uint64(n)) }

func (f *function) choose(t, condition, yes, no id) id {
	return f.pure(opSelect, t, condition, yes, no)
}

func (f *function) both(x, y id) id { return f.pure(opLogicalAnd, f.boolean(), x, y) }

// operation is a core operation on operands of dtype d.
func (f *function) operation(name string, d tensor.DType, args []id) (id, error) {
	switch {
	case name == "where" || name == "rare":
		return f.choose(f.typeOf(d), args[0], args[1], args[2]), nil
	case d.IsBool():
		if code, ok := logicOps[name]; ok {
			return f.pure(code, f.boolean(), args...), nil
		}
	case d.IsInt():
		if x, ok := f.integral(name, d, args); ok {
			return x, nil
		}
	case d == tensor.Float32 || d == tensor.Float64:
		if x, ok := f.floating(name, d, args); ok {
			return x, nil
		}
	}
	return 0, fmt.Errorf("spirv: %s is no core operation on %v", name, d)
}

// The instructions of operations that are one.
var (
	logicOps   = map[string]opcode{"and": opLogicalAnd, "or": opLogicalOr, "xor": opLogicalNotEqual, "not": opLogicalNot}
	integerOps = map[string]opcode{"add": opIAdd, "sub": opISub, "mul": opIMul, "neg": opSNegate}
	bitOps     = map[string]opcode{"and": opBitwiseAnd, "or": opBitwiseOr, "xor": opBitwiseXor, "not": opNot}
	floatOps   = map[string]opcode{"add": opFAdd, "sub": opFSub, "mul": opFMul, "div": opFDiv, "neg": opFNegate}
	glslOps    = map[string]uint32{
		"abs": glslFAbs, "sqrt": glslSqrt, "floor": glslFloor, "ceil": glslCeil, "trunc": glslTrunc, "rint": glslRoundEven,
	}
	signedTests = map[string]opcode{
		"equal": opIEqual, "not_equal": opINotEqual, "less": opSLessThan, "less_equal": opSLessThanEqual,
		"greater": opSGreaterThan, "greater_equal": opSGreaterThanEqual,
	}
	unsignedTests = map[string]opcode{
		"equal": opIEqual, "not_equal": opINotEqual, "less": opULessThan, "less_equal": opULessThanEqual,
		"greater": opUGreaterThan, "greater_equal": opUGreaterThanEqual,
	}
	floatTests = map[string]opcode{
		"equal": opFOrdEqual, "not_equal": opFUnordNotEqual, "less": opFOrdLessThan, "less_equal": opFOrdLessThanEqual,
		"greater": opFOrdGreaterThan, "greater_equal": opFOrdGreaterThanEqual,
	}
)

// compare is a comparison of operands of dtype d.
func (f *function) compare(name string, d tensor.DType, x, y id) id {
	switch {
	case d.IsFloat():
		return f.exact(floatTests[name], f.boolean(), x, y)
	case d.IsSigned():
		return f.pure(signedTests[name], f.boolean(), x, y)
	}
	return f.pure(unsignedTests[name], f.boolean(), x, y)
}

func (f *function) floating(name string, d tensor.DType, args []id) (id, bool) {
	t := f.typeOf(d)
	switch {
	case name == "div" && f.loose(d):
		return f.divided(d, args[0], args[1]), true
	case name == "sqrt" && f.loose(d):
		return f.root(d, args[0]), true
	}
	if code, ok := floatOps[name]; ok {
		return f.exact(code, t, f.guarded(name, d, args)...), true
	}
	if n, ok := glslOps[name]; ok {
		if rounded[name] && d == tensor.Float64 {
			return f.toWhole(name, args[0]), true
		}
		return f.glslOf(n, t, args[0]), true
	}
	if _, ok := floatTests[name]; ok {
		return f.compare(name, d, args[0], args[1]), true
	}
	switch name {
	case "min":
		return f.choose(t, f.compare("less", d, args[0], args[1]), args[0], args[1]), true
	case "max":
		return f.choose(t, f.compare("greater", d, args[0], args[1]), args[0], args[1]), true
	case "bitcast":
		return f.pure(opBitcast, f.uint(width(d)), args[0]), true
	}
	return 0, false
}

// guarded hides from the driver that an operand is the constant 0, or may come to that, or that two are one value. Mesa's code generator for
// CPUs (gallivm 22.3) takes x + 0 for x, x * 0 and 0 / x for 0, and x - x for 0, which are wrong for -0, infinities and NaN, NoContraction or not.
func (f *function) guarded(name string, d tensor.DType, args []id) []id {
	zero := f.real(d, 0)
	alone := name == "add" || name == "mul" || name == "neg" // x with itself is none of its business
	list := slices.Clone(args)
	for i, a := range args {
		if a == zero || f.fixed[a] || i > 0 && a == args[0] && !alone {
			hidden := f.pure(opBitcast, f.float(32), f.nought())
			if d == tensor.Float64 {
				hidden = f.pure(opFConvert, f.float(64), hidden)
			}
			if a != zero { // x itself, as far as anybody can tell when it runs
				differs := f.pure(opINotEqual, f.boolean(), f.nought(), f.number(0))
				hidden = f.choose(f.typeOf(d), differs, hidden, a)
			}
			list[i] = hidden
		}
	}
	return list
}

// nought is 0 when it runs, and nothing that a driver could know before: the second part of a workgroup's number.
func (f *function) nought() id {
	word := f.uint(32)
	three := f.typ(opTypeVector, uint32(word), 3)
	return f.extracted(word, f.pure(opLoad, three, f.builtin(builtinWorkgroup)), 1)
}

// rounded are the roundings to whole numbers.
var rounded = map[string]bool{"rint": true, "floor": true, "ceil": true, "trunc": true}

// toWhole rounds a float64 to a whole number, with x's sign. Drivers' own instructions are not to be trusted: Mesa's rounds as float32s do.
// What is at least 2^52 is whole, and so is the sum of 2^52 and anything smaller, rounded to even.
func (f *function) toWhole(name string, x id) id {
	d, t := tensor.Float64, f.float(64)
	big := f.real(d, 0x1p52)
	size := f.glslOf(glslFAbs, t, x)
	negative := f.compare("less", d, x, f.real(d, 0))
	near := f.exact(opFSub, t, f.exact(opFAdd, t, size, big), big)
	// The correction is made to |x|: floor of a negative number goes up, ceil down.
	down := f.exact(opFSub, t, near, f.choose(t, f.compare("greater", d, near, size), f.real(d, 1), f.real(d, 0)))
	up := f.exact(opFAdd, t, near, f.choose(t, f.compare("less", d, near, size), f.real(d, 1), f.real(d, 0)))
	switch name {
	case "floor":
		near = f.choose(t, negative, up, down)
	case "ceil":
		near = f.choose(t, negative, down, up)
	case "trunc":
		near = down
	}
	near = f.choose(t, negative, f.pure(opFNegate, t, near), near)
	moves := f.both(f.compare("less", d, size, big), f.compare("not_equal", d, x, f.real(d, 0)))
	return f.choose(t, moves, near, x)
}

func (f *function) integral(name string, d tensor.DType, args []id) (id, bool) {
	t := f.typeOf(d)
	if code, ok := integerOps[name]; ok {
		return f.settled(d, f.pure(code, t, args...)), true
	}
	if code, ok := bitOps[name]; ok {
		return f.settled(d, f.pure(code, t, args...)), true
	}
	if _, ok := signedTests[name]; ok {
		return f.compare(name, d, args[0], args[1]), true
	}
	switch name {
	case "abs":
		negative := f.compare("less", d, args[0], f.integer(d, 0))
		return f.settled(d, f.choose(t, negative, f.pure(opSNegate, t, args[0]), args[0])), true
	case "min":
		return f.choose(t, f.compare("less", d, args[0], args[1]), args[0], args[1]), true
	case "max":
		return f.choose(t, f.compare("greater", d, args[0], args[1]), args[0], args[1]), true
	case "idiv":
		return f.quotient(d, args[0], args[1]), true
	case "imod":
		return f.remainder(d, args[0], args[1]), true
	case "shl", "shr", "sar":
		return f.shift(name, d, args[0], args[1]), true
	case "bitcast":
		return f.pure(opBitcast, f.float(width(d)), args[0]), d.Size() >= 4
	}
	return 0, false
}

// settled extends the low bits of a narrow integer again.
func (f *function) settled(d tensor.DType, x id) id {
	unused := 32 - width(d)
	switch {
	case d.Size() >= 4:
		return x
	case d.IsSigned():
		n := f.number(unused)
		return f.pure(opShiftRightArithmetic, f.uint(32), f.pure(opShiftLeftLogical, f.uint(32), x, n), n)
	}
	return f.pure(opBitwiseAnd, f.uint(32), x, f.number(1<<width(d)-1))
}

// quotient truncates, and is 0 where y is. Signed numbers are divided by their magnitudes: what machines do with the least number by -1
// differs.
func (f *function) quotient(d tensor.DType, x, y id) id {
	t, zero := f.typeOf(d), f.integer(d, 0)
	none := f.pure(opIEqual, f.boolean(), y, zero)
	divisor := f.choose(t, none, f.integer(d, 1), y)
	q := id(0)
	if d.IsSigned() {
		q = f.pure(opUDiv, t, f.magnitude(d, x), f.magnitude(d, divisor))
		negative := f.pure(opSLessThan, f.boolean(), f.pure(opBitwiseXor, t, x, y), zero)
		q = f.settled(d, f.choose(t, negative, f.pure(opSNegate, t, q), q))
	} else {
		q = f.pure(opUDiv, t, x, divisor)
	}
	return f.choose(t, none, zero, q)
}

func (f *function) magnitude(d tensor.DType, x id) id {
	t := f.typeOf(d)
	return f.choose(t, f.pure(opSLessThan, f.boolean(), x, f.integer(d, 0)), f.pure(opSNegate, t, x), x)
}

// remainder is x - y*quotient, and 0 where y is.
func (f *function) remainder(d tensor.DType, x, y id) id {
	t, zero := f.typeOf(d), f.integer(d, 0)
	r := f.pure(opISub, t, x, f.pure(opIMul, t, y, f.quotient(d, x, y)))
	return f.choose(t, f.pure(opIEqual, f.boolean(), y, zero), zero, f.settled(d, r))
}

// shift moves x by n places, n taken as unsigned: by the width or more everything goes out.
func (f *function) shift(name string, d tensor.DType, x, n id) id {
	t := f.typeOf(d)
	w := f.integer(d, int64(width(d)))
	all := f.pure(opUGreaterThanEqual, f.boolean(), n, w)
	if name == "sar" {
		count := f.choose(t, all, f.integer(d, int64(width(d)-1)), n)
		return f.settled(d, f.pure(opShiftRightArithmetic, t, f.signed(d, x), f.count(d, count)))
	}
	count := f.count(d, f.choose(t, all, f.integer(d, 0), n))
	code := opShiftLeftLogical
	if name == "shr" {
		code = opShiftRightLogical
		if d.Size() < 4 {
			x = f.pure(opBitwiseAnd, t, x, f.number(1<<width(d)-1))
		}
	}
	return f.choose(t, all, f.integer(d, 0), f.settled(d, f.pure(code, t, x, count)))
}

// count is a shift's count as a 32-bit word.
func (f *function) count(d tensor.DType, n id) id {
	if d.Size() == 8 {
		return f.pure(opUConvert, f.uint(32), n)
	}
	return n
}

// signed extends a narrow unsigned number by its highest bit.
func (f *function) signed(d tensor.DType, x id) id {
	switch {
	case d.IsSigned() || d.Size() >= 4:
		return x
	case d.Size() == 2:
		return f.settled(tensor.Int16, x)
	}
	return f.settled(tensor.Int8, x)
}
