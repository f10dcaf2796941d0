package expr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// What cumulative folds give, by dtype and axis, and what is a mistake.
func TestScans(t *testing.T) {
	in := func(d tensor.DType) expr.Expr { return expr.Input("x", d, 3, 4) }
	for _, c := range []struct {
		x    expr.Expr
		want string // dtype and shape, or a part of the message
	}{
		{in(tensor.Float32).CumSum(1), "f32[3 4]"},
		{in(tensor.Int8).CumSum(-1), "i64[3 4]"},
		{in(tensor.Uint16).CumProd(0), "u64[3 4]"},
		{in(tensor.Bool).CumSum(), "i64[12]"},
		{in(tensor.Bool).CumMax(0), "bool[3 4]"},
		{in(tensor.Float16).CumSum(0), "f16[3 4]"},
		{in(tensor.Int8).CumMin(), "i8[12]"},
		{expr.Scalar(2).CumSum(), "f64[1]"},
		{expr.Input("x", tensor.Float32, 0, 2).CumMax(0), "f32[0 2]"},
		{in(tensor.Float32).CumSum(0, 1), "want one axis"},
		{in(tensor.Float32).CumSum(2), "has no axis 2"},
		{in(tensor.Complex64).CumMax(0), "has no order"},
	} {
		got := fmt.Sprintf("%v%v", c.x.DType(), c.x.Shape())
		if err := c.x.Err(); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	text := expr.Text(in(tensor.Float32).CumProd(1).Node())
	if back, err := expr.Parse(text); err != nil || expr.Text(back[0].Node()) == "" || !strings.Contains(text, "cumprod %0 axes [1]") {
		t.Errorf("%s: %v", text, err)
	}
}
