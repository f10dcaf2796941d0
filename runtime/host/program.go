package host

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/runtime/driver"
)

// Program is one kernel bound to its code: entries, numbers, and the bytes that each param must have.
type Program struct {
	code    *code
	entries []uintptr
	nums    []int64
	temp    int
	scratch int
	phases  []phase
	checks  []cpu.Check
	params  []extent
	name    string
	closed  atomic.Bool
}

// phase is cpu.Phase with what a run asks each time worked out.
type phase struct {
	cpu.Phase
	pieces int
}

// extent is the bytes that a param reaches, relative to its element [0 ... 0].
type extent struct {
	name         string
	below, above int // first byte reached (<= 0), one past the last
	size         int // bytes of an element: the address's alignment
}

func newProgram(c *code, k *codegen.Kernel) (*Program, error) {
	b, err := c.object.Bind(k)
	if err != nil {
		return nil, err
	}
	p := &Program{code: c, nums: b.Nums, temp: b.Temp, scratch: b.Scratch, checks: b.Checks, name: k.Name}
	for _, f := range c.object.Funcs {
		p.entries = append(p.entries, c.exec.Entry(f.Entry))
	}
	for _, ph := range b.Phases {
		if ph.Grain < 1 {
			return nil, fmt.Errorf("internal: phase of grain %d: please report with Explain", ph.Grain)
		}
		p.phases = append(p.phases, phase{ph, (ph.Points + ph.Grain - 1) / ph.Grain})
	}
	for i := range k.Params {
		p.params = append(p.params, reach(&k.Params[i]))
	}
	return p, nil
}

// reach is the bytes that the elements of a param cover.
func reach(p *codegen.Param) extent {
	below, above := p.Reach()
	e := extent{name: p.Name, size: p.DType.Size(), below: -below, above: above}
	if p.DType.IsComplex() {
		e.size /= 2
	}
	return e
}

// Text is the Go assembly of the program's functions.
func (p *Program) Text() string { return p.code.object.Text() }

// Bytes is the size of the machine code.
func (p *Program) Bytes() int { return len(p.code.object.Code) }

// Close lets the code go; the program must not be running.
func (p *Program) Close() error {
	if p.closed.Swap(true) {
		return fmt.Errorf("cpu: kernel %s is closed already", p.name)
	}
	p.code.release()
	return nil
}

// bind checks the launch's memory against what the code will touch and writes the addresses to ptrs. This is the one guard between the
// user's memory and machine code that checks nothing.
func (p *Program) bind(args []driver.Arg, ptrs []unsafe.Pointer) error {
	if len(args) != len(p.params) {
		return fmt.Errorf("cpu: kernel %s takes %d params, got %d", p.name, len(p.params), len(args))
	}
	for i := range args {
		a, e := &args[i], &p.params[i]
		mem := a.Host
		if a.Buffer != nil {
			m, ok := a.Buffer.(driver.Addressable)
			if !ok {
				return fmt.Errorf("cpu: kernel %s: param %s: a buffer of another device", p.name, e.name)
			}
			mem = m.Memory()
		}
		if e.above == 0 { // no elements: nothing is touched
			ptrs[i] = nil
			continue
		}
		if a.Offset+e.below < 0 || a.Offset+e.above > len(mem) {
			return fmt.Errorf("cpu: kernel %s: param %s reaches bytes [%d, %d) of %d", p.name, e.name, a.Offset+e.below, a.Offset+e.above, len(mem))
		}
		ptr := unsafe.Pointer(&mem[a.Offset])
		if uintptr(ptr)%uintptr(e.size) != 0 {
			return fmt.Errorf("cpu: kernel %s: param %s: address is not a multiple of its element's %d bytes", p.name, e.name, e.size)
		}
		ptrs[i] = ptr
	}
	return nil
}
