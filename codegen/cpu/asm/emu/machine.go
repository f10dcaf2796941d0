// Package emu runs the instruction lists of codegen/cpu/asm in Go, with IEEE arithmetic and bounds-checked memory: it tells on any
// machine what code for AVX2 and AVX-512 computes, and which instruction reaches outside of its memory. It is for tests; it is never
// how a program runs.
//
// The one thing that it does not reproduce is memory that wraps round the address space; everything else that an instruction of the
// table does, down to the payload of a NaN, is what processors do, and a test holds it to the processor that it runs on.
package emu

import (
	"errors"
	"fmt"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// Config says how to run. The zero value is useful.
type Config struct {
	Steps int    // instructions after which a run is given up; 0: a hundred million
	Seed  uint64 // of what the registers hold at first
}

// Run executes a list, physical (asm.Code.List) or virtual (asm.Func.Source), as a function whose parameter is args. It gives nil
// when the code returns, and otherwise a *Fault: a touch of memory outside of its region, a wrong alignment, a flag used that
// the instruction before left undefined, a return with the upper halves of vector registers not cleared, too many steps.
func Run(list []asm.Ins, mem *Memory, args uint64, c Config) error {
	m := newMachine(list, mem, args, c)
	if m.err == nil {
		m.run(list, c)
	}
	return m.err
}

// Fault is what went wrong, and where.
type Fault struct {
	Index int    // in the list
	Ins   string // the instruction
	Err   error
}

// Error gives the instruction and the reason.
func (f *Fault) Error() string { return fmt.Sprintf("instruction %d, %s: %v", f.Index, f.Ins, f.Err) }

// Unwrap gives the reason.
func (f *Fault) Unwrap() error { return f.Err }

// What can be wrong besides memory.
var (
	ErrFlag   = errors.New("a flag is used that is not defined here")
	ErrDivide = errors.New("a division that the processor refuses")
	ErrUpper  = errors.New("the upper halves of vector registers are not cleared")
	ErrSteps  = errors.New("still running after as many steps as were allowed")
	ErrAlign  = errors.New("an address that is not aligned")
)

// vec is a vector register.
type vec [64]byte

func (v *vec) lane(i, size int) uint64       { return number(v[i*size : (i+1)*size]) }
func (v *vec) setLane(i, size int, x uint64) { putNumber(v[i*size:(i+1)*size], x) }

// machine is the state of a run.
type machine struct {
	mem   *Memory
	args  uint64
	gp    []uint64
	vec   []vec
	k     []uint64
	flags flags
	dirty bool // a register's upper half may be set
	phys  bool // the list is over physical registers

	at     []int // instruction that each label stands before
	pc     int
	done   bool
	err    error
	faulty error // of the instruction that runs
}

// semantics is what each mnemonic does.
type semantics func(m *machine, in *asm.Ins)

func newMachine(list []asm.Ins, mem *Memory, args uint64, c Config) *machine {
	m := &machine{mem: mem, args: args}
	top := [4]int{asm.GP: 16, asm.Vec: 32, asm.Mask: 8}
	label := 0
	see := func(r asm.Reg) {
		if r != 0 {
			top[r.Class()] = max(top[r.Class()], r.Number()+1)
			m.phys = m.phys || r.IsPhysical()
		}
	}
	for i := range list {
		in := &list[i]
		if in.Op == nil {
			label = max(label, int(in.Label)+1)
			continue
		}
		if known()[in.Op.Name] == nil {
			m.err = &Fault{i, in.String(), fmt.Errorf("the emulator does not know it")}
			return m
		}
		for _, a := range in.Args() {
			see(a.Reg)
			see(a.Index)
		}
	}
	m.gp, m.vec, m.k = make([]uint64, top[asm.GP]), make([]vec, top[asm.Vec]), make([]uint64, top[asm.Mask])
	m.litter(c.Seed)
	m.flags.vague = vagueAll
	m.at = make([]int, label)
	for i := range list {
		if list[i].Op == nil {
			m.at[list[i].Label] = i
		}
	}
	return m
}

// litter fills the registers, so that nothing depends on what they hold at first and is not found out.
func (m *machine) litter(seed uint64) {
	next := func() uint64 { // SplitMix64
		seed += 0x9e3779b97f4a7c15
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	for i := range m.gp {
		m.gp[i] = next()
	}
	for i := range m.k {
		m.k[i] = next()
	}
	for i := range m.vec {
		for l := range 8 {
			m.vec[i].setLane(l, 8, next())
		}
	}
}

func (m *machine) run(list []asm.Ins, c Config) {
	does := make([]semantics, len(list))
	for i := range list {
		if list[i].Op != nil {
			does[i] = known()[list[i].Op.Name]
		}
	}
	left := c.Steps
	if left == 0 {
		left = 1e8
	}
	for !m.done {
		if m.pc >= len(list) {
			m.err = fmt.Errorf("the code ran past its end")
			return
		}
		i := m.pc
		m.pc++
		if does[i] == nil {
			continue
		}
		does[i](m, &list[i])
		if left--; left < 0 {
			m.fault("%w", ErrSteps)
		}
		if m.faulty != nil {
			m.err = &Fault{i, list[i].String(), m.faulty}
			return
		}
	}
}

// fault notes the first thing that goes wrong in an instruction.
func (m *machine) fault(format string, args ...any) {
	if m.faulty == nil {
		m.faulty = fmt.Errorf(format, args...)
	}
}

// address is where a memory operand without a vector index lies.
func (m *machine) address(a *asm.Operand) uint64 {
	addr := m.gp[a.Reg.Number()] + uint64(a.Val)
	if a.Index != 0 && a.Index.Class() == asm.GP {
		addr += m.gp[a.Index.Number()] * uint64(a.Scale)
	}
	return addr
}

// immediate splits off a leading immediate: its low byte, and the index of the first operand after it.
func immediate(in *asm.Ins) (imm uint8, first int) {
	if a := in.Args(); len(a) > 0 && a[0].Kind == asm.KindImm {
		return uint8(a[0].Val), 1
	}
	return 0, 0
}

// destination is the index of the last operand.
func destination(in *asm.Ins) int { return len(in.Args()) - 1 }

// sources is one past the last source operand: the mask and the destination follow.
func sources(in *asm.Ins) int { return len(in.Form.Places) - 1 }

// mask is the instruction's write mask, all ones when it has none.
func (m *machine) mask(in *asm.Ins) uint64 {
	if !in.Masked() {
		return ^uint64(0)
	}
	return m.k[in.Args()[destination(in)-1].Reg.Number()]
}

// bytes is the size of operand i.
func bytes(in *asm.Ins, i int) int {
	a := &in.Args()[i]
	if a.Kind == asm.KindReg {
		if a.Reg.Class() == asm.Vec {
			return a.Reg.Width().Bytes()
		}
		return 8
	}
	return in.Place(i).MemBytes(in.Width)
}

// value gives vector operand i. From memory it is one broadcast element, or all bytes; when the operand's elements go lane by lane
// into the result (elem bytes each), those that are masked off are not touched.
func (m *machine) value(in *asm.Ins, i, elem int) (v vec) {
	a := &in.Args()[i]
	if a.Kind == asm.KindReg {
		return m.vec[a.Reg.Number()]
	}
	addr := m.address(a)
	if in.Suffix&asm.SuffixBcst != 0 {
		return m.broadcast(addr, in.Form.Source, m.mask(in) != 0 || elem == 0)
	}
	n := bytes(in, i)
	if elem != 0 && in.Masked() {
		k := m.mask(in)
		for l := range n / elem {
			if k>>l&1 != 0 {
				v.setLane(l, elem, m.load(addr+uint64(l*elem), elem))
			}
		}
		return v
	}
	b, err := m.mem.at(addr, n, false)
	if err != nil {
		m.fault("%w", err)
	}
	copy(v[:], b)
	return v
}

func (m *machine) broadcast(addr uint64, size int, touch bool) (v vec) {
	if !touch {
		return v
	}
	x := m.load(addr, size)
	for i := range 64 / size {
		v.setLane(i, size, x)
	}
	return v
}

// write puts the first n elements of v into the destination under the mask; the rest of a register becomes 0.
func (m *machine) write(in *asm.Ins, v *vec, n, elem int) {
	a := &in.Args()[destination(in)]
	k := m.mask(in)
	if a.Kind != asm.KindReg {
		addr := m.address(a)
		for i := range n {
			if k>>i&1 != 0 {
				m.store(addr+uint64(i*elem), elem, v.lane(i, elem))
			}
		}
		return
	}
	var out vec
	old := &m.vec[a.Reg.Number()]
	for i := range n {
		switch {
		case k>>i&1 != 0:
			out.setLane(i, elem, v.lane(i, elem))
		case in.Suffix&asm.SuffixZ == 0:
			out.setLane(i, elem, old.lane(i, elem))
		}
	}
	m.set(a.Reg, &out)
}

// set writes a whole vector register.
func (m *machine) set(r asm.Reg, v *vec) {
	m.vec[r.Number()] = *v
	if r.Width() > asm.X {
		m.dirty = true
	}
}

// setMask writes the first n bits of a mask register under the write mask.
func (m *machine) setMask(in *asm.Ins, bits uint64, n int) {
	bits &= m.mask(in)
	if n < 64 {
		bits &= 1<<n - 1
	}
	m.k[in.Args()[destination(in)].Reg.Number()] = bits
}
