package randgraph

import (
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

func texts(seed uint64, o Options) string {
	return expr.Text(expr.Nodes(Graph(rand.New(rand.NewPCG(seed, 0)), o)...)...)
}

// The same seed gives the same graph.
func TestGraphIsDeterministic(t *testing.T) {
	for seed := range uint64(200) {
		if a, b := texts(seed, Options{}), texts(seed, Options{}); a != b {
			t.Fatalf("seed %d gave\n%s\nand\n%s", seed, a, b)
		}
	}
}

// Every kind, operation, fold and dtype comes up, no root is a mistake, and nothing is larger than allowed.
func TestGraphCoversEverything(t *testing.T) {
	kinds, ops, folds, dtypes := map[expr.Kind]int{}, map[string]int{}, map[expr.Fold]int{}, map[tensor.DType]int{}
	strided, empty, nodes := 0, 0, 0
	const graphs = 4000
	for seed := range uint64(graphs) {
		roots := Graph(rand.New(rand.NewPCG(seed, 1)), Options{})
		for _, x := range roots {
			if err := x.Err(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		for n := range expr.Walk(expr.Nodes(roots...)...) {
			nodes++
			kinds[n.Kind]++
			dtypes[n.DType]++
			if n.Op != nil {
				ops[n.Op.Name]++
			}
			folds[n.Fold]++
			if n.Kind == expr.KData && !n.Tensor.Contiguous() {
				strided++
			}
			if n.Shape.Len() == 0 {
				empty++
			}
			if n.Shape.Len() > 20*400 {
				t.Fatalf("seed %d: %v%v", seed, n.DType, n.Shape)
			}
		}
	}
	for k := expr.KData; k <= expr.KCall; k++ {
		if kinds[k] == 0 {
			t.Errorf("no %v in %d graphs", k, graphs)
		}
	}
	for f := expr.FoldSum; f <= expr.FoldArgMax; f++ {
		if folds[f] == 0 {
			t.Errorf("no %v in %d graphs", f, graphs)
		}
	}
	for _, o := range op.Table {
		if ops[o.Name] == 0 {
			t.Errorf("no %s in %d graphs", o.Name, graphs)
		}
	}
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		if dtypes[d] == 0 {
			t.Errorf("no %v in %d graphs", d, graphs)
		}
	}
	t.Logf("%d graphs: %.1f nodes each, %d strided leaves, %d empty arrays, kinds %v", graphs, float64(nodes)/graphs, strided, empty, kinds)
}

func BenchmarkGraph(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		Graph(r, Options{})
	}
}
