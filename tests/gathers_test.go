package tests

import (
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
)

// TestSoftmaxOfATake keeps the exponentials of gathered rows that are shorter than a vector: they are read back where they were written.
func TestSoftmaxOfATake(t *testing.T) {
	x := expr.Of([]float32{0.8, 0.1, 0.01, 0.3, 0.2}, 5)
	taken := x.Take(expr.Of([]int64{4, -1, -4, 1, -2, 3}, 2, 3), 0)
	roots := []expr.Expr{taken.Softmax(0, 1).Square().Pad(0, [2]int{0, 1}, [2]int{1, 2}), taken}
	want, err := oracle.EvalBound(nil, roots...)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range ways(t) {
		got := w.run(t, roots...)
		for i := range got {
			if err := want[i].Check(got[i]); err != nil {
				t.Errorf("%s: root %d: %v", w.name, i, err)
			}
		}
	}
}
