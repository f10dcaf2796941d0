package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
	"weak"

	goruntime "runtime"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/race"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// inputs gives a graph that adds n inputs by pairs, and tensors bound to them, the last input's first.
func inputs(t *testing.T, n int) (expr.Expr, []runtime.Arg) {
	xs, args := make([]expr.Expr, n), make([]runtime.Arg, n)
	for i := range xs {
		name := fmt.Sprint("in", i)
		xs[i], args[n-1-i] = expr.Input(name, tensor.Float32), runtime.Bind(name, tensor.Scalar(float32(i)))
	}
	for len(xs) > 1 {
		var sums []expr.Expr
		for ; len(xs) > 1; xs = xs[2:] {
			sums = append(sums, xs[0].Add(xs[1]))
		}
		xs = append(sums, xs...)
	}
	return xs[0], args
}

// TestManyInputs takes so many leaves that they are found by map and no longer by scan.
func TestManyInputs(t *testing.T) {
	const n = 2000
	s, _ := traced(t, runtime.Config{Device: "interp"})
	x, args := inputs(t, n)
	p, err := s.Compile(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		y, err := s.Eval(ctx, x, args...)
		if err != nil {
			t.Fatal(err)
		}
		z, err := p.Run(ctx, args...)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := values(t, y)[0], values(t, z[0])[0]; a != n*(n-1)/2 || a != b {
			t.Errorf("the sum is %v and %v", a, b)
		}
	}
	_, err = p.Run(ctx, append(args, args[7])...)
	if want := `runtime: input "in1992" is bound twice`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = p.Run(ctx, append(args, runtime.Bind("other", tensor.Scalar(float32(1))))...)
	if want := `runtime: there is no input "other" to bind`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestCancelledWhilePlanning: the call ends, whatever the planner and the generator are at, and the session can be closed.
func TestCancelledWhilePlanning(t *testing.T) {
	deadline := race.Slowed(10 * time.Millisecond)
	x := expr.From(ramp(t, 8, 8))
	for range 2000 {
		x = x.MatMul(x).Tanh()
	}
	for _, device := range []string{"cpu", "interp"} {
		best := time.Hour
		for try := 0; try < 5 && best > deadline; try++ {
			s, err := runtime.Open(runtime.Config{Device: device})
			if err != nil {
				t.Fatal(err)
			}
			limited, cancel := context.WithCancel(ctx)
			at := make(chan time.Time, 1)
			time.AfterFunc(20*time.Millisecond, func() { at <- time.Now(); cancel() })
			_, err = s.Eval(limited, x)
			end := time.Now()
			if err != context.Canceled {
				t.Errorf("%s: got %v, want the context's error itself", device, err)
			}
			best = min(best, end.Sub(<-at))
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if best > deadline {
			t.Errorf("%s: a cancelled Eval ends after %v", device, best)
		}
	}
}

// TestCancelledBefore: nothing is planned for a call that is cancelled already.
func TestCancelledBefore(t *testing.T) {
	s, compiles := traced(t, runtime.Config{})
	limited, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Compile(limited, expr.From(ramp(t, 3)).Sum()); !errors.Is(err, context.Canceled) || *compiles != 0 {
		t.Errorf("got %v and %d plans", err, *compiles)
	}
}

// TestSessionKeepsNoData: what a session keeps of a graph for the next one does not hold its tensors.
func TestSessionKeepsNoData(t *testing.T) {
	s, _ := traced(t, runtime.Config{Device: "interp"})
	var data weak.Pointer[tensor.Tensor]
	func() {
		leaf := ramp(t, 100)
		data = weak.Make(leaf)
		x := expr.From(leaf)
		for range 100 {
			x = x.Add(expr.Scalar(1))
		}
		if _, err := s.Eval(ctx, x); err != nil {
			t.Fatal(err)
		}
	}()
	for range 20 {
		if goruntime.GC(); data.Value() == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the tensor is still there")
}
