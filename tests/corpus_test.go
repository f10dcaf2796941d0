package tests

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

// TestFuzzCorpus computes the graphs that the fuzz test of their text begins with, and those that it has found, as TestRandomGraphs computes
// its own. What the oracle refuses each way refuses.
func TestFuzzCorpus(t *testing.T) {
	list, graphs, refused := waysOfGraphs(t), 0, 0
	for i, text := range fuzzCorpus(t) {
		roots, err := expr.Parse(text)
		if err != nil {
			continue // a text of no graph
		}
		name, bind := fmt.Sprint("text ", i), inputs(rand.New(rand.NewPCG(uint64(i), 7)), roots)
		want, err := oracle.EvalBound(bind, roots...)
		if err == nil {
			graphs++
			agree(t, list, name, roots, bind, want)
			continue
		}
		refused++
		for _, w := range list {
			if _, _, failed := w.eval(roots, bind); failed == nil {
				t.Errorf("%s: %s gives no error, the oracle %v\n%s", name, w.name, err, text)
			}
		}
	}
	t.Logf("%d graphs computed, %d refused", graphs, refused)
}

// fuzzCorpus are the texts of graphs that the fuzz test begins with, and those that it has found.
func fuzzCorpus(t *testing.T) []string {
	t.Helper()
	return append(randgraph.Texts(), golden.Seeds(t, "../expr/testdata/fuzz/FuzzParse")...)
}

// inputs makes data for the graph's inputs.
func inputs(r *rand.Rand, roots []expr.Expr) map[string]*tensor.Tensor {
	bind := map[string]*tensor.Tensor{}
	for _, n := range expr.Leaves(expr.Nodes(roots...)...) {
		if n.Kind == expr.KInput {
			bind[n.Name] = randgraph.Tensor(r, randgraph.Options{Tame: true}, n.DType, n.Shape)
		}
	}
	return bind
}
