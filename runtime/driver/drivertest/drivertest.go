// Package drivertest holds a device to the contract of package driver: the values of every op on every dtype in every kind of nest, and how
// memory, errors, cancellation and concurrency are dealt with. It never asks how a device works; what is right comes from a plain
// evaluator of its own and from package op.
package drivertest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Prepare is what happens to a kernel before a device compiles it, as the planner's last passes do (writing out formulas for the target,
// choosing another schedule). It may change how a kernel computes and never what.
type Prepare func(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error)

// Run holds the devices that open gives to the contract. Kernels come with a plain schedule; they go through each of prepare, in order,
// before they are compiled.
func Run(t *testing.T, open func() driver.Device, prepare ...Prepare) {
	Values(t, open, prepare...)
	Large(t, open, prepare...)
	Contract(t, open, prepare...)
}

// Contract is the part of Run that asks how memory, errors, cancellation and concurrency are dealt with.
func Contract(t *testing.T, open func() driver.Device, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	t.Run("memory", s.memory)
	t.Run("errors", s.errors)
	t.Run("order", s.order)
	t.Run("cancel", s.cancel)
	t.Run("concurrent", s.concurrent)
	t.Run("steady", s.steady)
	t.Run("close", s.closing)
}

// Large is the part of Run that asks for right values of kernels of many points.
func Large(t *testing.T, open func() driver.Device, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	t.Run("large", s.large)
}

// Values is the part of Run that asks for right values of kernels of few points.
func Values(t *testing.T, open func() driver.Device, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	t.Run("corpus", s.corpus)
	t.Run("ops", s.ops)
	t.Run("casts", s.casts)
	t.Run("shapes", s.shapes)
	t.Run("reductions", s.reductions)
	t.Run("scans", s.scans)
	t.Run("contractions", s.contractions)
	t.Run("rows", s.rows)
	t.Run("gather", s.gathers)
	t.Run("transpose", s.transposes)
	t.Run("pairs", s.pairs)
	t.Run("random", s.random)
}

// Kernels asks for right values of kernels that a test knows.
func Kernels(t *testing.T, open func() driver.Device, list []*codegen.Kernel, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	d := s.device(t)
	for _, k := range list {
		if err := s.check(d, fillerOf(k), k); err != nil {
			t.Fatalf("kernel %s: %v", k.Name, err)
		}
	}
}

type suite struct {
	open    func() driver.Device
	prepare []Prepare
}

// device opens a device for one test.
func (s *suite) device(t *testing.T) driver.Device {
	t.Helper()
	d := s.open()
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// compile prepares and compiles a kernel.
func (s *suite) compile(d driver.Device, k *codegen.Kernel) (driver.Program, error) {
	for _, f := range s.prepare {
		var err error
		if k, err = f(k, d.Target()); err != nil {
			return nil, err
		}
	}
	return d.Compile(context.Background(), k)
}

// check runs a kernel on data that fill gives, in each of the schedules of list, and compares all outputs with the evaluator's; what lies
// beside the elements of outputs must not be touched.
func (s *suite) check(d driver.Device, fill filler, list ...*codegen.Kernel) error {
	c := newCase(list[0], fill)
	for _, k := range list {
		if err := s.checkOne(d, c, k); err != nil {
			return fmt.Errorf("%w\n%v", err, k)
		}
	}
	return nil
}

func (s *suite) checkOne(d driver.Device, c *testCase, k *codegen.Kernel) error {
	p, err := s.compile(d, k)
	if err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	defer p.Close()
	c.reset()
	if err := d.Run(context.Background(), []driver.Launch{{Program: p, Args: c.args()}}); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	return c.compare()
}

// testCase is a kernel with memory for each of its params.
type testCase struct {
	k     *codegen.Kernel
	mem   []array
	first []array    // a copy of mem as it was before the run
	want  [][]number // of each store, in the order of its points
}

// guard is the bytes before and behind each param's elements, so that a write out of bounds is seen.
const guard = 192

// filler writes an element's bits.
type filler func(r *rand.Rand, d tensor.DType) (lo, hi uint64)

func newCase(k *codegen.Kernel, fill filler) *testCase {
	c := &testCase{k: k}
	r := rand.New(rand.NewPCG(1, uint64(len(k.Body))))
	for i := range k.Params {
		p := &k.Params[i]
		below, above := span(p)
		a := array{mem: aligned(below + above + 2*guard), base: guard + below}
		for j := range a.mem {
			a.mem[j] = 0xA5
		}
		if !p.Out {
			each(p.Dims, func(at []int) {
				lo, hi := fill(r, p.DType)
				store(p.DType, a.mem[a.byteOf(p, at):], lo, hi)
			})
		}
		c.mem = append(c.mem, a)
		c.first = append(c.first, array{append([]byte(nil), a.mem...), a.base})
	}
	return c
}

// aligned gives n bytes on a 64-byte boundary.
func aligned(n int) []byte {
	t, err := tensor.Zeros(tensor.Uint8, n)
	if err != nil {
		panic(err)
	}
	b, err := t.Bytes()
	if err != nil {
		panic(err)
	}
	return b
}

// span is how many bytes a param's elements reach below element [0 ... 0] (a multiple of 64) and from there on.
func span(p *codegen.Param) (below, above int) {
	below, above = p.Reach()
	return (below + 63) / 64 * 64, above
}

// byteOf is the place in memory of an element.
func (a *array) byteOf(p *codegen.Param, at []int) int {
	n := 0
	for i, x := range at {
		n += x * p.Strides[i]
	}
	return a.base + n*p.DType.Size()
}

// each calls f with every index of dims.
func each(dims []int, f func(at []int)) {
	at := make([]int, len(dims))
	var walk func(i int)
	walk = func(i int) {
		if i == len(dims) {
			f(at)
			return
		}
		for at[i] = 0; at[i] < dims[i]; at[i]++ {
			walk(i + 1)
		}
	}
	walk(0)
}

// args gives the memory in place.
func (c *testCase) args() []driver.Arg {
	args := make([]driver.Arg, len(c.mem))
	for i, a := range c.mem {
		args[i] = driver.Arg{Host: a.mem, Offset: a.base}
	}
	return args
}

// reset makes the memory what it was.
func (c *testCase) reset() {
	for i := range c.mem {
		copy(c.mem[i].mem, c.first[i].mem)
	}
}

// compare checks the outputs' elements, and that nothing else has changed.
func (c *testCase) compare() error {
	e := newEvaluator(c.k, c.first)
	if c.want == nil {
		for i := range c.k.Stores {
			want, err := e.stored(&c.k.Stores[i])
			if err != nil {
				return err
			}
			c.want = append(c.want, want)
		}
	}
	for i := range c.k.Stores {
		if err := c.compareStore(e, &c.k.Stores[i], c.want[i]); err != nil {
			return err
		}
	}
	for i := range c.mem {
		for j, b := range c.mem[i].mem {
			if b != c.first[i].mem[j] {
				return fmt.Errorf("param %s: byte %d, which is none of an output's, was written", c.k.Params[i].Name, j-c.mem[i].base)
			}
		}
	}
	return nil
}

// samples is how many elements of a large output are checked.
const samples = 500

// stored computes what a store writes: all of it, or of large outputs some.
func (e *evaluator) stored(s *codegen.Store) ([]number, error) {
	axes := s.Axes().List()
	points := 1
	for _, a := range axes {
		points *= e.k.Axes[a].Extent
	}
	list := make([]number, 0, points)
	every := max(points/samples, 1)
	done := e.fresh()
	err := e.each(axes, func() error {
		if len(list)%every != 0 {
			list = append(list, number{unknown: true})
			return nil
		}
		clear(done.have)
		x, err := e.value(s.Value, done)
		list = append(list, x)
		return err
	})
	return list, err
}

// compareStore checks the elements of one store, and puts back what was there before the run.
func (c *testCase) compareStore(e *evaluator, s *codegen.Store, want []number) error {
	p := &c.k.Params[s.Param]
	size, flat := p.DType.Size(), p.Flat(s.At)
	return e.each(s.Axes().List(), func() error {
		at := c.mem[s.Param].base + e.at(flat)*size
		got := c.mem[s.Param].mem[at : at+size]
		lo, hi := load(p.DType, got)
		if why := want[0].check(p.DType, lo, hi); why != "" {
			return fmt.Errorf("%s, at %v of the axes: %s", p.Name, e.point, why)
		}
		copy(got, c.first[s.Param].mem[at:])
		want = want[1:]
		return nil
	})
}
