package tests

import (
	"context"
	"fmt"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

// TestRandomGraphsOfFrozenData freezes some leaves of random graphs. The first run, which computes what is kept, and the second, which reads it,
// give what the oracle gives, and bit by bit the same; where nothing is added up, also what the program gives whose data is not frozen.
func TestRandomGraphsOfFrozenData(t *testing.T) {
	n := max(*graphs/8, 10)
	if *long {
		n = max(n, 10_000)
	}
	list := ways(t)
	kept := 0
	for i := range n {
		if !t.Run(fmt.Sprint(*seed+uint64(i)), func(t *testing.T) { kept += frozenGraph(t, list, *seed+uint64(i)) }) {
			break
		}
	}
	if t.Logf("%d programs of %d graphs kept something", kept, n); kept < n/10 && len(list) > 0 {
		t.Error("so few programs kept anything that nothing is tested")
	}
}

// frozenGraph gives how many programs kept something.
func frozenGraph(t *testing.T, list []way, seed uint64) (kept int) {
	r := rand.New(rand.NewPCG(seed, 1))
	thawed := randgraph.Graph(r, randgraph.Options{Tame: seed%2 == 1})
	roots := frozen(r, thawed...)
	infinite, err := contractsInfinities(roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := oracle.EvalBound(nil, roots...)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range list {
		if infinite && w.ordered {
			continue
		}
		p, err := w.session.Compile(context.Background(), roots...)
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		var first []*tensor.Tensor
		for run := range 2 {
			got, err := p.Run(context.Background())
			if err != nil {
				if fragile(want) {
					break
				}
				t.Fatalf("%s: run %d: %v\n%s", w.name, run, err, p.Plan())
			}
			for k := range got {
				if err := want[k].Check(got[k]); err != nil {
					t.Fatalf("%s: run %d: root %d: %v\n%s", w.name, run, k, err, p.Plan())
				}
				if run > 0 && !sameBits(t, got[k], first[k]) {
					t.Fatalf("%s: root %d is not in the second run what it is in the first\n%s", w.name, k, p.Plan())
				}
			}
			first = got
		}
		if !strings.Contains(p.Plan(), "; stage once") {
			continue
		}
		kept++
		if addsUp(roots) || first == nil {
			continue
		}
		for k, x := range w.run(t, thawed...) {
			if !slices.EqualFunc(x.Complex128s(), first[k].Complex128s(), same) {
				t.Fatalf("%s: root %d is not what it is of data that is not frozen\n%s", w.name, k, p.Plan())
			}
		}
	}
	return kept
}

// addsUp says whether a sum or a product of many is rounded: kernels that read other memory may take its terms in another order.
func addsUp(roots []expr.Expr) bool {
	for n := range expr.Walk(expr.Nodes(roots...)...) {
		switch {
		case n.Kind == expr.KContract, n.Kind == expr.KScan, n.Kind == expr.KReduce && (n.Fold == expr.FoldSum || n.Fold == expr.FoldProd):
			return true
		}
	}
	return false
}

// same says whether two elements are one number, or both none.
func same(x, y complex128) bool {
	return x == y || cmplx.IsNaN(x) && cmplx.IsNaN(y) || fmt.Sprint(x) == fmt.Sprint(y)
}

// frozen freezes about half of the data of a graph.
func frozen(r *rand.Rand, roots ...expr.Expr) []expr.Expr {
	to := map[*expr.Node]*expr.Node{}
	for n := range expr.Walk(expr.Nodes(roots...)...) {
		args := make([]*expr.Node, len(n.Args))
		for i, a := range n.Args {
			args[i] = to[a]
		}
		to[n] = n.With(args...)
		if n.Kind == expr.KData && r.IntN(2) == 0 {
			to[n] = expr.Frozen(n.Tensor).Node()
		}
	}
	list := make([]expr.Expr, len(roots))
	for i, x := range roots {
		list[i] = expr.Wrap(to[x.Node()])
	}
	return list
}
