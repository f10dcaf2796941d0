package host

import (
	"errors"
	"fmt"

	"golang.org/x/sys/cpu"

	"github.com/einloom/einloom/codegen"
	gen "github.com/einloom/einloom/codegen/cpu"
)

// pickTarget gives the target called name, or the widest that this processor runs.
func pickTarget(name string) (codegen.Target, error) {
	x := &cpu.X86
	avx2 := x.HasAVX2 && x.HasFMA && x.HasF16C && x.HasBMI1 && x.HasBMI2
	avx512 := avx2 && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL
	switch {
	case name == "" && avx512:
		name = gen.AVX512
	case name == "" && avx2:
		name = gen.AVX2
	case name == "":
		return codegen.Target{}, errors.New("this processor has no AVX2 with FMA, which generated code needs")
	case name == gen.AVX512 && !avx512:
		return codegen.Target{}, fmt.Errorf("this processor has no AVX-512 (F, BW, DQ, VL), which target %s needs", name)
	case name == gen.AVX2 && !avx2:
		return codegen.Target{}, fmt.Errorf("this processor has no AVX2 with FMA, which target %s needs", name)
	}
	return gen.Target(name)
}
