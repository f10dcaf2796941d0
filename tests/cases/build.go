package cases

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// unary are the operations of one operand by NumPy's names, or by the usual ones of functions that NumPy has not.
var unary = map[string]func(expr.Expr) expr.Expr{
	"negative": expr.Expr.Neg, "abs": expr.Expr.Abs, "sign": expr.Expr.Sign, "square": expr.Expr.Square, "reciprocal": expr.Expr.Reciprocal,
	"floor": expr.Expr.Floor, "ceil": expr.Expr.Ceil, "trunc": expr.Expr.Trunc, "round": expr.Expr.Round, "invert": expr.Expr.Not,
	"sqrt": expr.Expr.Sqrt, "rsqrt": expr.Expr.Rsqrt, "exp": expr.Expr.Exp, "exp2": expr.Expr.Exp2, "expm1": expr.Expr.Expm1,
	"log": expr.Expr.Log, "log2": expr.Expr.Log2, "log10": expr.Expr.Log10, "log1p": expr.Expr.Log1p, "tanh": expr.Expr.Tanh,
	"sigmoid": expr.Expr.Sigmoid, "softplus": expr.Expr.Softplus, "silu": expr.Expr.Silu, "relu": expr.Expr.Relu, "erf": expr.Expr.Erf, "gelu": expr.Expr.Gelu,
	"sin": expr.Expr.Sin, "cos": expr.Expr.Cos, "isnan": expr.Expr.IsNaN, "isinf": expr.Expr.IsInf, "isfinite": expr.Expr.IsFinite,
	"tan": expr.Expr.Tan, "arcsin": expr.Expr.Asin, "arccos": expr.Expr.Acos, "arctan": expr.Expr.Atan, "sinh": expr.Expr.Sinh,
	"cosh": expr.Expr.Cosh, "arcsinh": expr.Expr.Asinh, "arccosh": expr.Expr.Acosh, "arctanh": expr.Expr.Atanh, "cbrt": expr.Expr.Cbrt,
	"erfc": expr.Expr.Erfc, "signbit": expr.Expr.Signbit,
	"real": expr.Expr.Real, "imag": expr.Expr.Imag, "conj": expr.Expr.Conj,
	"angle": expr.Expr.Angle, "trace": expr.Expr.Trace, "cov": expr.Expr.Cov, "corrcoef": expr.Expr.CorrCoef,
}

// binary are the operations of two operands.
var binary = map[string]func(x, y expr.Expr) expr.Expr{
	"add": expr.Expr.Add, "subtract": expr.Expr.Sub, "multiply": expr.Expr.Mul, "divide": expr.Expr.Div, "floor_divide": expr.Expr.FloorDiv,
	"remainder": expr.Expr.Remainder, "power": expr.Expr.Pow, "maximum": expr.Expr.Maximum, "minimum": expr.Expr.Minimum,
	"equal": expr.Expr.Equal, "not_equal": expr.Expr.NotEqual, "less": expr.Expr.Less, "less_equal": expr.Expr.LessEqual,
	"greater": expr.Expr.Greater, "greater_equal": expr.Expr.GreaterEqual, "bitwise_and": expr.Expr.And, "bitwise_or": expr.Expr.Or,
	"bitwise_xor": expr.Expr.Xor, "left_shift": expr.Expr.LeftShift, "right_shift": expr.Expr.RightShift,
	"arctan2": expr.Expr.Atan2, "hypot": expr.Expr.Hypot, "copysign": expr.Expr.Copysign,
	"kron": expr.Expr.Kron, "histogram": expr.Expr.Histogram,
	"matmul": expr.Expr.MatMul, "outer": expr.Expr.Outer, "dot": expr.Expr.Dot,
}

// reduction are the operations over axes, which keepdims keeps.
var reduction = map[string]func(x expr.Expr, axes ...int) expr.Expr{
	"sum": expr.Expr.Sum, "prod": expr.Expr.Prod, "max": expr.Expr.Max, "min": expr.Expr.Min, "any": expr.Expr.Any, "all": expr.Expr.All,
	"nansum": expr.Expr.NaNSum, "nanmean": expr.Expr.NaNMean, "nanvar": expr.Expr.NaNVar, "nanstd": expr.Expr.NaNStd, "nanmin": expr.Expr.NaNMin,
	"nanmax": expr.Expr.NaNMax, "norm": expr.Expr.Norm, "count_nonzero": expr.Expr.CountNonzero,
	"argmax": expr.Expr.ArgMax, "argmin": expr.Expr.ArgMin, "mean": expr.Expr.Mean, "logsumexp": expr.Expr.LogSumExp,
}

// moving are the operations that take axes.
var moving = map[string]func(x expr.Expr, axes ...int) expr.Expr{
	"transpose": expr.Expr.Transpose, "expand_dims": expr.Expr.Expand, "squeeze": expr.Expr.Squeeze, "flip": expr.Expr.Flip,
	"softmax": expr.Expr.Softmax, "log_softmax": expr.Expr.LogSoftmax, "standardise": expr.Expr.Standardise,
}

// Expr builds the case's expression. Its operands are inputs called x0, x1 ... if inputs is set, for Bind to bind, else data. An error
// says that the case is not understood; a mistake in the expression itself is left to it.
func (c *Case) Expr(inputs bool) (expr.Expr, error) {
	x, err := c.Operands(inputs)
	if err != nil {
		return expr.Expr{}, fmt.Errorf("%v: %w", c, err)
	}
	if f := unary[c.Op]; f != nil && len(x) == 1 {
		return f(x[0]), nil
	}
	if f := binary[c.Op]; f != nil && len(x) == 2 {
		return f(x[0], x[1]), nil
	}
	if f := moving[c.Op]; f != nil && len(x) == 1 {
		return f(x[0], c.Axes...), nil
	}
	if f := reduction[c.Op]; f != nil && len(x) == 1 {
		return c.keep(f(x[0], c.Axes...)), nil
	}
	if y, ok := c.shaped(x); ok {
		return y, nil
	}
	if y, ok := c.arranged(x); ok {
		return y, nil
	}
	if y, ok := c.created(); ok {
		return y, nil
	}
	return expr.Expr{}, fmt.Errorf("%v: no such operation", c)
}

// Inputs gives the tensors for the inputs of Expr by their names.
func (c *Case) Inputs() map[string]*tensor.Tensor {
	bind := map[string]*tensor.Tensor{}
	for i, raw := range c.Args {
		var label string
		if json.Unmarshal(raw, &label) == nil {
			bind[fmt.Sprintf("x%d", i)] = c.arrays[label]
		}
	}
	return bind
}

// Operands gives an expression for each argument: inputs called x0, x1 ... if inputs is set, else data.
func (c *Case) Operands(inputs bool) ([]expr.Expr, error) {
	bind := c.Inputs()
	out := make([]expr.Expr, len(c.Args))
	for i, raw := range c.Args {
		name := fmt.Sprintf("x%d", i)
		t, isArray := bind[name]
		var pair [2]float64
		var whole int64
		var number float64
		switch {
		case isArray && t == nil:
			return nil, fmt.Errorf("there is no array %s", raw)
		case isArray && inputs:
			out[i] = expr.Input(name, t.DType(), t.Shape()...)
		case isArray:
			out[i] = expr.From(t)
		case json.Unmarshal(raw, &pair) == nil:
			out[i] = expr.ScalarComplex(complex(pair[0], pair[1]))
		case json.Unmarshal(raw, &whole) == nil:
			out[i] = expr.ScalarInt(whole)
		case json.Unmarshal(raw, &number) == nil:
			out[i] = expr.Scalar(number)
		default:
			return nil, fmt.Errorf("argument %d is %s", i, raw)
		}
	}
	return out, nil
}

func (c *Case) keep(x expr.Expr) expr.Expr {
	if c.KeepDims {
		return x.KeepDims()
	}
	return x
}

// shaped builds the operations of operands and attributes.
func (c *Case) shaped(x []expr.Expr) (expr.Expr, bool) {
	axis := 0
	if c.Axis != nil {
		axis = *c.Axis
	}
	switch fmt.Sprint(c.Op, len(x)) {
	case "where3":
		return expr.Map(op.Lookup("where"), x...), true
	case "clip3":
		return x[0].Clip(x[1], x[2]), true
	case "var1":
		if c.Correction == 0 {
			return c.keep(x[0].Var(c.Axes...)), true
		}
		return c.keep(x[0].VarCorrected(c.Correction, c.Axes...)), true
	case "std1":
		if c.Correction == 0 {
			return c.keep(x[0].Std(c.Axes...)), true
		}
		return c.keep(x[0].StdCorrected(c.Correction, c.Axes...)), true
	case "index1":
		return x[0].Index(axis, c.Offset), true
	case "at1":
		return x[0].At(c.Dims...), true
	case "reshape1":
		return x[0].Reshape(c.Dims...), true
	case "broadcast1":
		return x[0].Broadcast(c.Dims...), true
	case "slice1":
		return x[0].Slice(c.ranges()...), true
	case "pad1":
		return x[0].Pad(c.Value, c.widths()...), true
	case "diagonal1":
		return x[0].Diagonal(c.Offset, c.Axes[0], c.Axes[1]), true
	case "layer_norm1":
		return x[0].LayerNorm(c.Epsilon, c.Axes...), true
	case "cast1":
		d, err := tensor.ParseDType(c.DType)
		return x[0].Cast(d), err == nil
	case "take2":
		return x[0].Take(x[1], axis), true
	case "tensordot2":
		return x[0].Tensordot(x[1], c.Axes, c.Axes2), true
	}
	switch c.Op {
	case "concat":
		return expr.Concat(axis, x...), true
	case "stack":
		return expr.Stack(axis, x...), true
	}
	return expr.Expr{}, false
}

// padModes are NumPy's names.
var padModes = map[string]expr.PadMode{
	"edge": expr.PadEdge, "reflect": expr.PadReflect, "symmetric": expr.PadSymmetric, "wrap": expr.PadWrap,
}

// arranged builds what is made of moves: counts and shifts are the case's offset.
func (c *Case) arranged(x []expr.Expr) (expr.Expr, bool) {
	axis := 0
	if c.Axis != nil {
		axis = *c.Axis
	}
	if mode, ok := padModes[strings.TrimPrefix(c.Op, "pad_")]; ok && len(x) == 1 {
		return x[0].PadBy(mode, c.widths()...), true
	}
	switch fmt.Sprint(c.Op, len(x)) {
	case "roll1":
		return x[0].Roll(c.Offset, axis), true
	case "diff1":
		return x[0].Diff(axis), true
	case "repeat1":
		return x[0].Repeat(c.Offset, axis), true
	case "tile1":
		return x[0].Tile(c.Dims...), true
	case "split1":
		return x[0].Split(c.Rows, axis)[c.Offset], true
	case "moveaxis1":
		return x[0].MoveAxis(c.Axes[0], c.Axes[1]), true
	case "swapaxes1":
		return x[0].SwapAxes(c.Axes[0], c.Axes[1]), true
	case "sliding_window_view1":
		return x[0].Windows(c.Offset, axis), true
	case "take_along_axis2":
		return x[0].TakeAlong(x[1], axis), true
	case "tril1":
		return x[0].Tril(c.Offset), true
	case "triu1":
		return x[0].Triu(c.Offset), true
	case "diag1":
		return x[0].Diag(c.Offset), true
	case "bincount1":
		return x[0].BinCount(c.Rows), true
	case "isclose2":
		return x[0].IsClose(x[1], 1e-5, 1e-8), true
	}
	return expr.Expr{}, false
}

// created builds the operations without operands.
func (c *Case) created() (expr.Expr, bool) {
	d, err := tensor.ParseDType(c.DType)
	if err != nil {
		return expr.Expr{}, false
	}
	switch c.Op {
	case "arange":
		return expr.Arange(d, c.Start, c.Stop, c.Step), true
	case "linspace":
		return expr.Linspace(d, c.Start, c.Stop, c.Rows), true
	case "eye":
		return expr.Eye(d, c.Rows), true
	case "zeros":
		return expr.Zeros(d, c.Dims...), true
	case "ones":
		return expr.Ones(d, c.Dims...), true
	case "full":
		return expr.Full(d, c.Value, c.Dims...), true
	}
	return expr.Expr{}, false
}

// ranges gives the case's slices; null stands for a missing end.
func (c *Case) ranges() []tensor.Range {
	out := make([]tensor.Range, len(c.Slices))
	for i, s := range c.Slices {
		r := tensor.All()
		if s[0] != nil {
			r.Start, r.HasStart = *s[0], true
		}
		if s[1] != nil {
			r.Stop, r.HasStop = *s[1], true
		}
		out[i] = r.By(*s[2])
	}
	return out
}

func (c *Case) widths() [][2]int {
	out := make([][2]int, len(c.Before))
	for k := range out {
		out[k] = [2]int{c.Before[k], c.After[k]}
	}
	return out
}
