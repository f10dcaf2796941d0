package asm

import "fmt"

// Ins is one instruction of a list; with a nil Op it is the place of Label.
type Ins struct {
	Op     *Op
	Form   *Form
	Suffix Suffix
	Width  Width // what Full means here; 0 in an instruction without such an operand
	Label  Label // when Op is nil

	args   [maxArgs]Operand
	n      uint8  // operands
	pure   bool   // does nothing but set its destination to a value that is there during the whole call
	elided bool   // a move of a register to itself
	rare   bool   // seldom run, for the loops that it is in
	roles  uint16 // two bits an operand
	note   int32  // index in the function's notes
	origin int32  // in allocated code: 1 + the index in the source list; 0: made by the allocator, for register kept
	kept   int32
}

// maxArgs is the most operands that an instruction has: an immediate, two sources, a write mask, a destination.
const maxArgs = 5

// Args gives the operands: sources, the write mask if there is one, the destination.
func (in *Ins) Args() []Operand { return in.args[:in.n] }

// Masked says whether the instruction has a write mask: its last operand but one.
func (in *Ins) Masked() bool { return int(in.n) > len(in.Form.Places) }

// Place gives the table's description of operand i; nil for a write mask.
func (in *Ins) Place(i int) *Place {
	if n := len(in.Form.Places); int(in.n) > n {
		switch i {
		case n - 1:
			return nil
		case n:
			return &in.Form.Places[n-1]
		}
	}
	return &in.Form.Places[i]
}

// role says what happens to register operand i, or to the memory of memory operand i.
func (in *Ins) role(i int) Role { return Role(in.roles >> (2 * i) & 3) }

// Idiom says whether the instruction gives a constant because its sources are one register.
func (in *Ins) Idiom() bool {
	return in.Form.attr&idiom != 0 && !in.Masked() && in.args[0].Kind == KindReg && in.args[0] == in.args[1]
}

// mem gives the index of the memory operand, -1 if there is none.
func (in *Ins) mem() int {
	for i := range in.Args() {
		if in.args[i].isMem() {
			return i
		}
	}
	return -1
}

// match finds the form that the operands fit and notes the width and the roles.
func (in *Ins) match(isa ISA) bool {
	for _, f := range in.Op.Forms {
		if f.attr&onlyEVEX != 0 && isa != AVX512 {
			continue
		}
		w, ok := f.fits(isa, in.Args(), in.Suffix)
		if !ok {
			continue
		}
		in.Form, in.Width = f, w
		in.setRoles()
		return true
	}
	return false
}

func (in *Ins) setRoles() {
	in.roles = 0
	for i := range in.Args() {
		r := Read
		if p := in.Place(i); p != nil {
			r = p.Role
			if r == Write && in.Masked() && in.Suffix&SuffixZ == 0 && in.args[i].Kind == KindReg && p.Reg != MaskReg {
				r |= Read // elements that are masked off stay
			}
		}
		in.roles |= uint16(r) << (2 * i)
	}
	if in.Idiom() {
		in.roles = uint16(Write) << (2 * (int(in.n) - 1))
	}
}

// fits tries the operands on the form and gives the vector width.
func (f *Form) fits(isa ISA, args []Operand, suffix Suffix) (w Width, ok bool) {
	n := len(f.Places)
	withMask := len(args) == n+1 && n > 0
	if withMask {
		k := &args[n-1]
		if f.attr&masked == 0 || k.Kind != KindReg || k.Reg.Class() != Mask {
			return 0, false
		}
	} else if len(args) != n {
		return 0, false
	}
	if suffix&SuffixZ != 0 && (!(withMask || f.blends()) || args[len(args)-1].Kind != KindReg || f.Places[n-1].Reg == MaskReg) {
		return 0, false
	}
	last := n - 1
	for i := range f.Places {
		p, a := &f.Places[i], &args[i]
		if i == last && withMask {
			a = &args[n]
		}
		if p.Reg == Full && a.Kind == KindReg {
			w = a.Reg.Width()
			break
		}
		if p.Index == Full && a.Kind == KindMem {
			w = a.Index.Width()
			break
		}
	}
	if w != 0 && f.widths>>w&1 == 0 || w > isa.Width() {
		return 0, false
	}
	bcstOK := suffix&SuffixBcst == 0
	for i := range f.Places {
		p, a := &f.Places[i], &args[i]
		if i == last && withMask {
			a = &args[n]
		}
		if !p.takes(a, w) {
			return 0, false
		}
		if a.Kind == KindMem && f.attr&bcst != 0 && suffix&SuffixBcst != 0 && isa == AVX512 {
			bcstOK = true
		}
	}
	return w, bcstOK
}

// blends says whether the form's mask is an ordinary operand and .Z may go with it.
func (f *Form) blends() bool {
	n := len(f.Places)
	return n == 4 && f.Places[2].Reg == MaskReg && f.attr&onlyEVEX != 0
}

// takes says whether operand a may stand at p when the vector width is w.
func (p *Place) takes(a *Operand, w Width) bool {
	switch a.Kind {
	case KindReg:
		return p.takesReg(a.Reg, w)
	case KindImm:
		switch p.Imm {
		case 64:
			return true
		case 32:
			return int64(int32(a.Val)) == a.Val
		case 16:
			return a.Val >= -1<<15 && a.Val < 1<<16
		case 8:
			return a.Val >= -1<<7 && a.Val < 1<<8
		}
		return false
	case KindLabel:
		return p.Label
	}
	if !p.Mem {
		return false
	}
	if a.Kind != KindMem {
		return p.Index == 0
	}
	if a.Reg.Class() != GP {
		return false
	}
	if p.Index != 0 {
		return validScale(a.Scale) && (&Place{Reg: p.Index}).takesReg(a.Index, w)
	}
	return a.Index == 0 || a.Index.Class() == GP && a.Index != sp && validScale(a.Scale)
}

func validScale(s uint8) bool { return s == 1 || s == 2 || s == 4 || s == 8 }

func (p *Place) takesReg(r Reg, w Width) bool {
	switch p.Reg {
	case GPReg:
		return r.Class() == GP
	case MaskReg:
		return r.Class() == Mask
	case NoReg:
		return false
	case Full:
	case Half:
		w = w.half()
	case Quarter, Eighth, XReg:
		w = X
	case YReg:
		w = Y
	case ZReg:
		w = Z
	}
	return r.Class() == Vec && r.Width() == w
}

// append writes the instruction as Go's assembler reads it, without a line end; labels may be nil in messages.
func (in *Ins) append(b []byte, labels []string) []byte {
	b = append(append(b, in.Op.Name...), in.Suffix.String()...)
	sep := " "
	for i := range in.Args() {
		if in.Form != nil && i < len(in.Form.Places) && in.Form.Places[i].Pin != 0 {
			continue
		}
		b = in.args[i].append(append(b, sep...), labels)
		sep = ", "
	}
	return b
}

// String is the instruction in Go's notation.
func (in *Ins) String() string {
	if in.Op == nil {
		return fmt.Sprintf("L%d:", in.Label)
	}
	return string(in.append(nil, nil))
}
