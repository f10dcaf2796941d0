package interp

import (
	"github.com/einloom/einloom/tensor"
)

// width is the lanes of a block: what one step of a program works on. The lanes of 500 values of 8 bytes fit a second-level cache, and a
// step's overhead is small against 512 elements.
const width = 512

// frame is one worker's state while it runs a program: registers of lanes, the place it has come to, memory.
type frame struct {
	banks
	n     int      // lanes in this block
	start int      // the flat number of the first lane
	index []int    // of each axis that is bound to one point
	mem   []memory // of each param, then of each temporary
	segs  []segment
	arena []byte // temporaries of the tile at hand
	job   *job
	halt  bool  // the run was cancelled, or err is set
	err   error // what went wrong in a step

	foldLo, foldHi int // the piece of a split fold
}

// memory is where a param's element [0 ... 0] lies: at byte base of bytes. Element addresses may be left of it where strides are negative.
type memory struct {
	bytes []byte
	base  int
}

// step is one instruction of a program, working on the lanes of a frame.
type step func(f *frame)

// steps run one after the other.
func (f *frame) run(list []step) {
	for _, s := range list {
		s(f)
	}
}

// stopped looks whether the run was cancelled: before each block, because a block of a long kernel takes a millisecond.
func (f *frame) stopped() bool {
	f.halt = f.halt || f.job.cancelled()
	return f.halt
}

// fail ends the run with an error.
func (f *frame) fail(err error) {
	if f.err == nil {
		f.err = err
	}
	f.halt = true
}

// bank holds the registers of one Go type: first the program's constants, then the worker's own lanes.
type bank[T any] struct {
	regs [][]T
	own  [][]T
}

// bind makes the registers: the constants, then n of the worker's own.
func (b *bank[T]) bind(constants [][]T, n int) {
	b.regs = append(b.regs[:0], constants...)
	for len(b.own) < n {
		b.own = append(b.own, make([]T, width))
	}
	b.regs = append(b.regs, b.own[:n]...)
}

// banks are the registers of all types. Bool lanes are uint8, 0 or 1; float16 and bfloat16 lanes are float32, holding values of the
// narrow type.
type banks struct {
	u8   bank[uint8]
	u16  bank[uint16]
	u32  bank[uint32]
	u64  bank[uint64]
	i8   bank[int8]
	i16  bank[int16]
	i32  bank[int32]
	i64  bank[int64]
	f32  bank[float32]
	f64  bank[float64]
	c64  bank[complex64]
	c128 bank[complex128]
}

// lane is the Go types of lanes.
type lane interface {
	uint8 | uint16 | uint32 | uint64 | int8 | int16 | int32 | int64 | float32 | float64 | complex64 | complex128
}

// file picks a bank of a frame.
type file[T lane] func(f *frame) *bank[T]

func u8s(f *frame) *bank[uint8]        { return &f.u8 }
func u16s(f *frame) *bank[uint16]      { return &f.u16 }
func u32s(f *frame) *bank[uint32]      { return &f.u32 }
func u64s(f *frame) *bank[uint64]      { return &f.u64 }
func i8s(f *frame) *bank[int8]         { return &f.i8 }
func i16s(f *frame) *bank[int16]       { return &f.i16 }
func i32s(f *frame) *bank[int32]       { return &f.i32 }
func i64s(f *frame) *bank[int64]       { return &f.i64 }
func f32s(f *frame) *bank[float32]     { return &f.f32 }
func f64s(f *frame) *bank[float64]     { return &f.f64 }
func c64s(f *frame) *bank[complex64]   { return &f.c64 }
func c128s(f *frame) *bank[complex128] { return &f.c128 }

// bankOf numbers the banks: dtypes of one number share registers.
func bankOf(d tensor.DType) tensor.DType {
	switch d {
	case tensor.Bool:
		return tensor.Uint8
	case tensor.Float16, tensor.BFloat16:
		return tensor.Float32
	}
	return d
}

// bind gives the frame the registers of a program.
func (f *frame) bind(c *constants) {
	f.u8.bind(c.u8, c.need[tensor.Uint8])
	f.u16.bind(c.u16, c.need[tensor.Uint16])
	f.u32.bind(c.u32, c.need[tensor.Uint32])
	f.u64.bind(c.u64, c.need[tensor.Uint64])
	f.i8.bind(c.i8, c.need[tensor.Int8])
	f.i16.bind(c.i16, c.need[tensor.Int16])
	f.i32.bind(c.i32, c.need[tensor.Int32])
	f.i64.bind(c.i64, c.need[tensor.Int64])
	f.f32.bind(c.f32, c.need[tensor.Float32])
	f.f64.bind(c.f64, c.need[tensor.Float64])
	f.c64.bind(c.c64, c.need[tensor.Complex64])
	f.c128.bind(c.c128, c.need[tensor.Complex128])
}
