package planner

import (
	"fmt"
	"math"
	"strings"

	"github.com/einloom/einloom/planner/order"
)

// orderText is the table of how contractions were ordered, as comment: it can stand before the graph's text.
//
//	; contract "ij,jk,kl->il" of 3: 26.0k multiplications, largest intermediate 500 elements (exact; left to right: 6.3M)
//	;   1  jk,kl->jl   20.0k mult   100 elements
//	;   2  ij,jl->il    6.0k mult   500 elements
func orderText(orders []ordered) string {
	var b strings.Builder
	for i := range orders {
		o := &orders[i]
		total, steps := o.tree.Cost(o.net)
		plain, _ := order.Pairs(o.net).Cost(o.net)
		fmt.Fprintf(&b, "; contract %q of %d: %s multiplications, largest intermediate %s elements (%s; left to right: %s)\n",
			spec(o.net.Output, o.net.Terms...), len(o.net.Terms), si(total.Mults), si(total.Size), o.tree.Winner, si(plain.Mults))
		terms := append([][]int(nil), o.net.Terms...)
		rows := make([]string, len(steps))
		width := 0
		for k, s := range o.tree.Steps {
			operands := [][]int{terms[s.A]}
			if s.B >= 0 {
				operands = append(operands, terms[s.B])
			}
			labels := s.Labels
			if k == len(steps)-1 {
				labels = o.net.Output
			}
			rows[k] = spec(labels, operands...)
			width = max(width, len([]rune(rows[k])))
			terms = append(terms, labels)
		}
		for k, c := range steps {
			fmt.Fprintf(&b, ";  %3d  %s%s  %8s mult  %8s elements\n", k+1, rows[k], strings.Repeat(" ", width-len([]rune(rows[k]))), si(c.Mults), si(c.Size))
		}
	}
	return b.String()
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
