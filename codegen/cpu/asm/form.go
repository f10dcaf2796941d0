package asm

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Role says what an instruction does with an operand.
type Role uint8

// The roles. A read-write operand is Read|Write.
const (
	Read Role = 1 << iota
	Write
)

// Part is the register that an operand may be, relative to the instruction's vector width.
type Part uint8

// The parts.
const (
	NoReg   Part = iota
	GPReg        // r
	MaskReg      // k
	Full         // v: the instruction's width
	Half         // h: its half, xmm at least
	Quarter      // q
	Eighth       // e
	XReg         // x: xmm whatever the width
	YReg         // y
	ZReg         // z
)

// Place describes one operand of a form.
type Place struct {
	Role    Role
	Reg     Part
	Mem     bool // memory may stand here
	Address bool // the memory is named and not touched (LEAQ, prefetch)
	bytes   int  // bytes of the memory operand where it is not the part's
	Index   Part // of a gather's or scatter's vector index; NoReg: an ordinary address
	Imm     int  // bits of an immediate
	Label   bool
	Pin     Reg // an implied register, passed by the caller as an operand and not written in the text
}

// MemBytes is the size of the memory operand when the instruction's vector width is w.
func (p *Place) MemBytes(w Width) int {
	if p.bytes != 0 {
		return p.bytes
	}
	switch p.Reg {
	case Half:
		return w.Bytes() / 2
	case Quarter:
		return w.Bytes() / 4
	case Eighth:
		return w.Bytes() / 8
	case XReg:
		return X.Bytes()
	case YReg:
		return Y.Bytes()
	case ZReg:
		return Z.Bytes()
	}
	return w.Bytes()
}

// attr are properties of a row of the table.
type attr uint16

const (
	onlyVEX  attr = 1 << iota // registers 0-15, at most ymm
	onlyEVEX                  // needs AVX-512
	masked                    // takes a K register before the destination
	bcst                      // its memory operand may be one element broadcast
	setsFlags
	usesFlags
	idiom  // equal sources give a constant: they are not read
	copies // from register to register: a copy
	noFold // memory in place of a register means something else
)

// Form is one operand list of an Op.
type Form struct {
	Places []Place
	Elem   int // bytes of an element of the destination, by which masks go
	Source int // bytes of an element of the source, which .BCST broadcasts
	attr   attr
	widths uint8 // bit Width: widths that Full may have
}

// Masked says whether the form takes a write mask besides its Places.
func (f *Form) Masked() bool { return f.attr&masked != 0 }

// NeedsAVX512 says whether the form exists in AVX-512 only.
func (f *Form) NeedsAVX512() bool { return f.attr&onlyEVEX != 0 }

// Op is an instruction by its name in Go's assembler.
type Op struct {
	Name  string
	Forms []*Form
	code  int16 // obj.As, see encode.go
	jump  jumpKind
}

type jumpKind uint8

const (
	noJump jumpKind = iota
	condJump
	jump
	ret
)

// IsJump says whether the op goes to a label.
func (o *Op) IsJump() bool { return o.jump == condJump || o.jump == jump }

// SetsFlags says whether the op writes the arithmetic flags.
func (o *Op) SetsFlags() bool { return o.Forms[0].attr&setsFlags != 0 }

// UsesFlags says whether the op reads the arithmetic flags.
func (o *Op) UsesFlags() bool { return o.Forms[0].attr&usesFlags != 0 }

// Ops lists every instruction of the table in its order.
func Ops() []*Op { return ops().list }

type opTable struct {
	list []*Op
	by   map[string]*Op
}

// ops reads the table. It is the program's own text: a mistake in it is found by any test.
var ops = sync.OnceValue(func() *opTable {
	t := &opTable{by: make(map[string]*Op, 1024)}
	for _, line := range strings.Split(table, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		cols := strings.Split(line, ":")
		forms := parseForms(cols[1:])
		for _, pattern := range strings.Fields(cols[0]) {
			for _, name := range braces(pattern) {
				op := t.by[name]
				if op == nil {
					op = &Op{Name: name, code: encoderCode(name)}
					t.by[name] = op
					t.list = append(t.list, op)
				}
				op.Forms = append(op.Forms, forms...)
				switch {
				case name == "RET":
					op.jump = ret
				case name == "JMP":
					op.jump = jump
				case forms[0].Places != nil && forms[0].Places[0].Label:
					op.jump = condJump
				}
			}
		}
	}
	return t
})

// braces expands A{B,C}D to ABD and ACD.
func braces(s string) []string {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return []string{s}
	}
	end := open + strings.IndexByte(s[open:], '}')
	var all []string
	for _, mid := range strings.Split(s[open+1:end], ",") {
		all = append(all, braces(s[:open]+mid+s[end+1:])...)
	}
	return all
}

func parseForms(cols []string) []*Form {
	base := Form{widths: 1<<X | 1<<Y | 1<<Z}
	if len(cols) > 1 {
		for _, a := range strings.Fields(cols[1]) {
			base.set(a)
		}
	}
	if base.Source == 0 {
		base.Source = base.Elem
	}
	var forms []*Form
	for _, text := range strings.Split(cols[0], "|") {
		f := base
		for _, p := range strings.Fields(text) {
			f.Places = append(f.Places, parsePlace(p))
		}
		forms = append(forms, &f)
	}
	return forms
}

func (f *Form) set(a string) {
	switch a {
	case "vex":
		f.attr |= onlyVEX
		f.widths &^= 1 << Z
	case "evex":
		f.attr |= onlyEVEX
	case "k":
		f.attr |= masked
	case "b":
		f.attr |= bcst
	case "fw":
		f.attr |= setsFlags
	case "fr":
		f.attr |= usesFlags
	case "idiom":
		f.attr |= idiom
	case "copy":
		f.attr |= copies
	case "nofold":
		f.attr |= noFold
	case "yz":
		f.widths &^= 1 << X
	case "e1", "e2", "e4", "e8":
		f.Elem = int(a[1] - '0')
	case "s4", "s8":
		f.Source = int(a[1] - '0')
	default:
		panic("asm: attribute " + a)
	}
}

var parts = map[byte]Part{'r': GPReg, 'k': MaskReg, 'v': Full, 'h': Half, 'q': Quarter, 'e': Eighth, 'x': XReg, 'y': YReg, 'z': ZReg}

func parsePlace(s string) (p Place) {
	switch s[0] {
	case '=':
		p.Role = Write
		s = s[1:]
	case '+':
		p.Role = Read | Write
		s = s[1:]
	default:
		p.Role = Read
	}
	switch {
	case s == "AX":
		p.Reg, p.Pin = GPReg, AX
		return p
	case s == "DX":
		p.Reg, p.Pin = GPReg, DX
		return p
	case s == "l":
		p.Label, p.Role = true, 0
		return p
	case s == "a":
		p.Mem, p.Address, p.Role = true, true, 0
		return p
	case s[0] == 'i':
		p.Imm, p.Role = atoi(s[1:]), 0
		return p
	case s[0] == 'g':
		p.Mem, p.Index, p.Reg = true, parts[s[2]], NoReg
		return p
	case s[0] != 'm':
		p.Reg = parts[s[0]]
		s = strings.TrimPrefix(s[1:], "/")
	}
	if s != "" { // m or m64
		p.Mem = true
		if len(s) > 1 {
			p.bytes = atoi(s[1:]) / 8
		}
	}
	return p
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("asm: number %q in the table", s))
	}
	return n
}
