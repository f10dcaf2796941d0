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
	if !errors.As(err, &index) {
		return err
	}
	var lines []string
	what := ""
	for n := range expr.Walk(roots...) {
		if n.Kind != expr.KGather {
			continue
		}
		if x := n.Args[0]; x.Shape[n.Axes[0]] == index.Extent {
			lines = append(lines, n.Pos.String())
			what = fmt.Sprintf("take: index %d is out of range for the %d elements along axis %d of %v%v", index.Index, index.Extent, n.Axes[0], x.DType, x.Shape)
		}
	}
	if len(lines) == 0 {
		return err
	}
	return fmt.Errorf("%s: %s", strings.Join(lines, " or "), what)
}
