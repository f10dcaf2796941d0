package planner

import (
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// TestRatesMoveNoBits: what was measured on a machine changes estimates, but not into which pieces folds are cut.
func TestRatesMoveNoBits(t *testing.T) {
	target, err := cpu.Target(cpu.AVX2)
	if err != nil {
		t.Fatal(err)
	}
	slow := target
	slow.Rates = codegen.Rates{Products32: 1e9, Maps: 1e8, Cached: 1e8, Alone: 1e8, Memory: 1e8, Launch: 1e-4}
	x := expr.Input("x", tensor.Float32, 3000, 1000)
	for _, g := range []expr.Expr{x.Sum(), x.Sum(0), x.Sum(1), x.Softmax(1), x.MatMul(x.Transpose(1, 0)).Sum()} {
		var plans [2]*Plan
		for i, to := range []codegen.Target{target, slow} {
			if plans[i], err = Make([]*expr.Node{g.Node()}, Options{Target: to}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range plans[0].Steps {
			a, b := plans[0].Steps[i].Kernel, plans[1].Steps[i].Kernel
			if a.Schedule.Split != b.Schedule.Split {
				t.Errorf("%s: split %d or %d", a.Name, a.Schedule.Split, b.Schedule.Split)
			}
			if was, is := Seconds(a, target), Seconds(b, slow); is <= 2*was {
				t.Errorf("%s: estimated %g s, and %g s by slow rates", a.Name, was, is)
			}
		}
	}
}
