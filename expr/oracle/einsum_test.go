package oracle_test

import (
	"testing"

	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/tests/cases"
)

// TestRecordedEinsums holds the oracle to the recorded answers of NumPy's einsum, exactly: their sums are of small whole numbers.
func TestRecordedEinsums(t *testing.T) {
	list, err := cases.ReadEinsum("../../tests/testdata/einsum/conformance.json")
	if err != nil {
		t.Fatal(err)
	}
	right, mistakes := 0, 0
	for i := range list {
		c := &list[i]
		for _, x := range c.Exprs(i%2 == 0) {
			got, err := oracle.EvalBound(c.Inputs(), x)
			switch {
			case c.Out == nil:
				mistakes++
				if err := c.CheckError(err); err != nil {
					t.Error(err)
				}
			case err != nil:
				t.Errorf("%v: %v", c, err)
			default:
				right++
				exact := oracle.Bounded{Value: got[0].Value}
				if err := exact.Check(c.Out); err != nil {
					t.Errorf("%v: NumPy against the oracle: %v", c, err)
				}
				if n := got[0].Unstable(); n > 0 {
					t.Errorf("%v: %d elements are unstable", c, n)
				}
			}
		}
	}
	if right < 400 || mistakes < 50 {
		t.Errorf("%d answers and %d mistakes were compared, want the whole file", right, mistakes)
	}
}
