package runtime

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
)

// Plan shows as text what the program runs: the graph, the order of its contractions, the fused kernels, and a table of the kernels'
// estimated cost and, after a run that was long enough to be timed, their measured time.
func (p *Program) Plan() string { return p.plain.text(p.session) }

// Explain is Plan, then where each kernel's arrays lie, and the generated code.
func (p *Program) Explain() string { return p.plain.text(p.session) + p.plain.detail() }

// Estimate is how long a run on tensors takes by the planner's model of the device.
func (p *Program) Estimate() time.Duration { return duration(p.plain.plan.Price().Seconds()) }

// seconds is what all runs of step number i take on a target, by its model.
func (c *compiled) seconds(i int, t codegen.Target) float64 {
	return c.plan.Times(i) * planner.Seconds(c.plan.Steps[i].Kernel, t)
}

// legend says how to read a plan.
const legend = `; graph: what was asked for, a value a line; $0, $1 ... are data. order: each contraction, pair by pair, with its multiplications.
; kernel: what runs, one kernel after the other. The points of a loop are independent of each other; a fold runs through one row, and
; reduce(add, k, x) is the sum of x along k. v1, v2 ... are values that one kernel leaves in memory for the next. docs/ir.md has the grammar.
`

func (c *compiled) text(s *Session) string {
	var b strings.Builder
	target := c.device.Target()
	fmt.Fprintf(&b, "; plan of %s for %s, %s\n", count(len(c.plan.Steps), "kernel"), target.Name, count(target.Threads, "thread"))
	c.place(&b, s)
	for _, note := range s.notes {
		fmt.Fprintf(&b, "; note: %s\n", note)
	}
	b.WriteString(legend)
	c.stage(&b, "graph", c.plan.Text("graph"))
	c.stage(&b, "order", c.plan.Orders())
	if c.once != nil {
		c.stage(&b, "keep", c.plan.Text("keep"))
		c.stage(&b, "once", c.plan.Text("once")+"\n"+c.once.costs(target))
	}
	c.stage(&b, "block", c.plan.Text("block"))
	c.stage(&b, "kernel", c.plan.Text("kernel"))
	c.stage(&b, "cost", c.costs(target))
	return b.String()
}

// place says where the plan runs and why, and what a run carries there.
func (c *compiled) place(b *strings.Builder, s *Session) {
	switch name := c.device.Target().Name; {
	case s.alone != "":
		fmt.Fprintf(b, "; device auto is %s: %s\n", name, s.alone)
	case c.why != "":
		fmt.Fprintf(b, "; device auto is %s here: %s\n", name, c.why)
	}
	if price := c.plan.Price(); price.Up+price.Down > 0 {
		fmt.Fprintf(b, "; a run carries %.4g MB to the device and %.4g MB back, less what is in Buffers\n", float64(price.Up)/1e6, float64(price.Down)/1e6)
	}
}

func (c *compiled) detail() string {
	var b strings.Builder
	c.stage(&b, "place", c.plan.Text("place"))
	if c.once != nil {
		c.stage(&b, c.language()+" of once", c.once.code())
	}
	c.stage(&b, c.language(), c.code())
	return b.String()
}

// language is what the device's generator writes, as a stage's name.
func (c *compiled) language() string {
	if c.device.Target().Name == "vulkan" {
		return "spirv"
	}
	return "cpu"
}

// code is what the device made of each kernel.
func (c *compiled) code() string {
	var b strings.Builder
	for i, step := range c.plan.Steps {
		fmt.Fprintf(&b, "; %s, %d bytes\n%s\n", step.Kernel.Name, c.programs[i].Bytes(), strings.Trim(c.programs[i].Text(), "\n"))
	}
	return b.String()
}

// stage writes a text under its title, and nothing where there is none.
func (c *compiled) stage(b *strings.Builder, title, text string) {
	if text = strings.Trim(text, "\n"); text != "" {
		fmt.Fprintf(b, "\n; stage %s\n%s\n", title, text)
	}
}

// KernelTime is one kernel of a program: what it does in a run, and how long that takes.
type KernelTime struct {
	Name      string
	Cost      codegen.Cost
	Estimated time.Duration // by the planner's model of the device
	Measured  time.Duration // in the last run that was long enough to be timed; 0: none was
}

// Kernels lists what a run of the program does, in order: the rows of the table of costs that Plan prints.
func (p *Program) Kernels() []KernelTime { return p.plain.kernels(p.plain.device.Target()) }

func (c *compiled) kernels(t codegen.Target) []KernelTime {
	list := make([]KernelTime, len(c.plan.Steps))
	for i, step := range c.plan.Steps {
		times := c.plan.Times(i)
		list[i] = KernelTime{
			Name:      step.Kernel.Name,
			Cost:      codegen.Cost{Flop: times * step.Kernel.Cost.Flop, Bytes: times * step.Kernel.Cost.Bytes},
			Estimated: duration(c.seconds(i, t)),
			Measured:  time.Duration(c.took[i].Load()),
		}
	}
	return list
}

// duration is at most 146 years.
func duration(seconds float64) time.Duration {
	return time.Duration(min(seconds*1e9, math.MaxInt64/2))
}

// costs is the table of kernels, and their sum where they are several.
func (c *compiled) costs(t codegen.Target) string {
	var b strings.Builder
	fmt.Fprintf(&b, "; %-8s %12s %12s %14s %12s\n", "kernel", "Mflop", "MB", "estimated ms", "measured ms")
	sum := KernelTime{Name: "together"}
	list := c.kernels(t)
	for _, k := range list {
		costRow(&b, k)
		sum.Cost.Flop += k.Cost.Flop
		sum.Cost.Bytes += k.Cost.Bytes
		sum.Estimated += k.Estimated
		sum.Measured += k.Measured
	}
	if len(list) > 1 {
		costRow(&b, sum)
	}
	fmt.Fprintf(&b, "; intermediate values take %d bytes\n", c.plan.Arena)
	if t.Rates != (codegen.Rates{}) {
		b.WriteString("; estimated by rates that 'einloom calibrate' measured on this machine\n")
	}
	return b.String()
}

func costRow(b *strings.Builder, k KernelTime) {
	measured := "-"
	if k.Measured > 0 {
		measured = fmt.Sprintf("%.4g", k.Measured.Seconds()*1e3)
	}
	fmt.Fprintf(b, "; %-8s %12.4g %12.4g %14.4g %12s\n", k.Name, k.Cost.Flop/1e6, k.Cost.Bytes/1e6, k.Estimated.Seconds()*1e3, measured)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
