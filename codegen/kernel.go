// Package codegen holds the kernel: one loop nest over scalar values in index notation, the form between the planner and the code
// generators. It never maps, runs or loads code, and knows no graph.
package codegen

import (
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// Kernel says WHICH element is computed of which. Its meaning: every Value is a function from a point of the axes it depends on to one
// scalar; a Reduce folds its argument over all points of the axes Over, a Scan over those of one axis up to its own; a Store writes its value at every point of the axes in At.
// The schedule changes how this is done and never (beyond the stated rounding of reductions) what.
type Kernel struct {
	Name    string
	Routine *routine.Routine // what is called of the inputs as whole arrays; each output gets the result, and there are no axes, values and stores. nil: nothing
	Params  []Param          // inputs, then outputs
	Axes    []Axis           // loop axes, then fold axes
	Body    []Value          // SSA: Args index earlier values
	Stores  []Store
	Schedule
	Cost Cost
	Note string // why it was fused so; printed as a comment
}

// Param is a strided buffer. Element [0 ... 0] is at the address that the launch binds.
type Param struct {
	Name    string
	DType   tensor.DType
	Dims    []int
	Strides []int // in elements, one for each of Dims; may be 0 or negative for inputs
	Out     bool
}

// Axis is one index of the nest. A loop axis is never reduced; a fold axis is gone along by at least one Reduce or Scan, and may besides be
// stored along (softmax stores along the axis it summed).
type Axis struct {
	Name   string
	Extent int
	Fold   bool
}

// ValueKind says how a Value comes about.
type ValueKind uint8

// The kinds of value.
const (
	Load   ValueKind = iota // Params[Param] at the affine indices At
	Const                   // Bits of DType
	Index                   // the axis Axis as int64
	Map                     // Op(Args...), elementwise; op "cast" goes to DType
	Reduce                  // Fold of Args[0] over the fold axes Over
	Gather                  // Params[Param] at At, but position Dim of At is replaced by the value Args[0] (int64, negative from the end, out of range: an error of the run)
	Scan                    // the fold of Args[0] over the points of Over[0] from the first to this one; Over[0] is then the kernel's only fold axis
)

// Value is one scalar of the body.
type Value struct {
	Kind  ValueKind
	DType tensor.DType
	Op    *op.Op // Map; Reduce, Scan: the op that folds: add mul minimum maximum and or, of a Reduce argmin argmax (which give int64, by Over's one axis; gone after expand)
	Args  []int
	Param int
	At    []Affine // Load, Gather: one for each dim of the param
	Dim   int      // Gather
	Bits  uint64   // Const: the value's bits in DType (f16 as 16 bits, bool 0/1, ints two's complement, c64 as re | im<<32)
	Hi    uint64   // Const: c128's imaginary part
	Axis  int      // Index
	Over  []int    // Reduce: axes, ascending; Scan: one
}

// Affine is Const + sum of Coef*axis.
type Affine struct {
	Const int
	Terms []Term // ascending by Axis, no zero Coef
}

// Term is Coef times the axis.
type Term struct{ Axis, Coef int }

// Store writes Value to Params[Param] at At. Every element of the param is stored exactly once by the whole kernel.
type Store struct {
	Param int
	At    []Affine
	Value int
}

// Nest names the loop structure that a schedule asks for.
type Nest uint8

// The nests.
const (
	NestNone Nest = iota // not scheduled yet
	NestMap              // no folds: vector lanes along Vector
	NestRow              // folds run inside; lanes along Vector, which is a loop axis (columns side by side) or a fold axis (lanes folded at the end)
	NestGett             // one sum of products by packed panels (M, N, K, Batch)
)

// Schedule is how a kernel runs on one target.
type Schedule struct {
	Nest     Nest
	Order    []int // the loop axes, outermost first, then the fold axes, outermost first
	Vector   int   // the axis in vector lanes; -1: scalar
	Parallel int   // how many leading axes of Order are shared out among workers (as one flattened range)
	Grain    int   // points of that range per call, at least 1
	Split    int   // > 0: the outermost fold axis is cut into fixed pieces of so many, whose partial results are combined in order of the pieces
	Uncached bool  // what is stored is more than the last cache holds: stores go past the caches, which saves reading what they overwrite
	Gett     Gett
}

// Gett is the schedule of a contraction. The axes of each group are flattened row-major, first axis outermost.
type Gett struct {
	M, N, K, Batch []int    // axes
	MR, NR         int      // the register tile
	MC, NC, KC     int      // cache blocks
	Sum            int      // the Reduce value in Body that is the contraction; its argument is a product of two factors, or a tree of maps each of whose sides depends on one side's axes
	A, B           int      // the values in Body that are the two factors (A has the M axes, B the N axes); what is beneath them is prologue, run while packing; what uses Sum is epilogue
	Imag           *Factors // of complex numbers, whose real parts Sum, A and B then are: the imaginary ones (see ComplexFactors); nil: the numbers are real
}

// Cost is what the kernel moves and computes, for the plan's text.
type Cost struct {
	Flop  float64
	Bytes float64
}
