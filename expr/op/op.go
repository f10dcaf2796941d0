// Package op holds the operations on one element: one table of their names, dtypes, references, accuracy, and either the promise that a
// target computes them natively (the core) or a formula over the core. It never sees a tensor's shape: of package tensor it takes DType.
package op

import (
	"math/cmplx"
	"sync"

	"github.com/einloom/einloom/tensor"
)

//go:generate go run github.com/einloom/einloom/expr/op/coef
//go:generate go run github.com/einloom/einloom/expr/op/gen

// Op is one operation on one element of each operand. Its fields are read-only.
type Op struct {
	Name   string // in graph and kernel texts, and in formulas
	Method string // the builder's name in package expr; "" for what is not for users (shifts of a given kind, bit casts, folds)
	Arity  int
	Doc    string // what it gives, a sentence that goes on from its name: "gives x + y."
	Domain string // where it is defined, and what special values give
	Types  Rule   // dtypes taken, computed in, and given

	Core    bool             // each target has it natively for the dtypes of EvalCore, or not at all
	Fold    bool             // only the name of a reduction (argmin, argmax): it is never applied to single elements
	Formula map[Class]string // by class of the compute dtype; goes before Core

	Ref Ref // what is right
	ULP ULP // how far the formula may be from that

	Commutative bool // f(x, y) = f(y, x), but for which NaN, or which of two zeros, comes out
	Associative bool // exactly so, with the same exceptions: logic, minimum and maximum; not sums
	// Derivative gives for each operand the partial derivative as a formula's expression over the operands x, y, z and the result out;
	// nil where the derivative is zero or undefined almost everywhere.
	Derivative []string

	expanded sync.Map // tensor.DType -> *Formula
}

// Class is a variant of a formula: dtypes that share one text.
type Class uint8

// The classes. Float16 and BFloat16 have none: they are computed in float32 and rounded once more.
const (
	NoClass Class = iota
	Bool
	Int  // signed, any width
	Uint // unsigned, any width
	F32
	F64
	Complex // both: the parts are float32 or float64
)

var classNames = [...]string{"none", "bool", "int", "uint", "f32", "f64", "complex"}

// String is the class's name in docs and errors.
func (c Class) String() string { return classNames[c] }

// ClassOf is the class of a dtype.
func ClassOf(d tensor.DType) Class {
	switch {
	case d.IsBool():
		return Bool
	case d.IsSigned():
		return Int
	case d.IsUnsigned():
		return Uint
	case d.IsComplex():
		return Complex
	case d == tensor.Float32:
		return F32
	case d == tensor.Float64:
		return F64
	}
	return NoClass
}

// Ref is the meaning of an op in plain Go, by kind of compute dtype; a nil one says that the op has no such kind. Where the op gives a
// bool it is 0 or 1, where it gives a real part of complex numbers the imaginary part is 0. Integers narrower than 64 bits come
// sign- or zero-extended, and the result is taken modulo their width. F is itself rounded: within three units in the last place of float64.
type Ref struct {
	B func(x []bool) bool
	I func(x []int64) int64
	U func(x []uint64) uint64
	F func(x []float64) float64
	C func(x []complex128) complex128
}

// ULP is the stated bound of a formula's error against the exact result, in units in the last place of the result; subnormal results
// count in the least subnormal. 0 stands for exact or correctly rounded. Complex bounds the distance of a complex result in units in the last
// place of its modulus, where no part overflows or underflows on the way; see Strain.
type ULP struct{ F32, F64, Complex float64 }

// Strain is what the stated bound for complex operands is multiplied by. It is 1 but for pow, where an error of log x becomes one of x^y
// y times as large: 1 + |y log x|.
func (o *Op) Strain(z []complex128) float64 {
	if o.Name != "pow" {
		return 1
	}
	return 1 + cmplx.Abs(z[1]*cmplx.Log(z[0]))
}

// Bound is the stated error for a compute dtype in its own units in the last place; for complex dtypes it holds for the distance between
// the numbers in units of the result's modulus. Half floats are rounded once more from float32.
func (o *Op) Bound(d tensor.DType) float64 {
	correct := func(u float64) float64 {
		if u == 0 {
			return 0.5
		}
		return u
	}
	switch d {
	case tensor.Float16:
		return 0.5 + correct(o.ULP.F32)/(1<<13)
	case tensor.BFloat16:
		return 0.5 + correct(o.ULP.F32)/(1<<16)
	case tensor.Float32:
		return correct(o.ULP.F32)
	case tensor.Float64:
		return correct(o.ULP.F64)
	case tensor.Complex64, tensor.Complex128:
		return correct(o.ULP.Complex)
	}
	return 0
}

// Table lists the operations that have a method, in the order of docs/ops.md.
var Table = public(rows)

var byName = index(rows)

// Lookup is the operation of that name, core ones and folds included; nil if there is none.
func Lookup(name string) *Op { return byName[name] }

// Cores lists the core operations.
func Cores() []*Op {
	var list []*Op
	for _, o := range rows {
		if o.Core {
			list = append(list, o)
		}
	}
	return list
}

func public(all []*Op) []*Op {
	var list []*Op
	for _, o := range all {
		if o.Method != "" {
			list = append(list, o)
		}
	}
	return list
}

func index(all []*Op) map[string]*Op {
	m := make(map[string]*Op, len(all))
	for _, o := range all {
		m[o.Name] = o
	}
	return m
}
