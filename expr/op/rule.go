package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/einloom/einloom/tensor"
)

// Rule says which dtypes an op takes, which dtype it is computed in and which it gives. Operands have been promoted to one dtype before,
// but for the condition of where.
type Rule struct {
	Takes   Kinds
	Compute Compute
	Gives   Gives
}

// Kinds is a set of kinds of dtype.
type Kinds uint8

// The kinds of dtype.
const (
	Bools Kinds = 1 << iota
	Ints
	Floats
	Complexes
	Numbers = Ints | Floats | Complexes
	Reals   = Bools | Ints | Floats // bool counts as 0 and 1
	All     = Bools | Numbers
)

// Compute says in which dtype an op is computed.
type Compute uint8

// The ways to the compute dtype.
const (
	AsIs     Compute = iota
	AsInt            // bool as int8
	AsFloat          // bool and integers as the smallest float that NumPy takes: 8 bits in float16, 16 in float32, more in float64
	AsDouble         // bool and integers as float64
	Chosen           // the first operand is a bool, the others are computed as they are
)

// Gives says which dtype an op gives.
type Gives uint8

// The ways to the result's dtype.
const (
	Same     Gives = iota // the compute dtype
	Truth                 // bool
	RealPart              // the parts' dtype where the compute dtype is complex
)

// Result is the dtype that o computes in and the one that it gives, for operands of the dtypes args: equal ones, but for where, whose
// first is bool. An error says why o does not take them. A cast's dtypes and a fold's are not known by the op.
func (o *Op) Result(args []tensor.DType) (compute, result tensor.DType, err error) {
	if o.Fold || o.Name == "cast" || o.Name == "const" {
		return tensor.Invalid, tensor.Invalid, fmt.Errorf("%s has no dtype of its own", o.Name)
	}
	if len(args) != o.Arity {
		return tensor.Invalid, tensor.Invalid, fmt.Errorf("%s takes %d operands, not %d", o.Name, o.Arity, len(args))
	}
	values := args
	if o.Types.Compute == Chosen {
		if args[0] != tensor.Bool {
			return tensor.Invalid, tensor.Invalid, fmt.Errorf("%s wants a bool condition, got %v", o.Name, args[0])
		}
		values = args[1:]
	}
	d := values[0]
	for _, a := range values[1:] {
		if a != d {
			return tensor.Invalid, tensor.Invalid, fmt.Errorf("%s wants operands of one dtype, got %v and %v", o.Name, d, a)
		}
	}
	if kindOf(d)&o.Types.Takes == 0 {
		return tensor.Invalid, tensor.Invalid, fmt.Errorf("%s takes %v, not %v", o.Name, o.Types.Takes, d)
	}
	compute = o.Types.Compute.dtype(d)
	if o.Name == "bitcast" {
		return compute, sameSize(d), nil
	}
	return compute, o.Types.Gives.dtype(compute), nil
}

func kindOf(d tensor.DType) Kinds {
	switch {
	case d.IsBool():
		return Bools
	case d.IsInt():
		return Ints
	case d.IsFloat():
		return Floats
	case d.IsComplex():
		return Complexes
	}
	return 0
}

func (c Compute) dtype(d tensor.DType) tensor.DType {
	switch {
	case d.IsFloat() || d.IsComplex() || c == AsIs || c == Chosen:
		return d
	case c == AsInt:
		if d.IsBool() {
			return tensor.Int8
		}
		return d
	case c == AsDouble || d.Size() > 2:
		return tensor.Float64
	case d.Size() == 2:
		return tensor.Float32
	}
	return tensor.Float16
}

func (g Gives) dtype(d tensor.DType) tensor.DType {
	switch {
	case g == Truth:
		return tensor.Bool
	case g == RealPart && d.IsComplex():
		return partOf(d)
	}
	return d
}

// partOf is the dtype of a complex dtype's parts.
func partOf(d tensor.DType) tensor.DType {
	if d == tensor.Complex64 {
		return tensor.Float32
	}
	return tensor.Float64
}

// complexOf is the complex dtype of those parts.
func complexOf(part tensor.DType) tensor.DType {
	if part == tensor.Float32 {
		return tensor.Complex64
	}
	return tensor.Complex128
}

// sameSize is what a bit cast gives: the signed integers of a float's size, the floats of an integer's.
func sameSize(d tensor.DType) tensor.DType {
	switch d {
	case tensor.Float32:
		return tensor.Int32
	case tensor.Float64:
		return tensor.Int64
	case tensor.Int32, tensor.Uint32:
		return tensor.Float32
	case tensor.Int64, tensor.Uint64:
		return tensor.Float64
	}
	return tensor.Invalid
}

// Has says whether all kinds of l are in k.
func (k Kinds) Has(l Kinds) bool { return k&l == l }

// String lists the kinds in words.
func (k Kinds) String() string {
	if k == All {
		return "any dtype"
	}
	names := []string{"bool", "integers", "floats", "complex numbers"}
	i := 0
	names = slices.DeleteFunc(names, func(string) bool { i++; return k&(1<<(i-1)) == 0 })
	if n := len(names); n > 1 {
		names = append(names[:n-2], names[n-2]+" and "+names[n-1])
	}
	return strings.Join(names, ", ")
}
