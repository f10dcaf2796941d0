package runtime_test

import (
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// sparse are products with operands that are 0 nearly everywhere.
var sparse = []struct {
	name string
	make func() expr.Expr
}{
	{"one-hot", func() expr.Expr {
		at := expr.Input("at", tensor.Int64, 10000)
		rows := at.Reshape(10000, 1).Equal(expr.Arange(tensor.Int64, 0, 1000, 1)).Cast(tensor.Float32)
		return rows.MatMul(expr.Input("x", tensor.Float32, 1000, 64))
	}},
	{"identity", func() expr.Expr {
		return expr.Input("x", tensor.Float32, 1000, 1000).MatMul(expr.Eye(tensor.Float32, 1000))
	}},
	{"diagonal", func() expr.Expr {
		v := expr.Input("v", tensor.Float32, 1000)
		d := expr.Map(op.Lookup("where"), expr.Eye(tensor.Bool, 1000), v, expr.Scalar(0))
		return expr.Input("x", tensor.Float32, 1000, 1000).MatMul(d)
	}},
}

// BenchmarkSparse times them multiplied out, with operands looked through for infinities, and without.
func BenchmarkSparse(b *testing.B) {
	out := map[string]runtime.Config{
		"multiplied": {Off: []string{"rule:contract-diagonal", "rule:contract-one-hot"}}, "exact": {}, "fast": {FastMath: true},
	}
	for _, graph := range sparse {
		for _, kind := range []string{"multiplied", "exact", "fast"} {
			b.Run(graph.name+"/"+kind, func(b *testing.B) { benchSparse(b, out[kind], graph.make()) })
		}
	}
}

func benchSparse(b *testing.B, c runtime.Config, x expr.Expr) {
	s, err := runtime.Open(c)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	p, err := s.Compile(ctx, x)
	if err != nil {
		b.Fatal(err)
	}
	var args []runtime.Arg
	for _, n := range expr.Leaves(x.Node()) {
		t := ramp(b, n.Shape...)
		if n.DType == tensor.Int64 {
			at := make([]int64, n.Shape.Len())
			for i := range at {
				at[i] = int64(i * 619 % 1000)
			}
			if t, err = tensor.New(at, n.Shape...); err != nil {
				b.Fatal(err)
			}
		}
		args = append(args, runtime.Bind(n.Name, t))
	}
	results := []*tensor.Tensor{ramp(b, x.Shape()...)}
	for b.Loop() {
		if err := p.RunInto(ctx, results, args...); err != nil {
			b.Fatal(err)
		}
	}
}
