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
	t, err := cpu.Target(name)
	second, third := caches(cpuid)
	if second >= leastSecond && second <= mostSecond {
		t.L2, t.L3 = second, max(t.L3, second)
	}
	if third >= t.L2 && third <= mostThird {
		t.L3 = third
	}
	return t, err
}

// What is believed of a processor, which may be one that a hypervisor makes up: sizes beyond these are not, and the target's own stay.
const (
	leastSecond = 128 << 10
	mostSecond  = 64 << 20
	mostThird   = 2 << 30
)
