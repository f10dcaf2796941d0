package tests

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/runtimetest"
	"github.com/einloom/einloom/tensor"
)

// TestSlicedByHundreds runs networks within a hundredth of the memory that their intermediates take otherwise, on each device, by one
// worker and by three. The numbers are such that sums are exact in any order: all give the same bits.
func TestSlicedByHundreds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		spec string
		size int
	}{
		{"ab,ac,ad,ae,bc,bd,be,cd,ce,de->", 12},
		{"abc,bcd,cde,def,efa,fab->", 12},
		{"abx,bcy,cdz,daw,xz,yw->xy", 10},
		{"ai,bi,ci,aj,bj,cj,ak,bk,ck->i", 20},
	} {
		t.Run(c.spec, func(t *testing.T) {
			x := network(r, c.spec, tensor.Float64, func(rune) int { return c.size })
			p, err := planner.Make(expr.Nodes(x), planner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want, err := runtime.Eval(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			limit := int64(x.Shape().Len()*x.DType().Size() + p.Arena/100)
			for _, config := range []runtime.Config{{Threads: 1}, {Threads: 3}, {Device: "interp"}, {Device: "vulkan"}} {
				config.MemoryLimit, config.Check = limit, true
				if got, ok := within(t, config, x); ok && !sameBits(t, want, got) {
					t.Errorf("%+v: other bits", config)
				}
			}
		})
	}
}

// TestRandomSlices runs random networks within limits that most of them do not fit in whole, with elementwise work before and behind them,
// and holds the results to the oracle. What is refused must have been refused for a reason: with the limit that the refusal names it runs.
func TestRandomSlices(t *testing.T) {
	n := 60
	if *long {
		n = 3000
	}
	refused, sliced := 0, 0
	for i := range n {
		seed := *seed + uint64(i)
		r := rand.New(rand.NewPCG(seed, 3))
		x := randomNetwork(r)
		target, _ := cpu.Target(cpu.AVX2)
		whole, err := planner.Make(expr.Nodes(x), planner.Options{Target: target})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		limit := int64(x.Shape().Len()*x.DType().Size() + whole.Arena>>(1+r.IntN(3)))
		config := runtime.Config{Device: []string{"cpu", "interp"}[i%2], MemoryLimit: max(limit, 1), Check: true}
		p, err := planner.Make(expr.Nodes(x), planner.Options{Target: target, MemoryLimit: config.MemoryLimit, Check: true})
		var over *planner.MemoryError
		switch {
		case errors.As(err, &over):
			refused++
			if over.Need <= config.MemoryLimit || over.Limit != config.MemoryLimit {
				t.Errorf("seed %d: refused without a reason: %v", seed, err)
			}
			if _, err := planner.Make(expr.Nodes(x), planner.Options{Target: target, MemoryLimit: over.Need, Check: true}); err != nil {
				t.Errorf("seed %d: with what it needs: %v", seed, err)
			}
			continue
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case len(p.Loops) > 0:
			sliced++
		}
		for _, l := range p.Loops {
			if len(l.Indices) == 0 {
				t.Errorf("seed %d: a loop without indices", seed)
			}
		}
		want, err := oracle.EvalBound(nil, x)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := within(t, config, x); ok {
			if err := want[0].Check(got); err != nil {
				t.Errorf("seed %d: %s: %v\n%s", seed, config.Device, err, p.Text("kernel"))
			}
		}
	}
	if refused < n/20 || sliced < n/5 {
		t.Errorf("%d of %d were refused, %d ran in slices: the test has lost its point", refused, n, sliced)
	}
}

// within computes x in a session of its own; ok is false where there is no such device.
func within(t *testing.T, config runtime.Config, x expr.Expr) (got *tensor.Tensor, ok bool) {
	t.Helper()
	s, err := runtimetest.Open(t, config)
	if err != nil {
		t.Logf("SKIPPED: %s: %v", config.Device, err)
		return nil, false
	}
	defer s.Close()
	p, err := s.Compile(context.Background(), x)
	var over *planner.MemoryError
	if config.Device != "cpu" && errors.As(err, &over) {
		return nil, false // another device's kernels are others
	}
	if err != nil {
		t.Fatal(err)
	}
	outs, err := p.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return outs[0], true
}

// network is a contraction of random operands.
func network(r *rand.Rand, spec string, d tensor.DType, size func(rune) int) expr.Expr {
	terms, _, _ := strings.Cut(spec, "->")
	var args []expr.Expr
	for _, term := range strings.Split(terms, ",") {
		var dims []int
		for _, l := range term {
			dims = append(dims, size(l))
		}
		args = append(args, operand(r, d, dims))
	}
	return einsum.Contract(spec, args...)
}

// operand holds small numbers of either sign, laid out in one of several ways.
func operand(r *rand.Rand, d tensor.DType, dims []int) expr.Expr {
	v := make([]float64, tensor.Shape(dims).Len())
	for i := range v {
		v[i] = float64(r.IntN(7)-3) / 2
	}
	x := expr.Of(v, dims...)
	if len(dims) > 1 && r.IntN(3) == 0 {
		to := slices.Clone(dims)
		slices.Reverse(to)
		axes := make([]int, len(dims))
		for k := range axes {
			axes[k] = len(dims) - 1 - k
		}
		x = expr.Of(v, to...).Transpose(axes...)
	}
	return x.Cast(d)
}

// randomNetwork is a contraction of many operands over few labels, so that intermediates are larger than operands; with diagonals, labels of
// one operand and of many among them.
func randomNetwork(r *rand.Rand) expr.Expr {
	letters := "abcdefgh"[:4+r.IntN(3)]
	sizes := map[rune]int{}
	for _, l := range letters {
		sizes[l] = 2 + r.IntN(7)
	}
	var terms []string
	used := ""
	for range 6 + r.IntN(5) {
		term := ""
		for _, at := range r.Perm(len(letters))[:2+r.IntN(2)] {
			term += letters[at : at+1]
		}
		if r.IntN(10) == 0 {
			term += term[:1]
		}
		terms = append(terms, term)
		used += term
	}
	out := ""
	for _, l := range letters {
		if strings.ContainsRune(used, l) && r.IntN(6) == 0 {
			out += string(l)
		}
	}
	dtypes := []tensor.DType{tensor.Float64, tensor.Float32, tensor.Int32, tensor.Complex64, tensor.Bool, tensor.Float16}
	x := network(r, strings.Join(terms, ",")+"->"+out, dtypes[r.IntN(len(dtypes))], func(l rune) int { return sizes[l] })
	switch r.IntN(4) {
	case 0:
		x = x.Add(x)
	case 1:
		x = x.Sum()
	case 2:
		x = x.Mul(expr.ScalarInt(1)).Add(expr.Ones(x.DType(), x.Shape()...))
	}
	return x
}
