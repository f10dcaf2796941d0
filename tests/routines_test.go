package tests

import (
	"context"
	"fmt"
	"math/cmplx"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/cases"
)

// routineCases build the expressions of recorded answers that routines give.
var routineCases = map[string]func(c *cases.Case, x []expr.Expr) expr.Expr{
	"inv":          func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Inv() },
	"det":          func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Det() },
	"slogdet sign": func(_ *cases.Case, x []expr.Expr) expr.Expr { sign, _ := x[0].SlogDet(); return sign },
	"slogdet log":  func(_ *cases.Case, x []expr.Expr) expr.Expr { _, log := x[0].SlogDet(); return log },
	"solve":        func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Solve(x[1]) },
	"cholesky":     func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Cholesky() },
	"eigvalsh":     func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Eigvalsh() },
	"svdvals":      func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].SVDVals() },
	"pinv":         func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].Pinv(c.Value) },
	"lstsq":        func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Lstsq(x[1], -1) },
	"matrix_rank":  func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].MatrixRank(-1) },
	"cond":         func(_ *cases.Case, x []expr.Expr) expr.Expr { return x[0].Cond() },
	"sort":         func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].Sort(*c.Axis) },
	"argsort":      func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].ArgSort(*c.Axis) },
	"quantile":     func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].Quantile(c.Value, c.Axes...) },
	"searchsorted": func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].SearchSorted(x[1], c.Offset == 1) },
	"median": func(c *cases.Case, x []expr.Expr) expr.Expr {
		if y := x[0].Median(c.Axes...); c.KeepDims {
			return y.KeepDims()
		} else {
			return y
		}
	},
	"fft":   func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].FFT(*c.Axis) },
	"ifft":  func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].IFFT(*c.Axis) },
	"rfft":  func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].RFFT(*c.Axis) },
	"irfft": func(c *cases.Case, x []expr.Expr) expr.Expr { return x[0].IRFFT(c.Rows, *c.Axis) },
}

// TestRoutinesAsNumPy holds every device to what NumPy answered; Vulkan, whose driver compiles what stands around a routine, to every eighth answer
// unless -long is set.
func TestRoutinesAsNumPy(t *testing.T) {
	_, list, err := cases.Read("testdata/routines.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range ways(t) {
		t.Run(w.name, func(t *testing.T) {
			step := 1
			if strings.HasPrefix(w.name, "vulkan") && !*long {
				step = 8
			}
			for i := 0; i < len(list); i += step {
				c := &list[i]
				x, err := c.Operands(i%2 == 0)
				if err != nil {
					t.Fatal(err)
				}
				var args []runtime.Arg
				if i%2 == 0 {
					for name, v := range c.Inputs() {
						args = append(args, runtime.Bind(name, v))
					}
				}
				got, err := w.session.Eval(context.Background(), routineCases[c.Op](c, x), args...)
				if err != nil {
					t.Errorf("%v: %v", c, err)
					continue
				}
				close(t, c.String(), got, c.Out, c.Op == "sort" || c.Op == "argsort" || c.Op == "searchsorted")
			}
		})
	}
	t.Logf("%d cases", len(list))
}

// close holds two arrays of one dtype and shape to each other: to the number where they are exact, else within what rounding does to
// well-conditioned operands of a few rows.
func close(t *testing.T, what string, got, want *tensor.Tensor, exact bool) {
	t.Helper()
	if got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) {
		t.Errorf("%s is %v%v, want %v%v", what, got.DType(), got.Shape(), want.DType(), want.Shape())
		return
	}
	most, tolerance := 1.0, 1e-10
	if d := want.DType(); d == tensor.Float32 || d == tensor.Complex64 {
		tolerance = 2e-5
	}
	if exact {
		tolerance = 0
	}
	a, b := got.Complex128s(), want.Complex128s()
	for _, v := range b {
		if !cmplx.IsInf(v) && !cmplx.IsNaN(v) {
			most = max(most, cmplx.Abs(v))
		}
	}
	for i := range a {
		if same := a[i] == b[i] || cmplx.IsNaN(a[i]) && cmplx.IsNaN(b[i]); !same && !(cmplx.Abs(a[i]-b[i]) <= tolerance*most) {
			t.Errorf("%s: element %d is %v, want %v", what, i, a[i], b[i])
			return
		}
	}
}

// TestFactorsMultiply holds factorizations, of batches, to their laws: the products are computed in the same graph.
func TestFactorsMultiply(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	batch := func(d tensor.DType, dims ...int) expr.Expr {
		data := make([]float64, tensor.Shape(dims).Len())
		for i := range data {
			data[i] = r.NormFloat64()
		}
		return expr.Of(data, dims...).Cast(d)
	}
	for _, w := range ways(t) {
		for _, d := range []tensor.DType{tensor.Float64, tensor.Float32} {
			tall, wide, square := batch(d, 2, 3, 6, 4), batch(d, 4, 6), batch(d, 5, 4, 4)
			symmetric := square.Add(square.Transpose(0, 2, 1))
			q, rr := tall.QR()
			u, s, vt := wide.SVD()
			lower := symmetric.MatMul(symmetric).Add(expr.Eye(d, 4)).Cholesky()
			lw, lv := symmetric.Eigh()
			ew, ev := square.Eig()
			values, places := tall.TopK(3, 2)
			column := func(x expr.Expr) expr.Expr { return x.Expand(-2) }
			pairs := []expr.Expr{
				q.MatMul(rr), tall,
				q.Transpose(0, 1, 3, 2).MatMul(q), expr.Eye(d, 4).Broadcast(2, 3, 4, 4),
				u.Mul(column(s)).MatMul(vt), wide,
				lv.Mul(column(lw)).MatMul(lv.Transpose(0, 2, 1)), symmetric,
				square.Cast(ew.DType()).MatMul(ev), ev.Mul(column(ew)),
				values, tall.Sort(2).Flip(2).Slice(tensor.All(), tensor.All(), tensor.To(3)),
				places, tall.Neg().ArgSort(2).Slice(tensor.All(), tensor.All(), tensor.To(3)),
				square.MatMul(square.Inv()), expr.Eye(d, 4).Broadcast(5, 4, 4),
				lower.MatMul(lower.SolveTriangular(expr.Ones(d, 4, 2), true)), expr.Ones(d, 5, 4, 2),
				lower.SolveTriangular(expr.Ones(d, 4), true), lower.Solve(expr.Ones(d, 4)),
			}
			got := w.run(t, pairs...)
			for i := 0; i < len(got); i += 2 {
				close(t, fmt.Sprintf("%s: pair %d", w.name, i/2), got[i], got[i+1], false)
			}
		}
	}
}

// TestRoutinesInPlans holds calls to what every other node keeps: equal calls are made once, frozen operands' results are kept from run to run,
// operands are read where they lie, and outputs may be one value.
func TestRoutinesInPlans(t *testing.T) {
	s, err := runtime.Open(runtime.Config{Device: "cpu", Check: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	data, err := tensor.New([]float64{4, 1, 2, 3, 9, 1, 5, 6, 8}, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	x := expr.Input("x", tensor.Float64, 3, 3)
	for _, c := range []struct {
		name  string
		roots []expr.Expr
		want  string // what the plan holds
		times int
	}{
		{"equal calls", []expr.Expr{x.Inv(), x.Inv().Mul(x.Inv())}, "call inv", 1},
		{"one output twice", []expr.Expr{x.Sort(0), x.Sort(0)}, "call sort", 1},
		{"a transposed operand", []expr.Expr{x.T().Inv()}, "in   x f64[3 3] strides [1 3]", 1},
		{"an operand of a frozen call", []expr.Expr{x.MatMul(expr.Frozen(data).Inv())}, "call inv", 0},
	} {
		p, err := s.Compile(context.Background(), c.roots...)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		_, kernels, _ := strings.Cut(p.Plan(), "; stage kernel")
		if n := strings.Count(kernels, c.want); n != c.times {
			t.Errorf("%s: the kernels have %d of %q, want %d:\n%s", c.name, n, c.want, c.times, kernels)
		}
		for range 2 {
			if _, err := p.Run(context.Background(), runtime.Bind("x", data)); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// TestRoutinesWithoutResult says at which line, and at which place of the batch, there is no result.
func TestRoutinesWithoutResult(t *testing.T) {
	sessions(t, func(t *testing.T, s *runtime.Session) {
		x := expr.Ones(tensor.Float32, 2, 3, 3).Add(expr.Eye(tensor.Float32, 3).Mul(expr.Of([]float32{1, 0}, 2, 1, 1)))
		_, err := s.Eval(context.Background(), x.Inv().Sum())
		if want := "inv: at [1] of the batch [2]: the matrix is singular"; err == nil || !strings.HasPrefix(err.Error(), "routines_test.go:") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want a line and %q", err, want)
		}
		_, err = s.Eval(context.Background(), x.Log().Log().SVDVals())
		if want := "svdvals: at [0] of the batch [2]: the matrix holds NaN or infinity"; err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	})
}
