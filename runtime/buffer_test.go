package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/runtimetest"
	"github.com/einloom/einloom/tensor"
)

// onEachDevice runs f with a session on each device that this machine has.
func onEachDevice(t *testing.T, f func(t *testing.T, s *runtime.Session)) {
	for _, device := range []string{"cpu", "interp", "vulkan"} {
		t.Run(device, func(t *testing.T) {
			s, err := runtimetest.Open(t, runtime.Config{Device: device})
			if err != nil && device == "vulkan" {
				t.Skipf("SKIPPED: %v", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			f(t, s)
		})
	}
}

func compiled(t testing.TB, s *runtime.Session, xs ...expr.Expr) *runtime.Program {
	t.Helper()
	p, err := s.Compile(ctx, xs...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func uploaded(t testing.TB, s *runtime.Session, x *tensor.Tensor) *runtime.Buffer {
	t.Helper()
	b, err := s.Upload(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func downloaded(t testing.TB, b *runtime.Buffer) []float32 {
	t.Helper()
	x, err := b.Tensor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return values(t, x)
}

// TestChainsOfProgramsThroughBuffers hands results of one program to the next: the values are those of tensors, and tensors and buffers mix.
func TestChainsOfProgramsThroughBuffers(t *testing.T) {
	onEachDevice(t, func(t *testing.T, s *runtime.Session) {
		x, w := expr.Input("x", tensor.Float32, 5, 7), expr.Input("w", tensor.Float32, 7, 3)
		layer := compiled(t, s, einsum.Contract("ij,jk->ik", x, w), x.Sum())
		y := expr.Input("y", tensor.Float32, 5, 3)
		last := compiled(t, s, y.Add(expr.Scalar(1)))
		turned, err := ramp(t, 3, 7).Transpose()
		if err != nil {
			t.Fatal(err)
		}
		bw := uploaded(t, s, turned) // any layout is copied
		hidden, err := layer.RunBuffers(ctx, runtime.Bind("x", ramp(t, 5, 7)), runtime.Bind("w", bw))
		if err != nil {
			t.Fatal(err)
		}
		got, err := last.Run(ctx, runtime.Bind("y", hidden[0]))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := layer.Run(ctx, runtime.Bind("x", ramp(t, 5, 7)), runtime.Bind("w", turned))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range values(t, plain[0]) {
			if got := values(t, got[0])[i]; got != v+1 {
				t.Errorf("element %d is %v, want %v", i, got, v+1)
			}
		}
		if sum := downloaded(t, hidden[1]); !slices.Equal(sum, []float32{595}) {
			t.Errorf("the second result is %v", sum)
		}
		back, err := s.Eval(ctx, y.Sum(), runtime.Bind("y", hidden[0]))
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Eval(ctx, y.Sum(), runtime.Bind("y", plain[0]))
		if err != nil || values(t, back)[0] != values(t, want)[0] {
			t.Errorf("Eval on a buffer gives %v, want %v (%v)", back, want, err)
		}
		for _, b := range []*runtime.Buffer{bw, hidden[0], hidden[1]} {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestBuffersBeginAsZerosAndAreCopies(t *testing.T) {
	onEachDevice(t, func(t *testing.T, s *runtime.Session) {
		used := uploaded(t, s, ramp(t, 300))
		if err := used.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := s.NewBuffer(tensor.Float32, 300)
		if err != nil {
			t.Fatal(err)
		}
		if v := downloaded(t, b); !slices.Equal(v, make([]float32, 300)) {
			t.Errorf("a new buffer has %v", v)
		}
		x := ramp(t, 300)
		if err := b.Write(ctx, x); err != nil {
			t.Fatal(err)
		}
		values(t, x)[1] = 77
		if v := downloaded(t, b); v[1] != 1 || v[299] != 299 {
			t.Errorf("a buffer changes with the tensor written to it: %v", v[:2])
		}
		if b.DType() != tensor.Float32 || !b.Shape().Equal(tensor.Shape{300}) || b.Bytes() != 1200 {
			t.Errorf("%v of %d bytes", b, b.Bytes())
		}
		for _, dims := range [][]int{{0, 5}, {}} {
			b, err := s.NewBuffer(tensor.Complex64, dims...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Tensor(ctx); err != nil {
				t.Errorf("%v: %v", b, err)
			}
		}
	})
}

func TestMistakesWithBuffers(t *testing.T) {
	onEachDevice(t, func(t *testing.T, s *runtime.Session) {
		other, _ := traced(t, runtime.Config{Device: "interp"})
		x := expr.Input("x", tensor.Float32, 2)
		p := compiled(t, s, x.Add(x), x.Mul(x))
		in, a, b, long := uploaded(t, s, ramp(t, 2)), uploaded(t, s, ramp(t, 2)), uploaded(t, s, ramp(t, 2)), uploaded(t, s, ramp(t, 3))
		foreign, closed := uploaded(t, other, ramp(t, 2)), uploaded(t, s, ramp(t, 2))
		if err := closed.Close(); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			in   *runtime.Buffer
			outs []*runtime.Buffer
			want string
		}{
			{nil, []*runtime.Buffer{a, b}, `input "x" (f32[2]) is not bound: pass Bind("x", tensor)`},
			{long, []*runtime.Buffer{a, b}, `input "x" is f32[2], but it is bound to a buffer f32[3]`},
			{foreign, []*runtime.Buffer{a, b}, `input "x" is bound to a buffer f32[2] of another session`},
			{closed, []*runtime.Buffer{a, b}, `runtime: input "x": the buffer is closed`},
			{in, []*runtime.Buffer{a}, "runtime: the program has 2 outputs, got 1 to write to"},
			{in, []*runtime.Buffer{a, nil}, "runtime: output 1: nothing to write it to"},
			{in, []*runtime.Buffer{a, a}, "runtime: outputs 0 and 1 share memory"},
			{in, []*runtime.Buffer{a, in}, `runtime: output 1 shares memory with input "x", which the program reads`},
			{in, []*runtime.Buffer{a, long}, "runtime: output 1 is f32[2], got a buffer f32[3]"},
			{in, []*runtime.Buffer{a, foreign}, "runtime: output 1: a buffer f32[2] of another session"},
			{in, []*runtime.Buffer{a, closed}, "runtime: output 1: the buffer is closed"},
		} {
			if err := p.RunIntoBuffers(ctx, c.outs, runtime.Bind("x", c.in)); err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		}
		for what, err := range map[string]error{
			"closed twice": closed.Close(), "written closed": closed.Write(ctx, ramp(t, 2)), "read closed": closed.Read(ctx, ramp(t, 2)),
			"another shape": in.Write(ctx, ramp(t, 3)), "no tensor": in.Read(ctx, nil),
		} {
			if err == nil || !strings.Contains(err.Error(), "buffer f32[2]") {
				t.Errorf("%s: %v", what, err)
			}
		}
		for _, dims := range [][]int{{-1}, {1 << 40, 1 << 40}, {1 << 45}} {
			if _, err := s.NewBuffer(tensor.Float32, dims...); err == nil {
				t.Errorf("a buffer of shape %v", dims)
			}
		}
		if _, err := s.NewBuffer(tensor.Invalid, 1); err == nil {
			t.Error("a buffer of no dtype")
		}
		if err := p.RunIntoBuffers(ctx, []*runtime.Buffer{a, b}, runtime.Bind("x", in)); err != nil {
			t.Errorf("after all mistakes: %v", err)
		}
	})
}

// TestRunsOnBuffersAllocateNothing goes back and forth between two buffers.
func TestRunsOnBuffersAllocateNothing(t *testing.T) {
	onEachDevice(t, func(t *testing.T, s *runtime.Session) {
		p := compiled(t, s, expr.Input("x", tensor.Float32, 100).Add(expr.Scalar(1)))
		b := [2]*runtime.Buffer{uploaded(t, s, ramp(t, 100)), uploaded(t, s, ramp(t, 100))}
		outs := [2][]*runtime.Buffer{{b[0]}, {b[1]}}
		args := [2][]runtime.Arg{{runtime.Bind("x", b[0])}, {runtime.Bind("x", b[1])}}
		runs := 0
		if n := testing.AllocsPerRun(50, func() {
			if err := p.RunIntoBuffers(ctx, outs[1-runs%2], args[runs%2]...); err != nil {
				t.Fatal(err)
			}
			runs++
		}); n != 0 {
			t.Errorf("%v allocations a run", n)
		}
		if v := downloaded(t, b[runs%2]); v[99] != float32(99+runs) {
			t.Errorf("after %d runs the last element is %v", runs, v[99])
		}
	})
}

// TestRunsThatShareBuffersAreInOrder has goroutines that read one buffer into buffers of their own, while others write it whole: who reads
// sees one value everywhere.
func TestRunsThatShareBuffersAreInOrder(t *testing.T) {
	onEachDevice(t, func(t *testing.T, s *runtime.Session) {
		const n, rounds = 20_000, 10
		x := expr.Input("x", tensor.Float32, n)
		add, fill := compiled(t, s, x.Mul(expr.Scalar(1))), compiled(t, s, expr.Input("v", tensor.Float32).Broadcast(n))
		shared, err := s.NewBuffer(tensor.Float32, n)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for w := range 3 {
			group.Go(func() {
				for range rounds {
					if err := fill.RunIntoBuffers(ctx, []*runtime.Buffer{shared}, runtime.Bind("v", tensor.Scalar(float32(w)))); err != nil {
						t.Error(err)
					}
				}
			})
			group.Go(func() {
				for range rounds {
					own, err := add.RunBuffers(ctx, runtime.Bind("x", shared))
					if err != nil {
						t.Error(err)
						return
					}
					v := downloaded(t, own[0])
					if i := slices.IndexFunc(v, func(x float32) bool { return x != v[0] }); i >= 0 {
						t.Errorf("element %d is %v where the first is %v", i, v[i], v[0])
					}
					own[0].Close()
				}
			})
		}
		group.Wait()
	})
}

// endless is a program of some 2^40 operations.
func endless(t testing.TB, s *runtime.Session) *runtime.Program {
	t.Helper()
	x, y := expr.Input("x", tensor.Float32, 1<<20), expr.Input("y", tensor.Float32, 1<<20)
	return compiled(t, s, x.Expand(1).Sub(y).Abs().Max(1).Max())
}

// TestCancelledRunsLeaveBuffersUsable cancels runs that use buffers, and calls that wait for them: buffers are given back, written again, read
// and closed.
func TestCancelledRunsLeaveBuffersUsable(t *testing.T) {
	onEachDevice(t, func(t *testing.T, s *runtime.Session) {
		p := endless(t, s)
		x := uploaded(t, s, ramp(t, 1<<20))
		out, err := s.NewBuffer(tensor.Float32)
		if err != nil {
			t.Fatal(err)
		}
		run, cancel := context.WithCancel(ctx)
		ended := make(chan error)
		go func() {
			ended <- p.RunIntoBuffers(run, []*runtime.Buffer{out}, runtime.Bind("x", x), runtime.Bind("y", x))
		}()
		waiting := make(chan error)
		go func() {
			for {
				short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
				err := x.Write(short, ramp(t, 1<<20))
				cancel()
				if errors.Is(err, context.DeadlineExceeded) { // the run holds it
					waiting <- nil
					return
				}
				if err != nil {
					waiting <- err
					return
				}
			}
		}()
		if err := <-waiting; err != nil {
			t.Error(err)
		}
		closed := make(chan error)
		go func() { closed <- out.Close() }()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) && (err == nil || !strings.Contains(err.Error(), "closed")) {
			t.Errorf("the run gave %v", err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if err := x.Write(ctx, ramp(t, 1<<20)); err != nil {
			t.Error(err)
		}
		if v := downloaded(t, x); v[12345] != 12345 {
			t.Errorf("after the cancelled run an element is %v", v[12345])
		}
	})
}

// TestBuffersOfClosedSessions closes a session whose buffers are alive, and in use.
func TestBuffersOfClosedSessions(t *testing.T) {
	for _, device := range []string{"cpu", "interp", "vulkan"} {
		s, err := runtimetest.Open(t, runtime.Config{Device: device})
		if err != nil {
			t.Logf("SKIPPED: %v", err)
			continue
		}
		p := compiled(t, s, expr.Input("x", tensor.Float32, 1000).Exp())
		b := uploaded(t, s, ramp(t, 1000))
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for {
					if _, err := p.RunBuffers(ctx, runtime.Bind("x", b)); err != nil {
						if !strings.Contains(err.Error(), "session is closed") {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		time.Sleep(2 * time.Millisecond)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
		if _, err := b.Tensor(ctx); err == nil {
			t.Error("a buffer of a closed session is read")
		}
		if _, err := s.Upload(ctx, ramp(t, 2)); err == nil {
			t.Error("a closed session takes buffers")
		}
		if err := b.Close(); err != nil {
			t.Errorf("%s: a buffer outlives its session: %v", device, err)
		}
	}
}
