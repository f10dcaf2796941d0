package runtime

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
)

// build plans and compiles. A broken invariant of the planner's or a generator's is an error here, never a crash.
func (s *Session) build(ctx context.Context, j *job) (c *compiled, err error) {
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, fmt.Errorf("internal: %v: please report with this graph:\n%s\n%s", r, expr.Text(j.asked...), debug.Stack())
		}
	}()
	switch {
	case s.home == s.device:
		c, err = s.buildFor(ctx, j, s.device)
	case j.home:
		c, err = s.buildFor(ctx, j, s.home)
	default:
		c, err = s.buildBest(ctx, j)
	}
	if err != nil {
		return nil, err
	}
	s.stage(c.language(), c.code)
	return c, nil
}

// buildFor plans and compiles for a device.
func (s *Session) buildFor(ctx context.Context, j *job, device driver.Device) (*compiled, error) {
	plan, err := s.plan(ctx, j, device, s.stage)
	if err != nil {
		return nil, err
	}
	return newCompiled(ctx, device, plan, j.inputs)
}

// plan plans for a device.
func (s *Session) plan(ctx context.Context, j *job, device driver.Device, trace func(string, func() string)) (*planner.Plan, error) {
	strides := j.strides // the plan keeps what it is given, and is kept itself: it must not see the user's graph
	return planner.Make(j.roots, planner.Options{
		Target:      device.Target(),
		MemoryLimit: s.config.MemoryLimit,
		Objective:   s.config.Objective,
		FastMath:    s.config.FastMath,
		Off:         s.off,
		Check:       s.config.Check,
		Keep:        j.keep,
		Strides:     func(leaf *expr.Node) []int { return strides[leaf] },
		Trace:       trace,
		Orders:      s.kept,
		Stop:        ctx.Err,
	})
}

// away says whether a run on the operands must be where buffers lie because some of them are buffers, and that is not where all plans run.
func (s *Session) away(list []operand) bool { return s.home != s.device && buffers(list) }

// buildBest plans for the processor and for the GPU, compiles what is thought to be faster, and says why. What cannot be on the GPU is not.
func (s *Session) buildBest(ctx context.Context, j *job) (*compiled, error) {
	here, err := s.plan(ctx, j, s.device, nil)
	if err != nil {
		return nil, err
	}
	away, why := false, ""
	there, err := s.plan(ctx, j, s.home, nil)
	if err == nil {
		away, why = planner.Away(here, there)
	} else {
		why = fmt.Sprintf("no plan for %s: %v", s.home.Target().Name, err)
	}
	if away {
		c, err := newCompiled(ctx, s.home, there, j.inputs)
		if err == nil {
			c.why = why
			s.stages(there)
			return c, nil
		}
		why = fmt.Sprintf("%s does not compile it: %v", s.home.Target().Name, err)
		s.event(Event{What: "fallback", Name: "plan", Why: why})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := newCompiled(ctx, s.device, here, j.inputs)
	if err != nil {
		return nil, err
	}
	c.why = why
	s.stages(here)
	return c, nil
}

// stages tells of a plan that was made before it was known to be the one.
func (s *Session) stages(p *planner.Plan) {
	for _, name := range p.Stages() {
		s.stage(name, func() string { return p.Text(name) })
	}
}
