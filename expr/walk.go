package expr

import "iter"

// Walk gives every node that the roots are built of, each once, arguments before what uses them. The order depends on nothing but the
// graph. It does not recurse, so a chain may be as long as memory allows. A nil root is skipped.
func Walk(roots ...*Node) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		type visit struct {
			n    *Node
			next int // the argument to visit next
		}
		seen := map[*Node]struct{}{}
		var stack []visit
		enter := func(n *Node) {
			if _, ok := seen[n]; !ok && n != nil {
				seen[n] = struct{}{}
				stack = append(stack, visit{n: n})
			}
		}
		for _, root := range roots {
			enter(root)
			for len(stack) > 0 {
				top := &stack[len(stack)-1]
				if top.next < len(top.n.Args) {
					top.next++
					enter(top.n.Args[top.next-1])
					continue
				}
				n := top.n
				stack = stack[:len(stack)-1]
				if !yield(n) {
					return
				}
			}
		}
	}
}

// Leaves gives the inputs and data that the roots are built of, each node once, in the order of Walk.
func Leaves(roots ...*Node) []*Node {
	var leaves []*Node
	for n := range Walk(roots...) {
		if n.Kind == KInput || n.Kind == KData {
			leaves = append(leaves, n)
		}
	}
	return leaves
}

// Nodes gives the graph nodes of expressions, for Walk and Leaves.
func Nodes(xs ...Expr) []*Node {
	nodes := make([]*Node, len(xs))
	for i, x := range xs {
		nodes[i] = x.n
	}
	return nodes
}
