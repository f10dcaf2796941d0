package host

import (
	"errors"
	"fmt"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/runtime/host/crew"
)

// pickTarget gives the target called name, or the widest that this processor runs.
func pickTarget(name string) (codegen.Target, error) {
	avx2, avx512 := crew.HasAVX2(), crew.HasAVX512()
	switch {
	case name == "" && avx512:
		name = cpu.AVX512
	case name == "" && avx2:
		name = cpu.AVX2
	case name == "":
		return codegen.Target{}, errors.New("this processor has no AVX2 with FMA, which generated code needs")
	case name == cpu.AVX512 && !avx512:
		return codegen.Target{}, fmt.Errorf("this processor has no AVX-512 (F, BW, DQ, VL), which target %s needs", name)
	case name == cpu.AVX2 && !avx2:
		return codegen.Target{}, fmt.Errorf("this processor has no AVX2 with FMA, which target %s needs", name)
	}
	return cpu.Target(name)
}
