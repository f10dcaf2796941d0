package interp

import (
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// mover is the loops that move lanes of one dtype between memory and registers of type T.
type mover[T lane] struct {
	file  file[T]
	load  func(lanes []T, mem []byte, at, step int)
	store func(lanes []T, mem []byte, at, step int)
}

// moves makes load, gather and store steps for one memory dtype.
type moves interface {
	loading(mem int, a access, size, to int) step
	gathering(g gather, a access, size, index, to int) step
	storing(mem int, a access, size, from int) step
}

var movers = map[tensor.DType]moves{
	tensor.Bool:       &mover[uint8]{u8s, loadBool, store8[uint8]},
	tensor.Uint8:      &mover[uint8]{u8s, load8[uint8], store8[uint8]},
	tensor.Int8:       &mover[int8]{i8s, load8[int8], store8[int8]},
	tensor.Uint16:     &mover[uint16]{u16s, load16[uint16], store16[uint16]},
	tensor.Int16:      &mover[int16]{i16s, load16[int16], store16[int16]},
	tensor.Uint32:     &mover[uint32]{u32s, load32[uint32], store32[uint32]},
	tensor.Int32:      &mover[int32]{i32s, load32[int32], store32[int32]},
	tensor.Uint64:     &mover[uint64]{u64s, load64[uint64], store64[uint64]},
	tensor.Int64:      &mover[int64]{i64s, load64[int64], store64[int64]},
	tensor.Float16:    &mover[float32]{f32s, loadF16, storeF16},
	tensor.BFloat16:   &mover[float32]{f32s, loadBF16, storeBF16},
	tensor.Float32:    &mover[float32]{f32s, loadF32, storeF32},
	tensor.Float64:    &mover[float64]{f64s, loadF64, storeF64},
	tensor.Complex64:  &mover[complex64]{c64s, loadC64, storeC64},
	tensor.Complex128: &mover[complex128]{c128s, loadC128, storeC128},
}

func (m *mover[T]) loading(mem int, a access, size, to int) step {
	return func(f *frame) {
		lanes, from := m.file(f).regs[to], &f.mem[mem]
		for _, s := range f.segments(&a) {
			m.load(lanes[s.lane:s.lane+s.count], from.bytes, from.base+s.at*size, a.step*size)
		}
	}
}

func (m *mover[T]) storing(mem int, a access, size, from int) step {
	return func(f *frame) {
		lanes, to := m.file(f).regs[from], &f.mem[mem]
		for _, s := range f.segments(&a) {
			m.store(lanes[s.lane:s.lane+s.count], to.bytes, to.base+s.at*size, a.step*size)
		}
	}
}

// gather is a load at a run-time index along one dim.
type gather struct {
	mem, extent, stride int
	what                string // for the error: the param and the dim
}

func (m *mover[T]) gathering(g gather, a access, size, index, to int) step {
	return func(f *frame) {
		lanes, at, from := m.file(f).regs[to], f.i64.regs[index], &f.mem[g.mem]
		for _, s := range f.segments(&a) {
			for j := range s.count {
				i := at[s.lane+j]
				if i < 0 {
					i += int64(g.extent)
				}
				if i < 0 || i >= int64(g.extent) {
					f.fail(&driver.IndexError{Kernel: f.job.program.name, Of: g.what, Index: at[s.lane+j], Extent: g.extent})
					return
				}
				m.load(lanes[s.lane+j:s.lane+j+1], from.bytes, from.base+(s.at+j*a.step+int(i)*g.stride)*size, 0)
			}
		}
	}
}

// counting gives the lanes their index along an axis, whose place a is.
func counting(a access, to int) step {
	return func(f *frame) {
		lanes := f.i64.regs[to]
		for _, s := range f.segments(&a) {
			v := int64(s.at)
			for j := range s.count {
				lanes[s.lane+j] = v
				v += int64(a.step)
			}
		}
	}
}
