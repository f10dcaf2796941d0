// Package runplan runs a plan on any device, without a session: for tests of planner and devices together. It never checks what comes out.
package runplan

import (
	"context"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Run plans roots, whose leaves are all data, and runs the plan's kernels on d.
func Run(d driver.Device, roots []expr.Expr, o planner.Options) ([]*tensor.Tensor, *planner.Plan, error) {
	p, err := planner.Make(expr.Nodes(roots...), o)
	if err != nil {
		return nil, p, err
	}
	arena, err := tensor.Zeros(tensor.Uint8, p.Arena)
	if err != nil {
		return nil, p, err
	}
	outs := make([]*tensor.Tensor, len(p.Outputs))
	for i, r := range p.Outputs {
		if outs[i], err = tensor.Zeros(r.DType, r.Shape...); err != nil {
			return nil, p, err
		}
	}
	for _, s := range p.Steps {
		if err := step(d, p, s, arena, outs); err != nil {
			return nil, p, err
		}
	}
	return outs, p, nil
}

// step compiles one kernel and runs it.
func step(d driver.Device, p *planner.Plan, s planner.Step, arena *tensor.Tensor, outs []*tensor.Tensor) error {
	ctx := context.Background()
	prog, err := d.Compile(ctx, s.Kernel)
	if err != nil {
		return err
	}
	l := driver.Launch{Program: prog}
	for _, r := range s.Args {
		in := arena
		switch r.Space {
		case planner.Leaf:
			in = p.Leaves[r.Index].Tensor
		case planner.Output:
			in = outs[r.Index]
		}
		mem, at := in.Memory()
		l.Args = append(l.Args, driver.Arg{Host: mem, Offset: at + r.Offset})
	}
	if err := d.Run(ctx, []driver.Launch{l}); err != nil {
		return err
	}
	return prog.Close()
}
