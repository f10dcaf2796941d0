//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/runtime/driver"
)

// run is what a lane makes of one run's launches before it records them. The slices are memory to use again.
type run struct {
	launches    []driver.Launch
	cancellable bool // the caller may go before the device has finished
	access      []access
	params      []int // of each launch's params: the place in access, or -1
	order       []int // of the accesses to host memory, by address
	regions     []region
	carried     int // bytes of the arena that regions take
	brought     int // bytes of memory for uploads that they take, all at once
	bindings    []binding
	pushes      []uint32
	steps       []step
	recent      []int      // accesses since the last barrier
	ran         []*Program // those of the steps, each once

	sign []uint64 // all that sets and commands depend on
}

// step is one launch as it is recorded.
type step struct {
	program *Program
	launch  int  // its place among the launches
	params  int  // its first in run.params
	binding int  // its first in run.bindings
	push    int  // its first in run.pushes
	barrier bool // it waits for what was recorded before
	scratch int  // offset of its scratch memory in the lane's
	fault   int  // offset of its fault words in the lane's
}

// binding is a buffer of a step: bytes of a block, or all of its texels.
type binding struct {
	block *block
	at, n int
}

// Run executes the launches in order: stretches of the device's own in one submit each, the fallback's programs between them.
func (d *Device) Run(ctx context.Context, launches []driver.Launch) error {
	return d.run(ctx, launches, nil)
}

// run is Run, or RunTimed where took is not nil.
func (d *Device) run(ctx context.Context, launches []driver.Launch, took []int64) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if err := d.usable(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for len(launches) > 0 {
		own, n := true, 0
		for ; n < len(launches); n++ {
			_, is := launches[n].Program.(*Program)
			if n == 0 {
				own = is
			}
			if is != own {
				break
			}
		}
		var times []int64
		if took != nil {
			times, took = took[:n], took[n:]
		}
		var err error
		switch {
		case own:
			err = d.runOwn(ctx, launches[:n], times)
		case times != nil:
			err = d.runForeignTimed(ctx, launches[:n], times)
		default:
			err = d.runForeign(ctx, launches[:n])
		}
		if err != nil {
			return err
		}
		launches = launches[n:]
	}
	return nil
}

func (d *Device) runOwn(ctx context.Context, launches []driver.Launch, took []int64) error {
	l, err := d.lanes.take(d, launches[0].Program.(*Program).id)
	if err != nil {
		return err
	}
	defer d.lanes.give(l)
	defer l.giveBack()
	l.launches, l.clock.took, l.cancellable = launches, took, ctx.Done() != nil
	if err := l.prepare(); err != nil {
		return err
	}
	if len(l.steps) == 0 {
		return nil
	}
	clear(l.faults.bytes())
	if err := l.execute(ctx); err != nil {
		return err
	}
	if err := l.faulted(); err != nil {
		return err
	}
	l.fetch()
	return l.readClock()
}

// prepare finds out where everything lies, in which order it happens and what the commands will depend on.
func (l *lane) prepare() error {
	if err := l.resolve(); err != nil {
		return err
	}
	l.order, l.regions = regions(l.access, l.order[:0], l.regions[:0])
	if err := l.settle(); err != nil {
		return err
	}
	if err := l.plan(); err != nil {
		return err
	}
	if len(l.steps) > 0 {
		l.signature()
	}
	return nil
}

// resolve checks the launches' arguments and finds what they reach.
func (l *lane) resolve() error {
	l.access, l.params = l.access[:0], l.params[:0]
	for i := range l.launches {
		p := l.launches[i].Program.(*Program)
		args := l.launches[i].Args
		switch {
		case p.device != l.device:
			return errForeign
		case p.closed.Load():
			return fmt.Errorf("vulkan: kernel %s is closed", p.name)
		case len(args) != len(p.params):
			return fmt.Errorf("vulkan: kernel %s takes %d params, got %d", p.name, len(p.params), len(args))
		}
		for k := range args {
			lo, hi, err := p.place(k, &args[k])
			if err != nil {
				return err
			}
			if lo == hi {
				l.params = append(l.params, -1)
				continue
			}
			a := access{out: p.params[k].out, dense: p.params[k].dense}
			if b, ok := args[k].Buffer.(*Buffer); ok {
				a.block, a.at, a.end = b.chunk.block, b.chunk.at+lo, b.chunk.at+hi
			} else {
				a.host = args[k].Host[lo:hi:hi]
				a.lo = int(uintptr(unsafe.Pointer(unsafe.SliceData(a.host))))
				a.hi = a.lo + len(a.host)
			}
			l.params = append(l.params, len(l.access))
			l.access = append(l.access, a)
		}
	}
	return nil
}

// settle gives the host's memory its places on the device.
func (l *lane) settle() error {
	for i := range l.regions {
		l.borrow(&l.regions[i])
	}
	if l.carried, l.brought = place(l.regions); l.carried > 0 {
		if err := l.reserve(&l.arena, l.carried, onDevice); err != nil {
			return err
		}
		if l.arena.block.mem == nil {
			if err := l.reserve(&l.up, 2*l.half(), uploads); err != nil {
				return err
			}
		}
		if !l.readable() {
			if err := l.reserve(&l.down, l.carried, readback); err != nil {
				return err
			}
		}
	}
	for i := range l.access {
		if a := &l.access[i]; a.host != nil {
			r := &l.regions[a.region]
			a.block, a.at = r.block, r.at+a.lo-r.lo
			if a.block == nil {
				a.block, a.at = l.arena.block, l.arena.at+a.at
			}
			a.end = a.at + len(a.host)
		}
	}
	return nil
}

// half is the bytes of memory for uploads that each of two submits has.
func (l *lane) half() int { return min(l.brought, load) }

// readable says whether the host reads results where the shaders wrote them: mapped memory that is not cached is too slow for that.
func (l *lane) readable() bool {
	return l.arena.block.mem != nil && l.device.memory.kinds[onDevice].cached
}

// plan makes the steps: bindings, push constants, and a barrier before each launch that must wait for one before it.
func (l *lane) plan() error {
	l.steps, l.bindings, l.pushes, l.recent = l.steps[:0], l.bindings[:0], l.pushes[:0], l.recent[:0]
	scratch, most, faults, param := 0, 0, 0, 0
	for i := range l.launches {
		p := l.launches[i].Program.(*Program)
		s := step{program: p, launch: i, params: param}
		param += len(p.params)
		m := p.code.module
		if len(m.Passes) == 0 {
			continue
		}
		if s.barrier = l.waits(&s); s.barrier {
			l.recent, scratch = l.recent[:0], 0
		}
		for _, a := range l.params[s.params:param] {
			if a >= 0 {
				l.recent = append(l.recent, a)
			}
		}
		s.scratch = scratch
		scratch += rounded(m.Scratch)
		most = max(most, scratch)
		s.fault = faults
		faults += granule * min(len(m.Checks), 1)
		l.steps = append(l.steps, s)
	}
	if err := l.reserve(&l.scratch, most, onDevice); err != nil {
		return err
	}
	if err := l.reserve(&l.faults, max(faults, granule), readback); err != nil {
		return err
	}
	for i := range l.steps {
		if err := l.bind(&l.steps[i]); err != nil {
			return err
		}
	}
	return l.wind()
}

// crowd is how many accesses are looked through for conflicts before a barrier is cheaper.
const crowd = 256

// waits says whether a step must wait for one since the last barrier.
func (l *lane) waits(s *step) bool {
	if len(l.recent) > crowd {
		return true
	}
	for _, i := range l.params[s.params : s.params+len(s.program.params)] {
		if i < 0 {
			continue
		}
		for _, k := range l.recent {
			if conflict(&l.access[k], &l.access[i]) {
				return true
			}
		}
	}
	return false
}

// bind fills in a step's bindings and push constants.
func (l *lane) bind(s *step) error {
	p, m := s.program, s.program.code.module
	s.binding, s.push = len(l.bindings), len(l.pushes)
	l.pushes = append(l.pushes, make([]uint32, m.Push)...)
	for i := range m.Bindings {
		q := &m.Bindings[i]
		b := binding{l.faults.block, l.faults.at, granule} // for params without elements too: something must be bound
		switch q.Role {
		case spirv.Scratch:
			b = binding{l.scratch.block, l.scratch.at + s.scratch + q.Offset, q.Bytes}
		case spirv.Faults:
			b.at += s.fault
		case spirv.Param:
			k := l.params[s.params+q.Index]
			if k < 0 {
				break
			}
			a, e := &l.access[k], &p.params[q.Index]
			from := a.at &^ (l.device.align - 1)
			if q.Texels {
				from = 0
			}
			if (a.at+e.below-from)%e.size != 0 {
				return fmt.Errorf("vulkan: kernel %s: param %s: address is not a multiple of its element's %d bytes", p.name, e.name, e.size)
			}
			l.pushes[s.push+q.Index] = uint32((a.at + e.below - from) / e.size)
			b = binding{a.block, from, (a.end - from + 3) &^ 3}
			if q.Texels && a.end > a.block.visible(l.device.memory) {
				return fmt.Errorf("vulkan: kernel %s: param %s lies behind the %d bytes that %s reads as texels", p.name, e.name, l.device.memory.view, l.device.Name)
			}
		}
		if !q.Texels && b.n > l.device.features.MaxStorageBufferRange {
			return fmt.Errorf("vulkan: kernel %s: a binding of %d bytes: %s binds at most %d", p.name, b.n, l.device.Name, l.device.features.MaxStorageBufferRange)
		}
		l.bindings = append(l.bindings, b)
	}
	return nil
}

// signature writes down all that descriptor sets and commands depend on: a run that has the signature of one before it can use them again.
func (l *lane) signature() {
	w := append(l.sign[:0], l.steps[0].program.id, uint64(len(l.steps)))
	for i := range l.steps {
		s := &l.steps[i]
		w = append(w, s.program.id, uint64(count(s.barrier)))
	}
	for _, b := range l.bindings {
		w = append(w, b.block.serial, uint64(b.at), uint64(b.n))
	}
	for _, x := range l.pushes {
		w = append(w, uint64(x))
	}
	for i := range l.regions {
		r := &l.regions[i]
		w = append(w, uint64(r.at), uint64(r.hi-r.lo), uint64(count(r.block != nil)), uint64(count(r.upload)), uint64(count(r.out)))
	}
	for _, c := range [...]*chunk{&l.arena, &l.up, &l.down} {
		if c.block != nil {
			w = append(w, c.block.serial, uint64(c.at))
		}
	}
	if l.timed() {
		w = append(w, l.clock.serial)
	}
	l.sign = w
}

// fetch copies what launches wrote to the host's memory.
func (l *lane) fetch() {
	if l.carried == 0 {
		return
	}
	mem := l.arena.bytes()
	if !l.readable() {
		mem = l.down.bytes()
	}
	l.device.traffic.add(download(l.access, l.order, l.regions, mem), false)
}

// faulted gives the first fault that a launch met.
func (l *lane) faulted() error {
	for i := range l.steps {
		s := &l.steps[i]
		m := s.program.code.module
		if len(m.Checks) == 0 {
			continue
		}
		words := unsafe.Slice((*uint32)(unsafe.Pointer(&l.faults.bytes()[s.fault])), spirv.FaultWords)
		err := m.Fault(words)
		var index *spirv.OutOfRange
		switch {
		case errors.As(err, &index):
			return &driver.IndexError{Kernel: s.program.name, Of: index.What, Index: index.Index, Extent: index.Extent}
		case err != nil:
			return fmt.Errorf("vulkan: kernel %s: %w", s.program.name, err)
		}
	}
	return nil
}

// forget drops the user's memory, so that a resting lane keeps none alive.
func (l *lane) forget() {
	clear(l.access)
	clear(l.steps)
	clear(l.regions)
	l.launches, l.access, l.steps, l.regions, l.clock.took = nil, l.access[:0], l.steps[:0], l.regions[:0], nil
}
