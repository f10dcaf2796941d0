package expr

import "github.com/einloom/einloom/expr/op"

func (x Expr) Add(y Expr) Expr { return mapOp(op.Lookup("add"), x, y) }

func (x Expr) Sub(y Expr) Expr { return mapOp(op.Lookup("sub"), x, y) }

func (x Expr) Mul(y Expr) Expr { return mapOp(op.Lookup("mul"), x, y) }

func (x Expr) Div(y Expr) Expr { return mapOp(op.Lookup("div"), x, y) }

func (x Expr) FloorDiv(y Expr) Expr { return mapOp(op.Lookup("floor_div"), x, y) }

func (x Expr) Remainder(y Expr) Expr { return mapOp(op.Lookup("remainder"), x, y) }

func (x Expr) Pow(y Expr) Expr { return mapOp(op.Lookup("pow"), x, y) }

func (x Expr) Neg() Expr { return mapOp(op.Lookup("neg"), x) }

func (x Expr) Abs() Expr { return mapOp(op.Lookup("abs"), x) }

func (x Expr) Sign() Expr { return mapOp(op.Lookup("sign"), x) }

func (x Expr) Square() Expr { return mapOp(op.Lookup("square"), x) }

func (x Expr) Reciprocal() Expr { return mapOp(op.Lookup("reciprocal"), x) }

func (x Expr) Equal(y Expr) Expr { return mapOp(op.Lookup("equal"), x, y) }

func (x Expr) NotEqual(y Expr) Expr { return mapOp(op.Lookup("not_equal"), x, y) }

func (x Expr) Less(y Expr) Expr { return mapOp(op.Lookup("less"), x, y) }

func (x Expr) LessEqual(y Expr) Expr { return mapOp(op.Lookup("less_equal"), x, y) }

func (x Expr) Greater(y Expr) Expr { return mapOp(op.Lookup("greater"), x, y) }

func (x Expr) GreaterEqual(y Expr) Expr { return mapOp(op.Lookup("greater_equal"), x, y) }

func (x Expr) Minimum(y Expr) Expr { return mapOp(op.Lookup("minimum"), x, y) }

func (x Expr) Maximum(y Expr) Expr { return mapOp(op.Lookup("maximum"), x, y) }

func (x Expr) Clip(y, z Expr) Expr { return mapOp(op.Lookup("clip"), x, y, z) }

func (x Expr) And(y Expr) Expr { return mapOp(op.Lookup("and"), x, y) }

func (x Expr) Or(y Expr) Expr { return mapOp(op.Lookup("or"), x, y) }

func (x Expr) Xor(y Expr) Expr { return mapOp(op.Lookup("xor"), x, y) }

func (x Expr) Not() Expr { return mapOp(op.Lookup("not"), x) }

func (x Expr) LeftShift(y Expr) Expr { return mapOp(op.Lookup("left_shift"), x, y) }

func (x Expr) RightShift(y Expr) Expr { return mapOp(op.Lookup("right_shift"), x, y) }

func (x Expr) Floor() Expr { return mapOp(op.Lookup("floor"), x) }

func (x Expr) Ceil() Expr { return mapOp(op.Lookup("ceil"), x) }

func (x Expr) Trunc() Expr { return mapOp(op.Lookup("trunc"), x) }

func (x Expr) Round() Expr { return mapOp(op.Lookup("round"), x) }

func (x Expr) Sqrt() Expr { return mapOp(op.Lookup("sqrt"), x) }

func (x Expr) Rsqrt() Expr { return mapOp(op.Lookup("rsqrt"), x) }

func (x Expr) Exp() Expr { return mapOp(op.Lookup("exp"), x) }

func (x Expr) Exp2() Expr { return mapOp(op.Lookup("exp2"), x) }

func (x Expr) Expm1() Expr { return mapOp(op.Lookup("expm1"), x) }

func (x Expr) Log() Expr { return mapOp(op.Lookup("log"), x) }

func (x Expr) Log2() Expr { return mapOp(op.Lookup("log2"), x) }

func (x Expr) Log10() Expr { return mapOp(op.Lookup("log10"), x) }

func (x Expr) Log1p() Expr { return mapOp(op.Lookup("log1p"), x) }

func (x Expr) Tanh() Expr { return mapOp(op.Lookup("tanh"), x) }

func (x Expr) Sigmoid() Expr { return mapOp(op.Lookup("sigmoid"), x) }

func (x Expr) Silu() Expr { return mapOp(op.Lookup("silu"), x) }

func (x Expr) Relu() Expr { return mapOp(op.Lookup("relu"), x) }

func (x Expr) Erf() Expr { return mapOp(op.Lookup("erf"), x) }

func (x Expr) Gelu() Expr { return mapOp(op.Lookup("gelu"), x) }

func (x Expr) Sin() Expr { return mapOp(op.Lookup("sin"), x) }

func (x Expr) Cos() Expr { return mapOp(op.Lookup("cos"), x) }

func (x Expr) IsNaN() Expr { return mapOp(op.Lookup("isnan"), x) }

func (x Expr) IsInf() Expr { return mapOp(op.Lookup("isinf"), x) }

func (x Expr) IsFinite() Expr { return mapOp(op.Lookup("isfinite"), x) }

func (x Expr) Real() Expr { return mapOp(op.Lookup("real"), x) }

func (x Expr) Imag() Expr { return mapOp(op.Lookup("imag"), x) }

func (x Expr) Conj() Expr { return mapOp(op.Lookup("conj"), x) }

func (x Expr) Where(y, z Expr) Expr { return mapOp(op.Lookup("where"), x, y, z) }

func Where(cond, x, y Expr) Expr { return mapOp(op.Lookup("where"), cond, x, y) }
