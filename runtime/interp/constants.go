package interp

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// constants are the registers that a program's constants fill, and how many others it needs, by bank.
type constants struct {
	u8   [][]uint8
	u16  [][]uint16
	u32  [][]uint32
	u64  [][]uint64
	i8   [][]int8
	i16  [][]int16
	i32  [][]int32
	i64  [][]int64
	f32  [][]float32
	f64  [][]float64
	c64  [][]complex64
	c128 [][]complex128
	need [tensor.NumDTypes]int

	values [tensor.NumDTypes][]constant // by bank
}

// constant is a value by its bits.
type constant struct {
	dtype  tensor.DType
	lo, hi uint64
}

// add gives the number of a constant in its bank.
func (c *constants) add(k constant) int {
	bank := bankOf(k.dtype)
	for i, x := range c.values[bank] {
		if x == k {
			return i
		}
	}
	c.values[bank] = append(c.values[bank], k)
	return len(c.values[bank]) - 1
}

// count is how many constants a bank has.
func (c *constants) count(bank tensor.DType) int { return len(c.values[bank]) }

// fill makes the registers, of n lanes each.
func (c *constants) fill(n int) {
	c.u8 = filled(c.values[tensor.Uint8], n, func(k constant) uint8 { return uint8(k.lo) })
	c.u16 = filled(c.values[tensor.Uint16], n, func(k constant) uint16 { return uint16(k.lo) })
	c.u32 = filled(c.values[tensor.Uint32], n, func(k constant) uint32 { return uint32(k.lo) })
	c.u64 = filled(c.values[tensor.Uint64], n, func(k constant) uint64 { return k.lo })
	c.i8 = filled(c.values[tensor.Int8], n, func(k constant) int8 { return int8(k.lo) })
	c.i16 = filled(c.values[tensor.Int16], n, func(k constant) int16 { return int16(k.lo) })
	c.i32 = filled(c.values[tensor.Int32], n, func(k constant) int32 { return int32(k.lo) })
	c.i64 = filled(c.values[tensor.Int64], n, func(k constant) int64 { return int64(k.lo) })
	c.f32 = filled(c.values[tensor.Float32], n, constant.float32)
	c.f64 = filled(c.values[tensor.Float64], n, func(k constant) float64 { return math.Float64frombits(k.lo) })
	c.c64 = filled(c.values[tensor.Complex64], n, func(k constant) complex64 {
		return complex(math.Float32frombits(uint32(k.lo)), math.Float32frombits(uint32(k.lo>>32)))
	})
	c.c128 = filled(c.values[tensor.Complex128], n, func(k constant) complex128 {
		return complex(math.Float64frombits(k.lo), math.Float64frombits(k.hi))
	})
}

func (k constant) float32() float32 {
	switch k.dtype {
	case tensor.Float16:
		return tensor.F16(k.lo).Float32()
	case tensor.BFloat16:
		return tensor.BF16(k.lo).Float32()
	}
	return math.Float32frombits(uint32(k.lo))
}

func filled[T lane](list []constant, n int, value func(constant) T) [][]T {
	regs := make([][]T, len(list))
	for i, k := range list {
		regs[i] = make([]T, n)
		v := value(k)
		for j := range regs[i] {
			regs[i][j] = v
		}
	}
	return regs
}
