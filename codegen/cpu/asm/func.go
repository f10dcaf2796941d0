package asm

import (
	"fmt"
	"strings"
)

// Frame says where a function finds its memory: byte offsets into what its one parameter points at.
type Frame struct {
	Pool    int // of the pointer to the Pool's bytes
	Scratch int // of the pointer to memory that is the call's own
	Spill   int // where in that memory spilled registers may stand, a multiple of 64; Code.Spill says how many bytes they take
}

// Func is one function being written, over virtual registers. Its methods note the first mistake and go on; Compile returns it.
// A Func is used by one goroutine.
type Func struct {
	Name    string
	ISA     ISA
	frame   Frame
	pool    *Pool
	entry   []Ins // loads of arguments and constants, before everything else
	body    []Ins
	regs    []regInfo // by number; 0 is no register
	labels  []string
	notes   []string // by Ins.note
	args    Reg
	scratch Reg // the call's own memory, if anything is spilled
	fixed   map[fixedKey]Reg
	note    int32 // of the next instruction
	rare    bool  // the next instructions seldom run
	err     error
}

// regInfo is what is known of a virtual register.
type regInfo struct {
	class   Class
	width   Width  // the widest that it is named at
	allowed uint32 // physical registers that it may be
	fixed   bool   // written once, in entry, and always loadable again from where it came
	pin     bool
	def     int // of a fixed register: the index in entry of the instruction that sets it

	// Set by the allocator.
	temp   bool // lives for one instruction
	slot   bool // lives in memory
	again  bool // a fixed one that is loaded again wherever it is wanted
	offset int  // of the slot, from Frame.Spill
}

// fixedKey tells fixed registers apart: a field of memory reached from base, a place in the pool, or a number.
type fixedKey struct {
	kind  byte // 'p' the parameter, 'f' a field, 'd' data of the pool, 'i' a number, 4 and 8 elements of a vector
	class Class
	base  Reg
	off   int64
}

// New starts a function. The pool may be shared by functions that are called with the same pool pointer.
func New(name string, isa ISA, frame Frame, pool *Pool) *Func {
	f := &Func{Name: name, ISA: isa, frame: frame, pool: pool, fixed: map[fixedKey]Reg{},
		regs: make([]regInfo, 1, 256), entry: make([]Ins, 0, 16), body: make([]Ins, 0, 256),
		notes: []string{noteNone: "", noteSpill: "spill", noteReload: "reload"},
	}
	f.args = f.load(fixedKey{'p', GP, 0, 0}, "MOVQ", Operand{Kind: KindParam})
	f.scratch = f.Arg(frame.Scratch)
	return f
}

// fail notes the first mistake.
func (f *Func) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("asm: %s: %w", f.Name, fmt.Errorf(format, args...))
	}
}

func (f *Func) newReg(c Class, w Width) Reg {
	n := len(f.regs)
	if n > regNumber {
		f.fail("more than %d registers", regNumber)
		n = regNumber
	}
	allowed := f.ISA.registers(c)
	if allowed == 0 {
		f.fail("%s has no mask registers", f.ISA)
	}
	f.regs = append(f.regs, regInfo{class: c, width: w, allowed: allowed})
	return makeReg(c, w, n)
}

// GP gives a new general purpose register.
func (f *Func) GP() Reg { return f.newReg(GP, 0) }

// Vec gives a new vector register, named at the widest width of the instruction set.
func (f *Func) Vec() Reg { return f.newReg(Vec, f.ISA.Width()) }

// Xmm gives a new vector register named at 16 bytes, for scalars.
func (f *Func) Xmm() Reg { return f.newReg(Vec, X) }

// K gives a new mask register (AVX-512).
func (f *Func) K() Reg { return f.newReg(Mask, 0) }

// Pin gives a new virtual register that will be the physical one (AX, CX, DX): what IDIVQ and CQO ask for. It should live briefly.
func (f *Func) Pin(p Reg) Reg {
	r := f.newReg(p.Class(), p.Width())
	info := &f.regs[r.Number()]
	info.allowed, info.pin = 1<<p.Number(), true
	return r
}

// Args gives the register that holds the function's parameter. Like all registers that Args, Arg, Int, Splat32, Splat64 and Bytes
// give, it is set before everything else and must not be written; asking twice gives the same register.
func (f *Func) Args() Reg { return f.args }

// Arg gives the 8 bytes at offset offs[0] of the arguments; with further offsets these are followed as a pointer, each offset
// giving the next 8 bytes. What is read so must not change during the call.
func (f *Func) Arg(offs ...int) Reg {
	r := f.args
	for _, off := range offs {
		r = f.load(fixedKey{'f', GP, r, int64(off)}, "MOVQ", Operand{Kind: KindMem, Reg: r, Val: int64(off)})
	}
	return r
}

// Int gives the number v in a general purpose register.
func (f *Func) Int(v int64) Reg {
	if v == 0 { // MOVQ $0 is written as XORL, which changes the flags: it cannot be done again in the middle of the code
		m := f.inPool(make([]byte, 8))
		return f.load(fixedKey{'d', GP, 0, m.Val}, "MOVQ", m)
	}
	return f.load(fixedKey{'i', GP, 0, v}, "MOVQ", Operand{Kind: KindImm, Val: v})
}

// Splat32 gives a full vector whose 4-byte elements all are bits.
func (f *Func) Splat32(bits uint32) Reg { return f.splat(4, uint64(bits)) }

// Splat64 gives a full vector whose 8-byte elements all are bits.
func (f *Func) Splat64(bits uint64) Reg { return f.splat(8, bits) }

func (f *Func) splat(size byte, bits uint64) Reg {
	key := fixedKey{size, Vec, 0, int64(bits)}
	r, ok := f.fixed[key]
	if !ok {
		b := make([]byte, f.ISA.Width().Bytes())
		for i := range b {
			b[i] = byte(bits >> (8 * (i % int(size))))
		}
		r = f.Bytes(b)
		f.fixed[key] = r
	}
	return r
}

// Bytes gives a vector that holds b, which must fill the widest vector.
func (f *Func) Bytes(b []byte) Reg {
	if len(b) != f.ISA.Width().Bytes() {
		f.fail("a vector constant of %d bytes: want %d", len(b), f.ISA.Width().Bytes())
		return f.Vec()
	}
	m := f.inPool(b)
	return f.load(fixedKey{'d', Vec, 0, m.Val}, "VMOVUPS", m)
}

// Data puts b into the pool and gives its address.
func (f *Func) Data(b []byte) Mem {
	m := f.inPool(b)
	return Mem{Base: m.Reg, Disp: int(m.Val)}
}

func (f *Func) inPool(b []byte) Operand {
	return Operand{Kind: KindMem, Reg: f.Arg(f.frame.Pool), Val: int64(f.pool.add(b))}
}

// load gives the fixed register called key, made by moving src into it on entry.
func (f *Func) load(key fixedKey, op string, src Operand) Reg {
	if r, ok := f.fixed[key]; ok {
		return r
	}
	w := Width(0)
	if key.class == Vec {
		w = f.ISA.Width()
	}
	r := f.newReg(key.class, w)
	f.fixed[key] = r
	in := f.instruction(op, 0, src, Operand{Kind: KindReg, Reg: r})
	in.pure = true
	f.entry = append(f.entry, in)
	f.regs[r.Number()].fixed = true
	f.regs[r.Number()].def = len(f.entry) - 1
	return r
}

// Label makes a label; name is for the reader of the text, letters and digits.
func (f *Func) Label(name string) Label {
	f.labels = append(f.labels, fmt.Sprintf("%s%d", name, len(f.labels)))
	return Label(len(f.labels) - 1)
}

// Bind puts l here.
func (f *Func) Bind(l Label) {
	f.body = append(f.body, Ins{Label: l})
}

// Note sets the comment beside the next instruction.
func (f *Func) Note(format string, args ...any) {
	f.notes = append(f.notes, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " "))
	f.note = int32(len(f.notes) - 1)
}

// The notes that the allocator writes.
const (
	noteNone = iota
	noteSpill
	noteReload
)

// Ins adds an instruction. name is Go's, with suffixes (VADDPS.BCST.Z); args stand in the order of Go's assembler: sources, then the
// write mask if any, then the destination.
func (f *Func) Ins(name string, args ...Arg) {
	name, suffix, ok := cutSuffix(name)
	if !ok {
		f.fail("%s: what suffix is that", name)
		return
	}
	if len(args) > maxArgs {
		f.fail("%s with %d operands", name, len(args))
		return
	}
	var list [maxArgs]Operand
	for i, a := range args {
		list[i] = f.operand(a)
	}
	in := f.instruction(name, suffix, list[:len(args)]...)
	in.note, f.note = f.note, noteNone
	in.rare = f.rare
	f.body = append(f.body, in)
}

func (f *Func) operand(a Arg) Operand {
	switch a := a.(type) {
	case Reg:
		return Operand{Kind: KindReg, Reg: a}
	case Imm:
		return Operand{Kind: KindImm, Val: int64(a)}
	case Label:
		return Operand{Kind: KindLabel, Val: int64(a)}
	case Mem:
		if int64(int32(a.Disp)) != int64(a.Disp) {
			f.fail("displacement %d does not fit 32 bits", a.Disp)
		}
		return Operand{Kind: KindMem, Reg: a.Base, Index: a.Index, Scale: a.Scale, Val: int64(a.Disp)}
	}
	return Operand{}
}

// instruction checks an operand list against the table and gives the Ins; on a mistake it notes it and the Ins has no op.
func (f *Func) instruction(name string, suffix Suffix, args ...Operand) Ins {
	op := ops().by[name]
	if op == nil {
		f.fail("there is no instruction %s in the table", name)
		return Ins{Label: -1}
	}
	in := Ins{Op: op, Suffix: suffix, n: uint8(len(args))}
	copy(in.args[:], args)
	if !in.match(f.ISA) {
		f.fail("%s has no such operands on %s", in.String(), f.ISA)
		return Ins{Label: -1}
	}
	f.see(&in)
	return in
}

// see keeps the registers' facts up to date with a new instruction.
func (f *Func) see(in *Ins) {
	for i := range in.Args() {
		a := &in.args[i]
		for _, r := range [2]Reg{a.Reg, a.Index} {
			if r == 0 {
				continue
			}
			if r.IsPhysical() || r.Number() >= len(f.regs) || r.Width() > f.ISA.Width() {
				f.fail("%s: %s is not a register of this function", in.String(), r)
				return
			}
			info := &f.regs[r.Number()]
			info.width = max(info.width, r.Width())
			if in.Form.attr&onlyVEX != 0 && r.Class() == Vec {
				info.allowed &= 0xffff
			}
			if a.Kind == KindReg && info.fixed && in.role(i)&Write != 0 {
				f.fail("%s writes %s, which is set for good on entry: copy it first", in.String(), r)
			}
		}
		if a.Kind == KindLabel && (a.Val < 0 || a.Val >= int64(len(f.labels))) {
			f.fail("%s: another function's label", in.Op.Name)
		}
		if p := in.Place(i); p != nil && p.Pin != 0 && f.regs[a.Reg.Number()].allowed != 1<<p.Pin.Number() {
			f.fail("%s: operand %d must be pinned to %s", in.String(), i, p.Pin)
		}
	}
}

// Jmp goes to l.
func (f *Func) Jmp(l Label) { f.Ins("JMP", l) }

// J goes to l on a condition: EQ NE, signed LT LE GT GE, unsigned CS CC LS HI, and MI PL OS OC PS PC.
func (f *Func) J(cond string, l Label) { f.Ins("J"+cond, l) }

// Move copies src to dst, both of one class, whole.
func (f *Func) Move(src, dst Reg) {
	switch src.Class() {
	case GP:
		f.Ins("MOVQ", src, dst)
	case Vec:
		f.Ins("VMOVAPS", src, dst)
	case Mask:
		f.Ins("KMOVQ", src, dst)
	}
}

// Zero clears r without reading it. It changes the flags when r is a general purpose register.
func (f *Func) Zero(r Reg) {
	switch {
	case r.Class() == GP:
		f.Ins("XORL", r, r)
	case r.Class() == Mask:
		f.Ins("KXORQ", r, r, r)
	case f.ISA == AVX512:
		f.Ins("VPXORD", r, r, r)
	default:
		f.Ins("VPXOR", r, r, r)
	}
}

// Repeat runs body n times, n signed; n counts down and is 0 (or was not positive) afterwards.
func (f *Func) Repeat(name string, n Reg, body func()) {
	top, end := f.Label(name), f.Label(name+"End")
	f.Ins("TESTQ", n, n)
	f.J("LE", end)
	f.Bind(top)
	body()
	f.Ins("DECQ", n)
	f.J("NE", top)
	f.Bind(end)
}

// Rarely writes, by body, code that seldom runs, for the loops that it is in: what it uses is not worth registers that the rest wants.
func (f *Func) Rarely(body func()) {
	before := f.rare
	f.rare = true
	body()
	f.rare = before
}

// Ret clears the upper halves of the vector registers, as the caller expects, and returns.
func (f *Func) Ret() {
	f.Ins("VZEROUPPER")
	f.Ins("RET")
}

// Source gives the instructions written so far over virtual registers, the loads on entry first.
func (f *Func) Source() []Ins {
	all := make([]Ins, 0, len(f.entry)+len(f.body)+2)
	return append(append(all, f.entry...), f.body...)
}

// Suffix is an instruction's suffixes.
type Suffix uint8

// The suffixes.
const (
	SuffixZ    Suffix = 1 << iota // masked-off elements become 0
	SuffixBcst                    // the memory operand is one element for all
)

func cutSuffix(name string) (string, Suffix, bool) {
	op, rest, found := strings.Cut(name, ".")
	if !found {
		return name, 0, true
	}
	switch rest {
	case "Z":
		return op, SuffixZ, true
	case "BCST":
		return op, SuffixBcst, true
	case "BCST.Z":
		return op, SuffixZ | SuffixBcst, true
	}
	return name, 0, false
}

// String is the suffixes as Go writes them.
func (s Suffix) String() string { return [4]string{"", ".Z", ".BCST", ".BCST.Z"}[s&3] }
