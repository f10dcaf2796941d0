package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/einloom/einloom"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

func data(t *testing.T) (features []float32, species []int64) {
	t.Helper()
	text, err := os.ReadFile("../quickstart/iris.csv")
	if err != nil {
		t.Fatal(err)
	}
	features, species, err = iris(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return features, species
}

func TestLearns(t *testing.T) {
	var out strings.Builder
	features, species := data(t)
	if err := learn(&out, features, species); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"after    0 steps the mean loss is 1.0986", "147 of 150 flowers"} { // ln 3: all alike
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// TestStepIsTheSession compares what was generated with a session that plans the same text now, to the bit.
func TestStepIsTheSession(t *testing.T) {
	if !stepPlan.Native() {
		t.Skip("SKIPPED: this processor does not run the machine code; the interpreter may sum in another order")
	}
	text, err := os.ReadFile("step.txt")
	if err != nil {
		t.Fatal(err)
	}
	roots, err := expr.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	s, err := einloom.Open(einloom.Config{Target: "amd64+avx2", Uncalibrated: true})
	if err != nil {
		t.Skipf("SKIPPED: there is nothing to compare with: %v", err)
	}
	defer s.Close()
	ctx := context.Background()
	p, err := s.Compile(ctx, roots...)
	if err != nil {
		t.Fatal(err)
	}
	features, species := data(t)
	labels, weights, bias := make([]float32, flowers*kinds), make([]float32, measures*kinds), []float32{0.25, 0, -0.5}
	for n, kind := range species {
		labels[n*kinds+int(kind)] = 1
	}
	for i := range weights {
		weights[i] = float32(i)/7 - 0.8
	}
	want, err := p.Run(ctx, bind(t, "features", features, flowers, measures), bind(t, "labels", labels, flowers, kinds),
		bind(t, "weights", weights, measures, kinds), bind(t, "bias", bias, kinds))
	if err != nil {
		t.Fatal(err)
	}
	got := [][]float32{make([]float32, measures*kinds), make([]float32, kinds), make([]float32, 1)}
	run := func() {
		if err := step(ctx, got[0], got[1], got[2], features, labels, weights, bias); err != nil {
			t.Fatal(err)
		}
	}
	run()
	for k := range want {
		same, err := tensor.Data[float32](want[k])
		if err != nil {
			t.Fatal(err)
		}
		for i := range same {
			if got[k][i] != same[i] {
				t.Errorf("result %d, element %d: %v, the session has %v", k, i, got[k][i], same[i])
			}
		}
	}
	if n := testing.AllocsPerRun(100, run); n > 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

func bind(t *testing.T, name string, data []float32, dims ...int) einloom.Arg {
	t.Helper()
	x, err := tensor.New(data, dims...)
	if err != nil {
		t.Fatal(err)
	}
	return einloom.Bind(name, x)
}
