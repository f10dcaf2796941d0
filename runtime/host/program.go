package host

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/host/crew"
	"github.com/einloom/einloom/runtime/host/exec"
)

// Program is one kernel bound to its code.
type Program struct {
	crew.Kernel
	code   *code
	closed atomic.Bool
}

func newProgram(c *code, k *codegen.Kernel) (*Program, error) {
	b, err := c.object.Bind(k)
	if err != nil {
		return nil, err
	}
	p := &Program{code: c, Kernel: crew.Kernel{Name: k.Name, Pool: c.pool, Nums: b.Nums, Temp: b.Temp, Scratch: b.Scratch}}
	calls := make([]crew.Entry, len(c.object.Funcs))
	for i, f := range c.object.Funcs {
		entry := c.exec.Entry(f.Entry)
		calls[i] = func(args unsafe.Pointer) { exec.Call(entry, args) }
	}
	for _, ph := range b.Phases {
		if ph.Grain < 1 {
			return nil, fmt.Errorf("internal: phase of grain %d: please report with Explain", ph.Grain)
		}
		p.Phases = append(p.Phases, crew.Phase{Call: calls[ph.Func], Points: ph.Points, Grain: ph.Grain, Vars: ph.Vars})
	}
	for _, check := range b.Checks {
		p.Checks = append(p.Checks, crew.Check(check))
	}
	for i := range k.Params {
		p.Params = append(p.Params, crew.ParamOf(&k.Params[i]))
	}
	return p, nil
}

// Text is the Go assembly of the program's functions.
func (p *Program) Text() string { return p.code.object.Text() }

// Bytes is the size of the machine code.
func (p *Program) Bytes() int { return len(p.code.object.Code) }

// Close lets the code go; the program must not be running.
func (p *Program) Close() error {
	if p.closed.Swap(true) {
		return fmt.Errorf("cpu: kernel %s is closed already", p.Name)
	}
	p.code.release()
	return nil
}
