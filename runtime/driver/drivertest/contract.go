package drivertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// run compiles k and runs it on data that fill gives.
func (s *suite) run(d driver.Device, k *codegen.Kernel, fill filler) error {
	p, err := s.compile(d, k)
	if err != nil {
		return err
	}
	defer p.Close()
	return d.Run(context.Background(), []driver.Launch{{Program: p, Args: newCase(k, fill).args()}})
}

func parsed(t *testing.T, text string) *codegen.Kernel {
	t.Helper()
	k, err := codegen.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const doubling = `kernel doubling
  in x f32[100]
  out o f32[100]
  loop i 100
  o[i] = x[i] + x[i]
  schedule map order i, vector i, parallel 1, grain 64`

// memory checks buffers: their sizes, and that programs work on them as on the host's memory.
func (s *suite) memory(t *testing.T) {
	d := s.device(t)
	for _, n := range []int{0, 1, 63, 64, 1000} {
		b, err := d.Alloc(n)
		if err != nil {
			t.Fatal(err)
		}
		if b.Bytes() != n {
			t.Errorf("a buffer of %d bytes has %d", n, b.Bytes())
		}
		if a, ok := b.(driver.Addressable); ok && len(a.Memory()) != n {
			t.Errorf("a buffer of %d bytes has %d in memory", n, len(a.Memory()))
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Alloc(-1); err == nil {
		t.Error("a buffer of -1 bytes")
	}
	s.buffers(t, d)
	s.transfers(t, d)
}

// transfers checks that what is written to a buffer is read from it, in parts and in several pieces, and what does not fit is refused.
func (s *suite) transfers(t *testing.T, d driver.Device) {
	const n = 9<<20 + 5
	b, err := d.Alloc(n)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx := context.Background()
	want, got := make([]byte, n), make([]byte, n)
	for i := range want {
		want[i] = byte(i * 7 >> 3)
	}
	if err := errors.Join(b.Write(ctx, 0, want), b.Write(ctx, 1001, want[:77]), b.Write(ctx, n, nil), b.Read(ctx, 0, got)); err != nil {
		t.Fatal(err)
	}
	copy(want[1001:], want[:77])
	if !bytes.Equal(got, want) {
		t.Error("other bytes are read than were written")
	}
	part := make([]byte, 5000)
	if err := b.Read(ctx, 333, part); err != nil || !bytes.Equal(part, want[333:5333]) {
		t.Errorf("a part differs from what was written (%v)", err)
	}
	for _, at := range []int{-1, n - 4999, n + 1, 1 << 62} {
		if b.Write(ctx, at, part) == nil || b.Read(ctx, at, part) == nil {
			t.Errorf("5000 bytes at %d of %d: no error", at, n)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := b.Write(gone, 0, part); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled write: %v", err)
	}
	if err := b.Read(gone, 0, part); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read: %v", err)
	}
}

// buffers runs x -> buffer -> buffer -> o through device memory, at offsets.
func (s *suite) buffers(t *testing.T, d driver.Device) {
	k := parsed(t, doubling)
	p, err := s.compile(d, k)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b, err := d.Alloc(1024)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c := newCase(k, wild)
	host := c.args()
	first, second := driver.Arg{Buffer: b}, driver.Arg{Buffer: b, Offset: 512}
	launches := []driver.Launch{
		{Program: p, Args: []driver.Arg{host[0], first}},
		{Program: p, Args: []driver.Arg{first, second}},
		{Program: p, Args: []driver.Arg{second, host[1]}},
	}
	if err := d.Run(context.Background(), launches); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		x, _ := load(tensor.Float32, c.mem[0].mem[c.mem[0].base+4*i:])
		y, _ := load(tensor.Float32, c.mem[1].mem[c.mem[1].base+4*i:])
		v := float32(float(tensor.Float32, x))
		v += v
		v += v
		v += v
		if w := float32(float(tensor.Float32, y)); w != v && v == v {
			t.Fatalf("element %d: 8 * %g gave %g", i, float(tensor.Float32, x), w)
		}
	}
}

// errors checks that what does not fit is refused, with an error and before anything is written.
func (s *suite) errors(t *testing.T) {
	d := s.device(t)
	k := parsed(t, doubling)
	p, err := s.compile(d, k)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	mem := aligned(1024)
	good := driver.Arg{Host: mem, Offset: 64}
	buffer, err := d.Alloc(64)
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Close()
	for name, args := range map[string][]driver.Arg{
		"none":             {},
		"one too few":      {good},
		"one too many":     {good, good, good},
		"no memory":        {good, {}},
		"too small":        {good, {Host: mem[:100]}},
		"past the end":     {good, {Host: mem, Offset: 1024 - 396}},
		"before the begin": {good, {Host: mem, Offset: -4}},
		"far away":         {good, {Host: mem, Offset: 1 << 62}},
		"far before":       {good, {Host: mem, Offset: -1 << 62}},
		"small buffer":     {good, {Buffer: buffer}},
		"small input":      {{Host: mem[:396]}, good},
	} {
		if err := d.Run(context.Background(), []driver.Launch{{Program: p, Args: args}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !bytes.Equal(mem, make([]byte, len(mem))) {
		t.Error("memory was written to")
	}
	if err := d.Run(context.Background(), []driver.Launch{{Program: foreign{}, Args: nil}}); err == nil {
		t.Error("a program of another device was run")
	}
	if err := d.Run(context.Background(), nil); err != nil {
		t.Errorf("no launches: %v", err)
	}
}

// foreign is a program of no device.
type foreign struct{}

func (foreign) Text() string { return "" }
func (foreign) Bytes() int   { return 0 }
func (foreign) Close() error { return nil }

// order checks that launches see what those before them wrote.
func (s *suite) order(t *testing.T) {
	d := s.device(t)
	const n, steps = 5000, 20
	k := parsed(t, fmt.Sprintf(`kernel next
  in x i64[%d]
  out o i64[%d]
  loop i %d
  o[i] = x[-i+%d] + 1
  schedule map order i, vector i, parallel 1, grain 64`, n, n, n, n-1))
	p, err := s.compile(d, k)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	a, b := driver.Arg{Host: aligned(8 * n)}, driver.Arg{Host: aligned(8 * n)}
	var launches []driver.Launch
	for range steps {
		launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{a, b}})
		a, b = b, a
	}
	if err := d.Run(context.Background(), launches); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if v, _ := load(tensor.Int64, a.Host[8*i:]); v != steps {
			t.Fatalf("element %d is %d, want %d", i, v, steps)
		}
	}
}

// endless is a kernel of 2^40 additions that reads little memory.
const endless = `kernel endless
  in x f32[1024]
  out o f32[1024]
  loop i 1024
  fold j 1048576, k 1024
  o[i] = reduce(add, j, k, x[i] * x[k])
  schedule row order i j k, vector i, parallel 1, grain 64, split 1024`

// cancel checks that a cancelled run ends soon, with the context's error, and leaves the device in order.
func (s *suite) cancel(t *testing.T) {
	d := s.device(t)
	k := parsed(t, endless)
	p, err := s.compile(d, k)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	launches := []driver.Launch{{Program: p, Args: newCase(k, tame).args()}}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Run(gone, launches); !errors.Is(err, context.Canceled) {
		t.Errorf("a context cancelled before: %v", err)
	}
	late := time.Hour
	for try := 0; late > 10*time.Millisecond && try < 50; try++ { // the best of many: a loaded machine may hold anything up
		ctx, cancel := context.WithCancel(context.Background())
		var at time.Time
		time.AfterFunc(5*time.Millisecond, func() { at = time.Now(); cancel() })
		err = d.Run(ctx, launches)
		late = min(late, time.Since(at))
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("a context cancelled on the way: %v", err)
		}
	}
	if late > 10*time.Millisecond {
		t.Errorf("a cancelled run went on for %v", late)
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer stop()
	if err := d.Run(ctx, launches); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("past the deadline: %v", err)
	}
	if err := s.check(d, wild, parsed(t, doubling)); err != nil {
		t.Errorf("after a cancelled run: %v", err)
	}
}

// concurrent checks that many goroutines may compile and run at once, on one program and on their own, with the results that each has
// alone.
func (s *suite) concurrent(t *testing.T) {
	d := s.device(t)
	const workers, rounds = 8, 10
	k := parsed(t, fmt.Sprintf(rowTexts[0], 64, 100, "f32"))
	k = scheduled(k, 1, 1, 0)
	shared, err := s.compile(d, k)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	want := newCase(k, tame)
	if err := d.Run(context.Background(), []driver.Launch{{Program: shared, Args: want.args()}}); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for w := range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for range rounds {
				c := newCase(k, tame)
				if err := d.Run(context.Background(), []driver.Launch{{Program: shared, Args: c.args()}}); err != nil {
					t.Error(err)
				} else if !bytes.Equal(c.mem[1].mem, want.mem[1].mem) {
					t.Error("a result differs from the one computed alone")
				}
				own := productKernel(tensor.Float32, 3+w, 20, 9, false, w%2 == 0)
				if err := s.check(d, tame, scheduled(own, 1, 64, 0)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
}

// steady checks that running again allocates nothing.
func (s *suite) steady(t *testing.T) {
	d := s.device(t)
	for _, k := range []*codegen.Kernel{
		parsed(t, doubling),
		scheduled(productKernel(tensor.Float32, 40, 50, 60, false, false), 1, 64, 0),
		scheduled(parsed(t, fmt.Sprintf(rowTexts[0], 64, 100, "f32")), 1, 1, 0),
	} {
		p, err := s.compile(d, k)
		if err != nil {
			t.Fatal(err)
		}
		launches := []driver.Launch{{Program: p, Args: newCase(k, tame).args()}}
		ctx := context.Background()
		var failed error
		n := testing.AllocsPerRun(100, func() {
			if err := d.Run(ctx, launches); err != nil {
				failed = err
			}
		})
		if failed != nil {
			t.Error(failed)
		}
		if n >= 1 {
			t.Errorf("%s: %v allocations a run", k.Name, n)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// closing checks that a closed device refuses work, and that Close waits for what runs.
func (s *suite) closing(t *testing.T) {
	d := s.open()
	k := parsed(t, doubling)
	p, err := s.compile(d, k)
	if err != nil {
		t.Fatal(err)
	}
	launches := []driver.Launch{{Program: p, Args: newCase(k, wild).args()}}
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			own := []driver.Launch{{Program: p, Args: newCase(k, wild).args()}}
			for d.Run(context.Background(), own) == nil {
				time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond)
			}
		}()
	}
	time.Sleep(2 * time.Millisecond)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	if err := d.Run(context.Background(), launches); err == nil {
		t.Error("a closed device runs")
	}
	if _, err := d.Compile(context.Background(), k); err == nil {
		t.Error("a closed device compiles")
	}
	if _, err := d.Alloc(8); err == nil {
		t.Error("a closed device allocates")
	}
	if err := d.Close(); err == nil {
		t.Error("a device is closed twice without an error")
	}
	if err := p.Close(); err != nil {
		t.Errorf("a program outlives its device: %v", err)
	}
}
