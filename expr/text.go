package expr

import (
	"fmt"
	"strconv"
	"strings"
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
	fmt.Fprintf(&b, "%%%d = %s", len(p.lines), n.Word())
	switch n.Kind {
	case KContract:
		fmt.Fprintf(&b, " %q", spec(n.Labels, n.Output))
	case KCall:
		fmt.Fprintf(&b, " %q", n.Routine.Name)
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
	case KReduce, KScan, KTranspose, KConcat, KGather:
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
	if n.Frozen {
		b.WriteString(" frozen")
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

// placeholder gives the number of the data that an input of that name stands for.
func placeholder(name string) (number int, ok bool) {
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(digits)
	return number, err == nil && number >= 0 && strconv.Itoa(number) == digits
}
