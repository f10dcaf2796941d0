// Package driver says what a device must do for the runtime, as database/sql/driver does for databases. It never knows a graph or a plan.
package driver

import (
	"context"

	"github.com/einloom/einloom/codegen"
)

// Device is one opened machine that compiles and runs kernels. All methods are safe for concurrent use.
type Device interface {
	// Target describes the device to the planner.
	Target() codegen.Target
	// Compile makes a kernel runnable. Kernels of equal structure share their code.
	Compile(ctx context.Context, k *codegen.Kernel) (Program, error)
	// Alloc gives device memory, 64-byte aligned, not cleared.
	Alloc(bytes int) (Buffer, error)
	// Run executes the launches in order and returns when all are done. A cancelled context stops it between tiles (within 10 ms) with
	// ctx.Err(). In the steady state it allocates nothing.
	Run(ctx context.Context, launches []Launch) error
	// Close frees the device; running launches finish first. Later calls give an error.
	Close() error
}

// Program is a kernel compiled by a device; only that device looks inside.
type Program interface {
	// Text shows the generated code (Go assembly, SPIR-V), or says why there is none.
	Text() string
	// Bytes is the size of the generated code, 0 when it is interpreted.
	Bytes() int
	// Close releases the program's share of its code. It must not be running.
	Close() error
}

// Buffer is device memory. Write, Read and Close must not run beside launches that use the same bytes, but may follow a cancelled Run, of
// which they wait for what still uses them.
type Buffer interface {
	Bytes() int
	// Write copies from to the buffer's bytes from at on. A cancelled context stops it between pieces, with ctx.Err().
	Write(ctx context.Context, at int, from []byte) error
	// Read copies the buffer's bytes from at on to to; a cancelled context as for Write.
	Read(ctx context.Context, at int, to []byte) error
	Close() error
}

// Addressable is a Buffer in the host's own memory.
type Addressable interface {
	// Memory is the buffer's bytes.
	Memory() []byte
}

// Remote is a Device that does not work in the host's memory: what a run reaches there travels to the device and back.
type Remote interface {
	// Traffic is the bytes that have travelled to the device and from it since it was opened.
	Traffic() (up, down int64)
}

// Timer is a Device that measures launches itself, those of one Run apart from each other.
type Timer interface {
	// RunTimed is Run that adds to took[i] the nanoseconds that launches[i] takes.
	RunTimed(ctx context.Context, launches []Launch, took []int64) error
}

// Launch is one kernel with its memory.
type Launch struct {
	Program Program
	Args    []Arg // one for each of the kernel's Params
}

// Arg is where a param's memory lies: on the device (Buffer), or in the host's own memory (Host), which host devices use in place and
// others copy there and back. Offset is the byte offset of element [0 ... 0].
type Arg struct {
	Buffer Buffer
	Host   []byte
	Offset int
}
