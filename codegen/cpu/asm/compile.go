package asm

import (
	"fmt"
	"slices"
	"sync"
)

// compiler is the memory of one Compile, kept for the next.
type compiler struct {
	f    *Func
	list []Ins
	old  []Ins // what list was before the last spill
	regs []regInfo
	g    graph
	live liveness
	iv   intervals
	scan scan

	bases []bool // of spill: registers that others are found by in memory
}

var compilers = sync.Pool{New: func() any { return new(compiler) }}

// Compile gives the function in physical registers, or the first mistake that was made in writing it.
func (f *Func) Compile() (*Code, error) {
	if f.err != nil {
		return nil, f.err
	}
	c := compilers.Get().(*compiler)
	defer func() {
		c.f = nil
		compilers.Put(c)
	}()
	c.f = f
	c.regs = append(c.regs[:0], f.regs...)
	source := f.Source()
	for i := range source {
		source[i].origin = int32(i + 1)
	}
	c.list = append(c.list[:0], source...)
	if err := c.allocate(); err != nil {
		return nil, fmt.Errorf("asm: %s: %w", f.Name, err)
	}
	code := &Code{Name: f.Name, ISA: f.ISA, source: f, all: source, labels: f.labels, notes: f.notes}
	code.Spill = c.slots()
	code.List = c.assign()
	if len(f.labels) > 0 {
		thread(code.List, len(f.labels))
	}
	return code, nil
}

// allocate scans and spills until all registers have places.
func (c *compiler) allocate() error {
	for first := true; ; first = false {
		if err := c.g.build(c.list, c.f.labels); err != nil {
			return err
		}
		c.live.solve(&c.g, c.list, len(c.regs))
		if first {
			if err := c.undefined(); err != nil {
				return err
			}
		}
		c.iv.build(&c.g, &c.live, c.list, c.regs)
		if err := c.scan.run(&c.iv, c.regs, len(c.list)); err != nil {
			return err
		}
		if len(c.scan.spilled) == 0 {
			return nil
		}
		c.spill()
	}
}

// undefined finds a register that may be read before it is written.
func (c *compiler) undefined() error {
	if len(c.g.blocks) == 0 {
		return fmt.Errorf("no code")
	}
	var t touched
	in := c.live.row(c.live.in, 0)
	for i := range c.list {
		if c.list[i].Op == nil {
			continue
		}
		t.of(&c.list[i])
		for _, r := range t.uses[:t.nuses] {
			if in.has(r) {
				return fmt.Errorf("%s: register %d may be read before it is written", c.list[i].String(), r)
			}
		}
	}
	return nil
}

// slots lays out the spilled registers, those that are never live at once in one place, and gives the bytes that they take.
func (c *compiler) slots() int {
	var spilled []int32
	for r := range c.regs {
		if c.regs[r].slot && c.iv.first[r] >= 0 {
			spilled = append(spilled, int32(r))
		}
	}
	start := func(r int32) int32 { return c.iv.spans[c.iv.first[r]].from }
	slices.SortFunc(spilled, func(a, b int32) int {
		if d := c.regs[b].bytes() - c.regs[a].bytes(); d != 0 { // the largest first, so that all are aligned
			return d
		}
		return int(start(a) - start(b))
	})
	total, size := 0, 0
	var ends []int32 // of the slots of this size, the position where their last register ends
	base := 0
	for _, r := range spilled {
		if b := c.regs[r].bytes(); b != size {
			base, size, ends = total, b, ends[:0]
		}
		k := slices.IndexFunc(ends, func(end int32) bool { return end <= start(r) })
		if k < 0 {
			k = len(ends)
			ends = append(ends, 0)
			total += size
		}
		ends[k] = c.iv.end[r]
		c.regs[r].offset = base + k*size
	}
	return (total + 63) &^ 63
}

// assign writes the physical registers and slots into the list and leaves out what has become nothing.
func (c *compiler) assign() []Ins {
	out := make([]Ins, 0, len(c.list))
	for i := range c.list {
		in := c.list[i]
		if in.Op == nil {
			out = append(out, in)
			continue
		}
		if c.iv.dead[i] {
			continue
		}
		virtual := in.args
		for k := range in.Args() {
			c.assignOperand(&in.args[k])
		}
		if in.Idiom() { // what it reads does not matter: it must not be another register, which would be waited for
			last := in.args[int(in.n)-1].Reg
			for k := range in.n - 1 {
				in.args[k].Reg = last
			}
		}
		if in.isCopy() {
			in.elided = in.args[0].Reg == in.args[1].Reg && in.args[1].Reg.Width() >= c.regs[virtual[1].Reg.Number()].width
		}
		out = append(out, in)
	}
	return out
}

func (c *compiler) assignOperand(a *Operand) {
	if a.Kind == kindSlot {
		a.Val = int64(c.f.frame.Spill + c.regs[a.Val].offset)
		a.Kind = KindMem
	}
	a.Reg = c.physical(a.Reg)
	a.Index = c.physical(a.Index)
}

func (c *compiler) physical(r Reg) Reg {
	if r == 0 {
		return 0
	}
	return Physical(r.Class(), r.Width(), max(0, int(c.scan.home[r.Number()])))
}
