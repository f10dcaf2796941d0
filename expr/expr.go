package expr

import (
	"fmt"
	"math"

	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// Shape gives the sizes of x's axes; the caller must not write to it. It is empty for a scalar, and for a mistake.
func (x Expr) Shape() tensor.Shape {
	if x.n == nil {
		return nil
	}
	return x.n.Shape
}

// DType gives the type of x's elements; tensor.Invalid for a mistake.
func (x Expr) DType() tensor.DType {
	if x.n == nil {
		return tensor.Invalid
	}
	return x.n.DType
}

// Rank gives the number of x's axes.
func (x Expr) Rank() int { return len(x.Shape()) }

// Err gives every distinct mistake that x is built of, by line: nil, an *Error or Errors. It lets a program ask before it evaluates.
func (x Expr) Err() error {
	if x.n == nil {
		return &Error{Kind: ErrZero, Msg: "the zero Expr stands for nothing"}
	}
	return x.n.Err
}

// Word is what texts and messages call the node's operation.
func (n *Node) Word() string {
	switch n.Kind {
	case KMap:
		if n.Op != nil {
			return n.Op.Name
		}
	case KReduce:
		if n.Fold < Fold(len(folds)) {
			return folds[n.Fold]
		}
	case KScan:
		if n.Fold < Fold(len(scans)) {
			return scans[n.Fold]
		}
	}
	if n.Kind < numKinds {
		return kinds[n.Kind]
	}
	return fmt.Sprintf("kind%d", n.Kind)
}

var kinds = [numKinds]string{
	KBad: "bad", KInput: "input", KData: "data", KConst: "const", KIota: "iota", KMap: "map", KReduce: "reduce", KContract: "contract",
	KReshape: "reshape", KTranspose: "transpose", KBroadcast: "broadcast", KSlice: "slice", KPad: "pad", KDiagonal: "diagonal",
	KConcat: "concat", KGather: "take", KScan: "scan", KCall: "call",
}

var folds = [...]string{
	FoldSum: "sum", FoldProd: "prod", FoldMin: "min", FoldMax: "max", FoldAny: "any", FoldAll: "all",
	FoldArgMin: "argmin", FoldArgMax: "argmax", FoldNone: "none",
}

// scans are the words of scans by their folds.
var scans = [...]string{FoldSum: "cumsum", FoldProd: "cumprod", FoldMin: "cummin", FoldMax: "cummax", FoldNone: "none"}

// String gives the fold's name.
func (f Fold) String() string {
	if int(f) < len(folds) {
		return folds[f]
	}
	return fmt.Sprintf("fold%d", uint8(f))
}

// String gives the kind's name.
func (k Kind) String() string {
	if k < numKinds {
		return kinds[k]
	}
	return fmt.Sprintf("kind%d", uint8(k))
}

// typ gives the dtype and the shape as texts and messages write them: f32[512 256].
func (n *Node) typ() string { return n.DType.String() + n.Shape.String() }

// roundTo gives the value of the float dtype d that is nearest to v; one NaN for all.
func roundTo(v float64, d tensor.DType) float64 {
	if v != v {
		return math.Float64frombits(0x7FF8 << 48)
	}
	switch d {
	case tensor.Float16:
		return float64(tensor.Float16Of(v).Float32())
	case tensor.BFloat16:
		return float64(tensor.BFloat16Of(v).Float32())
	case tensor.Float32:
		return float64(float32(v))
	}
	return v
}

// site is one call of a builder: where it stands in the user's program, and what it is called. All nodes that the call makes share it.
type site struct {
	pos  caller.Pos
	what string
}

// here is the site of the builder that calls it. Builders call it first, themselves, so that the user's frame comes next.
func here(what string) site { return site{caller.Here(1), what} }

// bad makes a mistake of this call: what is said follows the builder's name.
func (s site) bad(kind ErrorKind, format string, args ...any) Expr {
	return Bad(&Error{s.pos, kind, s.what + ": " + fmt.Sprintf(format, args...)})
}

// inherit gives what the call comes to if an operand is missing or a mistake.
func (s site) inherit(args ...Expr) (Expr, bool) {
	for _, x := range args {
		if x.n == nil || x.n.Kind == KBad {
			return Expr{n: inherit(s.what, s.pos, Nodes(args...))}, true
		}
	}
	return Expr{}, false
}

// make makes a node at this place. A mistake in it goes by the builder's name.
func (s site) make(n Node) Expr {
	n.Pos = s.pos
	return Expr{n: n.build(s.what)}
}

// Weak reports whether x is a scalar that will take the dtype of what it meets.
func (x Expr) Weak() bool { return x.n != nil && x.n.Weak }

// exactInt reports whether v is an integer that int64 holds.
func exactInt(v float64) bool { return v == math.Trunc(v) && v >= -(1<<63) && v < 1<<63 }
