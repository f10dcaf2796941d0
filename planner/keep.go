package planner

// keep: what is the same in every run, and takes longer to compute than to read, is computed once and kept.
//
//	before  %0 = input "w" frozen; %1 = input "x"; %2 = exp %0; %3 = mul %1 %2
//	after   %0 = input "$kept0"; %1 = input "x"; %2 = mul %1 %0        where Plan.Once gives exp of "w" for $kept0

import (
	"fmt"
	"maps"
	"slices"

	"github.com/einloom/einloom/expr"
)

// keep makes leaves of what is kept; what they hold has a plan of its own.
func keep(s *state) error {
	if !s.Keep || s.off("keep") {
		return nil
	}
	g := s.number()
	s.once = newKeeper(s, g).chosen()
	leaf := make(map[*expr.Node]*expr.Node, len(s.once))
	for i, n := range s.once {
		hole := expr.Hole(fmt.Sprintf("%s%d", keptName, i), n, false)
		leaf[n] = hole
		s.plan.Kept = append(s.plan.Kept, hole)
	}
	if len(leaf) > 0 {
		s.roots = g.exchange(leaf)
	}
	return nil
}

// planOnce plans what is computed once. Its contractions are ordered already.
func (s *state) planOnce(stop func() error) (err error) {
	if len(s.once) == 0 {
		return nil
	}
	o := s.Options
	o.Keep, o.Trace, o.Stop = false, nil, stop
	o.Off = withOff(s.Off, "order")
	s.plan.Once, err = attempt(s.once, o, 0, 0)
	return err
}

// withOff is a set of names with one more.
func withOff(off map[string]bool, name string) map[string]bool {
	more := map[string]bool{name: true}
	maps.Copy(more, off)
	return more
}

// keptName is what the names of kept leaves begin with: no input of a user's has such a name.
const keptName = "$kept"

// exchange puts other nodes in the place of some.
func (g *graph) exchange(by map[*expr.Node]*expr.Node) []*expr.Node {
	to := make([]*expr.Node, len(g.nodes))
	for i, n := range g.nodes {
		if to[i] = by[n]; to[i] != nil {
			continue
		}
		args := make([]*expr.Node, len(g.args[i]))
		for k, a := range g.args[i] {
			args[k] = to[a]
		}
		to[i] = n.With(args...)
	}
	roots := make([]*expr.Node, len(g.roots))
	for i, r := range g.roots {
		roots[i] = to[r]
	}
	return roots
}

// constants says of each node whether it is the same in every run: it is a number, or frozen, or made of such nodes alone.
func (g *graph) constants() []bool {
	of := make([]bool, len(g.nodes))
	for i, n := range g.nodes {
		switch n.Kind {
		case expr.KInput, expr.KData:
			of[i] = n.Frozen
		default:
			of[i] = true
			for _, a := range g.args[i] {
				of[i] = of[i] && of[a]
			}
		}
	}
	return of
}

// keeper weighs what a run would spend on constant nodes.
type keeper struct {
	*graph
	constant []bool
	model    model
	vector   int     // bytes of the target's vectors
	bus      float64 // bytes per second to a device that has memory of its own; 0: it has the host's
	laid     map[*expr.Node]bool
	seconds  []float64 // of each constant node, what a worker needs to have its elements at hand
	kept     []bool    // of each node, whether to read it takes less than to compute it
}

// newKeeper weighs the constant nodes of a graph.
func newKeeper(s *state, g *graph) *keeper {
	k := &keeper{graph: g, constant: g.constants(), model: newModel(s.Target), vector: s.Target.Vector, bus: s.Target.Bus, laid: s.laid}
	k.seconds, k.kept = make([]float64, len(k.nodes)), make([]bool, len(k.nodes))
	for n := range k.nodes {
		if k.constant[n] {
			k.weigh(n)
		}
	}
	return k
}

// atHand says whether node n is constant, and lies in memory in each run, in some layout.
func (k *keeper) atHand(n int) bool {
	for isMove(k.nodes[n].Kind) && !k.kept[n] && k.nodes[n].Kind != expr.KBroadcast {
		n = k.args[n][0]
	}
	return k.constant[n] && (k.kept[n] || k.nodes[n].Kind == expr.KInput || k.nodes[n].Kind == expr.KData)
}

// chosen gives the nodes that are kept: the first on the way from each root down that are worth it.
func (k *keeper) chosen() (list []*expr.Node) {
	needed := make([]bool, len(k.nodes))
	for _, r := range k.roots {
		needed[r] = true
	}
	for n := len(k.nodes) - 1; n >= 0; n-- {
		switch {
		case !needed[n]:
		case k.kept[n]:
			list = append(list, k.nodes[n])
		default:
			for _, a := range k.args[n] {
				needed[a] = true
			}
		}
	}
	slices.Reverse(list)
	return list
}

// weigh decides about a constant node whose arguments are decided about. A movement is index arithmetic of what reads it, and not worth keeping.
func (k *keeper) weigh(n int) {
	node := k.nodes[n]
	length := float64(size(node.Shape))
	read := k.model.move(length * float64(node.DType.Size()))
	switch {
	case node.Kind == expr.KConst || node.Kind == expr.KIota:
		return
	case node.Kind == expr.KInput || node.Kind == expr.KData:
		k.seconds[n] = read
		if k.bus > 0 {
			k.seconds[n] += length * float64(node.DType.Size()) / k.bus
		}
	case k.laid[node]:
		k.seconds[n], k.kept[n] = read, true
		return
	case isMove(node.Kind):
		a := k.args[n][0]
		k.seconds[n] = k.seconds[a]
		if all := float64(size(node.Args[0].Shape)); length < all {
			k.seconds[n] *= length / all
		}
		k.kept[n] = k.kept[a] && k.uses[a] == 1 && (node.Kind == expr.KTranspose || node.Kind == expr.KReshape) // as it will be read
		return
	case node.Kind == expr.KGather:
		table, at := k.args[n][0], k.args[n][1]
		k.seconds[n] = min(k.seconds[table], read) + k.seconds[at] + k.model.compute(4*length)
	default:
		k.seconds[n] = k.work(node)
		for i, a := range k.args[n] {
			if !slices.Contains(k.args[n][:i], a) {
				k.seconds[n] += k.seconds[a]
			}
		}
	}
	if read < k.seconds[n] && !isFree(node) {
		k.seconds[n], k.kept[n] = read, true
	}
}

// work is the seconds that a worker needs for a node whose arguments are at hand.
func (k *keeper) work(node *expr.Node) float64 {
	length := float64(size(node.Shape))
	switch node.Kind {
	case expr.KMap:
		if w, ok := opWork[node.Op.Name]; ok {
			return k.model.compute(w * length)
		}
		return k.model.compute(length)
	case expr.KContract:
		return k.model.multiply(contracted(node))
	case expr.KCall:
		return calling(node)
	case expr.KReduce, expr.KScan:
		return k.model.compute(float64(size(node.Args[0].Shape)))
	}
	return k.model.move(2 * length * float64(node.DType.Size())) // padding and joining write what is then read
}

// contracted is the points of a contraction: of all of its labels.
func contracted(n *expr.Node) float64 {
	sizes := map[int]float64{}
	for i, labels := range n.Labels {
		for axis, l := range labels {
			sizes[l] = float64(n.Args[i].Shape[axis])
		}
	}
	points := 1.0
	for _, d := range sizes {
		points *= d
	}
	return points
}

// keptBytes is what the results take that are kept.
func (p *Plan) keptBytes() int64 {
	bytes := int64(0)
	for _, n := range p.Kept {
		bytes += int64(size(n.Shape)) * int64(n.DType.Size())
	}
	return bytes
}
