package codegen

import (
	"errors"
	"fmt"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// The ops that the kernel itself knows by name.
var (
	opCast   = op.Lookup("cast")
	opWhere  = op.Lookup("where")
	opArgMin = op.Lookup("argmin")
	opArgMax = op.Lookup("argmax")
)

// symbol is an operator of Go's expressions.
type symbol struct {
	s    string
	prec int
}

// symbols are the ops that the text writes as operators.
var symbols = map[string]symbol{
	"add": {"+", 4}, "sub": {"-", 4}, "mul": {"*", 5}, "div": {"/", 5},
	"equal": {"==", 3}, "not_equal": {"!=", 3}, "less": {"<", 3}, "less_equal": {"<=", 3}, "greater": {">", 3}, "greater_equal": {">=", 3},
	"and": {"&", 5}, "or": {"|", 4}, "xor": {"^", 4}, "shl": {"<<", 5}, "shr": {">>", 5},
	"neg": {"-", precUnary}, "not": {"!", precUnary},
}

// folds are the ops that a Reduce may fold with.
var folds = map[string]bool{"add": true, "mul": true, "minimum": true, "maximum": true, "and": true, "or": true, "argmin": true, "argmax": true}

// ResultType is the dtype that op o gives for arguments of the dtypes args, or why it takes no such arguments: the op's own rule, without
// any promotion. A cast's is not known by it.
func ResultType(o *op.Op, args []tensor.DType) (tensor.DType, error) {
	if o == nil || o == opCast {
		return tensor.Invalid, errors.New("no op, or a cast")
	}
	if len(args) != o.Arity {
		return tensor.Invalid, fmt.Errorf("%s takes %d values, got %d", o.Name, o.Arity, len(args))
	}
	compute, result, err := o.Result(args)
	if err != nil {
		return tensor.Invalid, fmt.Errorf("%s of %v: %w", o.Name, args, err)
	}
	for i, d := range args {
		want := compute
		if o == opWhere && i == 0 {
			want = tensor.Bool
		}
		if d != want {
			return tensor.Invalid, fmt.Errorf("%s of %v: argument %d is to be %v", o.Name, args, i, want)
		}
	}
	return result, nil
}
