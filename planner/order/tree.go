package order

// tree is a contraction tree that can be changed in place. Nodes below n are leaves; each other node is the step that contracts its two
// children. A change is never followed by more work than the nodes whose labels it changes.
type tree struct {
	*core
	left, right, up []int32
	root            int32
	set             []uint64  // of each node, the labels of its result
	log             []int64   // of each node, the size of its result
	elements        []float64 // the same, on the scale of the weights
	cost            []float64 // of each step
}

func newTree(c *core) *tree {
	nodes := 2*c.n - 1
	t := &tree{core: c, left: make([]int32, nodes), right: make([]int32, nodes), up: make([]int32, nodes),
		set: make([]uint64, nodes*c.words), log: make([]int64, nodes), elements: make([]float64, nodes), cost: make([]float64, nodes)}
	copy(t.set, c.sets)
	for v := range c.n {
		t.left[v], t.right[v] = -1, -1
		t.log[v] = c.size(t.at(int32(v)))
		t.elements[v] = c.linear(t.log[v])
	}
	return t
}

// at is the label set of a node.
func (t *tree) at(v int32) []uint64 {
	return t.set[int(v)*t.words : (int(v)+1)*t.words : (int(v)+1)*t.words]
}

func (t *tree) isLeaf(v int32) bool { return int(v) < t.n }

// load makes the tree of joints. A label stays in a result as long as it is outside of what was contracted for it: in another leaf, or in
// the output. What lies outside is found from the root downwards.
func (t *tree) load(joints []joint) {
	w, n := t.words, t.n
	for i, j := range joints {
		v := int32(n + i)
		t.left[v], t.right[v] = j[0], j[1]
		t.up[j[0]], t.up[j[1]] = v, v
		a, b, s := t.at(j[0]), t.at(j[1]), t.at(v)
		for k := range s {
			s[k] = a[k] | b[k]
		}
	}
	t.root = int32(n + len(joints) - 1)
	t.up[t.root] = -1
	outside := make([]uint64, (n+len(joints))*w)
	out := func(v int32) []uint64 { return outside[int(v)*w : (int(v)+1)*w] }
	copy(out(t.root), t.output)
	for i := len(joints) - 1; i >= 0; i-- {
		v := int32(n + i)
		o, l, r := out(v), t.left[v], t.right[v]
		ol, or, sl, sr := out(l), out(r), t.at(l), t.at(r)
		for k, x := range o {
			ol[k], or[k] = x|sr[k], x|sl[k]
		}
		s := t.at(v)
		for k, x := range o {
			s[k] &= x
		}
	}
	for i := range joints {
		t.weigh(int32(n + i))
	}
}

// weigh finds the size of a node's result and the cost of its step.
func (t *tree) weigh(v int32) {
	t.log[v] = t.size(t.at(v))
	t.elements[v] = t.linear(t.log[v])
	a, b := t.at(t.left[v]), t.at(t.right[v])
	t.cost[v] = t.share(a, b) * t.step(t.linear(t.union(a, b)), t.elements[t.left[v]], t.elements[t.right[v]], t.elements[v])
}

// total is the cost of all steps.
func (t *tree) total() (sum float64) {
	for _, c := range t.cost[t.n:] {
		sum += c
	}
	return sum
}

// joints gives the tree's steps, children first, into what joints has room for.
func (t *tree) joints(list []joint) []joint {
	list = list[:0]
	type frame struct {
		v    int32
		done bool
	}
	stack := []frame{{t.root, false}}
	name := make([]int32, len(t.left))
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch {
		case t.isLeaf(f.v):
			name[f.v] = f.v
		case f.done:
			name[f.v] = int32(t.n + len(list))
			list = append(list, joint{name[t.left[f.v]], name[t.right[f.v]]})
		default:
			stack = append(stack, frame{f.v, true}, frame{t.right[f.v], false}, frame{t.left[f.v], false})
		}
	}
	return list
}

// swap exchanges the places of two nodes, neither of which is beneath the other; nothing is weighed.
func (t *tree) swap(a, b int32) {
	p, q := t.up[a], t.up[b]
	t.replace(p, a, b)
	t.replace(q, b, a)
	t.up[a], t.up[b] = q, p
}

func (t *tree) replace(p, a, b int32) {
	if t.left[p] == a {
		t.left[p] = b
	} else {
		t.right[p] = b
	}
}
