package tests

import (
	"context"
	"errors"
	"math/rand/v2"
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

// TestRandomBlocks runs random chains of products and rows within limits that make them run in blocks of rows, on each device, and holds the
// results to the oracle.
func TestRandomBlocks(t *testing.T) {
	n := 60
	if *long {
		n = 3000
	}
	blocks := 0
	target, err := cpu.Target(cpu.AVX2)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		seed := *seed + uint64(i)
		xs := randomChain(rand.New(rand.NewPCG(seed, 4)))
		whole, err := planner.Make(expr.Nodes(xs...), planner.Options{Target: target})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		limit := int64(whole.Arena/3 + 64)
		for _, x := range xs {
			limit += int64(x.Shape().Len() * x.DType().Size())
		}
		config := runtime.Config{Device: []string{"cpu", "interp", "vulkan"}[i%3], MemoryLimit: limit, Check: true, Off: []string{"order"}}
		p, err := planner.Make(expr.Nodes(xs...), planner.Options{Target: target, MemoryLimit: limit, Check: true, Off: map[string]bool{"order": true}})
		var over *planner.MemoryError
		if errors.As(err, &over) {
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(p.Loops) > 0 {
			blocks++
		}
		want, err := oracle.EvalBound(nil, xs...)
		if err != nil {
			t.Fatal(err)
		}
		for k, got := range allWithin(t, config, xs) {
			if err := want[k].Check(got); err != nil {
				t.Errorf("seed %d: %s: %v\n%s", seed, config.Device, err, p.Text("kernel"))
			}
		}
	}
	if blocks < n/3 {
		t.Errorf("%d of %d ran in blocks: the test has lost its point", blocks, n)
	}
}

// allWithin computes xs in a session of its own; nothing where there is no such device, or its kernels do not fit.
func allWithin(t *testing.T, config runtime.Config, xs []expr.Expr) []*tensor.Tensor {
	t.Helper()
	s, err := runtimetest.Open(t, config)
	if err != nil {
		t.Logf("SKIPPED: %s: %v", config.Device, err)
		return nil
	}
	defer s.Close()
	p, err := s.Compile(context.Background(), xs...)
	var over *planner.MemoryError
	if config.Device != "cpu" && errors.As(err, &over) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	outs, err := p.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return outs
}

// randomChain is products of matrices that follow one another, row by row, with work on the rows in between; sometimes what lies in between is
// needed elsewhere too.
func randomChain(r *rand.Rand) []expr.Expr {
	batch, rows, inner := 1+r.IntN(3), 5+r.IntN(40), 1+r.IntN(12)
	d := []tensor.DType{tensor.Float32, tensor.Float64}[r.IntN(2)]
	x := operand(r, d, []int{batch, rows, inner})
	var more []expr.Expr
	for range 2 + r.IntN(2) {
		columns := 3 + r.IntN(50)
		if r.IntN(2) == 0 {
			x = einsum.Contract("bik,bkj->bij", x, operand(r, d, []int{batch, inner, columns}))
		} else {
			x = einsum.Contract("bik,jk->bij", x, operand(r, d, []int{columns, inner}))
		}
		inner = columns
		switch r.IntN(6) {
		case 0:
			x = x.Mul(expr.Scalar(0.25)).Softmax(2)
		case 1:
			x = x.Add(operand(r, d, []int{rows, columns})).Softmax(2)
		case 2:
			x = x.Tanh()
		case 3:
			x = x.Sub(x.Mean(2).Reshape(batch, rows, 1))
		case 4:
			x = x.Transpose(1, 0, 2).Mul(expr.Scalar(0.5)).Transpose(1, 0, 2)
		}
		switch r.IntN(8) {
		case 0:
			more = append(more, x.Sum(2))
		case 1:
			more = append(more, x.Sum(1))
		case 2:
			more = append(more, x.Slice(tensor.All(), tensor.Span(0, rows-1)))
		}
	}
	return append(more, x)
}

// TestBlocksChangeNoBits computes attention whose scores exceed the caches in blocks and whole.
func TestBlocksChangeNoBits(t *testing.T) {
	const heads, rows, width = 2, 1601, 24
	r := rand.New(rand.NewPCG(3, 4))
	q, k, v := operand(r, tensor.Float32, []int{heads, rows, width}), operand(r, tensor.Float32, []int{heads, rows, width}), operand(r, tensor.Float32, []int{heads, rows, width})
	x := einsum.Contract("hqk,hkd->hqd", einsum.Contract("hqd,hkd->hqk", q, k).Mul(expr.Scalar(0.2)).Softmax(2), v)
	whole, ok := within(t, runtime.Config{Off: []string{"block"}}, x)
	for _, threads := range []int{1, 3} {
		if got, here := within(t, runtime.Config{Threads: threads}, x); ok && here && !sameBits(t, whole, got) {
			t.Errorf("%d threads: other bits in blocks", threads)
		}
	}
}
