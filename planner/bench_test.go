package planner_test

import (
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

func BenchmarkPlan(b *testing.B) {
	tg := target(b, cpu.AVX2)
	in := func(name string, dims ...int) expr.Expr { return expr.Input(name, tensor.Float32, dims...) }
	a, m, c := in("a", 30, 40), in("b", 40, 50), in("c", 50, 20)
	x := in("x", 512, 256)
	var chain, vs []expr.Expr
	for i := range 16 {
		vs = append(vs, in("v"+string(rune('a'+i)), 8+i, 9+i))
	}
	_ = chain
	for _, bench := range []struct {
		name string
		x    expr.Expr
	}{
		{"einsum2", einsum.Contract("ij,jk->ik", a, m)},
		{"einsum3", einsum.Contract("ij,jk,kl->il", a, m, c)},
		{"einsum16", einsum.Contract("ab,bc,cd,de,ef,fg,gh,hi,ij,jk,kl,lm,mn,no,op,pq->aq", vs...)},
		{"softmax", x.Softmax(1)},
		{"standardise", x.Standardise(0)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := planner.Make([]*expr.Node{bench.x.Node()}, planner.Options{Target: tg}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
