package cpu

import (
	"fmt"
	"strings"

	"github.com/einloom/einloom/codegen"
)

// The instruction sets that code is generated for. Both are generated, shown and compared with Go's assembler on any machine.
const (
	AVX2   = "amd64+avx2"   // AVX2, FMA, F16C, BMI2: x86-64-v3
	AVX512 = "amd64+avx512" // AVX-512 F, BW, DQ, VL besides: x86-64-v4
)

// Targets lists the names that Target takes, the narrowest first.
func Targets() []string { return []string{AVX2, AVX512} }

// Target describes an instruction set to the planner. Cache sizes, peak and bandwidth are those of a common server core; a machine that
// knows its second and third cache replaces them.
func Target(name string) (codegen.Target, error) {
	t := codegen.Target{
		Name: name, L1: 32 << 10, L2: 1 << 20, L3: 32 << 20, Threads: 1,
		Flops: 100e9, Bandwidth: 20e9, Launch: 1e-6, Native: native,
	}
	switch name {
	case AVX2:
		t.Vector, t.Registers = 32, 16
	case AVX512:
		t.Vector, t.Registers = 64, 32
	default:
		return t, fmt.Errorf("cpu: there is no target %q: it is one of %s", name, strings.Join(Targets(), ", "))
	}
	return t, nil
}
