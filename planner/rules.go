package planner

import (
	"math"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// rule is one rewriting of nodes of a kind. All rules but the fast ones keep every value: on NaN, -0, infinities, subnormals and the ends
// of the integers. Tests hold them to that by the shows column.
type rule struct {
	name  string
	shows string // before -> after
	kind  expr.Kind
	fast  bool // it changes roundings or special values: only with Options.FastMath
	apply func(w rewriter, n *expr.Node) *expr.Node
}

// rules is the one list of rewritings. A row is tried before those below it.
var rules = []rule{
	{"transpose-identity", "transpose(x, [0 1]) -> x", expr.KTranspose, false, transposeIdentity},
	{"transpose-transpose", "transpose(transpose(x, p), q) -> transpose(x, p[q])", expr.KTranspose, false, transposeTranspose},
	{"transpose-constant", "transpose(broadcast(c)) -> broadcast(c)", expr.KTranspose, false, moveConstant},
	{"reshape-identity", "reshape(x, its shape) -> x", expr.KReshape, false, sameShape},
	{"reshape-reshape", "reshape(reshape(x)) -> reshape(x)", expr.KReshape, false, reshapeReshape},
	{"reshape-constant", "reshape(broadcast(c)) -> broadcast(c)", expr.KReshape, false, moveConstant},
	{"broadcast-identity", "broadcast(x, its shape) -> x", expr.KBroadcast, false, sameShape},
	{"broadcast-broadcast", "broadcast(broadcast(x)) -> broadcast(x)", expr.KBroadcast, false, broadcastBroadcast},
	{"broadcast-ones", "broadcast(reshape(c, [1 1])) -> broadcast(c)", expr.KBroadcast, false, broadcastOnes},
	{"slice-identity", "x[:] -> x", expr.KSlice, false, sliceIdentity},
	{"slice-slice", "x[a:][b:] -> x[a+b:]", expr.KSlice, false, sliceSlice},
	{"slice-constant", "slice(broadcast(c)) -> broadcast(c)", expr.KSlice, false, moveConstant},
	{"diagonal-constant", "diagonal(broadcast(c)) -> broadcast(c)", expr.KDiagonal, false, moveConstant},
	{"pad-nothing", "pad(x, by nothing) -> x", expr.KPad, false, sameShape},
	{"concat-one", "concat(x) -> x", expr.KConcat, false, concatOne},
	{"concat-concat", "concat(concat(x, y), z) -> concat(x, y, z)", expr.KConcat, false, concatConcat},

	{"fold-constants", "2 + 3 -> 5", expr.KMap, false, foldConstants},
	{"cast-identity", "f32(f32 x) -> x", expr.KMap, false, castIdentity},
	{"cast-cast", "f32(f64(f32 x)) -> x", expr.KMap, false, castCast},
	{"neutral", "x*1, 1*x, x/1, x-0, x + -0, pow(x, 1) -> x; of integers also x+0, x|0, x^0, x<<0, x>>0", expr.KMap, false, neutral},
	{"integer-zero", "x*0, x&0, x-x, x^x -> 0 of integers", expr.KMap, false, integerZero},
	{"logic", "b&true, b|false -> b; b&false -> false; b|true -> true", expr.KMap, false, logic},
	{"twice", "neg(neg(x)), not(not(x)), conj(conj(x)) -> x", expr.KMap, false, twice},
	{"idempotent", "abs(abs(x)) -> abs(x), and so floor, ceil, trunc, round, relu, sign", expr.KMap, false, idempotent},
	{"same-operands", "minimum(x, x), maximum(x, x), x&x, x|x -> x", expr.KMap, false, sameOperands},
	{"sign-lost", "abs(neg(x)) -> abs(x), neg(x)*neg(y) -> x*y, square(neg(x)) -> square(x)", expr.KMap, false, signLost},
	{"add-negated", "x + neg(y) -> x - y, x - neg(y) -> x + y", expr.KMap, false, addNegated},
	{"where-same", "where(c, x, x) -> x", expr.KMap, false, whereSame},
	{"where-constant", "where(true, x, y) -> x", expr.KMap, false, whereConstant},
	{"where-not", "where(!c, x, y) -> where(c, y, x)", expr.KMap, false, whereNot},
	{"pow-two", "pow(x, 2) -> square(x), which is rounded once", expr.KMap, false, powTwo},

	{"fold-fold", "sum(sum(x, i), j) -> sum(x, i j), and so min, max, any, all, prod", expr.KReduce, false, foldFold},
	{"fold-transpose", "sum(transpose(x)) -> sum(x) over the axes that are meant", expr.KReduce, false, foldTranspose},
	{"fold-stretched", "max over an axis that broadcast made -> without it, and so min, any, all", expr.KReduce, false, foldStretched},
	{"contract-alone", "contract \"ij->ij\" x -> x, contract \"ij->ji\" x -> transpose(x)", expr.KContract, false, contractAlone},

	{"contract-ones", "contract \"ij,j->ij\" x 1 -> x", expr.KContract, false, contractOnes},
	{"fast-diagonal", "contract \"ij,jk->ik\" x eye -> x of floats that may be infinite", expr.KContract, true, fastDiagonal},
	{"fast-one-hot", "contract \"ij,jk->ik\" where(at == j, 1, 0) x -> take(x, at) of floats that may be infinite", expr.KContract, true, fastOneHot},
	{"contract-diagonal", "contract \"ij,jk->ik\" x where(j == k, v, 0) -> contract \"ij,jj->ij\" x v", expr.KContract, false, contractDiagonal},
	{"contract-one-hot", "contract \"ij,jk->ik\" where(at == j, 1, 0) x -> take(x, at)", expr.KContract, false, contractOneHot},

	{"fast-zero", "x*0, x-x -> 0, x+0 -> x of floats", expr.KMap, true, fastZero},
	{"fast-reciprocal", "x/c -> x*(1/c)", expr.KMap, true, fastReciprocal},
	{"fast-inverse", "exp(log(x)), log(exp(x)) -> x, sqrt(square(x)) -> abs(x)", expr.KMap, true, fastInverse},
	{"fast-stretched", "sum over an axis of n that broadcast made -> n times it", expr.KReduce, true, fastStretched},
}

// Rules lists the names of all rules, in order; Options.Off takes each as "rule:NAME". The fast ones begin with "fast-".
func Rules() []string {
	names := make([]string, len(rules))
	for i := range rules {
		names[i] = rules[i].name
	}
	return names
}

// known gives the value of a node that is one constant everywhere.
func known(n *expr.Node) (expr.Value, bool) {
	for n.Kind == expr.KBroadcast || n.Kind == expr.KReshape || n.Kind == expr.KTranspose || n.Kind == expr.KSlice || n.Kind == expr.KDiagonal {
		n = n.Args[0]
	}
	return n.Value, n.Kind == expr.KConst
}

// is says whether a node is the number v everywhere; a float 0 has to have v's sign.
func is(n *expr.Node, v float64) bool {
	c, ok := known(n)
	if !ok {
		return false
	}
	switch {
	case n.DType.IsComplex():
		return c.C == complex(v, 0) && !math.Signbit(imag(c.C)) && math.Signbit(real(c.C)) == math.Signbit(v)
	case n.DType.IsFloat():
		return c.F == v && math.Signbit(c.F) == math.Signbit(v)
	}
	return c.I == int64(v) && !(v == 0 && math.Signbit(v))
}

// named says whether a node applies the op of a name.
func named(n *expr.Node, name string) bool { return n.Kind == expr.KMap && n.Op.Name == name }

// What rules make.
var (
	opSub, opDiv, opAbs, opSquare = op.Lookup("sub"), op.Lookup("div"), op.Lookup("abs"), op.Lookup("square")
	negativeZero                  = math.Copysign(0, -1)
)

func wholes(n *expr.Node) bool { return n.DType.IsInt() }

// Elementwise.

// foldConstants applies an op to constants by the same formula that kernels use.
func foldConstants(w rewriter, n *expr.Node) *expr.Node {
	var args []uint64
	for _, a := range n.Args {
		v, ok := known(a)
		if !ok {
			return nil
		}
		lo, hi := bitsOf(a.DType, v)
		switch a.DType {
		case tensor.Complex64:
			args = append(args, lo&(1<<32-1), lo>>32)
		case tensor.Complex128:
			args = append(args, lo, hi)
		default:
			args = append(args, lo)
		}
	}
	f, err := formulaOf(n)
	if err != nil {
		return nil // halves: their kernels round once from f32
	}
	lo, hi := f.EvalBits(args...)
	return w.scalar(n.DType, valueOf(n.DType, lo, hi), n.Shape)
}

func formulaOf(n *expr.Node) (*op.Formula, error) {
	d := n.Args[len(n.Args)-1].DType
	if n.Op == opCast {
		return op.Cast(d, n.DType)
	}
	return n.Op.Expand(d)
}

// valueOf is the constant whose bits are lo; of complex dtypes, lo and hi are those of the parts.
func valueOf(d tensor.DType, lo, hi uint64) expr.Value {
	switch d {
	case tensor.Float64:
		return expr.Value{F: math.Float64frombits(lo)}
	case tensor.Float32:
		return expr.Value{F: float64(math.Float32frombits(uint32(lo)))}
	case tensor.Float16:
		return expr.Value{F: float64(tensor.F16(lo).Float32())}
	case tensor.BFloat16:
		return expr.Value{F: float64(tensor.BF16(lo).Float32())}
	case tensor.Complex64:
		return expr.Value{C: complex(float64(math.Float32frombits(uint32(lo))), float64(math.Float32frombits(uint32(hi))))}
	case tensor.Complex128:
		return expr.Value{C: complex(math.Float64frombits(lo), math.Float64frombits(hi))}
	}
	shift := 64 - 8*d.Size()
	if d.IsUnsigned() || d.IsBool() {
		return expr.Value{I: int64(lo)}
	}
	return expr.Value{I: int64(lo<<shift) >> shift}
}

func castIdentity(_ rewriter, n *expr.Node) *expr.Node {
	if n.Op == opCast && n.DType == n.Args[0].DType {
		return n.Args[0]
	}
	return nil
}

// castCast leaves out a cast to a dtype that holds every value of what is cast.
func castCast(w rewriter, n *expr.Node) *expr.Node {
	a := n.Args[0]
	if n.Op != opCast || a.Kind != expr.KMap || a.Op != opCast || !holds(a.DType, a.Args[0].DType) {
		return nil
	}
	if from := a.Args[0].DType; from.IsInt() && a.DType.IsFloat() && n.DType.IsInt() && !holds(n.DType, from) {
		return nil // floats saturate where integers wrap
	}
	return w.cast(a.Args[0], n.DType)
}

// holds says whether dtype d has every value of e, and what e's values are cast to from d is what they are cast to from e.
func holds(d, e tensor.DType) bool {
	switch {
	case d == e:
		return true
	case e.IsBool():
		return !d.IsComplex()
	case e.IsInt() && d.IsInt():
		return d.Size() > e.Size() && (d.IsSigned() || e.IsUnsigned())
	case e.IsInt() && d == tensor.Float64:
		return e.Size() <= 4
	case e.IsFloat() && d.IsFloat():
		return d.Size() > e.Size()
	}
	return false
}

func neutral(_ rewriter, n *expr.Node) *expr.Node {
	if len(n.Args) != 2 || n.DType != n.Args[0].DType || n.DType.IsBool() {
		return nil
	}
	x, y := n.Args[0], n.Args[1]
	complex := n.DType.IsComplex()
	switch n.Op.Name {
	case "mul":
		switch {
		case complex: // (a+bi)*(1+0i) has NaN where a or b is infinite
		case is(y, 1):
			return x
		case is(x, 1):
			return y
		}
	case "div":
		if is(y, 1) && !complex {
			return x
		}
	case "pow":
		if is(y, 1) && !complex {
			return x
		}
	case "sub":
		if is(y, 0) {
			return x
		}
	case "add":
		zero := negativeZero
		if wholes(n) {
			zero = 0
		}
		switch {
		case complex:
		case is(y, zero):
			return x
		case is(x, zero):
			return y
		}
	case "or", "xor":
		switch {
		case is(y, 0):
			return x
		case is(x, 0):
			return y
		}
	case "left_shift", "right_shift":
		if is(y, 0) {
			return x
		}
	}
	return nil
}

func integerZero(w rewriter, n *expr.Node) *expr.Node {
	if len(n.Args) != 2 || !wholes(n) {
		return nil
	}
	x, y := n.Args[0], n.Args[1]
	zero := false
	switch n.Op.Name {
	case "mul", "and":
		zero = is(x, 0) || is(y, 0)
	case "sub", "xor":
		zero = x == y
	}
	if !zero {
		return nil
	}
	return w.scalar(n.DType, expr.Value{}, n.Shape)
}

func logic(_ rewriter, n *expr.Node) *expr.Node {
	if len(n.Args) != 2 || !n.DType.IsBool() || !n.Args[0].DType.IsBool() {
		return nil
	}
	for k, a := range n.Args {
		v, ok := known(a)
		if !ok {
			continue
		}
		switch other := n.Args[1-k]; {
		case n.Op == opAnd && v.I != 0, n.Op == opOr && v.I == 0:
			return other
		case n.Op == opAnd, n.Op == opOr:
			return a
		}
	}
	return nil
}

func twice(_ rewriter, n *expr.Node) *expr.Node {
	if a := n.Args[0]; (named(n, "neg") || named(n, "not") || named(n, "conj")) && named(a, n.Op.Name) {
		return a.Args[0]
	}
	return nil
}

func idempotent(_ rewriter, n *expr.Node) *expr.Node {
	if named(n, "sign") && n.DType.IsComplex() {
		return nil // z/|z| is rounded again
	}
	switch n.Op.Name {
	case "abs", "floor", "ceil", "trunc", "round", "relu", "sign":
		if a := n.Args[0]; named(a, n.Op.Name) && a.DType == n.DType && a.Args[0].DType == n.DType {
			return a
		}
	}
	return nil
}

func sameOperands(_ rewriter, n *expr.Node) *expr.Node {
	switch n.Op.Name {
	case "minimum", "maximum", "and", "or":
		if n.Args[0] == n.Args[1] && n.DType == n.Args[0].DType {
			return n.Args[0]
		}
	}
	return nil
}

func signLost(w rewriter, n *expr.Node) *expr.Node {
	switch {
	case n.DType.IsComplex() || n.Args[0].DType.IsComplex():
	case (named(n, "abs") && !n.DType.IsUnsigned() || named(n, "square")) && named(n.Args[0], "neg"):
		return w.apply(n.Op, n.Args[0].Args[0])
	case named(n, "mul") && named(n.Args[0], "neg") && named(n.Args[1], "neg"):
		return w.apply(n.Op, n.Args[0].Args[0], n.Args[1].Args[0])
	}
	return nil
}

func addNegated(w rewriter, n *expr.Node) *expr.Node {
	switch {
	case n.DType.IsBool() || len(n.Args) != 2 || !named(n.Args[1], "neg"):
	case n.Op == opAdd:
		return w.apply(opSub, n.Args[0], n.Args[1].Args[0])
	case n.Op == opSub:
		return w.apply(opAdd, n.Args[0], n.Args[1].Args[0])
	}
	return nil
}

func whereSame(_ rewriter, n *expr.Node) *expr.Node {
	if n.Op == opWhere && n.Args[1] == n.Args[2] {
		return n.Args[1]
	}
	return nil
}

func whereConstant(_ rewriter, n *expr.Node) *expr.Node {
	if n.Op != opWhere {
		return nil
	}
	if v, ok := known(n.Args[0]); ok && v.I != 0 {
		return n.Args[1]
	} else if ok {
		return n.Args[2]
	}
	return nil
}

func whereNot(w rewriter, n *expr.Node) *expr.Node {
	if n.Op == opWhere && named(n.Args[0], "not") {
		return w.apply(opWhere, n.Args[0].Args[0], n.Args[2], n.Args[1])
	}
	return nil
}

func powTwo(w rewriter, n *expr.Node) *expr.Node {
	if named(n, "pow") && is(n.Args[1], 2) && !n.DType.IsComplex() {
		return w.apply(opSquare, n.Args[0])
	}
	return nil
}

// Fast ones.

func fastZero(w rewriter, n *expr.Node) *expr.Node {
	if len(n.Args) != 2 || !n.DType.IsFloat() || n.DType != n.Args[0].DType {
		return nil
	}
	x, y := n.Args[0], n.Args[1]
	switch {
	case n.Op == opMul && (isZero(x) || isZero(y)), n.Op == opSub && x == y:
		return w.scalar(n.DType, expr.Value{}, n.Shape)
	case n.Op == opAdd && isZero(y), n.Op == opSub && isZero(y):
		return x
	case n.Op == opAdd && isZero(x):
		return y
	}
	return nil
}

func fastReciprocal(w rewriter, n *expr.Node) *expr.Node {
	if !named(n, "div") || !n.DType.IsFloat() {
		return nil
	}
	v, ok := known(n.Args[1])
	if !ok || v.F == 0 || math.IsInf(1/v.F, 0) {
		return nil
	}
	return w.apply(opMul, n.Args[0], w.scalar(n.DType, expr.Value{F: 1 / v.F}, n.Shape))
}

func fastInverse(w rewriter, n *expr.Node) *expr.Node {
	a := n.Args[0]
	switch {
	case n.DType.IsComplex(): // log and sqrt give one of many
	case named(n, "exp") && named(a, "log"), named(n, "log") && named(a, "exp"):
		return a.Args[0]
	case named(n, "sqrt") && named(a, "square"):
		return w.apply(opAbs, a.Args[0])
	}
	return nil
}
