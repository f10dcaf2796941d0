package planner

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// settleMove passes what is asked of a movement on to its argument: as other indices, or as other strides over the same memory. A kernel
// of its own copies it only where it is an output, or a reshape that neither can express.
func (f *fuser) settleMove(n int) {
	if len(f.outputs[n]) > 0 || f.wanted(n) && !f.viewed(n) {
		if f.nodes[n].Kind == expr.KReshape {
			f.refill(n)
		} else {
			f.store(n)
		}
		return
	}
	for i := 0; i < len(f.demands[n]); i++ {
		f.pass(n, f.demands[n][i])
	}
}

// viewed says whether n can be seen as memory without a copy, and asks for that memory in each group that indexes n at will.
func (f *fuser) viewed(n int) bool {
	v, ok := f.view(n)
	if !ok {
		return false
	}
	for _, d := range f.demands[n] {
		if d.whole() {
			f.see(d, v)
		}
	}
	return true
}

// see makes an entry read memory by a view, and asks for that memory.
func (f *fuser) see(d demand, v view) {
	d.g.entries[d.entry].seen = &v
	f.ask(d.g, v.base, nil, true)
}

// refill gives a reshape memory of its own, which its argument is written to in the argument's shape: row-major order is the same.
func (f *fuser) refill(n int) {
	arg := f.args[n][0]
	g := &group{foreign: f.foreign(n)}
	f.groups = append(f.groups, g)
	at := g.over(f.nodes[arg].Shape)
	f.write(n, demand{g, f.ask(g, arg, at, false)}, at, 0, codegen.RowMajor(f.nodes[arg].Shape))
	for _, d := range f.demands[n] {
		if !d.g.entries[d.entry].inside {
			f.read(n, d)
		}
	}
}

// pass makes one need of a movement one of its argument.
func (f *fuser) pass(n int, d demand) {
	node := f.nodes[n]
	if d.whole() || f.dense[n] { // read as memory
		return
	}
	var at []codegen.Affine
	if node.Kind != expr.KReshape {
		at = moved(node, d.at())
	} else if at = f.passReshape(n, d); at == nil {
		return
	}
	f.need(d, f.args[n][0], at)
	d.g.entries[d.entry].inside = true
}

// passReshape gives the argument's indices for a reshape; nil where the reshape is read as memory instead: a leaf's by other strides,
// another's by other strides over the memory that it then has to have, or memory of its own.
func (f *fuser) passReshape(n int, d demand) []codegen.Affine {
	v, viewable := f.view(n)
	if k := f.nodes[v.base].Kind; viewable && (k == expr.KInput || k == expr.KData) {
		f.see(d, v)
		return nil
	}
	if at, ok := d.g.reshaped(d.entry, f.nodes[n].Shape, f.nodes[n].Args[0].Shape); ok {
		return at
	}
	if viewable {
		f.see(d, v)
	} else {
		f.refill(n)
	}
	return nil
}

// assemble gives a padding or a concatenation memory, and each of its parts a group that writes it there.
func (f *fuser) assemble(n int) {
	node := f.nodes[n]
	strides := codegen.RowMajor(node.Shape)
	offset := 0
	part := func(arg int, shape []int, offset int, at func(g *group, own []codegen.Affine) []codegen.Affine) {
		if size(shape) == 0 {
			return
		}
		g := &group{foreign: f.foreign(arg) || f.foreign(n)}
		f.groups = append(f.groups, g)
		own := g.over(shape)
		f.write(n, demand{g, f.ask(g, arg, at(g, own), false)}, own, offset, strides)
	}
	same := func(_ *group, own []codegen.Affine) []codegen.Affine { return own }
	none := func(*group, []codegen.Affine) []codegen.Affine { return nil }
	if node.Kind == expr.KConcat {
		for _, a := range f.args[n] {
			part(a, f.nodes[a].Shape, offset, same)
			offset += f.nodes[a].Shape[node.Axes[0]] * strides[node.Axes[0]]
		}
	} else {
		// The border is cut into slabs: before and after axis k they span the argument's extent of the axes ahead of k, and all of those
		// behind.
		fill := f.constant(n)
		inner := node.Args[0].Shape
		slab := append([]int(nil), node.Shape...)
		for k := range inner {
			slab[k] = node.Before[k]
			part(fill, slab, offset, none)
			slab[k] = node.After[k]
			part(fill, slab, offset+(node.Before[k]+inner[k])*strides[k], none)
			slab[k] = inner[k]
			offset += node.Before[k] * strides[k]
		}
		part(f.args[n][0], inner, offset, same)
	}
	f.dense[n] = true
	for _, d := range f.demands[n] {
		f.read(n, d)
	}
}

// constant numbers the value that a padding pads with, as a node of its own.
func (f *fuser) constant(n int) int {
	node := f.nodes[n]
	return f.append(expr.Make(expr.Node{Kind: expr.KConst, DType: node.DType, Value: node.Value, Pos: node.Pos}))
}

// append numbers a node behind all others.
func (f *fuser) append(n *expr.Node) int {
	f.graph.add(n)
	f.demands, f.makers = append(f.demands, nil), append(f.makers, nil)
	f.dense, f.outputs = append(f.dense, false), append(f.outputs, nil)
	return len(f.nodes) - 1
}
