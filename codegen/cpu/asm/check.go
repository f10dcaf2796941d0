package asm

import (
	"fmt"
	"slices"
)

// Check proves that the allocation is right, by itself and not by what the allocator thought: it follows, along every path, which
// virtual register's value each physical register and each spill slot holds, and fails on an instruction that does not read the values
// that its source reads. (Cf. Rideau and Leroy, "Validating register allocation and spilling", CC 2010.) It is for tests and for
// looking after a bug.
func (c *Code) Check() error {
	k := &checker{code: c, index: map[place]int{}, origin: c.all, to: threads(c.List, len(c.labels))}
	for i := range c.List {
		k.gather(&c.List[i])
	}
	if err := k.g.build(c.List, c.labels); err != nil {
		return fmt.Errorf("asm: %s: %w", c.Name, err)
	}
	if err := k.order(); err != nil {
		return err
	}
	return k.run()
}

// place is somewhere that a value can be: a register, or size bytes of the spill area.
type place struct {
	reg  Reg // at no width
	slot int64
	size int
}

// String names the place in messages.
func (p place) String() string {
	if p.reg != 0 {
		return p.reg.As(Z).String()
	}
	return fmt.Sprintf("slot %d", p.slot)
}

func placeOf(r Reg) place { return place{reg: r.As(0)} }

// state is the virtual register whose value each place holds; 0: not known.
type state []int32

type checker struct {
	code   *Code
	g      graph
	places []place
	index  map[place]int
	origin []Ins
	to     []Label // where a jump to each label ends up
}

func (k *checker) number(p place) {
	if _, ok := k.index[p]; !ok {
		k.index[p] = len(k.places)
		k.places = append(k.places, p)
	}
}

// gather numbers the places that in touches.
func (k *checker) gather(in *Ins) {
	for i := range in.Args() {
		a := &in.args[i]
		if a.Reg != 0 {
			k.number(placeOf(a.Reg))
		}
		if a.Index != 0 {
			k.number(placeOf(a.Index))
		}
		if a.Kind == KindMem {
			k.number(k.slot(in, i))
		}
	}
}

// slot is the place that memory operand i of in would be if it is a slot.
func (k *checker) slot(in *Ins, i int) place {
	return place{slot: in.args[i].Val, size: k.slotBytes(in, i)}
}

// slotBytes is the size of the register that a memory operand stands for: of the source's operand there.
func (k *checker) slotBytes(in *Ins, i int) int {
	r := in.kept
	if in.origin != 0 {
		if a := &k.origin[in.origin-1].args[i]; a.Kind == KindReg {
			r = int32(a.Reg.Number())
		}
	}
	if r == 0 {
		return 0
	}
	return k.code.source.regs[r].bytes()
}

// order sees that nothing but loads on entry and moves to itself are missing, and that the flow is the source's.
func (k *checker) order() error {
	last := int32(0)
	for i := range k.code.List {
		in := &k.code.List[i]
		if in.origin == 0 {
			continue
		}
		for j := last; j < in.origin-1; j++ {
			if !k.origin[j].pure {
				return fmt.Errorf("asm: %s: %s is missing", k.code.Name, k.origin[j].String())
			}
		}
		if in.origin <= last {
			return fmt.Errorf("asm: %s: %s is out of order", k.code.Name, in.String())
		}
		last = in.origin
	}
	if int(last) != len(k.origin) {
		return fmt.Errorf("asm: %s: the end is missing", k.code.Name)
	}
	return nil
}

// run finds what is known at the top of each block, then looks at each instruction.
func (k *checker) run() error {
	n := len(k.g.blocks)
	tops := make([]state, n)
	if n > 0 {
		tops[0] = make(state, len(k.places))
	}
	for changed := true; changed; {
		changed = false
		for b := range k.g.blocks {
			if tops[b] == nil {
				continue
			}
			s, _ := k.block(b, tops[b])
			for _, next := range k.g.blocks[b].next {
				if next < 0 {
					continue
				}
				if tops[next] == nil {
					tops[next] = slices.Clone(s)
					changed = true
					continue
				}
				for i, v := range s {
					if tops[next][i] != v && tops[next][i] != 0 {
						tops[next][i] = 0
						changed = true
					}
				}
			}
		}
	}
	for b := range k.g.blocks {
		if tops[b] == nil {
			continue
		}
		if _, err := k.block(b, tops[b]); err != nil {
			return fmt.Errorf("asm: %s: %w", k.code.Name, err)
		}
	}
	return nil
}

// block follows the instructions of block b from what is known at its top, and gives what is known at its end and the first mistake.
func (k *checker) block(b int, top state) (s state, first error) {
	s = slices.Clone(top)
	for i := k.g.blocks[b].first; i < k.g.blocks[b].end; i++ {
		in := &k.code.List[i]
		if in.Op == nil {
			continue
		}
		step := k.made
		if in.origin != 0 {
			step = k.written
		}
		if err := step(s, in); err != nil && first == nil {
			first = fmt.Errorf("instruction %d, %s: %w", i, in.String(), err)
		}
	}
	return s, first
}

// holds fails if place p does not hold register want.
func (k *checker) holds(s state, p place, want Reg) error {
	var got int32
	if i, ok := k.index[p]; ok {
		got = s[i]
	}
	if got != int32(want.Number()) {
		return fmt.Errorf("%v holds register %d, want %d", p, got, want.Number())
	}
	return nil
}

// put says that p now holds r too.
func (k *checker) put(s state, p place, r int32) {
	if p.reg == 0 {
		for i := range s {
			if q := &k.places[i]; q.reg == 0 && q.slot < p.slot+int64(p.size) && p.slot < q.slot+int64(q.size) {
				s[i] = 0
			}
		}
	}
	s[k.index[p]] = r
}

// define says that p holds a new value of r, and nothing else does.
func (k *checker) define(s state, p place, r int32) {
	for i := range s {
		if s[i] == r {
			s[i] = 0
		}
	}
	k.put(s, p, r)
}

// written looks at an instruction of the source.
func (k *checker) written(s state, in *Ins) error {
	src := &k.origin[in.origin-1]
	if src.Op != in.Op || src.Suffix != in.Suffix || int(src.n) != int(in.n) {
		return fmt.Errorf("stands for %s", src.String())
	}
	if !src.Idiom() {
		for i := range src.Args() {
			if err := k.operand(s, src, in, i); err != nil {
				return err
			}
		}
	}
	for i := range src.Args() {
		if src.args[i].Kind != KindReg || src.role(i)&Write == 0 {
			continue
		}
		p := placeOf(in.args[i].Reg)
		if in.args[i].Kind == KindMem {
			p = k.slot(in, i)
		}
		k.define(s, p, int32(src.args[i].Reg.Number()))
	}
	return nil
}

// operand compares operand i with the source's.
func (k *checker) operand(s state, src, in *Ins, i int) error {
	want, got := &src.args[i], &in.args[i]
	if want.Kind == KindLabel {
		if got.Kind != KindLabel || got.Val != int64(k.to[want.Val]) {
			return fmt.Errorf("goes elsewhere than %s", src.String())
		}
		return nil
	}
	if want.Kind != KindReg {
		if got.Kind != want.Kind || got.Val != want.Val || got.Scale != want.Scale {
			return fmt.Errorf("operand %d: want %v", i, *want)
		}
		for _, pair := range [2][2]Reg{{want.Reg, got.Reg}, {want.Index, got.Index}} {
			if pair[0] == 0 && pair[1] == 0 {
				continue
			}
			if pair[0].Width() != pair[1].Width() {
				return fmt.Errorf("operand %d: want width of %v", i, pair[0])
			}
			if err := k.holds(s, placeOf(pair[1]), pair[0]); err != nil {
				return err
			}
		}
		return nil
	}
	if got.Kind == KindReg {
		if got.Reg.Width() != want.Reg.Width() || got.Reg.Class() != want.Reg.Class() ||
			k.code.source.regs[want.Reg.Number()].allowed>>got.Reg.Number()&1 == 0 {
			return fmt.Errorf("operand %d: %v may not stand for %v", i, got.Reg, want.Reg)
		}
		if src.role(i)&Read == 0 {
			return nil
		}
		return k.holds(s, placeOf(got.Reg), want.Reg)
	}
	if src.role(i)&Write != 0 {
		if err := k.holds(s, placeOf(got.Reg), k.code.source.scratch); err != nil || src.role(i)&Read == 0 {
			return err
		}
		return k.holds(s, k.slot(in, i), want.Reg)
	}
	return k.inMemory(s, want.Reg, got, k.slot(in, i))
}

// inMemory fails unless operand got, at p if it is a slot, gives the value of r.
func (k *checker) inMemory(s state, r Reg, got *Operand, p place) error {
	f := k.code.source
	if info := &f.regs[r.Number()]; info.fixed {
		want := &f.entry[info.def].args[0]
		if want.Kind == got.Kind && want.Val == got.Val && got.Index == 0 {
			if want.Reg == 0 {
				return nil
			}
			return k.holds(s, placeOf(got.Reg), want.Reg)
		}
	}
	if err := k.holds(s, placeOf(got.Reg), f.scratch); err != nil {
		return err
	}
	return k.holds(s, p, r)
}

// made looks at an instruction that the allocator put in: one of its moves, for register kept.
func (k *checker) made(s state, in *Ins) error {
	f := k.code.source
	info := &f.regs[in.kept]
	r := makeReg(info.class, 0, int(in.kept))
	if in.Op.Name != moves[info.class] || int(in.n) != 2 {
		return fmt.Errorf("is no move of the allocator's")
	}
	from, to := &in.args[0], &in.args[1]
	switch {
	case to.Kind == KindReg && from.Kind != KindReg:
		if to.Reg.Width() != info.width {
			return fmt.Errorf("loads less than register %d", in.kept)
		}
		if err := k.inMemory(s, r, from, k.slot(in, 0)); err != nil {
			return err
		}
		k.put(s, placeOf(to.Reg), in.kept)
	case to.Kind == KindMem && from.Kind == KindReg:
		if from.Reg.Width() != info.width {
			return fmt.Errorf("stores less than register %d", in.kept)
		}
		if err := k.holds(s, placeOf(to.Reg), f.scratch); err != nil {
			return err
		}
		if err := k.holds(s, placeOf(from.Reg), r); err != nil {
			return err
		}
		k.put(s, k.slot(in, 1), in.kept)
	default:
		return fmt.Errorf("is no move of the allocator's")
	}
	return nil
}
