package tests

import (
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// TestLongFoldsOfIndices folds ranges long enough to be cut into parts: what is summed is the place itself, in every part.
func TestLongFoldsOfIndices(t *testing.T) {
	for _, n := range []int64{100_003, 5_000_007} {
		x := expr.Arange(tensor.Int64, 0, float64(n), 1)
		far := x.Sub(expr.ScalarInt(n / 3)).Abs()
		roots := []expr.Expr{x.Sum(), x.Min(), far.ArgMin(), far.ArgMax(), x.Mul(expr.ScalarInt(2)).Max()}
		want := []int64{n * (n - 1) / 2, 0, n / 3, n - 1, 2 * (n - 1)}
		for _, w := range ways(t) {
			got := w.run(t, roots...)
			for i := range got {
				if v := got[i].Int64s()[0]; v != want[i] {
					t.Errorf("%s: fold %d of %d is %d, want %d", w.name, i, n, v, want[i])
				}
			}
		}
	}
}
