package planner

import (
	"slices"

	"github.com/einloom/einloom/planner/order"
)

// runs weighs sequences of the labels of an intermediate: how many elements lie side by side for the step that makes it, and for the step that reads
// it. Packed steps take operands as they lie, but store tiles: in pieces as long as the runs are. Steps in plain loops need runs as long as
// vectors.
type runs struct {
	net      *order.Network
	made     sides   // of the step that makes it
	vector   []int   // the labels of that step that vectors are to run along
	packed   bool    // that step is packed
	elements float64 // of the intermediate
	result   []int   // of the step that reads it
	own      []int   // what of it the result has, and the other operand has not
	inner    bool    // it has the result's innermost label
	reads    bool    // the step that reads it is packed
	written  float64 // elements of its result
}

// Cycles that an element takes.
const (
	storedAlone = 2.0  // to be stored from a tile alone
	touchedLine = 8.0  // to be the only one that is stored to a line, before the next point of a batch comes
	plainLoop   = 20.0 // in plain loops whose vectors are one element long
)

// runsOf is for the result of step at, which the step at hand reads: its labels have bits, the result is known.
func (l *layouter) runsOf(at int, bit, inner uint8, result []int) runs {
	r := runs{net: l.net, elements: points(*l.net, l.tree.Steps[at].Labels), result: result, written: points(*l.net, result), inner: inner == bit}
	if s := l.tree.Steps[at]; s.B >= 0 {
		r.made = split(l.term(s.A), l.term(s.B), s.Labels)
		r.vector = r.made.innermost(l.net)
		r.packed = packable(l.net, r.made.left, r.made.right)
	}
	var other []int
	for _, label := range result {
		switch l.has[label] &^ inResult {
		case bit:
			r.own = append(r.own, label)
		case inLeft | inRight ^ bit:
			other = append(other, label)
		}
	}
	r.reads = packable(l.net, r.own, other)
	return r
}

// packable says whether a step of such sides is likely to be packed however short its labels are: one side fills panels.
func packable(net *order.Network, left, right []int) bool {
	const panel = 16
	m, n := int(points(*net, left)), int(points(*net, right))
	return min(m, n) >= packedRows && m*n >= packedTile && (m%panel == 0 || n%panel == 0)
}

// side ranks a label by what it is in the step that makes the intermediate: those along which vectors run lie innermost, those that both of its
// operands have outermost.
func (r *runs) side(label int) int {
	switch {
	case slices.Contains(r.vector, label):
		return 2
	case slices.Contains(r.made.both, label):
		return 0
	}
	return 1
}

// cost is what a sequence costs in both steps, in cycles.
func (r *runs) cost(list []int) float64 {
	return r.makingCost(list) + r.readingCost(list)
}

func (r *runs) makingCost(list []int) float64 {
	last := list[len(list)-1]
	group := r.made.left
	if slices.Contains(r.made.right, last) {
		group = r.made.right
	}
	if slices.Contains(r.made.both, last) {
		group = r.made.both
	}
	run, filled := r.tail(list, func(k, label int) bool { return slices.Contains(group, label) }), 1.0
	if !r.packed {
		return r.elements * plainLoop / min(run, 8)
	}
	if len(r.made.both) > 0 {
		filled = r.tail(list, func(k, label int) bool { return !slices.Contains(r.made.both, label) })
	} else {
		filled = line
	}
	return r.elements * (storedAlone/piece(run) + touchedLine/min(filled, line/4))
}

func (r *runs) readingCost(list []int) float64 {
	if !r.reads {
		run := r.tail(list, func(k, label int) bool { return k < len(r.result) && r.result[len(r.result)-1-k] == label })
		if !r.inner { // the sum goes along it, or it is one number to each vector
			return 0
		}
		return r.written * plainLoop / min(run, 8)
	}
	if !r.inner {
		return 0
	}
	var own []int
	for _, label := range list {
		if slices.Contains(r.own, label) {
			own = append(own, label)
		}
	}
	run := r.tail(own, func(k, label int) bool { return k < len(r.result) && r.result[len(r.result)-1-k] == label })
	return r.written * storedAlone / piece(run)
}

// tail is the points of the last labels of a list, as far as they are such as asked for; k counts them from the last.
func (r *runs) tail(list []int, such func(k, label int) bool) float64 {
	n := 1.0
	for k := range list {
		label := list[len(list)-1-k]
		if !such(k, label) {
			break
		}
		n *= float64(r.net.Sizes[label])
	}
	return n
}

// piece is how many elements are stored together where so many lie side by side.
func piece(run float64) float64 {
	switch {
	case run >= 16:
		return 16
	case run >= widestPiece:
		return widestPiece
	}
	return run
}
