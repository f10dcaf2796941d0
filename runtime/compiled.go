package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/vulkan"
	"github.com/einloom/einloom/tensor"
)

// compiled is a plan with its kernels' programs: what the session caches. It holds no user's data.
type compiled struct {
	plan     *planner.Plan
	device   driver.Device
	programs []driver.Program // one a step
	why      string           // it was compiled for this device; "": there is no other
	leaves   []int            // plan.Leaves[i] is leaf leaves[i] of the graph's description; what is kept comes behind all of these
	once     *compiled        // what is computed once for all runs of a program; nil: nothing
	measure  bool             // whether a run is long enough that timing its steps costs nothing
	took     []atomic.Int64   // nanoseconds of each step in the last measured run

	mu     sync.Mutex
	frames *frame
}

// frame is what one run at a time needs: arena memory and launches whose arena arguments are filled in.
type frame struct {
	arena    driver.Buffer
	launches []driver.Launch
	patches  []patch
	slicer   *slicer // of the plan's loops; nil: it has none
	took     []int64 // nanoseconds of each step, for devices that measure; nil: nothing is measured
	inPlace  bool    // the device works in the host's memory, so that steps may be run, and timed, one by one
	next     *frame
}

// patch is a launch argument that differs from run to run.
type patch struct {
	arg    *driver.Arg
	output bool
	index  int
	offset int
}

// timed is the estimated work (flop + bytes) from which a run's steps are timed one by one.
const timed = 1e6

// newCompiled compiles the plan's kernels; inputs are the sealed graph's leaves in the order of the description.
func newCompiled(ctx context.Context, device driver.Device, plan *planner.Plan, inputs []*expr.Node) (*compiled, error) {
	c := &compiled{plan: plan, device: device, took: make([]atomic.Int64, len(plan.Steps))}
	place := make(map[string]int, len(inputs))
	for i, n := range inputs {
		place[n.Name] = i
	}
	for i, n := range plan.Kept {
		place[n.Name] = len(inputs) + i
	}
	for _, leaf := range plan.Leaves {
		i, known := place[leaf.Name]
		if !known {
			return nil, fmt.Errorf("internal: leaf %q is not of the graph: please report with Explain", leaf.Name)
		}
		c.leaves = append(c.leaves, i)
	}
	for _, step := range plan.Steps {
		if err := ctx.Err(); err != nil {
			c.release()
			return nil, err
		}
		p, err := device.Compile(ctx, step.Kernel)
		if err != nil {
			c.release()
			if stopped := ctx.Err(); stopped != nil {
				return nil, stopped
			}
			return nil, fmt.Errorf("internal: %w: please report with Explain", err)
		}
		c.programs = append(c.programs, p)
		c.measure = c.measure || step.Kernel.Cost.Flop+step.Kernel.Cost.Bytes > timed
	}
	if plan.Once != nil {
		once, err := newCompiled(ctx, device, plan.Once, inputs)
		if err != nil {
			c.release()
			return nil, err
		}
		c.once = once
	}
	goruntime.SetFinalizer(c, (*compiled).release) // when neither the cache nor a program has it any more, its code goes
	return c, nil
}

// name says what the plan computes, for logs.
func (c *compiled) name() string {
	return fmt.Sprintf("plan: kernels %d, outputs %d", len(c.plan.Steps), len(c.plan.Outputs))
}

// release gives up the plan's code and arenas.
func (c *compiled) release() {
	goruntime.SetFinalizer(c, nil)
	c.rest()
	for _, p := range c.programs {
		p.Close()
	}
}

// rest gives up the arenas that no run uses, and says whether there were any.
func (c *compiled) rest() (had bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	had = c.frames != nil
	for ; c.frames != nil; c.frames = c.frames.next {
		c.frames.arena.Close()
	}
	return had
}

// run computes outs by c, a second time where the device had no memory left and plans at rest held some.
func (s *Session) run(ctx context.Context, c *compiled, leaves, outs []operand) error {
	err := c.run(ctx, leaves, outs)
	if err != nil && s.relieve(err) {
		err = c.run(ctx, leaves, outs)
	}
	return err
}

// relieve makes plans at rest give up their memory where err says that the device has none left, and says whether they had any.
func (s *Session) relieve(err error) (had bool) {
	var none *vulkan.OutOfMemory
	if !errors.As(err, &none) {
		return false
	}
	s.cacheMu.Lock()
	defer s.cacheMu.Unlock()
	for _, c := range s.cache {
		had = c.rest() || had
	}
	return had
}

// takeFrame gives a frame of the free list or a new one.
func (c *compiled) takeFrame() (*frame, error) {
	c.mu.Lock()
	f := c.frames
	if f != nil {
		c.frames = f.next
	}
	c.mu.Unlock()
	if f != nil {
		return f, nil
	}
	return c.newFrame()
}

func (c *compiled) newFrame() (*frame, error) {
	arena, err := c.device.Alloc(c.plan.Arena)
	if err != nil {
		return nil, err
	}
	f := &frame{arena: arena, launches: make([]driver.Launch, len(c.plan.Steps))}
	base := driver.Arg{Buffer: arena}
	if m, ok := arena.(driver.Addressable); ok {
		f.inPlace = true
		base = driver.Arg{Host: m.Memory()}
	}
	for i, step := range c.plan.Steps {
		args := make([]driver.Arg, len(step.Args))
		for k, ref := range step.Args {
			switch ref.Space {
			case planner.Arena:
				args[k] = base
				args[k].Offset = ref.Offset
			case planner.Output:
				f.patches = append(f.patches, patch{&args[k], true, ref.Index, ref.Offset})
			default:
				f.patches = append(f.patches, patch{&args[k], false, ref.Index, ref.Offset})
			}
		}
		f.launches[i] = driver.Launch{Program: c.programs[i], Args: args}
	}
	f.slicer = newSlicer(c.plan, f.inPlace)
	if _, ok := c.device.(driver.Timer); ok && c.measure {
		f.took = make([]int64, len(c.plan.Steps))
	}
	return f, nil
}

// giveFrame puts f back, without the user's memory.
func (c *compiled) giveFrame(f *frame) {
	for i := range f.patches {
		*f.patches[i].arg = driver.Arg{}
	}
	if f.slicer != nil {
		f.slicer.forget()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f.next, c.frames = c.frames, f
}

// allocate fills outs with fresh tensors of the outputs' shapes.
func (c *compiled) allocate(outs []operand) error {
	for i, o := range c.plan.Outputs {
		t, err := tensor.Zeros(o.DType, o.Shape...)
		if err != nil {
			return err
		}
		outs[i] = operand{t: t}
	}
	return nil
}

// run computes the outputs of the leaves. outs are row-major and share no memory with the leaves; buffers among them are held. The leaves are in the order of the
// graph's description, which is that of plan.Leaves.
func (c *compiled) run(ctx context.Context, leaves, outs []operand) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := c.takeFrame()
	if err != nil {
		return err
	}
	defer c.giveFrame(f)
	for i := range f.patches {
		p := &f.patches[i]
		if p.output {
			*p.arg = outs[p.index].arg(p.offset)
		} else {
			*p.arg = leaves[c.leaves[p.index]].arg(p.offset)
		}
	}
	at := 0
	for i := range c.plan.Loops {
		l := &c.plan.Loops[i]
		if err := c.straight(ctx, f, at, l.From); err != nil {
			return err
		}
		if err := c.loop(ctx, f, l); err != nil {
			return err
		}
		at = l.To
	}
	return c.straight(ctx, f, at, len(f.launches))
}

// straight runs the steps [from, to), which are of no loop, one after the other.
func (c *compiled) straight(ctx context.Context, f *frame, from, to int) error {
	if from == to {
		return nil
	}
	switch {
	case f.took != nil:
		return c.clocked(ctx, f, from, to)
	case !c.timed(f):
		return c.device.Run(ctx, f.launches[from:to])
	}
	for i := from; i < to; i++ {
		start := time.Now()
		if err := c.device.Run(ctx, f.launches[i:i+1]); err != nil {
			return err
		}
		c.took[i].Store(int64(time.Since(start)))
	}
	return nil
}

// clocked runs the steps [from, to) on a device that measures them.
func (c *compiled) clocked(ctx context.Context, f *frame, from, to int) error {
	took := f.took[from:to]
	clear(took)
	if err := c.device.(driver.Timer).RunTimed(ctx, f.launches[from:to], took); err != nil {
		return err
	}
	for i, ns := range took {
		c.took[from+i].Store(ns)
	}
	return nil
}

// timed says whether steps are run, and timed, one by one.
func (c *compiled) timed(f *frame) bool { return c.measure && f.inPlace }
