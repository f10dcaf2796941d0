// Package planner turns a graph of whole tensors into a plan: kernels in index notation, in an order in which they can run, over buffers
// that have places. It does no I/O, starts no goroutine, reads no environment and never looks at data.
package planner

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Options say for whom and how to plan. The zero value plans exactly for an unknown device. MemoryLimit does not count what a kernel
// needs while it runs: panels, tiles and partial results, some 64 MB a run.
type Options struct {
	Target      codegen.Target
	MemoryLimit int64                                  // bytes of arena and outputs together; 0: none. A plan over it is a *MemoryError
	Objective   string                                 // what orders of contraction are to be cheap in: one of Objectives; "" is time
	FastMath    bool                                   // rules that change roundings may fire
	Off         map[string]bool                        // names of passes and "rule:NAME" of rules that are left out, to bisect
	Keep        bool                                   // the plan is to be run more than once: what is the same in every run is Plan.Once
	Check       bool                                   // verify after each pass
	Strides     func(leaf *expr.Node) []int            // the layout of a leaf, in elements; a nil func or result: row-major, for data its tensor's
	Trace       func(stage string, text func() string) // called after each pass; text may be called later, and from any goroutine
	Orders      Orders                                 // keeps orders of contraction from one planning to the next; nil: nothing does
	Stop        func() error                           // asked before each pass; an error ends planning and is what Make gives. nil: never
}

// Plan is kernels to run in order, with the memory that each works on. It is immutable.
type Plan struct {
	Target  codegen.Target
	Leaves  []*expr.Node // inputs and data in the order of first use
	Steps   []Step
	Loops   []Loop       // in the order of their steps; no two of them have one in common
	Arena   int          // bytes that the intermediate buffers need together
	Outputs []Result     // one a root
	Once    *Plan        // what is computed before the first run, of the leaves that are frozen; nil: nothing is
	Kept    []*expr.Node // the leaves that Once's outputs are bound to, one an output
	stages  []stage
	orders  []ordered
	panels  bool // some of Kept are factors in panels
}

// Step is one kernel and where its params lie: one Ref a Param.
type Step struct {
	Kernel *codegen.Kernel
	Args   []Ref
	Depth  int // how many of its loop's indices it depends on: it runs again for each of their values; 0: outside of all loops
}

// Loop is a stretch of steps that run once for each slice of a contraction, or of the rows of a chain of kernels; the first of its indices is
// the outermost. Of the steps between an index and the next one, those of lower depth stand before those of higher depth, so that it is
// enough to go through the slices in order and leave out, in each, the steps no index of which has changed.
type Loop struct {
	From, To int // Steps[From:To]
	Indices  []Index
}

// Index says which places an index of a loop takes.
type Index = codegen.Places

// Result is what a root gives: a row-major array in memory of its own, which the runtime brings.
type Result struct {
	DType tensor.DType
	Shape tensor.Shape
}

// Ref is the place of a param's element [0 ... 0].
type Ref struct {
	Space  Space
	Index  int   // which leaf or output; 0 for the arena
	Offset int   // bytes from the start of the arena or of the output; from element [0 ... 0] of the leaf, where it may be negative
	Moves  []int // bytes further for each place of each index of the loop; nil: it stays where it is
}

// Space is a kind of memory.
type Space uint8

// The spaces.
const (
	Leaf   Space = iota // Plan.Leaves[Index]
	Arena               // the arena
	Output              // Plan.Outputs[Index]
)

// MemoryError says that no plan fits the limit; nothing has been run. With a limit of Need bytes there is one.
type MemoryError struct {
	Need, Limit int64   // bytes
	Slices      float64 // that the plan of Need bytes takes; 1: slicing does not help
}

// Error gives the numbers.
func (e *MemoryError) Error() string {
	in := ""
	if e.Slices > 1 {
		in = fmt.Sprintf(", in %.6g slices", e.Slices)
	}
	return fmt.Sprintf("planner: memory limit: the plan needs %d bytes (buffers and outputs%s), the limit is %d bytes", e.Need, in, e.Limit)
}

// plannedWorkers is the number of workers that every plan is made for, however many there are: which reductions share a kernel decides
// about roundings, and results must not depend on the number of workers.
const plannedWorkers = 2

// Make plans the computation of roots. What is kept from run to run counts against the memory limit; where that makes it too much nothing is
// kept. Where the results of a contraction make a plan too large for the limit, it runs in slices. Bad nodes give all their root causes; a
// plan that no slicing makes small enough gives a *MemoryError. Any other error is a broken invariant of the planner's own.
func Make(roots []*expr.Node, o Options) (*Plan, error) {
	if err := CheckObjective(o.Objective); err != nil {
		return nil, fmt.Errorf("planner: %w", err)
	}
	p, err := attempt(roots, o, 0, 0)
	if err != nil || p.fits(o.MemoryLimit) {
		return p, err
	}
	switch {
	case p.Once == nil:
		return smaller(p, roots, o)
	case p.panels: // copies of what is there already
		o.Off = withOff(o.Off, "panel")
	default:
		o.Keep = false
	}
	q, err := Make(roots, o)
	if refused, is := err.(*MemoryError); is && p.need() < refused.Need {
		refused.Need, refused.Slices = p.need(), 1
	}
	return q, err
}

// fits says whether the plan keeps a memory limit; 0: there is none.
func (p *Plan) fits(limit int64) bool { return limit <= 0 || p.need() <= limit }

// attempt plans roots; largest is the most bytes that the result of a contraction may have, room what chains of kernels may hand on; 0: any.
func attempt(roots []*expr.Node, o Options, largest, room int) (*Plan, error) {
	stop := o.Stop
	o.Stop = nil // a plan keeps its options
	s := &state{Options: o, roots: append([]*expr.Node(nil), roots...), largest: largest, room: room, plan: &Plan{Target: o.Target, stages: make([]stage, 0, len(passes)+1)}}
	s.Target.Threads = plannedWorkers
	s.note("graph", graphText(s.roots))
	for i := range passes {
		if stop != nil {
			if err := stop(); err != nil {
				return nil, err
			}
		}
		if err := s.pass(&passes[i]); err != nil {
			return nil, err
		}
	}
	if err := s.planOnce(stop); err != nil {
		return nil, err
	}
	kernels := func() string { return s.plan.readable(s.steps, s.loopNotes()) }
	if once := s.plan.Once; once != nil {
		s.note("once", func() string { return once.Text("kernel") })
		s.note("kernel", func() string { return "; kept0 ... are computed once: see stage keep\n" + kernels() })
	} else {
		s.note("kernel", kernels)
	}
	s.plan.orders, s.plan.panels = s.orders, len(s.laid) > 0
	return s.plan, nil
}

// Times is how often step number i runs: once for each value of the indices of its loop that it depends on.
func (p *Plan) Times(i int) float64 {
	for k := range p.Loops {
		if l := &p.Loops[k]; l.From <= i && i < l.To {
			return l.times(p.Steps[i].Depth)
		}
	}
	return 1
}

// times is how often steps of a depth run.
func (l *Loop) times(depth int) float64 {
	n := 1.0
	for _, x := range l.Indices[:depth] {
		n *= float64(x.Slices())
	}
	return n
}

// Text shows the plan after a stage: "graph" as given, then the name of any pass; "kernel" is "index" with the schedule and the buffers.
// An unknown stage gives "".
func (p *Plan) Text(name string) string {
	for i := range p.stages {
		if p.stages[i].name == name {
			return p.stages[i].text()
		}
	}
	return ""
}

// Orders is the table of how contractions of more than two operands were ordered, as comment; "" where there was none.
func (p *Plan) Orders() string { return orderText(p.orders) }

// Stages lists the stages that Text knows, in order.
func (p *Plan) Stages() []string {
	names := make([]string, len(p.stages))
	for i := range p.stages {
		names[i] = p.stages[i].name
	}
	return names
}

// stage is a text that can be asked for.
type stage struct {
	name string
	text func() string
}
