package planner

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
)

// Expand gives a single kernel as pass expand leaves it: every op that t lacks written out. It serves kernels that come from a text rather
// than from a graph. The schedule is kept; a packed contraction's is an error where the sum is none of products any more.
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
	found, ok := sumOfProducts(k)
	if !ok {
		return fmt.Errorf("kernel %s is no sum of products", k.Name)
	}
	g.Sum, g.A, g.B, g.Imag = found.Sum, found.A, found.B, found.Imag
	if a, b := g.Sides(k.Depends()); a.Meets(codegen.AxesOf(g.N...)) || b.Meets(codegen.AxesOf(g.M...)) {
		g.Swap()
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
