package order

// Cost is what the steps of a tree come to.
type Cost struct {
	Mults float64 // scalar multiplications (additions, where a step only sums)
	Size  float64 // elements of the largest result
	Write float64 // elements of all results
}

// Cost counts each step of a tree alone: the points of all labels of its terms, the elements of its result.
func (t Tree) Cost(net Network) (total Cost, steps []Cost) {
	sizes := make([]float64, len(net.Sizes))
	for l, n := range net.Sizes {
		sizes[l] = float64(n)
	}
	b := builder{words: (len(sizes) + 63) / 64}
	sets := make([]set, 0, len(net.Terms)+len(t.Steps))
	for _, term := range net.Terms {
		sets = append(sets, b.set(term))
	}
	for _, s := range t.Steps {
		made := b.set(s.Labels)
		c := Cost{Mults: sets[s.A].product(sizes), Size: made.product(sizes)}
		if s.B >= 0 {
			c.Mults = sets[s.A].union(sets[s.B], sizes)
		}
		c.Write = c.Size
		sets = append(sets, made)
		steps = append(steps, c)
		total.Mults += c.Mults
		total.Size = max(total.Size, c.Size)
		total.Write += c.Write
	}
	return total, steps
}
