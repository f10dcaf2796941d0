package cpu

import (
	"github.com/einloom/einloom/codegen"
)

// Object is a kernel's machine code and what a machine needs to drive it. It depends on the kernel's structure alone
// (see Key): large extents and strides are numbers read at run time, which Bind computes for one kernel.
type Object struct {
	Code  []byte // all functions; entered with one pointer to an Args
	Pool  []byte // constants, to be placed 64-byte aligned
	Funcs []Func
	spill int // bytes of spilled registers
	bind  func(k *codegen.Kernel) (Binding, error)

	kernel *codegen.Kernel // what it was written for, and for which target: Text writes it again
	target codegen.Target
}

// Text is the Go assembly of the same functions, which is written when it is asked for.
func (o *Object) Text() string {
	f, err := functionsOf(o.kernel, o.target)
	if err != nil { // it was written before
		return err.Error()
	}
	var b []byte
	for _, c := range f.codes {
		b = c.AppendText(b)
	}
	return string(b)
}

// Func is one entry of an Object.
type Func struct {
	Name  string
	Entry int // byte offset in Code
}

// Binding is one kernel's numbers for an Object.
type Binding struct {
	Nums    []int64 // extents, byte strides, byte offsets: read by the code through Args.Nums
	Scratch int     // bytes of memory private to a worker that a call may use (spills, panels), 64-byte aligned
	Temp    int     // bytes of memory shared by the workers of one run (panels, partial sums), 64-byte aligned
	Phases  []Phase // done in order; all calls of one end before the next begins
	Checks  []Check // what Args.Fault counts, from 1
}

// Phase is one function called over the points [0, Points) in pieces of Grain points. The pieces may run in any order and at the same
// time; they are the same whatever the number of workers, so results do not depend on it.
type Phase struct {
	Func   int
	Points int
	Grain  int
	Vars   [7]int64 // copied to Args.Vars
}

// Args is the memory layout of what a call gets; a machine declares a struct of the same layout with unsafe.Pointer fields.
// The generated code reads these byte offsets.
const (
	ArgPool    = 0   // *constants
	ArgScratch = 8   // *worker memory
	ArgTemp    = 16  // *run memory
	ArgPtrs    = 24  // *array of the addresses of element [0 ... 0] of each param
	ArgNums    = 32  // *Binding.Nums
	ArgLo      = 40  // first point
	ArgHi      = 48  // one past the last point
	ArgVars    = 56  // Phase.Vars
	ArgFault   = 112 // written where an index is out of range, and the call returns: the number of its Check, from 1
	ArgFaulty  = 120 // written then: the index; the 7 numbers behind it are the code's to write
	ArgsBytes  = 184
)

// Bind gives k's numbers. k must have the structure that the object was generated for.
func (o *Object) Bind(k *codegen.Kernel) (Binding, error) { return o.bind(k) }

// Unsupported says that the generator has no code for a kernel: another device has to run it.
type Unsupported struct{ Why string }

// Error gives the reason.
func (u *Unsupported) Error() string { return "no machine code: " + u.Why }
