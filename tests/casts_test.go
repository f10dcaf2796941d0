package tests

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/tensor"
)

// TestCastsAreNative casts numbers of every size, halfway cases and their neighbours among them, between all pairs of dtypes: the cpu device
// has code for each, and gives the interpreter's bits.
func TestCastsAreNative(t *testing.T) {
	if err := host.Available(); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	missed := ""
	cpu, err := runtime.Open(runtime.Config{Trace: func(e runtime.Event) {
		if e.What == "fallback" {
			missed += e.String() + "\n"
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer cpu.Close()
	portable, err := runtime.Open(runtime.Config{Device: "interp"})
	if err != nil {
		t.Fatal(err)
	}
	defer portable.Close()
	r := rand.New(rand.NewPCG(1, 2))
	numbers := make([]int64, 5000)
	for i := range numbers { // few bits, then a tail of zeros, ones, or something
		at := r.IntN(63)
		numbers[i] = (int64(r.IntN(1<<9))<<55>>at ^ []int64{0, 1, -1, r.Int64() >> (at + 1)}[r.IntN(4)]) >> r.IntN(2)
	}
	for from := tensor.Bool; from < tensor.NumDTypes; from++ {
		x, err := tensor.FromInt64s(tensor.Int64, numbers, len(numbers))
		if err == nil {
			x, err = x.Convert(from)
		}
		if err != nil {
			t.Fatal(err)
		}
		for to := tensor.Bool; to < tensor.NumDTypes; to++ {
			cast := expr.From(x).Cast(to)
			if cast.Err() != nil {
				continue
			}
			var got [2]*tensor.Tensor
			for i, s := range []*runtime.Session{cpu, portable} {
				if got[i], err = s.Eval(context.Background(), cast); err != nil {
					t.Fatalf("%v to %v: %v", from, to, err)
				}
			}
			if !sameBits(t, got[0], got[1]) {
				t.Errorf("%v to %v: cpu and interp differ", from, to)
			}
		}
	}
	if missed != "" {
		t.Errorf("the interpreter was asked for help:\n%s", missed)
	}
}
