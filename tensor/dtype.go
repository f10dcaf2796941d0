// Package tensor holds strided host arrays: dtypes, shapes, views that share memory, their text and their files (.npy, .npz). It never
// computes on them beyond conversion, and knows no graph.
package tensor

import "fmt"

// DType is the type of a tensor's elements.
type DType uint8

// The dtypes.
const (
	Invalid DType = iota
	Bool
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	BFloat16
	Float32
	Float64
	Complex64
	Complex128
	NumDTypes // how many there are, Invalid included
)

var dtypes = [NumDTypes]struct {
	short, long string
	size        int
}{
	{"invalid", "invalid", 0},
	{"bool", "bool", 1},
	{"i8", "int8", 1}, {"i16", "int16", 2}, {"i32", "int32", 4}, {"i64", "int64", 8},
	{"u8", "uint8", 1}, {"u16", "uint16", 2}, {"u32", "uint32", 4}, {"u64", "uint64", 8},
	{"f16", "float16", 2}, {"bf16", "bfloat16", 2}, {"f32", "float32", 4}, {"f64", "float64", 8},
	{"c64", "complex64", 8}, {"c128", "complex128", 16},
}

func (d DType) row() int {
	if d >= NumDTypes {
		return 0
	}
	return int(d)
}

// String is the short name, as graph and kernel texts write it: f32, i64, bool, c128.
func (d DType) String() string { return dtypes[d.row()].short }

// Name is NumPy's name: float32, int64, bool, complex128.
func (d DType) Name() string { return dtypes[d.row()].long }

// Size is the bytes of one element.
func (d DType) Size() int { return dtypes[d.row()].size }

// unit is the bytes of one number: half of Size for complex types. It is the alignment, and what byte orders reverse.
func (d DType) unit() int {
	if d.IsComplex() {
		return d.Size() / 2
	}
	return d.Size()
}

// part is the type of a complex type's real and imaginary parts, and d itself for others.
func (d DType) part() DType {
	switch d {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	}
	return d
}

// ParseDType reads a short name or NumPy's.
func ParseDType(s string) (DType, error) {
	for d := Bool; d < NumDTypes; d++ {
		if dtypes[d].short == s || dtypes[d].long == s {
			return d, nil
		}
	}
	return Invalid, fmt.Errorf("tensor: there is no dtype %q", s)
}

// IsBool says whether d is bool.
func (d DType) IsBool() bool { return d == Bool }

// IsSigned says whether d is a signed integer type.
func (d DType) IsSigned() bool { return d >= Int8 && d <= Int64 }

// IsUnsigned says whether d is an unsigned integer type.
func (d DType) IsUnsigned() bool { return d >= Uint8 && d <= Uint64 }

// IsInt says whether d is an integer type, signed or not; bool is none.
func (d DType) IsInt() bool { return d >= Int8 && d <= Uint64 }

// IsFloat says whether d is a real floating-point type.
func (d DType) IsFloat() bool { return d >= Float16 && d <= Float64 }

// IsComplex says whether d is complex.
func (d DType) IsComplex() bool { return d == Complex64 || d == Complex128 }

// Element lists the Go types of elements.
type Element interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
		F16 | BF16 | float32 | float64 | complex64 | complex128
}

// TypeOf is the dtype of a Go element type.
func TypeOf[T Element]() DType {
	var v T
	switch any(v).(type) {
	case bool:
		return Bool
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	case uint16:
		return Uint16
	case uint32:
		return Uint32
	case uint64:
		return Uint64
	case F16:
		return Float16
	case BF16:
		return BFloat16
	case float32:
		return Float32
	case float64:
		return Float64
	case complex64:
		return Complex64
	default:
		return Complex128
	}
}
