package planner

// check: a graph with mistakes is refused, with all of them at once.
//
//	before  %0 = bad "main.go:7: add: ..."
//	after   the error "main.go:7: add: ..."

import (
	"errors"

	"github.com/einloom/einloom/expr"
)

// runCheck gives every root cause among the roots: whatever is built of a bad node is one, so that the roots tell.
func runCheck(s *state) error {
	var bad []error
	for _, r := range s.roots {
		if r == nil {
			return errors.New("planner: a root is the zero Expr")
		}
		if r.Kind == expr.KBad {
			bad = append(bad, r.Err)
		}
	}
	return expr.Join(bad...)
}
