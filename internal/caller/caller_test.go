package caller

import (
	"path/filepath"
	"strings"
	"testing"
)

var sink Pos

func build() Pos { return Here(0) }
func outer() Pos { return inner() }
func inner() Pos { return Here(1) }
func deep(n int) Pos {
	if n == 0 {
		return Here(0)
	}
	return deep(n - 1)
}

func TestHere(t *testing.T) {
	p := build() // line 22
	if got := p.String(); got != "caller_test.go:22" {
		t.Errorf("Here(0) is %s", got)
	}
	if got := outer().String(); got != "caller_test.go:26" {
		t.Errorf("Here(1) is %s", got)
	}
	if file, _ := p.Resolve(); !filepath.IsAbs(file) {
		t.Errorf("the full path is %q", file)
	}
	if p.IsZero() || !(Pos{}).IsZero() || (Pos{}).String() != "?" {
		t.Error("zero Pos")
	}
	if deep(20).IsZero() {
		t.Error("a deep call has a place")
	}
}

func TestAt(t *testing.T) {
	if got := At("dir/g.txt", 7).String(); got != "g.txt:7" {
		t.Error(got)
	}
}

func TestOwn(t *testing.T) {
	for _, c := range []struct {
		function, file string
		own            bool
	}{
		{module + ".Eval", "einloom.go", true},
		{module + "/expr.Expr.Add", "expr/zmethods.go", true},
		{module + "/expr.Of[...]", "expr/leaf.go", true},
		{module + "/expr.(*Node).With", "expr/node.go", true},
		{module + "/codegen/cpu.f.func1", "codegen/cpu/x.go", true},
		{module + "/expr.TestAdd", "expr/map_test.go", false},
		{module + "/expr_test.cases", "main.go", false},
		{module + "/tests.TestAll", "tests/x.go", false},
		{module + "/tests/randgraph.Graph", "tests/randgraph/graph.go", false},
		{module + "/cmd/einloom.run", "cmd/einloom/x.go", false},
		{module + "/examples/quickstart.f", "x.go", false},
		{module + "extra/expr.F", "x.go", false},
		{"main.main", "main.go", false},
		{"runtime.goexit", "asm.s", false},
	} {
		if own(c.function, c.file) != c.own {
			t.Errorf("own(%q, %q) is %v", strings.TrimPrefix(c.function, module), c.file, !c.own)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { sink = build() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkHere(b *testing.B) {
	for b.Loop() {
		sink = outer()
	}
}

func BenchmarkHereDeep(b *testing.B) {
	for b.Loop() {
		sink = deep(8)
	}
}
