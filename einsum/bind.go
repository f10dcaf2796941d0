package einsum

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Contraction is a Spec for operands of known shapes: every axis has a label, ellipses are gone. Its slices are not to be written to:
// some are the Spec's.
type Contraction struct {
	Labels    [][]int // of each operand's axes; the Spec's, and from len(Names) on those of the batch axes, left to right
	Output    []int   // distinct
	Sizes     []int   // by label
	Stretched [][]int // by operand the axes, ascending, of size 1 where the label's size is another; nil if no operand has one
}

// Shape gives the output's shape.
func (c Contraction) Shape() tensor.Shape {
	shape := make(tensor.Shape, len(c.Output))
	for i, label := range c.Output {
		shape[i] = c.Sizes[label]
	}
	return shape
}

// Bind gives the contraction of operands of these shapes. The error is an *Error of kind OperandCount, Rank or SizeMismatch; for a spec
// whose words made no sense and whose letters do not fit, it is what was wrong with the words.
func (s Spec) Bind(shapes []tensor.Shape) (Contraction, error) {
	c, err := s.bind(operands{shapes: shapes})
	if err != nil {
		return Contraction{}, err
	}
	return c, nil
}

// operands is what is known of the operands.
type operands struct {
	shapes []tensor.Shape
	args   []expr.Expr // nil if only the shapes are known
}

// describe gives "operand 0 (f32[2 3])".
func (o operands) describe(k int) string {
	if o.args == nil {
		return fmt.Sprintf("operand %d (%v)", k, o.shapes[k])
	}
	return fmt.Sprintf("operand %d (%v%v)", k, o.args[k].DType(), o.shapes[k])
}

// bind is Bind with the error's own type.
func (s *Spec) bind(o operands) (Contraction, *Error) {
	batch, err := s.fit(o)
	if s.form == words && (batch > 0 || err != nil && err.Kind == Rank) { // else the letters, which are more, do not fit
		if spelt, none := parse(s.text, letters, len(s.Inputs)-1); none == nil {
			if batch, misfit := spelt.fit(o); misfit == nil {
				return spelt.size(o, spelt.label(o.shapes, batch), batch)
			}
		}
	}
	if err != nil {
		if err.Kind == Rank && s.worded != nil {
			err = s.worded
		}
		return Contraction{}, err
	}
	return s.size(o, s.label(o.shapes, batch), batch)
}

// fit checks the number of operands and their ranks; batch is the number of axes that the longest ellipsis stands for.
func (s *Spec) fit(o operands) (batch int, err *Error) {
	if len(o.shapes) != len(s.Inputs) {
		return 0, s.miscount(len(o.shapes))
	}
	for k := range s.Inputs {
		t := &s.Inputs[k]
		extra := len(o.shapes[k]) - len(t.Labels)
		if extra < 0 || extra > 0 && t.Ellipsis < 0 {
			return 0, s.misrank(o, k)
		}
		batch = max(batch, extra)
	}
	return batch, nil
}

// misrank says that operand k does not have the axes that its term names.
func (s *Spec) misrank(o operands, k int) *Error {
	names := strconv.Itoa(len(s.Inputs[k].Labels))
	if s.Inputs[k].Ellipsis >= 0 {
		names = "at least " + names
	}
	msg := fmt.Sprintf("%s has %s, but its term names %s", o.describe(k), count(len(o.shapes[k]), "axis", "axes"), names)
	return s.fail(Rank, k, atStart, msg)
}

// count gives "1 axis", "2 axes".
func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// miscount points to the first term without an operand, or to where the first operand's without a term would stand.
func (s *Spec) miscount(n int) *Error {
	msg := fmt.Sprintf("the spec names %s, but there are %d", count(len(s.Inputs), "operand", "operands"), n)
	if n < len(s.Inputs) {
		return s.fail(OperandCount, n, atStart, msg)
	}
	e := s.fail(OperandCount, len(s.Inputs)-1, atEnd, msg)
	e.Operand = len(s.Inputs)
	return e
}

// label gives each axis its label; the operands' sizes are not in it yet.
func (s *Spec) label(shapes []tensor.Shape, batch int) Contraction {
	c := Contraction{Labels: s.labels, Output: s.Output.spread(len(s.Names), batch, batch)}
	if c.Labels != nil {
		return c
	}
	c.Labels = make([][]int, len(s.Inputs))
	for k := range s.Inputs {
		t := &s.Inputs[k]
		c.Labels[k] = t.spread(len(s.Names), batch, len(shapes[k])-len(t.Labels))
	}
	return c
}

// spread gives a term's labels with the last n of the batch labels, which begin at first, in the place of the ellipsis.
func (t *Term) spread(first, batch, n int) []int {
	if t.Ellipsis < 0 || n == 0 {
		return t.Labels
	}
	labels := make([]int, len(t.Labels)+n)
	copy(labels, t.Labels[:t.Ellipsis])
	for i := range n {
		labels[t.Ellipsis+i] = first + batch - n + i
	}
	copy(labels[t.Ellipsis+n:], t.Labels[t.Ellipsis:])
	return labels
}

// size finds the labels' sizes and the axes that stretch to them.
func (s *Spec) size(o operands, c Contraction, batch int) (Contraction, *Error) {
	c.Sizes = make([]int, len(s.Names)+batch)
	for i := range c.Sizes {
		c.Sizes[i] = 1
	}
	ones := false
	for k, labels := range c.Labels {
		for axis, label := range labels {
			switch d := o.shapes[k][axis]; {
			case d == 1:
				ones = true
			case c.Sizes[label] == 1:
				c.Sizes[label] = d
			case c.Sizes[label] != d:
				return Contraction{}, s.mismatch(o, c, k, axis)
			}
		}
	}
	if !ones {
		return c, nil
	}
	return s.stretch(o, c)
}

// stretch lists the axes of size 1 whose labels have other sizes.
func (s *Spec) stretch(o operands, c Contraction) (Contraction, *Error) {
	for k, labels := range c.Labels {
		for axis, label := range labels {
			if o.shapes[k][axis] != 1 || c.Sizes[label] == 1 {
				continue
			}
			for i, l := range labels {
				if l == label && o.shapes[k][i] != 1 { // a diagonal does not stretch
					return Contraction{}, s.mismatch(o, c, k, max(i, axis))
				}
			}
			if c.Stretched == nil {
				c.Stretched = make([][]int, len(c.Labels))
			}
			c.Stretched[k] = append(c.Stretched[k], axis)
		}
	}
	return c, nil
}

// mismatch says that an axis of operand k has another size than its label has before.
func (s *Spec) mismatch(o operands, c Contraction, k, axis int) *Error {
	label, d := c.Labels[k][axis], o.shapes[k][axis]
	if before := slices.Index(c.Labels[k], label); before < axis && o.shapes[k][before] != d {
		msg := fmt.Sprintf("%s is %d and %d in %s", s.name(c, label), o.shapes[k][before], d, o.describe(k))
		return s.clash(c, k, axis, msg)
	}
	first, at := s.sized(o, c, label)
	msg := fmt.Sprintf("%s is %d in %s but %d in %s", s.name(c, label), o.shapes[first][at], o.describe(first), d, o.describe(k))
	return s.clash(c, k, axis, msg)
}

// sized finds the axis that gave a label its size.
func (s *Spec) sized(o operands, c Contraction, label int) (k, axis int) {
	for k, labels := range c.Labels {
		for axis, l := range labels {
			if l == label && o.shapes[k][axis] == c.Sizes[label] {
				return k, axis
			}
		}
	}
	return 0, 0
}

// name gives what messages call a label; batch axes count from the right, as they are aligned.
func (s *Spec) name(c Contraction, label int) string {
	if label < len(s.Names) {
		return "index " + s.Names[label]
	}
	return fmt.Sprintf("axis %d of the ellipsis", label-len(c.Sizes))
}

// clash gives a SizeMismatch at an axis of operand k.
func (s *Spec) clash(c Contraction, k, axis int, msg string) *Error {
	t := &s.Inputs[k]
	label := c.Labels[k][axis]
	if label >= len(s.Names) {
		e := s.fail(SizeMismatch, k, atEllipsis, msg)
		e.Label = dots
		return e
	}
	place := axis
	if t.Ellipsis >= 0 && axis >= t.Ellipsis {
		place -= len(c.Labels[k]) - len(t.Labels)
	}
	e := s.fail(SizeMismatch, k, place, msg)
	e.Label = s.Names[label]
	return e
}

// Places in a term beside its labels, which have numbers.
const (
	atEllipsis = -1
	atStart    = -2
	atEnd      = math.MaxInt
)

// fail gives a mistake at a place of operand k's term.
func (s *Spec) fail(kind Kind, k, place int, msg string) *Error {
	scan := scanner{text: s.text, form: s.form}
	for operand, labels := 0, 0; ; {
		switch tok := scan.next(); {
		case operand < k:
			if tok == comma {
				operand++
			}
		case place >= 0 && tok == ellipsis, place == atEllipsis && tok == label:
		case labels < place && tok == label:
			labels++
		default:
			return &Error{Kind: kind, Spec: s.text, Offset: scan.start, Operand: k, Msg: msg}
		}
	}
}
