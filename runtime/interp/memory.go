package interp

import (
	"encoding/binary"
	"math"

	"github.com/einloom/einloom/tensor"
)

var native = binary.NativeEndian

// The loops below move lanes between memory and registers: len(lanes) elements, the first at byte at of mem, step bytes apart. The
// first loop of each is for elements side by side.

func load8[T int8 | uint8](lanes []T, mem []byte, at, step int) {
	if step == 1 {
		src := mem[at : at+len(lanes)]
		for i := range lanes {
			lanes[i] = T(src[i])
		}
		return
	}
	for i := range lanes {
		lanes[i] = T(mem[at])
		at += step
	}
}

func loadBool(lanes []uint8, mem []byte, at, step int) {
	for i := range lanes {
		lanes[i] = 0
		if mem[at] != 0 {
			lanes[i] = 1
		}
		at += step
	}
}

func load16[T int16 | uint16](lanes []T, mem []byte, at, step int) {
	for i := range lanes {
		lanes[i] = T(native.Uint16(mem[at:]))
		at += step
	}
}

func load32[T int32 | uint32](lanes []T, mem []byte, at, step int) {
	if step == 4 {
		src := mem[at : at+4*len(lanes)]
		for i := range lanes {
			lanes[i] = T(native.Uint32(src))
			src = src[4:]
		}
		return
	}
	for i := range lanes {
		lanes[i] = T(native.Uint32(mem[at:]))
		at += step
	}
}

func load64[T int64 | uint64](lanes []T, mem []byte, at, step int) {
	if step == 8 {
		src := mem[at : at+8*len(lanes)]
		for i := range lanes {
			lanes[i] = T(native.Uint64(src))
			src = src[8:]
		}
		return
	}
	for i := range lanes {
		lanes[i] = T(native.Uint64(mem[at:]))
		at += step
	}
}

func loadF16(lanes []float32, mem []byte, at, step int) {
	for i := range lanes {
		lanes[i] = tensor.F16(native.Uint16(mem[at:])).Float32()
		at += step
	}
}

func loadBF16(lanes []float32, mem []byte, at, step int) {
	for i := range lanes {
		lanes[i] = tensor.BF16(native.Uint16(mem[at:])).Float32()
		at += step
	}
}

func loadF32(lanes []float32, mem []byte, at, step int) {
	if step == 4 {
		src := mem[at : at+4*len(lanes)]
		for i := range lanes {
			lanes[i] = math.Float32frombits(native.Uint32(src))
			src = src[4:]
		}
		return
	}
	for i := range lanes {
		lanes[i] = math.Float32frombits(native.Uint32(mem[at:]))
		at += step
	}
}

func loadF64(lanes []float64, mem []byte, at, step int) {
	if step == 8 {
		src := mem[at : at+8*len(lanes)]
		for i := range lanes {
			lanes[i] = math.Float64frombits(native.Uint64(src))
			src = src[8:]
		}
		return
	}
	for i := range lanes {
		lanes[i] = math.Float64frombits(native.Uint64(mem[at:]))
		at += step
	}
}

func loadC64(lanes []complex64, mem []byte, at, step int) {
	for i := range lanes {
		src := mem[at : at+8]
		lanes[i] = complex(math.Float32frombits(native.Uint32(src)), math.Float32frombits(native.Uint32(src[4:])))
		at += step
	}
}

func loadC128(lanes []complex128, mem []byte, at, step int) {
	for i := range lanes {
		src := mem[at : at+16]
		lanes[i] = complex(math.Float64frombits(native.Uint64(src)), math.Float64frombits(native.Uint64(src[8:])))
		at += step
	}
}

func store8[T int8 | uint8](lanes []T, mem []byte, at, step int) {
	for _, v := range lanes {
		mem[at] = byte(v)
		at += step
	}
}

func store16[T int16 | uint16](lanes []T, mem []byte, at, step int) {
	for _, v := range lanes {
		native.PutUint16(mem[at:], uint16(v))
		at += step
	}
}

func store32[T int32 | uint32](lanes []T, mem []byte, at, step int) {
	for _, v := range lanes {
		native.PutUint32(mem[at:], uint32(v))
		at += step
	}
}

func store64[T int64 | uint64](lanes []T, mem []byte, at, step int) {
	for _, v := range lanes {
		native.PutUint64(mem[at:], uint64(v))
		at += step
	}
}

func storeF16(lanes []float32, mem []byte, at, step int) {
	for _, v := range lanes {
		native.PutUint16(mem[at:], uint16(tensor.Float16Of(float64(v))))
		at += step
	}
}

func storeBF16(lanes []float32, mem []byte, at, step int) {
	for _, v := range lanes {
		native.PutUint16(mem[at:], uint16(tensor.BFloat16Of(float64(v))))
		at += step
	}
}

func storeF32(lanes []float32, mem []byte, at, step int) {
	if step == 4 {
		dst := mem[at : at+4*len(lanes)]
		for _, v := range lanes {
			native.PutUint32(dst, math.Float32bits(v))
			dst = dst[4:]
		}
		return
	}
	for _, v := range lanes {
		native.PutUint32(mem[at:], math.Float32bits(v))
		at += step
	}
}

func storeF64(lanes []float64, mem []byte, at, step int) {
	for _, v := range lanes {
		native.PutUint64(mem[at:], math.Float64bits(v))
		at += step
	}
}

func storeC64(lanes []complex64, mem []byte, at, step int) {
	for _, v := range lanes {
		dst := mem[at : at+8]
		native.PutUint32(dst, math.Float32bits(real(v)))
		native.PutUint32(dst[4:], math.Float32bits(imag(v)))
		at += step
	}
}

func storeC128(lanes []complex128, mem []byte, at, step int) {
	for _, v := range lanes {
		dst := mem[at : at+16]
		native.PutUint64(dst, math.Float64bits(real(v)))
		native.PutUint64(dst[8:], math.Float64bits(imag(v)))
		at += step
	}
}
