package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// text gives the function that prints what a pass has made; nil for passes that only look. It may run later, when the state has moved on:
// it keeps what it prints.
func (s *state) text(name string) func() string {
	roots := s.roots // a pass that changes any makes all anew
	switch name {
	case "simplify":
		fired := s.fired
		return func() string { return expr.Text(roots...) + firedText(fired) }
	case "lower", "share", "panel":
		return graphText(roots)
	case "order":
		orders := s.orders
		return func() string { return orderText(orders) + expr.Text(roots...) }
	case "keep":
		kept, once := s.plan.Kept, s.once
		return func() string { return keptText(kept, once) + expr.Text(roots...) }
	case "fuse":
		graph, groups, cuts, of := s.graph, s.groups, s.cuts, "order"
		if len(s.once) > 0 {
			of = "keep"
		}
		return func() string {
			return fmt.Sprintf("; numbers of nodes are those of stage %s\n", of) + fuseText(graph, groups, cuts)
		}
	case "block":
		chains := s.chains
		return func() string { return chainText(chains) }
	case "index", "expand", "schedule":
		kernels := make([]*codegen.Kernel, len(s.steps))
		for i := range s.steps {
			kernels[i] = s.steps[i].kernel
		}
		notes := s.loopNotes()
		return func() string { return kernelsText(kernels, notes) }
	case "place":
		return s.placeText
	}
	return nil
}

// graphText prints a graph.
func graphText(roots []*expr.Node) func() string {
	return func() string { return expr.Text(roots...) }
}

// keptText shows what is computed once, as comment.
func keptText(kept, once []*expr.Node) string {
	if len(once) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("; computed once, to be")
	for _, n := range kept {
		fmt.Fprintf(&b, " %s", n.Name)
	}
	b.WriteString(" in each run:\n")
	for line := range strings.Lines(expr.Text(once...)) {
		b.WriteString(";  " + line)
	}
	return b.String()
}

// firedText lists the rules that have fired, as comment.
func firedText(fired map[string]int) string {
	var b strings.Builder
	for i := range rules {
		if n := fired[rules[i].name]; n > 0 {
			fmt.Fprintf(&b, "; rule %s fired %d×: %s\n", rules[i].name, n, rules[i].shows)
		}
	}
	return b.String()
}

// fuseText lists the groups: what each computes, stores and reads, and why it does not compute that itself.
func fuseText(g *graph, groups []*group, cuts []cut) string {
	var b strings.Builder
	for _, x := range groups {
		fmt.Fprintf(&b, "group %d over %s\n", x.number, x.extentsText())
		b.WriteString("  computes")
		for _, n := range x.nodes(true) {
			fmt.Fprintf(&b, " %%%d %s", n, word(g.nodes[n]))
		}
		b.WriteString("\n  stores")
		for _, o := range x.outs {
			fmt.Fprintf(&b, " %%%d", o.node)
			if o.target >= 0 {
				fmt.Fprintf(&b, " (output %d)", o.target)
			}
		}
		b.WriteByte('\n')
		for _, n := range x.nodes(false) {
			fmt.Fprintf(&b, "  reads %%%d", n)
			for _, c := range cuts {
				if c.node == n && c.g.now() == x {
					fmt.Fprintf(&b, ": %s", c.why)
					break
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// chainText says of each value beyond the caches whether it is handed on in blocks, and why, as comment.
func chainText(chains []string) string {
	text := ""
	for _, line := range chains {
		text += "; " + line + "\n"
	}
	return text
}

// byteText is a number of bytes as a person reads it.
func byteText(bytes float64) string {
	if bytes < 1e6 {
		return fmt.Sprintf("%.4g kB", bytes/1e3)
	}
	return fmt.Sprintf("%.4g MB", bytes/1e6)
}

// extentsText gives the extents of a group's axes.
func (g *group) extentsText() string {
	var loops, folds []int
	for _, a := range g.axes {
		if !a.fold {
			loops = append(loops, a.extent)
		}
	}
	for _, a := range g.row {
		folds = append(folds, g.axes[a].extent)
	}
	if len(folds) == 0 {
		return fmt.Sprint(loops)
	}
	return fmt.Sprintf("%v, folding rows of %v", loops, folds)
}

// nodes lists the nodes that a group computes, or those that it reads, from the roots down.
func (g *group) nodes(inside bool) []int {
	var list []int
	for i := range g.entries {
		if e := &g.entries[i]; e.inside == inside && !slices.Contains(list, e.node) {
			list = append(list, e.node)
		}
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Compare(b, a) })
	return list
}

// word is what a node does, as kernels call it.
func word(n *expr.Node) string {
	if n.Kind == expr.KGather {
		return "gather"
	}
	return n.Word()
}

func kernelsText(kernels []*codegen.Kernel, notes map[int]string) string {
	texts := make([]string, len(kernels))
	for i, k := range kernels {
		texts[i] = notes[i] + strings.TrimRight(k.String(), "\n") + "\n"
	}
	return strings.Join(texts, "\n")
}

// loopNotes says before which step which loop begins, and where it ends, as comment.
func (s *state) loopNotes() map[int]string {
	if s.looped == nil {
		return nil
	}
	notes := map[int]string{}
	for i, l := range s.stretches() {
		if l.to == l.from {
			continue
		}
		depth := 0
		for k := l.from; k < l.to; k++ {
			if d := s.steps[k].group.within.depth; d > depth {
				depth = d
				notes[k] += fmt.Sprintf("; for each of %s slices, to %s\n", product(s.looped.loops[i-1].indices[:d]), s.steps[l.to-1].kernel.Name)
			}
		}
		if l.to < len(s.steps) {
			notes[l.to] = "; once\n" + notes[l.to]
		}
	}
	return notes
}

// product writes a product of numbers of slices.
func product(indices []Index) string {
	words := make([]string, len(indices))
	for i, x := range indices {
		words[i] = strconv.Itoa(x.Slices())
	}
	return strings.Join(words, "x")
}

// readable prints the kernels as index made them, with their schedules and costs: what formulas become is left to stage expand.
func (p *Plan) readable(steps []step, notes map[int]string) string {
	kernels := make([]*codegen.Kernel, len(steps))
	for i := range steps {
		from, to := steps[i].source, steps[i].kernel
		k := from.Clone()
		k.Cost = to.Cost
		k.Schedule = to.Schedule
		if to.Nest == codegen.NestGett && !newScheduler(k, p.Target).gett() {
			k.Schedule = codegen.Schedule{Vector: -1}
		}
		kernels[i] = k
	}
	return kernelsText(kernels, notes)
}

// placeText lists steps with the memory of their params, then the arena.
func (s *state) placeText() string {
	var b strings.Builder
	for i, step := range s.plan.Steps {
		fmt.Fprintf(&b, "step %d  %s\n", i, step.Kernel.Name)
		for k, r := range step.Args {
			p := &step.Kernel.Params[k]
			way := "reads "
			if p.Out {
				way = "writes"
			}
			fmt.Fprintf(&b, "  %s %-8s %s", way, p.Name, s.plan.refText(r))
			if r.Moves != nil {
				fmt.Fprintf(&b, ", %+d a slice", r.Moves)
			}
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "arena %d bytes\n", s.plan.Arena)
	return b.String()
}

func (p *Plan) refText(r Ref) string {
	switch r.Space {
	case Leaf:
		name := "data"
		if n := p.Leaves[r.Index]; n.Kind == expr.KInput {
			name = n.Name
		}
		return fmt.Sprintf("leaf %d (%s) %+d", r.Index, name, r.Offset)
	case Output:
		return fmt.Sprintf("output %d %+d", r.Index, r.Offset)
	}
	return fmt.Sprintf("arena %d", r.Offset)
}
