package op

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/einloom/einloom/tensor"
)

// lane is a core operation on the bits of one element of each operand, zero-extended; so is what it gives. Operands that it has not are 0.
type lane func(a, b, c uint64) uint64

// EvalCore is the one definition of what a core operation means, bit by bit: o applied to operands of dtype d (for where and rare: of the last
// two), giving dtype to, which only a cast does not know by itself. Which NaN comes out of arithmetic is not defined. An error says that
// o is no core operation on d.
func EvalCore(o *Op, d, to tensor.DType, args ...uint64) (uint64, error) {
	f, err := coreLane(o, d, to)
	if err != nil {
		return 0, err
	}
	if len(args) != o.Arity {
		return 0, fmt.Errorf("%s takes %d operands, not %d", o.Name, o.Arity, len(args))
	}
	var x [3]uint64
	copy(x[:], args)
	return f(x[0], x[1], x[2]), nil
}

// Native says whether o is a core operation on operands of dtype d. Casts between all dtypes but complex ones are; so are where and rare on
// them.
func (o *Op) Native(d tensor.DType) bool {
	switch {
	case !o.Core || d == tensor.Invalid || d >= tensor.NumDTypes || d.IsComplex():
		return false
	case o.Name == "const" || o.Name == "cast" || o.Types.Compute == Chosen:
		return true
	}
	return cores[d][o.Name] != nil
}

func coreLane(o *Op, d, to tensor.DType) (lane, error) {
	if !o.Native(d) || o.Name == "const" || to.IsComplex() {
		return nil, fmt.Errorf("%s is no core operation on %v", o.Name, d)
	}
	switch o.Name {
	case "cast":
		return castLane(d, to), nil
	case "where", "rare":
		return func(c, a, b uint64) uint64 {
			if c != 0 {
				return a
			}
			return b
		}, nil
	}
	return cores[d][o.Name], nil
}

// cores are the core operations by dtype and name, but for cast, where and rare.
var cores = map[tensor.DType]map[string]lane{
	tensor.Bool: {
		"and": func(a, b, _ uint64) uint64 { return a & b },
		"or":  func(a, b, _ uint64) uint64 { return a | b },
		"xor": func(a, b, _ uint64) uint64 { return a ^ b },
		"not": func(a, _, _ uint64) uint64 { return a ^ 1 },
	},
	tensor.Int8:    intLanes[int8](8),
	tensor.Int16:   intLanes[int16](16),
	tensor.Int32:   intLanes[int32](32),
	tensor.Int64:   intLanes[int64](64),
	tensor.Uint8:   intLanes[uint8](8),
	tensor.Uint16:  intLanes[uint16](16),
	tensor.Uint32:  intLanes[uint32](32),
	tensor.Uint64:  intLanes[uint64](64),
	tensor.Float32: floatLanes(float32Of, bits32),
	tensor.Float64: floatLanes(math.Float64frombits, math.Float64bits),
}

func float32Of(b uint64) float32 { return math.Float32frombits(uint32(b)) }

func bits32(x float32) uint64 { return uint64(math.Float32bits(x)) }

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// intLanes are the core operations on integers of width bits: arithmetic modulo 2^width; division truncates and leaves
// the remainder x - y*idiv(x, y), and by zero gives 0 and 0; a shift by width or more (the count taken as unsigned) shifts everything out.
func intLanes[T integer](width uint64) map[string]lane {
	mask := ^uint64(0) >> (64 - width)
	unary := func(f func(x T) T) lane {
		return func(a, _, _ uint64) uint64 { return uint64(f(T(a))) & mask }
	}
	binary := func(f func(x, y T) T) lane {
		return func(a, b, _ uint64) uint64 { return uint64(f(T(a), T(b))) & mask }
	}
	quotient := func(x, y T) T {
		if y == 0 {
			return 0
		}
		return x / y
	}
	remainder := func(x, y T) T {
		if y == 0 {
			return 0
		}
		return x % y
	}
	signed := uint(64 - width)
	m := map[string]lane{
		"add":  binary(func(x, y T) T { return x + y }),
		"sub":  binary(func(x, y T) T { return x - y }),
		"mul":  binary(func(x, y T) T { return x * y }),
		"neg":  unary(func(x T) T { return -x }),
		"abs":  unary(func(x T) T { return max(x, -x) }),
		"idiv": binary(quotient),
		"imod": binary(remainder),
		"min":  binary(func(x, y T) T { return min(x, y) }),
		"max":  binary(func(x, y T) T { return max(x, y) }),
		"and":  binary(func(x, y T) T { return x & y }),
		"or":   binary(func(x, y T) T { return x | y }),
		"xor":  binary(func(x, y T) T { return x ^ y }),
		"not":  unary(func(x T) T { return ^x }),
		"shl":  func(a, n, _ uint64) uint64 { return a << n & mask },
		"shr":  func(a, n, _ uint64) uint64 { return a >> n },
		"sar":  func(a, n, _ uint64) uint64 { return uint64(int64(a<<signed)>>signed>>min(n, 63)) & mask },
	}
	if T(0)-1 > 0 {
		delete(m, "abs") // of unsigned numbers it is nothing
	}
	if width >= 32 {
		m["bitcast"] = same
	}
	comparisons(m, func(a uint64) T { return T(a) })
	return m
}

// floatLanes are the core operations on floats: IEEE 754's, rounded to nearest even, subnormals included. min and max give the second
// operand unless the first is less or greater.
func floatLanes[T float32 | float64](of func(uint64) T, to func(T) uint64) map[string]lane {
	unary := func(f func(x T) T) lane {
		return func(a, _, _ uint64) uint64 { return to(f(of(a))) }
	}
	binary := func(f func(x, y T) T) lane {
		return func(a, b, _ uint64) uint64 { return to(f(of(a), of(b))) }
	}
	sign := to(T(math.Copysign(0, -1)))
	m := map[string]lane{
		"add":   binary(func(x, y T) T { return x + y }),
		"sub":   binary(func(x, y T) T { return x - y }),
		"mul":   binary(func(x, y T) T { return x * y }),
		"div":   binary(func(x, y T) T { return x / y }),
		"neg":   func(a, _, _ uint64) uint64 { return a ^ sign },
		"abs":   func(a, _, _ uint64) uint64 { return a &^ sign },
		"sqrt":  unary(func(x T) T { return T(math.Sqrt(float64(x))) }),
		"floor": unary(func(x T) T { return T(math.Floor(float64(x))) }),
		"ceil":  unary(func(x T) T { return T(math.Ceil(float64(x))) }),
		"trunc": unary(func(x T) T { return T(math.Trunc(float64(x))) }),
		"rint":  unary(func(x T) T { return T(math.RoundToEven(float64(x))) }),
		"min": binary(func(x, y T) T {
			if x < y {
				return x
			}
			return y
		}),
		"max": binary(func(x, y T) T {
			if x > y {
				return x
			}
			return y
		}),
		"bitcast": same,
	}
	comparisons(m, of)
	return m
}

func same(a, _, _ uint64) uint64 { return a }

// comparisons adds those of m's dtype: bools as 0 and 1; with a NaN only not_equal holds.
func comparisons[T integer | float32 | float64](m map[string]lane, of func(uint64) T) {
	add := func(name string, f func(x, y T) bool) {
		m[name] = func(a, b, _ uint64) uint64 { return truth(f(of(a), of(b))) }
	}
	add("equal", func(x, y T) bool { return x == y })
	add("not_equal", func(x, y T) bool { return x != y })
	add("less", func(x, y T) bool { return x < y })
	add("less_equal", func(x, y T) bool { return x <= y })
	add("greater", func(x, y T) bool { return x > y })
	add("greater_equal", func(x, y T) bool { return x >= y })
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// castLane converts between real dtypes: floats to integers by truncation, saturating, NaN to 0; integers modulo 2^width; to bool by
// asking for other than 0; to floats by rounding once to nearest even.
func castLane(d, to tensor.DType) lane {
	switch {
	case d == to:
		return same
	case d.IsFloat():
		value := valueOf(d)
		return func(a, _, _ uint64) uint64 { return fromFloat(value(a), to) }
	case d.IsSigned():
		unused := uint(64 - 8*d.Size())
		return func(a, _, _ uint64) uint64 {
			x := int64(a<<unused) >> unused
			if x < 0 {
				return fromInt(-uint64(x), true, to)
			}
			return fromInt(uint64(x), false, to)
		}
	}
	return func(a, _, _ uint64) uint64 { return fromInt(a, false, to) }
}

// valueOf gives a float dtype's number, which float64 holds exactly.
func valueOf(d tensor.DType) func(uint64) float64 {
	switch d {
	case tensor.Float16:
		return func(a uint64) float64 { return float64(tensor.F16(a).Float32()) }
	case tensor.BFloat16:
		return func(a uint64) float64 { return float64(tensor.BF16(a).Float32()) }
	case tensor.Float32:
		return func(a uint64) float64 { return float64(float32Of(a)) }
	}
	return math.Float64frombits
}

// fromFloat gives the bits of x in d.
func fromFloat(x float64, d tensor.DType) uint64 {
	switch d {
	case tensor.Bool:
		return truth(x != 0)
	case tensor.Float16:
		return uint64(tensor.Float16Of(x))
	case tensor.BFloat16:
		return uint64(tensor.BFloat16Of(x))
	case tensor.Float32:
		return bits32(float32(x))
	case tensor.Float64:
		return math.Float64bits(x)
	}
	width := 8 * d.Size()
	mask := ^uint64(0) >> (64 - width)
	low, high := 0.0, math.Ldexp(1, width)
	if d.IsSigned() {
		low, high = math.Ldexp(-1, width-1), math.Ldexp(1, width-1)
	}
	switch {
	case x != x:
		return 0
	case x <= low:
		return uint64(int64(low)) & mask
	case x < high && d.IsSigned():
		return uint64(int64(x)) & mask
	case x < high:
		return uint64(x)
	case d.IsSigned():
		return mask >> 1
	}
	return mask
}

// fromInt gives the bits of the integer of that size and sign in d.
func fromInt(size uint64, negative bool, d tensor.DType) uint64 {
	switch {
	case d.IsBool():
		return truth(size != 0)
	case d.IsInt():
		if negative {
			size = -size
		}
		return size & (^uint64(0) >> (64 - 8*d.Size()))
	}
	x := float64(size)
	if excess := bits.Len64(size) - 53; excess > 0 && d != tensor.Float64 {
		// Rounded to odd: what is rounded again to fewer bits is then rounded as if once.
		kept := size >> excess
		if kept<<excess != size {
			kept |= 1
		}
		x = math.Ldexp(float64(kept), excess)
	}
	if negative {
		x = -x
	}
	return fromFloat(x, d)
}
