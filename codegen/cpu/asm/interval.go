package asm

// Instruction i reads at position 2i and writes at 2i+1. A register is live over [from, to) spans of positions.
type span struct {
	from, to int32
	next     int32 // the following span of the same register; -1: none
}

// intervals are where each register is live, and what it would cost to keep it in memory.
type intervals struct {
	spans  []span
	first  []int32 // of each register; -1: it is nowhere live
	end    []int32
	weight []float32 // uses and writes, each counted by the depth of its loops
	hint   []int32   // a register that it is copied from or to; 0: none
	dead   []bool    // of each instruction: it loads what nobody wants
	live   bitset
}

// loopWeight is how often an instruction in so many loops is taken to run.
var loopWeight = [...]float32{1, 10, 100, 1000, 10000}

// rareWeight is how often a rare instruction is taken to run, of the turns of its loops.
const rareWeight = 1e-3

// build walks each block backwards.
func (v *intervals) build(g *graph, l *liveness, list []Ins, regs []regInfo) {
	n := len(regs)
	v.spans = v.spans[:0]
	v.first, v.end = resize(v.first, n), cleared(v.end, n)
	for i := range v.first {
		v.first[i] = -1
	}
	v.weight, v.hint = cleared(v.weight, n), cleared(v.hint, n)
	v.dead = cleared(v.dead, len(list))
	v.live = resize(v.live, l.words)
	var t touched
	for b := len(g.blocks) - 1; b >= 0; b-- {
		bl := &g.blocks[b]
		l.out(g, b, v.live)
		top, bottom := int32(2*bl.first), int32(2*bl.end)
		v.live.each(func(r int32) { v.extend(r, top, bottom) })
		turns := loopWeight[min(bl.depth, len(loopWeight)-1)]
		for i := bl.end - 1; i >= bl.first; i-- {
			in := &list[i]
			if in.Op == nil {
				continue
			}
			w := turns
			if in.rare {
				w *= rareWeight
			}
			t.of(in)
			if in.pure && !v.live.has(t.defs[0]) {
				v.dead[i] = true
				continue
			}
			v.step(&t, int32(2*i), top, w)
			if in.isCopy() {
				from, to := t.uses[0], t.defs[0]
				v.hint[to], v.hint[from] = from, to
			}
		}
	}
}

// step accounts for one instruction at position p in a block that begins at top.
func (v *intervals) step(t *touched, p, top int32, w float32) {
	for _, r := range t.defs[:t.ndefs] {
		v.weight[r] += w
		if v.live.has(r) {
			v.spans[v.first[r]].from = p + 1
			v.live.drop(r)
		} else {
			v.extend(r, p+1, p+2) // nobody wants it, but it is written somewhere
		}
	}
	for _, r := range t.uses[:t.nuses] {
		v.weight[r] += w
		if !v.live.has(r) {
			v.extend(r, top, p+1)
			v.live.add(r)
		}
	}
}

// extend adds [from, to), which does not begin after what is there.
func (v *intervals) extend(r, from, to int32) {
	if k := v.first[r]; k >= 0 {
		if s := &v.spans[k]; s.from <= to {
			s.from = min(s.from, from)
			s.to = max(s.to, to)
			v.end[r] = max(v.end[r], s.to)
			return
		}
	}
	v.end[r] = max(v.end[r], to)
	v.spans = append(v.spans, span{from, to, v.first[r]})
	v.first[r] = int32(len(v.spans) - 1)
}

// meet says whether the spans from a on and from b on share a position.
func (v *intervals) meet(a, b int32) bool {
	for a >= 0 && b >= 0 {
		x, y := &v.spans[a], &v.spans[b]
		switch {
		case x.to <= y.from:
			a = x.next
		case y.to <= x.from:
			b = y.next
		default:
			return true
		}
	}
	return false
}

// isCopy says whether the instruction copies one register whole into another.
func (in *Ins) isCopy() bool {
	return in.Form.attr&copies != 0 && int(in.n) == 2 && in.args[0].Kind == KindReg && in.args[1].Kind == KindReg &&
		in.args[0].Reg.Class() == in.args[1].Reg.Class()
}
