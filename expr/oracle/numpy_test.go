package oracle_test

import (
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/tests/cases"
)

// TestNumPy holds the oracle to what NumPy answered: recorded answers are right to half a unit in the last place, so they must lie within
// the oracle's own bound.
func TestNumPy(t *testing.T) {
	_, list, err := cases.Read("testdata/numpy.json")
	if err != nil {
		t.Fatal(err)
	}
	compared, unstable := 0, 0
	for i := range list {
		c := &list[i]
		x, err := c.Expr(i%2 == 0)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := oracle.EvalBound(c.Inputs(), x)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		if err := got[0].Check(c.Out); err != nil {
			t.Errorf("%v: NumPy against the oracle: %v", c, err)
		}
		compared += c.Out.Len()
		unstable += got[0].Unstable()
		same(t, c, x, got[0])
	}
	t.Logf("%d cases, %d elements, of which %d (%.2f%%) are unstable", len(list), compared, unstable, 100*float64(unstable)/float64(compared))
	if unstable*50 > compared {
		t.Errorf("more than 2%% of the elements are unstable: the bounds say too little")
	}
}

// same holds EvalWith to the values of EvalBound, to the bit.
func same(t *testing.T, c *cases.Case, x expr.Expr, want oracle.Bounded) {
	t.Helper()
	got, err := oracle.EvalWith(c.Inputs(), x)
	if err != nil {
		t.Errorf("%v: %v", c, err)
		return
	}
	if err := (oracle.Bounded{Value: want.Value}).Check(got[0]); err != nil {
		t.Errorf("%v: Eval and EvalBound differ: %v", c, err)
	}
}
