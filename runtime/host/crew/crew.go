// Package crew is the workers that run machine code: the phases of a kernel in order, the pieces of each phase shared. It never makes code
// and does not know where it comes from: memory that was made executable, or the program's own text.
package crew

import (
	"context"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/einloom/einloom/runtime/driver"
)

// job is one launch that several workers do together. Every holder (the caller, each token in the crew's channel, each worker at it)
// counts as a reference; the last one puts the job back on the free list. A worker that comes late finds no piece left and touches
// nothing but the counters, so the caller need not wait for it.
type job struct {
	kernel *Kernel
	ptrs   []unsafe.Pointer
	temp   unsafe.Pointer
	done   <-chan struct{}
	stop   atomic.Bool
	fault  atomic.Pointer[driver.IndexError] // the first one
	refs   atomic.Int32
	phases []counters
	next   *job
}

// counters are a phase's progress: pieces taken and pieces left to finish.
type counters struct{ taken, left atomic.Int64 }

// Crew is workers that wait for launches, and the memory that these need. It is safe for concurrent use between Start and Stop.
type Crew struct {
	tokens  chan *job
	stopped sync.WaitGroup
	workers int
	awake   time.Duration // how long a worker without work stays awake

	mu    sync.Mutex
	lanes *Lane
	jobs  *job
}

// Start wakes so many workers besides the callers of Run.
func (c *Crew) Start(workers int) {
	c.workers = workers
	if goruntime.GOMAXPROCS(0) > workers { // the caller can run besides
		c.awake = awakeTime
	}
	c.tokens = make(chan *job, workers)
	for range workers {
		c.stopped.Add(1)
		go func() {
			defer c.stopped.Done()
			l := new(Lane)
			for j, ok := c.next(); ok; j, ok = c.next() {
				j.work(l)
				c.drop(j)
			}
		}()
	}
}

// next waits for a job; ok is false when there will be none. To wake a sleeping thread takes the system longer than many a kernel takes, and
// most jobs come close behind one another, so a worker looks for the next one for a while before it sleeps.
func (c *Crew) next() (j *job, ok bool) {
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

// Stop ends the workers; no Run may be under way.
func (c *Crew) Stop() { close(c.tokens); c.stopped.Wait() }

// Lane gives a lane for calls of Run, to be given back by Rest.
func (c *Crew) Lane() *Lane {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes
	if l == nil {
		return new(Lane)
	}
	c.lanes = l.next
	return l
}

// Rest takes a lane back.
func (c *Crew) Rest(l *Lane) {
	clear(l.ptrs)
	c.mu.Lock()
	defer c.mu.Unlock()
	l.next, c.lanes = c.lanes, l
}

func (c *Crew) takeJob(phases int) *job {
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
func (c *Crew) drop(j *job) {
	if j.refs.Add(-1) > 0 {
		return
	}
	j.kernel, j.ptrs, j.temp, j.done = nil, nil, nil, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	j.next, c.jobs = c.jobs, j
}

// Run does one launch: alone when it is one piece a phase or there is nobody else, otherwise with the crew. A cancelled context is seen
// between pieces. It allocates nothing once a launch of the kind has run.
func (c *Crew) Run(ctx context.Context, l *Lane, k *Kernel, args []driver.Arg) error {
	l.point(len(k.Params))
	if err := k.bind(args, l.ptrs); err != nil {
		return err
	}
	temp := reserve(&l.temp, k.Temp)
	most := 0
	for i := range k.Phases {
		most = max(most, k.Phases[i].pieces())
	}
	helpers := min(c.workers, most-1)
	if helpers <= 0 {
		return k.alone(ctx, l, temp)
	}
	j := c.takeJob(len(k.Phases))
	j.kernel, j.ptrs, j.temp, j.done = k, l.ptrs, temp, ctx.Done()
	for i := range k.Phases {
		j.phases[i].taken.Store(0)
		j.phases[i].left.Store(int64(k.Phases[i].pieces()))
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
func (k *Kernel) alone(ctx context.Context, l *Lane, temp unsafe.Pointer) error {
	done := ctx.Done()
	l.enter(k, l.ptrs, temp)
	defer l.leave()
	for i := range k.Phases {
		ph := &k.Phases[i]
		l.args.vars = ph.Vars
		for piece := range ph.pieces() {
			if cancelled(done) {
				return ctx.Err()
			}
			if fault := l.call(k, ph, piece); fault != nil {
				return fault
			}
		}
	}
	goruntime.KeepAlive(k)
	return nil
}

// work takes pieces, phase by phase, until none is left; between phases it waits until the last piece of the phase is done. A stopped
// job's pieces are counted off without being run, so that everybody gets through.
func (j *job) work(l *Lane) {
	k := j.kernel
	entered := false
	for i := range k.Phases {
		ph, n := &k.Phases[i], &j.phases[i]
		pieces := ph.pieces()
		for {
			piece := int(n.taken.Add(1) - 1)
			if piece >= pieces {
				break
			}
			if !entered {
				l.enter(k, j.ptrs, j.temp)
				entered = true
			}
			if !j.stop.Load() && cancelled(j.done) {
				j.stop.Store(true)
			}
			if j.stop.Load() { // nobody takes what is left: it is counted off at once
				rest := max(0, int64(pieces)-n.taken.Swap(int64(pieces)))
				n.left.Add(-1 - rest)
				break
			}
			l.args.vars = ph.Vars
			if fault := l.call(k, ph, piece); fault != nil {
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
	goruntime.KeepAlive(k)
}

func cancelled(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
