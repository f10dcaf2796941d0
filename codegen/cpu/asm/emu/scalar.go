package emu

import (
	"math/bits"
	"strings"

	"github.com/einloom/einloom/codegen/cpu/asm"
)

// flags are the arithmetic flags that conditions look at. vague are those that the last instruction left undefined.
type flags struct {
	zero, sign, carry, overflow, parity bool
	vague                               uint8
}

const (
	vagueZero = 1 << iota
	vagueSign
	vagueCarry
	vagueOverflow
	vagueParity
	vagueAll = 31
)

// conditions are the names that Jcc, CMOVcc and SETcc end in, with the flags that they read.
var conditions = map[string]struct {
	reads uint8
	holds func(f *flags) bool
}{
	"EQ": {vagueZero, func(f *flags) bool { return f.zero }},
	"NE": {vagueZero, func(f *flags) bool { return !f.zero }},
	"LT": {vagueSign | vagueOverflow, func(f *flags) bool { return f.sign != f.overflow }},
	"GE": {vagueSign | vagueOverflow, func(f *flags) bool { return f.sign == f.overflow }},
	"LE": {vagueZero | vagueSign | vagueOverflow, func(f *flags) bool { return f.zero || f.sign != f.overflow }},
	"GT": {vagueZero | vagueSign | vagueOverflow, func(f *flags) bool { return !f.zero && f.sign == f.overflow }},
	"CS": {vagueCarry, func(f *flags) bool { return f.carry }},
	"CC": {vagueCarry, func(f *flags) bool { return !f.carry }},
	"LS": {vagueCarry | vagueZero, func(f *flags) bool { return f.carry || f.zero }},
	"HI": {vagueCarry | vagueZero, func(f *flags) bool { return !f.carry && !f.zero }},
	"MI": {vagueSign, func(f *flags) bool { return f.sign }},
	"PL": {vagueSign, func(f *flags) bool { return !f.sign }},
	"OS": {vagueOverflow, func(f *flags) bool { return f.overflow }},
	"OC": {vagueOverflow, func(f *flags) bool { return !f.overflow }},
	"PS": {vagueParity, func(f *flags) bool { return f.parity }},
	"PC": {vagueParity, func(f *flags) bool { return !f.parity }},
}

// result sets zero, sign and parity by a result of size bytes.
func (f *flags) result(v uint64, size int) {
	v = cut(v, size)
	f.zero, f.sign, f.parity, f.vague = v == 0, v>>(8*size-1)&1 != 0, bits.OnesCount8(uint8(v))%2 == 0, 0
}

// cut keeps the low size bytes.
func cut(v uint64, size int) uint64 { return v << (64 - 8*size) >> (64 - 8*size) }

// extend repeats the sign of the low size bytes.
func extend(v uint64, size int) int64 { return int64(v<<(64-8*size)) >> (64 - 8*size) }

func (f *flags) add(a, b uint64, size int) uint64 {
	r := cut(a+b, size)
	f.result(r, size)
	f.carry = r < cut(a, size)
	f.overflow = (a^r)&(b^r)>>(8*size-1)&1 != 0
	return r
}

func (f *flags) sub(a, b uint64, size int) uint64 {
	r := cut(a-b, size)
	f.result(r, size)
	f.carry = cut(a, size) < cut(b, size)
	f.overflow = (a^b)&(a^r)>>(8*size-1)&1 != 0
	return r
}

func (f *flags) logic(v uint64, size int) uint64 {
	f.result(v, size)
	f.carry, f.overflow = false, false
	return cut(v, size)
}

// int gives scalar operand i, of size bytes.
func (m *machine) int(in *asm.Ins, i, size int) uint64 {
	a := &in.Args()[i]
	switch a.Kind {
	case asm.KindReg:
		return cut(m.gp[a.Reg.Number()], size)
	case asm.KindImm:
		return cut(uint64(a.Val), size)
	case asm.KindParam:
		return m.args
	}
	return m.load(m.address(a), size)
}

// setInt writes scalar operand i, of size bytes; registers take it with zeros above.
func (m *machine) setInt(in *asm.Ins, i, size int, v uint64) {
	a := &in.Args()[i]
	if a.Kind == asm.KindReg {
		m.gp[a.Reg.Number()] = cut(v, size)
		return
	}
	m.store(m.address(a), size, cut(v, size))
}

// gpOps are the general purpose instructions that come as ...Q and ...L.
var gpOps = map[string]func(m *machine, in *asm.Ins, size int){
	"ADD": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 1, n, m.flags.add(m.int(in, 1, n), m.int(in, 0, n), n))
	},
	"SUB": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 1, n, m.flags.sub(m.int(in, 1, n), m.int(in, 0, n), n))
	},
	"AND": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 1, n, m.flags.logic(m.int(in, 1, n)&m.int(in, 0, n), n))
	},
	"OR": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 1, n, m.flags.logic(m.int(in, 1, n)|m.int(in, 0, n), n))
	},
	"XOR": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 1, n, m.flags.logic(m.int(in, 1, n)^m.int(in, 0, n), n))
	},
	"CMP":  func(m *machine, in *asm.Ins, n int) { m.flags.sub(m.int(in, 0, n), m.int(in, 1, n), n) },
	"TEST": func(m *machine, in *asm.Ins, n int) { m.flags.logic(m.int(in, 0, n)&m.int(in, 1, n), n) },
	"NEG":  func(m *machine, in *asm.Ins, n int) { m.setInt(in, 0, n, m.flags.sub(0, m.int(in, 0, n), n)) },
	"NOT":  func(m *machine, in *asm.Ins, n int) { m.setInt(in, 0, n, ^m.int(in, 0, n)) },
	"INC":  func(m *machine, in *asm.Ins, n int) { m.step(in, n, m.flags.add) },
	"DEC":  func(m *machine, in *asm.Ins, n int) { m.step(in, n, m.flags.sub) },
	"IMUL": func(m *machine, in *asm.Ins, n int) { m.multiply(in, n, m.int(in, 1, n), m.int(in, 0, n)) },
	"IMUL3": func(m *machine, in *asm.Ins, n int) {
		m.multiply(in, n, m.int(in, 1, n), uint64(in.Args()[0].Val))
	},
	"SHL": func(m *machine, in *asm.Ins, n int) { m.shift(in, n, func(v uint64, by int) uint64 { return v << by }) },
	"SHR": func(m *machine, in *asm.Ins, n int) { m.shift(in, n, func(v uint64, by int) uint64 { return v >> by }) },
	"SAR": func(m *machine, in *asm.Ins, n int) {
		m.shift(in, n, func(v uint64, by int) uint64 { return uint64(extend(v, n) >> by) })
	},
	"ROL":  func(m *machine, in *asm.Ins, n int) { m.rotate(in, n, 1) },
	"ROR":  func(m *machine, in *asm.Ins, n int) { m.rotate(in, n, -1) },
	"SHLX": func(m *machine, in *asm.Ins, n int) { m.setInt(in, 2, n, m.int(in, 1, n)<<m.count(in, n)) },
	"SHRX": func(m *machine, in *asm.Ins, n int) { m.setInt(in, 2, n, m.int(in, 1, n)>>m.count(in, n)) },
	"SARX": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 2, n, uint64(extend(m.int(in, 1, n), n)>>m.count(in, n)))
	},
	"BZHI": (*machine).zeroHigh,
	"POPCNT": func(m *machine, in *asm.Ins, n int) {
		m.setInt(in, 1, n, m.counted(bits.OnesCount64(m.int(in, 0, n)), n, m.int(in, 0, n) == 0))
	},
	"LZCNT": func(m *machine, in *asm.Ins, n int) {
		v := m.int(in, 0, n)
		m.setInt(in, 1, n, m.zeros(bits.LeadingZeros64(v)-(64-8*n), n, v))
	},
	"TZCNT": func(m *machine, in *asm.Ins, n int) {
		v := m.int(in, 0, n)
		m.setInt(in, 1, n, m.zeros(min(bits.TrailingZeros64(v), 8*n), n, v))
	},
	"IDIV": (*machine).divideSigned,
	"DIV":  (*machine).divide,
}

// step is INC and DEC, which leave the carry as it is.
func (m *machine) step(in *asm.Ins, n int, f func(a, b uint64, size int) uint64) {
	carry, vague := m.flags.carry, m.flags.vague&vagueCarry
	m.setInt(in, 0, n, f(m.int(in, 0, n), 1, n))
	m.flags.carry = carry
	m.flags.vague |= vague
}

func (m *machine) multiply(in *asm.Ins, n int, a, b uint64) {
	hi, lo := bits.Mul64(uint64(extend(a, n)), uint64(extend(b, n)))
	if extend(a, n) < 0 {
		hi -= uint64(extend(b, n))
	}
	if extend(b, n) < 0 {
		hi -= uint64(extend(a, n))
	}
	m.setInt(in, destination(in), n, lo)
	m.flags.vague = vagueZero | vagueSign | vagueParity
	m.flags.carry = int64(hi) != int64(lo)>>63 || extend(lo, n) != int64(lo)
	m.flags.overflow = m.flags.carry
}

func (m *machine) shift(in *asm.Ins, n int, f func(v uint64, by int) uint64) {
	by := int(in.Args()[0].Val) & (8*n - 1)
	v := f(m.int(in, 1, n), by)
	m.setInt(in, 1, n, v)
	if by != 0 {
		m.flags.result(v, n)
		m.flags.vague = vagueCarry | vagueOverflow
	}
}

// rotate turns left by the immediate times sign.
func (m *machine) rotate(in *asm.Ins, n, sign int) {
	by, v := sign*int(in.Args()[0].Val), m.int(in, 1, n)
	if n == 4 {
		v = uint64(bits.RotateLeft32(uint32(v), by))
	} else {
		v = bits.RotateLeft64(v, by)
	}
	m.setInt(in, 1, n, v)
	m.flags.vague |= vagueCarry | vagueOverflow
}

func (m *machine) count(in *asm.Ins, n int) int { return int(m.int(in, 0, 8)) & (8*n - 1) }

func (m *machine) zeroHigh(in *asm.Ins, n int) {
	at, v := uint8(m.int(in, 0, 8)), m.int(in, 1, n)
	over := int(at) >= 8*n
	if !over {
		v &= 1<<at - 1
	}
	m.setInt(in, 2, n, v)
	m.flags.logic(v, n)
	m.flags.carry = over
	m.flags.vague = vagueParity
}

func (m *machine) counted(v, n int, zero bool) uint64 {
	m.flags = flags{zero: zero}
	return uint64(v)
}

func (m *machine) zeros(v, n int, of uint64) uint64 {
	m.flags.zero, m.flags.carry, m.flags.vague = v == 0, of == 0, vagueAll&^(vagueZero|vagueCarry)
	return uint64(v)
}

func (m *machine) divideSigned(in *asm.Ins, n int) {
	a, b := extend(m.int(in, 1, n), n), extend(m.int(in, 0, n), n)
	if extend(m.int(in, 2, n), n) != a>>63 {
		m.fault("%w: the dividend is wider than the register", ErrDivide)
		return
	}
	if b == 0 || b == -1 && uint64(a) == ^uint64(0)<<(8*n-1) {
		m.fault("%w: %d / %d", ErrDivide, a, b)
		return
	}
	m.setInt(in, 1, n, uint64(a/b))
	m.setInt(in, 2, n, uint64(a%b))
	m.flags.vague = vagueAll
}

func (m *machine) divide(in *asm.Ins, n int) {
	a, hi, b := m.int(in, 1, n), m.int(in, 2, n), m.int(in, 0, n)
	if hi >= b {
		m.fault("%w: %d:%d / %d", ErrDivide, hi, a, b)
		return
	}
	if n == 4 {
		a, hi = hi<<32|a, 0
	}
	q, r := bits.Div64(hi, a, b)
	m.setInt(in, 1, n, q)
	m.setInt(in, 2, n, r)
	m.flags.vague = vagueAll
}

// ifHolds runs what is to be done on the condition that the name ends in.
func ifHolds(name string, yes func(m *machine, in *asm.Ins, holds bool)) semantics {
	c := conditions[name[len(name)-2:]]
	return func(m *machine, in *asm.Ins) {
		if m.flags.vague&c.reads != 0 {
			m.fault("%w", ErrFlag)
		}
		yes(m, in, c.holds(&m.flags))
	}
}

// scalarOps adds the general purpose instructions.
func scalarOps(t map[string]semantics) {
	for name, f := range gpOps {
		t[name+"Q"] = func(m *machine, in *asm.Ins) { f(m, in, 8) }
		t[name+"L"] = func(m *machine, in *asm.Ins) { f(m, in, 4) }
	}
	for suffix, n := range map[string]int{"B": 1, "W": 2, "L": 4, "Q": 8} {
		t["MOV"+suffix] = func(m *machine, in *asm.Ins) {
			m.setInt(in, 1, n, m.int(in, 0, n))
			if a := in.Args(); n >= 4 && a[0].Kind == asm.KindImm && a[0].Val == 0 && a[1].Kind == asm.KindReg {
				m.flags.vague = vagueAll // Go's assembler writes XORL
			}
		}
	}
	t["CMPB"] = func(m *machine, in *asm.Ins) { gpOps["CMP"](m, in, 1) }
	t["TESTB"] = func(m *machine, in *asm.Ins) { gpOps["TEST"](m, in, 1) }
	for from, n := range map[string]int{"B": 1, "W": 2, "L": 4} {
		for to, size := range map[string]int{"L": 4, "Q": 8} {
			t["MOV"+from+to+"ZX"] = func(m *machine, in *asm.Ins) { m.setInt(in, 1, size, m.int(in, 0, n)) }
			t["MOV"+from+to+"SX"] = func(m *machine, in *asm.Ins) { m.setInt(in, 1, size, uint64(extend(m.int(in, 0, n), n))) }
		}
	}
	t["LEAQ"] = func(m *machine, in *asm.Ins) { m.setInt(in, 1, 8, m.address(&in.Args()[0])) }
	t["CQO"] = func(m *machine, in *asm.Ins) { m.setInt(in, 1, 8, uint64(int64(m.int(in, 0, 8))>>63)) }
	for cond := range conditions {
		for suffix, n := range map[string]int{"L": 4, "Q": 8} {
			t["CMOV"+suffix+cond] = ifHolds(cond, func(m *machine, in *asm.Ins, holds bool) {
				v := m.int(in, 0, n) // a load is made whether it holds or not
				if !holds {
					v = m.int(in, 1, n)
				}
				m.setInt(in, 1, n, v)
			})
		}
		t["SET"+cond] = ifHolds(cond, func(m *machine, in *asm.Ins, holds bool) {
			v := uint64(0)
			if holds {
				v = 1
			}
			if a := &in.Args()[0]; a.Kind == asm.KindReg {
				r := &m.gp[a.Reg.Number()]
				*r = *r&^0xff | v
			} else {
				m.store(m.address(a), 1, v)
			}
		})
		t["J"+cond] = ifHolds(cond, func(m *machine, in *asm.Ins, holds bool) {
			if holds {
				m.pc = m.at[in.Args()[0].Val]
			}
		})
	}
	t["JMP"] = func(m *machine, in *asm.Ins) { m.pc = m.at[in.Args()[0].Val] }
	t["RET"] = func(m *machine, in *asm.Ins) {
		if m.dirty && m.phys {
			m.fault("%w", ErrUpper)
		}
		m.done = true
	}
	t["VZEROUPPER"] = func(m *machine, in *asm.Ins) {
		m.dirty = false
		if !m.phys { // there is no telling which of the virtual registers they are
			return
		}
		for i := range m.vec[:16] {
			clear(m.vec[i][16:])
		}
	}
	for _, name := range strings.Fields("SFENCE PREFETCHT0 PREFETCHT1 PREFETCHT2 PREFETCHNTA") {
		t[name] = func(*machine, *asm.Ins) {}
	}
}
