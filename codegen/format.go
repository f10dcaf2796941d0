package codegen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// wide is how long an expression may grow before it gets a line and a name of its own.
const wide = 72

// String is the kernel's text; docs/ir.md has the grammar, and Parse reads it. k must be free of dangling numbers (see Verify).
func (k *Kernel) String() string {
	c := k.Canonical()
	c.Note = k.Note
	p := printer{k: c, on: c.Depends(), text: make([]rendered, len(c.Body)), uses: c.Uses()}
	p.header()
	p.body()
	p.schedule()
	p.cost()
	return p.b.String()
}

// printer writes one canonical kernel.
type printer struct {
	b     strings.Builder
	k     *Kernel
	on    []AxisSet
	text  []rendered
	uses  []int
	temps int
	next  int // the first value not printed yet
}

// rendered is an expression and how tightly its outermost operator binds.
type rendered struct {
	s    string
	prec int
}

// Go's precedences; primary is what never needs parentheses.
const (
	precUnary = 6
	primary   = 7
)

func (p *printer) header() {
	fmt.Fprintf(&p.b, "kernel %s", p.k.Name)
	if note := strings.Join(strings.Fields(p.k.Note), " "); note != "" {
		fmt.Fprintf(&p.b, "  ; %s", note)
	}
	p.b.WriteByte('\n')
	var in, out, loop, fold []string
	for i := range p.k.Params {
		if q := &p.k.Params[i]; q.Out {
			out = append(out, q.String())
		} else {
			in = append(in, q.String())
		}
	}
	for _, a := range p.k.Axes {
		if s := fmt.Sprintf("%s %d", a.Name, a.Extent); a.Fold {
			fold = append(fold, s)
		} else {
			loop = append(loop, s)
		}
	}
	p.list("in  ", in)
	p.list("out ", out)
	p.list("loop", loop)
	p.list("fold", fold)
	if p.k.Routine != nil {
		fmt.Fprintf(&p.b, "  call %s\n", p.k.Routine.Name)
	}
}

// list writes items after a word, on as many lines as they need.
func (p *printer) list(word string, items []string) {
	for len(items) > 0 {
		n, width := 1, len(items[0])
		for n < len(items) && width+len(items[n]) < wide {
			width += len(items[n]) + 2
			n++
		}
		fmt.Fprintf(&p.b, "  %s %s\n", word, strings.Join(items[:n], ", "))
		items = items[n:]
	}
}

// String is the param as a kernel's text declares it: x f32[512 256] strides [1 512].
func (p *Param) String() string {
	s := fmt.Sprintf("%s %v%v", p.Name, p.DType, p.Dims)
	for i, stride := range RowMajor(p.Dims) {
		if stride != p.Strides[i] {
			return fmt.Sprintf("%s strides %v", s, p.Strides)
		}
	}
	return s
}

func (p *printer) body() {
	for _, s := range p.k.Stores {
		for ; p.next <= s.Value; p.next++ {
			p.value(p.next)
		}
		q := &p.k.Params[s.Param]
		fmt.Fprintf(&p.b, "  %s = %s\n", p.access(q, s.At, -1, ""), p.operand(s.Value, q.DType))
	}
	for ; p.next < len(p.k.Body); p.next++ {
		p.value(p.next)
	}
}

// value renders one value and gives it a line of its own where it is used more than once, is a reduction or a scan, or has grown wide.
func (p *printer) value(i int) {
	v := &p.k.Body[i]
	p.text[i] = p.render(v)
	switch {
	case v.Kind == Load || v.Kind == Index || v.Kind == Const:
		return
	case v.Kind != Reduce && v.Kind != Scan && p.uses[i] == 1 && len(p.text[i].s) <= wide:
		return
	}
	var along []string
	for _, a := range p.on[i].List() {
		if p.k.Axes[a].Fold {
			along = append(along, p.k.Axes[a].Name)
		}
	}
	name := "t" + strconv.Itoa(p.temps)
	p.temps++
	if len(along) > 0 {
		name += "[" + strings.Join(along, ", ") + "]"
	}
	fmt.Fprintf(&p.b, "  %s = %s\n", name, p.text[i].s)
	p.text[i] = rendered{name, primary}
}

func (p *printer) render(v *Value) rendered {
	switch v.Kind {
	case Load:
		return rendered{p.access(&p.k.Params[v.Param], v.At, -1, ""), primary}
	case Gather:
		return rendered{p.access(&p.k.Params[v.Param], v.At, v.Dim, p.operand(v.Args[0], tensor.Int64)), primary}
	case Const:
		return rendered{constText(v), primary}
	case Index:
		return rendered{p.k.Axes[v.Axis].Name, primary}
	case Reduce, Scan:
		name := "reduce"
		if v.Kind == Scan {
			name = "scan"
		}
		return rendered{fmt.Sprintf("%s(%s, %s, %s)", name, v.Op.Name, p.axes(v.Over, ", "), p.operand(v.Args[0], tensor.Invalid)), primary}
	}
	return p.renderMap(v)
}

func (p *printer) renderMap(v *Value) rendered {
	if v.Op == opCast {
		return rendered{fmt.Sprintf("%v(%s)", v.DType, p.operand(v.Args[0], tensor.Invalid)), primary}
	}
	context := p.context(v)
	args := make([]string, len(v.Args))
	for i, a := range v.Args {
		args[i] = p.operand(a, context)
		if p.k.Body[a].Kind == Const && context == tensor.Invalid && typesNumbers(v.Op, i) {
			context = p.k.Body[a].DType
		}
	}
	symbol, ok := symbols[v.Op.Name]
	switch {
	case ok && len(args) == 1:
		return rendered{symbol.s + p.paren(v.Args[0], args[0], precUnary), precUnary}
	case ok && len(args) == 2:
		return rendered{p.paren(v.Args[0], args[0], symbol.prec) + " " + symbol.s + " " + p.paren(v.Args[1], args[1], symbol.prec+1), symbol.prec}
	}
	return rendered{v.Op.Name + "(" + strings.Join(args, ", ") + ")", primary}
}

// paren puts an operand into parentheses where its operator binds less than prec.
func (p *printer) paren(v int, s string, prec int) string {
	if p.k.Body[v].Kind != Const && p.text[v].prec < prec {
		return "(" + s + ")"
	}
	return s
}

// context is the dtype that a bare number has among the arguments of a map: that of the first argument that is no number.
func (p *printer) context(v *Value) tensor.DType {
	for i, a := range v.Args {
		if w := &p.k.Body[a]; !isNumber(w) && typesNumbers(v.Op, i) {
			return w.DType
		}
	}
	return tensor.Invalid
}

// operand is the text of a value used where a bare number would have the dtype context.
func (p *printer) operand(i int, context tensor.DType) string {
	v := &p.k.Body[i]
	if !isNumber(v) || v.DType == context || v.DType.IsComplex() {
		return p.text[i].s
	}
	return fmt.Sprintf("%v(%s)", v.DType, p.text[i].s)
}

// isNumber says whether v is a constant whose text does not tell its dtype (true and false do).
func isNumber(v *Value) bool { return v.Kind == Const && v.DType != tensor.Bool }

// typesNumbers says whether argument i of an op gives bare numbers beside it their dtype: the condition of a choice does not.
func typesNumbers(o *op.Op, i int) bool { return o.Types.Compute != op.Chosen || i > 0 }

// access is a param at its affine indices; position gather, if not -1, is the run-time index given as text.
func (p *printer) access(q *Param, at []Affine, gather int, index string) string {
	if len(at) == 0 {
		return q.Name
	}
	list := make([]string, len(at))
	for i, a := range at {
		if i == gather {
			list[i] = "at(" + index + ")"
		} else {
			list[i] = p.affine(a)
		}
	}
	return q.Name + "[" + strings.Join(list, ", ") + "]"
}

func (p *printer) affine(a Affine) string {
	var b strings.Builder
	for i, t := range a.Terms {
		switch {
		case t.Coef == -1:
			b.WriteByte('-')
		case t.Coef < 0:
			fmt.Fprintf(&b, "%d*", t.Coef)
		case i > 0:
			b.WriteByte('+')
			fallthrough
		default:
			if t.Coef != 1 {
				fmt.Fprintf(&b, "%d*", t.Coef)
			}
		}
		b.WriteString(p.k.Axes[t.Axis].Name)
	}
	switch {
	case len(a.Terms) == 0:
		return strconv.Itoa(a.Const)
	case a.Const != 0:
		fmt.Fprintf(&b, "%+d", a.Const)
	}
	return b.String()
}

func (p *printer) axes(list []int, sep string) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = p.k.Axes[a].Name
	}
	return strings.Join(names, sep)
}

// nests are the words for the nests.
var nests = []string{NestMap: "map", NestRow: "row", NestGett: "gett"}

func (p *printer) schedule() {
	s := &p.k.Schedule
	if s.Nest == NestNone {
		return
	}
	var items []string
	axes := func(word string, list []int) {
		if len(list) > 0 {
			items = append(items, word+" "+p.axes(list, " "))
		}
	}
	number := func(word string, n int) {
		if n != 0 {
			items = append(items, fmt.Sprintf("%s %d", word, n))
		}
	}
	axes("order", s.Order)
	if s.Vector >= 0 {
		axes("vector", []int{s.Vector})
	}
	number("parallel", s.Parallel)
	number("grain", s.Grain)
	number("split", s.Split)
	if s.Uncached {
		items = append(items, "uncached")
	}
	if s.Nest == NestGett {
		g := &s.Gett
		axes("m", g.M)
		axes("n", g.N)
		axes("k", g.K)
		axes("batch", g.Batch)
		items = append(items, fmt.Sprintf("tile %dx%d", g.MR, g.NR), fmt.Sprintf("block %dx%dx%d", g.MC, g.NC, g.KC),
			"sum "+p.operand(g.Sum, tensor.Invalid), "left "+p.operand(g.A, tensor.Invalid), "right "+p.operand(g.B, tensor.Invalid))
		if g.Imag != nil {
			items = append(items, "imaginary sum "+p.operand(g.Imag.Sum, tensor.Invalid))
		}
	}
	line := "  schedule " + nests[s.Nest]
	for i, item := range items {
		if i > 0 {
			line += ","
		}
		line += " " + item
	}
	p.b.WriteString(line + "\n")
}

func (p *printer) cost() {
	if p.k.Cost != (Cost{}) {
		fmt.Fprintf(&p.b, "  cost %sflop, %sB\n", unit(p.k.Cost.Flop), unit(p.k.Cost.Bytes))
	}
}

// units are the powers of 1000 that cost lines use, by exponent of ten.
var units = map[int]string{0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}

// unit writes x >= 0 with a unit's letter, exactly: 33.6 M.
func unit(x float64) string {
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e")
	e, err := strconv.Atoi(exponent)
	if err != nil || e < 0 || e >= 18 { // Inf, NaN, fractions and the absurd
		return strconv.FormatFloat(x, 'g', -1, 64) + " "
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	shift := e % 3
	fraction += strings.Repeat("0", max(shift-len(fraction), 0))
	s := whole + fraction[:shift]
	if rest := fraction[shift:]; rest != "" {
		s += "." + rest
	}
	return s + " " + units[e-shift]
}
