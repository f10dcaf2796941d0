package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// counting opens a session that counts how often a program computes what it keeps.
func counting(t testing.TB, c runtime.Config) (*runtime.Session, *atomic.Int64) {
	t.Helper()
	once := new(atomic.Int64)
	c.Trace = func(e runtime.Event) {
		if e.What == "once" {
			once.Add(1)
		}
	}
	s, err := runtime.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, once
}

// layers is x by the product of two matrices of data, 8 by 16 by 16, with leaves made by leaf.
func layers(t testing.TB, leaf func(*tensor.Tensor) expr.Expr) expr.Expr {
	x := expr.Input("x", tensor.Float32, 8, 16)
	return einsum.Contract("ij,jk,kl->il", x, leaf(ramp(t, 16, 16)), leaf(ramp(t, 16, 16)).Mul(expr.Scalar(0.5)).Tanh())
}

func TestConstantsAreComputedOnce(t *testing.T) {
	for _, device := range []string{"cpu", "interp"} {
		s, once := counting(t, runtime.Config{Device: device})
		p, err := s.Compile(ctx, layers(t, expr.Frozen))
		if err != nil {
			t.Fatal(err)
		}
		x := ramp(t, 8, 16)
		want, err := s.Eval(ctx, layers(t, expr.From), runtime.Bind("x", x))
		if err != nil {
			t.Fatal(err)
		}
		if once.Load() != 0 {
			t.Error("something is computed before the first run")
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					got, err := p.Run(ctx, runtime.Bind("x", x))
					if err != nil {
						t.Error(err)
						return
					}
					near(t, got[0], want)
				}
			})
		}
		all.Wait()
		turned, err := ramp(t, 16, 8).Transpose()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Run(ctx, runtime.Bind("x", turned)); err != nil {
			t.Error(err)
		}
		if n := once.Load(); n != 1 {
			t.Errorf("%s: constants are computed %d times", device, n)
		}
		text := p.Explain()
		for _, part := range []string{"; stage keep\n", "; stage once\n", "computed once, to be $kept0 in each run", "2.0k multiplications a run and 4.1k once", "  once\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("Explain lacks %q:\n%s", part, text)
			}
		}
		if k := p.Kernels(); len(k) != 1 {
			t.Errorf("%s: a run has %d kernels, want the product with what is kept alone", device, len(k))
		}
	}
}

// near compares sums of the same terms in other orders.
func near(t *testing.T, got, want *tensor.Tensor) {
	t.Helper()
	for i, v := range values(t, got) {
		if w := values(t, want)[i]; v < w*(1-1e-5) || v > w*(1+1e-5) {
			t.Fatalf("element %d is %v, want %v", i, v, w)
		}
	}
}

// TestDataThatIsNotFrozenIsReadInEachRun: what it holds when the program runs is what counts.
func TestDataThatIsNotFrozenIsReadInEachRun(t *testing.T) {
	s, once := counting(t, runtime.Config{})
	w, f := ramp(t, 4), ramp(t, 4)
	p, err := s.Compile(ctx, expr.From(w).Exp().Mul(expr.Frozen(f).Exp()))
	if err != nil {
		t.Fatal(err)
	}
	run := func() float32 {
		got, err := p.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return values(t, got[0])[0]
	}
	if v := run(); v != 1 {
		t.Errorf("got %v, want 1", v)
	}
	values(t, w)[0] = -1
	if v := run(); v > 0.4 {
		t.Errorf("got %v: what was kept is of data that may change", v)
	}
	if once.Load() != 1 {
		t.Errorf("%d times", once.Load())
	}
	values(t, w)[0] = 0
	values(t, f)[0] = 1
	if v := run(); v != 1 {
		t.Errorf("got %v, want what the first run kept", v)
	}
}

// TestEvalKeepsNothing: it runs once.
func TestEvalKeepsNothing(t *testing.T) {
	s, once := counting(t, runtime.Config{})
	w := ramp(t, 4)
	for i := range 2 {
		values(t, w)[0] = float32(i)
		got, err := s.Eval(ctx, expr.Frozen(w).Exp())
		if err != nil {
			t.Fatal(err)
		}
		if v := values(t, got)[0]; v < float32(i) || (i == 0) != (v == 1) {
			t.Errorf("exp(%d) is %v", i, v)
		}
	}
	if once.Load() != 0 {
		t.Errorf("Eval kept something")
	}
}

func TestCheckSaysThatFrozenDataHasChanged(t *testing.T) {
	s, _ := counting(t, runtime.Config{Check: true})
	w := ramp(t, 4)
	p, err := s.Compile(ctx, expr.Frozen(w).Exp().Add(expr.Input("x", tensor.Float32, 4)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := p.Run(ctx, runtime.Bind("x", ramp(t, 4))); err != nil {
			t.Fatal(err)
		}
	}
	values(t, w)[2] = 7
	_, err = p.Run(ctx, runtime.Bind("x", ramp(t, 4)))
	if err == nil || !strings.Contains(err.Error(), "frozen data is not what it was") || !strings.Contains(err.Error(), "kept_test.go:156") {
		t.Errorf("got %v", err)
	}
}

// TestARunThatFailsKeepsNothing: a cancelled first run and one whose index is out of range leave the constants to the next.
func TestARunThatFailsKeepsNothing(t *testing.T) {
	s, once := counting(t, runtime.Config{})
	at, err := tensor.New([]int64{0, 9}, 2)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Compile(ctx, expr.Frozen(ramp(t, 4)).Exp().Take(expr.Frozen(at), 0).Exp().Add(expr.Input("x", tensor.Float32, 2)))
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := p.Run(stopped, runtime.Bind("x", ramp(t, 2))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for range 2 {
		if _, err := p.Run(ctx, runtime.Bind("x", ramp(t, 2))); err == nil || !strings.Contains(err.Error(), "kept_test.go:179: take: index 9 is out of range for the 4 elements") {
			t.Errorf("an index that is out of range: %v", err)
		}
	}
	if n := once.Load(); n != 0 {
		t.Errorf("%d runs kept what they did not compute", n)
	}
	indices, err := tensor.Data[int64](at)
	if err != nil {
		t.Fatal(err)
	}
	indices[1] = 3
	for range 2 {
		if _, err := p.Run(ctx, runtime.Bind("x", ramp(t, 2))); err != nil {
			t.Error(err)
		}
	}
	if n := once.Load(); n != 1 {
		t.Errorf("%d runs computed the constants", n)
	}
}

// TestWhoWaitsForConstantsCanBeCancelled: while one run computes what is kept, another one gives up, and neither disturbs the other.
func TestWhoWaitsForConstantsCanBeCancelled(t *testing.T) {
	s, once := counting(t, runtime.Config{Device: "interp"})
	w := expr.Frozen(ramp(t, 128, 128))
	p, err := s.Compile(ctx, expr.Input("x", tensor.Float32, 128).MatMul(w.MatMul(w).Tanh()))
	if err != nil {
		t.Fatal(err)
	}
	x := runtime.Bind("x", ramp(t, 128))
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			stopped, stop := context.WithCancel(ctx)
			defer stop()
			if i > 0 {
				go stop() // before it waits, while it does, or while it computes
			}
			if _, err := p.Run(stopped, x); err != nil && (i == 0 || !errors.Is(err, context.Canceled)) {
				t.Errorf("run %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if _, err := p.Run(ctx, x); err != nil || once.Load() != 1 {
		t.Errorf("constants are computed %d times, %v", once.Load(), err)
	}
}

// TestWhatIsKeptCountsAgainstTheMemoryLimit: a limit without room for it is kept by a plan that keeps nothing.
func TestWhatIsKeptCountsAgainstTheMemoryLimit(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 256)
	w := expr.Frozen(ramp(t, 256, 256)).Mul(expr.Scalar(1e-6)).Exp()
	for _, c := range []struct {
		limit int64
		times int64
	}{{0, 1}, {256*256*4 + 256*4, 1}, {256*256*4 + 256*4 - 1, 0}} {
		s, once := counting(t, runtime.Config{MemoryLimit: c.limit})
		p, err := s.Compile(ctx, einsum.Contract("ij,j->i", w, x))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := p.Run(ctx, runtime.Bind("x", ramp(t, 256))); err != nil {
				t.Fatal(err)
			}
		}
		if once.Load() != c.times {
			t.Errorf("with a limit of %d bytes constants are computed %d times, want %d", c.limit, once.Load(), c.times)
		}
	}
}

// TestWarmRunsOfConstantsAllocateNothing: reading what is kept costs no more than reading a leaf.
func TestWarmRunsOfConstantsAllocateNothing(t *testing.T) {
	s, _ := counting(t, runtime.Config{})
	p, err := s.Compile(ctx, layers(t, expr.Frozen))
	if err != nil {
		t.Fatal(err)
	}
	outs := []*tensor.Tensor{ramp(t, 8, 16)}
	bound := runtime.Bind("x", ramp(t, 8, 16))
	run := func() {
		if err := p.RunInto(ctx, outs, bound); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if n := testing.AllocsPerRun(100, run); n > 0 {
		t.Errorf("a warm run allocates %v times", n)
	}
}

// TestFrozenFactorsInPanels multiplies rows by frozen factors of all dtypes that are packed, in several layouts and shapes, and gets the bits that
// packing them in each run gives.
func TestFrozenFactorsInPanels(t *testing.T) {
	s, once := counting(t, runtime.Config{Check: true})
	for _, c := range []struct {
		spec string
		x, w []int
	}{
		{"ik,kj->ij", []int{16, 600}, []int{600, 64}},
		{"ik,jk->ij", []int{23, 600}, []int{64, 600}},
		{"iab,cjba->cij", []int{9, 20, 30}, []int{3, 32, 30, 20}},
		{"ik,kcj->icj", []int{8, 1100}, []int{1100, 3, 16}},
	} {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Uint32} {
			x := expr.Input("x", d, c.x...)
			w, err := s.Eval(ctx, expr.From(ramp(t, c.w...)).Remainder(expr.Scalar(7)).Cast(d))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := s.Eval(ctx, expr.From(ramp(t, c.x...)).Remainder(expr.Scalar(5)).Cast(d))
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.Compile(ctx, einsum.Contract(c.spec, x, expr.Frozen(w)))
			if err != nil {
				t.Fatal(err)
			}
			want, err := s.Eval(ctx, einsum.Contract(c.spec, x, expr.From(w)), runtime.Bind("x", rows))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				got, err := p.Run(ctx, runtime.Bind("x", rows))
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got[0].Complex128s(), want.Complex128s()) {
					t.Errorf("%s of %v: not what packing gives", c.spec, d)
				}
			}
		}
	}
	if strings.HasPrefix(s.Device(), "amd64") && once.Load() != 16 {
		t.Errorf("%d of 16 factors are kept in panels", once.Load())
	}
}
