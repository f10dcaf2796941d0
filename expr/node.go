// Package expr holds the graph: lazy expressions over whole arrays, the builders that make them, their mistakes, and their text. It never
// computes an element, does no I/O, and knows no device.
package expr

import (
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// Kind says what a node computes; which of the node's fields carry meaning depends on it.
type Kind uint8

// The node kinds. There are few on purpose: builders express everything else with them.
const (
	KBad       Kind = iota // a user's mistake: Err says which; whatever is built of it is it
	KInput                 // a hole bound at Run: Name
	KData                  // a tensor that travels with the graph, by reference: Tensor
	KConst                 // one scalar, shape []: Value
	KIota                  // int64 0..n-1, shape [n]
	KMap                   // Op applied elementwise to Args of one common shape (and, where the op's rule says so, one dtype); "cast" goes to DType
	KReduce                // Fold over Axes (ascending, not empty) of Args[0]; the axes are dropped from Shape
	KContract              // sum over products: Labels of each operand's axes, Output labels; all Args have the node's DType; bool uses (or, and)
	KReshape               // Args[0]'s elements in row-major order in a new Shape
	KTranspose             // axis k of the result is axis Axes[k] of Args[0]
	KBroadcast             // Args[0] stretched to Shape by NumPy's rule (aligned from the right; missing or size-1 axes repeat)
	KSlice                 // result[i...] = arg[Starts + i*Steps]; Steps may be negative, never 0
	KPad                   // Before[k], After[k] elements of Value around axis k
	KDiagonal              // axes Axes[0], Axes[1] of Args[0] (equal after clipping) become one last axis: NumPy's diagonal; Starts[0], Starts[1] are the offsets on the two
	KConcat                // Args joined along Axes[0]
	KGather                // take: Args[0] along Axes[0] at the int64 indices Args[1]; shape = a.shape[:axis] + idx.shape + a.shape[axis+1:]; negative counts from the end; out of range is an error of the run
	KScan                  // Fold over Axes[0] of Args[0], of each element with all before it along the axis; Shape is Args[0]'s; no argmin or argmax, no bool
	KCall                  // Routine of the last axes of Args, at each place of the axes ahead of them
	numKinds
)

// Fold names the monoid of a reduction or a scan.
type Fold uint8

// The folds. A reduction over no elements gives the unit (0, 1, false, true); min, max, argmin and argmax of nothing are errors when built.
const (
	FoldNone   Fold = iota
	FoldSum         // the result has the argument's dtype: builders cast first (small ints widen to 64 bits)
	FoldProd        //
	FoldMin         // NaN propagates
	FoldMax         // NaN propagates
	FoldAny         // bool
	FoldAll         // bool
	FoldArgMin      // int64; over exactly one axis; the first of equals; a NaN counts as the least
	FoldArgMax      // int64; over exactly one axis; the first of equals; a NaN counts as the greatest
)

// Node is one operation over whole tensors. It is immutable once built: shapes and dtypes are right by construction, broadcasting
// and promotion are explicit nodes, so no later stage has to know those rules. Passes make new nodes with Make and keep Pos.
type Node struct {
	Kind    Kind
	DType   tensor.DType
	Shape   tensor.Shape
	Args    []*Node
	Name    string           // KInput
	Tensor  *tensor.Tensor   // KData
	Value   Value            // KConst, KPad
	Op      *op.Op           // KMap
	Fold    Fold             // KReduce, KScan
	Routine *routine.Routine // KCall
	Axes    []int            // KReduce, KScan, KTranspose, KDiagonal, KConcat, KGather
	Starts  []int            // KSlice, KDiagonal
	Steps   []int            // KSlice
	Before  []int            // KPad
	After   []int            // KPad
	Labels  [][]int          // KContract: a label for each axis of each operand; a label twice in one operand is a diagonal
	Output  []int            // KContract: distinct labels, each in some operand
	Frozen  bool             // KInput, KData: its elements never change, so that what is computed of them alone may be computed once and kept
	Weak    bool             // KConst: a scalar that takes the other operand's dtype (NEP 50); never set on a node that is an argument of another
	Err     error            // KBad: an *Error or several joined
	Pos     caller.Pos       // the user's line
	hash    uint64           // of the structure; see Hash
}

// Value is one scalar constant: C for complex dtypes, I for bool (0 or 1) and integers (uint64 as its two's complement), F for floats.
type Value struct {
	F float64
	I int64
	C complex128
}

// Expr is a lazy array expression: a value, immutable and safe to use from any goroutine. The zero Expr is an error when used.
type Expr struct {
	n    *Node
	from *dropped // what a reduction lost, for KeepDims; of x itself, never of what is built of it
}

// Node gives the graph node that x stands for; nil for the zero Expr.
func (x Expr) Node() *Node { return x.n }

// Wrap makes an Expr of a node; passes and package einsum use it.
func Wrap(n *Node) Expr { return Expr{n: n} }
