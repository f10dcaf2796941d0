package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/einloom/einloom/tensor"
)

// inline is the most elements of data that a text shows; more become a placeholder.
const inline = 16

// String gives the graph of x as text, which Parse reads; see Text.
func (x Expr) String() string {
	if x.n == nil {
		return Text(badNode(x.Err(), site{}.pos))
	}
	return Text(x.n)
}

// Text gives the graph beneath the roots, one node a line and arguments first, in the grammar of docs/ir.md. What stands after ; is
// comment: the user's line. Data of more than 16 elements is only named: data #0, data #1 ...
func Text(roots ...*Node) string {
	p := printer{ids: map[*Node]int{}, data: map[*tensor.Tensor]int{}}
	for _, leaf := range Leaves(roots...) {
		if number, ok := placeholder(leaf.Name); ok {
			p.taken = max(p.taken, number+1)
		}
	}
	for n := range Walk(roots...) {
		p.ids[n] = len(p.lines)
		p.lines = append(p.lines, p.line(n))
	}
	width := 0
	for _, l := range p.lines {
		if w := utf8.RuneCountInString(l.body); w <= widest {
			width = max(width, w)
		}
	}
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(l.body)
		if l.typ != "" {
			b.WriteString(strings.Repeat(" ", max(0, width-utf8.RuneCountInString(l.body))+2))
			b.WriteString(l.typ)
		}
		if l.note != "" {
			b.WriteString("\t; ")
			b.WriteString(l.note)
		}
		b.WriteByte('\n')
	}
	b.WriteString("return")
	for _, r := range roots {
		if r != nil {
			fmt.Fprintf(&b, " %%%d", p.ids[r])
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// widest is the longest line that the column of types makes room for.
const widest = 60

type printer struct {
	ids   map[*Node]int
	data  map[*tensor.Tensor]int // the numbers of what is only named
	taken int                    // the first number that no placeholder has
	lines []line
}

type line struct{ body, typ, note string }

func (p *printer) line(n *Node) line {
	var b strings.Builder
	fmt.Fprintf(&b, "%%%d = %s", len(p.lines), n.word())
	if n.Kind == KContract {
		fmt.Fprintf(&b, " %q", spec(n.Labels, n.Output))
	}
	for _, a := range n.Args {
		fmt.Fprintf(&b, " %%%d", p.ids[a])
	}
	l := line{typ: n.typ()}
	switch n.Kind {
	case KBad:
		l.typ = ""
		for _, e := range collect(nil, n.Err) {
			fmt.Fprintf(&b, " %s %q", e.Kind, e.Msg)
		}
	case KInput:
		if number, ok := placeholder(n.Name); ok {
			b.Reset()
			fmt.Fprintf(&b, "%%%d = data #%d", len(p.lines), number)
		} else {
			fmt.Fprintf(&b, " %q", n.Name)
		}
	case KData:
		l.note = p.contents(&b, n.Tensor)
	case KConst:
		if n.Weak {
			b.WriteString(" weak")
		}
		b.WriteString(" " + n.Value.text(n.DType))
	case KReduce, KTranspose, KConcat, KGather:
		attribute(&b, "axes", n.Axes)
	case KSlice:
		attribute(&b, "from", n.Starts)
		attribute(&b, "step", n.Steps)
	case KDiagonal:
		attribute(&b, "axes", n.Axes)
		attribute(&b, "from", n.Starts)
	case KPad:
		attribute(&b, "before", n.Before)
		attribute(&b, "after", n.After)
		b.WriteString(" with " + n.Value.text(n.DType))
	}
	l.body = b.String()
	if !n.Pos.IsZero() {
		l.note = strings.TrimPrefix(l.note+" "+n.Pos.String(), " ")
	}
	return l
}

func attribute(b *strings.Builder, name string, values []int) {
	fmt.Fprintf(b, " %s %v", name, tensor.Shape(values))
}

// contents writes a tensor's elements if they are few and near each other, else its number; the note says what that leaves out.
func (p *printer) contents(b *strings.Builder, t *tensor.Tensor) (note string) {
	_, near := reach(t.Shape(), t.Strides())
	if t.Len() > inline || !near {
		number, known := p.data[t]
		if !known {
			number = p.taken + len(p.data)
			p.data[t] = number
		}
		fmt.Fprintf(b, " #%d", number)
		if !t.Contiguous() {
			return "strides " + tensor.Shape(t.Strides()).String()
		}
		return ""
	}
	b.WriteString(" {")
	for i, v := range values(t) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(v.text(t.DType()))
	}
	b.WriteByte('}')
	if !t.Contiguous() {
		attribute(b, "strides", t.Strides())
	}
	return ""
}

// values gives a tensor's elements in row-major order.
func values(t *tensor.Tensor) []Value {
	out := make([]Value, t.Len())
	switch d := t.DType(); {
	case d.IsComplex():
		for i, c := range t.Complex128s() {
			out[i].C = c
		}
	case d.IsFloat():
		for i, f := range t.Float64s() {
			out[i].F = f
		}
	default:
		for i, v := range t.Int64s() {
			out[i].I = v
		}
	}
	return out
}

// reach gives the elements that strided memory spans, before and behind element [0 ... 0] and with it; near is false if they are more
// than a text may ask a reader to allocate.
func reach(shape, strides []int) (before int, near bool) {
	const most = 1 << 12
	behind := 0
	for k, d := range shape {
		if d == 0 {
			return 0, true
		}
		s := strides[k]
		if d == 1 {
			continue
		}
		if s < -most || s > most || d > most && s != 0 {
			return 0, false
		}
		if span := (d - 1) * s; span < 0 {
			before -= span
		} else {
			behind += span
		}
		if before+behind >= most {
			return 0, false
		}
	}
	return before, true
}

// text gives a value as dtype d writes it, exactly, but for what a NaN carries.
func (v Value) text(d tensor.DType) string {
	switch {
	case d.IsBool():
		return strconv.FormatBool(v.I != 0)
	case d == tensor.Uint64:
		return strconv.FormatUint(uint64(v.I), 10)
	case d.IsInt():
		return strconv.FormatInt(v.I, 10)
	case d.IsComplex():
		return "(" + floatText(real(v.C), d) + " " + floatText(imag(v.C), d) + ")"
	}
	return floatText(v.F, d)
}

// floatText gives the shortest digits that d reads back as v.
func floatText(v float64, d tensor.DType) string {
	switch {
	case v != v:
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case d == tensor.Float64 || d == tensor.Complex128:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 32)
}

// spec writes a contraction's labels as an einsum string: i, j, k ... in the order in which they stand.
func spec(labels [][]int, output []int) string {
	var b strings.Builder
	for i, list := range labels {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, label := range list {
			b.WriteRune(letter(label))
		}
	}
	b.WriteString("->")
	for _, label := range output {
		b.WriteRune(letter(label))
	}
	return b.String()
}

const letters = "ijklmnopqrstuvwxyzabcdefghABCDEFGHIJKLMNOPQRSTUVWXYZ"

// letter gives label i's letter: the 52 of ASCII from i on, then what Unicode has from U+0100 on.
func letter(i int) rune {
	if i < len(letters) {
		return rune(letters[i])
	}
	i -= len(letters)
	for r := rune(0x100); r <= unicode.MaxRune; r++ {
		if unicode.IsLetter(r) {
			if i == 0 {
				return r
			}
			i--
		}
	}
	return unicode.ReplacementChar
}

// placeholder gives the number of the data that an input of that name stands for.
func placeholder(name string) (number int, ok bool) {
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(digits)
	return number, err == nil && number >= 0 && strconv.Itoa(number) == digits
}
