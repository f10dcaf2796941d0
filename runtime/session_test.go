package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

var ctx = context.Background()

func ramp(t testing.TB, dims ...int) *tensor.Tensor {
	t.Helper()
	v := make([]float32, tensor.Shape(dims).Len())
	for i := range v {
		v[i] = float32(i)
	}
	x, err := tensor.New(v, dims...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// traced opens a session whose compile events are counted.
func traced(t testing.TB, c runtime.Config) (*runtime.Session, *int) {
	t.Helper()
	compiles := new(int)
	c.Trace = func(e runtime.Event) {
		if e.What == "compile" {
			*compiles++
		}
	}
	s, err := runtime.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, compiles
}

func values(t testing.TB, x *tensor.Tensor) []float32 {
	t.Helper()
	v, err := tensor.Data[float32](x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNewDataOfTheSameShapeIsNotPlannedAgain(t *testing.T) {
	s, compiles := traced(t, runtime.Config{})
	for i := range 3 {
		x := ramp(t, 2, 3)
		values(t, x)[0] = float32(10 * i)
		got, err := s.Eval(ctx, expr.From(x).Sum())
		if err != nil {
			t.Fatal(err)
		}
		if v := values(t, got)[0]; v != float32(15+10*i) {
			t.Errorf("sum %d is %v", i, v)
		}
	}
	if *compiles != 1 {
		t.Errorf("%d plans for one structure", *compiles)
	}
}

// TestWhichLeavesAreOneTensorIsPartOfTheKey: x+x and x+y look alike and must not share a plan that read one buffer for both.
func TestWhichLeavesAreOneTensorIsPartOfTheKey(t *testing.T) {
	s, _ := traced(t, runtime.Config{})
	x, y := ramp(t, 4), ramp(t, 4)
	values(t, y)[3] = 100
	for _, c := range []struct {
		a, b *tensor.Tensor
		last float32
	}{{x, x, 6}, {x, y, 103}, {y, x, 103}, {y, y, 200}} {
		got, err := s.Eval(ctx, expr.From(c.a).Add(expr.From(c.b)))
		if err != nil {
			t.Fatal(err)
		}
		if v := values(t, got)[3]; v != c.last {
			t.Errorf("got %v, want %v", v, c.last)
		}
	}
}

func TestInputsInAnyLayout(t *testing.T) {
	s, compiles := traced(t, runtime.Config{})
	p, err := s.Compile(ctx, expr.Input("x", tensor.Float32, 3, 2).Mul(expr.Scalar(2)))
	if err != nil {
		t.Fatal(err)
	}
	plain := ramp(t, 3, 2)
	turned, err := ramp(t, 2, 3).Transpose()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, c := range []struct {
			x    *tensor.Tensor
			want []float32
		}{{plain, []float32{0, 2, 4, 6, 8, 10}}, {turned, []float32{0, 6, 2, 8, 4, 10}}} {
			got, err := p.Run(ctx, runtime.Bind("x", c.x))
			if err != nil {
				t.Fatal(err)
			}
			if v := values(t, got[0]); !slices.Equal(v, c.want) {
				t.Errorf("got %v, want %v", v, c.want)
			}
		}
	}
	if *compiles != 2 {
		t.Errorf("%d plans for two layouts", *compiles)
	}
}

func TestMistakesWithInputs(t *testing.T) {
	s, _ := traced(t, runtime.Config{})
	x := expr.Input("x", tensor.Float32, 2)
	p, err := s.Compile(ctx, x.Add(x))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []runtime.Arg
		want string
	}{
		{nil, `session_test.go:127: input "x" (f32[2]) is not bound: pass Bind("x", tensor)`},
		{[]runtime.Arg{runtime.Bind("x", ramp(t, 3))}, `session_test.go:127: input "x" is f32[2], but it is bound to a tensor f32[3]`},
		{[]runtime.Arg{runtime.Bind("x", ramp(t, 2)), runtime.Bind("y", ramp(t, 2))}, `runtime: there is no input "y" to bind`},
		{[]runtime.Arg{runtime.Bind("x", ramp(t, 2)), runtime.Bind("x", ramp(t, 2))}, `runtime: input "x" is bound twice`},
		{[]runtime.Arg{runtime.Bind("x", (*tensor.Tensor)(nil))}, `session_test.go:127: input "x" (f32[2]) is not bound: pass Bind("x", tensor)`},
	} {
		if _, err := p.Run(ctx, c.args...); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	twice := expr.Input("x", tensor.Float32, 2).Sum().Add(expr.Input("x", tensor.Float32, 3).Sum())
	if _, err := s.Compile(ctx, twice); err == nil || !strings.Contains(err.Error(), `input "x" is f32[2] here, but f32[3] at`) &&
		!strings.Contains(err.Error(), `input "x" is f32[3] here, but f32[2] at`) {
		t.Errorf("two inputs of one name: %v", err)
	}
}

func TestRunInto(t *testing.T) {
	s, _ := traced(t, runtime.Config{})
	x := expr.Input("x", tensor.Float32, 4, 4)
	p, err := s.Compile(ctx, einsum.Contract("ij,jk->ik", x, x), x.Sum(0))
	if err != nil {
		t.Fatal(err)
	}
	in, product, sum := ramp(t, 4, 4), ramp(t, 4, 4), ramp(t, 4)
	outs := []*tensor.Tensor{product, sum}
	args := []runtime.Arg{runtime.Bind("x", in)}
	if err := p.RunInto(ctx, outs, args...); err != nil {
		t.Fatal(err)
	}
	if v := values(t, sum); !slices.Equal(v, []float32{24, 28, 32, 36}) {
		t.Errorf("sum %v", v)
	}
	if v := values(t, product); v[0] != 56 || v[15] != 506 {
		t.Errorf("product %v", v)
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := p.RunInto(ctx, outs, args...); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("RunInto allocates %v times a run", n)
	}
	turned, err := product.Transpose()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		outs []*tensor.Tensor
		want string
	}{
		{outs[:1], "runtime: the program has 2 outputs, got 1 to write to"},
		{[]*tensor.Tensor{product, nil}, "runtime: output 1: nothing to write it to"},
		{[]*tensor.Tensor{product, in}, "runtime: output 1 is f32[4], got a tensor f32[4 4]"},
		{[]*tensor.Tensor{turned, sum}, "runtime: output 0: the tensor is not row-major (strides [1 4])"},
		{[]*tensor.Tensor{in, sum}, `runtime: output 0 shares memory with input "x", which the program reads`},
	} {
		if err := p.RunInto(ctx, c.outs, args...); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestIndexOutOfRangeNamesTheLine(t *testing.T) {
	at, err := tensor.New([]int64{0, 3}, 2)
	if err != nil {
		t.Fatal(err)
	}
	x := expr.From(ramp(t, 3, 4)).Take(expr.From(at), 0)
	for _, device := range []string{"cpu", "interp"} {
		s, _ := traced(t, runtime.Config{Device: device})
		_, err := s.Eval(ctx, x.Sum())
		if want := "session_test.go:204: take: index 3 is out of range for the 3 elements along axis 0 of f32[3 4]"; err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", device, err, want)
		}
	}
}

func TestMoreThanTheMachineHasIsRefused(t *testing.T) {
	if runtime.MachineMemory() == 0 {
		t.Skip("it is not known how much memory this machine has")
	}
	x := expr.Ones(tensor.Float32, 1<<20)
	var over *planner.MemoryError
	if _, err := runtime.Eval(ctx, x.Outer(x)); !errors.As(err, &over) {
		t.Errorf("4 TiB: got %v", err)
	}
}

func TestMemoryLimitIsRefusedUpFront(t *testing.T) {
	s, _ := traced(t, runtime.Config{MemoryLimit: 1 << 20})
	x := expr.Input("x", tensor.Float32, 1000, 1000)
	_, err := s.Compile(ctx, einsum.Contract("ij,jk->ik", x, x))
	var over *planner.MemoryError
	if !errors.As(err, &over) || over.Limit != 1<<20 || over.Need < 4_000_000 {
		t.Errorf("got %v", err)
	}
	if _, err := s.Eval(ctx, expr.From(ramp(t, 10)).Sum()); err != nil {
		t.Errorf("within the limit: %v", err)
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	x, y := expr.Input("x", tensor.Float32, 2), expr.Input("y", tensor.Float32, 3)
	bad := x.Add(y)
	worse := bad.Mul(x.Sum(5))
	_, err := runtime.Compile(ctx, worse, bad)
	if err == nil || strings.Count(err.Error(), "session_test.go:") != 2 {
		t.Errorf("want two causes with their lines, got: %v", err)
	}
}

func TestClosedSession(t *testing.T) {
	s, err := runtime.Open(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Compile(ctx, expr.From(ramp(t, 3)).Sum())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(ctx); err == nil {
		t.Error("a program of a closed session runs")
	}
	if _, err := s.Eval(ctx, expr.From(ramp(t, 3))); err == nil {
		t.Error("a closed session evaluates")
	}
	if err := s.Close(); err == nil {
		t.Error("closed twice")
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []runtime.Config{
		{Device: "gpu"}, {Threads: -1}, {Threads: runtime.MaxThreads + 1}, {MemoryLimit: -1}, {Target: "amd64+mmx"}, {Off: []string{"fus"}},
		{Off: []string{"index"}}, {Device: "cpu:1"}, {Device: "auto:1"}, {Device: "vulkan:"}, {Device: "vulkan:x"}, {Device: "vulkan:-1"},
		{Device: "vulkan:1000"},
	} {
		if s, err := runtime.Open(c); err == nil {
			s.Close()
			t.Errorf("%+v opens", c)
		}
	}
}

func TestCancelledBeforeItRuns(t *testing.T) {
	s, _ := traced(t, runtime.Config{})
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Eval(done, expr.From(ramp(t, 3)).Sum()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestThreadsDoNotChangeTheResult(t *testing.T) {
	x := ramp(t, 500, 301)
	for i, v := range values(t, x) {
		values(t, x)[i] = v*0.37 - float32(int(v)%17)
	}
	e := expr.From(x)
	graphs := []expr.Expr{e.Sum(), e.Sum(0), e.Softmax(1).Sum(0), einsum.Contract("ij,ik->jk", e, e)}
	var first []*tensor.Tensor
	for _, threads := range []int{1, 2, 3, 7} {
		s, _ := traced(t, runtime.Config{Threads: threads})
		for i, g := range graphs {
			got, err := s.Eval(ctx, g)
			if err != nil {
				t.Fatal(err)
			}
			if threads == 1 {
				first = append(first, got)
			} else if !slices.Equal(values(t, got), values(t, first[i])) {
				t.Errorf("graph %d: %d threads give other bits than one", i, threads)
			}
		}
	}
}

// TestSmallEvalAllocatesLittle counts what a whole Eval of a plan that is there allocates: three nodes, the arguments and the shape of one, the
// sizes of labels, and a result's header, shape and memory.
func TestSmallEvalAllocatesLittle(t *testing.T) {
	s, compiles := traced(t, runtime.Config{})
	x := ramp(t, 4, 4)
	once := func() {
		if _, err := s.Eval(ctx, einsum.Contract("ij,jk->ik", expr.From(x), expr.From(x))); err != nil {
			t.Fatal(err)
		}
	}
	once()
	if n := testing.AllocsPerRun(100, once); n > 9 {
		t.Errorf("an Eval allocates %v times", n)
	}
	if *compiles != 1 {
		t.Errorf("%d compiles", *compiles)
	}
}
