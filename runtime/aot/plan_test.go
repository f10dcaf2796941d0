package aot

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/einloom/einloom/runtime/driver"
)

// taken is out[i] = 2*x[index[i]], through the arena, as text alone: what there is on machines without machine code.
func taken() *Plan {
	return &Plan{
		Name:    "Taken",
		Outputs: []Array{{"out", "f32[4]", 4}},
		Inputs:  []Array{{"x", "f32[3]", 3}, {"index", "i64[4]", 4}},
		Arena:   64,
		Kernels: []string{
			"kernel k0\n  in x f32[3], n i64[4]\n  out o f32[4]\n  loop i 4\n  o[i] = x[at(n[i])]",
			"kernel k1\n  in x f32[4]\n  out o f32[4]\n  loop i 4\n  o[i] = x[i] + x[i]",
		},
		Steps: []Step{
			{Args: []Ref{{Space: Input}, {Space: Input, Index: 1}, {Space: Arena}}},
			{Args: []Ref{{Space: Arena}, {Space: Output}}},
		},
	}
}

func TestRun(t *testing.T) {
	p, ctx := taken(), context.Background()
	out, x := make([]float32, 4), []float32{1, 10, 100}
	if err := p.Run(ctx, Of(out), Of(x), Of([]int64{2, 0, -1, 1})); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{200, 2, 200, 20} {
		if out[i] != want {
			t.Errorf("element %d is %v, want %v", i, out[i], want)
		}
	}
	if p.Native() {
		t.Error("it has no machine code and says it has")
	}
}

func TestMistakes(t *testing.T) {
	p, ctx := taken(), context.Background()
	out, x, index := make([]float32, 4), make([]float32, 3), make([]int64, 4)
	stopped, stop := context.WithCancel(ctx)
	stop()
	var wrong *driver.IndexError
	for _, c := range []struct {
		err  error
		want string
	}{
		{p.Run(ctx, Of(out), Of(x)), "Taken: it takes 3 arrays, got 2"},
		{p.Run(ctx, Of(out[:3]), Of(x), Of(index)), "Taken: out is f32[4], 4 elements: got 3"},
		{p.Run(ctx, Of(out), Of(x), Of(index[:0])), "Taken: index is i64[4], 4 elements: got 0"},
		{p.Run(ctx, Of(out), Of(out[:3]), Of(index)), "Taken: out shares memory with x"},
		{p.Run(stopped, Of(out), Of(x), Of(index)), "Taken: context canceled"},
		{p.Run(ctx, Of(out), Of(x), Of([]int64{0, 1, 3, 0})), "Taken: interp: kernel k0: index 3 is out of range"},
		{(&Plan{Name: "Empty", Steps: make([]Step, 1)}).Run(ctx), "Empty: internal: "},
		{(&Plan{Name: "Odd", Steps: make([]Step, 1), Kernels: []string{"kernel"}}).Run(ctx), "Odd: internal: "},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), c.want) {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
	if err := p.Run(ctx, Of(out), Of(x), Of([]int64{-4, 0, 0, 0})); !errors.As(err, &wrong) || wrong.Index != -4 {
		t.Errorf("got %v", err)
	}
}

// TestLoop doubles the rows of a matrix two at a time: five rows, so that the last slice is short of one and begins one earlier.
func TestLoop(t *testing.T) {
	p := &Plan{
		Name:    "Doubled",
		Outputs: []Array{{"out", "f64[5 2]", 10}},
		Inputs:  []Array{{"x", "f64[5 2]", 10}},
		Kernels: []string{"kernel k0\n  in x f64[2 2]\n  out o f64[2 2]\n  loop i 2, j 2\n  o[i, j] = x[i, j] + x[i, j]"},
		Steps:   []Step{{Depth: 1, Args: []Ref{{Space: Input, Moves: []int{16}}, {Space: Output, Moves: []int{16}}}}},
		Loops:   []Loop{{0, 1, []Index{{Extent: 5, Block: 2}}}},
	}
	x, out := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, make([]float64, 10)
	if err := p.Run(context.Background(), Of(out), Of(x)); err != nil {
		t.Fatal(err)
	}
	for i := range out {
		if out[i] != 2*x[i] {
			t.Errorf("element %d is %v", i, out[i])
		}
	}
}

// TestTogether runs a plan from many goroutines: each has an arena of its own.
func TestTogether(t *testing.T) {
	p := taken()
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			out, x, index := make([]float32, 4), []float32{float32(g), float32(g + 1), float32(g + 2)}, []int64{0, 1, 2, 0}
			for range 200 {
				if err := p.Run(context.Background(), Of(out), Of(x), Of(index)); err != nil {
					t.Error(err)
				}
				for i := range out {
					if out[i] != 2*x[index[i]] {
						t.Errorf("element %d is %v of %v", i, out[i], x)
						return
					}
				}
			}
		})
	}
	all.Wait()
}
