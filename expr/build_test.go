package expr_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

var inf = math.Inf(1)

func input(dims ...int) expr.Expr { return expr.Input("x", tensor.Float32, dims...) }

// Builders give the shapes and dtypes that NumPy gives.
func TestBuildersGiveTypes(t *testing.T) {
	x := input(2, 3, 4)
	i8 := expr.Input("i", tensor.Int8, 5, 2)
	f16 := expr.Input("h", tensor.Float16, 4)
	bf := expr.Input("b", tensor.BFloat16, 4)
	boolean := expr.Input("t", tensor.Bool, 3)
	c := expr.Input("c", tensor.Complex64, 3)
	at := expr.Of([]int32{1, -1}, 2, 1)
	for _, test := range []struct {
		name string
		x    expr.Expr
		want string
	}{
		{"add", x.Add(input(4)), "f32[2 3 4]"},
		{"add stretched", input(2, 1).Add(input(1, 3)), "f32[2 3]"},
		{"add of nothing", input(0, 1).Add(input(3)), "f32[0 3]"},
		{"div", i8.Div(expr.ScalarInt(2)), "f64[5 2]"},
		{"halves", f16.Add(bf), "f32[4]"},
		{"clip", i8.Clip(expr.ScalarInt(-1), expr.ScalarInt(1)), "i8[5 2]"},
		{"cast", i8.Cast(tensor.Float16), "f16[5 2]"},
		{"full", expr.Full(tensor.Uint8, 255, 2, 2), "u8[2 2]"},
		{"zeros", expr.Zeros(tensor.Bool), "bool[]"},
		{"eye", expr.Eye(tensor.Complex64, 3), "c64[3 3]"},
		{"arange", expr.Arange(tensor.Int16, 0, 10, 3), "i16[4]"},
		{"arange down", expr.Arange(tensor.Float32, 1, 0, -0.25), "f32[4]"},
		{"arange none", expr.Arange(tensor.Float32, 1, 0, 1), "f32[0]"},
		{"linspace", expr.Linspace(tensor.Float16, 0, 1, 5), "f16[5]"},
		{"linspace one", expr.Linspace(tensor.Float64, 0, 1, 1), "f64[1]"},
		{"linspace none", expr.Linspace(tensor.Float64, 0, 1, 0), "f64[0]"},
		{"of", expr.Of([]float64{1, 2, 3}), "f64[3]"},
		{"sum", x.Sum(), "f32[]"},
		{"sum of axes", x.Sum(-1, 0), "f32[3]"},
		{"sum kept", x.Sum(-1, 0).KeepDims(), "f32[1 3 1]"},
		{"sum all kept", x.Sum().KeepDims(), "f32[1 1 1]"},
		{"sum of a scalar", input().Sum().KeepDims(), "f32[]"},
		{"sum of ints", i8.Sum(0), "i64[2]"},
		{"sum of unsigned", i8.Cast(tensor.Uint16).Sum(0), "u64[2]"},
		{"sum of bool", boolean.Sum(), "i64[]"},
		{"sum of halves", f16.Sum(), "f16[]"},
		{"prod", i8.Prod(1), "i64[5]"},
		{"max", i8.Max(1), "i8[5]"},
		{"max of bool", boolean.Max(), "bool[]"},
		{"any", x.Any(1), "bool[2 4]"},
		{"argmax", x.ArgMax(1), "i64[2 4]"},
		{"argmax kept", x.ArgMax(1).KeepDims(), "i64[2 1 4]"},
		{"argmin of all", x.ArgMin(), "i64[]"},
		{"argmin of some", x.ArgMin(0, 2).KeepDims(), "i64[1 3 1]"},
		{"argmax of bool", boolean.ArgMax(), "i64[]"},
		{"mean", x.Mean(0), "f32[3 4]"},
		{"mean of ints", i8.Mean(), "f64[]"},
		{"mean of halves", bf.Mean().KeepDims(), "bf16[1]"},
		{"mean of complex", c.Mean(), "c64[]"},
		{"mean of nothing", input(0, 2).Mean(0), "f32[2]"},
		{"var", x.VarCorrected(1, 0, 1), "f32[4]"},
		{"var of complex", c.Var(), "f32[]"},
		{"std of halves", f16.Std(), "f16[]"},
		{"logsumexp", x.LogSumExp(-2), "f32[2 4]"},
		{"logsumexp of nothing", input(0, 2).LogSumExp(0), "f32[2]"},
		{"softmax", x.Softmax(-1), "f32[2 3 4]"},
		{"softmax of ints", i8.Softmax(), "f64[5 2]"},
		{"logsoftmax", f16.LogSoftmax(0), "f16[4]"},
		{"standardise", x.Standardise(0), "f32[2 3 4]"},
		{"layernorm", x.LayerNorm(1e-5, -1), "f32[2 3 4]"},
		{"reshape", x.Reshape(-1, 6), "f32[4 6]"},
		{"reshape nothing", input(0, 3).Reshape(5, 0), "f32[5 0]"},
		{"transpose", x.Transpose(), "f32[4 3 2]"},
		{"transpose some", x.Transpose(1, -1, 0), "f32[3 4 2]"},
		{"broadcast", input(3, 1).Broadcast(2, 3, 4), "f32[2 3 4]"},
		{"slice", x.Slice(tensor.All(), tensor.All().By(-2), tensor.Span(1, -1)), "f32[2 2 2]"},
		{"index", x.Index(1, -1), "f32[2 4]"},
		{"at", x.At(1, -1), "f32[4]"},
		{"expand", x.Expand(0, -1), "f32[1 2 3 4 1]"},
		{"squeeze", input(1, 2, 1).Squeeze(), "f32[2]"},
		{"squeeze one", input(1, 2, 1).Squeeze(-1), "f32[1 2]"},
		{"flip", x.Flip(1), "f32[2 3 4]"},
		{"pad", x.Pad(0, [2]int{1, 2}, [2]int{}, [2]int{0, 3}), "f32[5 3 7]"},
		{"diagonal", x.Diagonal(1, 0, -1), "f32[3 2]"},
		{"diagonal below", x.Diagonal(-1, 0, 2), "f32[3 1]"},
		{"diagonal outside", x.Diagonal(9, 0, 2), "f32[3 0]"},
		{"concat", expr.Concat(-1, x, x.Cast(tensor.Float64)), "f64[2 3 8]"},
		{"stack", expr.Stack(-1, x, x, x), "f32[2 3 4 3]"},
		{"stack of scalars", expr.Stack(0, expr.ScalarInt(1), expr.Scalar(2)), "f64[2]"},
		{"matmul", x.MatMul(input(4, 5)), "f32[2 3 5]"},
		{"matmul batches", input(7, 1, 2, 3).MatMul(input(6, 3, 4)), "f32[7 6 2 4]"},
		{"matmul batches of one", input(1, 2, 3).MatMul(input(1, 3, 4)), "f32[1 2 4]"},
		{"matmul one batch", input(5, 2, 3).MatMul(input(1, 3, 4)), "f32[5 2 4]"},
		{"matmul empty batch", input(0, 2, 3).MatMul(input(1, 3, 4)), "f32[0 2 4]"},
		{"matmul row", input(4).MatMul(input(4, 5)), "f32[5]"},
		{"matmul row of batch", input(3).MatMul(input(2, 3, 4)), "f32[2 4]"},
		{"matmul column", x.MatMul(input(4)), "f32[2 3]"},
		{"matmul inner", input(4).MatMul(input(4)), "f32[]"},
		{"matmul of ints", i8.MatMul(i8.T()), "i8[5 5]"},
		{"matmul of halves", f16.MatMul(f16), "f16[]"},
		{"tensordot", x.Tensordot(input(4, 3, 5), []int{1, 2}, []int{1, 0}), "f32[2 5]"},
		{"dot", x.Dot(input(5, 4, 6)), "f32[2 3 5 6]"},
		{"dot scalar", x.Dot(expr.Scalar(2)), "f32[2 3 4]"},
		{"outer", input(2).Outer(input(3, 4)), "f32[2 3 4]"},
		{"take", x.Take(at, 1), "f32[2 2 1 4]"},
		{"take one", x.Take(expr.ScalarInt(0), 0), "f32[3 4]"},
	} {
		got := test.x.DType().String() + test.x.Shape().String()
		if err := test.x.Err(); err != nil || got != test.want {
			t.Errorf("%s: %s %v, want %s", test.name, got, err, test.want)
		}
	}
}

// What changes nothing makes no node.
func TestNothingToDo(t *testing.T) {
	x := input(2, 3)
	for name, y := range map[string]expr.Expr{
		"reshape": x.Reshape(2, -1), "broadcast": x.Broadcast(2, 3), "cast": x.Cast(tensor.Float32), "transpose": x.Transpose(0, 1),
		"slice": x.Slice(tensor.All(), tensor.Span(0, 9)), "pad": x.Pad(1, [2]int{}, [2]int{}), "squeeze": x.Squeeze(),
		"concat": expr.Concat(0, x), "sum over an axis of a scalar": input().Sum(),
	} {
		if want := x; name[0] == 's' && y.Rank() == 0 {
			if y.Node().Kind != expr.KInput {
				t.Errorf("%s made %v", name, y)
			}
		} else if y.Node() != want.Node() {
			t.Errorf("%s made %v", name, y)
		}
	}
}

// Every node of every builder stands at the line of the user who called it.
func TestNodesStandAtTheUsersLine(t *testing.T) {
	x := input(2, 3).Softmax(-1).LayerNorm(1e-5).LogSumExp(0).KeepDims().Add(expr.Scalar(1)).MatMul(expr.Eye(tensor.Float32, 3)).VarCorrected(1, 1).Std()
	y := expr.Stack(0, expr.Concat(0, input(2), expr.Linspace(tensor.Float32, 0, 1, 3)).Take(expr.Of([]int8{1}), 0).ArgMax(), expr.Full(tensor.Float32, 2)).Pad(1, [2]int{1, 1})
	want := ""
	for _, root := range []expr.Expr{x, y} {
		if root.Err() != nil {
			t.Fatal(root.Err())
		}
		want = root.Node().Pos.String()
		for n := range expr.Walk(root.Node()) {
			got := n.Pos.String()
			// input's own line is in this file too, but not this one
			if got != want && n.Kind != expr.KInput || !strings.HasPrefix(got, "build_test.go:") {
				t.Errorf("%v stands at %s, want %s", n.Kind, got, want)
			}
		}
	}
}

// Broadcasting does not depend on the order of operands, nor on how they are grouped, and gives each axis the size that is not 1.
func TestBroadcastingLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	shape := func() []int {
		s := make([]int, r.IntN(4))
		for k := range s {
			s[k] = []int{0, 1, 1, 2, 3}[r.IntN(5)]
		}
		return s
	}
	agreed := 0
	for range 3000 {
		a, b, c := input(shape()...), input(shape()...), input(shape()...)
		ab, ba := a.Add(b), b.Add(a)
		if (ab.Err() == nil) != (ba.Err() == nil) || !slices.Equal(ab.Shape(), ba.Shape()) {
			t.Fatalf("%v and %v: %v or %v", a.Shape(), b.Shape(), ab, ba)
		}
		left, right := ab.Add(c), a.Add(b.Add(c))
		if (left.Err() == nil) != (right.Err() == nil) || !slices.Equal(left.Shape(), right.Shape()) {
			t.Fatalf("%v, %v and %v: %v or %v", a.Shape(), b.Shape(), c.Shape(), left, right)
		}
		if ab.Err() != nil {
			continue
		}
		agreed++
		for i := range ab.Shape() {
			size := 1
			for _, x := range []expr.Expr{a, b} {
				if k := i - ab.Rank() + x.Rank(); k >= 0 && x.Shape()[k] != 1 {
					size = x.Shape()[k]
				}
			}
			if ab.Shape()[i] != size {
				t.Fatalf("%v and %v give %v", a.Shape(), b.Shape(), ab.Shape())
			}
		}
	}
	if agreed < 500 {
		t.Errorf("only %d pairs agreed", agreed)
	}
}

// A contraction stretches nothing: batch axes of size 1 leave the operand, so that no copy is ever made.
func TestMatMulMakesNoCopies(t *testing.T) {
	for n := range expr.Walk(input(7, 1, 2, 3).MatMul(input(6, 3, 4)).Node()) {
		if n.Kind == expr.KBroadcast {
			t.Error("a broadcast")
		}
	}
}

func TestZeroExpr(t *testing.T) {
	var zero expr.Expr
	if zero.Err() == nil || zero.Node() != nil || zero.Rank() != 0 || zero.DType() != tensor.Invalid || zero.Weak() {
		t.Error("the zero Expr passes for one")
	}
	x := input(2)
	for name, y := range map[string]expr.Expr{
		"add": x.Add(zero), "sum": zero.Sum(), "reshape": zero.Reshape(1), "concat": expr.Concat(0, x, zero), "take": x.Take(zero, 0),
		"matmul": zero.MatMul(x), "cast": zero.Cast(tensor.Int8), "keepdims": zero.KeepDims(), "softmax": zero.Softmax(0),
	} {
		if err := y.Err(); err == nil || !strings.Contains(err.Error(), "is the zero Expr") || !strings.HasPrefix(err.Error(), "build_test.go:") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !strings.HasPrefix(zero.String(), "%0 = bad zero-expr ") {
		t.Error(zero.String())
	}
}

func BenchmarkAdd(b *testing.B) {
	x := input(512, 256)
	b.ReportAllocs()
	for b.Loop() {
		x.Add(x)
	}
}

func BenchmarkAddBroadcast(b *testing.B) {
	x, y := input(512, 256), input(256)
	b.ReportAllocs()
	for b.Loop() {
		x.Add(y)
	}
}

func BenchmarkMatMul(b *testing.B) {
	x, y := input(512, 256), input(256, 128)
	b.ReportAllocs()
	for b.Loop() {
		x.MatMul(y)
	}
}

func BenchmarkSoftmax(b *testing.B) {
	x := input(512, 256)
	b.ReportAllocs()
	for b.Loop() {
		x.Softmax(-1)
	}
}
