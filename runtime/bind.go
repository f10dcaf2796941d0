package runtime

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Arg is a tensor bound to an input's name.
type Arg struct {
	name string
	t    *tensor.Tensor
}

// Bind gives t to the input called name. Any layout is read in place; nothing is copied.
func Bind(name string, t *tensor.Tensor) Arg { return Arg{name, t} }

// leafSet is the inputs and data of a graph, each name and each tensor once.
type leafSet struct {
	list []*expr.Node
	ids  map[source]int32 // once there are many of them
}

// source is what makes two leaves one: the name of inputs, the tensor of data.
type source struct {
	name string
	t    *tensor.Tensor
}

func sourceOf(n *expr.Node) source { return source{n.Name, n.Tensor} }

// find gives the number of a leaf, -1 if it is none.
func (l *leafSet) find(s source) int {
	if len(l.list) <= few {
		return slices.IndexFunc(l.list, func(n *expr.Node) bool { return sourceOf(n) == s })
	}
	if id, ok := l.ids[s]; ok {
		return int(id)
	}
	return -1
}

// add gives the number of n's leaf, a new one if there is none yet.
func (l *leafSet) add(n *expr.Node) int {
	if id := l.find(sourceOf(n)); id >= 0 {
		return id
	}
	l.list = append(l.list, n)
	switch {
	case len(l.list) == few+1:
		if l.ids == nil {
			l.ids = map[source]int32{}
		}
		for i, m := range l.list {
			l.ids[sourceOf(m)] = int32(i)
		}
	case len(l.list) > few:
		l.ids[sourceOf(n)] = int32(len(l.list) - 1)
	}
	return len(l.list) - 1
}

// forget empties l and keeps its memory.
func (l *leafSet) forget() {
	clear(l.list)
	clear(l.ids)
	l.list = l.list[:0]
}

// bind fills in the tensors of inputs: data has one for each leaf.
func (l *leafSet) bind(data []*tensor.Tensor, args []Arg) error {
	var stray error
	for _, a := range args {
		switch i := l.find(source{name: a.name}); {
		case i < 0:
			stray = fmt.Errorf("runtime: there is no input %q to bind", a.name)
		case data[i] != nil:
			stray = fmt.Errorf("runtime: input %q is bound twice", a.name)
		default:
			data[i] = a.t
		}
	}
	for i, n := range l.list {
		if n.Kind != expr.KInput {
			continue
		}
		t := data[i]
		if t == nil {
			return fmt.Errorf("%v: input %q (%v%v) is not bound: pass Bind(%q, tensor)", n.Pos, n.Name, n.DType, n.Shape, n.Name)
		}
		if t.DType() != n.DType || !t.Shape().Equal(n.Shape) {
			return fmt.Errorf("%v: input %q is %v%v, but the tensor bound to it is %v%v", n.Pos, n.Name, n.DType, n.Shape, t.DType(), t.Shape())
		}
	}
	return stray
}

// layout is the strides of a leaf's tensor; row-major (nil) where there is none yet.
func layout(t *tensor.Tensor) []int {
	if t == nil || t.Contiguous() {
		return nil
	}
	return t.Strides()
}

// seal copies the graph with every leaf replaced by an input, one for each tensor, so that a cached plan holds no user's data. The
// inputs are called "$0", "$1" ... by the leaf's number where the leaf is data. strides has their layouts.
func seal(sh *shape, roots []*expr.Node) (sealed, inputs []*expr.Node, strides map[*expr.Node][]int) {
	strides = map[*expr.Node][]int{}
	inputs = make([]*expr.Node, len(sh.leaves.list))
	for i, n := range sh.leaves.list {
		name := n.Name
		if n.Kind == expr.KData {
			name = fmt.Sprintf("$%d", i)
		}
		inputs[i] = expr.Hole(name, n)
		strides[inputs[i]] = layout(sh.data[i])
	}
	copies := make(map[*expr.Node]*expr.Node, len(sh.nodes))
	for _, n := range sh.nodes {
		if n.Kind == expr.KInput || n.Kind == expr.KData {
			copies[n] = inputs[sh.leaves.find(sourceOf(n))]
			continue
		}
		list := make([]*expr.Node, len(n.Args))
		for i, a := range n.Args {
			list[i] = copies[a]
		}
		copies[n] = n.With(list...)
	}
	for _, r := range roots {
		sealed = append(sealed, copies[r])
	}
	return sealed, inputs, strides
}
