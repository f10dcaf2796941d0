// Package interp is the device that walks kernels in plain Go, block by block: it runs every op on every dtype on every machine, and is
// the witness that generated code is compared with. It never looks at a kernel's schedule and never uses unsafe.
package interp

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Config says how to open the device. The zero value takes all processors.
type Config struct {
	Threads int // workers, the calling goroutine included; 0: GOMAXPROCS. Results do not depend on it
}

// Device implements driver.Device. It is safe for concurrent use.
type Device struct {
	target codegen.Target
	crew   crew

	mu     sync.RWMutex // held for reading by whatever uses the device, for writing by Close
	closed bool
}

var (
	errClosed  = errors.New("interp: the device is closed")
	errForeign = errors.New("interp: a program of another device")
)

// Open gives the device; there is one everywhere.
func Open(c Config) *Device {
	threads := c.Threads
	if threads <= 0 {
		threads = goruntime.GOMAXPROCS(0)
	}
	d := &Device{target: codegen.Target{
		Name: "interp", L1: 32 << 10, L2: 1 << 20, L3: 16 << 20, Threads: threads,
		Flops: 1e9, Bandwidth: 4e9, Launch: 1e-6,
		Native: func(string, tensor.DType) bool { return true }, // formulas are written out here
	}}
	d.crew.start(threads - 1)
	return d
}

// Target describes the device to the planner: no vectors, every op.
func (d *Device) Target() codegen.Target { return d.target }

// Compile gives the program of any kernel that Verify accepts, scheduled or not, before or after expand.
func (d *Device) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, errClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := k.Verify(); err != nil {
		return nil, fmt.Errorf("interp: %w", err)
	}
	if k.Routine != nil {
		return newCall(d, k)
	}
	return compile(d, k.Canonical())
}

// Alloc gives memory on the Go heap, 64-byte aligned.
func (d *Device) Alloc(bytes int) (driver.Buffer, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, errClosed
	}
	if bytes < 0 {
		return nil, fmt.Errorf("interp: a buffer of %d bytes", bytes)
	}
	t, err := tensor.Zeros(tensor.Uint8, bytes)
	if err != nil {
		return nil, fmt.Errorf("interp: %w", err)
	}
	mem, err := t.Bytes()
	if err != nil {
		return nil, fmt.Errorf("interp: %w", err)
	}
	return &buffer{mem: mem}, nil
}

// Close waits for running launches and stops the workers.
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errClosed
	}
	d.closed = true
	d.crew.stop()
	return nil
}

// Run executes the launches in order; their pieces are shared among the workers.
func (d *Device) Run(ctx context.Context, launches []driver.Launch) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range launches {
		p, ok := launches[i].Program.(*Program)
		if !ok || p.device != d {
			return errForeign
		}
		if p.closed.Load() {
			return fmt.Errorf("interp: kernel %s is closed", p.name)
		}
		if p.call != nil {
			if err := p.runCall(ctx, launches[i].Args); err != nil {
				return err
			}
			continue
		}
		if err := d.crew.run(ctx, p, launches[i].Args); err != nil {
			return err
		}
	}
	return nil
}

// buffer is host memory as driver.Buffer.
type buffer struct{ mem []byte }

// Bytes is the buffer's size.
func (b *buffer) Bytes() int { return len(b.mem) }

// Memory is the buffer itself (driver.Addressable).
func (b *buffer) Memory() []byte { return b.mem }

// Write copies from to the bytes from at on.
func (b *buffer) Write(ctx context.Context, at int, from []byte) error {
	return driver.Copy(ctx, b.mem, at, from, true)
}

// Read copies the bytes from at on to to.
func (b *buffer) Read(ctx context.Context, at int, to []byte) error {
	return driver.Copy(ctx, b.mem, at, to, false)
}

// Close lets the memory go.
func (b *buffer) Close() error { b.mem = nil; return nil }

var _ driver.Device = (*Device)(nil)
