package planner

// simplify: rules are applied until none fires.
//
//	before  %1 = transpose %0 axes [1 0]; %2 = transpose %1 axes [1 0]; %3 = mul %2 1
//	after   %0

import (
	"github.com/einloom/einloom/expr"
)

// simplify rewrites the graph by the rows of rules.go. A rule sees nodes whose arguments are simplified, and what it gives is looked at again.
func simplify(s *state) error {
	if s.off("simplify") {
		return nil
	}
	z := simplifier{rules: usually, fired: map[string]int{}}
	if s.FastMath || len(s.Off) > 0 {
		z.rules = rulesByKind(s.FastMath, s.Off)
	}
	g := s.number()
	s.roots = g.rewrite(z.simple)
	s.fired = z.fired
	return nil
}

// rulesByKind gives the rules that may fire, by the kind of node that they look at.
func rulesByKind(fast bool, off map[string]bool) *[numKinds][]*rule {
	var by [numKinds][]*rule
	for i := range rules {
		if r := &rules[i]; (!r.fast || fast) && !off["rule:"+r.name] {
			by[r.kind] = append(by[r.kind], r)
		}
	}
	return &by
}

// usually are the rules of the zero Options.
var usually = rulesByKind(false, nil)

// numKinds is one more than the greatest kind of node.
const numKinds = expr.KCall + 1

type simplifier struct {
	rules *[numKinds][]*rule
	fired map[string]int
}

// patience is how many rules in a row may rewrite one node: every rule makes a graph smaller or simpler, so that more would be a circle.
const patience = 64

// simple gives the simplest form of n.
func (z *simplifier) simple(n *expr.Node) *expr.Node {
	for range patience {
		m := z.once(n)
		if m == nil {
			break
		}
		n = m
	}
	return n
}

// once applies the first rule that fits; nil if none does.
func (z *simplifier) once(n *expr.Node) *expr.Node {
	for _, r := range z.rules[n.Kind] {
		if m := r.apply(rewriter{at{n}, z}, n); m != nil {
			z.fired[r.name]++
			return m
		}
	}
	return nil
}

// rewriter makes the inner nodes of what a rule gives, which are simplified in turn.
type rewriter struct {
	at
	z *simplifier
}

// inner simplifies a node that a rule has made and that is not its result.
func (w rewriter) inner(n *expr.Node) *expr.Node { return w.z.simple(n) }
