package tests

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/runtimetest"
	"github.com/einloom/einloom/tensor"
)

var (
	long   = flag.Bool("long", false, "run what takes minutes too")
	device = flag.String("device", "", "compute on these devices alone (interp,vulkan,cpu); empty: on all")
)

// plainest turns the planner's optimizations off: what remains is the plainest plan. keepOrder only keeps it from merging and ordering
// contractions, which takes numbers to be finite: the sum of inf*x and inf*0 is NaN, inf times the sum of x and 0 is not (see
// docs/semantics.md).
var (
	plainest  = []string{"simplify", "share", "order", "fuse"}
	keepOrder = []string{"order"}
)

// way is one way to compute a graph.
type way struct {
	name    string
	session *runtime.Session
	ordered bool // contractions are merged and ordered
}

// ways opens every device and target that this machine has, with the planner's optimizations on, without contraction order, and all off.
// What is not to be had is skipped and said.
func ways(t testing.TB) []way {
	t.Helper()
	configs := []runtime.Config{{Device: "interp"}, {Device: "vulkan"}}
	for _, target := range cpu.Targets() {
		configs = append(configs, runtime.Config{Device: "cpu", Target: target})
	}
	var list []way
	for _, c := range configs {
		if *device != "" && !slices.Contains(strings.Split(*device, ","), c.Device) {
			continue
		}
		c.Check = true
		for _, v := range []struct {
			name string
			off  []string
		}{{"", nil}, {" unordered", keepOrder}, {" plain", plainest}} {
			if c.Device == "vulkan" && v.off != nil && !*long {
				continue // a driver's compiler takes its time
			}
			c.Off = v.off
			name := c.Device + " " + c.Target + v.name
			s, err := runtimetest.Open(t, c)
			if err != nil {
				t.Logf("SKIPPED: %s: %v", name, err)
				continue
			}
			t.Cleanup(func() { s.Close() })
			list = append(list, way{name, s, v.off == nil})
		}
	}
	return list
}

// run compiles and runs the graph.
func (w way) run(t *testing.T, roots ...expr.Expr) []*tensor.Tensor {
	t.Helper()
	p, err := w.session.Compile(context.Background(), roots...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return got
}
