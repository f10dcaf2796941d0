package order

import "slices"

// chain is terms in a row, or in a ring, each of which has labels in common with its neighbours alone: a product of matrices, a tensor train, a trace. Tensors
// that come of it without products of unconnected ones are of terms in a row, n(n-1)/2 at most, or n(n-1) of a ring: for each, from pairs upwards, the cheapest
// place to take it apart is found (as for products of matrices: Godbole 1973).
//
// A row's labels are the links at its two ends and the open labels of its terms; a step goes over those of what it makes and over the link
// where its two rows meet. In a ring the last step closes two links.
type chain struct {
	weights
	ring  bool
	terms []int32 // in their sequence
	link  []int64 // the logarithm of what each term has in common with the next one; of a chain the last has none
	open  []int64 // of the open labels of so many terms, those of a ring counted twice over
	once  []int32 // how many of so many terms are constant, likewise
	cost  []float64
	first []int32 // of each row, the terms of the part that is first
}

// newChain gives the terms of h as a chain; nil where they are none. They are connected.
func newChain(h *hyper, w weights) *chain {
	n := len(h.terms)
	c := &chain{weights: w, link: make([]int64, n)}
	beside := make([][2]int32, n) // the neighbours of each term, from 1
	open, links := make([]int64, n), make([][2]int64, n)
	for l, on := range h.on() {
		switch {
		case len(on) == 0:
		case len(on) == 1 && h.open[l]:
			open[on[0]] += h.log[l]
		case len(on) == 2 && !h.open[l]:
			for i, t := range on {
				at := slices.Index(beside[t][:], on[1-i]+1)
				if at < 0 {
					at = slices.Index(beside[t][:], 0)
				}
				if at < 0 {
					return nil
				}
				beside[t][at] = on[1-i] + 1
				links[t][at] += h.log[l]
			}
		default:
			return nil
		}
	}
	from := max(0, slices.IndexFunc(beside, func(b [2]int32) bool { return b[1] == 0 }))
	c.ring = beside[from][1] != 0
	for t, before := int32(from), int32(-1); len(c.terms) < n; {
		at := 0
		if len(c.terms) > 0 && beside[t][0] == before+1 {
			at = 1
		}
		c.link[len(c.terms)] = links[t][at]
		c.terms = append(c.terms, t)
		before, t = t, beside[t][at]-1
	}
	c.open, c.once = make([]int64, 1, 2*n+1), make([]int32, 1, 2*n+1)
	for i := range 2 * n {
		t, constant := c.terms[i%n], int32(0)
		if h.constant != nil && !w.square && h.constant[t] {
			constant = 1
		}
		c.open, c.once = append(c.open, c.open[i]+open[t]), append(c.once, c.once[i]+constant)
	}
	return c
}

// work is about what it takes to find the best tree.
func (c *chain) work() int64 {
	n := int64(len(c.terms))
	if c.ring {
		return n * n * n
	}
	return n * n * n / 3
}

// row is the place of a row in the tables: s terms from i on.
func (c *chain) row(i, s int) int { return (s-1)*len(c.terms) + i%len(c.terms) }

// around is the logarithm of the labels of a row, and of the links at its ends that a step goes over that makes it: where a ring closes, its
// result does not have them, but the step goes over one.
func (c *chain) around(i, s int) (made, points int64) {
	n := len(c.terms)
	made = c.open[i+s] - c.open[i]
	if s == n {
		return made, made + c.link[(i+n-1)%n]
	}
	made += c.link[(i+n-1)%n] + c.link[(i+s-1)%n]
	return made, made
}

// run finds the cheapest tree without products of unconnected terms; nil if the search is given up.
func (c *chain) run(m *meter) []joint {
	n := len(c.terms)
	c.cost, c.first = make([]float64, n*n), make([]int32, n*n)
	elements, links := make([]float64, n*n), make([]float64, n)
	for i := range n {
		links[i] = power(c.link[i])
		made, _ := c.around(i, 1)
		elements[i] = c.linear(made)
	}
	for s := 2; s <= n; s++ {
		starts := n
		if !c.ring {
			starts = n - s + 1
		}
		for i := range starts {
			elements[c.row(i, s)] = c.part(i, s, elements, links)
		}
		if m.spend(int64(2 * starts * s)); m.done {
			return nil
		}
	}
	best := 0
	for i := range n {
		if c.ring && c.cost[c.row(i, n)] < c.cost[c.row(best, n)] {
			best = i
		}
	}
	joints, _ := c.joints(make([]joint, 0, n-1), best, n)
	return joints
}

// part finds where a row is taken apart, and gives how many elements it has.
func (c *chain) part(i, s int, elements, links []float64) (made float64) {
	n := len(c.terms)
	logMade, logPoints := c.around(i, s)
	made = c.linear(logMade)
	points, share := c.linear(logPoints), 1.0
	if int(c.once[i+s]-c.once[i]) == s {
		share = once
	}
	best, first := 0.0, 0
	for k := 1; k < s; k++ {
		x, y := c.row(i, k), c.row(i+k, s-k)
		both := c.cost[x] + c.cost[y]
		if first > 0 && both >= best {
			continue
		}
		if both += share * c.step(points*links[(i+k-1)%n], elements[x], elements[y], made); first == 0 || both < best {
			best, first = both, k
		}
	}
	c.cost[c.row(i, s)], c.first[c.row(i, s)] = best, int32(first)
	return made
}

// joints appends the tree of a row.
func (c *chain) joints(list []joint, i, s int) ([]joint, int32) {
	if s == 1 {
		return list, c.terms[i%len(c.terms)]
	}
	k := int(c.first[c.row(i, s)])
	list, a := c.joints(list, i, k)
	list, b := c.joints(list, i+k, s-k)
	list = append(list, joint{a, b})
	return list, int32(len(c.terms)+len(list)) - 1
}

// chainLimit is the most terms of a chain whose best tree is looked for.
const chainLimit = 1 << 10

// chained gives the best tree of a chain, without products of unconnected terms; nil where h is none, or where the tree would take most of the budget.
func chained(h *hyper, w weights, m *meter) []joint {
	if len(h.terms) > chainLimit {
		return nil
	}
	c := newChain(h, w)
	if c == nil || float64(c.work()) > proofShare*float64(m.budget-m.spent) {
		return nil
	}
	return c.run(m)
}
