package planner

// place: every buffer gets its place in one arena; lives that meet share no byte.
//
//	before  k0 writes v1, k1 reads v1 and writes v2, k2 reads v2
//	after   v1 is at 0, v2 at 4096; the arena has 8192 bytes

import (
	"cmp"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// alignment is what every buffer's offset is a multiple of: a cache line, and the widest vector.
const alignment = 64

// buffer is memory of the arena that holds a node.
type buffer struct {
	node        int
	bytes       int // rounded up to the alignment
	first, last int // the steps that it lives in
	same        int // the buffer whose place it takes over in its first step; -1: none
	taken       bool
	until       int // the last step of it and of those that take its place over
	offset      int
}

// place gives the buffers their offsets and makes the plan's steps.
func place(s *state) error {
	p := s.plan
	buffers, of := s.lives()
	s.inPlace(buffers, of)
	p.Arena = pack(buffers)
	s.buffers = buffers
	for _, r := range s.roots {
		p.Outputs = append(p.Outputs, Result{r.DType, r.Shape})
	}
	s.leaves()
	leaf := make(map[*expr.Node]int, len(p.Leaves))
	for i, n := range p.Leaves {
		leaf[n] = i
	}
	for i := range s.steps {
		st := &s.steps[i]
		refs := make([]Ref, len(st.args))
		for k, a := range st.args {
			n := s.graph.nodes[a.node]
			r := Ref{Offset: a.offset * n.DType.Size()}
			switch {
			case a.target >= 0:
				r.Space, r.Index = Output, a.target
			case !s.memory.dense[a.node]:
				r.Space, r.Index = Leaf, leaf[n]
			default:
				r.Space = Arena
				r.Offset += buffers[of[a.node]].offset
			}
			if a.moves != nil {
				r.Moves = make([]int, len(a.moves.steps))
				for i, by := range a.moves.steps {
					r.Moves[i] = by * n.DType.Size()
				}
			}
			refs[k] = r
		}
		p.Steps = append(p.Steps, Step{st.kernel, refs, st.group.within.depth})
	}
	for i, l := range s.stretches() {
		if l.to > l.from {
			p.Loops = append(p.Loops, Loop{l.from, l.to, s.looped.loops[i-1].indices})
		}
	}
	slices.SortFunc(p.Loops, func(a, b Loop) int { return cmp.Compare(a.From, b.From) })
	return nil
}

// leaves lists the leaves in the order of the graph, whether a step reads them or not: a caller binds what the graph names.
func (s *state) leaves() {
	for _, n := range s.graph.nodes {
		if n.Kind == expr.KInput || n.Kind == expr.KData {
			s.plan.Leaves = append(s.plan.Leaves, n)
		}
	}
}

// need is the bytes of the arena, the outputs and what is kept, or what computing that takes if it is more.
func (p *Plan) need() int64 {
	need := int64(p.Arena) + p.keptBytes()
	for _, o := range p.Outputs {
		need += int64(size(o.Shape)) * int64(o.DType.Size())
	}
	if p.Once != nil {
		need = max(need, p.Once.need())
	}
	return need
}

// lives finds the buffers and the steps from the first that writes one to the last that touches it; and of each node its buffer.
func (s *state) lives() (list []buffer, of []int) {
	of = make([]int, len(s.graph.nodes))
	loops := s.stretches()
	for i := range s.steps {
		for _, a := range s.steps[i].args {
			if a.target >= 0 || !s.memory.dense[a.node] {
				continue
			}
			if of[a.node] == 0 {
				n := s.graph.nodes[a.node]
				bytes := (s.elements(a.node)*n.DType.Size() + alignment - 1) / alignment * alignment
				list = append(list, buffer{node: a.node, bytes: bytes, first: i, same: -1})
				of[a.node] = len(list)
			}
			b := &list[of[a.node]-1]
			b.last = max(b.last, i)
			s.linger(b, i, a, loops)
		}
	}
	for n := range of {
		of[n]--
	}
	return list, of
}

// inPlace lets a map write where it reads: where the map is the last to touch a buffer, reads it once, and writes each element where it
// has read it. The two buffers are then one, named by the later.
func (s *state) inPlace(buffers []buffer, of []int) {
	for i := range s.steps {
		st := &s.steps[i]
		if st.kernel.Nest != codegen.NestMap {
			continue
		}
		for o := range st.args {
			b := s.bufferOf(buffers, of, st, o)
			if b == nil || !st.kernel.Params[o].Out || b.first != i || b.same >= 0 || times(st, o) > 1 {
				continue
			}
			for k := range st.args {
				a := s.bufferOf(buffers, of, st, k)
				if a == nil || a == b || a.last != i || a.taken || a.bytes != b.bytes || times(st, k) > 1 || s.steps[a.first].group.within != st.group.within || !congruent(st, o, k) || s.makers(b) > 1 {
					continue
				}
				b.same, a.taken = of[st.args[k].node], true
				break
			}
		}
	}
}

// bufferOf is the buffer that param k of a step lies in, nil if none.
func (s *state) bufferOf(buffers []buffer, of []int, st *step, k int) *buffer {
	if a := st.args[k]; a.target < 0 && s.memory.dense[a.node] {
		return &buffers[of[a.node]]
	}
	return nil
}

// times counts the params of a step that lie in the memory of param k.
func times(st *step, k int) int {
	n := 0
	for _, a := range st.args {
		if a.node == st.args[k].node {
			n++
		}
	}
	return n
}

// congruent says whether two params have their elements at the same places of their buffers, and the kernel reads each of the one where it
// writes that of the other.
func congruent(st *step, o, k int) bool {
	p, q := &st.kernel.Params[o], &st.kernel.Params[k]
	if st.args[o].offset != st.args[k].offset || st.args[o].moves != nil || st.args[k].moves != nil || p.DType.Size() != q.DType.Size() ||
		!slices.Equal(p.Dims, q.Dims) || !slices.Equal(p.Strides, q.Strides) {
		return false
	}
	for _, store := range st.kernel.Stores {
		if store.Param != o {
			continue
		}
		for i := range st.kernel.Body {
			v := &st.kernel.Body[i]
			if (v.Kind == codegen.Load || v.Kind == codegen.Gather) && v.Param == k &&
				(v.Kind == codegen.Gather || !slices.EqualFunc(v.At, store.At, codegen.Affine.Equal)) {
				return false
			}
		}
	}
	return true
}

// makers counts the steps that write a buffer.
func (s *state) makers(b *buffer) int {
	n := 0
	for i := b.first; i <= b.last; i++ {
		st := &s.steps[i]
		for k, a := range st.args {
			if a.node == b.node && a.target < 0 && st.kernel.Params[k].Out {
				n++
			}
		}
	}
	return n
}

// pack gives each buffer the place where it fits best among those whose lives meet its own, the largest first: the smallest gap that holds
// it, or the end. The bytes that they reach together come back. (Best fit by size: Pisarchyk and Lee, arXiv 2001.03288.)
func pack(buffers []buffer) int {
	// Buffers that are one live from the first's first step to the last's last.
	var list []int
	for i := len(buffers) - 1; i >= 0; i-- {
		if b := &buffers[i]; b.same >= 0 {
			a := &buffers[b.same]
			a.until = max(a.until, b.last, b.until)
		}
	}
	for i := range buffers {
		if b := &buffers[i]; b.same < 0 {
			b.until = max(b.until, b.last)
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(buffers[b].bytes, buffers[a].bytes) })
	var placed []int // by offset
	top := 0
	for _, i := range list {
		b := &buffers[i]
		best, room, end := -1, 0, 0
		for _, k := range placed {
			o := &buffers[k]
			if o.until < b.first || b.until < o.first {
				continue
			}
			if gap := o.offset - end; gap >= b.bytes && (best < 0 || gap < room) {
				best, room = end, gap
			}
			end = max(end, o.offset+o.bytes)
		}
		if best < 0 {
			best = end
		}
		b.offset = best
		top = max(top, best+b.bytes)
		at, _ := slices.BinarySearchFunc(placed, b.offset, func(k, offset int) int { return cmp.Compare(buffers[k].offset, offset) })
		placed = slices.Insert(placed, at, i)
	}
	for i := range buffers {
		if b := &buffers[i]; b.same >= 0 {
			b.offset = buffers[b.same].offset // that one is earlier: it has its place
		}
	}
	return top
}
