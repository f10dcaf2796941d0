package einsum_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/tensor"
)

// recorded is a case of tests/testdata/einsum/conformance.json: its header has the format.
type recorded struct {
	ID          int
	Eq          string
	Shapes      []tensor.Shape
	DType       string
	Expect      string
	ErrorKind   einsum.Kind  `json:"error_kind"`
	OutShape    tensor.Shape `json:"out_shape"`
	OutDType    string       `json:"out_dtype"`
	Out         []any
	Interleaved *struct {
		Inputs [][]any
		Output []any
	}
}

// TestRecordedCases holds reading, binding and building to the recorded answers of NumPy and opt_einsum: kinds of error, shapes, dtypes,
// and the values that the oracle gives the contraction.
func TestRecordedCases(t *testing.T) {
	raw, err := os.ReadFile("../tests/testdata/einsum/conformance.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []recorded }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 485 {
		t.Errorf("%d cases, want 485", len(file.Cases))
	}
	for _, c := range file.Cases {
		if c.Interleaved == nil || c.Eq[0] != '(' { // in brackets: a remark in place of a spec
			s, err := einsum.Parse(c.Eq)
			c.check(t, c.Eq, s, err)
			c.checkKind(t, c.Eq, einsum.Contract(c.Eq, c.operands(t)...).Err())
		}
		if c.Interleaved != nil {
			inputs := make([][]int, len(c.Interleaved.Inputs))
			for k, in := range c.Interleaved.Inputs {
				inputs[k] = integers(in)
			}
			s, err := einsum.ParseLabels(inputs, integers(c.Interleaved.Output), c.Interleaved.Output == nil)
			c.check(t, "interleaved "+c.Eq, s, err)
		}
	}
}

func integers(labels []any) []int {
	out := make([]int, len(labels))
	for i, label := range labels {
		if f, ok := label.(float64); ok {
			out[i] = int(f)
		} else {
			out[i] = einsum.Ellipsis
		}
	}
	return out
}

func (c *recorded) check(t *testing.T, what string, s einsum.Spec, err error) {
	t.Helper()
	var bound einsum.Contraction
	if err == nil {
		bound, err = s.Bind(c.Shapes)
	}
	if c.Expect == "error" {
		var e *einsum.Error
		if !errors.As(err, &e) || e.Kind != c.ErrorKind {
			t.Errorf("case %d: %s of %v: %v, want an error of kind %s", c.ID, what, c.Shapes, err, c.ErrorKind)
		}
		return
	}
	if err != nil || !slices.Equal(bound.Shape(), c.OutShape) {
		t.Errorf("case %d: %s of %v gives %v, want %v: %v", c.ID, what, c.Shapes, bound.Shape(), c.OutShape, err)
		return
	}
	c.checkValues(t, what, s)
	reread, err := einsum.Parse(s.String())
	if err != nil || reread.String() != s.String() {
		t.Errorf("case %d: %s: read back from %q: %v", c.ID, what, s.String(), err)
		return
	}
	c.checkValues(t, s.String(), reread)
}

// checkKind looks at the mistake in an expression.
func (c *recorded) checkKind(t *testing.T, what string, err error) {
	t.Helper()
	var e *expr.Error
	if c.Expect == "error" && (!errors.As(err, &e) || e.Kind != expr.ErrorKind(c.ErrorKind)) {
		t.Errorf("case %d: %s of %v: %v, want an error of kind %s", c.ID, what, c.Shapes, err, c.ErrorKind)
	}
}

func (c *recorded) checkValues(t *testing.T, what string, s einsum.Spec) {
	t.Helper()
	got, err := oracle.Eval(s.Contract(c.operands(t)...))
	if err != nil {
		t.Errorf("case %d: %s of %v: %v", c.ID, what, c.Shapes, err)
		return
	}
	want := make([]complex128, len(c.Out))
	for i, v := range c.Out {
		switch v := v.(type) {
		case bool:
			if v {
				want[i] = 1
			}
		case float64:
			want[i] = complex(v, 0)
		case []any:
			want[i] = complex(v[0].(float64), v[1].(float64))
		}
	}
	if got[0].DType().Name() != c.OutDType || !got[0].Shape().Equal(c.OutShape) || !slices.Equal(got[0].Complex128s(), want) {
		t.Errorf("case %d: %s of %s %v is %v%v %v, want %s %v %v", c.ID, what, c.DType, c.Shapes,
			got[0].DType(), got[0].Shape(), got[0].Complex128s(), c.OutDType, c.OutShape, want)
	}
}

// operands are filled by the rule in the file's header.
func (c *recorded) operands(t *testing.T) []expr.Expr {
	t.Helper()
	d, err := tensor.ParseDType(c.DType)
	if err != nil {
		t.Fatalf("case %d: %v", c.ID, err)
	}
	out := make([]expr.Expr, len(c.Shapes))
	for k, shape := range c.Shapes {
		whole, pairs := make([]int64, shape.Len()), make([]complex128, shape.Len())
		for i := range whole {
			re, im := (7*i+3*k+3)%11-5, (5*i+2*k+1)%7-3
			switch {
			case d.IsBool():
				re = max(0, min(1, re))
			case d.IsUnsigned():
				re += 5
			}
			whole[i], pairs[i] = int64(re), complex(float64(re), float64(im))
		}
		x, err := tensor.FromInt64s(d, whole, shape...)
		if d.IsComplex() {
			x, err = tensor.FromComplex128s(d, pairs, shape...)
		}
		if err != nil {
			t.Fatalf("case %d: %v", c.ID, err)
		}
		out[k] = expr.From(x)
	}
	return out
}
