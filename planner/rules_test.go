package planner_test

import (
	"math"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

// specials are what rules most easily get wrong: the zeros, infinities, NaN, subnormals, the ends of the formats and of the integers.
var specials = []float64{
	0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.NaN(), math.Inf(-1), 1e-40, -1e-40, 5e-324, 6e-8, 0.1, -2.5, 3, 65504, 3e38, -1.7e308,
	127, -128, 255, 32767, -32768, 1 << 31, -1 << 31, 1 << 62, -1 << 63,
}

// special gives a tensor of the dtype and shape of an input; shift and the input's name say where in the list it
// begins.
func special(t *testing.T, n *expr.Node, shift int) *tensor.Tensor {
	reals := make([]float64, n.Shape.Len())
	values := make([]complex128, n.Shape.Len())
	for i := range values {
		k := i + shift + 7*int(n.Name[0])
		reals[i] = specials[k%len(specials)]
		values[i] = complex(reals[i], specials[(k+5)%len(specials)])
	}
	x, err := tensor.FromFloat64s(tensor.Float64, reals, n.Shape...)
	if n.DType.IsComplex() {
		x, err = tensor.FromComplex128s(tensor.Complex128, values, n.Shape...)
	}
	if err != nil {
		t.Fatal(err)
	}
	if x, err = x.Convert(n.DType); err != nil {
		t.Fatal(err)
	}
	return x
}

// TestRulesKeepEveryValue evaluates both sides of each rule's golden case, on special values, in every dtype that it can be written in.
func TestRulesKeepEveryValue(t *testing.T) {
	dtypes := []string{"f32", "f64", "f16", "bf16", "c64", "i8", "u8", "i32", "i64", "u64", "bool"}
	checked := map[string]int{}
	golden.Run(t, "testdata/simplify.txt", func(t *testing.T, c *golden.Case) string {
		rule, _ := c.Arg("expect")
		if _, fast := c.Arg("fast"); fast {
			return c.Want
		}
		for _, from := range dtypes {
			for _, to := range dtypes {
				if sameMeaning(t, strings.ReplaceAll(c.Input, from+"[", to+"["), rule) {
					checked[rule]++
				}
			}
		}
		return c.Want
	})
	for _, rule := range planner.Rules() {
		if !strings.HasPrefix(rule, "fast-") && checked[rule] == 0 {
			t.Errorf("rule %s has no case in testdata/simplify.txt", rule)
		}
	}
}

// sameMeaning simplifies a graph, if the text is one, and compares. It gives false where the rule did not fire.
func sameMeaning(t *testing.T, text, rule string) bool {
	before, err := expr.Parse(text)
	if err != nil || before[0].Err() != nil {
		return false
	}
	p, err := planner.Make(expr.Nodes(before...), planner.Options{Check: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	simple := p.Text("simplify")
	if !strings.Contains(simple, "; rule "+rule+" fired") {
		return false
	}
	after, err := expr.Parse(simple)
	if err != nil {
		t.Fatalf("%v\n%s", err, simple)
	}
	for shift := 0; shift < len(specials); shift += 8 {
		bind := map[string]*tensor.Tensor{}
		for _, n := range expr.Leaves(expr.Nodes(before...)...) {
			bind[n.Name] = special(t, n, shift)
		}
		compare(t, bind, before, after, text+"\n"+simple)
	}
	return true
}

func compare(t *testing.T, bind map[string]*tensor.Tensor, before, after []expr.Expr, text string) {
	want, err := oracle.EvalBound(bind, before...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got, err := oracle.EvalWith(bind, after...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for k := range got {
		if err := want[k].Check(got[k]); err != nil {
			t.Errorf("root %d: %v\n%s", k, err, text)
		}
	}
}
