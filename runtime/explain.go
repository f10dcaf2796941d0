package runtime

import (
	"fmt"
	"strings"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
)

// Explain shows the program's whole plan as text: the graph, the order of its contractions, the kernels with their estimated cost and,
// after a run that was long enough to be timed, their measured time, and the generated code.
func (p *Program) Explain() string { return p.plain.explain(p.session) }

// Plan is Explain without the generated code.
func (p *Program) Plan() string { return p.plain.text(p.session) }

func (c *compiled) explain(s *Session) string {
	var b strings.Builder
	b.WriteString(c.text(s))
	for i, step := range c.plan.Steps {
		fmt.Fprintf(&b, "\n; code of %s, %d bytes\n%s\n", step.Kernel.Name, c.programs[i].Bytes(), strings.TrimRight(c.programs[i].Text(), "\n"))
	}
	return b.String()
}

func (c *compiled) text(s *Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "; device %s, %d threads\n", s.Device(), s.device.Target().Threads)
	for _, note := range s.notes {
		fmt.Fprintf(&b, "; note: %s\n", note)
	}
	for _, stage := range []string{"graph", "order", "kernel", "place"} {
		if text := strings.TrimRight(c.plan.Text(stage), "\n"); text != "" {
			fmt.Fprintf(&b, "\n; stage %s\n%s\n", stage, text)
		}
	}
	b.WriteString(c.costs(s.device.Target()))
	return b.String()
}

// costs is the table of steps: estimated work and time, measured time.
func (c *compiled) costs(t codegen.Target) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n; %-8s %12s %12s %12s %12s\n", "kernel", "Mflop", "MB", "estimate ms", "measured ms")
	for i, step := range c.plan.Steps {
		k := step.Kernel
		measured := "-"
		if ns := c.took[i].Load(); ns > 0 {
			measured = fmt.Sprintf("%.3f", float64(ns)/float64(time.Millisecond))
		}
		fmt.Fprintf(&b, "; %-8s %12.3f %12.3f %12.3f %12s\n", k.Name, k.Cost.Flop/1e6, k.Cost.Bytes/1e6, 1e3*planner.Seconds(k.Cost, t), measured)
	}
	fmt.Fprintf(&b, "; arena %d bytes\n", c.plan.Arena)
	return b.String()
}
