package op

import "math"

// Rules that many ops share.
var (
	ring     = Rule{Takes: All}                     // bool too: add is or, mul is and
	arith    = Rule{Takes: Numbers}                 // as they are
	ordered  = Rule{Takes: Reals}                   //
	whole    = Rule{Takes: Reals, Compute: AsInt}   // bool as int8
	floating = Rule{Takes: Reals, Compute: AsFloat} //
	analytic = Rule{Takes: All, Compute: AsFloat}   //
	compares = Rule{Takes: Reals, Gives: Truth}     //
	equates  = Rule{Takes: All, Gives: Truth}       //
	bitwise  = Rule{Takes: Bools | Ints}            //
	asks     = Rule{Takes: All, Gives: Truth}       //
)

// rows is the one list of operations.
var rows = []*Op{
	{Name: "add", Method: "Add", Arity: 2, Types: ring, Core: true, Commutative: true},
	{Name: "sub", Method: "Sub", Arity: 2, Types: arith, Core: true},
	{Name: "mul", Method: "Mul", Arity: 2, Types: ring, Core: true, Commutative: true},
	{Name: "div", Method: "Div", Arity: 2, Types: Rule{Takes: All, Compute: AsDouble}, Core: true},
	{Name: "floor_div", Method: "FloorDiv", Arity: 2, Types: whole},
	{Name: "remainder", Method: "Remainder", Arity: 2, Types: whole},
	{Name: "pow", Method: "Pow", Arity: 2, Types: whole},
	{Name: "neg", Method: "Neg", Arity: 1, Types: arith, Core: true},
	{Name: "abs", Method: "Abs", Arity: 1, Types: Rule{Takes: All, Gives: RealPart}, Core: true},
	{Name: "sign", Method: "Sign", Arity: 1, Types: Rule{Takes: Ints | Floats}},
	{Name: "square", Method: "Square", Arity: 1, Types: Rule{Takes: All, Compute: AsInt}},
	{Name: "reciprocal", Method: "Reciprocal", Arity: 1, Types: Rule{Takes: All, Compute: AsDouble}},

	{Name: "equal", Method: "Equal", Arity: 2, Types: equates, Core: true, Commutative: true},
	{Name: "not_equal", Method: "NotEqual", Arity: 2, Types: equates, Core: true, Commutative: true},
	{Name: "less", Method: "Less", Arity: 2, Types: compares, Core: true},
	{Name: "less_equal", Method: "LessEqual", Arity: 2, Types: compares, Core: true},
	{Name: "greater", Method: "Greater", Arity: 2, Types: compares, Core: true},
	{Name: "greater_equal", Method: "GreaterEqual", Arity: 2, Types: compares, Core: true},
	{Name: "minimum", Method: "Minimum", Arity: 2, Types: ordered, Commutative: true, Associative: true},
	{Name: "maximum", Method: "Maximum", Arity: 2, Types: ordered, Commutative: true, Associative: true},
	{Name: "clip", Method: "Clip", Arity: 3, Types: ordered},

	{Name: "and", Method: "And", Arity: 2, Types: bitwise, Core: true, Commutative: true, Associative: true},
	{Name: "or", Method: "Or", Arity: 2, Types: bitwise, Core: true, Commutative: true, Associative: true},
	{Name: "xor", Method: "Xor", Arity: 2, Types: bitwise, Core: true, Commutative: true, Associative: true},
	{Name: "not", Method: "Not", Arity: 1, Types: bitwise, Core: true},
	{Name: "left_shift", Method: "LeftShift", Arity: 2, Types: Rule{Takes: Bools | Ints, Compute: AsInt}},
	{Name: "right_shift", Method: "RightShift", Arity: 2, Types: Rule{Takes: Bools | Ints, Compute: AsInt}},

	{Name: "floor", Method: "Floor", Arity: 1, Types: ordered, Core: true},
	{Name: "ceil", Method: "Ceil", Arity: 1, Types: ordered, Core: true},
	{Name: "trunc", Method: "Trunc", Arity: 1, Types: ordered, Core: true},
	{Name: "round", Method: "Round", Arity: 1, Types: ordered},

	{Name: "sqrt", Method: "Sqrt", Arity: 1, Types: floating, Core: true},
	{Name: "rsqrt", Method: "Rsqrt", Arity: 1, Types: floating},
	{Name: "exp", Method: "Exp", Arity: 1, Types: floating, Formula: floats(expText), Ref: Ref{F: unary(math.Exp)}, ULP: ULP{1, 1}},
	{Name: "exp2", Method: "Exp2", Arity: 1, Types: floating, Formula: floats(exp2Text), Ref: Ref{F: unary(math.Exp2)}, ULP: ULP{1, 1}},
	{Name: "expm1", Method: "Expm1", Arity: 1, Types: floating, Formula: floats(expm1Text), Ref: Ref{F: unary(math.Expm1)}, ULP: ULP{1, 1}},
	{Name: "log", Method: "Log", Arity: 1, Types: floating, Formula: floats(logText), Ref: Ref{F: unary(refLog)}, ULP: ULP{1, 1}},
	{Name: "log2", Method: "Log2", Arity: 1, Types: floating, Formula: floats(log2Text), Ref: Ref{F: unary(math.Log2)}, ULP: ULP{1, 1}},
	{Name: "log10", Method: "Log10", Arity: 1, Types: floating, Formula: floats(log10Text), Ref: Ref{F: unary(refLog10)}, ULP: ULP{1, 1}},
	{Name: "log1p", Method: "Log1p", Arity: 1, Types: floating, Formula: floats(log1pText), Ref: Ref{F: unary(math.Log1p)}, ULP: ULP{1, 1}},
	{Name: "tanh", Method: "Tanh", Arity: 1, Types: floating, Formula: floats(tanhText), Ref: Ref{F: unary(math.Tanh)}, ULP: ULP{1, 1}},
	{Name: "sigmoid", Method: "Sigmoid", Arity: 1, Types: floating, Formula: floats(sigmoidText), Ref: Ref{F: unary(refSigmoid)}, ULP: ULP{1, 1}},
	{Name: "silu", Method: "Silu", Arity: 1, Types: floating, Formula: floats(siluText), Ref: Ref{F: unary(refSilu)}, ULP: ULP{1, 1}},
	{Name: "relu", Method: "Relu", Arity: 1, Types: ordered},
	{Name: "erf", Method: "Erf", Arity: 1, Types: floating, Formula: floats(erfText), Ref: Ref{F: unary(math.Erf)}, ULP: ULP{1, 1}},
	{Name: "gelu", Method: "Gelu", Arity: 1, Types: floating, Formula: floats(geluText), Ref: Ref{F: unary(refGelu)}, ULP: ULP{1, 1}},
	{Name: "sin", Method: "Sin", Arity: 1, Types: floating},
	{Name: "cos", Method: "Cos", Arity: 1, Types: floating},

	{Name: "isnan", Method: "IsNaN", Arity: 1, Types: asks},
	{Name: "isinf", Method: "IsInf", Arity: 1, Types: asks},
	{Name: "isfinite", Method: "IsFinite", Arity: 1, Types: asks},
	{Name: "real", Method: "Real", Arity: 1, Types: Rule{Takes: All, Gives: RealPart}},
	{Name: "imag", Method: "Imag", Arity: 1, Types: Rule{Takes: All, Gives: RealPart}},
	{Name: "conj", Method: "Conj", Arity: 1, Types: ring},
	{Name: "where", Method: "Where", Arity: 3, Types: Rule{Takes: All, Compute: Chosen}, Core: true},

	{Name: "const", Types: ring, Core: true},
	{Name: "cast", Arity: 1, Types: ring, Core: true},
	{Name: "bitcast", Arity: 1, Types: Rule{Takes: Ints | Floats}, Core: true},
	{Name: "min", Arity: 2, Types: Rule{Takes: Ints | Floats}, Core: true},
	{Name: "max", Arity: 2, Types: Rule{Takes: Ints | Floats}, Core: true},
	{Name: "rint", Arity: 1, Types: Rule{Takes: Floats}, Core: true},
	{Name: "idiv", Arity: 2, Types: Rule{Takes: Ints}, Core: true},
	{Name: "imod", Arity: 2, Types: Rule{Takes: Ints}, Core: true},
	{Name: "shl", Arity: 2, Types: Rule{Takes: Ints}, Core: true},
	{Name: "shr", Arity: 2, Types: Rule{Takes: Ints}, Core: true},
	{Name: "sar", Arity: 2, Types: Rule{Takes: Ints}, Core: true},
	{Name: "argmin", Arity: 1, Types: Rule{Takes: Ints | Floats}, Fold: true},
	{Name: "argmax", Arity: 1, Types: Rule{Takes: Ints | Floats}, Fold: true},
}
