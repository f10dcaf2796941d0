// Package routine is the one table of routines: what is computed of whole matrices or rows by algorithms that are no loops in index notation.
// It holds their rules, which dtypes and shapes they take and give, and never computes: package runtime/routines does.
package routine

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Routine is one row of the table. A call takes the last axes of each operand, its core; the axes before are the batch, which all operands
// have in common, and for each place of which there is a call. It gives one row of numbers: several results stand one behind the other.
type Routine struct {
	Name  string
	Gives string // what a row holds, for docs/ops.md
	cores []int  // of each operand, how many axes a call takes
	types func(list []tensor.DType) (result tensor.DType, wrong string)
	size  func(cores []tensor.Shape) (length int, wrong string)
	flop  func(cores []tensor.Shape) float64
}

// Lookup gives the routine of a name, nil if there is none.
func Lookup(name string) *Routine {
	if i := slices.IndexFunc(table, func(r *Routine) bool { return r.Name == name }); i >= 0 {
		return table[i]
	}
	return nil
}

// All lists the table.
func All() []*Routine { return slices.Clone(table) }

// Operands is how many operands the routine takes.
func (r *Routine) Operands() int { return len(r.cores) }

// Core is how many of the last axes of operand i a call takes.
func (r *Routine) Core(i int) int { return r.cores[i] }

// Rule gives the result of the routine on operands of dtypes and shapes: the batch, then one axis of what a call gives. wrong says, in words
// that name the operand, why there is none; "" if there is.
func (r *Routine) Rule(types []tensor.DType, shapes []tensor.Shape) (d tensor.DType, s tensor.Shape, wrong string) {
	if len(shapes) != len(r.cores) {
		return 0, nil, fmt.Sprintf("it has %d operands, want %d", len(shapes), len(r.cores))
	}
	for i, c := range r.cores {
		if len(shapes[i]) < c {
			return 0, nil, fmt.Sprintf("operand %d is %v%v, want %d axes or more", i, types[i], shapes[i], c)
		}
		if own, first := r.Batch(i, shapes), r.Batch(0, shapes); !slices.Equal(own, first) {
			return 0, nil, fmt.Sprintf("operand %d is %v%v, operand 0 %v%v: the axes ahead of the last are not the same", i, types[i], shapes[i], types[0], shapes[0])
		}
	}
	if d, wrong = r.types(types); wrong != "" {
		return 0, nil, wrong
	}
	n, wrong := r.size(r.split(shapes))
	if wrong != "" {
		return 0, nil, wrong
	}
	return d, append(r.Batch(0, shapes).Clone(), n), ""
}

// Batch is the axes of operand i that are no part of a call's.
func (r *Routine) Batch(i int, shapes []tensor.Shape) tensor.Shape {
	return shapes[i][:len(shapes[i])-r.cores[i]]
}

// Flop is about how many operations all calls take together.
func (r *Routine) Flop(shapes []tensor.Shape) float64 {
	return float64(r.Batch(0, shapes).Len()) * r.flop(r.split(shapes))
}

// split gives the cores of operands.
func (r *Routine) split(shapes []tensor.Shape) []tensor.Shape {
	cores := make([]tensor.Shape, len(shapes))
	for i, s := range shapes {
		cores[i] = s[len(s)-r.cores[i]:]
	}
	return cores
}
