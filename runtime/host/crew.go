package host

import (
	"context"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host/exec"
)

// arguments is what machine code sees: cpu.Args as a Go struct, its pointers visible to the collector.
type arguments struct {
	pool, scratch, temp, ptrs, nums unsafe.Pointer
	lo, hi                          int64
	vars                            [7]int64
	fault                           int64
	faulty                          [8]int64
}

// lane is one worker's own memory: its arguments and scratch. It is used by one goroutine at a time.
type lane struct {
	args    arguments
	scratch []byte
	temp    []byte // the run's shared memory, when this lane is the caller's
	ptrs    []unsafe.Pointer
	next    *lane // in the free list
}

// reserve grows b to n bytes; what it held is lost.
func reserve(b *[]byte, n int) unsafe.Pointer {
	if len(*b) < n {
		*b = aligned(n)
	}
	return unsafe.Pointer(unsafe.SliceData(*b))
}

// job is one launch that several workers do together. Every holder (the caller, each token in the crew's channel, each worker at it)
// counts as a reference; the last one puts the job back on the free list. A worker that comes late finds no piece left and touches
// nothing but the counters, so the caller need not wait for it.
type job struct {
	program *Program
	ptrs    []unsafe.Pointer
	temp    unsafe.Pointer
	done    <-chan struct{}
	stop    atomic.Bool
	fault   atomic.Pointer[driver.IndexError] // the first one
	refs    atomic.Int32
	phases  []counters
	next    *job
}

// counters are a phase's progress: pieces taken and pieces left to finish.
type counters struct{ taken, left atomic.Int64 }

// crew is the workers of a device.
type crew struct {
	tokens  chan *job
	stopped sync.WaitGroup
	workers int
	awake   time.Duration // how long a worker without work stays awake

	mu    sync.Mutex
	lanes *lane
	jobs  *job
}

func (c *crew) start(workers int) {
	c.workers = workers
	if goruntime.GOMAXPROCS(0) > workers { // the caller can run besides
		c.awake = awakeTime
	}
	c.tokens = make(chan *job, workers)
	for range workers {
		c.stopped.Add(1)
		go func() {
			defer c.stopped.Done()
			l := new(lane)
			for j, ok := c.next(); ok; j, ok = c.next() {
				j.work(l)
				c.drop(j)
			}
		}()
	}
}

// next waits for a job; ok is false when there will be none. To wake a sleeping thread takes the system longer than many a kernel takes, and
// most jobs come close behind one another, so a worker looks for the next one for a while before it sleeps.
func (c *crew) next() (j *job, ok bool) {
	if c.awake > 0 {
		for start := time.Now(); time.Since(start) < c.awake; {
			for range looksATime {
				if len(c.tokens) > 0 {
					select {
					case j, ok = <-c.tokens:
						return j, ok
					default: // another worker was faster
					}
				}
			}
		}
	}
	j, ok = <-c.tokens
	return j, ok
}

// awakeTime is how long a worker looks for the next job, looksATime how often between two looks at the clock.
const (
	awakeTime  = 100 * time.Microsecond
	looksATime = 64
)

func (c *crew) stop() { close(c.tokens); c.stopped.Wait() }

func (c *crew) takeLane() *lane {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes
	if l == nil {
		return new(lane)
	}
	c.lanes = l.next
	return l
}

func (c *crew) giveLane(l *lane) {
	clear(l.ptrs)
	c.mu.Lock()
	defer c.mu.Unlock()
	l.next, c.lanes = c.lanes, l
}

func (c *crew) takeJob(phases int) *job {
	c.mu.Lock()
	j := c.jobs
	if j != nil {
		c.jobs = j.next
	}
	c.mu.Unlock()
	if j == nil {
		j = new(job)
	}
	if len(j.phases) < phases {
		j.phases = make([]counters, phases)
	}
	j.stop.Store(false)
	j.fault.Store(nil)
	j.refs.Store(1)
	return j
}

// drop gives up one reference to j.
func (c *crew) drop(j *job) {
	if j.refs.Add(-1) > 0 {
		return
	}
	j.program, j.ptrs, j.temp, j.done = nil, nil, nil, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	j.next, c.jobs = c.jobs, j
}

// run does one launch: alone when it is one piece a phase or there is nobody else, otherwise with the crew.
func (c *crew) run(ctx context.Context, p *Program, l *lane) error {
	temp := reserve(&l.temp, p.temp)
	most := 0
	for i := range p.phases {
		most = max(most, p.phases[i].pieces)
	}
	helpers := min(c.workers, most-1)
	if helpers <= 0 {
		return p.alone(ctx, l, temp)
	}
	j := c.takeJob(len(p.phases))
	j.program, j.ptrs, j.temp, j.done = p, l.ptrs, temp, ctx.Done()
	for i := range p.phases {
		j.phases[i].taken.Store(0)
		j.phases[i].left.Store(int64(p.phases[i].pieces))
	}
	for range helpers {
		j.refs.Add(1)
		select {
		case c.tokens <- j:
		default: // the others are busy: their own callers' work comes first
			j.refs.Add(-1)
		}
	}
	j.work(l)
	stopped, fault := j.stop.Load(), j.fault.Load()
	c.drop(j)
	switch {
	case fault != nil:
		return fault
	case stopped:
		return ctx.Err()
	}
	return nil
}

// alone runs all phases on the caller's goroutine.
func (p *Program) alone(ctx context.Context, l *lane, temp unsafe.Pointer) error {
	done := ctx.Done()
	l.enter(p, l.ptrs, temp)
	defer l.leave()
	for i := range p.phases {
		ph := &p.phases[i]
		l.args.vars = ph.Vars
		for piece := range ph.pieces {
			if cancelled(done) {
				return ctx.Err()
			}
			if fault := l.call(p, ph, piece); fault != nil {
				return fault
			}
		}
	}
	goruntime.KeepAlive(p)
	return nil
}

// work takes pieces, phase by phase, until none is left; between phases it waits until the last piece of the phase is done. A stopped
// job's pieces are counted off without being run, so that everybody gets through.
func (j *job) work(l *lane) {
	p := j.program
	entered := false
	for i := range p.phases {
		ph, n := &p.phases[i], &j.phases[i]
		for {
			piece := int(n.taken.Add(1) - 1)
			if piece >= ph.pieces {
				break
			}
			if !entered {
				l.enter(p, j.ptrs, j.temp)
				entered = true
			}
			if !j.stop.Load() && cancelled(j.done) {
				j.stop.Store(true)
			}
			if j.stop.Load() { // nobody takes what is left: it is counted off at once
				rest := max(0, int64(ph.pieces)-n.taken.Swap(int64(ph.pieces)))
				n.left.Add(-1 - rest)
				break
			}
			l.args.vars = ph.Vars
			if fault := l.call(p, ph, piece); fault != nil {
				j.fault.CompareAndSwap(nil, fault)
				j.stop.Store(true)
			}
			n.left.Add(-1)
		}
		for n.left.Load() > 0 {
			goruntime.Gosched()
		}
	}
	if entered {
		l.leave()
	}
	goruntime.KeepAlive(p)
}

func cancelled(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// enter writes what stays the same over a launch.
func (l *lane) enter(p *Program, ptrs []unsafe.Pointer, temp unsafe.Pointer) {
	l.args.pool = unsafe.Pointer(unsafe.SliceData(p.code.pool))
	l.args.scratch = reserve(&l.scratch, p.scratch)
	l.args.temp = temp
	l.args.ptrs = unsafe.Pointer(unsafe.SliceData(ptrs))
	l.args.nums = unsafe.Pointer(unsafe.SliceData(p.nums))
}

// leave forgets the launch's pointers, so that a resting lane keeps no user's memory alive.
func (l *lane) leave() { l.args = arguments{} }

// call runs one piece. It gives the index that was found to be out of range, nil if there was none.
func (l *lane) call(p *Program, ph *phase, piece int) *driver.IndexError {
	lo := piece * ph.Grain
	l.args.lo, l.args.hi = int64(lo), int64(min(lo+ph.Grain, ph.Points))
	exec.Call(p.entries[ph.Func], unsafe.Pointer(&l.args))
	if l.args.fault == 0 {
		return nil
	}
	check := p.checks[l.args.fault-1]
	l.args.fault = 0
	return &driver.IndexError{Kernel: p.name, Of: check.Of, Index: l.args.faulty[0], Extent: check.Extent}
}
