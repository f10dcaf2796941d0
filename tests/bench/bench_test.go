// Package bench measures what users wait for: go test -bench . ./tests/bench. peers.py measures the same names with NumPy.
package bench

import (
	"context"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

func floats(n int, dims ...int) *tensor.Tensor {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i*7919%1000)/500 - 1
	}
	t, err := tensor.New(v, dims...)
	if err != nil {
		panic(err)
	}
	return t
}

func open(b *testing.B) *runtime.Session {
	b.Helper()
	s, err := runtime.Open(runtime.Config{})
	if err != nil {
		b.Fatal(err)
	}
	for _, note := range s.Notes() {
		b.Log(note)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkTinyEval is Eval of a 3-operand einsum on tiny operands, graph and all, with a warm cache.
func BenchmarkTinyEval(b *testing.B) {
	s, ctx := open(b), context.Background()
	x, y, z := floats(16, 4, 4), floats(16, 4, 4), floats(16, 4, 4)
	b.ReportAllocs()
	for b.Loop() {
		e := einsum.Contract("ij,jk,kl->il", expr.From(x), expr.From(y), expr.From(z))
		if _, err := s.Eval(ctx, e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTinyRun is RunInto of a compiled 4x4 product.
func BenchmarkTinyRun(b *testing.B) {
	run(b, einsum.Contract("ij,jk->ik", expr.Input("x", tensor.Float32, 4, 4), expr.Input("y", tensor.Float32, 4, 4)), 0,
		runtime.Bind("x", floats(16, 4, 4)), runtime.Bind("y", floats(16, 4, 4)))
}

// run measures RunInto of x; bytes is what one run moves, 0: not reported.
func run(b *testing.B, x expr.Expr, bytes int, args ...runtime.Arg) {
	s, ctx := open(b), context.Background()
	p, err := s.Compile(ctx, x)
	if err != nil {
		b.Fatal(err)
	}
	out, err := tensor.Zeros(x.DType(), x.Shape()...)
	if err != nil {
		b.Fatal(err)
	}
	outs := []*tensor.Tensor{out}
	if err := p.RunInto(ctx, outs, args...); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		if err := p.RunInto(ctx, outs, args...); err != nil {
			b.Fatal(err)
		}
	}
}

// chain is tanh(2x+y)*exp(-x*x) over n elements: one kernel.
func chain(n int) expr.Expr {
	x, y := expr.Input("x", tensor.Float32, n), expr.Input("y", tensor.Float32, n)
	return x.Mul(expr.Scalar(2)).Add(y).Tanh().Mul(x.Neg().Mul(x).Exp())
}

func BenchmarkChain1M(b *testing.B) {
	const n = 1 << 20
	run(b, chain(n), 12*n, runtime.Bind("x", floats(n, n)), runtime.Bind("y", floats(n, n)))
}

func BenchmarkSoftmax1024(b *testing.B) {
	const n = 1024
	run(b, expr.Input("x", tensor.Float32, n, n).Softmax(1), 8*n*n, runtime.Bind("x", floats(n*n, n, n)))
}

func BenchmarkStandardise100000x64(b *testing.B) {
	const n, m = 100000, 64
	run(b, expr.Input("x", tensor.Float32, n, m).Standardise(0), 8*n*m, runtime.Bind("x", floats(n*m, n, m)))
}

func BenchmarkSum0_1024(b *testing.B) {
	const n = 1024
	run(b, expr.Input("x", tensor.Float32, n, n).Sum(0), 4*n*n, runtime.Bind("x", floats(n*n, n, n)))
}

func BenchmarkSum1_1024(b *testing.B) {
	const n = 1024
	run(b, expr.Input("x", tensor.Float32, n, n).Sum(1), 4*n*n, runtime.Bind("x", floats(n*n, n, n)))
}

func BenchmarkMatmul(b *testing.B) {
	const n = 1024
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		b.Run(d.String(), func(b *testing.B) {
			x, err := floats(n*n, n, n).Convert(d)
			if err != nil {
				b.Fatal(err)
			}
			run(b, expr.Input("x", d, n, n).MatMul(expr.Input("y", d, n, n)), 0, runtime.Bind("x", x), runtime.Bind("y", x))
			b.ReportMetric(2*n*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkCompileCold is planning and code generation of a fused chain in a session that has seen nothing.
func BenchmarkCompileCold(b *testing.B) {
	for _, c := range []struct {
		name string
		x    expr.Expr
	}{
		{"chain", chain(1 << 20)},
		{"softmax", expr.Input("x", tensor.Float32, 1024, 1024).Softmax(1)},
		{"matmul", expr.Input("x", tensor.Float32, 1024, 1024).MatMul(expr.Input("y", tensor.Float32, 1024, 1024))},
	} {
		b.Run(c.name, func(b *testing.B) {
			ctx := context.Background()
			for b.Loop() {
				b.StopTimer()
				s := open(b)
				b.StartTimer()
				if _, err := s.Compile(ctx, c.x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
