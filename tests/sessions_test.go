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
	rest    bool // only for graphs that ordered ways may compute otherwise
}

// variants are with the planner's optimizations on, without contraction order, and all off.
var variants = []struct {
	name string
	off  []string
}{{"", nil}, {" unordered", keepOrder}, {" plain", plainest}}

// ways opens every device and target that this machine has, in each variant; those of Vulkan, where a driver's compiler takes its time, in the
// first one. What is not to be had is skipped and said.
func ways(t testing.TB) (list []way) {
	t.Helper()
	configs := []runtime.Config{{Device: "interp"}, {Device: "vulkan"}}
	for _, target := range cpu.Targets() {
		configs = append(configs, runtime.Config{Device: "cpu", Target: target})
	}
	for _, c := range configs {
		count := len(variants)
		if c.Device == "vulkan" && !*long {
			count = 1
		}
		for i := range count {
			list = appendWay(t, list, c, i)
		}
	}
	return list
}

// waysOfGraphs are ways for graphs of any numbers: where Vulkan has the first variant alone, the second one stands in for it.
func waysOfGraphs(t testing.TB) []way {
	t.Helper()
	list := ways(t)
	if *long {
		return list
	}
	n := len(list)
	if list = appendWay(t, list, runtime.Config{Device: "vulkan"}, 1); len(list) > n {
		list[n].rest = true
	}
	return list
}

// appendWay opens what c says in a variant.
func appendWay(t testing.TB, list []way, c runtime.Config, variant int) []way {
	t.Helper()
	if *device != "" && !slices.Contains(strings.Split(*device, ","), c.Device) {
		return list
	}
	v := variants[variant]
	c.Check, c.Off = true, v.off
	name := c.Device + " " + c.Target + v.name
	s, err := runtimetest.Open(t, c)
	if err != nil {
		t.Logf("SKIPPED: %s: %v", name, err)
		return list
	}
	t.Cleanup(func() { s.Close() })
	return append(list, way{name: name, session: s, ordered: v.off == nil})
}

// run compiles and runs the graph.
func (w way) run(t *testing.T, roots ...expr.Expr) []*tensor.Tensor {
	t.Helper()
	_, got, err := w.eval(roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// eval compiles and runs the graph with its inputs bound. Where the run fails there is a program, where the compiler does there is none.
func (w way) eval(roots []expr.Expr, bind map[string]*tensor.Tensor) (*runtime.Program, []*tensor.Tensor, error) {
	p, err := w.session.Compile(context.Background(), roots...)
	if err != nil {
		return nil, nil, err
	}
	var args []runtime.Arg
	for name, x := range bind {
		args = append(args, runtime.Bind(name, x))
	}
	got, err := p.Run(context.Background(), args...)
	return p, got, err
}
