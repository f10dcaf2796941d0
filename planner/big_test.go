package planner_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

// big gives graphs of about n nodes.
func big(n int) map[string][]expr.Expr {
	x := expr.Input("x", tensor.Float32, 64, 64)
	chain, diamond, wide, matmuls := x, x, x, x
	for i := range n / 2 {
		chain = chain.Mul(x).Add(chain)
		_ = i
	}
	for range n / 4 {
		l, r := diamond.Add(x), diamond.Mul(x)
		diamond = l.Sub(r)
	}
	var roots []expr.Expr
	for i := range n / 4 {
		y := wide.Add(expr.Input(fmt.Sprint("v", i), tensor.Float32, 64, 64))
		if i%40 == 39 {
			y = y.Softmax(1)
			roots = append(roots, y)
		}
		wide = y
	}
	roots = append(roots, wide)
	for range n / 8 {
		matmuls = matmuls.MatMul(x).Exp().Add(x).Transpose(1, 0)
	}
	moves := x
	for i := range n / 8 {
		moves = moves.Reshape(16, 4, 64).Transpose(1, 0, 2).Reshape(64, 64).Exp()
		_ = i
	}
	return map[string][]expr.Expr{"chain": {chain}, "diamond": {diamond}, "wide": roots, "matmuls": {matmuls}, "moves": {moves}}
}

func TestBigGraphsPlanQuickly(t *testing.T) {
	for name, roots := range big(10000) {
		start := time.Now()
		p, err := planner.Make(expr.Nodes(roots...), planner.Options{Target: target(t, cpu.AVX2)})
		if err != nil {
			t.Fatal(name, err)
		}
		t.Logf("%s: %d steps, arena %d, %v", name, len(p.Steps), p.Arena, time.Since(start))
	}
}
