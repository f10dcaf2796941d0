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

// TestSmallProducts holds small products of matrices, alone and in batches, in every layout of their factors and results, to the oracle:
// with tiles that fit the extents and such that do not, and with something added to the sums that may lie where the result does.
func TestSmallProducts(t *testing.T) {
	specs := []string{
		"ij,jk->ik", "bij,bjk->bik", "bji,bjk->bik", "bij,bkj->bik", "bji,bkj->bik", "bij,bjk->bki", "bij,jk->bik", "ij,bjk->bik",
		"bij,jk->kbi", "ijb,jkb->ikb", "ijb,jkb->bik", "bij,bj->bi", "bijl,bjlk->bik", "aij,bjk->abik",
	}
	count := 60
	if *long {
		count = 3000
	}
	tiles, narrow := 0, 0
	for _, target := range Targets() {
		d := openEmulated(t, target)()
		for i := range count {
			r := rand.New(rand.NewPCG(uint64(i), 4))
			spec := specs[i%len(specs)]
			x, err := product(r, spec)
			if err != nil {
				t.Fatalf("%s: %v", spec, err)
			}
			want, err := oracle.EvalBound(nil, x)
			if err != nil {
				t.Fatalf("%s: %v", spec, err)
			}
			got, p, err := runplan.Run(d, []expr.Expr{x}, planner.Options{Target: d.Target()})
			if err != nil {
				t.Fatalf("%s on %s: %v", spec, target, err)
			}
			if err := want[0].Check(got[0]); err != nil {
				t.Fatalf("%s on %s: %v\n%s", spec, target, err, p.Text("kernel"))
			}
			for _, s := range p.Steps {
				for _, u := range unitsOf(s.Kernel) {
					if u.jam != nil {
						tiles++
						narrow += bit(u.jam.cols < 4)
					}
				}
			}
		}
		d.Close()
	}
	if tiles < count || narrow == 0 {
		t.Errorf("of %d products %d were computed in tiles, %d of them in rows of less than a vector", 2*count, tiles, narrow)
	}
}

// product is spec over arrays of random small extents, sometimes with an array added to it.
func product(r *rand.Rand, spec string) (expr.Expr, error) {
	d := []tensor.DType{tensor.Float32, tensor.Float32, tensor.Float64, tensor.Int32}[r.IntN(4)]
	extents := map[rune]int{}
	var args []expr.Expr
	var dims []int
	add := func() error {
		x, err := integers(r, d, dims)
		args, dims = append(args, expr.From(x)), nil
		return err
	}
	for _, c := range spec {
		switch {
		case c == ',' || c == '-':
			if err := add(); err != nil {
				return expr.Expr{}, err
			}
		case c == '>':
		default:
			if extents[c] == 0 {
				extents[c] = 1 + r.IntN(19)
			}
			dims = append(dims, extents[c])
		}
	}
	result := dims
	x := einsum.Contract(spec, args...)
	if r.IntN(3) == 0 {
		dims = result
		if err := add(); err != nil {
			return expr.Expr{}, err
		}
		x = x.Add(args[len(args)-1])
	}
	return x, nil
}

// integers is an array of small ones.
func integers(r *rand.Rand, d tensor.DType, dims []int) (*tensor.Tensor, error) {
	n := 1
	for _, e := range dims {
		n *= e
	}
	switch d {
	case tensor.Float32:
		return tensor.New(small[float32](r, n), dims...)
	case tensor.Float64:
		return tensor.New(small[float64](r, n), dims...)
	case tensor.Complex64:
		z := make([]complex64, n)
		for i, re := range small[float32](r, n) {
			z[i] = complex(re, float32(r.IntN(41)-20))
		}
		return tensor.New(z, dims...)
	default:
		return tensor.New(small[int32](r, n), dims...)
	}
}

func small[T float32 | float64 | int32](r *rand.Rand, n int) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = T(r.IntN(41) - 20)
	}
	return list
}
