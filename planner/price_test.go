package planner_test

import (
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

// gpu is the target of a device of a type, as its driver would give it.
func gpu(kind spirv.DeviceType) codegen.Target {
	c := spirv.Desktop()
	c.Type, c.Units = kind, 0
	t := c.Target()
	t.Memory = 8 << 30
	return t
}

func planFor(t *testing.T, target codegen.Target, x expr.Expr) *planner.Plan {
	t.Helper()
	p, err := planner.Make([]*expr.Node{x.Node()}, planner.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAwayWeighsTheTrip has made-up devices: what is much work for few bytes goes, what only passes through stays.
func TestAwayWeighsTheTrip(t *testing.T) {
	host, err := cpu.Target(cpu.AVX2)
	if err != nil {
		t.Fatal(err)
	}
	host.Threads = 2
	discrete, integrated := gpu(spirv.Discrete), gpu(spirv.Integrated)
	bare, small, narrow := discrete, discrete, discrete
	c := spirv.Desktop()
	c.ShaderFloat64 = false
	bare.Native = c.Target().Native
	small.Memory = 100 << 20
	narrow.Array = 32 << 20
	matrix := func(d tensor.DType, n int) expr.Expr {
		return einsum.Contract("ij,jk->ik", expr.Input("a", d, n, n), expr.Input("b", d, n, n))
	}
	large := expr.Input("x", tensor.Float32, 1<<22)
	deep := large
	for range 40 {
		deep = deep.Sin().Exp().Tanh()
	}
	for name, c := range map[string]struct {
		x      expr.Expr
		device codegen.Target
		away   bool
		why    string
	}{
		"a large product":              {matrix(tensor.Float32, 4096), discrete, true, "for 134.2 MB to the device and 67.11 MB back"},
		"a large product, shared":      {matrix(tensor.Float32, 4096), integrated, true, "less than"},
		"a small product":              {matrix(tensor.Float32, 64), discrete, false, "0.05 ms to start"},
		"a sum of two":                 {large.Add(expr.Input("y", tensor.Float32, 1<<22)), discrete, false, "no less than"},
		"a sum of two, shared":         {large.Add(expr.Input("y", tensor.Float32, 1<<22)), integrated, false, "no less than"},
		"a long formula":               {deep, discrete, true, "16.78 MB to the device and 16.78 MB back"},
		"float64 without code for it":  {matrix(tensor.Float64, 1024), bare, false, "interpreted"},
		"more than its memory":         {matrix(tensor.Float32, 4096), small, false, "whose memory is 104.9 MB"},
		"arrays larger than it takes":  {matrix(tensor.Float32, 4096), narrow, false, "vulkan takes at most"},
		"nothing but data of constant": {expr.Ones(tensor.Float32, 100), discrete, false, "no less than"},
	} {
		away, why := planner.Away(planFor(t, host, c.x), planFor(t, c.device, c.x))
		if away != c.away || !strings.Contains(why, c.why) {
			t.Errorf("%s: away is %v: %s; want %v, %q", name, away, why, c.away, c.why)
		}
	}
}
