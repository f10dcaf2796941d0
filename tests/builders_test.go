package tests

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tests/cases"
)

// TestBuildersAsNumPy holds every device to the oracle, and so to what NumPy answered, on the builders that are made of many nodes, and on functions
// of complex numbers: each device on every third case, on all of them with -long; Vulkan, whose driver compiles each kernel, on every twelfth.
func TestBuildersAsNumPy(t *testing.T) {
	_, list, err := cases.Read("../expr/oracle/testdata/numpy.json")
	if err != nil {
		t.Fatal(err)
	}
	list = list[slices.IndexFunc(list, func(c cases.Case) bool { return c.Op == "angle" }):] // recorded last
	for n, w := range ways(t) {
		t.Run(w.name, func(t *testing.T) {
			step := 3
			switch {
			case *long:
				step = 1
			case strings.HasPrefix(w.name, "vulkan"):
				step = 12
			}
			for i := n % step; i < len(list); i += step {
				c := &list[i]
				x, err := c.Expr(true)
				if err != nil {
					t.Fatal(err)
				}
				want, err := oracle.EvalBound(c.Inputs(), x)
				if err != nil {
					t.Fatal(err)
				}
				var args []runtime.Arg
				for name, v := range c.Inputs() {
					args = append(args, runtime.Bind(name, v))
				}
				got, err := w.session.Eval(context.Background(), x, args...)
				if err != nil {
					t.Errorf("%v: %v", c, err)
				} else if err := want[0].Check(got); err != nil {
					t.Errorf("%v: %v", c, err)
				}
			}
		})
	}
	t.Logf("%d cases", len(list))
}
