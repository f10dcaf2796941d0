package runtime

import (
	"context"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
)

// How many launches of a loop a device is given at once: enough that handing them over is nothing. A device that does not work in the host's
// memory is brought what they read each time.
const (
	together = 256
	carried  = 8192
)

// slicer is what a run goes through slices with.
type slicer struct {
	launches []driver.Launch // room for as many as the device is given at once
	steps    []int           // of each launch, its step
	n        int             // how many wait to be handed over
	index    []int           // the slice at hand: a place for each of the loop's indices
}

// newSlicer is the room that the plan's loops need; nil for a plan without loops.
func newSlicer(p *planner.Plan, inPlace bool) *slicer {
	if len(p.Loops) == 0 {
		return nil
	}
	room := carried
	if inPlace {
		room = together
	}
	x := &slicer{launches: make([]driver.Launch, room), steps: make([]int, room)}
	args, indices := 0, 0
	for i := range p.Loops {
		l := &p.Loops[i]
		indices = max(indices, len(l.Indices))
		for _, step := range p.Steps[l.From:l.To] {
			args = max(args, len(step.Args))
		}
	}
	for i := range x.launches {
		x.launches[i].Args = make([]driver.Arg, args)
	}
	x.index = make([]int, indices)
	return x
}

// forget gives up the user's memory.
func (x *slicer) forget() {
	for i := range x.launches {
		args := x.launches[i].Args
		clear(args[:cap(args)])
	}
	x.n = 0
}

// add makes a launch of a step for the slice at hand.
func (x *slicer) add(number int, step *planner.Step, from driver.Launch) {
	l := &x.launches[x.n]
	x.steps[x.n] = number
	x.n++
	l.Program = from.Program
	l.Args = l.Args[:len(from.Args)]
	copy(l.Args, from.Args)
	for k := range l.Args {
		for i, by := range step.Args[k].Moves {
			l.Args[k].Offset += x.index[i] * by
		}
	}
}

// loop runs the steps of a loop once for each slice, those that depend on outer indices alone once for each of these. Slices run one after
// the other, in order, so that what they add up to is the same however many workers share a step.
func (c *compiled) loop(ctx context.Context, f *frame, l *planner.Loop) error {
	x := f.slicer
	room := len(x.launches)
	if c.timed(f) {
		room = 1
	}
	for i := l.From; i < l.To; i++ {
		c.took[i].Store(0)
	}
	clear(x.index)
	for changed := 1; changed > 0; changed = codegen.NextSlice(l.Indices, x.index) {
		for i := l.From; i < l.To; i++ {
			if c.plan.Steps[i].Depth < changed {
				continue
			}
			if x.add(i, &c.plan.Steps[i], f.launches[i]); x.n == room {
				if err := c.flush(ctx, x); err != nil {
					return err
				}
			}
		}
	}
	return c.flush(ctx, x)
}

// flush runs the launches that wait.
func (c *compiled) flush(ctx context.Context, x *slicer) error {
	n := x.n
	x.n = 0
	if n == 0 {
		return nil
	}
	start := time.Now()
	if err := c.device.Run(ctx, x.launches[:n]); err != nil {
		return err
	}
	if n == 1 {
		c.took[x.steps[0]].Add(int64(time.Since(start)))
	}
	return nil
}
