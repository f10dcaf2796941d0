package tests

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"regexp"
	goruntime "runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/race"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/runtimetest"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

var stress = flag.Duration("stress", 500*time.Millisecond, "how long sessions are shared under forced garbage collection")

// deadline is how long a cancelled run may go on.
var deadline = race.Slowed(10 * time.Millisecond)

// sessions opens the devices of this machine, as a user does.
func sessions(t *testing.T, do func(t *testing.T, s *runtime.Session)) {
	for _, device := range []string{"cpu", "interp", "vulkan"} {
		t.Run(device, func(t *testing.T) {
			s, err := runtimetest.Open(t, runtime.Config{Device: device})
			switch {
			case err != nil && device == "vulkan":
				t.Skipf("SKIPPED: %v", err)
			case err != nil:
				t.Fatal(err)
			}
			defer s.Close()
			do(t, s)
		})
	}
}

// ones is a float32 tensor of that shape.
func ones(t *testing.T, shape ...int) expr.Expr {
	t.Helper()
	data := make([]float32, tensor.Shape(shape).Len())
	for i := range data {
		data[i] = 1
	}
	x, err := tensor.New(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	return expr.From(x)
}

// longGraphs take seconds on any device: one packed contraction, one row kernel, one map.
func longGraphs(t *testing.T) map[string]expr.Expr {
	a, m := ones(t, 3000, 3000), ones(t, 4000, 4000)
	rows := m
	for range 12 {
		rows = rows.Softmax(1)
	}
	chain := m
	for range 40 {
		chain = chain.Sin().Exp()
	}
	return map[string]expr.Expr{"product": einsum.Contract("ij,jk,kl->il", a, a, a), "rows": rows.Sum(), "chain": chain}
}

// TestCancellation cancels runs in their midst. The machine may be busy with other things, so that the quickest of twenty counts.
func TestCancellation(t *testing.T) {
	sessions(t, func(t *testing.T, s *runtime.Session) {
		for name, g := range longGraphs(t) {
			p, err := s.Compile(context.Background(), g)
			if err != nil {
				t.Fatal(err)
			}
			best := time.Hour
			for range 20 {
				ctx, cancel := context.WithCancel(context.Background())
				var asked time.Time
				time.AfterFunc(20*time.Millisecond, func() { asked = time.Now(); cancel() })
				_, err := p.Run(ctx)
				took := time.Since(asked)
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("%s: a cancelled run gives %v", name, err)
				}
				if best = min(best, took); best < deadline {
					break
				}
			}
			if best > deadline {
				t.Errorf("%s: a cancelled run went on for %v", name, best)
			}
		}
	})
}

// TestSharedUnderGarbageCollection evaluates random graphs from eight goroutines of one session, compiled and not, while memory is
// collected all the time: the bits are those of a quiet run. The race detector and checkptr see the same test in tests/run.
func TestSharedUnderGarbageCollection(t *testing.T) {
	sessions(t, func(t *testing.T, s *runtime.Session) {
		var list [20][]expr.Expr
		var want [20][]*tensor.Tensor
		for i := range list {
			list[i] = randgraph.Graph(rand.New(rand.NewPCG(uint64(9001+2*i), 0)), randgraph.Options{Tame: true})
			want[i] = evaluated(t, s, list[i])
		}
		stop := time.Now().Add(*stress)
		var all sync.WaitGroup
		all.Go(func() {
			for time.Now().Before(stop) {
				goruntime.GC()
			}
		})
		for g := range 8 {
			all.Go(func() {
				for i := g; i < g+2 || time.Now().Before(stop); i++ {
					k := i % len(list)
					for n, got := range evaluated(t, s, list[k]) {
						if !sameBits(t, got, want[k][n]) {
							t.Errorf("graph %d: output %d is\n%v\nand was\n%v", k, n, got, want[k][n])
						}
					}
				}
			})
		}
		all.Wait()
	})
}

// evaluated gives the graph's values, half of them by Eval and half by a program.
func evaluated(t *testing.T, s *runtime.Session, roots []expr.Expr) []*tensor.Tensor {
	p, err := s.Compile(context.Background(), roots...)
	if err != nil {
		t.Error(err)
		return nil
	}
	values, err := p.Run(context.Background())
	if err != nil {
		t.Error(err)
		return nil
	}
	for i := 0; i < len(roots); i += 2 {
		if values[i], err = s.Eval(context.Background(), roots[i]); err != nil {
			t.Error(err)
			return nil
		}
	}
	return values
}

func sameBits(t *testing.T, x, y *tensor.Tensor) bool {
	a, err := x.Bytes()
	if err != nil {
		t.Error(err)
	}
	b, err := y.Bytes()
	if err != nil {
		t.Error(err)
	}
	return bytes.Equal(a, b)
}

// TestCloseWaitsForWhatRuns closes a session in the midst of a run, which ends as if nothing had been; later ones are refused.
func TestCloseWaitsForWhatRuns(t *testing.T) {
	sessions(t, func(t *testing.T, s *runtime.Session) {
		x := ones(t, 200, 200)
		p, err := s.Compile(context.Background(), einsum.Contract("ij,jk,kl->il", x, x, x))
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		started := make(chan bool)
		for range 4 {
			all.Go(func() {
				started <- true
				for {
					got, err := p.Run(context.Background())
					if err != nil {
						return // closed
					}
					if v := got[0].Float64s(); v[0] != 40000 || v[len(v)-1] != 40000 {
						t.Errorf("%v", got[0])
					}
				}
			})
			<-started
		}
		time.Sleep(5 * time.Millisecond)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		all.Wait()
	})
}

// TestMemoryLimitIsKept finds the number of bytes that a refusal names: with it the graph runs, with one less it does not.
func TestMemoryLimitIsKept(t *testing.T) {
	x := ones(t, 300, 200)
	g := einsum.Contract("ij,kj->ik", x, x).Softmax(1).Sum(0)
	run := func(limit int64) error {
		s, err := runtime.Open(runtime.Config{MemoryLimit: limit})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		_, err = s.Eval(context.Background(), g)
		return err
	}
	err := run(1000)
	if err == nil {
		t.Fatal("1000 bytes were enough")
	}
	var need int64
	for _, m := range regexp.MustCompile(`[0-9]+`).FindAllString(err.Error(), -1) {
		if n, err := strconv.ParseInt(m, 10, 64); err == nil {
			need = max(need, n)
		}
	}
	if err := run(need); err != nil {
		t.Errorf("with the %d bytes that were asked for: %v", need, err)
	}
	if err := run(need - 1); err == nil {
		t.Errorf("%d bytes were enough too", need-1)
	}
}
