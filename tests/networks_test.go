package tests

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/cases"
)

// TestRealNetworksRun runs the networks called real_* of the file that EINLOOM_NETWORKS names, on random data: in the order that is chosen for
// time, and in those that the same search finds for fewest multiplications and for the smallest intermediate. The first may not be slower
// than the better of the others by more than a tenth, and a busy machine's share; and plans that are predicted to be slower are, by rank.
func TestRealNetworksRun(t *testing.T) {
	var predicted, measured []float64
	for _, n := range cases.Networks(t) {
		if !strings.HasPrefix(n.Name, "real_") {
			continue
		}
		t.Run(n.Name, func(t *testing.T) {
			x := random(&n)
			var runs []orderedRun
			for _, objective := range []string{"time", "flops", "size"} {
				runs = append(runs, newRun(t, x, objective))
			}
			for range 5 {
				for i := range runs {
					runs[i].once(t)
				}
			}
			var took [3]float64
			for i := range runs {
				took[i] = runs[i].median()
				predicted, measured = append(predicted, runs[i].seconds), append(measured, took[i])
			}
			t.Logf("planned and compiled in %.1f ms; time %.2f ms (predicted %.2f), flops %.2f (%.2f), size %.2f (%.2f)", runs[0].planning*1e3,
				took[0]*1e3, runs[0].seconds*1e3, took[1]*1e3, runs[1].seconds*1e3, took[2]*1e3, runs[2].seconds*1e3)
			if best := min(took[1], took[2]); took[0] > 1.1*best+1e-3 {
				t.Errorf("the order for time takes %.3f ms, another one %.3f ms", took[0]*1e3, best*1e3)
			}
		})
	}
	if r := rankCorrelation(predicted, measured); r < 0.9 {
		t.Errorf("rank correlation of predicted and measured times: %.3f", r)
	} else {
		t.Logf("rank correlation of predicted and measured times: %.3f", r)
	}
}

// random is a network's contraction of random arrays in float32, scaled so that nothing overflows.
func random(n *cases.Network) expr.Expr {
	r := rand.New(rand.NewPCG(1, 1))
	var args []expr.Expr
	var terms []string
	letters := func(labels []int) string {
		var b strings.Builder
		for _, l := range labels {
			b.WriteRune(rune(0x4e00 + l))
		}
		return b.String()
	}
	for _, labels := range n.Inputs {
		dims := make([]int, len(labels))
		for k, l := range labels {
			dims[k] = n.Sizes[l]
		}
		v := make([]float32, tensor.Shape(dims).Len())
		for i := range v {
			v[i] = 2 * r.Float32() / float32(math.Sqrt(float64(max(2, dims[0]))))
		}
		args = append(args, expr.Of(v, dims...))
		terms = append(terms, letters(labels))
	}
	return einsum.Contract(strings.Join(terms, ",")+"->"+letters(n.Output), args...)
}

// orderedRun is a network compiled in the order of one objective, and how long its runs took.
type orderedRun struct {
	program  *runtime.Program
	outs     []*tensor.Tensor
	planning float64
	seconds  float64 // predicted
	took     []float64
}

func newRun(t *testing.T, x expr.Expr, objective string) orderedRun {
	t.Helper()
	s, err := runtime.Open(runtime.Config{Objective: objective})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r := orderedRun{}
	start := time.Now()
	if r.program, err = s.Compile(context.Background(), x); err != nil {
		t.Fatal(err)
	}
	r.planning = time.Since(start).Seconds()
	if r.outs, err = r.program.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.seconds = r.program.Estimate().Seconds()
	return r
}

func (r *orderedRun) once(t *testing.T) {
	t.Helper()
	start := time.Now()
	if err := r.program.RunInto(context.Background(), r.outs); err != nil {
		t.Fatal(err)
	}
	r.took = append(r.took, time.Since(start).Seconds())
}

func (r *orderedRun) median() float64 {
	slices.Sort(r.took)
	return r.took[len(r.took)/2]
}

// rankCorrelation is Spearman's.
func rankCorrelation(x, y []float64) float64 {
	rank := func(v []float64) []float64 {
		order := make([]int, len(v))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
		ranks := make([]float64, len(v))
		for i, at := range order {
			ranks[at] = float64(i)
		}
		return ranks
	}
	a, b := rank(x), rank(y)
	sum, n := 0.0, float64(len(x))
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return 1 - 6*sum/(n*(n*n-1))
}
