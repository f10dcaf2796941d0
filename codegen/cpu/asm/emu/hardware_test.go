package emu_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/codegen/cpu/asm/emu"
	"github.com/einloom/einloom/runtime/host/exec"
)

var long = flag.Bool("long", false, "try every form in all ways and on more inputs")

// canRun says whether this machine runs code for isa.
func canRun(isa asm.ISA) bool {
	x := &cpu.X86
	if exec.Probe() != nil || !x.HasAVX2 || !x.HasFMA || !x.HasBMI2 {
		return false
	}
	return isa == asm.AVX2 || x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL
}

// The tests' functions get these arguments; operand i's bytes begin at 64*i of in and of out.
type arguments struct {
	pool, scratch, in, out unsafe.Pointer
}

const argumentBytes = 32

var frame = asm.Frame{Pool: 0, Scratch: 8}

const slots = 8 // operands that in and out have room for

// sample is a use of a form: a function that loads the operands from in, runs the instruction, and stores what it wrote to out.
type sample struct {
	name string
	code *asm.Code
	pool []byte
}

// operandKind is a way to choose the operands of a form.
type operandKind struct {
	width  asm.Width
	memory bool // where it may stand
	mask   bool
	suffix string
	same   bool // vector sources are one register
	imm    int64
	flag   string // the condition to be looked at afterwards
}

// build makes the sample, or nil if the form does not go so.
func build(isa asm.ISA, op *asm.Op, form *asm.Form, k operandKind) *sample {
	pool := new(asm.Pool)
	f := asm.New("t", isa, frame, pool)
	in, out := f.Arg(16), f.Arg(24)
	var args []asm.Arg
	var after []func()
	var sameReg asm.Reg
	hasMem := false
	for i := range form.Places {
		p := &form.Places[i]
		if k.mask && i == len(form.Places)-1 {
			m := f.K()
			f.Ins("KMOVQ", asm.At(in, 64*7), m)
			args = append(args, m)
		}
		at := asm.At(in, 64*i)
		switch {
		case p.Imm != 0:
			args = append(args, asm.Imm(k.imm))
		case p.Label || p.Address:
			return nil
		case p.Index != 0:
			hasMem = true
			base := in
			if p.Role&asm.Write != 0 {
				base = out
			}
			args = append(args, indexed(f, op, asm.At(in, 64*i), base, p, k.width))
		case p.Mem && (k.memory || p.Reg == asm.NoReg) && p.Pin == 0:
			hasMem = true
			if p.Role&asm.Write != 0 { // begins as what the register would
				t := f.Vec()
				f.Ins("VMOVUPS", at, t)
				f.Ins("VMOVUPS", t, asm.At(out, 64*i))
				args = append(args, asm.At(out, 64*i))
			} else {
				args = append(args, at)
			}
		default:
			r := register(f, p, k.width)
			if r == 0 {
				return nil
			}
			if k.same && r.Class() == asm.Vec && p.Role == asm.Read {
				if sameReg != 0 && sameReg.Width() == r.Width() {
					args = append(args, sameReg)
					continue
				}
				sameReg = r
			}
			loadReg(f, r, at)
			args = append(args, r)
			if p.Role&asm.Write != 0 {
				after = append(after, func() { storeReg(f, r, asm.At(out, 64*i)) })
			}
		}
	}
	if k.memory && !hasMem {
		return nil
	}
	if op.UsesFlags() {
		x := f.GP()
		f.Ins("MOVQ", asm.At(in, 64*5), x)
		f.Ins("CMPQ", x, asm.At(in, 64*6))
	}
	f.Ins(op.Name+k.suffix, args...)
	if k.flag != "" {
		set := f.GP()
		f.Ins("MOVQ", asm.At(in, 0), set) // leaves the flags alone
		f.Ins("SET"+k.flag, set)
		f.Ins("MOVB", set, asm.At(out, 64*6))
	}
	for _, store := range after {
		store()
	}
	f.Ret()
	code, err := f.Compile()
	if err != nil {
		return nil
	}
	return &sample{name: fmt.Sprintf("%s%s %+v", op.Name, k.suffix, k), code: code, pool: pool.Bytes()}
}

func register(f *asm.Func, p *asm.Place, w asm.Width) asm.Reg {
	half := max(w-1, asm.X)
	switch p.Reg {
	case asm.GPReg:
		if p.Pin != 0 {
			return f.Pin(p.Pin)
		}
		return f.GP()
	case asm.MaskReg:
		if f.ISA == asm.AVX512 {
			return f.K()
		}
	case asm.Full:
		return f.Vec().As(w)
	case asm.Half:
		return f.Vec().As(half)
	case asm.Quarter, asm.Eighth, asm.XReg:
		return f.Vec().X()
	case asm.YReg:
		return f.Vec().Y()
	case asm.ZReg:
		return f.Vec().Z()
	}
	return 0
}

func loadReg(f *asm.Func, r asm.Reg, m asm.Mem) {
	switch r.Class() {
	case asm.GP:
		f.Ins("MOVQ", m, r)
	case asm.Mask:
		f.Ins("KMOVQ", m, r)
	default:
		f.Ins("VMOVUPS", m, r.As(f.ISA.Width()))
	}
}

func storeReg(f *asm.Func, r asm.Reg, m asm.Mem) {
	switch r.Class() {
	case asm.GP:
		f.Ins("MOVQ", r, m)
	case asm.Mask:
		f.Ins("KMOVQ", r, m)
	default:
		f.Ins("VMOVUPS", r.As(f.ISA.Width()), m)
	}
}

// indexed gives an address for a gather or scatter whose indexes, from memory, are kept within what base leads to.
func indexed(f *asm.Func, op *asm.Op, from asm.Mem, base asm.Reg, p *asm.Place, w asm.Width) asm.Arg {
	index := f.Vec()
	f.Ins("VMOVUPS", from, index)
	bits := f.Splat32(31)
	if strings.Contains(op.Name, "ERQ") {
		bits = f.Splat64(31)
	}
	f.Ins("VANDPS", bits, index, index)
	if p.Index == asm.Half {
		w = max(w-1, asm.X)
	}
	return asm.Mem{Base: base, Index: index.As(w), Scale: 8, Disp: 64}
}

// specials are floats at which operations differ.
var specials32 = []uint32{
	0, 1 << 31, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0xffa00000, 1, 0x80000001, 0x007fffff,
	0x00800000, 0x7f7fffff, 0x3f000000, 0xbf000000, 0x40200000, 0x4b000001, 0x4f000000, 0xcf000000, 0x5f000000, 0x477fe000, 0x477ff000, 0x33800000, 0x387fc000,
}

// fill makes inputs: random bits, special floats of either size, small numbers.
func fill(rng *rand.Rand, b []byte) {
	for i := 0; i+8 <= len(b); i += 8 {
		var v uint64
		switch rng.IntN(5) {
		case 0:
			v = rng.Uint64()
		case 1:
			v = uint64(specials32[rng.IntN(len(specials32))])<<32 | uint64(specials32[rng.IntN(len(specials32))])
		case 2:
			v = math.Float64bits(float64(math.Float32frombits(specials32[rng.IntN(len(specials32))])))
			if rng.IntN(4) == 0 {
				v ^= 1 // a signalling NaN or a neighbour
			}
		case 3:
			v = math.Float64bits(math.Ldexp(rng.NormFloat64(), rng.IntN(80)-40))
		case 4:
			v = uint64(math.Float32bits(float32(rng.NormFloat64()*100)))<<32 | uint64(math.Float32bits(float32(rng.NormFloat64())))
		}
		binary.LittleEndian.PutUint64(b[i:], v)
	}
}

// onHardware runs code on the processor.
func onHardware(t *testing.T, code *exec.Code, pool, in, out []byte) {
	t.Helper()
	scratch := make([]byte, 4096+64)
	aligned := func(b []byte) unsafe.Pointer {
		p := unsafe.Pointer(unsafe.SliceData(b))
		return unsafe.Add(p, -uintptr(p)&63)
	}
	inMem, outMem, poolMem := make([]byte, len(in)+64), make([]byte, len(out)+64), make([]byte, len(pool)+64)
	args := arguments{aligned(poolMem), aligned(scratch), aligned(inMem), aligned(outMem)}
	copy(unsafe.Slice((*byte)(args.pool), len(pool)), pool)
	copy(unsafe.Slice((*byte)(args.in), len(in)), in)
	exec.Call(code.Entry(0), unsafe.Pointer(&args))
	copy(out, unsafe.Slice((*byte)(args.out), len(out)))
	runtime.KeepAlive(scratch)
}

// onEmulator runs a list in the emulator.
func onEmulator(list []asm.Ins, pool, in, out []byte, seed uint64) error {
	var mem emu.Memory
	scratch := make([]byte, 4096)
	args := make([]byte, argumentBytes)
	for i, a := range []uint64{
		mem.Map("pool", pool, emu.ReadOnly, 0),
		mem.Map("scratch", scratch, emu.ReadWrite, 0),
		mem.Map("in", in, emu.ReadOnly, 0),
		mem.Map("out", out, emu.ReadWrite, 0),
	} {
		binary.LittleEndian.PutUint64(args[8*i:], a)
	}
	return emu.Run(list, &mem, mem.Map("args", args, emu.ReadOnly, 0), emu.Config{Seed: seed, Steps: 1e6})
}

// kinds are the ways that a form is tried.
func kinds(isa asm.ISA, op *asm.Op, form *asm.Form) (list []operandKind) {
	imms := []int64{0}
	for _, p := range form.Places {
		switch {
		case p.Imm == 8:
			imms = []int64{0, 1, 2, 3, 4, 7, 8, 11, 14, 31, 0x4e, 0xb1, 0xe4, 0x93, 0xff}
		case p.Imm != 0:
			imms = []int64{0, 1, -1, 127, -32768}
		case p.Index != 0:
			imms = []int64{0, 1}
		}
	}
	flags := []string{""}
	if op.SetsFlags() {
		flags = []string{"", "EQ", "MI", "CS", "OS", "PS", "LS", "GT"}
	}
	suffixes := []string{""}
	if isa == asm.AVX512 {
		suffixes = []string{"", ".Z", ".BCST", ".BCST.Z"}
	}
	for w := asm.X; w <= isa.Width(); w++ {
		for _, imm := range imms {
			for _, flag := range flags {
				for _, suffix := range suffixes {
					for v := range 8 {
						if isa == asm.AVX2 && v&2 != 0 {
							continue
						}
						list = append(list, operandKind{width: w, memory: v&1 != 0, mask: v&2 != 0, same: v&4 != 0, suffix: suffix, imm: imm, flag: flag})
					}
				}
			}
		}
	}
	return list
}

func TestEmulatorKnowsTheTable(t *testing.T) {
	for _, op := range asm.Ops() {
		if !emu.Knows(op.Name) {
			t.Errorf("the emulator does not know %s", op.Name)
		}
	}
}

// TestFormsOnHardware runs every form of the table that this processor has, on random inputs, there and here.
func TestFormsOnHardware(t *testing.T) {
	isa := asm.AVX2
	if !canRun(isa) {
		t.Skip("this machine cannot run AVX2 code")
	}
	if canRun(asm.AVX512) {
		isa = asm.AVX512
	}
	rng := rand.New(rand.NewPCG(1, 2))
	forms, runs := 0, 0
	for _, op := range asm.Ops() {
		if op.IsJump() || op.Name == "RET" {
			continue
		}
		for fi, form := range op.Forms {
			tried := false
			for i, k := range kinds(isa, op, form) {
				if !*long && i%5 != 0 && i > 4 {
					continue
				}
				s := build(isa, op, form, k)
				if s == nil {
					continue
				}
				n, ok := compareSample(t, rng, s)
				if !ok {
					break
				}
				runs += n
				tried = true
			}
			if tried {
				forms++
			} else if isa == asm.AVX512 || !form.NeedsAVX512() {
				t.Logf("%s form %d is not tried", op.Name, fi)
			}
		}
	}
	t.Logf("%s: %d forms, %d runs", isa, forms, runs)
}

// compareSample runs a sample on both, on several inputs.
func compareSample(t *testing.T, rng *rand.Rand, s *sample) (runs int, ok bool) {
	machine, err := s.code.Encode()
	if err != nil {
		t.Errorf("%s: %v", s.name, err)
		return 0, false
	}
	x, err := exec.New(machine)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Free()
	inputs := 2
	if *long {
		inputs = 20
	}
	for range inputs {
		in := make([]byte, 64*slots)
		fill(rng, in)
		here, there := make([]byte, 64*slots), make([]byte, 64*slots)
		if err := onEmulator(s.code.List, s.pool, in, here, rng.Uint64()); err != nil {
			var f *emu.Fault
			if errors.As(err, &f) && (errors.Is(err, emu.ErrFlag) || errors.Is(err, emu.ErrDivide)) {
				continue // nothing to compare
			}
			t.Errorf("%s: %v\n%s", s.name, err, asm.Text(s.code))
			return runs, false
		}
		onHardware(t, x, s.pool, in, there)
		runs++
		if !bytes.Equal(here, there) {
			for i := 0; i < len(here); i += 8 {
				if a, b := here[i:i+8], there[i:i+8]; !bytes.Equal(a, b) {
					t.Errorf("%s: byte %d: emulator %x, hardware %x\nin %x\n%s", s.name, i, a, b, in, asm.Text(s.code))
					return runs, false
				}
			}
		}
	}
	return runs, true
}
