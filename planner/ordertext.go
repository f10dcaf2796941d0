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
		c := orders[i].contraction()
		in := ""
		if c.Sliced != "" {
			in = fmt.Sprintf(" in %s slices over %s", si(c.Slices), c.Sliced)
		}
		from := c.Winner
		if c.Kept {
			from += ", kept from an earlier search"
		}
		if c.OnceMults > 0 {
			in += fmt.Sprintf(" a run and %s once", si(c.OnceMults))
		}
		fmt.Fprintf(&b, "; contract %q of %d: %s multiplications%s, largest intermediate %s elements (%s; left to right: %s)\n",
			c.Spec, c.Terms, si(c.Mults), in, si(c.Largest), from, si(c.LeftToRight))
		width := len("contraction")
		for k := range c.Steps {
			width = max(width, len([]rune(c.Steps[k].Spec)))
		}
		fmt.Fprintf(&b, ";  step  %-*s %6s %6s %6s %6s %10s %10s\n", width, "contraction", "m", "n", "k", "batch", "mult", "elements")
		for k := range c.Steps {
			r := &c.Steps[k]
			once := ""
			if r.Once {
				once = "  once"
			}
			fmt.Fprintf(&b, ";  %4d  %s%s %6s %6s %6s %6s %10s %10s%s\n", k+1, r.Spec, strings.Repeat(" ", width-len([]rune(r.Spec))),
				si(r.M), si(r.N), si(r.K), si(r.Batch), si(r.Mults), si(r.Elements), once)
		}
	}
	return b.String()
}

// Contraction is how one contraction was ordered.
type Contraction struct {
	Spec        string            `json:"spec"` // by letters, in the order in which they occur
	Terms       int               `json:"terms"`
	Winner      string            `json:"winner"` // the method that found the order
	Work        int64             `json:"work"`   // that finding it took, in units of about a nanosecond
	Kept        bool              `json:"kept"`   // it was not searched for now: an earlier search found it
	Sliced      string            `json:"sliced,omitempty"`
	Slices      float64           `json:"slices"`
	Mults       float64           `json:"mults"`                // multiplications of a run, of all slices
	OnceMults   float64           `json:"once_mults,omitempty"` // multiplications of constant terms, before the first run
	Largest     float64           `json:"largest"`              // elements of the largest result, in a slice
	LeftToRight float64           `json:"left_to_right"`        // multiplications from left to right
	Operands    []float64         `json:"operands"`             // elements of each, in a slice
	Steps       []ContractionStep `json:"steps"`
}

// ContractionStep contracts terms A and B, or sums labels of A out where B is -1. Terms are numbered on: the first step makes term number
// Contraction.Terms. M and N are the points that the left and the right operand alone have, K those that are summed, Batch those that both
// and the result have.
type ContractionStep struct {
	A        int     `json:"a"`
	B        int     `json:"b"`
	Spec     string  `json:"spec"`
	M        float64 `json:"m"`
	N        float64 `json:"n"`
	K        float64 `json:"k"`
	Batch    float64 `json:"batch"`
	Mults    float64 `json:"mults"`          // in a slice
	Elements float64 `json:"elements"`       // of the result, in a slice
	Times    float64 `json:"times"`          // how often it is done
	Once     bool    `json:"once,omitempty"` // it is of constant terms alone: it is done before the first run
}

// Contractions says how each contraction of the plan was ordered.
func (p *Plan) Contractions() []Contraction {
	list := make([]Contraction, len(p.orders))
	for i := range p.orders {
		list[i] = p.orders[i].contraction()
	}
	return list
}

func (o ordered) contraction() Contraction {
	r := o.renamed()
	one := r.slice()
	total, steps := r.tree.Cost(one.net)
	plain, _ := order.Pairs(r.net).Cost(r.net)
	c := Contraction{
		Spec: spec(r.net.Output, r.net.Terms...), Terms: len(r.net.Terms), Winner: r.tree.Winner, Work: r.tree.Work, Kept: r.kept, Sliced: spelled(r.tree.Sliced),
		Slices: points(r.net, r.tree.Sliced), Largest: total.Size, LeftToRight: plain.Mults, Steps: one.rows(),
	}
	for _, t := range one.net.Terms {
		c.Operands = append(c.Operands, points(one.net, t))
	}
	constant := r.tree.Constant(r.net)
	for k, depth := range r.tree.Depths(r.net) {
		s := &c.Steps[k]
		s.Mults, s.Elements, s.Times, s.Once = steps[k].Mults, steps[k].Size, points(r.net, r.tree.Sliced[:depth]), constant[k]
		if s.Once {
			c.OnceMults += s.Mults
			continue
		}
		c.Mults += s.Mults * s.Times
	}
	return c
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
	o.net = order.Network{Terms: terms, Output: rename(o.net.Output), Sizes: sizes, Constant: o.net.Constant}
	o.tree.Steps, o.tree.Sliced = steps, rename(o.tree.Sliced)
	return &o
}

// slice is the contraction of one slice: without the sliced labels.
func (o *ordered) slice() *ordered {
	drop := func(labels []int) []int {
		return slices.DeleteFunc(slices.Clone(labels), func(l int) bool { return slices.Contains(o.tree.Sliced, l) })
	}
	one := *o
	one.net.Output, one.net.Terms = drop(o.net.Output), make([][]int, len(o.net.Terms))
	for i, t := range o.net.Terms {
		one.net.Terms[i] = drop(t)
	}
	return &one
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

// rows gives the steps of an order without their costs.
func (o *ordered) rows() []ContractionStep {
	terms := slices.Clone(o.net.Terms)
	rows := make([]ContractionStep, 0, len(o.tree.Steps))
	for i, s := range o.tree.Steps {
		operands := [][]int{terms[s.A], nil}
		labels := s.Labels
		if i == len(o.tree.Steps)-1 {
			labels = o.net.Output
		}
		r := ContractionStep{A: s.A, B: s.B, M: 1, N: 1, K: 1, Batch: 1}
		if s.B >= 0 {
			operands[1] = terms[s.B]
			r.Spec = spec(labels, operands...)
		} else {
			r.Spec = spec(labels, operands[0])
		}
		for side, list := range operands {
			for _, l := range list {
				size := float64(o.net.Sizes[l])
				switch both := slices.Contains(operands[1-side], l); {
				case both && side == 1:
				case !slices.Contains(labels, l):
					r.K *= size
				case both:
					r.Batch *= size
				case side == 0:
					r.M *= size
				default:
					r.N *= size
				}
			}
		}
		rows = append(rows, r)
		terms = append(terms, labels)
	}
	return rows
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
