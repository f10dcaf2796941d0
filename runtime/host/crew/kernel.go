package crew

import (
	"fmt"
	"unsafe"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
)

// Entry is machine code: a function of one parameter, the address of a call's arguments, laid out as codegen/cpu's Args. It calls nothing
// and checks nothing.
type Entry func(args unsafe.Pointer)

// Kernel is machine code bound to one kernel's numbers: what a crew needs to run it. It does not change once it is used.
type Kernel struct {
	Name    string
	Pool    []byte  // constants, 64-byte aligned
	Nums    []int64 // extents, strides and offsets that the code reads
	Temp    int     // bytes that the workers of a run share
	Scratch int     // bytes that each worker needs
	Phases  []Phase
	Checks  []Check
	Params  []Param
}

// Phase is a function called over the points [0, Points) in pieces of Grain points. All pieces of a phase end before the next begins.
type Phase struct {
	Call   Entry
	Points int
	Grain  int // at least 1
	Vars   [7]int64
}

// pieces is how many calls the phase takes.
func (ph *Phase) pieces() int { return (ph.Points + ph.Grain - 1) / ph.Grain }

// Check is what an index that was found to be out of range indexes.
type Check struct {
	Of     string // the dim and the param
	Extent int
}

// Param is the bytes that a param reaches, relative to its element [0 ... 0].
type Param struct {
	Name         string
	Below, Above int // the first byte reached (<= 0), one past the last; both 0 where there are no elements
	Align        int // what its address is a multiple of
}

// ParamOf is what a kernel's param reaches.
func ParamOf(p *codegen.Param) Param {
	below, above := p.Reach()
	e := Param{Name: p.Name, Below: -below, Above: above, Align: p.DType.Size()}
	if p.DType.IsComplex() {
		e.Align /= 2
	}
	return e
}

// bind checks a launch's memory against what the code will touch and writes the addresses to ptrs. This is the one guard between the
// user's memory and machine code that checks nothing.
func (k *Kernel) bind(args []driver.Arg, ptrs []unsafe.Pointer) error {
	if len(args) != len(k.Params) {
		return fmt.Errorf("cpu: kernel %s takes %d params, got %d", k.Name, len(k.Params), len(args))
	}
	for i := range args {
		a, p := &args[i], &k.Params[i]
		mem := a.Host
		if a.Buffer != nil {
			m, ok := a.Buffer.(driver.Addressable)
			if !ok {
				return fmt.Errorf("cpu: kernel %s: param %s: a buffer of another device", k.Name, p.Name)
			}
			mem = m.Memory()
		}
		if p.Above == 0 { // no elements: nothing is touched
			ptrs[i] = nil
			continue
		}
		if a.Offset+p.Below < 0 || a.Offset+p.Above > len(mem) {
			return fmt.Errorf("cpu: kernel %s: param %s reaches bytes [%d, %d) of %d", k.Name, p.Name, a.Offset+p.Below, a.Offset+p.Above, len(mem))
		}
		ptr := unsafe.Pointer(&mem[a.Offset])
		if uintptr(ptr)%uintptr(p.Align) != 0 {
			return fmt.Errorf("cpu: kernel %s: param %s: address is not a multiple of its element's %d bytes", k.Name, p.Name, p.Align)
		}
		ptrs[i] = ptr
	}
	return nil
}
