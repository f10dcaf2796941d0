// Package oracle holds the meaning of a graph: it computes every node in the plainest loops, in float64, int64, uint64 and complex128, and
// rounds each node's value once to the node's dtype. It must never be clever, share an algorithm with what it judges, or be fast.
//
// EvalBound gives besides, for every element, how far a correct implementation in the node's dtype may be from the value here, by a
// running error analysis, and which elements nobody can compare because a rounding may flip them (floor, comparisons, argmax of near
// ties). docs/semantics.md states the rules in words.
package oracle
