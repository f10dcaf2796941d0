package planner

import (
	"cmp"
	"math"
	"slices"

	"github.com/einloom/einloom/planner/order"
)

// layout gives the labels of each step's result in the sequence in which they lie in memory. That of the last is the output's; any other is
// free, and follows from the step that it is read by, from the root down: labels that both operands and the result have first; then, of the
// operand that has the result's innermost label, the summed labels and its own ones, and of the other operand its own ones and the summed ones.
// Where the innermost label is of both, what both have lies behind the rest. So what is summed lies together in both. Within each of these groups
// labels stand by their gain (see gain.go), the largest last, and else as in the result: so one group of labels is the innermost in step after
// step, and axes that lie one in the other everywhere become one. Large intermediates of short labels have a choice of sequences (see runs.go):
// the network is laid out with one way to order labels, with two, and so on, and what costs least in all is taken.
func layout(net *order.Network, t *order.Tree, output []int) [][]int {
	gain := gains(net, t)
	best := lay(net, t, output, gain, byGain)
	if !best.woven {
		return best.labels
	}
	for order := asResult; order <= bySide; order++ {
		if l := lay(net, t, output, gain, order); l.cost < best.cost {
			best = l
		}
	}
	return best.labels
}

// lay lays out all results.
func lay(net *order.Network, t *order.Tree, output []int, gain []float64, most int) *layouter {
	l := &layouter{net: net, tree: t, labels: make([][]int, len(t.Steps)), has: make([]uint8, len(net.Sizes)), gain: gain, orders: most}
	if len(t.Steps) > 0 {
		l.labels[len(t.Steps)-1] = output
	}
	for i := len(t.Steps) - 1; i >= 0; i-- {
		l.operands(i)
	}
	return l
}

type layouter struct {
	net    *order.Network
	tree   *order.Tree
	labels [][]int   // of each step's result, once it is known
	gain   []float64 // of each label
	orders int       // of the ways to order a group of labels, the last one that is tried
	cost   float64   // of the results that were laid out by choice, in cycles
	woven  bool      // some were
	has    []uint8   // of each label, a bit for each of the tensors at hand that has it
}

// The tensors of a step.
const (
	inLeft = 1 << iota
	inRight
	inResult
)

// term is the labels of an operand or a result, in whichever sequence.
func (l *layouter) term(n int) []int {
	if n < len(l.net.Terms) {
		return l.net.Terms[n]
	}
	if known := l.labels[n-len(l.net.Terms)]; known != nil {
		return known
	}
	return l.tree.Steps[n-len(l.net.Terms)].Labels
}

// operands gives the operands of step i, whose result is known, their sequence.
func (l *layouter) operands(i int) {
	s, result := l.tree.Steps[i], l.labels[i]
	left, right := l.term(s.A), []int(nil)
	if s.B >= 0 {
		right = l.term(s.B)
	}
	l.mark(left, inLeft)
	l.mark(right, inRight)
	l.mark(result, inResult)
	larger := s.A
	if s.B >= 0 && points(*l.net, right) > points(*l.net, left) {
		larger = s.B
	}
	summed := l.summed(larger)
	for _, label := range slices.Concat(left, right) { // of the other operand alone
		if l.has[label]&inResult == 0 && !slices.Contains(summed, label) {
			summed = append(summed, label)
		}
	}
	inner := uint8(0) // which operands have the innermost label
	for k := len(result) - 1; k >= 0 && inner == 0; k-- {
		if l.net.Sizes[result[k]] > 1 {
			inner = l.has[result[k]] &^ inResult
		}
	}
	l.put(s.A, inLeft, inner, result, summed)
	if s.B >= 0 {
		l.put(s.B, inRight, inner, result, summed)
	}
	for _, list := range [][]int{left, right, result} {
		for _, label := range list {
			l.has[label] = 0
		}
	}
}

func (l *layouter) mark(labels []int, bit uint8) {
	for _, label := range labels {
		l.has[label] |= bit
	}
}

// put lays operand n out, if it is a result that is free: in that of some sequences which costs least in runs, where it has many elements in many
// labels.
func (l *layouter) put(n int, bit, inner uint8, result, summed []int) {
	at := n - len(l.net.Terms)
	if at < 0 {
		return
	}
	labels := l.tree.Steps[at].Labels
	w := weave{l: l, bit: bit, result: result, summed: summed}
	if len(labels) < wovenLabels || points(*l.net, labels) < wovenPoints || !l.short(labels) {
		l.labels[at] = w.sequence(inner, byGain)
		return
	}
	r := l.runsOf(at, bit, inner, result)
	if !r.packed && !r.reads {
		l.labels[at] = w.sequence(inner, byGain)
		return
	}
	best := math.Inf(1)
	for _, in := range w.groups(inner) {
		for order := byGain; order <= l.orders; order++ {
			w.side = r.side
			if list := w.sequence(in, order); r.cost(list) < best {
				best, l.labels[at] = r.cost(list), list
			}
		}
	}
	l.cost += best
	l.woven = true
}

// Operands of fewer labels or elements than these are laid out without a choice.
const (
	wovenLabels = 5
	wovenPoints = 1 << 12
	shortLabel  = 8 // the longest label of those that are
)

// short says whether labels are powers of two so small that several fill a vector, and fill it evenly.
func (l *layouter) short(labels []int) bool {
	return !slices.ContainsFunc(labels, func(label int) bool {
		n := l.net.Sizes[label]
		return n > shortLabel || n&(n-1) != 0
	})
}

// How the labels of a group are ordered: by their gains, as in the result, or by the sides that they have in the operand's own step, and within
// these by either.
const (
	byGain = iota
	asResult
	bySideGain
	bySide
)

// weave makes sequences of an operand's labels.
type weave struct {
	l              *layouter
	bit            uint8
	result, summed []int
	side           func(label int) int
}

// groups are what can be innermost besides in, of which both operands cannot have summed labels: they would have to agree on their sequence.
func (w *weave) groups(in uint8) []uint8 {
	if in == inLeft|inRight || in == w.bit {
		return []uint8{in}
	}
	return []uint8{in, w.bit}
}

// sequence gives the operand's labels; inner says which operands have the innermost one.
func (w *weave) sequence(inner uint8, order int) []int {
	l, bit := w.l, w.bit
	list := make([]int, 0, len(w.result)+len(w.summed))
	take := func(labels []int, want func(h uint8) bool) {
		from := len(list)
		for _, label := range labels {
			if h := l.has[label]; h&bit != 0 && want(h) {
				list = append(list, label)
			}
		}
		group := list[from:]
		if order == byGain || order == bySideGain {
			slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(l.gain[a], l.gain[b]) })
		}
		if order >= bySideGain {
			slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(w.side(a), w.side(b)) })
		}
	}
	all := func(uint8) bool { return true }
	own := func(h uint8) bool { return h&^bit == inResult }
	both := func(h uint8) bool { return h == inLeft|inRight|inResult }
	switch inner {
	case inLeft | inRight:
		take(w.result, own)
		take(w.summed, all)
		take(w.result, both)
	case bit:
		take(w.result, both)
		take(w.summed, all)
		take(w.result, own)
	default:
		take(w.result, both)
		take(w.result, own)
		take(w.summed, all)
	}
	return list
}

// summed lists the labels of term n that the step at hand sums: a leaf's as they lie; of another those together that come from both of its
// operands, from the one and from the other.
func (l *layouter) summed(n int) []int {
	var list []int
	for _, label := range l.term(n) {
		if l.has[label]&inResult == 0 {
			list = append(list, label)
		}
	}
	if at := n - len(l.net.Terms); at >= 0 && l.tree.Steps[at].B >= 0 {
		s := l.tree.Steps[at]
		left, right := l.term(s.A), l.term(s.B)
		from := func(label int) int {
			switch a, b := slices.Contains(left, label), slices.Contains(right, label); {
			case a && b:
				return 0
			case a:
				return 1
			}
			return 2
		}
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(from(a), from(b)) })
	}
	return list
}
