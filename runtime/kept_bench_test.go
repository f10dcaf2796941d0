package runtime_test

import (
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// adapted is three layers of a perceptron on 16 rows, each with weights of 1024 by 1024 to which a product of rank 16 is added.
func adapted(b *testing.B, leaf func(*tensor.Tensor) expr.Expr) expr.Expr {
	const width, rank = 1024, 16
	x := expr.Input("x", tensor.Float32, 16, width)
	for range 3 {
		w, up, down := leaf(tinyNumbers(b, width, width)), leaf(tinyNumbers(b, width, rank)), leaf(tinyNumbers(b, rank, width))
		x = x.MatMul(w.Add(up.MatMul(down).Mul(expr.Scalar(0.5)))).Tanh()
	}
	return x
}

// stretched is three linear layers of 1024, 4096 and 1024 on 16 rows, whose weights are one product.
func stretched(b *testing.B, leaf func(*tensor.Tensor) expr.Expr) expr.Expr {
	x := expr.Input("x", tensor.Float32, 16, 1024)
	return x.MatMul(leaf(tinyNumbers(b, 1024, 4096))).MatMul(leaf(tinyNumbers(b, 4096, 1024)))
}

func tinyNumbers(b *testing.B, dims ...int) *tensor.Tensor {
	x := ramp(b, dims...)
	v := values(b, x)
	for i := range v {
		v[i] = float32(i%7-3) / 1024
	}
	return x
}

// BenchmarkConstants times runs whose weights are frozen beside runs whose weights may change.
func BenchmarkConstants(b *testing.B) {
	for _, graph := range []struct {
		name string
		make func(*testing.B, func(*tensor.Tensor) expr.Expr) expr.Expr
	}{{"adapted", adapted}, {"stretched", stretched}} {
		for _, kind := range []struct {
			name string
			leaf func(*tensor.Tensor) expr.Expr
		}{{"from", expr.From}, {"frozen", expr.Frozen}} {
			b.Run(graph.name+"/"+kind.name, func(b *testing.B) {
				s, err := runtime.Default()
				if err != nil {
					b.Fatal(err)
				}
				p, err := s.Compile(ctx, graph.make(b, kind.leaf))
				if err != nil {
					b.Fatal(err)
				}
				out, x := []*tensor.Tensor{ramp(b, 16, 1024)}, runtime.Bind("x", tinyNumbers(b, 16, 1024))
				run := func() {
					if err := p.RunInto(ctx, out, x); err != nil {
						b.Fatal(err)
					}
				}
				run()
				for b.Loop() {
					run()
				}
			})
		}
	}
}
