package tensor

import (
	"fmt"
	"strings"
)

// Style is how a tensor is written; DefaultStyle gives NumPy's.
type Style struct {
	Precision int  // digits after the point; fewer where they say it all
	Threshold int  // more elements than that are cut down to
	EdgeItems int  // so many at both ends of each axis, at least 1
	LineWidth int  // characters
	Bare      bool // the numbers alone, as NumPy's print does, without array(...) and dtype
}

// DefaultStyle is what NumPy starts with.
func DefaultStyle() Style { return Style{Precision: 8, Threshold: 1000, EdgeItems: 3, LineWidth: 75} }

// String writes t as NumPy's repr does: array([1., 2.], dtype=float32). bfloat16, which NumPy has not, is written by the rules for
// float16.
func (t *Tensor) String() string { return t.Text(DefaultStyle()) }

// Text writes t in the style s: as NumPy's repr does, or as its print if s.Bare. A negative Precision counts
// as 0, and EdgeItems below 1 as 1.
func (t *Tensor) Text(s Style) string {
	s.Precision, s.EdgeItems = max(0, s.Precision), max(1, s.EdgeItems)
	if s.Bare && len(t.shape) == 0 {
		return bareScalar(t)
	}
	lead, separator, width := "array(", ", ", s.LineWidth-len(")")
	if s.Bare {
		lead, separator, width = "", " ", s.LineWidth
	}
	body := "[]"
	if t.Len() > 0 {
		l := layout{separator: separator, elide: t.Len() > s.Threshold, edge: s.EdgeItems}
		l.word = words(t.ends(l), s.Precision)
		body = l.text(t, strings.Repeat(" ", len(lead)+1), width)
	}
	if s.Bare {
		return body
	}
	return suffixed(lead+body, t.suffix(s.Threshold), len(lead), s.LineWidth)
}

// suffix is what the numbers do not say: "shape=(0, 3), dtype=float32".
func (t *Tensor) suffix(threshold int) string {
	var extras []string
	n := t.Len()
	if n == 0 && len(t.shape) > 1 || n > threshold {
		extras = append(extras, "shape="+tuple(t.shape))
	}
	switch t.dtype {
	case Bool, Int64, Float64, Complex128: // what Python's own numbers become
		if n > 0 {
			break
		}
		fallthrough
	default:
		extras = append(extras, "dtype="+t.dtype.Name())
	}
	return strings.Join(extras, ", ")
}

// suffixed closes array(..., with the suffix on a line of its own where it does not fit on the last.
func suffixed(s, suffix string, indent, width int) string {
	if suffix == "" {
		return s + ")"
	}
	s += ","
	gap := " "
	if lastLine := len(s) - (strings.LastIndexByte(s, '\n') + 1); lastLine+len(suffix)+len(" )") > width {
		gap = "\n" + strings.Repeat(" ", indent)
	}
	return s + gap + suffix + ")"
}

// tuple writes a shape as Python does: (), (3,), (3, 4).
func tuple(s Shape) string {
	if len(s) == 1 {
		return fmt.Sprintf("(%d,)", s[0])
	}
	return "(" + strings.ReplaceAll(strings.Trim(s.String(), "[]"), " ", ", ") + ")"
}

// layout lays words out in rows within rows.
type layout struct {
	separator string
	elide     bool
	edge      int
	word      func(element) string
}

// cut says whether the middle of an axis of n is left out.
func (l layout) cut(n int) bool { return l.elide && n > 2*l.edge }

// ends is the elements of t that are written.
func (t *Tensor) ends(l layout) []*Tensor {
	parts := []*Tensor{t}
	for k, n := range t.shape {
		if !l.cut(n) {
			continue
		}
		var halves []*Tensor
		for _, p := range parts {
			halves = append(halves, p.narrow(k, 0, l.edge), p.narrow(k, n-l.edge, n))
		}
		parts = halves
	}
	return parts
}

// narrow is t with the elements from start to stop of one axis.
func (t *Tensor) narrow(axis, start, stop int) *Tensor {
	shape := t.shape.Clone()
	shape[axis] = stop - start
	return t.view(shape, t.strides, start*t.strides[axis])
}

// text writes t, of which indent says how far its lines are moved to the right, without the indent of the first line.
func (l layout) text(t *Tensor, indent string, width int) string {
	if len(t.shape) == 0 {
		return l.word(t.read(t.offset))
	}
	if len(t.shape) == 1 {
		return l.row(t, indent, width)
	}
	var b strings.Builder
	b.WriteByte('[')
	between := strings.TrimRight(l.separator, " ") + strings.Repeat("\n", len(t.shape)-1) + indent
	n := t.shape[0]
	for i := 0; i < n; i++ {
		if l.cut(n) && i == l.edge {
			b.WriteString("...")
			b.WriteString(between)
			i = n - l.edge
		}
		row := t.view(t.shape[1:], t.strides[1:], i*t.strides[0])
		b.WriteString(l.text(row, indent+" ", width-1))
		if i < n-1 {
			b.WriteString(between)
		}
	}
	b.WriteByte(']')
	return b.String()
}

// row writes one axis, broken into lines.
func (l layout) row(t *Tensor, indent string, width int) string {
	width -= max(1, len(strings.TrimRight(l.separator, " ")))
	var done strings.Builder
	line, n := indent, t.shape[0]
	put := func(word string) {
		if len(line)+len(word) > width && len(line) > len(indent) {
			done.WriteString(strings.TrimRight(line, " "))
			done.WriteByte('\n')
			line = indent
		}
		line += word
	}
	step := t.strides[0] * t.dtype.Size()
	for i := 0; i < n; i++ {
		if l.cut(n) && i == l.edge {
			put("...")
			line += l.separator
			i = n - l.edge
		}
		put(l.word(t.read(t.offset + i*step)))
		if i < n-1 {
			line += l.separator
		}
	}
	done.WriteString(line)
	return "[" + strings.TrimPrefix(done.String(), indent) + "]"
}

// words is how elements of the parts' dtype are written, so that all of the parts' are equally wide.
func words(parts []*Tensor, precision int) func(element) string {
	d := parts[0].dtype
	all := func(visit func(element)) {
		for _, p := range parts {
			for at := range p.offsets {
				visit(p.read(at))
			}
		}
	}
	switch {
	case d == Bool && len(parts[0].shape) == 0:
		return boolWord
	case d == Bool:
		return func(e element) string { return fmt.Sprintf("%5s", boolWord(e)) }
	case d.IsInt():
		width := 0
		all(func(e element) { width = max(width, len(intWord(e, d))) })
		return func(e element) string { return fmt.Sprintf("%*s", width, intWord(e, d)) }
	case d.IsFloat():
		var values []float64
		all(func(e element) { values = append(values, e.f) })
		form := newFloatForm(d, values, precision, false)
		return func(e element) string { return form.word(e.f) }
	}
	var re, im []float64
	all(func(e element) { re, im = append(re, real(e.c)), append(im, imag(e.c)) })
	reForm, imForm := newFloatForm(d.part(), re, precision, false), newFloatForm(d.part(), im, precision, true)
	return func(e element) string {
		i := imForm.word(imag(e.c))
		digits := strings.TrimRight(i, " ")
		return reForm.word(real(e.c)) + digits + "j" + i[len(digits):]
	}
}

func boolWord(e element) string {
	if e.i != 0 {
		return "True"
	}
	return "False"
}

func intWord(e element, d DType) string {
	if d == Uint64 {
		return fmt.Sprint(uint64(e.i))
	}
	return fmt.Sprint(e.i)
}
