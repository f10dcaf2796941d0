package caller

import (
	"path/filepath"
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
	p := build() // line 21
	if got := p.String(); got != "caller_test.go:21" {
		t.Errorf("Here(0) is %s", got)
	}
	if got := outer().String(); got != "caller_test.go:25" {
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
