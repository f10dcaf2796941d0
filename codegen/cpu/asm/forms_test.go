package asm

import (
	"fmt"
	"testing"
)

// formSamples gives instructions that use form f of op in its widths, with low and high registers, memory, masks and suffixes.
func formSamples(isa ISA, op *Op, f *Form) (list []Ins) {
	if f.attr&onlyEVEX != 0 && isa != AVX512 {
		return nil
	}
	hasFull := false
	for _, p := range f.Places {
		hasFull = hasFull || p.Reg == Full || p.Index == Full
	}
	for w := X; w <= isa.Width(); w++ {
		if hasFull && f.widths>>w&1 == 0 {
			continue
		}
		for variant := range 6 {
			for _, suffix := range []Suffix{0, SuffixZ, SuffixBcst, SuffixBcst | SuffixZ} {
				for _, mask := range []bool{false, true} {
					in := Ins{Op: op, Suffix: suffix}
					for i := range f.Places {
						if mask && i == len(f.Places)-1 {
							in.args[in.n] = Operand{Kind: KindReg, Reg: Physical(Mask, 0, 1+variant)}
							in.n++
						}
						in.args[in.n] = samplePlace(isa, f, i, w, variant)
						in.n++
					}
					if got, ok := f.fits(isa, in.Args(), suffix); ok {
						in.Form, in.Width = f, got
						in.setRoles()
						list = append(list, in)
					}
				}
			}
		}
		if !hasFull {
			break
		}
	}
	return list
}

// samplePlace gives an operand for place i: registers in variants 0, 2 and 4, memory in 1, 3 and 5 where it may stand, high registers in 4 and 5.
func samplePlace(isa ISA, f *Form, i int, w Width, variant int) Operand {
	p := &f.Places[i]
	reg := func(c Class, w Width) Operand {
		n := []int{0, 3, 7, 9, 11, 14}[(variant+2*i)%6]
		switch {
		case c == Mask:
			n = 1 + (variant+i)%7
		case c == Vec && isa == AVX512 && f.attr&onlyVEX == 0 && variant >= 4:
			n += 16
		}
		if p.Pin != 0 {
			n = p.Pin.Number()
		}
		return Operand{Kind: KindReg, Reg: Physical(c, w, n)}
	}
	part := func(which Part) Operand {
		switch which {
		case GPReg:
			return reg(GP, 0)
		case MaskReg:
			return reg(Mask, 0)
		case Half:
			return reg(Vec, w.half())
		case Quarter, Eighth, XReg:
			return reg(Vec, X)
		case YReg:
			return reg(Vec, Y)
		case ZReg:
			return reg(Vec, Z)
		}
		return reg(Vec, w)
	}
	switch {
	case p.Imm == 64:
		return Operand{Kind: KindImm, Val: []int64{0, 1, -1, 1 << 31, -1 << 63, 0x123456789abcdef}[variant]}
	case p.Imm == 32:
		return Operand{Kind: KindImm, Val: []int64{0, 1, -1, 127, 128, -1 << 31}[variant]}
	case p.Imm != 0:
		return Operand{Kind: KindImm, Val: []int64{0, 1, 4, 31, 7, 17}[variant]}
	case p.Label:
		return Operand{Kind: KindLabel}
	case p.Mem && (variant%2 == 1 || p.Reg == NoReg || p.Index != 0):
		m := Operand{Kind: KindMem, Reg: Physical(GP, 0, []int{0, 3, 6, 7, 12, 13}[variant])}
		m.Val = []int64{0, 8, -64, 256, 4096, 1 << 20}[variant]
		if p.Index != 0 {
			m.Index, m.Scale = part(p.Index).Reg, uint8(1)<<(variant%4)
		} else if variant >= 2 {
			m.Index, m.Scale = Physical(GP, 0, []int{1, 2, 8, 9, 13, 15}[variant]), uint8(1)<<(variant%4)
		}
		return m
	}
	return part(p.Reg)
}

func needsZ(f *Form) bool {
	return len(f.Places) > 1 && (f.Places[0].Reg == ZReg || f.Places[1].Reg == ZReg)
}

func TestFormsAgainstGo(t *testing.T) {
	for _, isa := range []ISA{AVX2, AVX512} {
		var codes []*Code
		count := 0
		for i, op := range Ops() {
			c := &Code{Name: fmt.Sprintf("f%d", i), ISA: isa, labels: []string{"here0"}, notes: []string{""}, List: []Ins{{}}}
			for k, f := range op.Forms {
				samples := formSamples(isa, op, f)
				if len(samples) == 0 && (isa == AVX512 || f.attr&onlyEVEX == 0 && !needsZ(f)) {
					t.Errorf("%s: form %d of %s has no samples", isa, k, op.Name)
				}
				c.List = append(c.List, samples...)
			}
			if len(c.List) > 1 {
				codes = append(codes, c)
				count += len(c.List) - 1
			}
		}
		HoldText(t, codes...)
		t.Logf("%s: %d mnemonics, %d instructions", isa, len(codes), count)
	}
}
