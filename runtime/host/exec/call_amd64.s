//go:build linux || darwin || freebsd

#include "funcdata.h"

// func Call(fn uintptr, args unsafe.Pointer)
//
// It is not NOSPLIT: the stack check that the assembler puts here is where the scheduler and the collector stop a goroutine that calls
// machine code in a loop. 0(SP) is what the code sees as args+0(FP). While the code runs the goroutine is not scanned.
TEXT ·Call(SB), 0, $8-16
	NO_LOCAL_POINTERS
	MOVQ args+8(FP), AX
	MOVQ AX, 0(SP)
	MOVQ fn+0(FP), CX
	CALL CX
	RET
