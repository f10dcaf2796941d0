// Package asm writes amd64 functions for the CPU generator: a list of instructions over as many registers as one likes, which it
// gives physical registers and writes as machine code and as Go assembly text of the same bytes. It knows nothing of kernels, maps no
// memory and runs nothing.
//
// # Writing a function
//
// A [Func] is a function of one parameter, the address of its arguments, whose layout the caller decides. Instructions go by Go's names
// with operands in Go's order: immediate, sources, write mask, destination. [Func.GP], [Func.Vec], [Func.Xmm] and [Func.K] give
// virtual registers, which may be written any number of times; a vector register is named at a width by [Reg.X], [Reg.Y] and [Reg.Z],
// and a write at a narrow width clears the rest. What a function reads at fixed places is asked for where it is wanted and set on entry:
// [Func.Arg] (fields of the arguments, and what they lead to), [Func.Splat32], [Func.Splat64], [Func.Bytes] and [Func.Int]
// (constants). Such registers must not be written; there may be any number of them, since what finds no register is read again from
// where it is, mostly as the memory operand of the instruction that wants it. So the operand that may be in memory (the first one)
// is the place for a constant.
//
// The function y[i] = max(2*x[i], 0) over n floats, a multiple of eight:
//
//	f := asm.New("twice", asm.AVX2, asm.Frame{Pool: 0, Scratch: 8}, pool)
//	x, y, n := f.GP(), f.GP(), f.GP()
//	f.Move(f.Arg(16), x)
//	f.Move(f.Arg(24), y)
//	f.Move(f.Arg(32), n)
//	zero := f.Vec()
//	f.Zero(zero)
//	f.Ins("SHRQ", asm.Imm(3), n)
//	f.Repeat("loop", n, func() {
//		v := f.Vec()
//		f.Ins("VMOVUPS", asm.At(x, 0), v)
//		f.Ins("VMULPS", f.Splat32(0x40000000), v, v)
//		f.Ins("VMAXPS", zero, v, v)
//		f.Ins("VMOVUPS", v, asm.At(y, 0))
//		f.Ins("ADDQ", asm.Imm(32), x)
//		f.Ins("ADDQ", asm.Imm(32), y)
//	})
//	f.Ret()
//	code, err := f.Compile()
//
// gives code.Encode(), the bytes, and code.AppendText:
//
//	TEXT ·twice(SB), NOSPLIT, $0-8
//		MOVQ args+0(FP), AX
//		MOVQ 16(AX), CX
//		MOVQ 24(AX), DX
//		MOVQ 32(AX), BX
//		MOVQ (AX), AX
//		VMOVUPS (AX), Y0
//		VPXOR Y1, Y1, Y1
//		SHRQ $3, BX
//		TESTQ BX, BX
//		JLE loopEnd1
//	loop0:
//		VMOVUPS (CX), Y2
//		VMULPS Y0, Y2, Y2
//		...
//
// # What holds
//
//   - A mistake (no such operands, a register read before it is written, a label that is nowhere) is the error of Compile, by name.
//   - Code calls nothing, keeps SP and BP, uses the stack for nothing but its parameter, and ends by Ret, which clears the upper halves.
//     Spilled registers live at Frame.Spill in the call's own memory (Code.Spill bytes, 64-byte aligned), reached through the pointer at
//     Frame.Scratch; they are never live across calls.
//   - The allocator puts in moves to and from memory only, which leave the flags alone.
//   - Only the table's instructions exist (table.go). Each operand form of each is held, byte for byte, to go tool asm, and what it
//     does to the processor (AVX2) and to package emu, which runs lists, and AVX-512, anywhere.
//
// # On AVX2 and AVX-512
//
// A register of the whole width is 32 or 64 bytes. Comparisons give vectors of ones and zeros for VBLENDVPS and VMASKMOVPS on AVX2,
// and mask registers on AVX-512, where an instruction takes one before its destination: merging, or with the suffix .Z clearing what
// is masked off. There is no VPSRAQ, VPMULLQ, VPMINSQ, VCVTQQ2PD or VPMOVQD on AVX2: the generator writes them out. Instructions that
// exist only with VEX (VBLENDVPS, VPERM2F128, VROUNDPS ...) may be used on AVX-512 at ymm width; their registers are then among the
// first sixteen.
//
// # Allocation
//
// Liveness by blocks of the flow graph, then linear scan over intervals with holes, then, while something found no register, a rewrite
// and another scan. A register is worth the uses that it has, weighted by the depth of their loops and less where code runs rarely
// ([Func.Rarely]), over the length of its life. The same Func always gives the same code. [Code.Check] proves a result right without
// trusting any of this.
package asm
