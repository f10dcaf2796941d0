package planner

import (
	"errors"
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr"
)

// checkOrder holds contractions to two operands.
func checkOrder(s *state) error {
	for _, n := range s.number().nodes {
		if n.Kind == expr.KContract && len(n.Args) > 2 {
			return errors.New("a contraction of more than two operands")
		}
	}
	return nil
}

// checkFuse holds the groups to their promise: what a group reads is a leaf, or all written by groups before it; and every output is written.
func checkFuse(s *state) error {
	writers := map[int]int{} // of each node, the groups that have yet to write it
	for _, g := range s.groups {
		for _, o := range g.outs {
			writers[o.node]++
		}
	}
	written := make([]bool, len(s.roots))
	done := map[int]bool{}
	for i, g := range s.groups {
		for k := range g.entries {
			e := &g.entries[k]
			if e.inside {
				continue
			}
			v, ok := s.memory.of(e)
			n := s.graph.nodes[v.base]
			adds := v.moves != nil && slices.ContainsFunc(g.outs, func(o out) bool { return o.node == v.base })
			if leaf := n.Kind == expr.KInput || n.Kind == expr.KData; !ok || !leaf && !adds && !(done[v.base] && writers[v.base] == 0) {
				return fmt.Errorf("group %d reads node %d, which is not written before it", i, e.node)
			}
		}
		for _, o := range g.outs {
			writers[o.node]--
			done[o.node] = true
			if o.target >= 0 {
				written[o.target] = true
			}
		}
	}
	for k, r := range s.roots {
		if !written[k] && size(r.Shape) > 0 {
			return fmt.Errorf("output %d is written by no group", k)
		}
	}
	return nil
}

// checkKernels verifies each kernel, and that it has a place for each param.
func checkKernels(s *state) error {
	for i := range s.steps {
		st := &s.steps[i]
		if err := st.kernel.Verify(); err != nil {
			return err
		}
		if len(st.args) != len(st.kernel.Params) {
			return errors.New("a kernel whose params and places differ in number")
		}
	}
	return nil
}

// checkPlace holds the places to the promise: buffers whose lives meet share no byte, but where one takes over from another in the step that
// reads the one and writes the other; and every buffer is in the arena.
func checkPlace(s *state) error {
	for i := range s.buffers {
		a := &s.buffers[i]
		if a.offset < 0 || a.offset%alignment != 0 || a.offset+a.bytes > s.plan.Arena {
			return fmt.Errorf("a buffer at %d of %d bytes, the arena has %d", a.offset, a.bytes, s.plan.Arena)
		}
		for k := range s.buffers[:i] {
			b := &s.buffers[k]
			apart := a.offset+a.bytes <= b.offset || b.offset+b.bytes <= a.offset
			takenOver := a.same == k && b.last == a.first
			if !apart && !takenOver && a.first <= b.last && b.first <= a.last {
				return fmt.Errorf("the buffers of nodes %d and %d share bytes", a.node, b.node)
			}
		}
	}
	return nil
}
