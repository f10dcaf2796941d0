package main

import (
	"fmt"
	"math"
)

// A sum of n terms is off by at most gamma(d) times the sum of their absolute values, where d is the greatest number of roundings that a
// term meets on its way into the result and gamma(d) = du/(1 - du), u being half a unit of 1 (Higham, Accuracy and Stability of Numerical
// Algorithms, 2nd edition, section 4.2). The functions below give d for the ways in which devices sum; the tests hold devices to them.

// The sizes in which devices sum.
const (
	chunk       = 128 // terms that an accumulator of generated code takes before it is emptied into its total
	leastBlock  = 256 // terms that a tile of a packed contraction takes in a row, by the size of the cache: at least
	mostBlock   = 512 // and at most
	interpChunk = 32  // terms that the interpreter adds up before their sum joins a tree of sums
)

func over(n, by float64) float64 { return math.Ceil(n / by) }

// alone is d where each result has its own accumulator: n terms in chunks, and the products' own rounding.
func alone(n float64) float64 { return min(n, chunk) + over(n, chunk) + 1 }

// acrossLanes is d where a row is gone through in lanes: at least four of them, which are folded in the end. Long rows are cut into
// pieces, which are joined in the same way.
func acrossLanes(n float64) float64 { return min(n, chunk) + over(n, 4*chunk) + 16 }

// packed is d of a packed contraction over n terms.
func packed(n float64) float64 { return min(n, mostBlock) + over(n, leastBlock) }

// axes is d of a sum over several axes that cannot be gone through as one, the innermost of m of the n terms.
func axes(n, m float64) float64 { return min(m, chunk) + n/m*over(m, chunk) + 16 }

// tree is d on the interpreter.
func tree(n float64) float64 {
	return min(n, interpChunk) + math.Ceil(math.Log2(max(1, n/interpChunk))) + 1
}

// folds is the part of the document on sums.
func folds() string {
	text := foldsHead
	for _, way := range []struct {
		name, formula string
		d             func(n float64) float64
	}{
		{"cpu: each result sums along its own lane (columns of a matrix, small products)", "128 + n/128 + 1", alone},
		{"cpu: lanes go along one row (rows of a matrix, all of an array)", "128 + n/512 + 16", acrossLanes},
		{"cpu: packed contractions (large products)", "512 + n/256", packed},
		{"interp", "32 + log2(n/32) + 1", tree},
	} {
		text += fmt.Sprintf("| %s | %s | %.0f | %.0f | %.0f |\n", way.name, way.formula, way.d(1e3), way.d(1e6), way.d(1e9))
	}
	return text + foldsTail
}
