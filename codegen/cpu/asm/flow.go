package asm

import (
	"fmt"
	"math/bits"
)

// block is a run of instructions [first, end) that is entered at the top and left at the bottom.
type block struct {
	first, end int
	next       [2]int // blocks that follow; -1: none
	depth      int    // loops around it
}

// graph is a list cut into blocks.
type graph struct {
	blocks []block
	at     []int // block that each label begins; -1: not bound
}

// build cuts the list. It fails on a label that is used or bound wrongly, and on code that runs past its end.
func (g *graph) build(list []Ins, labels []string) error {
	g.blocks = g.blocks[:0]
	g.at = resize(g.at, len(labels))
	for i := range g.at {
		g.at[i] = -1
	}
	start := true
	for i := range list {
		in := &list[i]
		if in.Op == nil || start {
			if n := len(g.blocks); n == 0 || g.blocks[n-1].first != i {
				g.blocks = append(g.blocks, block{first: i, next: [2]int{-1, -1}})
			}
		}
		if in.Op == nil {
			if in.Label < 0 || int(in.Label) >= len(labels) {
				return fmt.Errorf("another function's label is bound")
			}
			if g.at[in.Label] >= 0 {
				return fmt.Errorf("label %s is bound twice", labels[in.Label])
			}
			g.at[in.Label] = len(g.blocks) - 1
		}
		start = in.Op != nil && in.Op.jump != noJump
	}
	for b := range g.blocks {
		if err := g.join(b, list, labels); err != nil {
			return err
		}
	}
	g.loops(list)
	return nil
}

// join finds the end of block b and what follows it.
func (g *graph) join(b int, list []Ins, labels []string) error {
	bl := &g.blocks[b]
	bl.end = len(list)
	if b+1 < len(g.blocks) {
		bl.end = g.blocks[b+1].first
	}
	last := &list[bl.end-1]
	kind := noJump
	if last.Op != nil {
		kind = last.Op.jump
	}
	if kind == jump || kind == condJump {
		l := last.args[0].Val
		if g.at[l] < 0 {
			return fmt.Errorf("label %s is never bound", labels[l])
		}
		bl.next[1] = g.at[l]
	}
	if kind == noJump || kind == condJump {
		if bl.end == len(list) {
			return fmt.Errorf("the code runs past its end: a function ends with Ret or a jump")
		}
		bl.next[0] = b + 1
	}
	return nil
}

// loops counts the loops around each block: a jump back from block q to p is a loop over p to q; jumps back to one place are one loop.
func (g *graph) loops(list []Ins) {
	n := len(g.blocks)
	back := make([]int, n) // the last block that jumps back to each
	for q := range g.blocks {
		if p := g.blocks[q].next[1]; p >= 0 && p <= q {
			back[p] = max(back[p], q+1)
		}
	}
	for p, q := range back {
		for b := p; b < q; b++ {
			g.blocks[b].depth++
		}
	}
}

// touched collects the virtual registers that an instruction reads and writes.
type touched struct {
	uses, defs   [14]int32
	nuses, ndefs int
}

func (t *touched) use(r Reg) {
	if r != 0 && !r.IsPhysical() {
		t.uses[t.nuses] = int32(r.Number())
		t.nuses++
	}
}

// of fills t with what in touches. A spilled register in memory counts as itself.
func (t *touched) of(in *Ins) {
	t.nuses, t.ndefs = 0, 0
	for i := range in.Args() {
		a := &in.args[i]
		number := int32(a.Reg.Number())
		switch a.Kind {
		case KindReg:
			if a.Reg.IsPhysical() {
				continue
			}
		case KindMem:
			t.use(a.Reg)
			t.use(a.Index)
			continue
		case kindSlot:
			t.use(a.Reg)
			number = int32(a.Val)
		default:
			continue
		}
		role := in.role(i)
		if role&Read != 0 {
			t.uses[t.nuses] = number
			t.nuses++
		}
		if role&Write != 0 {
			t.defs[t.ndefs] = number
			t.ndefs++
		}
	}
}

// bitset is a set of small numbers.
type bitset []uint64

func (s bitset) has(i int32) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s bitset) add(i int32)      { s[i>>6] |= 1 << (i & 63) }
func (s bitset) drop(i int32)     { s[i>>6] &^= 1 << (i & 63) }

// each calls f on the members in order.
func (s bitset) each(f func(int32)) {
	for w, m := range s {
		for ; m != 0; m &= m - 1 {
			f(int32(w<<6 + bits.TrailingZeros64(m)))
		}
	}
}

// liveness holds, for each block, the registers whose values are wanted where it begins.
type liveness struct {
	words           int
	in, reads, sets []uint64 // a row of words for each block
}

func (l *liveness) row(of []uint64, b int) bitset { return of[b*l.words : (b+1)*l.words] }

// solve finds the least sets with in = reads + (out - sets), out = the union of in over what follows.
func (l *liveness) solve(g *graph, list []Ins, regs int) {
	n := len(g.blocks)
	l.words = (regs + 63) / 64
	l.in, l.reads, l.sets = cleared(l.in, n*l.words), cleared(l.reads, n*l.words), cleared(l.sets, n*l.words)
	var t touched
	for b := range g.blocks {
		reads, sets := l.row(l.reads, b), l.row(l.sets, b)
		for i := g.blocks[b].first; i < g.blocks[b].end; i++ {
			if list[i].Op == nil {
				continue
			}
			t.of(&list[i])
			for _, v := range t.uses[:t.nuses] {
				if !sets.has(v) {
					reads.add(v)
				}
			}
			for _, v := range t.defs[:t.ndefs] {
				sets.add(v)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for b := n - 1; b >= 0; b-- {
			in, reads, sets := l.row(l.in, b), l.row(l.reads, b), l.row(l.sets, b)
			for w := range in {
				var out uint64
				for _, s := range g.blocks[b].next {
					if s >= 0 {
						out |= l.in[s*l.words+w]
					}
				}
				if v := reads[w] | out&^sets[w]; v != in[w] {
					in[w] = v
					changed = true
				}
			}
		}
	}
}

// out puts the registers wanted where block b ends into s.
func (l *liveness) out(g *graph, b int, s bitset) {
	clear(s)
	for _, next := range g.blocks[b].next {
		if next >= 0 {
			for w, v := range l.row(l.in, next) {
				s[w] |= v
			}
		}
	}
}

// resize gives a slice of n elements, s's memory where it suffices; what is in it is not defined.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

// cleared is resize with all elements zero.
func cleared[T any](s []T, n int) []T {
	s = resize(s, n)
	clear(s)
	return s
}
