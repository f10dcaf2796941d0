package runtime_test

import (
	"context"
	"strings"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// TestPlanShowsTheStages holds the texts to what their readers look for: the stages in order, the names of inputs, a graph that Parse
// reads, the table of a chain, and measured times once a run was long enough.
func TestPlanShowsTheStages(t *testing.T) {
	s, err := runtime.Open(runtime.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := expr.Input("x", tensor.Float32, 700, 200)
	w := expr.From(zeros(t, 200, 400))
	chain := einsum.Contract("ij,jk,kl->il", x, w, expr.From(zeros(t, 400, 3)))
	p, err := s.Compile(context.Background(), chain.Tanh(), x.Sub(x.Mean(1).KeepDims()))
	if err != nil {
		t.Fatal(err)
	}
	plan := p.Plan()
	inOrder(t, plan, "; plan of ", "1 thread\n", "; stage graph", `input "x"`, `input "$1"`, "; stage order", "left to right", "; stage kernel",
		"data1 f32[200 400]", "tanh(", "; stage cost", "k0", "together", "intermediate values take")
	inOrder(t, p.Explain(), plan, "; stage place", "step 0", "; stage cpu", "; k0, ")
	graph := plan[strings.Index(plan, "%0"):strings.Index(plan, "; stage order")]
	if _, err := expr.Parse(graph); err != nil {
		t.Errorf("the graph's text cannot be read: %v", err)
	}
	if _, err := p.Run(context.Background(), runtime.Bind("x", zeros(t, 700, 200))); err != nil {
		t.Fatal(err)
	}
	last := strings.Fields(p.Plan()[strings.Index(p.Plan(), "; together"):])
	if last[5] == "-" {
		t.Errorf("a run of Mflops is not measured:\n%s", p.Plan())
	}
}

func zeros(t *testing.T, dims ...int) *tensor.Tensor {
	t.Helper()
	z, err := tensor.Zeros(tensor.Float32, dims...)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// inOrder holds text to contain the parts, one after the other.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		i := strings.Index(rest, p)
		if i < 0 {
			t.Fatalf("%q is not there, or not in its place:\n%s", p, text)
		}
		rest = rest[i+len(p):]
	}
}
