package planner_test

import (
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

// shelf is planner.Orders in memory.
type shelf struct {
	kept           map[string][]byte
	loads, refused int
}

func (s *shelf) Load(key []byte, use func([]byte) error) bool {
	s.loads++
	data, is := s.kept[string(key)]
	if !is {
		return false
	}
	if use(data) != nil {
		s.refused++
		return false
	}
	return true
}

func (s *shelf) Save(key, data []byte) { s.kept[string(key)] = data }

// ladder is a contraction of 2n matrices, each rung of which is a label of its own; first is its first letter.
func ladder(n int, first rune) *expr.Node {
	var terms []string
	var args []expr.Expr
	for i := range rune(n) {
		left, right, rung := first+3*i, first+3*i+1, first+3*i+2
		terms = append(terms, string([]rune{left, rung, left + 3}), string([]rune{right, rung, right + 3}))
		name := string('a' + i)
		args = append(args, expr.Input(name, tensor.Float32, 20, 30, 20), expr.Input(name+name, tensor.Float32, 30, 30, 30))
	}
	return einsum.Contract(strings.Join(terms, ",")+"->", args...).Node()
}

func TestOrdersAreKept(t *testing.T) {
	t.Parallel()
	orders := &shelf{kept: map[string][]byte{}}
	o := planner.Options{Target: target(t, cpu.AVX2)}
	plan := func(x *expr.Node, o planner.Options) (*planner.Plan, planner.Contraction) {
		t.Helper()
		p, err := planner.Make([]*expr.Node{x}, o)
		if err != nil {
			t.Fatal(err)
		}
		return p, p.Contractions()[0]
	}
	alone, _ := plan(ladder(10, 0x4e00), o)
	o.Orders = orders
	first, c := plan(ladder(10, 0x4e00), o)
	if c.Kept || len(orders.kept) != 1 || strings.Contains(first.Orders(), "kept") {
		t.Errorf("at first: %d kept, %s", len(orders.kept), first.Orders())
	}
	again, c := plan(ladder(10, 0x5e00), o)
	if !c.Kept || !strings.Contains(again.Orders(), ", kept from an earlier search") {
		t.Errorf("of other labels: %s", again.Orders())
	}
	if a, b, c := alone.Text("kernel"), first.Text("kernel"), again.Text("kernel"); a != b || b != c {
		t.Errorf("an order that is kept makes another plan:\n%s\n%s\n%s", a, b, c)
	}
	flops := o
	flops.Objective = "flops"
	if _, c := plan(ladder(10, 0x4e00), flops); c.Kept {
		t.Error("the order for time is taken for flops")
	}
	limited := o
	limited.MemoryLimit = int64(first.Arena) / 2
	if p, c := plan(ladder(10, 0x4e00), limited); c.Kept || len(p.Loops) == 0 {
		t.Errorf("an order without slices is taken under a limit: %s", p.Orders())
	}
	if p, c := plan(ladder(10, 0x4e00), limited); !c.Kept || c.Slices < 2 {
		t.Errorf("in slices: %s", p.Orders())
	}
	for key := range orders.kept {
		orders.kept[key] = []byte(`{"steps":[[0,1]]}`)
	}
	if p, c := plan(ladder(10, 0x4e00), o); c.Kept || orders.refused != 1 || p.Text("kernel") != first.Text("kernel") {
		t.Errorf("an order that is none: %d refused, %s", orders.refused, p.Orders())
	}
	if _, c := plan(ladder(10, 0x4e00), o); !c.Kept {
		t.Error("what is found in its place is not kept")
	}
	loads := orders.loads
	if plan(ladder(3, 'a'), o); orders.loads != loads {
		t.Error("an order that is found in no time is looked for")
	}
}
