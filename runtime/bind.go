package runtime

import (
	"fmt"

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

func bound(args []Arg, name string) *tensor.Tensor {
	for i := range args {
		if args[i].name == name {
			return args[i].t
		}
	}
	return nil
}

// bindLeaves appends the tensor of each leaf to data.
func bindLeaves(data []*tensor.Tensor, leaves []*expr.Node, args []Arg) ([]*tensor.Tensor, error) {
	inputs := 0
	for _, n := range leaves {
		t := n.Tensor
		if n.Kind == expr.KInput {
			inputs++
			if t = bound(args, n.Name); t == nil {
				return nil, fmt.Errorf("%v: input %q (%v%v) is not bound: pass Bind(%q, tensor)", n.Pos, n.Name, n.DType, n.Shape, n.Name)
			}
			if t.DType() != n.DType || !t.Shape().Equal(n.Shape) {
				return nil, fmt.Errorf("%v: input %q is %v%v, but the tensor bound to it is %v%v", n.Pos, n.Name, n.DType, n.Shape, t.DType(), t.Shape())
			}
		}
		data = append(data, t)
	}
	if len(args) > inputs {
		return nil, strayArg(leaves, args)
	}
	return data, nil
}

// strayArg names the binding that no input takes.
func strayArg(leaves []*expr.Node, args []Arg) error {
	for i, a := range args {
		if bound(args[:i], a.name) != nil {
			return fmt.Errorf("runtime: input %q is bound twice", a.name)
		}
		found := false
		for _, n := range leaves {
			found = found || n.Kind == expr.KInput && n.Name == a.name
		}
		if !found {
			return fmt.Errorf("runtime: there is no input %q to bind", a.name)
		}
	}
	return fmt.Errorf("runtime: %d bindings for fewer inputs", len(args))
}

// layout is the strides that a leaf's memory will have: those of its tensor, or of the tensor bound to it; row-major (nil) otherwise.
// The strides of axes with at most one element do not matter and are given as row-major ones, so that they make no plan of their own.
func layout(n *expr.Node, args []Arg) []int {
	t := n.Tensor
	if n.Kind == expr.KInput {
		t = bound(args, n.Name)
	}
	if t == nil || t.Contiguous() {
		return nil
	}
	return t.Strides()
}

// seal copies the graph with every leaf replaced by an input, one for each tensor, so that a cached plan holds no user's data. The
// inputs are called "$0", "$1" ... by the leaf's number where the leaf is data. strides has their layouts.
func seal(sh *shape, roots []*expr.Node, args []Arg) (sealed, inputs []*expr.Node, strides map[*expr.Node][]int) {
	strides = map[*expr.Node][]int{}
	inputs = make([]*expr.Node, len(sh.leaves))
	for i, n := range sh.leaves {
		name := n.Name
		if n.Kind == expr.KData {
			name = fmt.Sprintf("$%d", i)
		}
		inputs[i] = expr.Hole(name, n)
		strides[inputs[i]] = layout(n, args)
	}
	copies := make(map[*expr.Node]*expr.Node, len(sh.nodes))
	for _, n := range sh.nodes {
		if n.Kind == expr.KInput || n.Kind == expr.KData {
			copies[n] = inputs[sh.leaf(n)]
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
