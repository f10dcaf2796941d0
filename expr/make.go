package expr

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Make gives the node that n describes: it is the one place where nodes come about. The caller fills in Kind, Args, Pos and the fields
// that Kind's comment names; Make works out DType and Shape, which it reads only where they are attributes: DType of inputs, constants
// and casts, Shape of inputs, iota, reshape, broadcast and slice. It keeps n's slices, so the caller must not write to them again.
// A node that breaks a rule of its kind comes back as a Bad one; so does a node built of Bad ones, with all their mistakes.
func Make(n Node) *Node { return n.build(n.Word()) }

// build makes the node that n describes, of n itself; messages begin with what.
func (n *Node) build(what string) *Node {
	if bad := inherit(what, n.Pos, n.Args); bad != nil {
		return bad
	}
	if err := n.infer(); err != nil {
		err.Pos, err.Msg = n.Pos, what+": "+err.Msg
		return badNode(err, n.Pos)
	}
	n.hash = n.fingerprint()
	return n
}

// With gives the node that does what n does to other arguments, at n's place; n itself if they are the same.
func (n *Node) With(args ...*Node) *Node {
	if slices.Equal(args, n.Args) {
		return n
	}
	m := *n
	m.Args = slices.Clone(args)
	return Make(m)
}

// Hole gives an input of n's dtype and shape, at n's place; frozen: its elements never change.
func Hole(name string, n *Node, frozen bool) *Node {
	return Make(Node{Kind: KInput, Name: name, DType: n.DType, Shape: n.Shape, Frozen: frozen, Pos: n.Pos})
}

// fail makes a mistake; build adds where and in what.
func fail(kind ErrorKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Msg: fmt.Sprintf(format, args...)}
}

// infer checks n's fields and sets DType and Shape.
func (n *Node) infer() *Error {
	for i, a := range n.Args {
		if a.Weak {
			n.Args[i] = a.strong()
		}
	}
	if n.Kind != KConst {
		n.Weak = false
	}
	want := 1
	switch n.Kind {
	case KInput, KData, KConst, KIota:
		want = 0
	case KGather:
		want = 2
	case KMap, KContract, KConcat, KCall:
		want = len(n.Args)
	}
	if len(n.Args) != want {
		return fail(ErrInvalid, "it has %d operands, want %d", len(n.Args), want)
	}
	switch n.Kind {
	case KInput:
		return n.inferInput()
	case KData:
		if n.Tensor == nil {
			return fail(ErrData, "the tensor is nil")
		}
		n.DType, n.Shape = n.Tensor.DType(), n.Tensor.Shape()
		return n.checkShape()
	case KConst:
		return n.inferConst()
	case KIota:
		n.DType = tensor.Int64
		if len(n.Shape) != 1 {
			return fail(ErrInvalid, "its shape is %v, want one axis", n.Shape)
		}
		return n.checkShape()
	case KMap:
		return n.inferMap()
	case KReduce:
		return n.inferReduce()
	case KScan:
		return n.inferScan()
	case KContract:
		return n.inferContract()
	case KReshape:
		return n.inferReshape()
	case KTranspose:
		return n.inferTranspose()
	case KBroadcast:
		return n.inferBroadcast()
	case KSlice:
		return n.inferSlice()
	case KPad:
		return n.inferPad()
	case KDiagonal:
		return n.inferDiagonal()
	case KConcat:
		return n.inferConcat()
	case KGather:
		return n.inferGather()
	case KCall:
		return n.inferCall()
	}
	return fail(ErrInvalid, "no such kind of node: %d", n.Kind)
}

// strong is a weak scalar that has taken its own dtype.
func (n *Node) strong() *Node {
	m := *n
	m.Weak = false
	m.hash = m.fingerprint()
	return &m
}

// checkShape holds n.Shape to sizes that can be counted.
func (n *Node) checkShape() *Error {
	if msg := countable(n.Shape); msg != "" {
		return fail(ErrSize, "the shape %v %s", n.Shape, msg)
	}
	return nil
}

// countable says what is wrong with the sizes of an array, "" if nothing is. Sizes of 0 do not excuse the others: the strides beside
// them must be counted too.
func countable(shape []int) string {
	total := 1
	for k, d := range shape {
		if d < 0 {
			return fmt.Sprintf("has %d elements along axis %d", d, k)
		}
		if d > 1 {
			if total > tensor.MaxLen/d {
				return "has more than 2^62 elements"
			}
			total *= d
		}
	}
	return ""
}

func empty(shape []int) bool { return slices.Contains(shape, 0) }

func (n *Node) inferInput() *Error {
	if !valid(n.DType) {
		return fail(ErrDType, "%q has no dtype", n.Name)
	}
	if n.Name == "" {
		return fail(ErrValue, "an input needs a name to bind it by")
	}
	return n.checkShape()
}

func valid(d tensor.DType) bool { return d > tensor.Invalid && d < tensor.NumDTypes }

func (n *Node) inferConst() *Error {
	if !valid(n.DType) {
		return fail(ErrDType, "a constant needs a dtype")
	}
	n.Shape = tensor.Shape{}
	n.Value = n.Value.in(n.DType)
	return nil
}

// in gives v as dtype d holds it: rounded or cut to d's width, with the fields that d does not use zero.
func (v Value) in(d tensor.DType) Value {
	switch d {
	case tensor.Bool:
		if v.I != 0 {
			return Value{I: 1}
		}
		return Value{}
	case tensor.Int8:
		return Value{I: int64(int8(v.I))}
	case tensor.Int16:
		return Value{I: int64(int16(v.I))}
	case tensor.Int32:
		return Value{I: int64(int32(v.I))}
	case tensor.Uint8:
		return Value{I: int64(uint8(v.I))}
	case tensor.Uint16:
		return Value{I: int64(uint16(v.I))}
	case tensor.Uint32:
		return Value{I: int64(uint32(v.I))}
	case tensor.Int64, tensor.Uint64:
		return Value{I: v.I}
	case tensor.Complex64:
		return Value{C: complex(roundTo(real(v.C), tensor.Float32), roundTo(imag(v.C), tensor.Float32))}
	case tensor.Complex128:
		return Value{C: complex(roundTo(real(v.C), tensor.Float64), roundTo(imag(v.C), tensor.Float64))}
	}
	return Value{F: roundTo(v.F, d)}
}
