package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Session is a device with caches of plans and code. It is safe to use from many goroutines at once.
type Session struct {
	config Config
	device driver.Device
	home   driver.Device // where buffers lie: device, or the GPU beside it that plans may run on
	alone  string        // why device "auto" has no GPU beside the processor
	holds  holds         // of buffers
	notes  []string
	off    map[string]bool
	kept   planner.Orders // orders of contraction from session to session; nil: none are kept

	mu     sync.RWMutex // held for reading by whatever compiles or runs, for writing by Close
	closed bool
	builds sync.WaitGroup // plans in the making, some of them for calls that were cancelled

	cacheMu sync.Mutex
	cache   map[string]*compiled
	order   []string // keys by age
	shapes  *shapeList
}

// shapeList is a free list of shapes, so that a warm Eval allocates none.
type shapeList struct {
	shape
	next *shapeList
}

// cacheLimit is how many plans a session keeps; past it the older half goes.
const cacheLimit = 1024

var errClosed = errors.New("runtime: the session is closed")

// Open gives a session on the device that c names. Close frees it.
func Open(c Config) (*Session, error) {
	c, err := withEnvironment(c)
	if err != nil {
		return nil, err
	}
	s := &Session{config: c, cache: map[string]*compiled{}, off: map[string]bool{}}
	for _, name := range c.Off {
		s.off[name] = true
	}
	if c.KeepOrders {
		s.keepOrders()
	}
	if err := s.openDevices(c); err != nil {
		return nil, err
	}
	return s, nil
}

var shared = sync.OnceValues(func() (*Session, error) { return Open(Config{}) })

// Default is the session that Eval and Compile use: the zero Config, opened on first use and never closed.
func Default() (*Session, error) { return shared() }

// Eval computes x on the default session. See Session.Eval.
func Eval(ctx context.Context, x expr.Expr, args ...Arg) (*tensor.Tensor, error) {
	s, err := Default()
	if err != nil {
		return nil, err
	}
	return s.Eval(ctx, x, args...)
}

// Compile compiles xs on the default session. See Session.Compile.
func Compile(ctx context.Context, xs ...expr.Expr) (*Program, error) {
	s, err := Default()
	if err != nil {
		return nil, err
	}
	return s.Compile(ctx, xs...)
}

// Eval plans, compiles and runs x, and gives its value in fresh memory. args bind x's inputs. A graph of the same structure (other data
// of the same shapes and layouts) is not planned again. All root causes of a bad graph are joined in the error.
func (s *Session) Eval(ctx context.Context, x expr.Expr, args ...Arg) (*tensor.Tensor, error) {
	if err := x.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	roots := [1]*expr.Node{x.Node()}
	sh := s.takeShape()
	defer s.giveShape(sh)
	sh.read(roots[:])
	if err := sh.leaves.bind(s, sh.data, args); err != nil {
		return nil, err
	}
	c, err := s.compiled(ctx, &sh.shape, roots[:], s.away(sh.data))
	if err != nil {
		return nil, err
	}
	var outs [1]operand
	if err := c.allocate(outs[:]); err != nil {
		return nil, err
	}
	if err := s.holds.take(ctx, sh.data, nil); err != nil {
		return nil, sh.leaves.named(err)
	}
	defer s.holds.give(sh.data, nil)
	if err := s.run(ctx, c, sh.data, outs[:]); err != nil {
		return nil, onUsersLine(err, roots[:])
	}
	return outs[0].t, nil
}

// Compile plans xs together and compiles the plan. The program holds the data that travels with the graph; inputs are bound by Run. What is
// the same in every run, because it depends on nothing but expr.Frozen data and numbers, its first run computes and keeps.
func (s *Session) Compile(ctx context.Context, xs ...expr.Expr) (*Program, error) {
	if len(xs) == 0 {
		return nil, errors.New("runtime: compile: no expression")
	}
	var bad []error
	roots := make([]*expr.Node, len(xs))
	for i, x := range xs {
		bad = append(bad, x.Err())
		roots[i] = x.Node()
	}
	if err := expr.Join(bad...); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh := new(shape)
	sh.read(roots)
	sh.forProgram()
	c, err := s.compiled(ctx, sh, roots, false)
	if err != nil {
		return nil, err
	}
	return newProgram(s, roots, sh.leaves, c), nil
}

// compiled gives the compiled plan for roots, which sh has read, with their leaves laid out as they are bound; home: for the device where
// buffers lie, otherwise for the one that is thought to be the fastest.
func (s *Session) compiled(ctx context.Context, sh *shape, roots []*expr.Node, home bool) (*compiled, error) {
	if s.closed {
		return nil, errClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sh.layouts(home)
	if c := s.cached(sh.key); c != nil {
		return c, nil
	}
	if err := checkInputs(sh); err != nil {
		return nil, err
	}
	j := job{key: string(sh.key), asked: slices.Clone(roots), home: home, keep: sh.keep}
	j.roots, j.inputs, j.strides = seal(sh, roots)
	if ctx.Done() == nil {
		return s.do(ctx, &j)
	}
	// A pass over a large graph takes longer than a cancelled call may: the call leaves it behind.
	type result struct {
		c   *compiled
		err error
	}
	done := make(chan result, 1)
	s.builds.Add(1)
	go func() {
		defer s.builds.Done()
		c, err := s.do(ctx, &j)
		done <- result{c, err}
	}()
	select {
	case r := <-done:
		return r.c, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// job is a plan to be made. It shares nothing with the call that wants it but the graph.
type job struct {
	key     string
	asked   []*expr.Node // the roots as the user built them, for reports
	roots   []*expr.Node // sealed
	inputs  []*expr.Node
	strides map[*expr.Node][]int
	home    bool // for the device where buffers lie
	keep    bool // what is the same in every run
}

func (s *Session) cached(key []byte) *compiled {
	s.cacheMu.Lock()
	defer s.cacheMu.Unlock()
	return s.cache[string(key)]
}

// do plans and compiles j and keeps what comes of it.
func (s *Session) do(ctx context.Context, j *job) (*compiled, error) {
	start := time.Now()
	c, err := s.build(ctx, j)
	if err != nil {
		return nil, err
	}
	s.event(Event{What: "compile", Name: c.name(), Why: "no plan for this structure, these shapes and layouts yet", Took: time.Since(start)})
	s.cacheMu.Lock()
	defer s.cacheMu.Unlock()
	if first := s.cache[j.key]; first != nil {
		c.release() // another goroutine was first
		return first, nil
	}
	if len(s.order) >= cacheLimit {
		for _, key := range s.order[:cacheLimit/2] {
			delete(s.cache, key) // programs that still use it keep it
		}
		s.order = append(s.order[:0], s.order[cacheLimit/2:]...)
	}
	s.cache[j.key] = c
	s.order = append(s.order, j.key)
	return c, nil
}

func (s *Session) stage(name string, text func() string) {
	s.event(Event{What: "stage", Name: name, Text: text})
}

func (s *Session) event(e Event) {
	if s.config.Trace != nil {
		s.config.Trace(e)
	}
}

// Notes says what the session could not have as asked, such as machine code on a machine that forbids it; empty when all is well.
func (s *Session) Notes() []string { return slices.Clone(s.notes) }

// Device names the target that kernels are generated for, or both where each plan takes the faster one.
func (s *Session) Device() string {
	name := s.device.Target().Name
	if s.home != s.device {
		name += " or " + s.home.Target().Name
	}
	return name
}

// Close waits for what is running and frees the device and its code. Programs of the session give an error afterwards.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.closed = true
	s.builds.Wait()
	s.cache, s.order = nil, nil
	err := s.device.Close()
	if s.home != s.device {
		err = errors.Join(err, s.home.Close())
	}
	return err
}

func (s *Session) takeShape() *shapeList {
	s.cacheMu.Lock()
	defer s.cacheMu.Unlock()
	l := s.shapes
	if l == nil {
		return new(shapeList)
	}
	s.shapes = l.next
	return l
}

func (s *Session) giveShape(l *shapeList) {
	l.forget()
	s.cacheMu.Lock()
	defer s.cacheMu.Unlock()
	l.next, s.shapes = s.shapes, l
}

// checkInputs refuses two inputs of one name that differ.
func checkInputs(sh *shape) error {
	for _, n := range sh.nodes {
		if n.Kind != expr.KInput {
			continue
		}
		if m := sh.leaves.list[sh.leaves.find(sourceOf(n))]; m.DType != n.DType || !m.Shape.Equal(n.Shape) {
			return fmt.Errorf("%v: input %q is %v%v here, but %v%v at %v", n.Pos, n.Name, n.DType, n.Shape, m.DType, m.Shape, m.Pos)
		}
	}
	return nil
}
