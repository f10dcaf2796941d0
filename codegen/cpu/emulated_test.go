package cpu

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/codegen/cpu/asm/emu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/tests/randgraph"
	"github.com/einloom/einloom/tests/runplan"
)

// emulated is a device that runs generated code in asm/emu: any target on any machine, every access held to the bytes of its param.
// What has no code goes to the interpreter.
type emulated struct {
	driver.Device // the interpreter
	target        codegen.Target

	mu    sync.Mutex
	codes map[string]*functions // by Key, as runtime/host keeps them
	made  int
}

func openEmulated(t testing.TB, target string) func() driver.Device {
	return func() driver.Device {
		tg, err := Target(target)
		if err != nil {
			t.Fatal(err)
		}
		d := &emulated{Device: interp.Open(interp.Config{Threads: 1}), target: tg, codes: map[string]*functions{}}
		t.Cleanup(func() { t.Logf("%s: %d kernels on %d codes", target, d.made, len(d.codes)) })
		return d
	}
}

func (d *emulated) Target() codegen.Target { return d.target }

// emulatedProgram is a kernel's functions and its numbers.
type emulatedProgram struct {
	*functions
	k *codegen.Kernel
	Binding
}

func (p *emulatedProgram) Text() string { return asm.Text(p.codes...) }
func (p *emulatedProgram) Bytes() int   { return 0 }
func (p *emulatedProgram) Close() error { return nil }

func (d *emulated) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	f, err := d.functionsOf(k)
	var unsupported *Unsupported
	if errors.As(err, &unsupported) {
		return d.Device.Compile(ctx, k)
	}
	if err != nil {
		return nil, err
	}
	p := &emulatedProgram{functions: f, k: k}
	p.Binding, err = bindUnits(k, f.nums)
	for _, c := range f.codes {
		p.Scratch = max(p.Scratch, c.Spill)
	}
	return p, err
}

// functionsOf gives the code that kernels of k's structure share, its registers proved to be right.
func (d *emulated) functionsOf(k *codegen.Kernel) (*functions, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made++
	key := Key(k)
	if f := d.codes[key]; f != nil {
		return f, nil
	}
	f, err := functionsOf(k, d.target)
	if err != nil {
		return nil, err
	}
	for _, c := range f.codes {
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	d.codes[key] = f
	return f, nil
}

func (d *emulated) Run(ctx context.Context, launches []driver.Launch) error {
	for i := range launches {
		p, ok := launches[i].Program.(*emulatedProgram)
		if !ok {
			if err := d.Device.Run(ctx, launches[i:i+1]); err != nil {
				return err
			}
			continue
		}
		if err := p.run(launches[i].Args); err != nil {
			return fmt.Errorf("%w\n%s", err, p.Text())
		}
	}
	return nil
}

// call is the memory of the calls of one run.
type call struct {
	mem  emu.Memory
	args []byte
	at   uint64
}

func (c *call) put(offset int, v uint64) { binary.LittleEndian.PutUint64(c.args[offset:], v) }

// run calls every piece of every phase, the last first. Each param is a region of its elements' bytes, and no byte more.
func (p *emulatedProgram) run(args []driver.Arg) error {
	c := &call{args: make([]byte, ArgsBytes)}
	c.at = c.mem.Map("args", c.args, emu.ReadWrite, 0)
	var ptrs, nums []byte
	for i := range p.k.Params {
		ptrs = binary.LittleEndian.AppendUint64(ptrs, c.mapParam(&p.k.Params[i], args[i]))
	}
	for _, n := range p.Nums {
		nums = binary.LittleEndian.AppendUint64(nums, uint64(n))
	}
	c.put(ArgPool, c.mem.Map("pool", p.pool.Bytes(), emu.ReadOnly, 0))
	c.put(ArgPtrs, c.mem.Map("ptrs", ptrs, emu.ReadOnly, 0))
	c.put(ArgNums, c.mem.Map("nums", nums, emu.ReadOnly, 0))
	scratch := make([]byte, p.Scratch)
	c.put(ArgScratch, c.mem.Map("scratch", scratch, emu.ReadWrite, 0))
	temp := make([]byte, p.Temp)
	c.put(ArgTemp, c.mem.Map("temp", temp, emu.ReadWrite, 0))
	litter(temp)
	for _, ph := range p.Phases {
		for i, v := range ph.Vars {
			c.put(ArgVars+8*i, uint64(v))
		}
		for piece := (ph.Points+ph.Grain-1)/ph.Grain - 1; piece >= 0; piece-- {
			c.put(ArgLo, uint64(piece*ph.Grain))
			c.put(ArgHi, uint64(min((piece+1)*ph.Grain, ph.Points)))
			litter(scratch)
			if err := emu.Run(p.codes[ph.Func].List, &c.mem, c.at, emu.Config{}); err != nil {
				return err
			}
			if fault := binary.LittleEndian.Uint64(c.args[ArgFault:]); fault > 0 {
				check, index := p.Checks[fault-1], binary.LittleEndian.Uint64(c.args[ArgFaulty:])
				return &driver.IndexError{Kernel: p.k.Name, Of: check.Of, Index: int64(index), Extent: check.Extent}
			}
		}
	}
	return nil
}

// litter fills memory with what is no useful number of any dtype.
func litter(b []byte) {
	for i := range b {
		b[i] = 0xff
	}
}

// mapParam maps the bytes that a param's elements cover, and gives the address of element [0 ... 0].
func (c *call) mapParam(p *codegen.Param, a driver.Arg) uint64 {
	mem := a.Host
	if a.Buffer != nil {
		mem = a.Buffer.(driver.Addressable).Memory()
	}
	below, above := 0, p.DType.Size()
	for i, n := range p.Dims {
		if n == 0 {
			return 0
		}
		if d := (n - 1) * p.Strides[i] * p.DType.Size(); d < 0 {
			below -= d
		} else {
			above += d
		}
	}
	access := emu.ReadOnly
	if p.Out {
		access = emu.ReadWrite
	}
	// The address is aligned to the element and to nothing more.
	skew := 3 * p.DType.Size()
	return c.mem.Map(p.Name, mem[a.Offset-below:a.Offset+above], access, skew) + uint64(below)
}

// TestEmulatedValues holds AVX-512 code, which few machines here run, to the values that every device must give. AVX2's, which runtime/host
// runs, is held to the bytes it may touch when there is time.
func TestEmulatedValues(t *testing.T) {
	for _, target := range Targets() {
		t.Run(target, func(t *testing.T) {
			if target == AVX2 && !*long {
				t.Skip("with -long")
			}
			drivertest.Values(t, openEmulated(t, target), written)
			if *long {
				drivertest.Large(t, openEmulated(t, target), written)
				drivertest.Values(t, openEmulated(t, target), planned)
			}
		})
	}
}

// written writes formulas out and keeps the schedule. What cannot be written out is a fold that the planner never leaves in a kernel: it is
// the interpreter's.
func written(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	if e, err := planner.Expand(k, t); err == nil {
		return e, nil
	}
	return k, nil
}

// planned writes formulas out and schedules as the planner does.
func planned(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	if e, err := planner.Expand(k, t); err == nil {
		return planner.Schedule(e, t)
	}
	return k, nil
}

func TestEmulatedPacked(t *testing.T) {
	count := 20
	if *long {
		count = 2000
	}
	for _, target := range Targets() {
		drivertest.Packed(t, openEmulated(t, target), 1, count, written)
		drivertest.Panelled(t, openEmulated(t, target), 1, count/4, written)
	}
}

// TestPanelsAreReadInPlace holds the kernels of drivertest's to what they are for.
func TestPanelsAreReadInPlace(t *testing.T) {
	for seed := range uint64(200) {
		k := drivertest.RandomPanels(seed, 32)
		if u := unitsOf(k)[0]; !u.rightInPlace() {
			t.Fatalf("seed %d: the right factor is packed:\n%s", seed, k)
		}
		if u := unitsOf(drivertest.RandomContraction(seed, 32))[0]; u.rightInPlace() {
			t.Errorf("seed %d: a factor in any order is not packed", seed)
		}
	}
}

func TestEmulatedRandom(t *testing.T) {
	count := 50
	if *long {
		count = 5000
	}
	for _, target := range Targets() {
		drivertest.Random(t, openEmulated(t, target), 1000, count, planned)
	}
}

var (
	graphs = flag.Int("graphs", 100, "random graphs to plan and emulate")
	seed   = flag.Uint64("seed", 1, "the first graph's seed")
)

// TestEmulatedGraphs plans random graphs for AVX-512 and holds what its code gives to the oracle.
func TestEmulatedGraphs(t *testing.T) {
	count := *graphs
	if *long {
		count = max(count, 20000)
	}
	d := openEmulated(t, AVX512)()
	defer d.Close()
	for i := range count {
		seed := *seed + uint64(i)
		wild := seed%2 == 0
		roots := randgraph.Graph(rand.New(rand.NewPCG(seed, 0)), randgraph.Options{Tame: !wild})
		want, err := oracle.EvalBound(nil, roots...)
		if err != nil {
			t.Fatalf("seed %d: oracle: %v", seed, err)
		}
		o := planner.Options{Target: d.Target(), Off: map[string]bool{"order": wild}} // another order may make a NaN of an infinity
		got, p, err := runplan.Run(d, roots, o)
		if err != nil && fragile(want) {
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, expr.Text(expr.Nodes(roots...)...))
		}
		for i := range got {
			if err := want[i].Check(got[i]); err != nil {
				t.Fatalf("seed %d: root %d: %v\n%s\n%s", seed, i, err, expr.Text(expr.Nodes(roots...)...), p.Text("kernel"))
			}
		}
	}
}

// fragile says whether a rounding may decide if the graph's run is an error.
func fragile(want []oracle.Bounded) bool {
	for _, b := range want {
		if b.Fragile {
			return true
		}
	}
	return false
}
