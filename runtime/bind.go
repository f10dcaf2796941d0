package runtime

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Arg is a tensor or a buffer bound to an input's name.
type Arg struct {
	name  string
	value operand
}

// Bind gives x to the input called name. Any layout is read in place; nothing is copied but what a device with memory of its own needs of
// tensors.
func Bind[T *tensor.Tensor | *Buffer](name string, x T) Arg {
	switch x := any(x).(type) {
	case *tensor.Tensor:
		return Arg{name, operand{t: x}}
	case *Buffer:
		return Arg{name, operand{b: x}}
	}
	return Arg{name: name}
}

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

// bind fills in the operands of inputs: data has one for each leaf. Buffers are of session s.
func (l *leafSet) bind(s *Session, data []operand, args []Arg) error {
	var stray error
	for _, a := range args {
		switch i := l.find(source{name: a.name}); {
		case i < 0:
			stray = fmt.Errorf("runtime: there is no input %q to bind", a.name)
		case !data[i].none():
			stray = fmt.Errorf("runtime: input %q is bound twice", a.name)
		default:
			data[i] = a.value
		}
	}
	for i, n := range l.list {
		if n.Kind != expr.KInput {
			continue
		}
		x := data[i]
		if x.none() {
			return fmt.Errorf("%v: input %q (%v%v) is not bound: pass Bind(%q, tensor)", n.Pos, n.Name, n.DType, n.Shape, n.Name)
		}
		if !x.is(n.DType, n.Shape) {
			return fmt.Errorf("%v: input %q is %v%v, but it is bound to a %v", n.Pos, n.Name, n.DType, n.Shape, x)
		}
		if x.b != nil && x.b.session != s {
			return fmt.Errorf("%v: input %q is bound to a %v of another session", n.Pos, n.Name, x)
		}
	}
	return stray
}

// name says which leaf number k is.
func (l *leafSet) name(k int) string {
	if n := l.list[k]; n.Kind == expr.KInput {
		return fmt.Sprintf("input %q", n.Name)
	}
	return fmt.Sprintf("the data of %v", l.list[k].Pos)
}

// named says which input or output a closed buffer was for.
func (l *leafSet) named(err error) error {
	closed, ok := err.(*closedError)
	switch {
	case !ok:
		return err
	case closed.at < len(l.list):
		return fmt.Errorf("runtime: %s: %w", l.name(closed.at), err)
	}
	return fmt.Errorf("runtime: output %d: %w", closed.at-len(l.list), err)
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
		inputs[i] = expr.Hole(name, n, sh.keep && isFrozen(n))
		strides[inputs[i]] = sh.data[i].layout()
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
