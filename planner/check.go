package planner

// check: a graph with mistakes is refused, with all of them at once.
//
//	before  %0 = bad "main.go:7: add: ..."
//	after   the error "main.go:7: add: ..."

import (
	"errors"
	"fmt"

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
	if err := expr.Join(bad...); err != nil {
		return err
	}
	for n := range expr.Walk(s.roots...) {
		if n.Shape.Len() > mostBytes/n.DType.Size() {
			return &expr.Error{Pos: n.Pos, Kind: expr.ErrSize, Msg: fmt.Sprintf("%s: %v%v has more than 2^62 bytes", word(n), n.DType, n.Shape)}
		}
	}
	return nil
}

// mostBytes is the most that one array may take: beyond it, places in it could not be counted in bytes.
const mostBytes = 1 << 62
