package expr

import (
	"fmt"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// The operations that builders are made of.
var (
	opAdd          = op.Lookup("add")
	opSub          = op.Lookup("sub")
	opMul          = op.Lookup("mul")
	opDiv          = op.Lookup("div")
	opEqual        = op.Lookup("equal")
	opNotEqual     = op.Lookup("not_equal")
	opGreater      = op.Lookup("greater")
	opGreaterEqual = op.Lookup("greater_equal")
	opLess         = op.Lookup("less")
	opLessEqual    = op.Lookup("less_equal")
	opOr           = op.Lookup("or")
	opNot          = op.Lookup("not")
	opClip         = op.Lookup("clip")
	opFinite       = op.Lookup("isfinite")
	opAbs          = op.Lookup("abs")
	opExp          = op.Lookup("exp")
	opLog          = op.Lookup("log")
	opSqrt         = op.Lookup("sqrt")
	opFloor        = op.Lookup("floor")
	opWhere        = op.Lookup("where")
	opCast         = op.Lookup("cast")
)

// mapOp applies an operation elementwise, for the methods in zmethods.go: operands are promoted, then broadcast to one shape.
func mapOp(o *op.Op, args ...Expr) Expr {
	s := site{caller.Here(1), o.Name}
	return s.apply(o, args...)
}

// Map applies an operation of op.Table elementwise to as many operands as it takes: they are promoted, then broadcast to one shape. It
// is what the methods named after operations do.
func Map(o *op.Op, args ...Expr) Expr {
	if o == nil {
		return here("map").bad(ErrInvalid, "there is no such operation")
	}
	return here(o.Name).apply(o, args...)
}

// apply applies an operation elementwise.
func (s site) apply(o *op.Op, xs ...Expr) Expr {
	if bad, is := s.inherit(xs...); is {
		return bad
	}
	if len(xs) != o.Arity {
		return s.bad(ErrInvalid, "it has %d operands, want %d", len(xs), o.Arity)
	}
	types, bad, ok := s.operandTypes(o, xs)
	if !ok {
		return bad
	}
	shape, bad, ok := s.meet(xs)
	if !ok {
		return bad
	}
	args := make([]*Node, len(xs))
	for i, x := range xs {
		args[i] = s.broadcast(s.meets(x, types[i]), shape).n
	}
	return s.make(Node{Kind: KMap, Op: o, Args: args})
}

// Cast gives x's elements as dtype d, by the rules of docs/semantics.md: to an integer it drops the fraction, saturates, and makes NaN 0;
// to bool it asks whether the element differs from 0; from complex to real it drops the imaginary part.
func (x Expr) Cast(d tensor.DType) Expr {
	s := here("cast")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if !valid(d) {
		return s.bad(ErrDType, "there is no such dtype")
	}
	if x.n.Weak && level(d) >= level(x.n.DType) {
		return s.meets(x, d)
	}
	return s.cast(x, d)
}

// cast gives x as dtype d; x itself if it is.
func (s site) cast(x Expr, d tensor.DType) Expr {
	switch {
	case x.n.Kind == KBad || x.n.DType == d && !x.n.Weak:
		return x
	case x.n.DType == d:
		return Expr{n: x.n.strong()}
	}
	return s.make(Node{Kind: KMap, Op: opCast, Args: []*Node{x.n}, DType: d})
}

// choose gives x where cond is true, else y.
func (s site) choose(cond, x, y Expr) Expr { return s.apply(opWhere, cond, x, y) }

// operandTypes gives the dtype that each operand of an operation is cast to. A weak integer is compared as it is: with a type that does
// not hold it, in the next larger one.
func (s site) operandTypes(o *op.Op, xs []Expr) (types []tensor.DType, bad Expr, ok bool) {
	types = make([]tensor.DType, len(xs))
	values := xs
	if o == opWhere {
		values = xs[1:]
	}
	meet := func(d tensor.DType) (result tensor.DType, err error) {
		for i := range types {
			types[i] = d
		}
		if o == opWhere {
			types[0] = tensor.Bool
		}
		compute, result, err := o.Result(types)
		for i := len(xs) - len(values); i < len(xs); i++ {
			types[i] = compute
		}
		return result, err
	}
	d := promoteAll(values)
	result, err := meet(d)
	if err != nil {
		return nil, s.bad(ErrDType, "operand 0 is %s%s: %v", xs[0].n.typ(), others(xs), err), false
	}
	if result.IsBool() && d.IsInt() {
		for _, x := range values {
			if x.n.Weak && x.n.DType.IsInt() && !holds(d, x.n.Value.I) {
				_, err = meet(promoteTypes(d, tensor.Int64))
			}
		}
	}
	return types, Expr{}, err == nil
}

// others names the operands behind the first, for messages.
func others(xs []Expr) string {
	text := ""
	for i, x := range xs[1:] {
		text += fmt.Sprintf(", operand %d is %s", i+1, x.n.typ())
	}
	return text
}

// inferOp sets the dtype by the op's rule, to which the arguments must have been cast.
func (n *Node) inferOp() *Error {
	types := make([]tensor.DType, len(n.Args))
	for i, a := range n.Args {
		types[i] = a.DType
	}
	if n.Op == opCast {
		if !valid(n.DType) {
			return fail(ErrDType, "there is no such dtype")
		}
		return nil
	}
	if n.Op.Method == "" {
		return fail(ErrInvalid, "it is no operation of graphs")
	}
	compute, result, err := n.Op.Result(types)
	if err != nil {
		return fail(ErrDType, "operands are %v: %v", types, err)
	}
	if last := len(types) - 1; types[last] != compute {
		return fail(ErrDType, "operand %d is %s, want %v", last, n.Args[last].typ(), compute)
	}
	n.DType = result
	return nil
}
