package cpu

import "github.com/einloom/einloom/tensor"

// lane is the dtype that lanes of d compute in: bytes are widened to int32.
func lane(d tensor.DType) tensor.DType {
	if d == tensor.Uint8 {
		return tensor.Int32
	}
	return d
}

// laneBytes is the size of one lane of d; bool lanes are masks and have no size of their own.
func laneBytes(d tensor.DType) int { return lane(d).Size() }

// binaryForms are the operations of two operands that are one instruction on both instruction sets. In Go's operand order the second
// source comes first: "VSUBPS b, a, dst" is a - b.
var binaryForms = map[string]map[tensor.DType]string{
	"add": {tensor.Float32: "VADDPS", tensor.Float64: "VADDPD", tensor.Int32: "VPADDD", tensor.Int64: "VPADDQ"},
	"sub": {tensor.Float32: "VSUBPS", tensor.Float64: "VSUBPD", tensor.Int32: "VPSUBD", tensor.Int64: "VPSUBQ"},
	"mul": {tensor.Float32: "VMULPS", tensor.Float64: "VMULPD", tensor.Int32: "VPMULLD"},
	"div": {tensor.Float32: "VDIVPS", tensor.Float64: "VDIVPD"},
	"min": {tensor.Float32: "VMINPS", tensor.Float64: "VMINPD", tensor.Int32: "VPMINSD"},
	"max": {tensor.Float32: "VMAXPS", tensor.Float64: "VMAXPD", tensor.Int32: "VPMAXSD"},
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
