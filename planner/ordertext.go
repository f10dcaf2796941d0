package planner

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/einloom/einloom/planner/order"
)

// orderText is the table of how contractions were ordered, as comment: it can stand before the graph's text. m and n are the points that the
// left and the right operand alone have, k those that are summed, batch those that both and the result have.
//
//	; contract "ij,jk,kl->il" of 3: 400.0k multiplications, largest intermediate 1.0k elements (exact; left to right: 6.2M)
//	;  step  contraction      m      n      k  batch       mult   elements
//	;     1  jk,kl->jl      200      5    300      1     300.0k       1.0k
//	;     2  ij,jl->il      100      5    200      1     100.0k        500
func orderText(orders []ordered) string {
	var b strings.Builder
	for i := range orders {
		o := orders[i].renamed()
		one := o.slice()
		total, steps := o.tree.Cost(one.net)
		plain, _ := order.Pairs(o.net).Cost(o.net)
		in := ""
		if len(o.tree.Sliced) > 0 {
			times := one.times()
			total.Mults = 0
			for k := range steps {
				total.Mults += times[k] * steps[k].Mults
			}
			in = fmt.Sprintf(" in %s slices over %s", si(points(o.net, o.tree.Sliced)), spelled(o.tree.Sliced))
		}
		fmt.Fprintf(&b, "; contract %q of %d: %s multiplications%s, largest intermediate %s elements (%s; left to right: %s)\n",
			spec(o.net.Output, o.net.Terms...), len(o.net.Terms), si(total.Mults), in, si(total.Size), o.tree.Winner, si(plain.Mults))
		rows, width := one.rows()
		fmt.Fprintf(&b, ";  step  %-*s %6s %6s %6s %6s %10s %10s\n", width, "contraction", "m", "n", "k", "batch", "mult", "elements")
		for k, c := range steps {
			r := &rows[k]
			fmt.Fprintf(&b, ";  %4d  %s%s %6s %6s %6s %6s %10s %10s\n", k+1, r.spec, strings.Repeat(" ", width-len([]rune(r.spec))),
				si(r.m), si(r.n), si(r.k), si(r.batch), si(c.Mults), si(c.Size))
		}
	}
	return b.String()
}

// renamed numbers the labels in the order in which they occur.
func (o ordered) renamed() *ordered {
	to := map[int]int{}
	var sizes []int
	rename := func(labels []int) []int {
		list := make([]int, len(labels))
		for i, l := range labels {
			if _, known := to[l]; !known {
				to[l] = len(sizes)
				sizes = append(sizes, o.net.Sizes[l])
			}
			list[i] = to[l]
		}
		return list
	}
	terms := make([][]int, len(o.net.Terms))
	for i, t := range o.net.Terms {
		terms[i] = rename(t)
	}
	steps := slices.Clone(o.tree.Steps)
	for i := range steps {
		steps[i].Labels = rename(steps[i].Labels)
	}
	o.net = order.Network{Terms: terms, Output: rename(o.net.Output), Sizes: sizes}
	o.tree.Steps, o.tree.Sliced = steps, rename(o.tree.Sliced)
	return &o
}

// slice is the contraction of one slice: without the sliced labels.
func (o *ordered) slice() *ordered {
	if len(o.tree.Sliced) == 0 {
		return o
	}
	drop := func(labels []int) []int {
		return slices.DeleteFunc(slices.Clone(labels), func(l int) bool { return slices.Contains(o.tree.Sliced, l) })
	}
	one := *o
	one.whole = o.net.Terms
	one.net.Output, one.net.Terms = drop(o.net.Output), make([][]int, len(o.net.Terms))
	for i, t := range o.net.Terms {
		one.net.Terms[i] = drop(t)
	}
	return &one
}

// times is how often each step of a slice is done: once for each value of the labels down to the innermost that it depends on.
func (o *ordered) times() []float64 {
	depth := make([]int, 0, 2*len(o.whole))
	for _, t := range o.whole {
		d := 0
		for i, l := range o.tree.Sliced {
			if slices.Contains(t, l) {
				d = i + 1
			}
		}
		depth = append(depth, d)
	}
	times := make([]float64, len(o.tree.Steps))
	for k, s := range o.tree.Steps {
		d := depth[s.A]
		if s.B >= 0 {
			d = max(d, depth[s.B])
		}
		depth = append(depth, d)
		times[k] = points(o.net, o.tree.Sliced[:d])
	}
	return times
}

// points is how many points labels have together.
func points(net order.Network, labels []int) float64 {
	p := 1.0
	for _, l := range labels {
		p *= float64(net.Sizes[l])
	}
	return p
}

// spelled writes labels by letters.
func spelled(labels []int) string {
	var b strings.Builder
	letters(&b, labels)
	return b.String()
}

// row is one step of a tree.
type row struct {
	spec           string
	m, n, k, batch float64
}

// rows gives the steps of an order, and the width of the column of contractions.
func (o *ordered) rows() (rows []row, width int) {
	terms := slices.Clone(o.net.Terms)
	width = len("contraction")
	for i, s := range o.tree.Steps {
		operands := [][]int{terms[s.A], nil}
		labels := s.Labels
		if i == len(o.tree.Steps)-1 {
			labels = o.net.Output
		}
		r := row{m: 1, n: 1, k: 1, batch: 1}
		if s.B >= 0 {
			operands[1] = terms[s.B]
			r.spec = spec(labels, operands...)
		} else {
			r.spec = spec(labels, operands[0])
		}
		for side, list := range operands {
			for _, l := range list {
				size := float64(o.net.Sizes[l])
				switch both := slices.Contains(operands[1-side], l); {
				case both && side == 1:
				case !slices.Contains(labels, l):
					r.k *= size
				case both:
					r.batch *= size
				case side == 0:
					r.m *= size
				default:
					r.n *= size
				}
			}
		}
		width = max(width, len([]rune(r.spec)))
		rows = append(rows, r)
		terms = append(terms, labels)
	}
	return rows, width
}

// spec writes a contraction by letters.
func spec(output []int, terms ...[]int) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(',')
		}
		letters(&b, t)
	}
	b.WriteString("->")
	letters(&b, output)
	return b.String()
}

func letters(b *strings.Builder, labels []int) {
	for _, l := range labels {
		switch {
		case l < 26:
			b.WriteRune(rune('a' + l))
		case l < 52:
			b.WriteRune(rune('A' + l - 26))
		default:
			b.WriteRune(rune(0x4e00 + l - 52)) // as many letters as anyone needs
		}
	}
}

// si writes a count with a unit's letter.
func si(x float64) string {
	units := []string{"", "k", "M", "G", "T", "P", "E"}
	k := 0
	for x >= 1000 && k < len(units)-1 {
		x /= 1000
		k++
	}
	if k == 0 && x == math.Trunc(x) || x >= 1e6 {
		return fmt.Sprintf("%.4g", x)
	}
	return fmt.Sprintf("%.1f%s", x, units[k])
}
