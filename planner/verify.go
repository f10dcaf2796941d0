package planner

import (
	"errors"
	"fmt"

	"github.com/einloom/einloom/expr"
)

// checkFuse holds the groups to their promise: what a group reads is a leaf, or written by groups before it.
func checkFuse(s *state) error {
	written := map[int]bool{}
	for i, g := range s.groups {
		for k := range g.entries {
			e := &g.entries[k]
			if e.inside {
				continue
			}
			v, ok := s.memory.of(e)
			if n := s.graph.nodes[v.base]; !ok || n.Kind != expr.KInput && n.Kind != expr.KData && !written[v.base] {
				return fmt.Errorf("group %d reads node %d, which no group before it writes", i, e.node)
			}
		}
		last := i == len(s.groups)-1
		for _, o := range g.outs {
			// A concatenation is written by several groups; that all of them come first is what sequence sees to.
			written[o.node] = true
		}
		if last {
			for k, r := range s.graph.roots {
				if len(s.memory.outputs[r]) == 0 && !aliased(s, k) {
					return fmt.Errorf("output %d is written by no group", k)
				}
			}
		}
	}
	return nil
}

// aliased says whether output k is the memory of a node beneath its root.
func aliased(s *state, k int) bool {
	for _, outs := range s.memory.outputs {
		for _, o := range outs {
			if o == k {
				return true
			}
		}
	}
	return false
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
