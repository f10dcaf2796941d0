package planner

import (
	"math"
	"math/cmplx"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// finiteDepth is how far down a graph it is looked whether values are finite.
const finiteDepth = 6

// finite says whether all elements of an array are known to be finite, whatever its inputs hold: integers are, and what is computed of them
// by operations that do not overflow.
func finite(n *expr.Node, depth int) bool {
	if n.DType.IsInt() || n.DType.IsBool() {
		return true
	}
	if v, ok := known(n); ok {
		return finiteValue(n.DType, v)
	}
	if depth == 0 {
		return false
	}
	all := func(args ...*expr.Node) bool {
		for _, a := range args {
			if !finite(a, depth-1) {
				return false
			}
		}
		return true
	}
	switch n.Kind {
	case expr.KReshape, expr.KTranspose, expr.KBroadcast, expr.KSlice, expr.KDiagonal, expr.KConcat:
		return all(n.Args...)
	case expr.KPad:
		return finiteValue(n.DType, n.Value) && all(n.Args...)
	case expr.KGather:
		return all(n.Args[0])
	case expr.KReduce:
		return (n.Fold == expr.FoldMin || n.Fold == expr.FoldMax) && all(n.Args...)
	case expr.KMap:
		switch n.Op.Name {
		case "where":
			return named(n.Args[0], "isfinite") && n.Args[0].Args[0] == n.Args[1] && all(n.Args[2]) || all(n.Args[1:]...)
		case "cast":
			return inRange(n.DType, n.Args[0].DType) && all(n.Args...)
		case "neg", "abs", "sign", "copysign", "minimum", "maximum", "clip", "floor", "ceil", "trunc", "round", "relu",
			"tanh", "sigmoid", "erf", "erfc", "sin", "cos", "atan":
			return all(n.Args...)
		}
	}
	return false
}

// finiteValue says whether a constant is finite in its dtype.
func finiteValue(d tensor.DType, v expr.Value) bool {
	if d.IsComplex() {
		return !cmplx.IsInf(v.C) && !cmplx.IsNaN(v.C)
	}
	return !math.IsInf(v.F, 0) && !math.IsNaN(v.F)
}

// inRange says whether every finite value of dtype e has a finite one in d, not in e.
func inRange(d, e tensor.DType) bool {
	switch {
	case e.IsBool() || d == e:
		return true
	case e.IsInt():
		return d != tensor.Float16 || e.Size() == 1 || e == tensor.Int16
	case d == tensor.BFloat16 || d == tensor.Float32 || d == tensor.Complex64:
		return e == tensor.Float16 || e == tensor.BFloat16 && d != tensor.BFloat16
	case d == tensor.Float64 || d == tensor.Complex128:
		return true
	}
	return false
}
