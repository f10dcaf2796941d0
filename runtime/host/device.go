// Package host is the device that runs generated machine code on this processor: executable memory, workers, calls. It never looks
// inside a kernel: what to call, over which points and with which numbers is data that codegen/cpu gives.
package host

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host/crew"
	"github.com/einloom/einloom/runtime/host/exec"
)

// Config says how to open the device. The zero value takes all processors and the widest vectors they have.
type Config struct {
	Threads int    // workers, the calling goroutine included; 0: GOMAXPROCS
	Target  string // "amd64+avx2" or "amd64+avx512" to hold the code to one; "": the widest that runs here
	// Rates gives what was measured of kernels for a target's name; nil: nothing.
	Rates func(target string) codegen.Rates
	// Fallback runs the kernels that the generator has no code for (runtime gives the interpreter). It is closed with the device.
	Fallback driver.Device
	// Missed is told of each kernel that went to Fallback, and why; nil: nobody is.
	Missed func(kernel string, why error)
}

// Device implements driver.Device with machine code. It is safe for concurrent use.
type Device struct {
	target   codegen.Target
	fallback driver.Device
	missed   func(string, error)
	codes    codeCache
	crew     crew.Crew

	mu     sync.RWMutex // held for reading by whatever uses the device, for writing by Close
	closed bool
}

var (
	errClosed  = errors.New("cpu: the device is closed")
	errForeign = errors.New("cpu: a program of another device")
)

// Available says whether this machine can run generated code: nil, or the reason why it cannot (no generator for this architecture, no
// AVX2, executable memory forbidden).
func Available() error {
	if _, err := pickTarget(""); err != nil {
		return err
	}
	if err := exec.Probe(); err != nil {
		return fmt.Errorf("executable memory is not to be had: %w", err)
	}
	return nil
}

// Open gives the device, or the reason why there is none here (see Available).
func Open(c Config) (*Device, error) {
	target, err := pickTarget(c.Target)
	if err != nil {
		return nil, err
	}
	if err := exec.Probe(); err != nil {
		return nil, fmt.Errorf("executable memory is not to be had: %w", err)
	}
	threads := c.Threads
	if threads <= 0 {
		threads = goruntime.GOMAXPROCS(0)
	}
	target.Threads = threads
	if c.Rates != nil {
		target.Rates = c.Rates(target.Name)
	}
	d := &Device{target: target, fallback: c.Fallback, missed: c.Missed}
	d.codes.target = target
	d.crew.Start(threads - 1)
	return d, nil
}

// Target describes this processor to the planner.
func (d *Device) Target() codegen.Target { return d.target }

// Compile gives k's program: machine code, shared with all kernels of the same structure, or a program of the fallback device.
func (d *Device) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, errClosed
	}
	if k.Routine != nil && d.fallback != nil {
		return d.fallback.Compile(ctx, k)
	}
	p, err := d.generate(k)
	if err == nil {
		return p, nil
	}
	var unsupported *cpu.Unsupported
	if d.fallback == nil || !errors.As(err, &unsupported) {
		return nil, fmt.Errorf("cpu: kernel %s: %w", k.Name, err)
	}
	if d.missed != nil {
		d.missed(k.Name, err)
	}
	return d.fallback.Compile(ctx, k)
}

func (d *Device) generate(k *codegen.Kernel) (*Program, error) {
	c, err := d.codes.of(k)
	if err != nil {
		return nil, err
	}
	p, err := newProgram(c, k)
	if err != nil {
		c.release()
		return nil, err
	}
	return p, nil
}

// Alloc gives memory on the Go heap, 64-byte aligned.
func (d *Device) Alloc(bytes int) (driver.Buffer, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, errClosed
	}
	if bytes < 0 {
		return nil, fmt.Errorf("cpu: a buffer of %d bytes", bytes)
	}
	return &buffer{mem: crew.Aligned(bytes)}, nil
}

// Close waits for running launches, stops the workers and frees the code that no program holds.
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errClosed
	}
	d.closed = true
	d.crew.Stop()
	d.codes.drop()
	if d.fallback != nil {
		return d.fallback.Close()
	}
	return nil
}

var _ driver.Device = (*Device)(nil)
