package oracle_test

import (
	"math"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/tensor"
)

// eval computes the graph text src, whose inputs are bound.
func eval(t *testing.T, src string, bind map[string]*tensor.Tensor) oracle.Bounded {
	t.Helper()
	roots, err := expr.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	got, err := oracle.EvalBound(bind, roots...)
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

// want holds got to the elements data, to the bit but for the payload of NaN.
func want[T tensor.Element](t *testing.T, what string, got oracle.Bounded, data ...T) {
	t.Helper()
	w, err := tensor.New(data, got.Value.Shape()...)
	if err != nil {
		t.Fatal(err)
	}
	if err := (oracle.Bounded{Value: w}).Check(got.Value); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func input[T tensor.Element](t *testing.T, data []T, dims ...int) *tensor.Tensor {
	t.Helper()
	x, err := tensor.New(data, dims...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestIntegersWrap(t *testing.T) {
	x := map[string]*tensor.Tensor{"x": input(t, []int8{127, 1, -128, -1}, 2, 2)}
	want(t, "sum", eval(t, `%0 = input "x" i8[2 2]
%1 = sum %0 axes [1] i8[2]
return %1`, x), int8(-128), int8(127))
	want(t, "prod", eval(t, `%0 = input "x" i8[2 2]
%1 = prod %0 axes [1] i8[2]
return %1`, x), int8(127), int8(-128))
	u := map[string]*tensor.Tensor{"x": input(t, []uint64{1 << 63, 1 << 63, 1, math.MaxUint64}, 4)}
	want(t, "sum", eval(t, `%0 = input "x" u64[4]
%1 = sum %0 axes [0] u64[]
return %1`, u), uint64(0))
	want(t, "max", eval(t, `%0 = input "x" u64[4]
%1 = max %0 axes [0] u64[]
return %1`, u), uint64(math.MaxUint64))
	want(t, "argmin", eval(t, `%0 = input "x" u64[4]
%1 = argmin %0 axes [0] i64[]
return %1`, u), int64(2))
	want(t, "contract", eval(t, `%0 = input "x" u64[4]
%1 = contract "i,i,i->" %0 %0 %0 u64[]
return %1`, u), uint64(0))
}

func TestContractions(t *testing.T) {
	x := map[string]*tensor.Tensor{
		"a": input(t, []float32{1, 2, 3, 4}, 2, 2), "b": input(t, []float32{10, 100}, 2), "none": input(t, []float32{}, 2, 0),
		"p": input(t, []bool{true, false, false, false}, 2, 2), "q": input(t, []bool{false, true}, 2),
	}
	want(t, "matrix times vector", eval(t, `%0 = input "a" f32[2 2]
%1 = input "b" f32[2]
%2 = contract "ij,j->i" %0 %1 f32[2]
return %2`, x), float32(210), float32(430))
	want(t, "trace", eval(t, `%0 = input "a" f32[2 2]
%1 = contract "ii->" %0 f32[]
return %1`, x), float32(5))
	want(t, "diagonal of three", eval(t, `%0 = input "a" f32[2 2]
%1 = input "b" f32[2]
%2 = contract "ii,i,ij->j" %0 %1 %0 f32[2]
return %2`, x), float32(10+1200), float32(20+1600))
	want(t, "nothing to sum", eval(t, `%0 = input "none" f32[2 0]
%1 = contract "ij->i" %0 f32[2]
return %1`, x), float32(0), float32(0))
	want(t, "or of and", eval(t, `%0 = input "p" bool[2 2]
%1 = input "q" bool[2]
%2 = contract "ij,k->ik" %0 %1 bool[2 2]
return %2`, x), false, true, false, false)
}

func TestExtremes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	x := map[string]*tensor.Tensor{"x": input(t, []float64{1, 3, 3, 1, 2, nan, inf, nan, -inf, 2, -inf, 2}, 3, 4)}
	graph := func(fold, dtype string) string {
		return "%0 = input \"x\" f64[3 4]\n%1 = " + fold + " %0 axes [1] " + dtype + "[3]\nreturn %1"
	}
	want(t, "max", eval(t, graph("max", "f64"), x), 3, nan, 2)
	want(t, "min", eval(t, graph("min", "f64"), x), 1, nan, -inf)
	want(t, "argmax", eval(t, graph("argmax", "i64"), x), int64(1), int64(1), int64(1))
	want(t, "argmin", eval(t, graph("argmin", "i64"), x), int64(0), int64(1), int64(0))
}

func TestErrors(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 3)
	y := expr.Of([]float32{1, 2}, 2)
	index := expr.Of([]int64{0, -4}, 2)
	three := input(t, []float32{1, 2, 3}, 3)
	for _, c := range []struct {
		what string
		x    expr.Expr
		bind map[string]*tensor.Tensor
		want string
	}{
		{"unbound", x, nil, `oracle_test.go:`},
		{"unbound", x, nil, `input "x" (f32[3]) is not bound`},
		{"wrong shape", x, map[string]*tensor.Tensor{"x": input(t, []float32{1}, 1)}, `input "x" is f32[3], but the tensor bound to it is f32[1]`},
		{"range", x.Take(index, 0), map[string]*tensor.Tensor{"x": three}, "index -4 is out of range for axis 0 of size 3"},
		{"mistake", x.Reshape(2, 2), nil, "reshape"},
		{"two mistakes", expr.Concat(0, x.Reshape(2, 2), y.Reshape(3)), nil, "f32[2]"},
		{"too large", y.Broadcast(1<<28, 2), nil, "more than the 268435456 elements"},
		{"zero", expr.Expr{}, nil, "root 0 is the zero Expr"},
	} {
		_, err := oracle.EvalWith(c.bind, c.x)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q in it", c.what, err, c.want)
		}
	}
}

func TestLongChain(t *testing.T) {
	x := expr.Of([]int64{1, 2, 3}, 3)
	for range 50_000 {
		x = x.Flip()
	}
	got, err := oracle.Eval(x)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "flipped an even number of times", oracle.Bounded{Value: got[0]}, int64(1), int64(2), int64(3))
}

// TestUnstable shows which elements cannot be compared.
func TestUnstable(t *testing.T) {
	x := map[string]*tensor.Tensor{"x": input(t, []float32{0.1, 0.2, 0.3, 1e20, 1, -1e20, 2, 3, 4}, 3, 3)}
	sum := "%0 = input \"x\" f32[3 3]\n%1 = sum %0 axes [1] f32[3]\n%2 = const 1 f32[]\n%3 = broadcast %2 f32[3]\n"
	for _, c := range []struct {
		what, tail string
		want       []bool
	}{
		{"a sum", "return %1", []bool{false, false, false}},
		{"a comparison of what was rounded", "%4 = less %1 %3 bool[3]\nreturn %4", []bool{false, true, false}},
		{"a quotient by what may be zero", "%4 = div %3 %1 f32[3]\nreturn %4", []bool{false, true, false}},
		{"a negative number's power, where the exponent may be whole", "%4 = neg %3 f32[3]\n%5 = pow %4 %1 f32[3]\nreturn %5", []bool{false, true, true}},
		{"a cast to integers", "%4 = cast %1 i32[3]\nreturn %4", []bool{false, true, true}},
		{"the first of the greatest", "%4 = argmax %1 axes [0] i64[]\nreturn %4", []bool{true}},
		{"the greatest itself", "%4 = max %1 axes [0] f32[]\nreturn %4", []bool{false}},
		{"a choice by a comparison", "%4 = less %1 %3 bool[3]\n%5 = where %4 %1 %3 f32[3]\nreturn %5", []bool{false, true, false}},
		{"a choice of equals", "%4 = less %1 %3 bool[3]\n%5 = where %4 %3 %3 f32[3]\nreturn %5", []bool{false, false, false}},
	} {
		got := eval(t, sum+c.tail, x)
		for k, unstable := range c.want {
			if is := got.Bound != nil && math.IsInf(got.Bound[k], 1); is != unstable {
				t.Errorf("%s: element %d: unstable is %v, want %v (value %v, bound %v)", c.what, k, is, unstable, got.Value, got.Bound)
			}
		}
	}
}

// TestMergedContractions holds orders that the planner may choose, across nodes and through cancellation, to the bound.
func TestMergedContractions(t *testing.T) {
	x := map[string]*tensor.Tensor{
		"a": input(t, []float32{1e4, 1, -1e4, 3}, 1, 4), "b": input(t, []float32{1e4, 0.1, 1e4, 0.3}, 4, 1), "c": input(t, []float32{3e3}, 1, 1),
	}
	got := eval(t, `%0 = input "a" f32[1 4]
%1 = input "b" f32[4 1]
%2 = input "c" f32[1 1]
%3 = contract "ij,jk->ik" %0 %1 f32[1 1]
%4 = contract "ij,jk->ik" %3 %2 f32[1 1]
return %4`, x)
	a, b, c := []float32{1e4, 1, -1e4, 3}, []float32{1e4, 0.1, 1e4, 0.3}, float32(3e3)
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {0, 2, 1, 3}, {1, 0, 3, 2}} {
		var outer float32 // sum of a*(b*c) rather than (sum of a*b)*c
		for _, j := range order {
			outer += a[j] * (b[j] * c)
		}
		if err := got.Check(input(t, []float32{outer}, 1, 1)); err != nil {
			t.Errorf("order %v: %v", order, err)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	b := oracle.Bounded{Value: input(t, []float32{1, 2, 3, 4}, 2, 2), Bound: []float64{0, 0.5, 0, math.Inf(1)}}
	if err := b.Check(input(t, []float32{1, 2.5, 3, 99}, 2, 2)); err != nil {
		t.Errorf("within the bound: %v", err)
	}
	err := b.Check(input(t, []float32{1, 2.75, 4, 99}, 2, 2))
	if err == nil || err.Error() != "2 of 4 elements of f32[2 2] are wrong: element [0 1] is 2.75, want 2 within 0.5" {
		t.Errorf("the error is %v", err)
	}
	if err := b.Check(input(t, []float32{1, 2, 3, 4}, 4)); err == nil {
		t.Error("another shape passed")
	}
	if n := b.Unstable(); n != 1 {
		t.Errorf("%d unstable elements, want 1", n)
	}
}
