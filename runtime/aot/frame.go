package aot

import (
	"context"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host/crew"
)

// frame is what one run at a time needs: its arena, and the arguments of each step.
type frame struct {
	plan   *Plan
	arena  []byte
	args   [][]driver.Arg
	moved  []driver.Arg // a step's arguments in the slice at hand
	index  []int        // the slice at hand: a place for each of the loop's indices
	launch [1]driver.Launch
	next   *frame // in the free list
}

// frame gives a frame of the free list or a new one.
func (p *Plan) frame() *frame {
	p.mu.Lock()
	f := p.frames
	if f != nil {
		p.frames = f.next
	}
	p.mu.Unlock()
	if f != nil {
		return f
	}
	return p.newFrame()
}

func (p *Plan) newFrame() *frame {
	f := &frame{plan: p, arena: crew.Aligned(p.Arena), args: make([][]driver.Arg, len(p.Steps))}
	params, indices := 0, 0
	for i := range p.Steps {
		f.args[i] = make([]driver.Arg, len(p.Steps[i].Args))
		params = max(params, len(p.Steps[i].Args))
	}
	for i := range p.Loops {
		indices = max(indices, len(p.Loops[i].Indices))
	}
	f.moved, f.index = make([]driver.Arg, params), make([]int, indices)
	return f
}

// rest puts f back, without the user's memory.
func (p *Plan) rest(f *frame) {
	for _, list := range f.args {
		clear(list)
	}
	clear(f.moved)
	f.launch[0] = driver.Launch{}
	p.mu.Lock()
	defer p.mu.Unlock()
	f.next, p.frames = p.frames, f
}

// bind fills in where the steps' params lie.
func (f *frame) bind(args []Arg) {
	p := f.plan
	for i := range p.Steps {
		for k, r := range p.Steps[i].Args {
			mem := f.arena
			switch r.Space {
			case Output:
				mem = args[r.Index].mem
			case Input:
				mem = args[len(p.Outputs)+r.Index].mem
			case Data:
				mem = p.data[r.Index]
			}
			f.args[i][k] = driver.Arg{Host: mem, Offset: r.Offset}
		}
	}
}

// run runs the steps in order.
func (f *frame) run(ctx context.Context, lane *crew.Lane) error {
	at := 0
	for i := range f.plan.Loops {
		l := &f.plan.Loops[i]
		if err := f.straight(ctx, lane, at, l.From); err != nil {
			return err
		}
		if err := f.loop(ctx, lane, l); err != nil {
			return err
		}
		at = l.To
	}
	return f.straight(ctx, lane, at, len(f.plan.Steps))
}

// straight runs the steps [from, to), which are of no loop.
func (f *frame) straight(ctx context.Context, lane *crew.Lane, from, to int) error {
	for i := from; i < to; i++ {
		if err := f.step(ctx, lane, i, f.args[i]); err != nil {
			return err
		}
	}
	return nil
}

// loop runs the steps of a loop slice by slice.
func (f *frame) loop(ctx context.Context, lane *crew.Lane, l *Loop) error {
	clear(f.index)
	for changed := 1; changed > 0; changed = codegen.NextSlice(l.Indices, f.index) {
		for i := l.From; i < l.To; i++ {
			step := &f.plan.Steps[i]
			if step.Depth < changed {
				continue
			}
			args := f.moved[:len(step.Args)]
			copy(args, f.args[i])
			for k := range args {
				for n, by := range step.Args[k].Moves {
					args[k].Offset += f.index[n] * by
				}
			}
			if err := f.step(ctx, lane, i, args); err != nil {
				return err
			}
		}
	}
	return nil
}

// step runs one kernel.
func (f *frame) step(ctx context.Context, lane *crew.Lane, i int, args []driver.Arg) error {
	if k := f.plan.code[i]; k != nil {
		return workers().Run(ctx, lane, k, args)
	}
	f.launch[0] = driver.Launch{Program: f.plan.walked[i], Args: args}
	return walker().Run(ctx, f.launch[:])
}
