package order

import "math"

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

// Totals are logarithms to the base 2 of what a tree comes to, slices and all: they have no largest number. Sums of one term alone multiply
// nothing and are left out, as by those who publish such figures.
type Totals struct {
	Mults float64 // scalar multiplications
	Size  float64 // elements of the largest result in a slice
	Write float64 // elements of all results
}

// Totals counts the steps of a tree. The sliced labels are the loops around them, the first outermost; a step is done as often as the loops
// down to the innermost one whose label its terms have, and once where they have none.
func (t Tree) Totals(net Network) Totals {
	log := make([]float64, len(net.Sizes))
	for l, n := range net.Sizes {
		log[l] = math.Log2(float64(n))
	}
	times := []float64{0} // the logarithm of how often each loop is gone through
	sliced := make([]bool, len(net.Sizes))
	for i, l := range t.Sliced {
		times = append(times, times[i]+log[l])
		sliced[l] = true
	}
	terms := append(make([][]int, 0, len(net.Terms)+len(t.Steps)), net.Terms...)
	depths := t.Depths(net)
	mark := make([]int, len(net.Sizes)) // the step that has counted the label, from 1
	total := Totals{Mults: math.Inf(-1), Write: math.Inf(-1), Size: math.Inf(-1)}
	for i, s := range t.Steps {
		points, made := 0.0, 0.0
		for _, l := range s.Labels {
			made += log[l]
		}
		for _, x := range [2]int{s.A, s.B} {
			if x < 0 {
				continue
			}
			for _, l := range terms[x] {
				if mark[l] != i+1 && !sliced[l] {
					mark[l] = i + 1
					points += log[l]
				}
			}
		}
		terms = append(terms, s.Labels)
		if s.B >= 0 {
			total.Mults = addLogs(total.Mults, points+times[depths[i]])
			total.Size = max(total.Size, made)
			total.Write = addLogs(total.Write, made+times[depths[i]])
		}
	}
	return total
}

// Depths gives for each step how many of the loops of slices it is in: those down to the innermost one whose label its terms have.
func (t Tree) Depths(net Network) []int {
	depth := make([]int, len(net.Sizes)) // of each label
	for i, l := range t.Sliced {
		depth[l] = i + 1
	}
	n := len(net.Terms)
	within := make([]int, n+len(t.Steps)) // of each term
	for i, term := range net.Terms {
		for _, l := range term {
			within[i] = max(within[i], depth[l])
		}
	}
	for i, s := range t.Steps {
		within[n+i] = within[s.A]
		if s.B >= 0 {
			within[n+i] = max(within[n+i], within[s.B])
		}
	}
	return within[n:]
}

// Constant says of each step whether it is of constant terms alone.
func (t Tree) Constant(net Network) []bool {
	n := len(net.Terms)
	of := make([]bool, n+len(t.Steps))
	copy(of, net.Constant)
	for i, s := range t.Steps {
		of[n+i] = of[s.A] && (s.B < 0 || of[s.B])
	}
	return of[n:]
}

// addLogs is the logarithm of the sum of two numbers of which logarithms are given.
func addLogs(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log2(1+math.Exp2(b-a))
}
