// Package aot runs what einloom generate writes: plans that were made, and kernels that were assembled, when the program was built. It never
// plans, makes code or maps memory to be executed; a program that imports it alone ships without any of that.
package aot

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host/crew"
)

// Plan is one generated function: kernels in order and the memory that each works on. Generated files hold it as data; its fields do not
// change once it has run. It is safe for concurrent use.
type Plan struct {
	Name    string
	Needs   Features         // of the processor, for the machine code
	Code    func() []*Kernel // the steps' machine code; nil, or a nil one: there is none for this architecture, or for this step
	Kernels []string         // the steps' kernels as text, which the interpreter walks where machine code does not run
	Outputs []Array
	Inputs  []Array
	Data    []string // the bytes of arrays that travel with the function
	Arena   int      // bytes of intermediate arrays
	Steps   []Step
	Loops   []Loop

	start  sync.Once
	failed error
	code   []*Kernel        // one a step; nil: interpreted
	walked []driver.Program // one a step; nil: machine code
	data   [][]byte

	mu     sync.Mutex
	frames *frame
}

// Layout1 says how kernels find their arguments. Generated files name it: a change of that gives it another name, so that files of before
// do not build with it and have to be generated again.
const Layout1 = true

// The parts of machine code, see package crew.
type (
	Kernel = crew.Kernel
	Phase  = crew.Phase
	Param  = crew.Param
	Check  = crew.Check
)

// Array is a row-major array that a function takes.
type Array struct {
	Name string
	Type string // dtype and shape, for messages
	Len  int    // elements
}

// Step is one kernel: where its params lie, one Ref a param.
type Step struct {
	Args  []Ref
	Depth int // how many of its loop's indices it depends on
}

// Ref is the place of a param's element [0 ... 0].
type Ref struct {
	Space  Space
	Index  int   // which of its space
	Offset int   // bytes
	Moves  []int // bytes further for each place of each index of the loop; nil: it stays
}

// Space is a kind of memory.
type Space uint8

// The spaces.
const (
	Arena Space = iota
	Output
	Input
	Data
)

// Loop is steps that run once for each slice, those that depend on outer indices alone once for each of these.
type Loop struct {
	From, To int // Steps[From:To]
	Indices  []Index
}

// Index says which places an index of a loop takes.
type Index = codegen.Places

// Features are what machine code needs of a processor.
type Features uint8

// The features.
const (
	AVX2   Features = iota // AVX2, FMA, F16C, BMI2: x86-64-v3
	AVX512                 // AVX-512 F, BW, DQ, VL besides: x86-64-v4
)

// here says whether this processor has them.
func (f Features) here() bool {
	if f == AVX512 {
		return crew.HasAVX512()
	}
	return crew.HasAVX2()
}

// Native says whether all of p's kernels run as machine code here. Where they do not, on other architectures and on processors that lack
// what the code needs, the interpreter computes the same, slowly.
func (p *Plan) Native() bool {
	p.start.Do(p.prepare)
	for _, k := range p.code {
		if k == nil {
			return false
		}
	}
	return p.failed == nil
}

// Run computes the outputs: args are p's outputs, which are written, then its inputs. A slice of another length, and an output that shares
// memory with another argument, is an error. A cancelled context stops the run between pieces of its kernels. It allocates nothing once it
// has run, except for each goroutine that runs it at the same time.
func (p *Plan) Run(ctx context.Context, args ...Arg) error {
	if err := p.run(ctx, args); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

func (p *Plan) run(ctx context.Context, args []Arg) error {
	if err := p.check(args); err != nil {
		return err
	}
	if p.start.Do(p.prepare); p.failed != nil {
		return p.failed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f := p.frame()
	defer p.rest(f)
	f.bind(args)
	lane := workers().Lane()
	defer workers().Rest(lane)
	return f.run(ctx, lane)
}

// check holds the arguments to what the plan was made for.
func (p *Plan) check(args []Arg) error {
	outs := len(p.Outputs)
	if len(args) != outs+len(p.Inputs) {
		return fmt.Errorf("it takes %d arrays, got %d", outs+len(p.Inputs), len(args))
	}
	for i := range args {
		if a := p.array(i); args[i].len != a.Len {
			return fmt.Errorf("%s is %s, %d elements: got %d", a.Name, a.Type, a.Len, args[i].len)
		}
	}
	for i := range outs {
		for k := range args {
			if k != i && args[i].meets(&args[k]) {
				return fmt.Errorf("%s shares memory with %s", p.Outputs[i].Name, p.array(k).Name)
			}
		}
	}
	return nil
}

// array is what argument i is.
func (p *Plan) array(i int) *Array {
	if i < len(p.Outputs) {
		return &p.Outputs[i]
	}
	return &p.Inputs[i-len(p.Outputs)]
}

var errPlan = errors.New("internal: the plan is not what einloom generate writes: please report it with the generated files")
