//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unsafe"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/interp"
)

// TestWarmRunsMakeNothing runs a mix of programs until each has been seen, and then a hundred times more: no object of the device is made and
// no memory taken, whether the host's data is copied, staged or worked on where it lies, in tensors and in buffers, in one submit and in turns, timed, and by the
// fallback. Closing the device destroys all that was made.
func TestWarmRunsMakeNothing(t *testing.T) {
	for name, c := range map[string]Config{"mapped": {InPlace: -1}, "staged": {Staged: true}, "in place": {InPlace: 1}, "fences": {Fences: true}} {
		t.Run(name, func(t *testing.T) {
			c.Fallback = interp.Open(interp.Config{Threads: 1})
			d := Validated(t, c).(*Device)
			m := newMixture(t, d)
			for i := range 2 * len(m.runs) {
				m.run(t, i)
			}
			before, taken := d.objects.counts(), d.memory.taken
			for i := range 100 {
				m.run(t, i)
			}
			if after := d.objects.counts(); after != before {
				t.Errorf("a hundred warm runs made objects: %v, before them %v", after, before)
			}
			if d.memory.taken != taken {
				t.Errorf("warm runs took memory: %d bytes, before them %d", d.memory.taken, taken)
			}
			if semaphores := before[objectSemaphore] > 0; semaphores != (d.timeline && !c.Fences) || semaphores == (before[objectFence] > 0) {
				t.Errorf("%d semaphores and %d fences", before[objectSemaphore], before[objectFence])
			}
			m.close(t)
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			for kind, m := range makers {
				if made, gone := d.objects.made[kind].Load(), d.objects.gone[kind].Load(); m.destroy != "" && made != gone {
					t.Errorf("%s made %d objects, %s destroyed %d", m.create, made, m.destroy, gone)
				}
			}
		})
	}
}

// TestObjectsAreCounted reads the sources: nothing but the device itself is made past its count of objects.
func TestObjectsAreCounted(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	makes := regexp.MustCompile(`\bvk\.(Create|Allocate)[A-Z]\w*\(|"vk(Create|Allocate)\w+"`)
	for _, f := range files {
		if f == "objects.go" || strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range makes.FindAllString(string(text), -1) {
			switch call {
			case `"vkCreateInstance"`, `"vkCreateDevice"`, `"vkCreateDebugUtilsMessengerEXT"`:
			default:
				t.Errorf("%s: %s is not counted", f, call)
			}
		}
	}
}

// counts are the objects made of each kind.
func (o *objects) counts() (n [objectKinds]int64) {
	for kind := range n {
		n[kind] = o.made[kind].Load()
	}
	return n
}

// mixture is programs of several kinds on tensors and buffers, and ways to run them.
type mixture struct {
	device   *Device
	programs []driver.Program
	buffers  []driver.Buffer
	runs     []func(context.Context) error
}

func newMixture(t *testing.T, d *Device) *mixture {
	m := &mixture{device: d}
	const n = 20_000
	host := func(n int) driver.Arg { return driver.Arg{Host: make([]byte, 4*n)} }
	add := m.program(t, d, fmt.Sprintf("kernel add\n in x f32[%d], y f32[%[1]d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = x[i] + y[i]\n schedule map order i, grain 64", n))
	next := m.program(t, d, fmt.Sprintf("kernel next\n in x f32[%d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = x[i] + 1\n schedule map order i, grain 64", n))
	rows := m.program(t, d, "kernel rows\n in x f32[100 200]\n out o f32[100]\n loop i 100\n fold j 200\n o[i] = reduce(add, j, x[i, j])\n schedule row order i j, parallel 1, grain 64")
	foreign := m.program(t, d.fallback, fmt.Sprintf("kernel next\n in x f32[%d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = x[i] + 1\n schedule map order i, grain 64", n))
	a, b := m.buffer(t, 4*n), m.buffer(t, 4*n)
	inA, inB := driver.Arg{Buffer: a}, driver.Arg{Buffer: b}
	x, o := make([]float32, n), make([]float32, n)
	sums := []driver.Launch{{Program: add, Args: []driver.Arg{{Host: memory32(x)}, {Host: memory32(x)}, {Host: memory32(o)}}}}
	m.runs = append(m.runs, func(ctx context.Context) error {
		x[0]++
		if err := d.Run(ctx, sums); err != nil {
			return err
		}
		if o[0] != 2*x[0] {
			return fmt.Errorf("%v + %[1]v is %v", x[0], o[0])
		}
		return nil
	})
	m.always(driver.Launch{Program: rows, Args: []driver.Arg{host(n), host(100)}})
	m.always(driver.Launch{Program: next, Args: []driver.Arg{inA, inB}}, driver.Launch{Program: next, Args: []driver.Arg{inB, inA}})
	m.always(driver.Launch{Program: rows, Args: []driver.Arg{inA, host(100)}}, driver.Launch{Program: add, Args: []driver.Arg{host(n), inA, host(n)}})
	m.always(driver.Launch{Program: next, Args: []driver.Arg{inA, inB}}, driver.Launch{Program: foreign, Args: []driver.Arg{inB, inA}})
	turns := []driver.Launch{{Program: add, Args: []driver.Arg{inA, host(n), inB}}, {Program: rows, Args: []driver.Arg{inB, host(100)}}}
	m.runs = append(m.runs, func(ctx context.Context) error {
		add.(*Program).setPace(turn) // so that each workgroup has a submit of its own
		defer add.(*Program).setPace(1)
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		return d.Run(ctx, turns)
	})
	timed, took := []driver.Launch{{Program: next, Args: []driver.Arg{host(n), host(n)}}}, make([]int64, 1)
	m.runs = append(m.runs, func(ctx context.Context) error { return d.RunTimed(ctx, timed, took) })
	mem := make([]byte, 4*n)
	m.runs = append(m.runs, func(ctx context.Context) error { return a.Write(ctx, 0, mem) }, func(ctx context.Context) error { return b.Read(ctx, 0, mem) })
	return m
}

// memory32 is the bytes of x.
func memory32(x []float32) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 4*len(x)) }

// program compiles a kernel on a device, d or its fallback.
func (m *mixture) program(t *testing.T, d driver.Device, text string) driver.Program {
	k, err := codegen.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	m.programs = append(m.programs, p)
	return p
}

func (m *mixture) buffer(t *testing.T, bytes int) driver.Buffer {
	b, err := m.device.Alloc(bytes)
	if err != nil {
		t.Fatal(err)
	}
	m.buffers = append(m.buffers, b)
	return b
}

// always adds a run of launches.
func (m *mixture) always(launches ...driver.Launch) {
	m.runs = append(m.runs, func(ctx context.Context) error { return m.device.Run(ctx, launches) })
}

// run makes run i, all of them in turns.
func (m *mixture) run(t *testing.T, i int) {
	if err := m.runs[i%len(m.runs)](context.Background()); err != nil {
		t.Fatalf("run %d: %v", i%len(m.runs), err)
	}
}

func (m *mixture) close(t *testing.T) {
	for _, b := range m.buffers {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, p := range m.programs {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
