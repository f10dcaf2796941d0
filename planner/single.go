package planner

import "github.com/einloom/einloom/codegen"

// Expand gives a single kernel as pass expand leaves it: every op that t lacks written out. It serves kernels that come from a text rather
// than from a graph. Where there is nothing to write out that is k itself; otherwise the result has no schedule.
func Expand(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	s := &state{Options: Options{Target: t}, steps: []step{{kernel: k}}}
	if err := expand(s); err != nil {
		return nil, err
	}
	return s.steps[0].kernel, nil
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
