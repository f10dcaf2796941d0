package planner

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// memory says which nodes of a graph are in memory, and how.
type memory struct {
	graph   *graph
	dense   []bool  // whether the node is stored, row-major
	outputs [][]int // of each node, the outputs that it is stored to; none: to a buffer of the arena
	leaf    func(*expr.Node) []int
	looped  *looped
	paths   map[*expr.Node]*path // of what moves from slice to slice
}

// view is memory as an array of some shape sees it: element [0 ... 0] lies at an offset from that of the base, a leaf or a stored node.
type view struct {
	base    int
	offset  int // in elements
	strides []int
	moves   *path // from slice to slice; nil: it stays
}

// path is how memory moves from slice to slice of a loop: by so many elements for the next value of each of its labels.
type path struct {
	loop  int // its number, from 1
	steps []int
}

// newMemory finds which nodes are stored for the roots. A root that is a reshape of something computed is that in other words: row-major
// memory serves both.
func newMemory(g *graph, leaf func(*expr.Node) []int, l *looped) memory {
	m := memory{graph: g, dense: make([]bool, len(g.nodes)), outputs: make([][]int, len(g.nodes)), leaf: leaf, looped: l}
	if l != nil {
		m.paths = map[*expr.Node]*path{}
		for n, node := range g.nodes {
			m.dense[n] = l.total(node)
		}
	}
	for k, n := range g.roots {
		base := n
		for g.nodes[base].Kind == expr.KReshape {
			base = g.args[base][0]
		}
		if !computed(g.nodes[base].Kind) {
			base = n
		}
		m.outputs[base] = append(m.outputs[base], k)
	}
	return m
}

// computed says whether nodes of a kind are neither leaves nor movements nor free.
func computed(k expr.Kind) bool {
	switch k {
	case expr.KMap, expr.KReduce, expr.KScan, expr.KContract, expr.KGather, expr.KPad, expr.KConcat, expr.KCall:
		return true
	}
	return false
}

// view gives the memory that n is, if it is a leaf, will be stored, or is a movement of such; a node that is neither movement nor leaf is
// taken to be stored.
func (m *memory) view(n int) (view, bool) {
	node := m.graph.nodes[n]
	switch {
	case m.dense[n]:
		return m.stored(n), true
	case node.Kind == expr.KInput || node.Kind == expr.KData:
		return view{base: n, strides: m.leafStrides(node)}, true
	case !isMove(node.Kind):
		return m.stored(n), true
	}
	arg := m.graph.args[n][0]
	from, ok := m.view(arg)
	if s, slides := m.looped.slide(node); slides {
		if !ok {
			from = m.stored(arg)
		}
		to, _ := from.moved(node)
		to.moves = m.path(node, s, from.strides)
		return to, true
	}
	if !ok {
		return view{}, false
	}
	return from.moved(node)
}

// path is how a slice of memory of such strides moves; one for each node.
func (m *memory) path(n *expr.Node, s slide, strides []int) *path {
	p := m.paths[n]
	if p == nil {
		p = &path{s.loop, make([]int, len(m.looped.loops[s.loop-1].indices))}
		for k, l := range s.axes {
			if l > 0 {
				p.steps[l-1] += strides[k]
			}
		}
		m.paths[n] = p
	}
	return p
}

// stored is the memory of a node that is stored.
func (m *memory) stored(n int) view {
	return view{base: n, strides: codegen.RowMajor(m.graph.nodes[n].Shape)}
}

// of gives the memory that an entry is read from.
func (m *memory) of(e *entry) (view, bool) {
	if e.seen != nil {
		return *e.seen, true
	}
	return m.view(e.node)
}

func (m *memory) leafStrides(n *expr.Node) []int {
	if m.leaf != nil {
		if s := m.leaf(n); s != nil {
			return s
		}
	}
	if n.Kind == expr.KData {
		return n.Tensor.Strides()
	}
	return codegen.RowMajor(n.Shape)
}

// moved is what a movement of the memory sees; ok is false for reshapes that strides cannot express.
func (v view) moved(n *expr.Node) (view, bool) {
	from := n.Args[0].Shape
	to := view{v.base, v.offset, make([]int, len(n.Shape)), v.moves}
	switch n.Kind {
	case expr.KTranspose:
		for k, a := range n.Axes {
			to.strides[k] = v.strides[a]
		}
	case expr.KBroadcast:
		ahead := len(n.Shape) - len(from)
		for k, d := range from {
			if d != 1 {
				to.strides[ahead+k] = v.strides[k]
			}
		}
	case expr.KSlice:
		for k := range from {
			to.offset += n.Starts[k] * v.strides[k]
			to.strides[k] = n.Steps[k] * v.strides[k]
		}
	case expr.KDiagonal:
		kept := slices.Clone(v.strides)
		sum := v.strides[n.Axes[0]] + v.strides[n.Axes[1]]
		to.offset += n.Starts[0]*v.strides[n.Axes[0]] + n.Starts[1]*v.strides[n.Axes[1]]
		lo, hi := min(n.Axes[0], n.Axes[1]), max(n.Axes[0], n.Axes[1])
		kept = slices.Delete(kept, hi, hi+1)
		to.strides = append(slices.Delete(kept, lo, lo+1), sum)
	case expr.KReshape:
		var ok bool
		to.strides, ok = restride(from, v.strides, n.Shape)
		return to, ok
	}
	return to, true
}

// restride gives the strides with which shape to sees, in row-major order, what shape from sees with its strides. Axes that lie one in
// the other (stride = next stride * next size) are one axis, and an axis may be cut anywhere.
func restride(from, strides, to []int) ([]int, bool) {
	var sizes, steps []int // from, with such axes as one
	for k, n := range from {
		if n == 0 {
			return codegen.RowMajor(to), true
		}
		last := len(sizes) - 1
		switch {
		case n == 1:
		case last >= 0 && steps[last] == strides[k]*n:
			sizes[last] *= n
			steps[last] = strides[k]
		default:
			sizes, steps = append(sizes, n), append(steps, strides[k])
		}
	}
	out := make([]int, len(to))
	k, left := -1, 1 // the axis that is being cut, and how much of it is left
	for i, n := range to {
		if n == 1 {
			continue
		}
		if left == 1 {
			k++
			left = sizes[k]
		}
		if left%n != 0 {
			return nil, false
		}
		left /= n
		out[i] = steps[k] * left
	}
	return out, true
}
