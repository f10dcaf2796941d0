package planner_test

import (
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
	"github.com/einloom/einloom/tests/runplan"
)

var (
	graphs = flag.Int("graphs", 300, "random graphs to plan and run")
	seed   = flag.Uint64("seed", 1, "the first graph's seed")
)

func target(t testing.TB, name string) codegen.Target {
	tg, err := cpu.Target(name)
	if err != nil {
		t.Fatal(err)
	}
	tg.Threads = 2
	return tg
}

// run plans roots, held to what each pass promises, and walks the plan's kernels with the interpreter.
func run(dev *interp.Device, roots []expr.Expr, o planner.Options) ([]*tensor.Tensor, *planner.Plan, error) {
	o.Check = true
	return runplan.Run(dev, roots, o)
}

// exact lists the ops that are rounded once at most: how far other formulas are from the truth is not the planner's matter.
func exact() []*op.Op {
	return slices.DeleteFunc(slices.Clone(op.Table), func(o *op.Op) bool { return o.ULP != op.ULP{} })
}

// TestRandomPlansKeepTheMeaning compares plans of random graphs, by all passes and with some left out, with the oracle. Every other graph
// is wild: NaN, infinities, numbers far from 1.
func TestRandomPlansKeepTheMeaning(t *testing.T) {
	dev := interp.Open(interp.Config{Threads: 1})
	defer dev.Close()
	ways := map[string]planner.Options{
		"interp":   {Target: dev.Target()},
		"avx2":     {Target: target(t, cpu.AVX2)},
		"nofuse":   {Target: dev.Target(), Off: map[string]bool{"fuse": true}},
		"noorder":  {Target: target(t, cpu.AVX2), Off: map[string]bool{"order": true, "share": true}},
		"nosimple": {Target: target(t, cpu.AVX2), Off: map[string]bool{"simplify": true}},
	}
	ops := exact()
	for i := range *graphs {
		s := *seed + uint64(i)
		wild := s%2 == 0
		roots := randgraph.Graph(rand.New(rand.NewPCG(s, 0)), randgraph.Options{Ops: ops, Tame: !wild})
		want, err := oracle.EvalBound(nil, roots...)
		if err != nil {
			t.Fatalf("seed %d: oracle: %v\n%s", s, err, expr.Text(expr.Nodes(roots...)...))
		}
		for name, o := range ways {
			if wild { // another order of contractions may make a NaN of an infinity
				o.Off = maps.Clone(o.Off)
				if o.Off == nil {
					o.Off = map[string]bool{}
				}
				o.Off["order"] = true
			}
			got, p, err := run(dev, roots, o)
			if err != nil {
				t.Fatalf("seed %d: %s: %v\n%s", s, name, err, expr.Text(expr.Nodes(roots...)...))
			}
			for k := range got {
				if err := want[k].Check(got[k]); err != nil {
					t.Fatalf("seed %d: %s: root %d: %v\n%s\n%s\n%s", s, name, k, err, expr.Text(expr.Nodes(roots...)...), p.Text("fuse"), p.Text("kernel"))
				}
			}
		}
	}
}

// TestLongAxesKeepTheMeaning runs kernels whose axes are cut into sections.
func TestLongAxesKeepTheMeaning(t *testing.T) {
	dev := interp.Open(interp.Config{})
	defer dev.Close()
	data := func(dims ...int) expr.Expr {
		values := make([]float32, tensor.Shape(dims).Len())
		for i := range values {
			values[i] = float32(i % 8191)
		}
		return expr.Of(values, dims...)
	}
	for name, c := range map[string]struct {
		x    expr.Expr
		want string // in the kernel's text
	}{
		"two long rows": {data(2, 1<<17).Add(data(1 << 17)), "loop i 2, j 4, k 32768"},
		"transposed":    {data(512, 1024).Transpose(1, 0), "loop i 1024, j 32, k 16"},
		"permuted":      {data(32, 64, 128).Transpose(2, 1, 0).Add(data(128, 64, 32)), "order j i k, vector k"},
		"not divisible": {data(510, 1021).Transpose(1, 0), "loop i 1021, j 510"},
	} {
		want, err := oracle.EvalBound(nil, c.x)
		if err != nil {
			t.Fatal(err)
		}
		got, p, err := run(dev, []expr.Expr{c.x}, planner.Options{Target: target(t, cpu.AVX2)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := want[0].Check(got[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(p.Text("kernel"), c.want) {
			t.Errorf("%s: want %s in\n%s", name, c.want, p.Text("kernel"))
		}
	}
}
