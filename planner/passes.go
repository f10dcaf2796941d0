package planner

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr"
)

// pass is one step of planning.
type pass struct {
	name  string
	holds string // what is true afterwards; verify checks it
	run   func(*state) error
	check func(*state) error // whether it holds; nil where Verify of graph or kernels is all there is
}

// passes is the one list of what the planner does, in order.
var passes = []pass{
	{"check", "no node is bad, and none is nil", runCheck, nil},
	{"simplify", "no exact rule applies", simplify, nil},
	{"lower", "no fold for which kernels have no word, and none of no elements", lower, nil},
	{"share", "equal nodes are one node", share, nil},
	{"order", "a contraction has at most two operands", runOrder, checkOrder},
	{"panel", "a factor that no run packs lies as packing would lay it", panel, nil},
	{"keep", "what is the same in every run is computed in one of them, where to read it takes less time", keep, nil},
	{"fuse", "each computed node is in a group, and every group can run after those it reads from", fuse, checkFuse},
	{"block", "what a chain of groups hands on beyond the caches is handed on in blocks, where that takes less time", block, checkFuse},
	{"index", "a group is one kernel; movements are index arithmetic", index, checkKernels},
	{"expand", "every op is native to the target or left to the interpreter", expand, checkKernels},
	{"schedule", "each kernel has a schedule that its target can run, and a cost", schedule, checkKernels},
	{"place", "buffers have places; lives that meet share no byte", place, checkPlace},
}

// orderReasons says why a pass comes before another.
var orderReasons = []struct{ first, then, why string }{
	{"check", "simplify", "rules look into nodes and may rely on them"},
	{"simplify", "share", "what becomes equal by a rule is one value"},
	{"simplify", "order", "transposes and broadcasts around contractions have become labels"},
	{"simplify", "lower", "a rule sees an argmax better than what it becomes"},
	{"lower", "share", "the greatest element beneath an argmax may be there already"},
	{"share", "order", "a contraction that is used twice must not be merged into both uses"},
	{"share", "fuse", "else one value is computed in two kernels"},
	{"order", "panel", "constant operands have been contracted with one another"},
	{"panel", "keep", "what lies in panels is kept"},
	{"keep", "fuse", "a kernel reads what is kept as it reads a leaf"},
	{"order", "fuse", "the intermediate contractions take part in fusion"},
	{"fuse", "index", "a kernel's axes are those of its group"},
	{"fuse", "block", "only what no kernel computes for itself is handed on"},
	{"block", "index", "a kernel's axes are as long as a block"},
	{"index", "expand", "formulas are of single elements"},
	{"expand", "schedule", "tiles and costs are those of the ops that run"},
	{"schedule", "place", "a buffer is reused in place only where the schedule allows it"},
}

// optional are the passes that a plan can do without; the others make what the next one needs.
var optional = []string{"simplify", "share", "order", "panel", "keep", "fuse", "block"}

// Switches lists what Options.Off takes: the passes that can be left out, then each rule as "rule:NAME".
func Switches() []string {
	names := slices.Clone(optional)
	for _, rule := range Rules() {
		names = append(names, "rule:"+rule)
	}
	return names
}

// Stages lists the stages that a plan may have texts of, see Plan.Text: besides those of its passes "once", the kernels of Plan.Once.
func Stages() []string {
	names := []string{"graph"}
	for i := range passes {
		if i > 0 { // check changes nothing
			names = append(names, passes[i].name)
		}
	}
	return append(names, "once", "kernel")
}

// state is a plan in the making.
type state struct {
	Options
	roots         []*expr.Node
	numbered      *graph // of numberedRoots: see number
	numberedRoots []*expr.Node
	fired         map[string]int      // how often each rule fired
	orders        []ordered           // what the order pass decided, for its text
	laid          map[*expr.Node]bool // factors in panels, from panel on
	once          []*expr.Node        // what the plan's Kept leaves hold, from keep on
	largest       int                 // bytes that a contraction's results may have, in a slice; 0: they are not sliced
	room          int                 // bytes that what kernels hand on to one another may have, in a slice; 0: what the caches hold
	looped        *looped             // the contractions that run in slices, from order on; nil: none
	graph         *graph              // of the roots, from fuse on
	memory        memory              // which of its nodes are stored, from fuse on
	groups        []*group            // in the order of execution, from fuse on
	cuts          []cut               // why they are not larger
	parts         map[int][]part      // of nodes of which memory has a block of rows alone, from block on
	chains        []string            // what block decided about each value beyond the caches, for its text
	steps         []step              // one a kernel, from index on
	buffers       []buffer            // from place on
	plan          *Plan
}

// pass runs one pass, verifies what holds afterwards if asked to, and keeps its text.
func (s *state) pass(p *pass) error {
	if err := p.run(s); err != nil {
		return err
	}
	for _, r := range s.roots {
		if r.Kind == expr.KBad { // check let none pass, so that a rewriting has made it
			return fmt.Errorf("internal: pass %s: %w: please report with Explain", p.name, r.Err)
		}
	}
	if s.Check && p.check != nil {
		if err := p.check(s); err != nil {
			return fmt.Errorf("internal: after pass %s: %w: please report with Explain", p.name, err)
		}
	}
	if text := s.text(p.name); text != nil {
		s.note(p.name, text)
	}
	return nil
}

// off says whether a pass is left out.
func (s *state) off(name string) bool { return s.Off[name] }

// note keeps the text of a stage, which is made when it is asked for.
func (s *state) note(name string, text func() string) {
	s.plan.stages = append(s.plan.stages, stage{name, text})
	if s.Trace != nil {
		s.Trace(name, text)
	}
}
