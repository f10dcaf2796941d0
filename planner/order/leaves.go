package order

// leaves is a bound of what the steps cost from below that are not beneath a given result. Every term is taken by some step, and a step takes
// one term and a result, or two terms. Let the leaf of t be the lesser of what a step at least costs that takes t and a result, and of half of what
// a step at least costs that takes t and another term: then the steps that take some terms cost at least the sum of their leaves.
//
// A step that takes t and a result X goes over the labels of t and over those that X has in common with what is in neither, the output among it. That
// is a cut of the hypergraph of the other terms, so that it is no less than the least of all its cuts. In the last step nothing is in
// neither: what that may cost less than a leaf is taken off the sum, once.
type leaves struct {
	of      []float64 // of each term
	sum     float64   // what all steps cost at least
	dearest float64
}

func newLeaves(e *exact) leaves {
	c := e.c
	l := leaves{of: make([]float64, c.n)}
	elements := make([]float64, c.n)
	for t := range c.n {
		elements[t] = c.linear(c.size(c.term(t)))
		l.of[t] = power(mostPower)
	}
	for x := range c.n {
		for y := range x {
			if !e.all && e.beside[x]>>y&1 == 0 {
				continue
			}
			a, b := c.term(x), c.term(y)
			half := c.share(a, b) * c.step(c.linear(c.union(a, b)), elements[x], elements[y], 0) / 2
			l.of[x], l.of[y] = min(l.of[x], half), min(l.of[y], half)
		}
	}
	g, less := newCuts(c), 0.0
	for t := range c.n {
		last := e.take(c.term(t), elements[t])
		if last < l.of[t] {
			l.of[t] = min(l.of[t], e.take(c.term(t), c.linear(c.size(c.term(t))+g.least(t))))
			less = max(less, l.of[t]-last)
		}
		l.sum += l.of[t]
		l.dearest = max(l.dearest, l.of[t])
	}
	e.meter.spend(g.work)
	l.sum -= less
	return l
}

// cuts finds least cuts of the hypergraph whose vertices are terms and the output, and whose edges are labels.
type cuts struct {
	n     int // vertices, the last of which is the output
	edges []cutEdge
	work  int64
}

// cutEdge is all labels that the same terms have.
type cutEdge struct {
	ends uint64
	log  int64
}

func newCuts(c *core) *cuts {
	g := &cuts{n: c.n + 1}
	for k := range c.words {
		for b := range 64 {
			if c.log[k<<6+b] == 0 {
				continue
			}
			ends := c.output[k] >> b & 1 << c.n
			for t := range c.n {
				ends |= c.term(t)[k] >> b & 1 << t
			}
			g.enter(ends, c.log[k<<6+b])
		}
	}
	return g
}

func (g *cuts) enter(ends uint64, log int64) {
	for i := range g.edges {
		if g.edges[i].ends == ends {
			g.edges[i].log += log
			return
		}
	}
	g.edges = append(g.edges, cutEdge{ends, log})
}

// least is the logarithm of the least cut of what is left without t: of the labels that t does not have, those that have ends on both sides. Vertices
// are put into a row, each time the one that has most in common with those before it: what cuts the last one off separates it from the one before it at the
// least cost. Then the two become one (Stoer and Wagner 1997; for hypergraphs Klimmek and Wagner 1996).
func (g *cuts) least(t int) int64 {
	edges := make([]cutEdge, 0, len(g.edges))
	all := uint64(0)
	for _, x := range g.edges {
		if x.ends>>t&1 == 0 {
			edges = append(edges, x)
			all |= x.ends
		}
	}
	all |= (1<<(g.n-1) - 1) &^ (1 << t) // the output is a vertex if it has a label
	vertices := make([]uint64, 0, g.n)
	for ; all != 0; all &= all - 1 {
		vertices = append(vertices, all&-all)
	}
	least := int64(mostPower)
	row := make([]uint64, len(vertices))
	common := make([]int64, len(vertices))
	for n := len(vertices); n > 1; n-- {
		copy(row, vertices[:n])
		clear(common)
		met := uint64(0)
		for i := range n {
			at := i
			for j := i + 1; j < n; j++ {
				if common[j] > common[at] {
					at = j
				}
			}
			row[i], row[at], common[i], common[at] = row[at], row[i], common[at], common[i]
			for _, x := range edges {
				if x.ends&met == 0 && x.ends&row[i] != 0 {
					for j := i + 1; j < n; j++ {
						if x.ends&row[j] != 0 {
							common[j] += x.log
						}
					}
				}
			}
			met |= row[i]
		}
		least = min(least, common[n-1])
		row[n-2] |= row[n-1]
		copy(vertices, row[:n-1])
		g.work += int64(n * (n + len(edges)))
	}
	return least
}
