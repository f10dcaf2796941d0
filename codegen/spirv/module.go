package spirv

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
)

// Module is a kernel as SPIR-V, and what a Vulkan device needs to run it. Extents, strides and factors are constants of the words, places in
// memory are not: one module serves all launches of its kernel. Kernels that differ in names alone have equal words.
//
// To run it: bind set 0 as Bindings says, push Push words of 32 bits at offset 0 (stage compute), and dispatch each of Passes in order with a
// barrier (shader write to shader read and write) between them. Nothing else is asked for: no specialization, no descriptor array.
type Module struct {
	Words    []uint32
	Bindings []Binding // the buffers; the index is the binding's number
	Passes   []Pass    // none: the kernel's outputs have no elements
	Push     int       // 32-bit words of push constants: one for each Param of the kernel, see Binding
	Scratch  int       // bytes of device memory that the passes share, not cleared
	Checks   []Check   // gathers that may meet an index out of range
}

// Role says what memory a binding is.
type Role uint8

// The roles.
const (
	Param   Role = iota // the memory of kernel param Index
	Scratch             // Bytes bytes of the run's scratch memory from Offset
	Faults              // FaultWords words that the host clears before the first pass and gives to Fault after the last
)

// FaultWords is how many 32-bit words a binding of role Faults has.
const FaultWords = 4

// Binding is one buffer of set 0: a storage buffer, or where Texels says so a uniform texel buffer of the format R32G32B32A32_UINT. A param's may begin anywhere at or before its first byte, at whatever alignment the device asks for,
// as long as element [0 ... 0] is a whole number of elements behind that beginning: push constant word Index is that number. A beginning is a
// multiple of 16 bytes in memory.
// Params may lie in one memory, as the planner allows it (a map that writes where it reads).
type Binding struct {
	Role   Role
	Index  int  // Param: the kernel's param
	Out    bool // Param: it is written
	Texels bool // Param: it is read as texels
	Below  int  // Param: bytes that are touched before element [0 ... 0], a multiple of the element's size
	Bytes  int  // Param: bytes touched from element [0 ... 0] on (0: the param has no elements); Scratch and Faults: their size
	Offset int  // Scratch: in bytes from the start of the scratch memory, a multiple of 256
}

// Pass is one dispatch.
type Pass struct {
	Entry  string    // the entry point's name
	Local  [3]uint32 // invocations of a workgroup
	Groups [3]uint32 // workgroups
}

// Check is a gather: what an index that it meets must be less than.
type Check struct {
	What   string // "dim 0 of x"
	Extent int
}

// Fault says which index was out of range, from the words of the binding of role Faults after a run, as an *OutOfRange; nil if none was.
func (m *Module) Fault(words []uint32) error {
	if len(words) < FaultWords || words[0] == 0 {
		return nil
	}
	n := int(words[0]) - 1
	if n >= len(m.Checks) {
		return fmt.Errorf("internal: fault %d of a kernel that has %d: please report with Explain", n, len(m.Checks))
	}
	index := int64(uint64(words[2])<<32 | uint64(words[1]))
	return &OutOfRange{index, m.Checks[n]}
}

// OutOfRange says that a gather met an index that is none of the elements'.
type OutOfRange struct {
	Index int64
	Check
}

func (e *OutOfRange) Error() string {
	return fmt.Sprintf("index %d is out of range for %s of %d elements", e.Index, e.What, e.Extent)
}

// Text is the module as spirv-dis prints it with --raw-id --no-header --no-indent.
func (m *Module) Text() (string, error) { return Disassemble(m.Words) }

// Missing says that a device cannot run a kernel.
type Missing struct {
	Kernel  string
	Feature string // as Vulkan calls it: "shaderFloat64", "maxStorageBufferRange"
	Needed  string // what for
	Instead string // what to do
}

func (e *Missing) Error() string {
	return fmt.Sprintf("spirv: kernel %s needs %s for %s, which the device has not: %s", e.Kernel, e.Feature, e.Needed, e.Instead)
}

// Generate writes k for a device of capabilities c. k has been through the planner, or through Expand for c.Target: its ops are core
// operations and no value is complex. The error is a *Missing where the device lacks something.
func Generate(k *codegen.Kernel, c *Capabilities) (*Module, error) {
	if k.Routine != nil {
		return nil, &Missing{Kernel: k.Name, Feature: "a processor", Needed: "the routine " + k.Routine.Name, Instead: "the host computes it"}
	}
	return newGenerator(k, c).module()
}
