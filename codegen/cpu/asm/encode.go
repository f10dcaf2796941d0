package asm

import (
	"fmt"
	"sync"

	"github.com/twitchyliquid64/golang-asm/obj"
	"github.com/twitchyliquid64/golang-asm/obj/x86"
	"github.com/twitchyliquid64/golang-asm/objabi"
)

// encoderCodes are the encoder's numbers of the mnemonics.
var encoderCodes = sync.OnceValue(func() map[string]int16 {
	m := make(map[string]int16, len(obj.Anames)+len(x86.Anames))
	for i, s := range obj.Anames {
		m[s] = int16(i)
	}
	for i, s := range x86.Anames {
		if obj.As(i) >= obj.A_ARCHSPECIFIC {
			m[s] = int16(obj.As(i) + obj.ABaseAMD64)
		}
	}
	return m
})

func encoderCode(name string) int16 {
	code, ok := encoderCodes()[name]
	if !ok {
		panic("asm: the encoder does not know " + name)
	}
	return code
}

// encoderSuffix are the encoder's numbers of the suffixes.
var encoderSuffix = sync.OnceValue(func() (codes [4]uint8) {
	for s := SuffixZ; s <= SuffixZ|SuffixBcst; s++ {
		var p obj.Prog
		if err := x86.ParseSuffix(&p, s.String()); err != nil {
			panic(err)
		}
		codes[s] = p.Scond
	}
	return codes
})

// encoder is Go's own assembler as a library. It serves one goroutine at a time.
type encoder struct {
	link     *obj.Link
	mistakes []string
	progs    []obj.Prog
	rest     []obj.Addr
}

var encoderInit sync.Once

var encoders = sync.Pool{New: func() any {
	e := &encoder{link: &obj.Link{
		Arch:     &x86.Linkamd64,
		Headtype: objabi.Hlinux, // whatever the system: it decides nothing that this code uses
		IsAsm:    true,          // hand-written code: no padding of jumps, as in go tool asm
	}}
	e.link.DiagFunc = func(format string, args ...any) { e.mistakes = append(e.mistakes, fmt.Sprintf(format, args...)) }
	encoderInit.Do(func() { x86.Linkamd64.Init(e.link) }) // fills tables of the whole package
	return e
}}

// encode gives the list's machine code.
func encode(list []Ins, labels int) (code []byte, err error) {
	e := encoders.Get().(*encoder)
	n := 0 // progs in use
	defer func() {
		if r := recover(); r != nil { // the encoder panics on operands that it does not know; e is not used again
			code, err = nil, fmt.Errorf("the encoder: %v %v", r, e.mistakes)
			return
		}
		e.clear(n)
		encoders.Put(e)
	}()
	if cap(e.progs) < len(list) {
		e.progs = make([]obj.Prog, len(list)+len(list)/4)
	}
	e.progs = e.progs[:cap(e.progs)]
	places := make([]*obj.Prog, labels)
	for i := range list {
		in := &list[i]
		if in.elided {
			continue
		}
		p := &e.progs[n]
		p.Ctxt = e.link
		if n > 0 {
			e.progs[n-1].Link = p
		}
		n++
		if in.Op == nil {
			p.As = obj.ANOP
			places[in.Label] = p
			continue
		}
		e.fill(p, in)
	}
	for p := range e.progs[:n] {
		if to := &e.progs[p].To; to.Type == obj.TYPE_BRANCH {
			to.SetTarget(places[to.Offset])
			to.Offset = 0
		}
	}
	if n == 0 {
		return nil, nil
	}
	sym := &obj.LSym{Func: &obj.FuncInfo{Text: &e.progs[0]}}
	x86.Linkamd64.Assemble(e.link, sym, func() *obj.Prog { return &obj.Prog{Ctxt: e.link} })
	if len(e.mistakes) > 0 {
		return nil, fmt.Errorf("the encoder: %s", e.mistakes[0])
	}
	return sym.P, nil
}

// clear forgets the last function, which had n progs.
func (e *encoder) clear(n int) {
	clear(e.progs[:n])
	clear(e.rest)
	e.rest, e.mistakes = e.rest[:0], nil
	e.link.Errors = 0
}

// fill writes one instruction in the encoder's form: first operand, last operand, those between.
func (e *encoder) fill(p *obj.Prog, in *Ins) {
	p.As = obj.As(in.Op.code)
	if in.Suffix != 0 {
		p.Scond = encoderSuffix()[in.Suffix]
	}
	if in.Op.IsJump() {
		p.To.Type, p.To.Offset = obj.TYPE_BRANCH, in.args[0].Val // the label, until the place is known
		return
	}
	args := in.Args()
	for len(args) > 0 && len(in.Form.Places) == int(in.n) && in.Form.Places[len(args)-1].Pin != 0 {
		args = args[:len(args)-1]
	}
	switch n := len(args); n {
	case 0:
	case 1:
		if x86.Linkamd64.UnaryDst[p.As] {
			address(&p.To, &args[0])
		} else {
			address(&p.From, &args[0])
		}
	default:
		address(&p.From, &args[0])
		address(&p.To, &args[n-1])
		if n > 2 {
			if cap(e.rest)-len(e.rest) < n-2 {
				e.rest = make([]obj.Addr, 0, 1024)
			}
			k := len(e.rest)
			e.rest = e.rest[:k+n-2]
			p.RestArgs = e.rest[k : k+n-2 : k+n-2]
			for i := range p.RestArgs {
				address(&p.RestArgs[i], &args[i+1])
			}
		}
	}
}

func address(a *obj.Addr, o *Operand) {
	switch o.Kind {
	case KindReg:
		a.Type, a.Reg = obj.TYPE_REG, encoderReg(o.Reg)
	case KindImm:
		a.Type, a.Offset = obj.TYPE_CONST, o.Val
	case KindParam:
		a.Type, a.Reg, a.Offset = obj.TYPE_MEM, x86.REG_SP, 8 // above the return address
	default:
		a.Type, a.Reg, a.Offset = obj.TYPE_MEM, encoderReg(o.Reg), o.Val
		if o.Index != 0 {
			a.Index, a.Scale = encoderReg(o.Index), int16(o.Scale)
		}
	}
}

func encoderReg(r Reg) int16 {
	n := int16(r.Number())
	switch {
	case r.Class() == GP:
		return x86.REG_AX + n
	case r.Class() == Mask:
		return x86.REG_K0 + n
	case r.Width() == X:
		return x86.REG_X0 + n
	case r.Width() == Y:
		return x86.REG_Y0 + n
	}
	return x86.REG_Z0 + n
}
