package expr

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// Parse reads what Text writes, in the grammar of docs/ir.md, and gives the expressions that the text returns. Data that the text only
// names becomes an input of the same name, "#0". A text that is no graph gives an *Error with the line and the column.
func Parse(text string) ([]Expr, error) {
	p := parser{nodes: map[int]*Node{}}
	for number, line := range strings.Split(text, "\n") {
		p.pos = caller.At("graph", number+1)
		if err := p.line(line); err != nil {
			return nil, err
		}
	}
	if p.roots == nil {
		return nil, &Error{p.pos, ErrSyntax, "the text ends without a line that returns something"}
	}
	return p.roots, nil
}

type parser struct {
	nodes map[int]*Node
	roots []Expr
	pos   caller.Pos
	src   string // the line
	at    int    // where the token begins
	next  int    // where what follows it begins
	kind  token
	text  string // the token; of a string, what it stands for
}

// token sorts what a line is made of.
type token uint8

const (
	tokEnd token = iota
	tokNode
	tokWord
	tokString
	tokMark // one character
	tokNumber
	tokType // a dtype directly followed by [
	tokBad
)

// fail makes a mistake at the token.
func (p *parser) fail(format string, args ...any) error {
	column := utf8.RuneCountInString(p.src[:p.at]) + 1
	return &Error{p.pos, ErrSyntax, fmt.Sprintf("column %d: ", column) + fmt.Sprintf(format, args...)}
}

// got names the token for messages.
func (p *parser) got() string {
	if p.kind == tokEnd {
		return "the end of the line"
	}
	return strconv.Quote(p.src[p.at:p.next])
}

// step goes to the next token.
func (p *parser) step() {
	p.at = p.next
	for p.at < len(p.src) && (p.src[p.at] == ' ' || p.src[p.at] == '\t' || p.src[p.at] == '\r') {
		p.at++
	}
	p.next = p.at
	if p.at == len(p.src) || p.src[p.at] == ';' {
		p.kind = tokEnd
		return
	}
	rest := p.src[p.at:]
	switch c := rest[0]; {
	case c == '"':
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			p.kind, p.next = tokBad, len(p.src)
			return
		}
		p.text, _ = strconv.Unquote(quoted)
		p.kind, p.next = tokString, p.at+len(quoted)
	case c == '%' || c == '#':
		p.take(tokNode, rest, 1+run(rest[1:], "0123456789"))
	case c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.':
		p.take(tokNumber, rest, 1+run(rest[1:], "0123456789.eE+-infa"))
	case unicode.IsLetter(rune(c)) && c < utf8.RuneSelf:
		p.take(tokWord, rest, run(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"))
		if strings.HasPrefix(p.src[p.next:], "[") {
			p.kind = tokType
		}
	default:
		_, size := utf8.DecodeRuneInString(rest)
		p.take(tokMark, rest, size)
	}
}

func (p *parser) take(kind token, rest string, length int) {
	p.kind, p.text, p.next = kind, rest[:length], p.at+length
}

// run counts the leading bytes of s that are in set.
func run(s, set string) int {
	return len(s) - len(strings.TrimLeft(s, set))
}

// mark reads one given character.
func (p *parser) mark(c string) error {
	if p.kind != tokMark || p.text != c {
		return p.fail("%s, want %q", p.got(), c)
	}
	p.step()
	return nil
}

// line reads one line: a definition, a return, or nothing.
func (p *parser) line(src string) error {
	p.src, p.next = src, 0
	p.step()
	switch {
	case p.kind == tokEnd:
		return nil
	case p.roots != nil:
		return p.fail("%s follows what the text returns", p.got())
	case p.kind == tokWord && p.text == "return":
		return p.result()
	}
	number, err := p.reference("%")
	if err != nil {
		return err
	}
	if p.nodes[number] != nil {
		return p.fail("%%%d is defined twice", number)
	}
	if err := p.mark("="); err != nil {
		return err
	}
	n, err := p.definition()
	if err != nil {
		return err
	}
	if p.kind != tokEnd {
		return p.fail("%s, want the end of the line", p.got())
	}
	p.nodes[number] = n
	return nil
}

// reference reads % or # with a number.
func (p *parser) reference(sign string) (int, error) {
	if p.kind == tokNode && strings.HasPrefix(p.text, sign) {
		if number, err := strconv.Atoi(p.text[1:]); err == nil {
			p.step()
			return number, nil
		}
	}
	return 0, p.fail("%s, want %s with a number", p.got(), sign)
}

func (p *parser) result() error {
	p.step()
	for p.kind != tokEnd {
		n, err := p.operand()
		if err != nil {
			return err
		}
		p.roots = append(p.roots, Expr{n: n})
	}
	if p.roots == nil {
		return p.fail("nothing is returned")
	}
	return nil
}

func (p *parser) operand() (*Node, error) {
	at, next, kind, text := p.at, p.next, p.kind, p.text
	number, err := p.reference("%")
	if err != nil {
		return nil, err
	}
	n := p.nodes[number]
	if n == nil {
		p.at, p.next, p.kind, p.text = at, next, kind, text
		return nil, p.fail("%%%d is not defined yet", number)
	}
	return n, nil
}

// definition reads what follows the = and makes the node.
func (p *parser) definition() (*Node, error) {
	if p.kind != tokWord {
		return nil, p.fail("%s, want an operation", p.got())
	}
	begin := p.at
	n := Node{Pos: p.pos}
	ok := true
	if n.Kind, n.Op, n.Fold, ok = operation(p.text); !ok {
		return nil, p.fail("there is no operation %s", p.got())
	}
	p.step()
	var spec string
	var values []string // what a constant, a pad or data holds, before the dtype is known
	var strides []int
	var err error
	switch n.Kind {
	case KBad:
		return p.mistakes()
	case KInput:
		if p.kind != tokString {
			return nil, p.fail("%s, want the input's name in quotes", p.got())
		}
		n.Name = p.text
		p.step()
	case KData:
		if p.kind == tokNode {
			number, err := p.reference("#")
			if err != nil {
				return nil, err
			}
			n.Kind, n.Name = KInput, "#"+strconv.Itoa(number)
			break
		}
		if values, err = p.list("{", "}"); err != nil {
			return nil, err
		}
	case KConst:
		if n.Weak = p.kind == tokWord && p.text == "weak"; n.Weak {
			p.step()
		}
		if values, err = p.value(nil); err != nil {
			return nil, err
		}
	case KContract:
		if p.kind != tokString {
			return nil, p.fail("%s, want labels in quotes", p.got())
		}
		spec = p.text
		p.step()
	}
	for p.kind == tokNode {
		a, err := p.operand()
		if err != nil {
			return nil, err
		}
		n.Args = append(n.Args, a)
	}
	for p.kind == tokWord {
		if p.text == "with" && n.Kind == KPad {
			p.step()
			if values, err = p.value(nil); err != nil {
				return nil, err
			}
			continue
		}
		into := n.attribute(p.text)
		if n.Kind == KData && p.text == "strides" {
			into = &strides
		}
		if into == nil {
			return nil, p.fail("%s says nothing about %s", p.got(), n.word())
		}
		p.step()
		if *into, err = p.ints(); err != nil {
			return nil, err
		}
	}
	declared, err := p.typ()
	if err != nil {
		return nil, err
	}
	end := p.at
	p.at = begin
	if err := p.fill(&n, declared, spec, values, strides); err != nil {
		return nil, err
	}
	made := Make(n)
	switch {
	case made.Kind == KBad && !slices.ContainsFunc(n.Args, func(a *Node) bool { return a.Kind == KBad }):
		return nil, p.fail("%s", made.Err.(*Error).Msg)
	case made.Kind != KBad && (made.DType != declared.DType || !slices.Equal(made.Shape, declared.Shape)):
		return nil, p.fail("%s is %s, not %s", made.word(), made.typ(), declared.typ())
	}
	p.at = end
	return made, nil
}

// operation finds the kind of node that a word begins.
func operation(word string) (Kind, *op.Op, Fold, bool) {
	if k := slices.Index(kinds[:], word); k >= 0 && Kind(k) != KMap && Kind(k) != KReduce {
		return Kind(k), nil, FoldNone, true
	}
	if f := slices.Index(folds[:], word); f > 0 {
		return KReduce, nil, Fold(f), true
	}
	if o := op.Lookup(word); o != nil && (o.Method != "" || o == opCast) {
		return KMap, o, FoldNone, true
	}
	return KBad, nil, FoldNone, false
}

// attribute gives the field that a word in front of numbers fills, nil if n has none such.
func (n *Node) attribute(word string) *[]int {
	switch {
	case word == "axes" && (n.Kind == KReduce || n.Kind == KTranspose || n.Kind == KConcat || n.Kind == KGather || n.Kind == KDiagonal):
		return &n.Axes
	case word == "from" && (n.Kind == KSlice || n.Kind == KDiagonal):
		return &n.Starts
	case word == "step" && n.Kind == KSlice:
		return &n.Steps
	case word == "before" && n.Kind == KPad:
		return &n.Before
	case word == "after" && n.Kind == KPad:
		return &n.After
	}
	return nil
}

// fill gives n what can be read only once its dtype and shape are known.
func (p *parser) fill(n *Node, declared Node, spec string, values []string, strides []int) error {
	n.DType, n.Shape = declared.DType, declared.Shape
	switch n.Kind {
	case KConst, KPad:
		if len(values) != 1 {
			return p.fail("%s wants one value", n.word())
		}
		v, err := readValue(values[0], n.DType)
		if err != nil {
			return p.fail("%v", err)
		}
		n.Value = v
	case KData:
		t, err := readData(declared, values, strides)
		if err != nil {
			return p.fail("%v", err)
		}
		n.Tensor = t
	case KContract:
		labels, output, err := readSpec(spec)
		if err != nil {
			return p.fail("%v", err)
		}
		n.Labels, n.Output = labels, output
	}
	return nil
}

// typ reads a dtype and a shape: f32[512 256].
func (p *parser) typ() (Node, error) {
	if p.kind != tokType {
		return Node{}, p.fail("%s, want the result's dtype and shape", p.got())
	}
	d, err := tensor.ParseDType(p.text)
	if err != nil || d.String() != p.text {
		return Node{}, p.fail("there is no dtype %s", p.got())
	}
	p.step()
	shape, err := p.ints()
	if err != nil {
		return Node{}, err
	}
	return Node{DType: d, Shape: shape}, nil
}

// ints reads numbers in brackets.
func (p *parser) ints() ([]int, error) {
	if err := p.mark("["); err != nil {
		return nil, err
	}
	list := []int{}
	for p.kind == tokNumber {
		v, err := strconv.Atoi(p.text)
		if err != nil {
			return nil, p.fail("%s is no integer", p.got())
		}
		list = append(list, v)
		p.step()
	}
	return list, p.mark("]")
}

// list reads values between two marks.
func (p *parser) list(open, shut string) ([]string, error) {
	if err := p.mark(open); err != nil {
		return nil, err
	}
	list := []string{}
	var err error
	for p.kind == tokNumber || p.kind == tokWord || p.kind == tokMark && p.text == "(" {
		if list, err = p.value(list); err != nil {
			return nil, err
		}
	}
	return list, p.mark(shut)
}

// value reads one value, of which a complex one has two parts, and puts its text behind list.
func (p *parser) value(list []string) ([]string, error) {
	switch {
	case p.kind == tokNumber || p.kind == tokWord:
		list = append(list, p.text)
		p.step()
		return list, nil
	case p.kind == tokMark && p.text == "(":
		p.step()
		var parts []string
		for p.kind == tokNumber || p.kind == tokWord {
			parts = append(parts, p.text)
			p.step()
		}
		return append(list, "("+strings.Join(parts, " ")+")"), p.mark(")")
	}
	return nil, p.fail("%s, want a value", p.got())
}

// mistakes reads the kinds and messages of a Bad node.
func (p *parser) mistakes() (*Node, error) {
	var all []error
	for p.kind == tokWord {
		e := &Error{Pos: p.pos, Kind: ErrorKind(p.text)}
		p.step()
		if p.kind != tokString {
			return nil, p.fail("%s, want a message in quotes", p.got())
		}
		e.Msg = p.text
		all = append(all, e)
		p.step()
	}
	if all == nil {
		return nil, p.fail("%s, want a kind of mistake and a message", p.got())
	}
	return badNode(Join(all...), p.pos), nil
}

// readValue reads a value of dtype d.
func readValue(text string, d tensor.DType) (v Value, err error) {
	switch {
	case d.IsBool():
		if text != "true" && text != "false" {
			return v, fmt.Errorf("%q is no bool", text)
		}
		return Value{I: truth(text == "true")}, nil
	case d.IsUnsigned():
		u, err := strconv.ParseUint(text, 10, 8*d.Size())
		if err != nil {
			return v, fmt.Errorf("%q is no %v", text, d)
		}
		return Value{I: int64(u)}, nil
	case d.IsInt():
		i, err := strconv.ParseInt(text, 10, 8*d.Size())
		if err != nil {
			return v, fmt.Errorf("%q is no %v", text, d)
		}
		return Value{I: i}, nil
	case d.IsComplex():
		re, im, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(text, "("), ")"), " ")
		x, err1 := readFloat(re, d)
		y, err2 := readFloat(im, d)
		if !ok || err1 != nil || err2 != nil || text[0] != '(' {
			return v, fmt.Errorf("%q is no %v: want (re im)", text, d)
		}
		return Value{C: complex(x, y)}, nil
	}
	v.F, err = readFloat(text, d)
	return v, err
}

// readFloat reads a number as d, or a part of d, rounds it: once.
func readFloat(text string, d tensor.DType) (float64, error) {
	bits := 64
	if d == tensor.Float32 || d == tensor.Complex64 {
		bits = 32
	}
	switch text {
	case "nan":
		return math.NaN(), nil
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	}
	v, err := strconv.ParseFloat(text, bits)
	if err != nil || strings.ContainsAny(text, "xXpP_nN") {
		return 0, fmt.Errorf("%q is no %v", text, d)
	}
	return v, nil
}

// readData makes a tensor of the values in a text, with the strides that the text gives.
func readData(declared Node, texts []string, strides []int) (*tensor.Tensor, error) {
	d, shape := declared.DType, declared.Shape
	if msg := countable(shape); msg != "" {
		return nil, fmt.Errorf("the shape %v %s", shape, msg)
	}
	if len(texts) != shape.Len() {
		return nil, fmt.Errorf("%d values do not fill %s", len(texts), declared.typ())
	}
	reals, ints, pairs := make([]float64, len(texts)), make([]int64, len(texts)), make([]complex128, len(texts))
	for i, text := range texts {
		v, err := readValue(text, d)
		if err != nil {
			return nil, err
		}
		reals[i], ints[i], pairs[i] = v.F, v.I, v.C
	}
	var dense *tensor.Tensor
	var err error
	switch {
	case d.IsComplex():
		dense, err = tensor.FromComplex128s(d, pairs, shape...)
	case d.IsFloat():
		dense, err = tensor.FromFloat64s(d, reals, shape...)
	default:
		dense, err = tensor.FromInt64s(d, ints, shape...)
	}
	if err != nil || strides == nil {
		return dense, err
	}
	return spreadOut(dense, strides)
}

// spreadOut lays a dense tensor out with other strides.
func spreadOut(dense *tensor.Tensor, strides []int) (*tensor.Tensor, error) {
	d, shape := dense.DType(), dense.Shape()
	if len(strides) != len(shape) {
		return nil, fmt.Errorf("%d strides for %v%v", len(strides), d, shape)
	}
	before, near := reach(shape, strides)
	if !near {
		return nil, fmt.Errorf("strides %v reach too far for values in a text", strides)
	}
	span := before + 1
	for k, n := range shape {
		span += max(0, (n-1)*strides[k])
	}
	room, err := tensor.Zeros(d, max(0, span))
	if err != nil {
		return nil, err
	}
	mem, base := room.Memory()
	t, err := tensor.FromBytes(mem[base:], d, shape, strides, before)
	if err != nil {
		return nil, err
	}
	from, err := dense.Bytes()
	if err != nil {
		return nil, err
	}
	size := d.Size()
	index := make([]int, len(shape))
	for at := 0; at < len(from); at += size {
		to := before
		for k, i := range index {
			to += i * strides[k]
		}
		copy(mem[base+to*size:], from[at:at+size])
		for k := len(index) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
	if back, err := t.Copy().Bytes(); err != nil || !slices.Equal(back, from) {
		return nil, fmt.Errorf("strides %v give one place two values", strides)
	}
	return t, nil
}

// readSpec reads labels as spec writes them: any letters, in any order.
func readSpec(text string) (labels [][]int, output []int, err error) {
	left, right, ok := strings.Cut(text, "->")
	if !ok {
		return nil, nil, fmt.Errorf("%q has no ->", text)
	}
	numbers := func(term string) ([]int, error) {
		list := []int{}
		for _, r := range term {
			if !unicode.IsLetter(r) {
				return nil, fmt.Errorf("%q is no label, in %q", r, text)
			}
			if !strings.ContainsRune(left, r) {
				return nil, fmt.Errorf("label %q of the output is in no operand, in %q", r, text)
			}
			list = append(list, int(r))
		}
		return list, nil
	}
	for term := range strings.SplitSeq(left, ",") {
		list, err := numbers(term)
		if err != nil {
			return nil, nil, err
		}
		labels = append(labels, list)
	}
	output, err = numbers(right)
	return labels, output, err
}
