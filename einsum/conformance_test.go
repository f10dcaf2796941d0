package einsum

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/einloom/einloom/tensor"
)

// recorded is a case of tests/testdata/einsum/conformance.json, as far as it concerns notation and shapes.
type recorded struct {
	ID          int
	Eq          string
	Shapes      []tensor.Shape
	Expect      string
	ErrorKind   Kind         `json:"error_kind"`
	OutShape    tensor.Shape `json:"out_shape"`
	Interleaved *struct {
		Inputs [][]any
		Output []any
	}
}

// TestRecordedCases holds Parse and Bind to the recorded answers of NumPy and opt_einsum: shapes and kinds of error.
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
			s, err := Parse(c.Eq)
			c.check(t, c.Eq, s, err)
		}
		if c.Interleaved != nil {
			inputs := make([][]int, len(c.Interleaved.Inputs))
			for k, in := range c.Interleaved.Inputs {
				inputs[k] = integersOf(in)
			}
			s, err := ParseLabels(inputs, integersOf(c.Interleaved.Output), c.Interleaved.Output == nil)
			c.check(t, "interleaved "+c.Eq, s, err)
		}
	}
}

func integersOf(labels []any) []int {
	out := make([]int, len(labels))
	for i, label := range labels {
		if f, ok := label.(float64); ok {
			out[i] = int(f)
		} else {
			out[i] = Ellipsis
		}
	}
	return out
}

func (c *recorded) check(t *testing.T, what string, s Spec, err error) {
	t.Helper()
	var bound Contraction
	if err == nil {
		reread, rerr := Parse(s.String())
		if rerr != nil || reread.String() != s.String() {
			t.Errorf("case %d: %s: read back from %q: %v", c.ID, what, s.String(), rerr)
		}
		bound, err = s.Bind(c.Shapes)
		if other, _ := reread.Bind(c.Shapes); err == nil && !slices.Equal(other.Shape(), bound.Shape()) {
			t.Errorf("case %d: %s: read back from %q it gives %v", c.ID, what, s.String(), other.Shape())
		}
	}
	var e *Error
	switch {
	case c.Expect == "error" && (!errors.As(err, &e) || e.Kind != c.ErrorKind):
		t.Errorf("case %d: %s of %v: %v, want an error of kind %s", c.ID, what, c.Shapes, err, c.ErrorKind)
	case c.Expect == "ok" && err != nil:
		t.Errorf("case %d: %s of %v: %v", c.ID, what, c.Shapes, err)
	case c.Expect == "ok" && !slices.Equal(bound.Shape(), c.OutShape):
		t.Errorf("case %d: %s of %v gives %v, want %v", c.ID, what, c.Shapes, bound.Shape(), c.OutShape)
	}
}
