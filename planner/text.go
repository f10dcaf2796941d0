package planner

import (
	"fmt"
	"strings"

	"github.com/einloom/einloom/expr"
)

// graphText is the text of a graph.
func graphText(roots []*expr.Node) func() string {
	return func() string { return expr.Text(roots...) }
}

// text gives the function that prints what a pass has made.
func (s *state) text(name string) func() string {
	switch name {
	case "simplify", "share":
		return graphText(s.roots)
	case "index":
		steps := s.steps
		return func() string {
			var b strings.Builder
			for i := range steps {
				fmt.Fprintln(&b, steps[i].source.String())
			}
			return b.String()
		}
	case "kernel":
	}
	return nil
}
