package planner

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

func TestPassesRunInTheOrderOfTheReasons(t *testing.T) {
	at := func(name string) int {
		return slices.IndexFunc(passes, func(p pass) bool { return p.name == name })
	}
	for _, r := range orderReasons {
		if at(r.first) < 0 || at(r.then) < 0 || at(r.first) >= at(r.then) {
			t.Errorf("%s before %s: %s", r.first, r.then, r.why)
		}
	}
}

func TestRulesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.name] || !strings.Contains(r.shows, "->") || strings.HasPrefix(r.name, "fast-") != r.fast {
			t.Errorf("rule %s: %s", r.name, r.shows)
		}
		seen[r.name] = true
	}
}

// attention gives a graph with buffers.
func attention() *expr.Node {
	q := expr.Input("q", tensor.Float32, 64, 32)
	k := expr.Input("k", tensor.Float32, 64, 32)
	return q.MatMul(k.Transpose(1, 0)).Softmax(1).MatMul(k).Node()
}

func TestMemoryLimitIsRefusedUpFront(t *testing.T) {
	p, err := Make([]*expr.Node{attention()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	need := int64(p.Arena + 64*32*4)
	if _, err := Make([]*expr.Node{attention()}, Options{MemoryLimit: need}); err != nil {
		t.Errorf("with just enough: %v", err)
	}
	if p, err := Make([]*expr.Node{attention()}, Options{MemoryLimit: need - 1}); err != nil || len(p.Loops) == 0 {
		t.Errorf("with a byte too few for all rows at once: %v", err)
	}
	whole := map[string]bool{"block": true}
	var over *MemoryError
	if _, err := Make([]*expr.Node{attention()}, Options{MemoryLimit: need - 1, Off: whole}); !errors.As(err, &over) || over.Need != need || over.Limit != need-1 {
		t.Errorf("with a byte too few: %v", err)
	}
}

func TestMistakesAreRefusedTogether(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 2, 3)
	one := x.Reshape(5)
	two := x.Transpose(0, 0)
	_, err := Make([]*expr.Node{one.Node(), two.Node(), expr.Concat(0, one, two).Node()}, Options{})
	var all expr.Errors
	if !errors.As(err, &all) || len(all) != 2 {
		t.Errorf("want both mistakes once, got %v", err)
	}
	if _, err := Make([]*expr.Node{nil}, Options{}); err == nil {
		t.Error("the zero Expr is planned")
	}
}

// TestPlansAreReproducible plans one graph twice, and through its text.
func TestPlansAreReproducible(t *testing.T) {
	texts := func(root *expr.Node) string {
		p, err := Make([]*expr.Node{root}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, name := range p.Stages() {
			b.WriteString(p.Text(name))
		}
		return b.String()
	}
	first := texts(attention())
	if again := texts(attention()); again != first {
		t.Errorf("another plan the second time:\n%s\n%s", first, again)
	}
	for _, stage := range []string{"graph", "simplify", "lower", "share", "order", "fuse", "index", "expand", "schedule", "place", "kernel"} {
		p, _ := Make([]*expr.Node{attention()}, Options{})
		if p.Text(stage) == "" {
			t.Errorf("stage %s has no text", stage)
		}
	}
}

func TestStageTextsComeAsTheyAreMade(t *testing.T) {
	var names []string
	later := map[string]func() string{}
	p, err := Make([]*expr.Node{attention()}, Options{Trace: func(name string, text func() string) {
		names = append(names, name)
		later[name] = text
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(names, p.Stages()) {
		t.Errorf("traced %v, the plan has %v", names, p.Stages())
	}
	for name, text := range later {
		if text() != p.Text(name) {
			t.Errorf("stage %s: two texts", name)
		}
	}
}

func TestBuffersAreReused(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 64, 64)
	y := x
	for range 20 {
		y = y.MatMul(x)
		y = y.Softmax(1)
	}
	p, err := Make([]*expr.Node{y.Node()}, Options{Check: true})
	if err != nil {
		t.Fatal(err)
	}
	if p.Arena != 2*64*64*4 {
		t.Errorf("the arena of a chain has %d bytes, want two buffers", p.Arena)
	}
}
