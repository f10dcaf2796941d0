package tests

import (
	"flag"
	"fmt"
	"math/cmplx"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

var (
	graphs = flag.Int("graphs", 400, "random graphs to compare")
	seed   = flag.Uint64("seed", 1, "the first graph's seed; graph i has seed+i")
)

// TestRandomGraphs compares every device and target, with the planner's optimizations on and off, with the oracle on random graphs, each
// within the bound that its own operations allow. Graphs of even seeds have infinities, NaN and huge numbers in them. Where a contraction
// has operands that are not finite, the order of contractions is left as it is. A failure names the seed that makes the graph.
func TestRandomGraphs(t *testing.T) {
	n := *graphs
	if *long {
		n = max(n, 100_000)
	}
	list, start, unstable, wrong := waysOfGraphs(t), time.Now(), 0, 0
	for i := range n {
		failed := !t.Run(fmt.Sprint(*seed+uint64(i)), func(t *testing.T) { unstable += randomGraph(t, list, *seed+uint64(i)) })
		if failed {
			wrong++
		}
		if wrong == 20 {
			break
		}
	}
	t.Logf("%d graphs from seed %d in %v; %d elements were too unstable to compare", n, *seed, time.Since(start).Round(time.Second), unstable)
}

func randomGraph(t *testing.T, list []way, seed uint64) (unstable int) {
	roots := graphOf(seed)
	want, err := oracle.EvalBound(nil, roots...)
	if err != nil {
		t.Fatalf("seed %d: oracle: %v\n%s", seed, err, expr.Text(expr.Nodes(roots...)...))
	}
	return agree(t, list, fmt.Sprint("seed ", seed), roots, nil, want)
}

// graphOf is the random graph of a seed; that of an even one is wild.
func graphOf(seed uint64) []expr.Expr {
	return randgraph.Graph(rand.New(rand.NewPCG(seed, 0)), randgraph.Options{Tame: seed%2 != 0})
}

// agree holds what each way computes of the graph called name, with its inputs bound, to what the oracle wants. Elements whose bounds are too wide
// to compare are counted.
func agree(t *testing.T, list []way, name string, roots []expr.Expr, bind map[string]*tensor.Tensor, want []oracle.Bounded) (unstable int) {
	t.Helper()
	keep, err := contractsInfinities(roots, bind)
	if err != nil {
		t.Fatalf("%s: oracle: %v", name, err)
	}
	for _, b := range want {
		unstable += b.Unstable()
	}
	for _, w := range list {
		if keep && w.ordered || !keep && w.rest {
			continue
		}
		p, got, err := w.eval(roots, bind)
		if err != nil {
			if p == nil || !fragile(want) {
				t.Errorf("%s: %s: %v\n%s", name, w.name, err, expr.Text(expr.Nodes(roots...)...))
			}
			continue
		}
		for k := range got {
			if err := want[k].Check(got[k]); err != nil {
				t.Errorf("%s: %s: root %d: %v\n%s\n%s", name, w.name, k, err, expr.Text(expr.Nodes(roots...)...), p.Plan())
			}
		}
	}
	return unstable
}

// contractsInfinities says whether an operand of a contraction has an element that is not finite.
func contractsInfinities(roots []expr.Expr, bind map[string]*tensor.Tensor) (bool, error) {
	var operands []expr.Expr
	for n := range expr.Walk(expr.Nodes(roots...)...) {
		if n.Kind == expr.KContract {
			for _, a := range n.Args {
				operands = append(operands, expr.Wrap(a))
			}
		}
	}
	values, err := oracle.EvalWith(bind, operands...)
	if err != nil {
		return false, err
	}
	for _, v := range values {
		for _, z := range v.Complex128s() {
			if cmplx.IsInf(z) || cmplx.IsNaN(z) {
				return true, nil
			}
		}
	}
	return false, nil
}

func fragile(want []oracle.Bounded) bool {
	for _, b := range want {
		if b.Fragile {
			return true
		}
	}
	return false
}
