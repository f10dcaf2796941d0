package planner

import (
	"slices"

	"github.com/einloom/einloom/expr"
)

// graph numbers the nodes that some roots are built of, so that arguments have lower numbers. What the passes know of a node they keep in
// slices by its number.
type graph struct {
	nodes []*expr.Node
	args  [][]int // of each node, the numbers of its arguments
	uses  []int   // how many arguments name the node; roots are not counted
	roots []int
	pool  []int              // where args lie
	ids   map[*expr.Node]int // once there are more than few nodes
}

// few is the number of nodes up to which a scan beats a map.
const few = 24

// visit is a node on the way, and the argument to look at next.
type visit struct {
	n    *expr.Node
	next int
}

// number gives the graph of the present roots; one for as long as they stay the same.
func (s *state) number() *graph {
	if s.numbered == nil || !slices.Equal(s.numberedRoots, s.roots) {
		s.numbered, s.numberedRoots = number(s.roots), s.roots
	}
	return s.numbered
}

// number numbers the nodes beneath roots in the order of a depth-first walk, which depends on nothing but the graph. It does not recurse.
func number(roots []*expr.Node) *graph {
	const room = 16
	ints := make([]int, 2*room)
	g := &graph{nodes: make([]*expr.Node, 0, room), args: make([][]int, 0, room), uses: ints[:0:room], pool: ints[room:room]}
	var small [room]visit
	stack := small[:0]
	for _, r := range roots {
		if g.id(r) < 0 {
			stack = append(stack, visit{n: r})
		}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next < len(top.n.Args) {
				a := top.n.Args[top.next]
				top.next++
				if g.id(a) < 0 {
					stack = append(stack, visit{n: a})
				}
				continue
			}
			n := top.n
			stack = stack[:len(stack)-1]
			if g.id(n) < 0 {
				g.add(n)
			}
		}
		g.roots = append(g.roots, g.id(r))
	}
	return g
}

// id gives a node's number, -1 if it has none yet.
func (g *graph) id(n *expr.Node) int {
	if g.ids == nil {
		return slices.Index(g.nodes, n)
	}
	if i, ok := g.ids[n]; ok {
		return i
	}
	return -1
}

// add numbers a node whose arguments are numbered.
func (g *graph) add(n *expr.Node) {
	from := len(g.pool)
	for _, a := range n.Args {
		id := g.id(a)
		g.pool = append(g.pool, id)
		g.uses[id]++
	}
	args := g.pool[from:len(g.pool):len(g.pool)]
	g.nodes = append(g.nodes, n)
	g.args = append(g.args, args)
	g.uses = append(g.uses, 0)
	switch {
	case g.ids != nil:
		g.ids[n] = len(g.nodes) - 1
	case len(g.nodes) > few:
		g.ids = make(map[*expr.Node]int, 4*few)
		for i, m := range g.nodes {
			g.ids[m] = i
		}
	}
}

// rewrite makes the graph anew from the leaves up: each node gets its rewritten arguments, then step may give another in its place. The
// new roots come back.
func (g *graph) rewrite(step func(n *expr.Node) *expr.Node) []*expr.Node {
	return g.rewriteNumbered(func(_ int, n *expr.Node) *expr.Node { return step(n) })
}

// rewriteNumbered is rewrite where step is told the number of the node besides.
func (g *graph) rewriteNumbered(step func(i int, n *expr.Node) *expr.Node) []*expr.Node {
	to := make([]*expr.Node, len(g.nodes))
	args := make([]*expr.Node, 0, 8)
	for i, n := range g.nodes {
		args = args[:0]
		for _, a := range g.args[i] {
			args = append(args, to[a])
		}
		to[i] = step(i, n.With(args...))
	}
	roots := make([]*expr.Node, len(g.roots))
	for i, r := range g.roots {
		roots[i] = to[r]
	}
	return roots
}
