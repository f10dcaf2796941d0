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
	opRare   = op.Lookup("rare")
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
	"and": {"&", 5}, "or": {"|", 4}, "xor": {"^", 4}, "left_shift": {"<<", 5}, "right_shift": {">>", 5},
	"neg": {"-", precUnary}, "not": {"!", precUnary},
}

// folds are the ops that a Reduce may fold with.
var folds = map[string]bool{"add": true, "mul": true, "minimum": true, "maximum": true, "and": true, "or": true, "argmin": true, "argmax": true}

// ResultType is the dtype that op o gives for arguments of the dtypes args, or why it takes no such arguments: the op's own rule, without
// any promotion. A cast's is not known by it.
func ResultType(o *op.Op, args []tensor.DType) (tensor.DType, error) {
	if o == nil || len(args) == 0 {
		return tensor.Invalid, errors.New("a map without op or arguments")
	}
	compute, result, err := o.Result(args)
	if last := args[len(args)-1]; err == nil && last != compute {
		err = fmt.Errorf("%s computes in %v: %v is to be cast first", o.Name, compute, last)
	}
	if err == nil && result == tensor.Invalid {
		err = fmt.Errorf("%s does not take %v", o.Name, args)
	}
	return result, err
}
