package expr

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// promoteTypes gives the dtype in which a and b meet: NumPy 2's table, with bfloat16 as in ml_dtypes. It is commutative.
func promoteTypes(a, b tensor.DType) tensor.DType {
	if a == b {
		return a
	}
	if level(a) > level(b) {
		a, b = b, a
	}
	switch {
	case a.IsBool():
		return b
	case b.IsInt():
		return promoteInts(a, b)
	case b.IsFloat() && a.IsInt():
		return largerFloat(holding(a), b)
	case b.IsFloat():
		return largerFloat(a, b)
	case a.IsComplex():
		return tensor.Complex128
	}
	if a.IsInt() {
		a = holding(a)
	}
	if a == tensor.Float64 {
		return tensor.Complex128
	}
	return b
}

// level orders dtypes by what they can hold: bool, integers, floats, complex numbers.
func level(d tensor.DType) int {
	switch {
	case d.IsBool():
		return 0
	case d.IsInt():
		return 1
	case d.IsFloat():
		return 2
	}
	return 3
}

// promoteInts gives the smallest integer type that holds both; uint64 with a signed type has none and gives float64.
func promoteInts(a, b tensor.DType) tensor.DType {
	if a.IsSigned() == b.IsSigned() {
		if a.Size() > b.Size() {
			return a
		}
		return b
	}
	if a.IsUnsigned() {
		a, b = b, a // a is signed
	}
	switch size := max(a.Size(), 2*b.Size()); size {
	case 2:
		return tensor.Int16
	case 4:
		return tensor.Int32
	case 8:
		return tensor.Int64
	}
	return tensor.Float64
}

// holding gives the smallest float type that takes part for an integer type: half for 8 bits (either half is exact there), single for
// 16 and double for the rest. Invalid stands for "either half".
func holding(d tensor.DType) tensor.DType {
	switch d.Size() {
	case 1:
		return tensor.Invalid
	case 2:
		return tensor.Float32
	}
	return tensor.Float64
}

// largerFloat gives the smallest float type that holds both. The halves hold different numbers, so together they need single.
func largerFloat(a, b tensor.DType) tensor.DType {
	switch {
	case a == tensor.Invalid || a == b:
		return b
	case a.Size() > b.Size():
		return a
	case a.Size() < b.Size():
		return b
	}
	return tensor.Float32
}

// promoteAll gives the dtype in which operands meet, weak scalars last. Floats meet before integers do, so that the order of the
// operands makes no difference: int16, uint16 and float32 give float32.
func promoteAll(xs []Expr) tensor.DType {
	meet := tensor.Invalid
	join := func(d tensor.DType) {
		if meet == tensor.Invalid {
			meet = d
		} else {
			meet = promoteTypes(meet, d)
		}
	}
	for lev := 3; lev >= 0; lev-- {
		for _, x := range xs {
			if !x.n.Weak && level(x.n.DType) == lev {
				join(x.n.DType)
			}
		}
	}
	for _, x := range xs {
		if x.n.Weak {
			meet = promoteWeak(meet, x.n.DType)
		}
	}
	return meet
}

// promoteWeak gives the dtype in which an operand of dtype d meets a weak scalar, which has dtype int64, float64 or complex128: the
// scalar never widens d, but may change its kind. Invalid stands for no operand yet.
func promoteWeak(d, scalar tensor.DType) tensor.DType {
	switch {
	case d == tensor.Invalid:
		return scalar
	case level(d) >= level(scalar):
		return d
	case scalar.IsComplex() && d.IsFloat() && d != tensor.Float64:
		return tensor.Complex64
	}
	return scalar
}

// meets casts x to d; a weak scalar takes d. An integer scalar that d does not hold is a mistake.
func (s site) meets(x Expr, d tensor.DType) Expr {
	if !x.n.Weak {
		return s.cast(x, d)
	}
	v, from := x.n.Value, x.n.DType
	if from.IsInt() && d.IsInt() && !holds(d, v.I) {
		return s.bad(ErrValue, "the integer %d does not fit in %v", v.I, d)
	}
	return s.constant(v.convert(from, d), d)
}

// holds reports whether the integer type d holds v.
func holds(d tensor.DType, v int64) bool {
	bits := 8 * d.Size()
	if d.IsUnsigned() {
		return v >= 0 && (bits == 64 || v < 1<<bits)
	}
	return bits == 64 || v >= -1<<(bits-1) && v < 1<<(bits-1)
}

// convert gives a scalar of a weak dtype (int64, float64, complex128) as a value of d. Rounding is Make's. From floats to integers it
// is never asked.
func (v Value) convert(from, to tensor.DType) Value {
	switch {
	case from == to:
		return v
	case from.IsInt() && to.IsFloat():
		return Value{F: float64(v.I)}
	case from.IsInt() && to.IsComplex():
		return Value{C: complex(float64(v.I), 0)}
	case from.IsFloat() && to.IsComplex():
		return Value{C: complex(v.F, 0)}
	case from.IsFloat() && to.IsBool():
		return Value{I: truth(v.F != 0 || math.IsNaN(v.F))}
	}
	return v
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// constant makes one scalar of dtype d.
func (s site) constant(v Value, d tensor.DType) Expr {
	return s.make(Node{Kind: KConst, DType: d, Value: v})
}

// like makes one scalar of y's dtype; y itself if it is a mistake.
func (s site) like(v float64, y Expr) Expr {
	if y.n.Kind == KBad {
		return y
	}
	return s.number(v, y.n.DType)
}

// number makes one scalar of dtype d from a float64; for integers it must be integral and in range, which builders see to.
func (s site) number(v float64, d tensor.DType) Expr {
	switch {
	case d.IsComplex():
		return s.constant(Value{C: complex(v, 0)}, d)
	case d.IsFloat():
		return s.constant(Value{F: v}, d)
	}
	return s.constant(Value{I: int64(v)}, d)
}
