package asm_test

import (
	"fmt"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

func ExampleFunc() {
	pool := new(asm.Pool)
	f := asm.New("twice", asm.AVX2, asm.Frame{Pool: 0, Scratch: 8}, pool)
	x, y, n := f.GP(), f.GP(), f.GP()
	f.Move(f.Arg(16), x)
	f.Move(f.Arg(24), y)
	f.Move(f.Arg(32), n)
	zero := f.Vec()
	f.Zero(zero)
	f.Ins("SHRQ", asm.Imm(3), n)
	f.Repeat("loop", n, func() {
		v := f.Vec()
		f.Ins("VMOVUPS", asm.At(x, 0), v)
		f.Ins("VMULPS", f.Splat32(0x40000000), v, v)
		f.Ins("VMAXPS", zero, v, v)
		f.Note("y = max(2x, 0)")
		f.Ins("VMOVUPS", v, asm.At(y, 0))
		f.Ins("ADDQ", asm.Imm(32), x)
		f.Ins("ADDQ", asm.Imm(32), y)
	})
	f.Ret()
	code, err := f.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	machine, err := code.Encode()
	fmt.Println(len(machine), "bytes of code,", len(pool.Bytes()), "of constants", err)
	fmt.Print(string(code.AppendText(nil)))
	// Output:
	// 70 bytes of code, 32 of constants <nil>
	//
	// // func twice(args unsafe.Pointer)  // AVX2
	// TEXT ·twice(SB), NOSPLIT, $0-8
	// 	MOVQ args+0(FP), AX
	// 	MOVQ 16(AX), CX
	// 	MOVQ 24(AX), DX
	// 	MOVQ 32(AX), BX
	// 	MOVQ (AX), AX
	// 	VMOVUPS (AX), Y0
	// 	VPXOR Y1, Y1, Y1
	// 	SHRQ $3, BX
	// 	TESTQ BX, BX
	// 	JLE loopEnd1
	// loop0:
	// 	VMOVUPS (CX), Y2
	// 	VMULPS Y0, Y2, Y2
	// 	VMAXPS Y1, Y2, Y2
	// 	VMOVUPS Y2, (DX)                            // y = max(2x, 0)
	// 	ADDQ $32, CX
	// 	ADDQ $32, DX
	// 	DECQ BX
	// 	JNE loop0
	// loopEnd1:
	// 	VZEROUPPER
	// 	RET
}
