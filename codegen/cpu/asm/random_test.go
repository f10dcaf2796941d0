package asm_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/codegen/cpu/asm/emu"
	"github.com/einloom/einloom/runtime/host/exec"
)

var (
	programs = flag.Int("programs", 25, "random programs for each instruction set")
	seed     = flag.Uint64("seed", 1, "of the first random program")
)

// The random programs' memory.
const (
	inBytes  = 1 << 12
	outBytes = 1 << 14
)

var randomFrame = asm.Frame{Pool: 0, Scratch: 8, Spill: 128}

// program writes a random function: values of all classes in random numbers, loops, branches, loads, stores, constants.
type program struct {
	*asm.Func
	rng     *rand.Rand
	in, out asm.Reg
	vecs    []asm.Reg
	gps     []asm.Reg
	masks   []asm.Reg
	depth   int
}

// vectorForms are the forms whose operands are vectors, masks, immediates and memory of the instruction's own size.
func vectorForms(isa asm.ISA) (list []vectorForm) {
	for _, op := range asm.Ops() {
		for _, f := range op.Forms {
			if f.NeedsAVX512() && isa != asm.AVX512 || op.SetsFlags() || op.UsesFlags() || len(f.Places) == 0 {
				continue
			}
			fit := true
			for i, p := range f.Places {
				switch {
				case p.Index != 0, p.Address, p.Label, p.Pin != 0, p.Reg == asm.GPReg, p.Reg == asm.NoReg && p.Imm == 0:
					fit = false
				case p.Reg == asm.ZReg && isa != asm.AVX512, p.Imm != 0 && p.Imm != 8:
					fit = false
				case p.Role&asm.Write != 0 && i != len(f.Places)-1:
					fit = false
				}
			}
			if fit && f.Places[len(f.Places)-1].Role&asm.Write != 0 {
				list = append(list, vectorForm{op, f})
			}
		}
	}
	return list
}

type vectorForm struct {
	op   *asm.Op
	form *asm.Form
}

func newProgram(rng *rand.Rand, name string, isa asm.ISA, pool *asm.Pool) *program {
	p := &program{Func: asm.New(name, isa, randomFrame, pool), rng: rng}
	p.in, p.out = p.Arg(16), p.Arg(24)
	for range 2 + rng.IntN([]int{10, 20, 60}[rng.IntN(3)]) {
		r := p.Vec()
		p.Ins("VMOVUPS", p.from(64), r)
		p.vecs = append(p.vecs, r)
	}
	for range 2 + rng.IntN([]int{6, 25}[rng.IntN(2)]) {
		r := p.GP()
		p.Ins("MOVQ", p.from(8), r)
		p.gps = append(p.gps, r)
	}
	if isa == asm.AVX512 {
		for range 2 + rng.IntN(12) {
			r := p.K()
			p.Ins("KMOVQ", p.from(8), r)
			p.masks = append(p.masks, r)
		}
	}
	return p
}

// from is somewhere in the input that has n bytes.
func (p *program) from(n int) asm.Mem { return asm.At(p.in, p.rng.IntN(inBytes-n+1)) }

func pick[T any](rng *rand.Rand, s []T) T { return s[rng.IntN(len(s))] }

// vectorIns adds a random use of a random vector form.
func (p *program) vectorIns(forms []vectorForm) {
	v := pick(p.rng, forms)
	w := asm.Width(1 + p.rng.IntN(int(p.ISA.Width())))
	var args []asm.Arg
	masked := p.ISA == asm.AVX512 && v.form.Masked() && p.rng.IntN(3) == 0
	inMemory := p.rng.IntN(4) == 0
	for i := range v.form.Places {
		pl := &v.form.Places[i]
		if masked && i == len(v.form.Places)-1 {
			args = append(args, pick(p.rng, p.masks))
		}
		switch {
		case pl.Imm != 0:
			args = append(args, asm.Imm(p.rng.IntN(16)))
			continue
		case pl.Reg == asm.MaskReg:
			args = append(args, pick(p.rng, p.masks))
			continue
		case pl.Mem && inMemory && pl.Role == asm.Read:
			m := p.from(64)
			m.Disp &^= 63
			args = append(args, m)
			continue
		}
		r := pick(p.rng, p.vecs)
		if pl.Role == asm.Read && p.rng.IntN(5) == 0 {
			r = p.Splat32(uint32(p.rng.IntN(20)) << 23)
		}
		args = append(args, r.As(widthOf(pl, w)))
	}
	suffix := ""
	if masked && p.rng.IntN(2) == 0 {
		suffix = ".Z"
	}
	p.try(v.op.Name+suffix, args...)
}

// try adds an instruction if its operands fit.
func (p *program) try(name string, args ...asm.Arg) {
	if asm.Fits(p.ISA, name, args...) {
		p.Ins(name, args...)
	}
}

func widthOf(p *asm.Place, w asm.Width) asm.Width {
	switch p.Reg {
	case asm.Half:
		return max(w-1, asm.X)
	case asm.Quarter, asm.Eighth, asm.XReg:
		return asm.X
	case asm.YReg:
		return asm.Y
	case asm.ZReg:
		return asm.Z
	}
	return w
}

// gpIns adds a random instruction on general purpose registers.
func (p *program) gpIns() {
	a, b, c := pick(p.rng, p.gps), pick(p.rng, p.gps), pick(p.rng, p.gps)
	imm := asm.Imm(p.rng.IntN(2000) - 1000)
	switch p.rng.IntN(12) {
	case 0:
		p.Ins(pick(p.rng, []string{"ADDQ", "SUBQ", "ANDQ", "ORQ", "XORQ", "IMULQ", "ADDL", "SUBL", "XORL"}), a, b)
	case 1:
		p.Ins(pick(p.rng, []string{"ADDQ", "SUBQ", "ANDQ", "XORQ"}), imm, b)
	case 2:
		p.Ins("LEAQ", asm.At(a, int(imm)).Plus(b, 1<<p.rng.IntN(4)), c)
	case 3:
		p.Ins(pick(p.rng, []string{"SHLQ", "SHRQ", "SARQ", "RORQ", "SHLL", "SARL"}), asm.Imm(p.rng.IntN(32)), b)
	case 4:
		p.Ins(pick(p.rng, []string{"SHLXQ", "SHRXQ", "SARXQ", "BZHIQ"}), a, b, c)
	case 5:
		p.Ins("CMPQ", a, b)
		p.Ins("CMOVQ"+pick(p.rng, conditions), b, c)
	case 6:
		p.Ins("TESTQ", a, b)
		p.Ins("SET"+pick(p.rng, conditions), c)
	case 7:
		p.Ins(pick(p.rng, []string{"MOVQ", "MOVL", "MOVBLZX", "MOVWQSX", "ADDQ", "POPCNTQ", "TZCNTL"}), p.from(8), c)
	case 8:
		p.Ins("VMOVQ", a, pick(p.rng, p.vecs).X())
	case 9:
		p.Ins("VMOVQ", pick(p.rng, p.vecs).X(), c)
	case 10:
		p.Move(p.Int(int64(imm)<<20), c)
	case 11:
		p.Ins("MOVQ", a, asm.At(p.out, 8*p.rng.IntN(outBytes/8)))
	}
}

var conditions = []string{"EQ", "NE", "LT", "LE", "GT", "GE", "CS", "CC", "LS", "HI", "MI", "PL"}

// block adds n random things.
func (p *program) block(n int, forms []vectorForm) {
	for range n {
		switch k := p.rng.IntN(40); {
		case k == 0 && p.depth < 3:
			p.depth++
			count := p.GP()
			p.Ins("MOVQ", asm.Imm(1+p.rng.IntN(3)), count)
			p.Repeat("loop", count, func() { p.block(n/2, forms) })
			p.depth--
		case k == 1 && p.depth < 3:
			p.depth++
			other, end := p.Label("else"), p.Label("end")
			p.Ins("CMPQ", pick(p.rng, p.gps), pick(p.rng, p.gps))
			p.J(pick(p.rng, conditions), other)
			p.block(n/3, forms)
			p.Jmp(end)
			p.Bind(other)
			p.block(n/3, forms)
			p.Bind(end)
			p.depth--
		case k < 4:
			p.Ins("VMOVUPS", pick(p.rng, p.vecs), asm.At(p.out, p.rng.IntN(outBytes-64)))
		case k < 6:
			p.Move(pick(p.rng, p.vecs), pick(p.rng, p.vecs))
		case k < 7: // a value of its own, which dies soon
			r := p.Vec()
			p.Ins("VMOVUPS", p.from(64), r)
			p.Ins("VADDPS", r, pick(p.rng, p.vecs), pick(p.rng, p.vecs))
		case k < 8:
			p.Zero(pick(p.rng, p.vecs))
		case k < 15:
			p.gpIns()
		default:
			p.vectorIns(forms)
		}
	}
}

// finish stores every value.
func (p *program) finish() {
	at := 0
	next := func(n int) asm.Mem {
		at += n
		return asm.At(p.out, at-n)
	}
	for _, r := range p.vecs {
		p.Ins("VMOVUPS", r, next(64))
	}
	for _, r := range p.gps {
		p.Ins("MOVQ", r, next(8))
	}
	for _, r := range p.masks {
		p.Ins("KMOVQ", r, next(8))
	}
	p.Ret()
}

// emulate runs a list and gives the output.
func emulate(list []asm.Ins, pool, in []byte, spill int, seed uint64) ([]byte, error) {
	var mem emu.Memory
	out := make([]byte, outBytes)
	args := make([]byte, 32)
	for i, a := range []uint64{
		mem.Map("pool", pool, emu.ReadOnly, 0),
		mem.Map("scratch", make([]byte, randomFrame.Spill+spill), emu.ReadWrite, 0),
		mem.Map("in", in, emu.ReadOnly, 0),
		mem.Map("out", out, emu.ReadWrite, 0),
	} {
		binary.LittleEndian.PutUint64(args[8*i:], a)
	}
	return out, emu.Run(list, &mem, mem.Map("args", args, emu.ReadOnly, 0), emu.Config{Seed: seed, Steps: 1e6})
}

// process runs code on the processor and gives the output.
func process(t *testing.T, c *asm.Code, pool, in []byte) []byte {
	t.Helper()
	machine, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	x, err := exec.New(machine)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Free()
	out, scratch := make([]byte, outBytes), make([]byte, randomFrame.Spill+c.Spill+64)
	args := [4]unsafe.Pointer{copied(pool), aligned(scratch), copied(in), aligned(make([]byte, outBytes+64))}
	exec.Call(x.Entry(0), unsafe.Pointer(&args))
	copy(out, unsafe.Slice((*byte)(args[3]), outBytes))
	runtime.KeepAlive(scratch)
	return out
}

// aligned is b's first multiple of 64.
func aligned(b []byte) unsafe.Pointer {
	p := unsafe.Pointer(unsafe.SliceData(b))
	return unsafe.Add(p, -uintptr(p)&63)
}

func copied(b []byte) unsafe.Pointer {
	p := aligned(make([]byte, len(b)+64))
	copy(unsafe.Slice((*byte)(p), len(b)), b)
	return p
}

// TestRandomPrograms writes programs and compares: the source emulated over virtual registers, the allocated code emulated, the
// processor; the checker has no complaint; the text gives the same bytes by Go's assembler.
func TestRandomPrograms(t *testing.T) {
	for _, isa := range []asm.ISA{asm.AVX2, asm.AVX512} {
		forms := vectorForms(isa)
		var codes []*asm.Code
		instructions, spilled := 0, 0
		for n := range *programs {
			rng := rand.New(rand.NewPCG(*seed+uint64(n), uint64(isa)))
			pool := new(asm.Pool)
			p := newProgram(rng, fmt.Sprintf("p%d", n), isa, pool)
			p.block(20+rng.IntN(120), forms)
			p.finish()
			c, err := p.Compile()
			if err != nil {
				t.Fatalf("program %d: %v", n, err)
			}
			if err := c.Check(); err != nil {
				t.Fatalf("program %d: %v\n%s", n, err, asm.Text(c))
			}
			in := make([]byte, inBytes)
			for i := range in {
				in[i] = byte(rng.Uint32())
			}
			want, err := emulate(p.Source(), pool.Bytes(), in, 0, 1)
			if err != nil {
				t.Fatalf("program %d, its source: %v", n, err)
			}
			got, err := emulate(c.List, pool.Bytes(), in, c.Spill, 2)
			if err != nil {
				t.Fatalf("program %d: %v\n%s", n, err, asm.Text(c))
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("program %d: allocated code gives other results than its source\n%s", n, asm.Text(c))
			}
			if canRun(isa) && !bytes.Equal(process(t, c, pool.Bytes(), in), want) {
				t.Fatalf("program %d: the processor gives other results than the emulator\n%s", n, asm.Text(c))
			}
			codes = append(codes, c)
			instructions += len(c.List)
			spilled += c.Spill
		}
		asm.HoldText(t, codes...)
		t.Logf("%s: %d programs, %d instructions, %d bytes of spills", isa, len(codes), instructions, spilled)
	}
}

// canRun says whether this machine runs code for isa.
func canRun(isa asm.ISA) bool {
	x := &cpu.X86
	if exec.Probe() != nil || !x.HasAVX2 || !x.HasFMA || !x.HasBMI2 {
		return false
	}
	return isa == asm.AVX2 || x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL
}
