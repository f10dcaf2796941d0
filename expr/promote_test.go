package expr_test

import (
	"os"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// ours are the entries that ml_dtypes leaves open: bfloat16 meets other types as float16 does, and float16 in float32.
var ours = map[string]string{
	"i16": "f32", "i32": "f64", "i64": "f64", "u16": "f32", "u32": "f64", "u64": "f64", "f16": "f32",
	"int": "bf16", "float": "bf16", "cplx": "c64",
}

func operand(t *testing.T, name string) expr.Expr {
	switch name {
	case "int":
		return expr.ScalarInt(1)
	case "float":
		return expr.Scalar(1)
	case "cplx":
		return expr.ScalarComplex(1i)
	}
	d, err := tensor.ParseDType(name)
	if err != nil {
		t.Fatal(err)
	}
	return expr.Input("x", d)
}

// The promotion table is NumPy 2's, recorded by testdata/promote.py.
func TestPromotionIsNumPys(t *testing.T) {
	text, err := os.ReadFile("testdata/promote.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	heads := strings.Fields(lines[1])
	checked := 0
	for _, l := range lines[2:] {
		row := strings.Fields(l)
		for i, want := range row[1:] {
			if want == "-" {
				other := heads[i]
				if other == "bf16" {
					other = row[0]
				}
				want = ours[other]
			}
			a, b := operand(t, row[0]), operand(t, heads[i])
			if got := expr.Promote(a, b).String(); got != want {
				t.Errorf("%s with %s gives %s, want %s", row[0], heads[i], got, want)
			}
			if got := expr.Promote(b, a).String(); got != want {
				t.Errorf("%s with %s gives %s, want %s", heads[i], row[0], got, want)
			}
			checked++
		}
	}
	if n := int(tensor.NumDTypes) - 1; checked != n*(n+3) {
		t.Errorf("%d entries checked", checked)
	}
}

// The order of operands makes no difference, and neither does an operand's presence twice.
func TestPromotionIsSymmetric(t *testing.T) {
	var all []expr.Expr
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		all = append(all, expr.Input("x", d))
	}
	all = append(all, expr.ScalarInt(1), expr.Scalar(1), expr.ScalarComplex(1))
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				want := expr.Promote(a, b, c)
				for _, xs := range [][]expr.Expr{{a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}, {c, b, a, b}} {
					if got := expr.Promote(xs...); got != want {
						t.Fatalf("%v, %v and %v give %v or %v, by their order", a.DType(), b.DType(), c.DType(), want, got)
					}
				}
			}
		}
	}
}

// A scalar takes the dtype of what it meets; an integer that does not fit there is a mistake, except in a comparison.
func TestWeakScalars(t *testing.T) {
	u8 := expr.Of([]uint8{1, 2, 3})
	for _, c := range []struct {
		name string
		x    expr.Expr
		want tensor.DType
		text string
	}{
		{"int", u8.Add(expr.ScalarInt(255)), tensor.Uint8, "const 255 "},
		{"float", u8.Add(expr.Scalar(2)), tensor.Float64, "const 2 "},
		{"half", expr.Input("h", tensor.Float16).Mul(expr.Scalar(0.1)), tensor.Float16, "const 0.099975586 "},
		{"overflow", expr.Input("h", tensor.Float16).Mul(expr.Scalar(1e9)), tensor.Float16, "const inf "},
		{"single", expr.Input("s", tensor.Float32).Mul(expr.ScalarInt(1<<24 + 1)), tensor.Float32, "const 1.6777216e+07 "},
		{"complex", expr.Input("s", tensor.Float32).Mul(expr.ScalarComplex(2i)), tensor.Complex64, "const (0 2) "},
		{"bool", expr.Input("b", tensor.Bool).Add(expr.ScalarInt(2)), tensor.Int64, "const 2 "},
		{"both", expr.ScalarInt(1).Add(expr.Scalar(2)), tensor.Float64, "const 1 "},
		{"less", u8.Less(expr.ScalarInt(300)), tensor.Bool, "const 300 "},
		{"greater", expr.Input("u", tensor.Uint64).Greater(expr.ScalarInt(-1)), tensor.Bool, "const -1 "},
	} {
		if c.x.Err() != nil || c.x.DType() != c.want || !strings.Contains(c.x.String(), c.text) {
			t.Errorf("%s: %v %v, want %v with %q in\n%v", c.name, c.x.Err(), c.x.DType(), c.want, c.text, c.x)
		}
	}
	for _, v := range []int64{256, -1} {
		if u8.Add(expr.ScalarInt(v)).Err() == nil {
			t.Errorf("uint8 took %d", v)
		}
	}
	if expr.Input("i", tensor.Int64).Add(expr.ScalarInt(-1<<63)).Err() != nil {
		t.Error("int64 does not take its least")
	}
}

func TestCastOfScalars(t *testing.T) {
	for _, c := range []struct {
		x    expr.Expr
		text string
	}{
		{expr.ScalarInt(300).Cast(tensor.Float32), "const 300 "},
		{expr.Scalar(0.5).Cast(tensor.Float64), "const 0.5 "},
		{expr.Scalar(0.5).Cast(tensor.Complex64), "const (0.5 0) "},
	} {
		if text := c.x.String(); c.x.Weak() || !strings.Contains(text, c.text) || strings.Contains(text, "cast") {
			t.Error(text)
		}
	}
	if x := expr.Scalar(2.5).Cast(tensor.Int32); x.DType() != tensor.Int32 || x.Err() != nil {
		t.Error(x)
	}
}
