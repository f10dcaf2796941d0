package planner_test

import (
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/planner/order"
	"github.com/einloom/einloom/tensor"
)

// BenchmarkPath is what others call finding a path, cold: a spec is read, bound to shapes and ordered, and what the order costs is counted.
func BenchmarkPath(b *testing.B) {
	ring := "ab,bc,cd,de,ef,fg,gh,hi,ij,jk,kl,lm,mn,no,op,pa->"
	for _, bench := range []struct {
		name, spec string
		sizes      []int // of the labels as they come, over and over
	}{
		{"chain2", "ij,jk->ik", []int{30, 40, 50}},
		{"chain3", "ij,jk,kl->il", []int{30, 40, 50, 20}},
		{"batch3", "bij,bjk,bk->bi", []int{16, 30, 40, 50}},
		{"chain5", "ab,bc,cd,de,ef->af", []int{8, 9, 10, 11, 12, 13}},
		{"dense5", "abc,bcd,cde,dea,eab->", []int{8, 9, 10, 11, 12}},
		{"ring16", ring, []int{8, 9, 10, 11, 12}},
	} {
		spec, err := einsum.Parse(bench.spec)
		if err != nil {
			b.Fatal(err)
		}
		shapes := make([]tensor.Shape, len(spec.Inputs))
		for i, term := range spec.Inputs {
			for _, l := range term.Labels {
				shapes[i] = append(shapes[i], bench.sizes[l%len(bench.sizes)])
			}
		}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				spec, _ := einsum.Parse(bench.spec)
				bound, err := spec.Bind(shapes)
				if err != nil {
					b.Fatal(err)
				}
				net := order.Network{Terms: bound.Labels, Output: bound.Output, Sizes: bound.Sizes}
				tree := order.Find(net, order.Options{Move: order.CommonMove})
				if total, _ := tree.Cost(net); total.Mults == 0 {
					b.Fatal("it costs nothing")
				}
			}
		})
	}
}

func BenchmarkPlan(b *testing.B) {
	tg := target(b, cpu.AVX2)
	in := func(name string, dims ...int) expr.Expr { return expr.Input(name, tensor.Float32, dims...) }
	a, m, c := in("a", 30, 40), in("b", 40, 50), in("c", 50, 20)
	x := in("x", 512, 256)
	var vs []expr.Expr
	for i := range 16 {
		vs = append(vs, in("v"+string(rune('a'+i)), 8+i, 9+i))
	}
	for _, bench := range []struct {
		name string
		x    expr.Expr
	}{
		{"einsum2", einsum.Contract("ij,jk->ik", a, m)},
		{"einsum3", einsum.Contract("ij,jk,kl->il", a, m, c)},
		{"einsum5", einsum.Contract("ab,bc,cd,de,ef->af", vs[:5]...)},
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
