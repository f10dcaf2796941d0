package runtime

import (
	"errors"
	"fmt"
	"strings"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime/driver"
)

// onUsersLine names the user's lines that an error of a run can come from. A plan is shared by all graphs of one structure, so that only the
// graph at hand knows them.
func onUsersLine(err error, roots []*expr.Node) error {
	if err == nil {
		return nil // before anything is allocated
	}
	var index *driver.IndexError
	var call *driver.CallError
	var lines []string
	what := ""
	switch {
	case errors.As(err, &index):
		for n := range expr.Walk(roots...) {
			if n.Kind != expr.KGather {
				continue
			}
			if x := n.Args[0]; x.Shape[n.Axes[0]] == index.Extent {
				lines = append(lines, n.Pos.String())
				what = fmt.Sprintf("take: index %d is out of range for the %d elements along axis %d of %v%v", index.Index, index.Extent, n.Axes[0], x.DType, x.Shape)
			}
		}
	case errors.As(err, &call):
		for n := range expr.Walk(roots...) {
			if n.Kind == expr.KCall && n.Routine.Name == call.Routine {
				lines = append(lines, n.Pos.String())
			}
		}
		what = call.Routine + ": " + call.Message()
	}
	if len(lines) == 0 {
		return err
	}
	return &placed{strings.Join(lines, " or ") + ": " + what, err}
}

// placed is an error with the user's lines in its message.
type placed struct {
	message string
	err     error
}

func (p *placed) Error() string { return p.message }
func (p *placed) Unwrap() error { return p.err }
