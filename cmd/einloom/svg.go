package main

import (
	"fmt"
	"html"
	"io"
	"math"
	"strings"

	"github.com/einloom/einloom/planner"
)

// The measures of a drawing, in pixels.
const (
	leafGap   = 26 // between operands
	levelGap  = 46 // between a result and what it is made of
	margin    = 40
	titleRoom = 34
	nodeSize  = 6
	fewLeaves = 40 // up to so many operands, steps bear their labels
)

// drawTrees writes the trees of contractions as SVG, one below the other: operands at the bottom, results above what they are made of. A line is
// as wide as the logarithm of the tensor that it stands for; a step is the redder, the more of the multiplications it takes.
func drawTrees(w io.Writer, list []planner.Contraction) error {
	var b strings.Builder
	top, wide := 0.0, 0.0
	for i := range list {
		t := newDrawing(&list[i])
		t.draw(&b, top)
		top += t.height()
		wide = max(wide, t.width())
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="11">
<rect width="100%%" height="100%%" fill="white"/>
%s</svg>
`, wide, top, wide, top, b.String())
	return err
}

// drawing is where the terms of one contraction stand.
type drawing struct {
	c     *planner.Contraction
	x     []float64
	level []int // above the operands beneath it
	most  float64
}

// newDrawing puts the operands next to those that they are contracted with.
func newDrawing(c *planner.Contraction) *drawing {
	n := c.Terms + len(c.Steps)
	t := &drawing{c: c, x: make([]float64, n), level: make([]int, n)}
	next := 0.0
	type visit struct {
		term int
		seen bool
	}
	for stack := []visit{{n - 1, false}}; len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.term < c.Terms {
			t.x[v.term] = next
			next++
			continue
		}
		s := &c.Steps[v.term-c.Terms]
		if !v.seen {
			stack = append(stack, visit{v.term, true})
			if s.B >= 0 {
				stack = append(stack, visit{s.B, false})
			}
			stack = append(stack, visit{s.A, false})
			continue
		}
		t.x[v.term], t.level[v.term] = t.x[s.A], t.level[s.A]+1
		if s.B >= 0 {
			t.x[v.term] = (t.x[s.A] + t.x[s.B]) / 2
			t.level[v.term] = max(t.level[s.A], t.level[s.B]) + 1
		}
	}
	for k := range c.Steps {
		t.most = max(t.most, c.Steps[k].Mults*c.Steps[k].Times)
	}
	return t
}

func (t *drawing) width() float64 { return max(2*margin+leafGap*float64(t.c.Terms-1), 640) }

func (t *drawing) height() float64 {
	return titleRoom + 2*margin + levelGap*float64(t.level[len(t.level)-1])
}

// at is where a term stands.
func (t *drawing) at(term int) (x, y float64) {
	return margin + leafGap*t.x[term], t.height() - margin - levelGap*float64(t.level[term])
}

// elements is the size of a term.
func (t *drawing) elements(term int) float64 {
	if term < t.c.Terms {
		return t.c.Operands[term]
	}
	return t.c.Steps[term-t.c.Terms].Elements
}

func (t *drawing) draw(b *strings.Builder, top float64) {
	c := t.c
	title := c.Spec
	if r := []rune(title); len(r) > 80 {
		title = string(r[:80]) + "…"
	}
	in := ""
	if c.Sliced != "" {
		in = fmt.Sprintf(" in %.4g slices over %s", c.Slices, c.Sliced)
	}
	fmt.Fprintf(b, "<g transform=\"translate(0 %.0f)\">\n<text x=\"%d\" y=\"20\">%s: %.4g multiplications%s, largest result %.4g elements (%s)</text>\n",
		top, margin, html.EscapeString(title), c.Mults, in, c.Largest, html.EscapeString(c.Winner))
	for k := range c.Steps {
		s := &c.Steps[k]
		x, y := t.at(c.Terms + k)
		for _, from := range []int{s.A, s.B} {
			if from < 0 {
				continue
			}
			fx, fy := t.at(from)
			fmt.Fprintf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#8894a4\" stroke-width=\"%.1f\"><title>%.6g elements</title></line>\n",
				fx, fy, x, y, 1+math.Log2(max(1, t.elements(from)))/2, t.elements(from))
		}
	}
	for term := range c.Terms {
		x, y := t.at(term)
		fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>\n", x, y+16, term)
	}
	for k := range c.Steps {
		s := &c.Steps[k]
		x, y := t.at(c.Terms + k)
		fmt.Fprintf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"><title>step %d: %s, %.6g multiplications, %.6g times</title></circle>\n",
			x, y, nodeSize, heat(s.Mults*s.Times, t.most), k+1, html.EscapeString(s.Spec), s.Mults, s.Times)
		if c.Terms <= fewLeaves {
			fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n", x+nodeSize+2, y-4, html.EscapeString(s.Spec))
		}
	}
	b.WriteString("</g>\n")
}

// heat is a colour from blue to red: red for the most, blue for a ten thousandth of it and less.
func heat(cost, most float64) string {
	warm := 0.0
	if cost > 0 && most > 0 {
		warm = max(0, 1+math.Log10(cost/most)/4)
	}
	return fmt.Sprintf("hsl(%.0f 75%% 50%%)", 220*(1-warm))
}
