package order

// Cost is what the steps of a tree come to.
type Cost struct {
	Mults float64 // scalar multiplications (additions, where a step only sums)
	Size  float64 // elements of the largest result
	Write float64 // elements of all results
}

// Cost counts each step of a tree alone: the points of all labels of its terms, the elements of its result.
func (t Tree) Cost(net Network) (total Cost, steps []Cost) {
	terms := make([][]int, 0, len(net.Terms)+len(t.Steps))
	terms = append(terms, net.Terms...)
	mark := make([]int, len(net.Sizes)) // the step that has counted the label, from 1
	steps = make([]Cost, len(t.Steps))
	for i, s := range t.Steps {
		made, points := 1.0, 1.0
		for _, l := range s.Labels {
			made *= float64(net.Sizes[l])
		}
		for _, l := range terms[s.A] {
			points *= float64(net.Sizes[l])
			mark[l] = i + 1
		}
		if s.B >= 0 {
			for _, l := range terms[s.B] {
				if mark[l] != i+1 {
					points *= float64(net.Sizes[l])
				}
			}
		}
		terms = append(terms, s.Labels)
		steps[i] = Cost{Mults: points, Size: made, Write: made}
		total.Mults += points
		total.Size = max(total.Size, made)
		total.Write += made
	}
	return total, steps
}
