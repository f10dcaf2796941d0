package crew

import "golang.org/x/sys/cpu"

// HasAVX2 says whether this processor runs code for AVX2, with FMA, F16C and BMI2: x86-64-v3.
func HasAVX2() bool {
	x := &cpu.X86
	return x.HasAVX2 && x.HasFMA && x.HasF16C && x.HasBMI1 && x.HasBMI2
}

// HasAVX512 says whether this processor runs code for AVX-512 F, BW, DQ and VL besides: x86-64-v4.
func HasAVX512() bool {
	x := &cpu.X86
	return HasAVX2() && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL
}
