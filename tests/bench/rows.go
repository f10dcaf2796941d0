package bench

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// Row is one thing that users wait for.
type Row struct {
	Name    string
	Flop    float64      // multiplications and additions of one run; 0: it is memory that counts
	DType   tensor.DType // of the arithmetic: whose peak Flop is a fraction of
	Bytes   float64      // bytes that one run reads and writes at least
	Prepare func(c runtime.Config) (*Prepared, error)
}

// Prepared is what is measured of a row.
type Prepared struct {
	Once    func() error
	Close   func() error     // frees what it holds
	Program *runtime.Program // that Once runs; nil where it runs none
}

// Rows are all measurements, by family. docs/performance.md says what each computes.
func Rows() []Row {
	var list []Row
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		for _, n := range []int{64, 256, 1000, 1024, 2048} {
			list = append(list, contraction(fmt.Sprintf("matmul-%s-%d", short(d), n), d, "ij,jk->ik", []int{n, n}, []int{n, n}))
		}
	}
	for _, b := range []struct{ n, count int }{{4, 100_000}, {8, 20_000}, {16, 5_000}, {64, 500}} {
		dims := []int{b.count, b.n, b.n}
		list = append(list, contraction(fmt.Sprintf("bmm-f32-%d", b.n), tensor.Float32, "bij,bjk->bik", dims, dims))
	}
	list = append(list, contraction("gemv-f32-4096", tensor.Float32, "ij,j->i", []int{4096, 4096}, []int{4096}))
	list = append(list, tccg()...)
	return slices.Concat(list, complexes(), networks(), elementwise(), narrow(), rows(), tiny())
}

// complexes are products of complex numbers, of which a term takes four multiplications and as many additions, and a map of them.
func complexes() []Row {
	c := tensor.Complex64
	list := []Row{
		contraction("matmul-c64-64", c, "ij,jk->ik", []int{64, 64}, []int{64, 64}),
		contraction("matmul-c64-1024", c, "ij,jk->ik", []int{1024, 1024}, []int{1024, 1024}),
		contraction("gemv-c64-1024", c, "ij,j->i", []int{1024, 1024}, []int{1024}),
		contraction("bmm-c64-4", c, "bij,bjk->bik", []int{10_000, 4, 4}, []int{10_000, 4, 4}),
	}
	for i := range list {
		list[i].Flop *= 4
	}
	const n = 1_000_000
	x, y := expr.Input("x", c, n), expr.Input("y", c, n)
	return append(list, Row{Name: "chain-c64-1M", Bytes: 24 * n, Prepare: compiled(x.Mul(y).Add(x), bind("x", c, []int{n}), bind("y", c, []int{n}))})
}

// networks are contractions of several operands and graphs around contractions.
func networks() []Row {
	f := tensor.Float32
	list := []Row{
		contraction("mttkrp", f, "ijk,jr,kr->ir", []int{128, 128, 128}, []int{128, 32}, []int{128, 32}),
		contraction("bilinear", f, "bi,ijk,bk->bj", []int{64, 128}, []int{128, 128, 128}, []int{64, 128}),
		contraction("chain4", f, "ij,jk,kl,lm->im", []int{1000, 20}, []int{20, 1000}, []int{1000, 20}, []int{20, 1000}),
	}
	for i, flop := range []float64{2 * 128 * 128 * 128 * 32, 2 * 64 * 128 * 128 * 128, 4*20*20*1000 + 2*1000*1000*20} {
		list[i].Flop = flop // of the best order
	}
	for _, n := range []int{256, 2048} {
		const batch, heads, width = 1, 8, 64
		dims := []int{batch, heads, n, width}
		q, k, v := expr.Input("q", f, dims...), expr.Input("k", f, dims...), expr.Input("v", f, dims...)
		scores := einsum.Contract("bhqd,bhkd->bhqk", q, k).Mul(expr.Scalar(1 / math.Sqrt(width)))
		list = append(list, Row{
			Name: fmt.Sprintf("attention-%d", n), DType: f, Flop: 4 * batch * heads * width * float64(n) * float64(n), Bytes: 16 * batch * heads * width * float64(n),
			Prepare: compiled(einsum.Contract("bhqk,bhkd->bhqd", scores.Softmax(3), v), bind("q", f, dims), bind("k", f, dims), bind("v", f, dims)),
		})
	}
	const side = 1000
	g := expr.Input("g", f, side, side)
	list = append(list, Row{
		Name: "gram-f32-1000", DType: f, Flop: 2 * side * side * side, Bytes: 8 * side * side,
		Prepare: compiled(einsum.Contract("ki,kj->ij", g, g), bind("g", f, []int{side, side})),
	})
	const m, in, out = 512, 768, 3072
	x, w, b := expr.Input("x", f, m, in), expr.Input("w", f, in, out), expr.Input("b", f, out)
	return append(list, Row{
		Name: "linear-gelu", DType: f, Flop: 2 * m * in * out, Bytes: 4 * (m*in + in*out + m*out),
		Prepare: compiled(x.MatMul(w).Add(b).Gelu(), bind("x", f, []int{m, in}), bind("w", f, []int{in, out}), bind("b", f, []int{out})),
	})
}

// chain is tanh(2x+y)*exp(-x*x) over n elements.
func chain(n int) expr.Expr {
	x, y := expr.Input("x", tensor.Float32, n), expr.Input("y", tensor.Float32, n)
	return x.Mul(expr.Scalar(2)).Add(y).Tanh().Mul(x.Neg().Mul(x).Exp())
}

// elementwise are maps and what moves data.
func elementwise() []Row {
	var list []Row
	f := tensor.Float32
	x := func(n int) expr.Expr { return expr.Input("x", f, n) }
	y := func(n int) expr.Expr { return expr.Input("y", f, n) }
	for _, g := range []struct {
		name  string
		build func(n int) expr.Expr
	}{
		{"add", func(n int) expr.Expr { return x(n).Add(y(n)) }},
		{"chain", chain},
		{"poly", func(n int) expr.Expr {
			return x(n).Mul(x(n)).Mul(expr.Scalar(3)).Add(y(n).Mul(expr.Scalar(2))).Sub(expr.Scalar(1)).Mul(x(n))
		}},
	} {
		for _, n := range []int{1_000_000, 10_000_000} {
			list = append(list, Row{
				Name: fmt.Sprintf("%s-%dM", g.name, n/1_000_000), Bytes: 12 * float64(n),
				Prepare: compiled(g.build(n), bind("x", f, []int{n}), bind("y", f, []int{n})),
			})
		}
	}
	const n = 10_000_000
	bytes := expr.Input("x", tensor.Uint8, n)
	square := expr.Input("x", f, 4096, 4096)
	places := expr.Input("i", tensor.Int64, 1_000_000)
	return append(list,
		Row{Name: "transpose-4096", Bytes: 8 * 4096 * 4096, Prepare: compiled(square.Transpose(1, 0), bind("x", f, []int{4096, 4096}))},
		Row{Name: "cast-u8-f32-10M", Bytes: 5 * n, Prepare: compiled(bytes.Cast(f), bind("x", tensor.Uint8, []int{n}))},
		Row{Name: "take-1M", Bytes: 16 * 1_000_000, Prepare: compiled(x(n).Take(places, 0), bind("x", f, []int{n}), scattered(1_000_000, n))},
	)
}

// narrow are bools and integers of one and two bytes.
func narrow() []Row {
	const few, many = 1_000_000, 10_000_000
	f, u, w, b := tensor.Float32, tensor.Uint8, tensor.Int16, tensor.Bool
	var list []Row
	add := func(name string, n, bytes int, d tensor.DType, build func(x, y expr.Expr) expr.Expr) {
		x, y := expr.Input("x", d, n), expr.Input("y", d, n)
		list = append(list, Row{Name: name, Bytes: float64(bytes * n), Prepare: compiled(build(x, y), bind("x", d, []int{n}), bind("y", d, []int{n}))})
	}
	for _, n := range []int{few, many} {
		of := fmt.Sprintf("-%dM", n/few)
		add("less-f32"+of, n, 9, f, func(x, y expr.Expr) expr.Expr { return x.Less(y) })
		add("mask"+of, n, 3, b, func(x, y expr.Expr) expr.Expr { return x.And(y).Or(x.Not()) })
		add("add-u8"+of, n, 3, u, func(x, y expr.Expr) expr.Expr { return x.Add(y) })
		add("muladd-i16"+of, n, 6, w, func(x, y expr.Expr) expr.Expr { return x.Mul(y).Add(x) })
		add("select-f32"+of, n, 12, f, func(x, y expr.Expr) expr.Expr { return x.Less(y).Where(x, y) })
		add("select-u8"+of, n, 3, u, func(x, y expr.Expr) expr.Expr { return x.Less(y).Where(x, y) })
	}
	one := func(name string, d tensor.DType, bytes int, build func(x expr.Expr) expr.Expr) {
		list = append(list, Row{Name: name, Bytes: float64(bytes * many), Prepare: compiled(build(expr.Input("x", d, many)), bind("x", d, []int{many}))})
	}
	one("cast-f32-u8-10M", f, 5, func(x expr.Expr) expr.Expr { return x.Cast(u) })
	one("cast-u8-i16-10M", u, 3, func(x expr.Expr) expr.Expr { return x.Cast(w) })
	one("max-u8-10M", u, 1, func(x expr.Expr) expr.Expr { return x.Max() })
	one("any-10M", b, 1, func(x expr.Expr) expr.Expr { return x.Any() })
	one("sum-u8-10M", u, 1, func(x expr.Expr) expr.Expr { return x.Cast(tensor.Int64).Sum() })
	one("count-10M", b, 1, func(x expr.Expr) expr.Expr { return x.Cast(tensor.Int64).Sum() })
	return list
}

// rows are reductions and what is normalised along an axis.
func rows() []Row {
	var list []Row
	f := tensor.Float32
	add := func(name string, bytes int, build func(x expr.Expr) expr.Expr, dims ...int) {
		list = append(list, Row{Name: name, Bytes: float64(bytes), Prepare: compiled(build(expr.Input("x", f, dims...)), bind("x", f, dims))})
	}
	for _, s := range [][2]int{{32, 768}, {100_000, 64}, {1024, 1024}} {
		n := s[0] * s[1]
		add(fmt.Sprintf("standardize-%dx%d", s[0], s[1]), 8*n, func(x expr.Expr) expr.Expr { return x.Standardise(0) }, s[:]...)
		add(fmt.Sprintf("softmax-%dx%d", s[0], s[1]), 8*n, func(x expr.Expr) expr.Expr { return x.Softmax(1) }, s[:]...)
	}
	for _, s := range [][2]int{{32, 768}, {8192, 1024}} {
		add(fmt.Sprintf("layernorm-%dx%d", s[0], s[1]), 8*s[0]*s[1], func(x expr.Expr) expr.Expr { return x.LayerNorm(1e-5, 1) }, s[:]...)
	}
	const n = 1024
	add("sum0-1024", 4*n*n, func(x expr.Expr) expr.Expr { return x.Sum(0) }, n, n)
	add("sum1-1024", 4*n*n, func(x expr.Expr) expr.Expr { return x.Sum(1) }, n, n)
	add("sum-10M", 40_000_000, func(x expr.Expr) expr.Expr { return x.Sum() }, 10_000_000)
	add("cumsum-10M", 80_000_000, func(x expr.Expr) expr.Expr { return x.CumSum() }, 10_000_000)
	add("argmax-1024", 4*n*n, func(x expr.Expr) expr.Expr { return x.ArgMax(1) }, n, n)
	return list
}

// tiny are what is all overhead: calls, plans and code.
func tiny() []Row {
	f := tensor.Float32
	four := []int{4, 4}
	x := func(name string) expr.Expr { return expr.Input(name, f, 4, 4) }
	return []Row{
		{Name: "tiny-einsum", Prepare: compiled(einsum.Contract("ij,jk->ik", x("x"), x("y")), bind("x", f, four), bind("y", f, four))},
		{Name: "tiny-eval", Prepare: tinyEval},
		{Name: "compile-cold", Prepare: cold(chain(1_000_000))},
		{Name: "compile-cold-matmul", Prepare: cold(expr.Input("x", f, 1024, 1024).MatMul(expr.Input("y", f, 1024, 1024)))},
	}
}

// tinyEval is Eval of a 4x4 product, graph and all, with a warm cache.
func tinyEval(c runtime.Config) (*Prepared, error) {
	s, err := runtime.Open(c)
	if err != nil {
		return nil, err
	}
	x, err := filled(tensor.Float32, []int{4, 4})
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	once := func() error {
		_, err := s.Eval(ctx, einsum.Contract("ij,jk->ik", expr.From(x), expr.From(x)))
		return err
	}
	return &Prepared{Once: once, Close: s.Close}, nil
}
