package planner

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
)

// Expand gives a single kernel as pass expand leaves it: every op that t lacks written out. It serves kernels that come from a text rather
// than from a graph. The schedule is kept; a packed contraction's is an error where the sum has become two.
func Expand(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	s := &state{Options: Options{Target: t}, steps: []step{{kernel: k}}}
	if err := expand(s); err != nil {
		return nil, err
	}
	e := s.steps[0].kernel
	if e == k || k.Nest == codegen.NestNone {
		return e, nil
	}
	c := *e
	c.Schedule = k.Schedule
	if k.Nest == codegen.NestGett {
		if err := findFactors(&c); err != nil {
			return nil, err
		}
	}
	return &c, c.Verify()
}

// findFactors finds the sum of a packed contraction, and its factors, in a body that has been written anew.
func findFactors(k *codegen.Kernel) error {
	g := &k.Gett
	g.Sum = -1
	for i := range k.Body {
		if k.Body[i].Kind != codegen.Reduce {
			continue
		}
		if g.Sum >= 0 {
			return fmt.Errorf("kernel %s has several sums", k.Name)
		}
		g.Sum = i
	}
	args := k.Body[k.Body[g.Sum].Args[0]].Args
	if len(args) != 2 {
		return fmt.Errorf("kernel %s is no sum of products", k.Name)
	}
	g.A, g.B = args[0], args[1]
	if on := k.Depends(); on[g.A].Meets(codegen.AxesOf(g.N...)) || on[g.B].Meets(codegen.AxesOf(g.M...)) {
		g.A, g.B = g.B, g.A
	}
	return nil
}

// Schedule gives a single kernel as pass schedule leaves it: with a schedule for t in the place of its own, and its cost.
func Schedule(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	t.Threads = plannedWorkers
	s := &state{Options: Options{Target: t}, steps: []step{{kernel: k}}}
	if err := schedule(s); err != nil {
		return nil, err
	}
	return s.steps[0].kernel, nil
}
