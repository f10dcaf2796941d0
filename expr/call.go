package expr

import (
	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// call gives what a routine gives of xs: along its last axis all results, one behind the other. The axes ahead of the operands' cores are
// broadcast. Dtypes are the routine's own: nothing is promoted.
func (s site) call(r *routine.Routine, xs ...Expr) Expr {
	if bad, is := s.inherit(xs...); is {
		return bad
	}
	args := make([]*Node, len(xs))
	for i, x := range xs {
		args[i] = x.n
	}
	if len(xs) == r.Operands() && len(xs) > 1 {
		if bad, is := s.level(r, args); is {
			return bad
		}
	}
	return s.make(Node{Kind: KCall, Routine: r, Args: args})
}

// level broadcasts the batches of args. Operands that have not the axes of a core are left to the rule.
func (s site) level(r *routine.Routine, args []*Node) (bad Expr, is bool) {
	shapes := make([]tensor.Shape, len(args))
	for i, a := range args {
		if len(a.Shape) < r.Core(i) {
			return Expr{}, false
		}
		shapes[i] = a.Shape[:len(a.Shape)-r.Core(i)]
	}
	batch := shapes[0]
	for i := range shapes[1:] {
		var ok bool
		if batch, ok = stretched(batch, shapes[i+1]); !ok {
			return s.bad(ErrShape, "operand 0 is %s, operand %d is %s: the axes ahead of the last %d do not fit together", args[0].typ(), i+1, args[i+1].typ(), r.Core(i+1)), true
		}
	}
	for i, a := range args {
		full := append(batch.Clone(), a.Shape[len(shapes[i]):]...)
		if args[i] = s.broadcast(Expr{n: a}, full).n; args[i].Kind == KBad {
			return Expr{n: args[i]}, true
		}
	}
	return Expr{}, false
}

// inferCall holds a call to its routine's rule.
func (n *Node) inferCall() *Error {
	if n.Routine == nil {
		return fail(ErrInvalid, "it names no routine")
	}
	types, shapes := make([]tensor.DType, len(n.Args)), make([]tensor.Shape, len(n.Args))
	for i, a := range n.Args {
		types[i], shapes[i] = a.DType, a.Shape
	}
	var wrong string
	if n.DType, n.Shape, wrong = n.Routine.Rule(types, shapes); wrong != "" {
		return fail(ErrShape, "%s", wrong)
	}
	return n.checkShape()
}
