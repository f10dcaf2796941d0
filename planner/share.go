package planner

// share: equal nodes become one node.
//
//	before  %1 = exp %0; %2 = exp %0; %3 = add %1 %2
//	after   %1 = exp %0; %3 = add %1 %1

import "github.com/einloom/einloom/expr"

// share finds equal nodes by their hash, arguments first: by then equal arguments are one node, so that a comparison looks at two nodes.
func share(s *state) error {
	if s.off("share") {
		return nil
	}
	g := s.number()
	known := make(map[uint64]*expr.Node, len(g.nodes)) // by their hash, or the next number that is free
	s.roots = g.rewrite(func(n *expr.Node) *expr.Node {
		for h := n.Hash(); ; h++ {
			m := known[h]
			if m == nil {
				known[h] = n
				return n
			}
			if expr.Equal(m, n) {
				return m
			}
		}
	})
	return nil
}
