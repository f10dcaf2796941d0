package spirv

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
)

// emulated is a device whose modules the machine executes.
type emulated struct {
	c        *Capabilities
	fallback *interp.Device // for products of complex numbers, which the planner has written out before
}

type module struct {
	k *codegen.Kernel
	m *Module
	x *machine
}

func (emulated) Alloc(int) (driver.Buffer, error) { return nil, errors.New("no memory of its own") }
func (e emulated) Close() error                   { return e.fallback.Close() }
func (e emulated) Target() codegen.Target         { return e.c.Target() }

func (p module) Text() string { return "" }
func (p module) Bytes() int   { return 4 * len(p.m.Words) }
func (p module) Close() error { return nil }

func (e emulated) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	m, err := Generate(k, e.c)
	var missing *Missing
	if errors.As(err, &missing) && missing.Feature == "complex arithmetic" {
		return e.fallback.Compile(ctx, k)
	}
	if err != nil {
		return nil, err
	}
	x, err := load(m.Words)
	return module{k, m, x}, err
}

func (e emulated) Run(ctx context.Context, launches []driver.Launch) error {
	for _, l := range launches {
		p, ok := l.Program.(module)
		if !ok {
			return e.fallback.Run(ctx, launches)
		}
		if err := p.run(l.Args); err != nil {
			return err
		}
	}
	return nil
}

// run binds just the bytes that the module says it touches.
func (p module) run(args []driver.Arg) error {
	scratch := make([]byte, p.m.Scratch)
	for i := range scratch {
		scratch[i] = 0x5a
	}
	faults := make([]byte, 4*FaultWords)
	var bound []*space
	push := make([]uint32, p.m.Push)
	for _, b := range p.m.Bindings {
		switch b.Role {
		case Param:
			a := args[b.Index]
			if a.Offset < b.Below || b.Bytes > len(a.Host)-a.Offset {
				return fmt.Errorf("param %d: %d bytes before and %d behind byte %d of %d", b.Index, b.Below, b.Bytes, a.Offset, len(a.Host))
			}
			from := (a.Offset - b.Below) &^ 15
			bound = append(bound, &space{a.Host[from : a.Offset+b.Bytes]})
			push[b.Index] = uint32((a.Offset - from) / p.k.Params[b.Index].DType.Size())
		case Scratch:
			bound = append(bound, &space{scratch[b.Offset : b.Offset+b.Bytes]})
		case Faults:
			bound = append(bound, &space{faults})
		}
	}
	for i := range p.m.Passes {
		if err := p.x.run(&p.m.Passes[i], bound, push); err != nil {
			text, _ := p.m.Text()
			return fmt.Errorf("%w\n%s", err, text)
		}
	}
	words := make([]uint32, FaultWords)
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(faults[4*i:])
	}
	err := p.m.Fault(words)
	if fault, ok := err.(*OutOfRange); ok {
		return &driver.IndexError{Kernel: p.k.Name, Of: fault.What, Index: fault.Index, Extent: fault.Extent}
	}
	return err
}

// planned writes formulas out and schedules as the planner does.
func planned(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	plain := *k
	plain.Schedule = codegen.Schedule{Vector: -1}
	e, err := planner.Expand(&plain, t)
	if err != nil {
		return k, nil
	}
	return planner.Schedule(e, t)
}

// TestValues holds the modules, executed in Go, to the contract of devices: random kernels, and in the long tests all of it, which takes Go long
// and where there is a Vulkan device is tested there. The GPU has small workgroups, which take less of Go's time.
func TestValues(t *testing.T) {
	small := Desktop()
	small.MaxInvocations = 32
	for _, c := range []*Capabilities{packing(Lavapipe()), packing(small)} {
		t.Run(c.Name, func(t *testing.T) {
			open := func() driver.Device { return emulated{c, interp.Open(interp.Config{})} }
			if *long {
				drivertest.Values(t, open, planned)
			} else {
				drivertest.Random(t, open, 1, 150, planned)
			}
		})
	}
}
