package expr_test

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

// TestPlacesAreTheUsers has nodes of all builders: each was made where a file outside of the library calls one, however many builders
// that one is made of.
func TestPlacesAreTheUsers(t *testing.T) {
	q, i := expr.Input("q", tensor.Float32, 4, 8, 8), expr.Input("i", tensor.Int64, 4)
	roots := []expr.Expr{
		q.Softmax(1), q.LogSoftmax(1), q.LayerNorm(1e-5, 1), q.Standardise(0), q.Var(0), q.Std(0), q.VarCorrected(1, 0), q.StdCorrected(1, 0),
		q.LogSumExp(1), q.Mean(1), q.MatMul(q), q.Dot(q), q.Outer(i), q.Tensordot(q, []int{1}, []int{1}), q.Take(i, 0), q.Index(0, 1), q.CumSum(0),
		q.ArgMax(1), q.Sum().KeepDims(), q.Flip(0), q.T(), q.Expand(0), q.Gelu(), expr.Of([]int64{1, 2}), q.Add(expr.Scalar(2)),
	}
	for seed := range uint64(300) {
		roots = append(roots, randgraph.Graph(rand.New(rand.NewPCG(seed, 1)), randgraph.Options{Elements: 60})...)
	}
	seen := map[*expr.Node]bool{}
	var look func(n *expr.Node)
	look = func(n *expr.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		file, line := n.Pos.Resolve()
		if !strings.HasSuffix(file, "_test.go") && filepath.Base(filepath.Dir(file)) != "randgraph" {
			t.Errorf("%s was made at %s:%d", n.Word(), file, line)
		}
		for _, a := range n.Args {
			look(a)
		}
	}
	for _, x := range roots {
		if err := x.Err(); err != nil {
			t.Fatal(err)
		}
		look(x.Node())
	}
}
