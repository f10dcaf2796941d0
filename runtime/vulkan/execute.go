//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"slices"
	"time"
)

// A submit cannot be taken back, so one that may be cancelled is kept short: long runs are cut into submits of about turn, of which two are
// under way at a time. One that cannot be cancelled is cut where drivers would take it for hung.
const (
	turn    = 2e6 // nanoseconds, as the next
	longest = 200e6
	latency = 100e3 // of a submit, that is not the shaders'
)

// patience is how long a cancelled run waits for the device to finish what it has begun before the lane is abandoned.
const patience = 5 * time.Millisecond

// execute runs the steps: recorded before, in one submit, or in turns.
func (l *lane) execute(ctx context.Context) error {
	limit := longest
	if ctx.Done() != nil {
		limit = turn
	}
	r, err := l.recall()
	if err != nil {
		return err
	}
	if l.guess() > limit {
		return l.turns(ctx, r, limit)
	}
	if !r.recorded {
		if err := l.record(r); err != nil {
			return err
		}
		r.recorded = true
	}
	start := time.Now()
	if err := l.submit(0, r.commands); err != nil {
		return err
	}
	if err := l.finish(ctx, 0); err != nil {
		return err
	}
	if took := float64(time.Since(start)); took > limit {
		l.learn(took)
	}
	return nil
}

// guess is the nanoseconds that the steps take, about.
func (l *lane) guess() float64 {
	sum := 0.0
	for i := range l.steps {
		p := l.steps[i].program
		for k := range p.code.module.Passes {
			sum += p.perGroup() * float64(workgroups(&p.code.module.Passes[k]))
		}
	}
	return sum
}

// learn corrects the programs' pace after all steps together took so long.
func (l *lane) learn(took float64) {
	ratio := (took - latency) / max(l.guess(), 1)
	l.ran = l.ran[:0]
	for i := range l.steps {
		l.ran = withProgram(l.ran, l.steps[i].program)
	}
	for _, p := range l.ran {
		p.correct(ratio)
	}
	clear(l.ran)
}

// withProgram is the list with p, once: a program that ran often is corrected as one that ran once.
func withProgram(list []*Program, p *Program) []*Program {
	if slices.Contains(list, p) {
		return list
	}
	return append(list, p)
}

// correct scales the pace, not too much at once: what was measured may have been a hiccup of the machine.
func (p *Program) correct(ratio float64) {
	p.setPace(p.perGroup() * min(max(ratio, 0.125), 8))
}

// record puts all steps into the recording's commands.
func (l *lane) record(r *recording) error {
	c := r.commands
	if err := l.open(c); err != nil {
		return err
	}
	l.uploads(c)
	l.start(c)
	for i := range l.steps {
		s := &l.steps[i]
		l.dress(c, s, r.set[i])
		for k := range s.program.code.module.Passes {
			g := s.program.code.module.Passes[k].Groups
			l.dispatch(c, s, k, [3]uint32{}, g)
		}
		l.stamp(c, i+1)
	}
	l.downloads(c)
	return l.shut(c)
}

// open begins command buffer c, which sees all that was submitted before.
func (l *lane) open(c handle) error {
	d, a := l.device, &l.args[0]
	if err := d.check("vkBeginCommandBuffer", d.fn.begin.result(uint64(c), address(&a.begin))); err != nil {
		return err
	}
	l.fence(c)
	return nil
}

// fence makes what follows in command buffer c wait for what came before.
func (l *lane) fence(c handle) {
	a := &l.args[0]
	const stages = computeStage | transferStage
	l.device.fn.barrier.call(uint64(c), stages, stages, 0, 1, address(&a.work))
}

// shut ends command buffer c, after which the host sees what was written.
func (l *lane) shut(c handle) error {
	d, a := l.device, &l.args[0]
	d.fn.barrier.call(uint64(c), computeStage|transferStage, hostStage, 0, 1, address(&a.end))
	return d.check("vkEndCommandBuffer", d.fn.end.result(uint64(c)))
}

// uploads copies from memory of the host's where the device's is not mapped.
func (l *lane) uploads(c handle) {
	if l.carried == 0 || l.arena.block.mem != nil {
		return
	}
	any := false
	for i := range l.regions {
		if r := &l.regions[i]; r.block == nil && r.upload {
			l.copy(c, l.up.region(r), l.arena.region(r))
			any = true
		}
	}
	if any {
		l.fence(c)
	}
}

// downloads copies what was written to where the host reads it.
func (l *lane) downloads(c handle) {
	if l.carried == 0 || l.readable() {
		return
	}
	l.fence(c)
	for i := range l.regions {
		if r := &l.regions[i]; r.block == nil && r.out {
			l.copy(c, l.arena.region(r), l.down.region(r))
		}
	}
}

// region is the part of the chunk in which a region has its place.
func (c *chunk) region(r *region) chunk { return chunk{c.block, part{c.at + r.at, r.hi - r.lo}} }

func (l *lane) copy(c handle, from, to chunk) {
	a := &l.args[0]
	a.copy = copyRegion{uint64(from.at), uint64(to.at), uint64(from.size)}
	l.device.fn.copyBuffer.call(uint64(c), uint64(from.block.buffer), uint64(to.block.buffer), 1, address(&a.copy))
}

// dress sets a step's memory and push constants, after the barrier that it needs.
func (l *lane) dress(c handle, s *step, set handle) {
	if s.barrier {
		l.fence(c)
	}
	l.wear(c, s, set)
}

// wear sets a step's memory and push constants.
func (l *lane) wear(c handle, s *step, set handle) {
	fn, commands := &l.device.fn, uint64(c)
	m, layout := s.program.code.module, uint64(s.program.code.layout.pipeline)
	a := &l.args[0]
	a.set = set
	fn.bindSets.call(commands, computePoint, layout, 0, 1, address(&a.set), 0, 0)
	if m.Push > 0 {
		if m.Push > len(l.pushed) {
			free(l.pushed)
			l.pushed = allocate[uint32](2 * m.Push)
		}
		copy(l.pushed, l.pushes[s.push:s.push+m.Push])
		fn.push.call(commands, layout, stageCompute, 0, uint64(4*m.Push), address(&l.pushed[0]))
	}
}

// computePoint is VK_PIPELINE_BIND_POINT_COMPUTE.
const computePoint = 1

// dispatch records the workgroups [from, from+n) of a pass; the first of a pass waits for the pass before.
func (l *lane) dispatch(c handle, s *step, pass int, from, n [3]uint32) {
	fn, commands := &l.device.fn, uint64(c)
	if pass > 0 && from == [3]uint32{} {
		l.fence(c)
	}
	fn.bindPipeline.call(commands, computePoint, uint64(s.program.code.pipelines[pass]))
	fn.launch.call(commands, uint64(from[0]), uint64(from[1]), uint64(from[2]), uint64(n[0]), uint64(n[1]), uint64(n[2]))
}

// submit hands a command buffer to the device, as submit i of the lane.
func (l *lane) submit(i int, c handle) error {
	d, a := l.device, &l.args[0]
	a.submitted[i] = c
	a.submit.commands = address(&a.submitted[i])
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	if err := d.check("vkQueueSubmit", d.fn.submit.result(uint64(d.queue), 1, address(&a.submit), uint64(a.fences[i]))); err != nil {
		return err
	}
	l.flight[i] = true
	return nil
}

// finish waits for submit i, or until the context is cancelled and the device has had some time to finish; giving the lane back then
// abandons it if the device has not.
func (l *lane) finish(ctx context.Context, i int) error {
	const moment, hour = 1e6, 3600e9
	wait := uint64(hour)
	if ctx.Done() != nil {
		wait = moment
	}
	for {
		ended, err := l.wait(i, wait)
		if ended || err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return l.cancel(err)
		}
	}
}

// cancel gives why once the device has finished what it has begun, or has been waited for long enough.
func (l *lane) cancel(why error) error {
	if _, err := l.done(uint64(patience)); err != nil {
		return err
	}
	return why
}

// turns runs the steps in submits of about so many nanoseconds, two under way at a time.
func (l *lane) turns(ctx context.Context, r *recording, limit float64) error {
	t := turner{lane: l, limit: limit, ended: time.Now()}
	if err := t.open(); err != nil {
		return err
	}
	l.uploads(t.commands())
	l.start(t.commands())
	for i := range l.steps {
		s := &l.steps[i]
		l.dress(t.commands(), s, r.set[i])
		for k := range s.program.code.module.Passes {
			if err := t.pass(ctx, s, r.set[i], k); err != nil {
				return err
			}
		}
		l.stamp(t.commands(), i+1)
	}
	l.downloads(t.commands())
	return t.last(ctx)
}

// turner cuts a run's workgroups into submits.
type turner struct {
	lane  *lane
	limit float64
	c     int           // which submit is being recorded
	sum   [2]float64    // the nanoseconds that each was thought to take
	who   [2][]*Program // whose workgroups they hold
	ended time.Time     // when the one before last ended
}

func (t *turner) open() error {
	t.sum[t.c], t.who[t.c] = 0, t.who[t.c][:0]
	return t.lane.open(t.commands())
}

// commands is the command buffer that is being recorded.
func (t *turner) commands() handle { return t.lane.commands[t.c] }

// pass records a pass in as many submits as it needs: cut along the dimension that has the most workgroups.
func (t *turner) pass(ctx context.Context, s *step, set handle, k int) error {
	p := s.program
	groups := p.code.module.Passes[k].Groups
	along := 0
	for d := range groups {
		if groups[d] > groups[along] {
			along = d
		}
	}
	if groups[along] == 0 {
		return nil
	}
	each := float64(workgroups(&p.code.module.Passes[k])) / float64(groups[along])
	for done := uint32(0); done < groups[along]; {
		pace := p.perGroup() * each
		n := uint32(min(max((t.limit-t.sum[t.c])/pace, 0), float64(groups[along]-done)))
		if n == 0 && t.sum[t.c] == 0 {
			n = 1
		}
		if n > 0 {
			from, count := [3]uint32{}, groups
			from[along], count[along] = done, n
			t.lane.dispatch(t.commands(), s, k, from, count)
			t.sum[t.c] += pace * float64(n)
			t.who[t.c] = withProgram(t.who[t.c], p)
			done += n
		}
		if done < groups[along] {
			if err := t.next(ctx); err != nil {
				return err
			}
			t.lane.wear(t.commands(), s, set)
		}
	}
	return nil
}

// next submits what is recorded and begins another submit, once the one before last has ended.
func (t *turner) next(ctx context.Context) error {
	if err := t.lane.shut(t.commands()); err != nil {
		return err
	}
	if err := t.lane.submit(t.c, t.commands()); err != nil {
		return err
	}
	t.c ^= 1
	if err := t.end(ctx, t.c); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return t.lane.cancel(err)
	}
	return t.open()
}

// end waits for a submit that is under way and learns from the time it took.
func (t *turner) end(ctx context.Context, c int) error {
	if !t.lane.flight[c] {
		return nil
	}
	if err := t.lane.finish(ctx, c); err != nil {
		return err
	}
	now := time.Now()
	ratio := (float64(now.Sub(t.ended)) - latency) / t.sum[c]
	t.ended = now
	for _, p := range t.who[c] {
		p.correct(ratio)
	}
	return nil
}

// last submits what is left and waits for all.
func (t *turner) last(ctx context.Context) error {
	if err := t.lane.shut(t.commands()); err != nil {
		return err
	}
	if err := t.lane.submit(t.c, t.commands()); err != nil {
		return err
	}
	if err := t.end(ctx, t.c^1); err != nil {
		return err
	}
	return t.end(ctx, t.c)
}
