package planner

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// routineRate is the operations a second of routines, about.
const routineRate = 3e9

// calling is the seconds that a call takes.
func calling(n *expr.Node) float64 {
	shapes := make([]tensor.Shape, len(n.Args))
	for i, a := range n.Args {
		shapes[i] = a.Shape
	}
	return n.Routine.Flop(shapes) / routineRate
}

// settleCall gives a call a group of its own, which reads the operands as memory and stores the result.
func (f *fuser) settleCall(n int) {
	d := f.open(n)
	d.g.foreign, d.g.call = true, true
	for _, a := range f.args[n] {
		e := f.ask(d.g, a, nil, true)
		d.g.entries[d.entry].args = append(d.g.entries[d.entry].args, e)
	}
	d.g.entries[d.entry].inside = true
	d.g.inside++
	f.keep(n, d, d.at())
	for _, reader := range f.demands[n] {
		if reader != d {
			f.read(n, reader)
		}
	}
	f.note(n, "a routine gives it")
}

// call makes the kernel of a group that calls a routine. Operands are read where they lie, by whatever strides.
func (x *indexer) call() (*codegen.Kernel, error) {
	first := &x.g.entries[0]
	n := x.s.graph.nodes[first.node]
	x.args = nil
	for i, a := range first.args {
		e := &x.g.entries[a]
		v, ok := x.s.memory.of(e)
		if !ok {
			return nil, fmt.Errorf("node %d is in no memory", e.node)
		}
		at := spot{v.base, x.target(v.base), v.offset, v.moves}
		x.b.Input(x.title(at), n.Args[i].DType, n.Args[i].Shape, v.strides)
		x.args = append(x.args, at)
	}
	for i := range x.g.outs {
		o := &x.g.outs[i]
		at := spot{o.node, o.target, o.offset, o.moves}
		x.b.Output(x.title(at), n.DType, n.Shape, o.strides)
		x.args = append(x.args, at)
	}
	x.b.Call(n.Routine)
	x.b.Note("a routine")
	return x.b.Kernel()
}
