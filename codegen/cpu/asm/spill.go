package asm

// spill rewrites the list for the registers that the scan found no place for. A fixed register is loaded again from where it came, any
// other lives in a slot of the call's memory; either stands as a memory operand where the instruction takes one, and otherwise goes
// through a register that lives for that one instruction.
//
// What these are found by, the call's memory and the bases of fixed registers, keeps its register for now: the next scan counts how often it
// is wanted.
func (c *compiler) spill() {
	c.bases = cleared(c.bases, len(c.regs))
	for _, r := range c.scan.spilled {
		if info := &c.regs[r]; info.fixed {
			c.bases[c.f.entry[info.def].args[0].Reg.Number()] = true
		} else {
			c.bases[c.f.scratch.Number()] = true
		}
	}
	for _, r := range c.scan.spilled {
		if c.bases[r] {
			continue
		}
		c.regs[r].slot = !c.regs[r].fixed
		c.regs[r].again = c.regs[r].fixed
	}
	old := c.list
	c.list, c.old = c.old[:0], old
	for i := range old {
		in := &old[i]
		switch {
		case in.Op == nil || !c.touchesMemory(in):
			c.list = append(c.list, *in)
		case in.pure && c.regs[in.args[1].Reg.Number()].again: // its register is gone
		default:
			c.throughMemory(*in)
		}
	}
}

// inMemory says whether r has no register of its own any more.
func (c *compiler) inMemory(r Reg) bool {
	return r != 0 && (c.regs[r.Number()].slot || c.regs[r.Number()].again)
}

func (c *compiler) touchesMemory(in *Ins) bool {
	for i := range in.Args() {
		a := &in.args[i]
		if a.Reg != 0 && c.inMemory(a.Reg) || a.Index != 0 && c.inMemory(a.Index) {
			return true
		}
	}
	return false
}

// stand is a register that stands for one in memory during one instruction.
type stand struct {
	of, reg Reg
	role    Role
}

// throughMemory adds in to the list with what it needs before and after.
func (c *compiler) throughMemory(in Ins) {
	c.fold(&in)
	var stands [5]stand
	n := 0
	replace := func(r *Reg, role Role) {
		if *r == 0 || !c.inMemory(*r) {
			return
		}
		k := 0
		for k < n && stands[k].of.Number() != r.Number() {
			k++
		}
		if k == n {
			stands[n] = stand{of: *r, reg: c.temp(*r)}
			n++
		}
		stands[k].role |= role
		*r = stands[k].reg.As(r.Width())
	}
	for i := range in.Args() {
		a := &in.args[i]
		if a.Kind == KindReg {
			replace(&a.Reg, in.role(i))
		} else {
			replace(&a.Reg, Read)
			replace(&a.Index, Read)
		}
	}
	for _, s := range stands[:n] {
		if s.role&Read != 0 {
			c.move(s, true)
		}
	}
	c.list = append(c.list, in)
	for _, s := range stands[:n] {
		if s.role&Write != 0 {
			c.move(s, false)
		}
	}
}

// temp gives a register like r that the scan will not spill.
func (c *compiler) temp(r Reg) Reg {
	info := c.regs[r.Number()]
	c.regs = append(c.regs, regInfo{class: info.class, width: info.width, allowed: info.allowed, temp: true})
	return makeReg(info.class, info.width, len(c.regs)-1)
}

// moves are the instructions between registers and memory, which leave the flags alone.
var moves = [...]string{GP: "MOVQ", Vec: "VMOVUPS", Mask: "KMOVQ"}

// move loads a register's value into its stand, or stores it.
func (c *compiler) move(s stand, load bool) {
	r := int32(s.of.Number())
	reg := Operand{Kind: KindReg, Reg: s.reg}
	mem := c.memory(s.of)
	in := Ins{Op: ops().by[moves[s.reg.Class()]], n: 2, kept: r}
	if load {
		in.args = [maxArgs]Operand{mem, reg}
		in.pure = c.regs[r].again
		in.note = noteReload
	} else {
		in.args = [maxArgs]Operand{reg, mem}
		in.note = noteSpill
	}
	in.match(c.f.ISA)
	if c.touchesMemory(&in) { // what the address is made of is in memory too
		c.throughMemory(in)
		return
	}
	c.list = append(c.list, in)
}

// memory gives the operand that holds r's value.
func (c *compiler) memory(r Reg) Operand {
	info := &c.regs[r.Number()]
	if info.again {
		return c.f.entry[info.def].args[0]
	}
	return Operand{Kind: kindSlot, Reg: c.f.scratch, Val: int64(r.Number())}
}

// bytes is the size of the register as it is kept in memory.
func (i *regInfo) bytes() int {
	if i.class == Vec {
		return i.width.Bytes()
	}
	return 8
}

// fold puts memory in the place of one register, where the table allows it and it means the same.
func (c *compiler) fold(in *Ins) {
	if in.mem() >= 0 || in.Form.attr&noFold != 0 {
		return
	}
	for i := range in.Args() {
		a := in.args[i]
		if a.Kind != KindReg || !c.inMemory(a.Reg) || in.named(a.Reg) != 1 {
			continue
		}
		try := *in
		try.args[i] = c.memory(a.Reg)
		if try.match(c.f.ISA) && c.sameMeaning(in, &try, i, &c.regs[a.Reg.Number()]) {
			*in = try
			return
		}
	}
}

// named counts the operands that are register r.
func (in *Ins) named(r Reg) (n int) {
	for i := range in.Args() {
		if in.args[i].Kind == KindReg && in.args[i].Reg.Number() == r.Number() {
			n++
		}
	}
	return n
}

// sameMeaning compares in, whose operand i was a register, with try, whose operand i is memory that holds the register's value: what
// is read must be there, and what is written must be the whole of it.
func (c *compiler) sameMeaning(in, try *Ins, i int, info *regInfo) bool {
	role := in.role(i)
	if role != try.role(i) {
		return false
	}
	if try.args[i].Kind == KindImm {
		return role == Read
	}
	p := try.Place(i)
	if p == nil || p.Address {
		return false
	}
	size := p.MemBytes(try.Width)
	if role&Write != 0 {
		return size == info.bytes() && !in.Masked()
	}
	return size <= info.bytes()
}
