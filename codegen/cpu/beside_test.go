package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/runplan"
)

// TestRowsBeside holds products of matrices with vectors, whose rows are folded beside one another, to the oracle: rows by eights and such that
// are left, alone and in batches, rows side by side in memory or far apart, and several folds of the same rows.
func TestRowsBeside(t *testing.T) {
	graphs := []func(a, x expr.Expr) expr.Expr{
		func(a, x expr.Expr) expr.Expr { return einsum.Contract("bij,j->bi", a, x) },
		func(a, x expr.Expr) expr.Expr {
			return einsum.Contract("bij,j->ib", a, x).Mul(einsum.Contract("bij->ib", a))
		},
		func(a, x expr.Expr) expr.Expr { return a.Sub(x).Mul(a).Sub(x.Mul(x)).Sum(2) },
		func(a, x expr.Expr) expr.Expr {
			return a.Add(x).Add(expr.Arange(tensor.Int32, 0, float64(x.Shape()[0]), 1).Cast(x.DType())).Sum(2)
		},
	}
	count := 48
	if *long {
		count = 2000
	}
	beside := 0
	for _, target := range Targets() {
		d := openEmulated(t, target)()
		for i := range count {
			r := rand.New(rand.NewPCG(uint64(i), 9))
			x, err := matrixAndVector(r, graphs[i%len(graphs)])
			if err != nil {
				t.Fatal(err)
			}
			want, err := oracle.EvalBound(nil, x)
			if err != nil {
				t.Fatalf("%v: %v", x, err)
			}
			got, p, err := runplan.Run(d, []expr.Expr{x}, planner.Options{Target: d.Target()})
			if err != nil {
				t.Fatalf("%s: %v\n%v", target, err, x)
			}
			if err := want[0].Check(got[0]); err != nil {
				t.Fatalf("%s: %v\n%s", target, err, p.Text("kernel"))
			}
			for _, s := range p.Steps {
				for _, u := range unitsOf(s.Kernel) {
					beside += bit(u.beside >= 0)
				}
			}
		}
		d.Close()
	}
	if beside < count/2 {
		t.Errorf("of %d graphs %d have rows beside one another", 2*count, beside)
	}
}

// matrixAndVector is a graph of a few matrices of random extents, one behind the other or between one another, and a vector as long as their rows.
func matrixAndVector(r *rand.Rand, graph func(a, x expr.Expr) expr.Expr) (expr.Expr, error) {
	d := []tensor.DType{tensor.Float32, tensor.Float64, tensor.Complex64, tensor.Int32}[r.IntN(4)]
	dims := []int{1 + r.IntN(3), 1 + r.IntN(20), 20 + r.IntN(60)}
	between := r.IntN(2) == 0
	if between {
		dims[0], dims[1] = dims[1], dims[0]
	}
	a, err := integers(r, d, dims)
	if err != nil {
		return expr.Expr{}, err
	}
	x, err := integers(r, d, dims[2:])
	if err != nil {
		return expr.Expr{}, err
	}
	matrices := expr.From(a)
	if between {
		matrices = matrices.Transpose(1, 0, 2)
	}
	return graph(matrices, expr.From(x)), nil
}
