package oracle

import (
	"errors"
	"fmt"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// maxElements is the most elements that a value here may have. The oracle writes every node out, broadcasts too, so a graph that a
// device computes in little memory can be beyond it.
const maxElements = 1 << 28

// Eval gives the values of graphs without inputs, in fresh memory: one tensor for each root, of its dtype and shape. The errors are those
// of building the graph, all of them joined, and those of a run: an index out of range, an input that is not bound, a value of more than
// 2^28 elements.
func Eval(roots ...expr.Expr) ([]*tensor.Tensor, error) { return EvalWith(nil, roots...) }

// EvalWith is Eval with a tensor for each of the graph's inputs, by name. Names that no input has are ignored.
func EvalWith(bind map[string]*tensor.Tensor, roots ...expr.Expr) ([]*tensor.Tensor, error) {
	e := evaluation{bind: bind}
	values, err := e.run(roots)
	if err != nil {
		return nil, err
	}
	out := make([]*tensor.Tensor, len(values))
	for i, v := range values {
		if out[i], err = v.tensor(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// EvalBound is EvalWith that says besides how far a correct implementation may be from each element.
func EvalBound(bind map[string]*tensor.Tensor, roots ...expr.Expr) ([]Bounded, error) {
	e := evaluation{bind: bind, bounds: true}
	values, err := e.run(roots)
	if err != nil {
		return nil, err
	}
	out := make([]Bounded, len(values))
	for i, v := range values {
		t, err := v.tensor()
		if err != nil {
			return nil, err
		}
		out[i] = Bounded{Value: t, Bound: v.slack, Fragile: e.fragile}
	}
	return out, nil
}

// evaluation is one walk over a graph.
type evaluation struct {
	bind    map[string]*tensor.Tensor
	bounds  bool // analyse errors
	fragile bool // an unstable index was used
	values  map[*expr.Node]*array
	uses    map[*expr.Node]int // how many nodes still wait for the value
}

func (e *evaluation) run(roots []expr.Expr) ([]*array, error) {
	nodes := expr.Nodes(roots...)
	for i, n := range nodes {
		if n == nil {
			return nil, fmt.Errorf("oracle: root %d is the zero Expr", i)
		}
	}
	if err := e.prepare(nodes); err != nil {
		return nil, err
	}
	for n := range expr.Walk(nodes...) {
		v, err := e.compute(n)
		if err != nil {
			return nil, err
		}
		e.values[n] = v
		for _, a := range n.Args {
			if e.uses[a]--; e.uses[a] == 0 {
				delete(e.values, a)
			}
		}
	}
	out := make([]*array, len(nodes))
	for i, n := range nodes {
		out[i] = e.values[n]
	}
	return out, nil
}

// prepare counts the uses of each node and finds what cannot be computed before anything is.
func (e *evaluation) prepare(nodes []*expr.Node) error {
	e.values, e.uses = map[*expr.Node]*array{}, map[*expr.Node]int{}
	var bad []error
	for n := range expr.Walk(nodes...) {
		if n.Kind == expr.KBad {
			bad = append(bad, n.Err)
			continue
		}
		size, err := n.Shape.Size()
		if err != nil {
			return fmt.Errorf("%v: oracle: %w", n.Pos, err)
		}
		if size > maxElements {
			return fmt.Errorf("%v: oracle: %v%v has more than the %d elements that the oracle writes out", n.Pos, n.DType, n.Shape, maxElements)
		}
		for _, a := range n.Args {
			e.uses[a]++
		}
	}
	for _, n := range nodes {
		e.uses[n]++
	}
	return expr.Join(bad...)
}

// compute gives the value of n, whose arguments have theirs.
func (e *evaluation) compute(n *expr.Node) (*array, error) {
	args := make([]*array, len(n.Args))
	for i, a := range n.Args {
		args[i] = e.values[a]
	}
	switch n.Kind {
	case expr.KInput:
		return e.input(n)
	case expr.KData:
		return load(n.Tensor)
	case expr.KConst:
		return constant(n.DType, n.Value), nil
	case expr.KIota:
		return iota64(n.Shape.Len()), nil
	case expr.KMap:
		return e.apply(n, args)
	case expr.KReduce:
		return e.reduce(n, args[0])
	case expr.KScan:
		return e.scan(n, args[0])
	case expr.KContract:
		return e.contract(n, args)
	case expr.KReshape, expr.KTranspose, expr.KBroadcast, expr.KSlice, expr.KPad, expr.KDiagonal, expr.KConcat:
		return move(n, args)
	case expr.KGather:
		return e.gather(n, args[0], args[1])
	case expr.KCall:
		return e.call(n, args)
	}
	return nil, broken(n, "a node of unknown kind %d", n.Kind)
}

// input gives the tensor bound to n's name.
func (e *evaluation) input(n *expr.Node) (*array, error) {
	t := e.bind[n.Name]
	if t == nil {
		return nil, fmt.Errorf("%v: oracle: input %q (%v%v) is not bound", n.Pos, n.Name, n.DType, n.Shape)
	}
	if t.DType() != n.DType || !t.Shape().Equal(n.Shape) {
		return nil, fmt.Errorf("%v: oracle: input %q is %v%v, but the tensor bound to it is %v%v", n.Pos, n.Name, n.DType, n.Shape, t.DType(), t.Shape())
	}
	return load(t)
}

// ErrBroken is what the oracle's errors about a node that no builder makes wrap: the mistake is ours, not the user's.
var ErrBroken = errors.New("internal: the graph is not what expr promises")

func broken(n *expr.Node, format string, args ...any) error {
	return fmt.Errorf("%v: oracle: %w: %s", n.Pos, ErrBroken, fmt.Sprintf(format, args...))
}
