package einsum

import (
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// Contract gives the contraction that a spec makes of operands: the sum over every label that the output lacks of the product of the
// operands, [m k]·[k n] -> [m n] for "ij,jk->ik". The package comment has the notation.
//
// Operands are promoted to one dtype as in arithmetic, and so is the result; bool means (or, and), and integers wrap. The sum over no
// elements is 0. A spec of one operand is a contraction too: a transpose, a diagonal, a sum.
//
// A mistake in the spec, or operands that do not fit it, make the expression a mistake at the caller's line, of one of this package's
// kinds.
func Contract(spec string, args ...expr.Expr) expr.Expr {
	pos := caller.Here(0)
	s, err := remembered.read(spec)
	if err != nil {
		return mistake(pos, err, args)
	}
	return s.contract(pos, args)
}

// Contract is the function of that name for a spec that has been read.
func (s Spec) Contract(args ...expr.Expr) expr.Expr { return s.contract(caller.Here(0), args) }

func (s *Spec) contract(pos caller.Pos, args []expr.Expr) expr.Expr {
	what := s.what
	if what == "" {
		what = "einsum " + quote(s.text)
	}
	var space [4]tensor.Shape
	o := operands{shapes: space[:0], args: args}
	for _, x := range args {
		if n := x.Node(); n == nil || n.Kind == expr.KBad {
			return expr.Contract(pos, what, nil, nil, args...) // is their mistakes
		}
		o.shapes = append(o.shapes, x.Shape())
	}
	c, err := s.bind(o)
	if err != nil {
		return mistake(pos, err, nil)
	}
	if c.Stretched != nil {
		args = c.squeeze(pos, args)
	}
	return expr.Contract(pos, what, c.Labels, c.Output, args...)
}

// squeeze takes the axes that stretch out of the operands and their labels: each of those labels has its size from another operand.
func (c *Contraction) squeeze(pos caller.Pos, args []expr.Expr) []expr.Expr {
	squeezed, lists := make([]expr.Expr, len(args)), make([][]int, len(args))
	for k, x := range args {
		drop := c.Stretched[k]
		if len(drop) == 0 {
			squeezed[k], lists[k] = x, c.Labels[k]
			continue
		}
		var shape tensor.Shape
		for axis, d := range x.Shape() {
			if len(drop) > 0 && drop[0] == axis {
				drop = drop[1:]
				continue
			}
			shape = append(shape, d)
			lists[k] = append(lists[k], c.Labels[k][axis])
		}
		squeezed[k] = expr.Wrap(expr.Make(expr.Node{Kind: expr.KReshape, Args: expr.Nodes(x), Shape: shape, Pos: pos}))
	}
	c.Labels = lists
	return squeezed
}

// mistake gives the mistake err in the spec, together with those of the operands.
func mistake(pos caller.Pos, err *Error, args []expr.Expr) expr.Expr {
	own := expr.Bad(&expr.Error{Pos: pos, Kind: expr.ErrorKind(err.Kind), Msg: err.Error()})
	return expr.Contract(pos, "einsum "+quote(err.Spec), nil, nil, slices.Concat(args, []expr.Expr{own})...)
}
