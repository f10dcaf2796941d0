package interp

import (
	"fmt"
	"sync/atomic"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Program is a kernel ready to be walked.
type Program struct {
	device    *Device
	name      string
	text      string
	params    []extent
	zeros     []int // a frame's index at the start: a place for each axis
	constants constants
	phases    []phase
	call      *call         // the routine that it is; nil: it is none
	temps     map[int]*temp // by the reduction whose results they hold
	temporary []*temp       // all of them
	shared    int           // bytes of temporaries that the workers of a run share
	arena     int           // bytes of temporaries of one tile
	closed    atomic.Bool
}

// phase is pieces of work that may run at the same time. All pieces of one end before the next begins.
type phase struct {
	pieces int
	run    func(f *frame, piece int)
}

// temp is where a reduction's results lie between the stage that makes them and those that use them.
type temp struct {
	mem     int // in a frame's list
	dtype   tensor.DType
	strides map[int]int // by axis, in elements
	each    int         // elements for a point of the outer axes
	offset  int         // in the arena or in the shared memory
}

// extent is the bytes that a param reaches, relative to its element [0 ... 0].
type extent struct {
	name         string
	below, above int // the first byte reached (<= 0), one past the last; both 0 when there are no elements
}

func reach(p *codegen.Param) extent {
	e := extent{name: p.Name}
	for _, n := range p.Dims {
		if n == 0 {
			return e
		}
	}
	for k, n := range p.Dims {
		if d := (n - 1) * p.Strides[k] * p.DType.Size(); d < 0 {
			e.below += d
		} else {
			e.above += d
		}
	}
	e.above += p.DType.Size()
	return e
}

// Text says that there is no generated code.
func (p *Program) Text() string { return p.text }

// Bytes is 0: nothing is generated.
func (p *Program) Bytes() int { return 0 }

// Close ends the use of the program.
func (p *Program) Close() error {
	if p.closed.Swap(true) {
		return fmt.Errorf("interp: kernel %s is closed already", p.name)
	}
	return nil
}

// bind checks the launch's memory against what the program touches, and appends it to mem.
func (p *Program) bind(args []driver.Arg, mem []memory) ([]memory, error) {
	if len(args) != len(p.params) {
		return mem, fmt.Errorf("interp: kernel %s takes %d params, got %d", p.name, len(p.params), len(args))
	}
	for i := range args {
		a, e := &args[i], &p.params[i]
		bytes := a.Host
		if a.Buffer != nil {
			b, ok := a.Buffer.(driver.Addressable)
			if !ok {
				return mem, fmt.Errorf("interp: kernel %s: param %s: a buffer of another device", p.name, e.name)
			}
			bytes = b.Memory()
		}
		if e.above > 0 && (a.Offset < -e.below || a.Offset > len(bytes)-e.above) {
			return mem, fmt.Errorf("interp: kernel %s: param %s reaches from byte %d to %d of %d bytes", p.name, e.name, a.Offset+e.below, a.Offset+e.above, len(bytes))
		}
		mem = append(mem, memory{bytes, a.Offset})
	}
	return mem, nil
}
