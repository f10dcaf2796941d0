package cpu

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// lane is the dtype that lanes of d compute in: integers narrower than lanes may be are widened to signed ones, halves are the float32s of
// the same value. Bool lanes are masks and have no size of their own.
func (l *lanes) lane(d tensor.DType) tensor.DType {
	switch {
	case isHalf(d):
		return tensor.Float32
	case !d.IsInt() || d.Size() >= l.least:
		return d
	case l.least == 2:
		return tensor.Int16
	}
	return tensor.Int32
}

// widened says whether d is an integer whose lanes are wider than itself.
func (l *lanes) widened(d tensor.DType) bool { return d.IsInt() && d.Size() < l.least }

// isNarrow says whether d is an integer of fewer bytes than a lane has.
func isNarrow(d tensor.DType) bool { return d.IsInt() && d.Size() < 4 }

func isHalf(d tensor.DType) bool { return d == tensor.Float16 || d == tensor.BFloat16 }

// laneBits gives the bits that a lane has for the bits of a number of d.
func (l *lanes) laneBits(d tensor.DType, bits uint64) uint64 {
	switch {
	case d == tensor.Float16:
		return uint64(math.Float32bits(tensor.F16(bits).Float32()))
	case d == tensor.BFloat16:
		return uint64(math.Float32bits(tensor.BF16(bits).Float32()))
	case isNarrow(d):
		unused := 64 - 8*d.Size()
		if d.IsSigned() {
			return uint64(int64(bits<<unused)>>unused) & (1<<(8*l.laneBytes(d)) - 1)
		}
		return bits << unused >> unused
	}
	return bits
}

// laneBytes is the size of one lane of d.
func (l *lanes) laneBytes(d tensor.DType) int {
	if d == tensor.Bool {
		return l.mask
	}
	return l.lane(d).Size()
}

// binaryForms are the operations of two operands that are one instruction on both instruction sets. In Go's operand order the second
// source comes first: "VSUBPS b, a, dst" is a - b.
var binaryForms = map[string]map[tensor.DType]string{
	"add": {
		tensor.Float32: "VADDPS", tensor.Float64: "VADDPD", tensor.Int32: "VPADDD", tensor.Int64: "VPADDQ",
		tensor.Int8: "VPADDB", tensor.Uint8: "VPADDB", tensor.Int16: "VPADDW", tensor.Uint16: "VPADDW",
	},
	"sub": {
		tensor.Float32: "VSUBPS", tensor.Float64: "VSUBPD", tensor.Int32: "VPSUBD", tensor.Int64: "VPSUBQ",
		tensor.Int8: "VPSUBB", tensor.Uint8: "VPSUBB", tensor.Int16: "VPSUBW", tensor.Uint16: "VPSUBW",
	},
	"mul": {tensor.Float32: "VMULPS", tensor.Float64: "VMULPD", tensor.Int32: "VPMULLD", tensor.Int16: "VPMULLW", tensor.Uint16: "VPMULLW"},
	"div": {tensor.Float32: "VDIVPS", tensor.Float64: "VDIVPD"},
	"min": {
		tensor.Float32: "VMINPS", tensor.Float64: "VMINPD", tensor.Int32: "VPMINSD",
		tensor.Int8: "VPMINSB", tensor.Uint8: "VPMINUB", tensor.Int16: "VPMINSW", tensor.Uint16: "VPMINUW",
	},
	"max": {
		tensor.Float32: "VMAXPS", tensor.Float64: "VMAXPD", tensor.Int32: "VPMAXSD",
		tensor.Int8: "VPMAXSB", tensor.Uint8: "VPMAXUB", tensor.Int16: "VPMAXSW", tensor.Uint16: "VPMAXUW",
	},
	"shl": {tensor.Int32: "VPSLLVD", tensor.Int64: "VPSLLVQ"},
	"shr": {tensor.Int32: "VPSRLVD", tensor.Int64: "VPSRLVQ"},
	"sar": {tensor.Int32: "VPSRAVD"},
}

// rounding is the immediate of VROUNDPS and VRNDSCALEPS, with the precision exception suppressed.
var rounding = map[string]int{"rint": 0x08, "floor": 0x09, "ceil": 0x0a, "trunc": 0x0b}

// floatPredicates are the quiet comparison predicates of VCMPPS.
var floatPredicates = map[string]int{"equal": 0x00, "less": 0x11, "less_equal": 0x12, "not_equal": 0x04, "greater_equal": 0x1d, "greater": 0x1e}

// intPredicates are those of VPCMPD with a mask register.
var intPredicates = map[string]int{"equal": 0, "less": 1, "less_equal": 2, "not_equal": 4, "greater_equal": 5, "greater": 6}
