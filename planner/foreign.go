package planner

import (
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// slow is how many times longer the interpreter takes than code of the target's own.
const slow = 40

// strangers finds the nodes that the target has no code for: they run through the interpreter, and should not take others along. nil where
// the target has everything, or does not say.
func strangers(g *graph, native func(string, tensor.DType) bool) []bool {
	if native == nil {
		return nil
	}
	var list []bool
	for n, node := range g.nodes {
		if !stranger(node, native) {
			continue
		}
		if list == nil {
			list = make([]bool, len(g.nodes))
		}
		list[n] = true
	}
	return list
}

// stranger says whether a node computes, reads or gives something that the target has no code for.
func stranger(n *expr.Node, native func(string, tensor.DType) bool) bool {
	loads := func(d tensor.DType) bool {
		if d.IsComplex() {
			d = partOf(d) // pass expand makes pairs of them
		}
		return native("load", d)
	}
	if n.Kind == expr.KConst || n.Kind == expr.KIota {
		return false
	}
	if !loads(n.DType) {
		return true
	}
	for _, a := range n.Args {
		if !loads(a.DType) {
			return true
		}
	}
	switch n.Kind {
	case expr.KScan:
		d := n.DType
		if d.IsComplex() {
			d = partOf(d)
		}
		return !native("scan", d)
	case expr.KGather:
		return !native("gather", n.DType)
	case expr.KMap:
		d := n.Args[len(n.Args)-1].DType
		if !d.IsComplex() && native(n.Op.Name, d) {
			return false
		}
		f, err := formulaOf(n)
		return err != nil || !written(f, native)
	}
	return false
}

// written says whether the target has every core operation of a formula.
func written(f *op.Formula, native func(string, tensor.DType) bool) bool {
	for i := range f.Ins {
		in := &f.Ins[i]
		if len(in.Args) > 0 && !native(in.Op.Name, f.DType(in.Args[len(in.Args)-1])) || !native("cast", in.DType) {
			return false
		}
	}
	return true
}

// foreign says whether node n runs through the interpreter.
func (f *fuser) foreign(n int) bool { return f.strange != nil && n < len(f.strange) && f.strange[n] }

// mixed says why n is better not computed in the group of d: one of both has no code, or runs in other slices. What is small may be, where
// that saves a kernel.
func (f *fuser) mixed(n int, d demand, ops float64) string {
	switch {
	case f.looped.at(f.nodes[n]) != d.g.within:
		return "what needs it runs in slices"
	case f.strange == nil || f.foreign(n) == d.g.foreign:
		return ""
	case f.foreign(n):
		return "the target has no code for it"
	}
	bytes := float64(size(f.nodes[n].Shape) * f.nodes[n].DType.Size())
	if f.model.compute(slow*ops) > f.model.launch+f.model.move(2*bytes) {
		return "the target has no code for what needs it"
	}
	return ""
}
