package drivertest

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/einloom/einloom/tensor"
)

// number is what a value should be: its bits where they are known, otherwise an interval around a float64 or complex128.
type number struct {
	lo, hi  uint64 // as codegen.Value.Bits and Hi
	exact   bool   // lo and hi say all; the rest does not count
	unknown bool   // nothing can be said (a comparison whose sides are nearer than their errors)
	re, im  float64
	err     float64 // the distance from re + i*im that an implementation may have
}

func exactly(lo, hi uint64) number { return number{lo: lo, hi: hi, exact: true} }

// complex gives the parts of a number of dtype d.
func (x number) complex(d tensor.DType) (re, im float64) {
	if !x.exact {
		return x.re, x.im
	}
	switch d {
	case tensor.Complex64:
		return float64(math.Float32frombits(uint32(x.lo))), float64(math.Float32frombits(uint32(x.lo >> 32)))
	case tensor.Complex128:
		return math.Float64frombits(x.lo), math.Float64frombits(x.hi)
	}
	return float(d, x.lo), 0
}

// float gives the value of the bits of a real dtype.
func float(d tensor.DType, b uint64) float64 {
	switch {
	case d == tensor.Float16:
		return float64(tensor.F16(b).Float32())
	case d == tensor.BFloat16:
		return float64(tensor.BF16(b).Float32())
	case d == tensor.Float32:
		return float64(math.Float32frombits(uint32(b)))
	case d == tensor.Float64:
		return math.Float64frombits(b)
	case d.IsSigned():
		return float64(signed(d, b))
	}
	return float64(b)
}

func signed(d tensor.DType, b uint64) int64 {
	unused := 64 - 8*d.Size()
	return int64(b<<unused) >> unused
}

// epsilon is half the distance from 1 to the next number of a float dtype, or of the parts of a complex one.
func epsilon(d tensor.DType) float64 {
	switch d {
	case tensor.Float16:
		return 0x1p-11
	case tensor.BFloat16:
		return 0x1p-8
	case tensor.Float32, tensor.Complex64:
		return 0x1p-24
	case tensor.Float64, tensor.Complex128:
		return 0x1p-53
	}
	return 0
}

// least is the least positive number of a float dtype.
func least(d tensor.DType) float64 {
	switch d {
	case tensor.Float16:
		return 0x1p-24
	case tensor.BFloat16:
		return 0x1p-133
	case tensor.Float32, tensor.Complex64:
		return 0x1p-149
	}
	return math.SmallestNonzeroFloat64
}

// most is the greatest finite number of a float dtype.
func most(d tensor.DType) float64 {
	switch d {
	case tensor.Float16:
		return 65504
	case tensor.BFloat16:
		return 0x1.fep127
	case tensor.Float32, tensor.Complex64:
		return math.MaxFloat32
	}
	return math.MaxFloat64
}

// check says why got, the bits that a device gave, is not what x says; "" if it is.
func (x number) check(d tensor.DType, lo, hi uint64) string {
	if x.unknown {
		return ""
	}
	if x.exact {
		if sameBits(d, lo, x.lo, hi, x.hi) {
			return ""
		}
		return fmt.Sprintf("got %s, want %s", show(d, lo, hi), show(d, x.lo, x.hi))
	}
	re, im := exactly(lo, hi).complex(d)
	if near(re, x.re, x.err) && near(im, x.im, x.err) {
		return ""
	}
	return fmt.Sprintf("got %s, want %g%+gi within %g", show(d, lo, hi), x.re, x.im, x.err)
}

func near(got, want, err float64) bool {
	if math.IsNaN(err) || math.IsInf(err, 0) || got == want {
		return true
	}
	return math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= err
}

// sameBits says whether two numbers of d are the same, all NaNs being one.
func sameBits(d tensor.DType, lo, wantLo, hi, wantHi uint64) bool {
	part := func(d tensor.DType, a, b uint64) bool {
		return a == b || d.IsFloat() && math.IsNaN(float(d, a)) && math.IsNaN(float(d, b))
	}
	switch d {
	case tensor.Complex64:
		return part(tensor.Float32, lo&math.MaxUint32, wantLo&math.MaxUint32) && part(tensor.Float32, lo>>32, wantLo>>32)
	case tensor.Complex128:
		return part(tensor.Float64, lo, wantLo) && part(tensor.Float64, hi, wantHi)
	}
	return part(d, lo, wantLo)
}

func show(d tensor.DType, lo, hi uint64) string {
	if d.IsComplex() {
		re, im := exactly(lo, hi).complex(d)
		return fmt.Sprintf("%g%+gi (%#x, %#x)", re, im, lo, hi)
	}
	if d.IsSigned() {
		return fmt.Sprint(signed(d, lo))
	}
	if d.IsFloat() {
		return fmt.Sprintf("%g (%#x)", float(d, lo), lo)
	}
	return fmt.Sprint(lo)
}

// load and store move the bits of an element of d between memory and a number.

func load(d tensor.DType, mem []byte) (lo, hi uint64) {
	switch d.Size() {
	case 1:
		return uint64(mem[0]), 0
	case 2:
		return uint64(binary.NativeEndian.Uint16(mem)), 0
	case 4:
		return uint64(binary.NativeEndian.Uint32(mem)), 0
	}
	if d == tensor.Complex64 {
		return uint64(binary.NativeEndian.Uint32(mem)) | uint64(binary.NativeEndian.Uint32(mem[4:]))<<32, 0
	}
	lo = binary.NativeEndian.Uint64(mem)
	if d == tensor.Complex128 {
		hi = binary.NativeEndian.Uint64(mem[8:])
	}
	return lo, hi
}

func store(d tensor.DType, mem []byte, lo, hi uint64) {
	switch d.Size() {
	case 1:
		mem[0] = byte(lo)
		return
	case 2:
		binary.NativeEndian.PutUint16(mem, uint16(lo))
		return
	case 4:
		binary.NativeEndian.PutUint32(mem, uint32(lo))
		return
	}
	if d == tensor.Complex64 {
		binary.NativeEndian.PutUint32(mem, uint32(lo))
		binary.NativeEndian.PutUint32(mem[4:], uint32(lo>>32))
		return
	}
	binary.NativeEndian.PutUint64(mem, lo)
	if d == tensor.Complex128 {
		binary.NativeEndian.PutUint64(mem[8:], hi)
	}
}
