package tests

import (
	"context"
	"os"
	"testing"

	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tests/cases"
)

// TestEinsumConformance computes recorded einsums, with data and with inputs, and compares values and the kinds of mistakes. EINSUM_CASES
// names another file of the same format.
func TestEinsumConformance(t *testing.T) {
	list, path := recorded(t)
	for _, w := range ways(t) {
		t.Run(w.name, func(t *testing.T) {
			for i := range list {
				einsumCase(t, w.session, &list[i])
			}
		})
	}
	t.Logf("%d cases of %s", len(list), path)
}

// recorded reads the einsums of the file at path.
func recorded(t *testing.T) (list []cases.Einsum, path string) {
	t.Helper()
	if path = os.Getenv("EINSUM_CASES"); path == "" {
		path = "testdata/einsum/conformance.json"
	}
	list, err := cases.ReadEinsum(path)
	if err != nil {
		t.Fatal(err)
	}
	return list, path
}

func einsumCase(t *testing.T, s *runtime.Session, c *cases.Einsum) {
	var args []runtime.Arg
	for name, x := range c.Inputs() {
		args = append(args, runtime.Bind(name, x))
	}
	for _, inputs := range []bool{false, true} {
		bind := args
		if !inputs {
			bind = nil
		}
		for _, x := range c.Exprs(inputs) {
			got, err := s.Eval(context.Background(), x, bind...)
			if c.Expect != "ok" {
				if err := c.CheckError(err); err != nil {
					t.Errorf("%v: %v", c, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v: %v", c, err)
				continue
			}
			bounds, err := oracle.EvalBound(c.Inputs(), x)
			if err != nil {
				t.Errorf("%v: oracle: %v", c, err)
				continue
			}
			if err := (oracle.Bounded{Value: c.Out, Bound: bounds[0].Bound}).Check(got); err != nil {
				t.Errorf("%v: %v", c, err)
			}
		}
	}
}
