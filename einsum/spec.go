package einsum

import (
	"slices"
	"strings"
)

// Spec is an einsum spec that has been read: what it says without regard to any operand. Neither it nor its slices are to be written to.
// The zero Spec has no operands and a scalar output.
type Spec struct {
	Inputs   []Term
	Output   Term     // explicit or derived
	Implicit bool     // the output was derived
	Names    []string // of the labels, as they were written: label i is Names[i]

	labels [][]int // of the inputs; nil where some input has an ellipsis
	text   string
	what   string // names it in messages; empty: text does
	form   form
	worded *Error // in letters: why the words that the spec looks like make no sense
}

// Term names the axes of one operand, or of the output.
type Term struct {
	Labels   []int // dense numbers from 0 in the order of first appearance in the spec
	Ellipsis int   // how many of Labels stand before the ellipsis; -1 without one
}

// String gives the spec in canonical text, which Parse reads as the same Spec: no white space in the classical form, single spaces between
// words. Integers become symbols in the same order, a to z first and then those from U+00C0 on.
func (s Spec) String() string {
	names, gap := s.Names, ""
	switch s.form {
	case words:
		gap = " "
	case integers:
		names = symbols(s.Names)
	}
	var b strings.Builder
	b.Grow(len(s.text))
	for k, t := range s.Inputs {
		if k > 0 {
			b.WriteByte(',')
		}
		t.write(&b, names, gap)
	}
	if !s.Implicit {
		b.WriteString("->")
		s.Output.write(&b, names, gap)
	}
	return b.String()
}

func (t Term) write(b *strings.Builder, names []string, gap string) {
	for i, label := range t.Labels {
		if i > 0 {
			b.WriteString(gap)
		}
		if i == t.Ellipsis {
			b.WriteString(dots)
			b.WriteString(gap)
		}
		b.WriteString(names[label])
	}
	if t.Ellipsis == len(t.Labels) {
		if t.Ellipsis > 0 {
			b.WriteString(gap)
		}
		b.WriteString(dots)
	}
}

// symbols gives a symbol for each integer, so that the code points are in the integers' order.
func symbols(integers []string) []string {
	order := make([]int, len(integers))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareIntegers(integers[a], integers[b]) })
	out := make([]string, len(integers))
	next := 'a'
	for _, i := range order {
		for !isSymbol(next) {
			next++
		}
		out[i] = string(next)
		next++
	}
	return out
}
