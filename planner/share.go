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
	known := make(map[uint64][]*expr.Node, len(g.nodes))
	s.roots = g.rewrite(func(n *expr.Node) *expr.Node {
		same := known[n.Hash()]
		for _, m := range same {
			if expr.Equal(m, n) {
				return m
			}
		}
		known[n.Hash()] = append(same, n)
		return n
	})
	return nil
}
