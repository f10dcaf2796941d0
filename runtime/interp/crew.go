package interp

import (
	"context"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"

	"github.com/einloom/einloom/runtime/driver"
)

// job is one launch. Every holder (the caller, each token in the crew's channel, each worker at it) counts as a reference; the last one
// puts the job back on the free list. A worker that comes late finds no piece left and touches nothing but the counters, so the caller
// need not wait for it.
type job struct {
	program *Program
	mem     []memory // of the params, then of shared temporaries
	shared  []byte
	done    <-chan struct{}
	stop    atomic.Bool
	refs    atomic.Int32
	phases  []counters
	mu      sync.Mutex
	err     error // the first that a step gave
	next    *job
}

// counters are a phase's progress: pieces taken and pieces left to finish.
type counters struct{ taken, left atomic.Int64 }

// cancelled says whether the job is to end early.
func (j *job) cancelled() bool {
	if j.stop.Load() {
		return true
	}
	select {
	case <-j.done:
		j.stop.Store(true)
		return true
	default:
		return false
	}
}

// crew is the workers of a device, and their frames and jobs at rest.
type crew struct {
	tokens  chan *job
	stopped sync.WaitGroup
	workers int

	mu     sync.Mutex
	frames []*frame
	jobs   *job
}

func (c *crew) start(workers int) {
	c.workers = workers
	c.tokens = make(chan *job, workers)
	for range workers {
		c.stopped.Add(1)
		go func() {
			defer c.stopped.Done()
			f := new(frame)
			for j := range c.tokens {
				j.work(f)
				c.drop(j)
			}
		}()
	}
}

func (c *crew) stop() { close(c.tokens); c.stopped.Wait() }

// resting is how many frames and how much memory of a job are kept for later.
const (
	resting      = 16
	restingBytes = 1 << 24
)

func (c *crew) takeFrame() *frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.frames); n > 0 {
		f := c.frames[n-1]
		c.frames = c.frames[:n-1]
		return f
	}
	return new(frame)
}

func (c *crew) giveFrame(f *frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.frames) < resting {
		c.frames = append(c.frames, f)
	}
}

func (c *crew) takeJob() *job {
	c.mu.Lock()
	j := c.jobs
	if j != nil {
		c.jobs = j.next
	}
	c.mu.Unlock()
	if j == nil {
		j = new(job)
	}
	j.refs.Store(1)
	return j
}

// drop gives up one reference to j.
func (c *crew) drop(j *job) {
	if j.refs.Add(-1) > 0 {
		return
	}
	clear(j.mem)
	j.program, j.mem, j.done, j.err = nil, j.mem[:0], nil, nil
	j.stop.Store(false)
	if len(j.shared) > restingBytes {
		j.shared = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	j.next, c.jobs = c.jobs, j
}

// run does one launch: alone where there is little to share, otherwise with the crew.
func (c *crew) run(ctx context.Context, p *Program, args []driver.Arg) error {
	j := c.takeJob()
	defer c.drop(j)
	if err := j.begin(ctx, p, args); err != nil {
		return err
	}
	most := 0
	for i := range p.phases {
		most = max(most, p.phases[i].pieces)
	}
	for range min(c.workers, most-1) {
		j.refs.Add(1)
		select {
		case c.tokens <- j:
		default: // the others are busy: their own callers' work comes first
			j.refs.Add(-1)
		}
	}
	f := c.takeFrame()
	j.work(f)
	c.giveFrame(f)
	j.mu.Lock()
	err := j.err
	j.mu.Unlock()
	if err != nil {
		return fmt.Errorf("interp: %w", err)
	}
	if j.stop.Load() {
		return ctx.Err()
	}
	return nil
}

// begin makes the job a launch of p.
func (j *job) begin(ctx context.Context, p *Program, args []driver.Arg) error {
	var err error
	if j.mem, err = p.bind(args, j.mem); err != nil {
		return err
	}
	if len(j.shared) < p.shared {
		j.shared = make([]byte, p.shared)
	}
	if p.shared > 0 {
		for _, t := range p.temporary {
			j.mem = append(j.mem, memory{j.shared, t.offset})
		}
	}
	if len(j.phases) < len(p.phases) {
		j.phases = make([]counters, len(p.phases))
	}
	for i := range p.phases {
		j.phases[i].taken.Store(0)
		j.phases[i].left.Store(int64(p.phases[i].pieces))
	}
	j.program, j.done = p, ctx.Done()
	return nil
}

// work takes pieces, phase by phase, until none is left; between phases it waits until the last piece of the phase is done. A stopped
// job's pieces are counted off without being run, all at once, so that everybody gets through.
func (j *job) work(f *frame) {
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
				f.enter(j)
				entered = true
			}
			if !f.halt && !j.cancelled() {
				ph.run(f, piece)
			}
			if f.err != nil {
				j.fail(f)
			}
			rest := int64(0)
			if j.stop.Load() { // nobody needs to take the others one by one
				rest = max(int64(ph.pieces)-n.taken.Swap(int64(ph.pieces)), 0)
			}
			n.left.Add(-1 - rest)
		}
		for n.left.Load() > 0 {
			goruntime.Gosched()
		}
	}
	if entered {
		f.leave()
	}
}

// fail hands the frame's error to the job.
func (j *job) fail(f *frame) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = f.err
	}
	f.err = nil
	j.stop.Store(true)
}

// enter makes the frame ready for a job.
func (f *frame) enter(j *job) {
	p := j.program
	f.job, f.halt, f.err = j, false, nil
	f.bind(&p.constants)
	f.mem = append(f.mem[:0], j.mem...)
	for len(f.mem) < len(p.params)+len(p.temporary) {
		f.mem = append(f.mem, memory{})
	}
	if len(f.arena) < p.arena {
		f.arena = make([]byte, p.arena)
	}
	f.index = append(f.index[:0], p.zeros...)
}

// leave forgets the job's memory, so that a resting frame keeps no user's memory alive.
func (f *frame) leave() {
	clear(f.mem)
	f.mem, f.job = f.mem[:0], nil
}
