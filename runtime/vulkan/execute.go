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

// execute runs the steps: recorded before, in one submit, or in turns, where they take long or there is much to bring.
func (l *lane) execute(ctx context.Context) error {
	limit := longest
	if ctx.Done() != nil {
		limit = turn
	}
	r, err := l.recall()
	if err != nil {
		return err
	}
	if l.guess() > limit || l.brought > load {
		return l.turns(ctx, r, limit)
	}
	l.bring()
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
	l.barrier(c)
	l.start(c)
	for i := range l.steps {
		s := &l.steps[i]
		if s.barrier {
			l.barrier(c)
		}
		l.wear(c, s, r.set[i])
		for k := range s.program.code.module.Passes {
			g := s.program.code.module.Passes[k].Groups
			l.dispatch(c, s, k, [3]uint32{}, g)
		}
		l.stamp(c, i+1)
	}
	l.downloads(c)
	return l.shut(c)
}

// open begins command buffer c.
func (l *lane) open(c handle) error {
	return l.device.check("vkBeginCommandBuffer", l.device.fn.begin.result(uint64(c), address(&l.args[0].begin)))
}

// barrier makes what follows in command buffer c, and later, wait for what came before, in submits before too.
func (l *lane) barrier(c handle) {
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

// bring copies all that launches read to where the device sees it, or can copy it from.
func (l *lane) bring() {
	for i := range l.regions {
		r := &l.regions[i]
		if !r.carries() {
			continue
		}
		if to := l.arena.bytes(); to != nil {
			copy(to[r.at:], r.host)
		} else {
			copy(l.up.bytes()[r.via:], r.host)
		}
		l.device.traffic.add(len(r.host), true)
	}
}

// uploads copies from memory of the host's where the device's is not mapped.
func (l *lane) uploads(c handle) {
	if l.carried == 0 || l.arena.block.mem != nil {
		return
	}
	for i := range l.regions {
		if r := &l.regions[i]; r.carries() {
			l.copy(c, l.up.sub(r.via, len(r.host)), l.arena.sub(r.at, len(r.host)))
		}
	}
}

// downloads copies what was written to where the host reads it.
func (l *lane) downloads(c handle) {
	if l.carried == 0 || l.readable() {
		return
	}
	l.barrier(c)
	for i := range l.regions {
		if r := &l.regions[i]; r.block == nil && r.out {
			l.copy(c, l.arena.sub(r.at, len(r.host)), l.down.sub(r.at, len(r.host)))
		}
	}
}

func (l *lane) copy(c handle, from, to chunk) {
	a := &l.args[0]
	a.copy = copyRegion{uint64(from.at), uint64(to.at), uint64(from.size)}
	l.device.fn.copyBuffer.call(uint64(c), uint64(from.block.buffer), uint64(to.block.buffer), 1, address(&a.copy))
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
		l.barrier(c)
	}
	fn.bindPipeline.call(commands, computePoint, uint64(s.program.code.pipelines[pass]))
	if from == [3]uint32{} { // validation layers follow memory through this one alone
		fn.dispatch.call(commands, uint64(n[0]), uint64(n[1]), uint64(n[2]))
		return
	}
	fn.launch.call(commands, uint64(from[0]), uint64(from[1]), uint64(from[2]), uint64(n[0]), uint64(n[1]), uint64(n[2]))
}

// submit hands a command buffer to the device, as submit i of the lane.
func (l *lane) submit(i int, c handle) error {
	d, a := l.device, &l.args[0]
	a.submitted[i] = c
	a.submit.commands = address(&a.submitted[i])
	fence := l.signal.arm(i, &a.submit)
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	if err := d.check("vkQueueSubmit", d.fn.submit.result(uint64(d.queue), 1, address(&a.submit), uint64(fence))); err != nil {
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
