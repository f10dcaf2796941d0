package expr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/routine"
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

// definition is what follows a =, as far as it has been read.
type definition struct {
	Node
	at      int      // where its word stands
	spec    string   // a contraction's labels
	values  []string // what a constant, a pad or data holds, before the dtype is known
	strides []int    // of data
}

// definition reads what follows the = and makes the node.
func (p *parser) definition() (*Node, error) {
	if p.kind != tokWord {
		return nil, p.fail("%s, want an operation", p.got())
	}
	d := definition{Node: Node{Pos: p.pos}, at: p.at}
	ok := true
	if d.Kind, d.Op, d.Fold, ok = operation(p.text); !ok {
		return nil, p.fail("there is no operation %s", p.got())
	}
	p.step()
	if d.Kind == KBad {
		return p.mistakes()
	}
	for _, read := range []func(*definition) error{p.subject, p.operands, p.attributes} {
		if err := read(&d); err != nil {
			return nil, err
		}
	}
	declared, err := p.typ()
	if err != nil {
		return nil, err
	}
	return p.finish(&d, declared)
}

// subject reads what stands before the operands: a name, labels, values.
func (p *parser) subject(d *definition) (err error) {
	switch d.Kind {
	case KInput:
		d.Name, err = p.quoted("the input's name")
	case KContract:
		d.spec, err = p.quoted("labels")
	case KCall:
		d.Routine, err = p.routine()
	case KConst:
		if d.Weak = p.kind == tokWord && p.text == "weak"; d.Weak {
			p.step()
		}
		d.values, err = p.value(nil)
	case KData:
		if p.kind != tokNode {
			d.values, err = p.list("{", "}")
			break
		}
		var number int
		number, err = p.reference("#")
		d.Kind, d.Name = KInput, "#"+strconv.Itoa(number)
	}
	return err
}

// routine reads the name of a routine.
func (p *parser) routine() (*routine.Routine, error) {
	at := p.at
	name, err := p.quoted("a routine's name")
	if err != nil {
		return nil, err
	}
	r := routine.Lookup(name)
	if r == nil {
		return nil, p.failAt(at, "there is no routine %q", name)
	}
	return r, nil
}

func (p *parser) quoted(what string) (string, error) {
	if p.kind != tokString {
		return "", p.fail("%s, want %s in quotes", p.got(), what)
	}
	text := p.text
	p.step()
	return text, nil
}

func (p *parser) operands(d *definition) error {
	for p.kind == tokNode {
		a, err := p.operand()
		if err != nil {
			return err
		}
		d.Args = append(d.Args, a)
	}
	return nil
}

func (p *parser) attributes(d *definition) (err error) {
	for p.kind == tokWord {
		into := d.attribute(p.text)
		switch {
		case p.text == "frozen" && (d.Kind == KInput || d.Kind == KData):
			p.step()
			d.Frozen = true
		case p.text == "with" && d.Kind == KPad:
			p.step()
			d.values, err = p.value(nil)
		case into != nil:
			p.step()
			*into, err = p.ints()
		default:
			err = p.fail("%s says nothing about %s", p.got(), d.Word())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attribute gives the field that a word in front of numbers fills, nil if the node has none such.
func (d *definition) attribute(word string) *[]int {
	switch k := d.Kind; {
	case word == "axes" && (k == KReduce || k == KScan || k == KTranspose || k == KConcat || k == KGather || k == KDiagonal):
		return &d.Axes
	case word == "from" && (k == KSlice || k == KDiagonal):
		return &d.Starts
	case word == "step" && k == KSlice:
		return &d.Steps
	case word == "before" && k == KPad:
		return &d.Before
	case word == "after" && k == KPad:
		return &d.After
	case word == "strides" && k == KData:
		return &d.strides
	}
	return nil
}

// finish makes the node, now that its dtype and shape are declared, and holds it to them.
func (p *parser) finish(d *definition, declared Node) (*Node, error) {
	d.DType, d.Shape = declared.DType, declared.Shape
	if err := d.read(); err != nil {
		return nil, p.failAt(d.at, "%v", err)
	}
	n := Make(d.Node)
	if n.Kind == KBad {
		if slices.ContainsFunc(d.Args, func(a *Node) bool { return a.Kind == KBad }) {
			return n, nil
		}
		return nil, p.failAt(d.at, "%s", n.Err.(*Error).Msg)
	}
	if n.DType != declared.DType || !slices.Equal(n.Shape, declared.Shape) {
		return nil, p.failAt(d.at, "%s is %s, not %s", n.Word(), n.typ(), declared.typ())
	}
	return n, nil
}

// read gives the node what can be read only once its dtype and shape are known.
func (d *definition) read() (err error) {
	switch d.Kind {
	case KConst, KPad:
		if len(d.values) != 1 {
			return fmt.Errorf("%s wants one value", d.Word())
		}
		d.Value, err = readValue(d.values[0], d.DType)
	case KData:
		d.Tensor, err = readData(d.DType, d.Shape, d.values, d.strides)
	case KContract:
		d.Labels, d.Output, err = readSpec(d.spec)
	}
	return err
}

// operation finds the kind of node that a word begins.
func operation(word string) (Kind, *op.Op, Fold, bool) {
	if k := slices.Index(kinds[:], word); k >= 0 && Kind(k) != KMap && Kind(k) != KReduce && Kind(k) != KScan {
		return Kind(k), nil, FoldNone, true
	}
	if f := slices.Index(folds[:], word); f > 0 {
		return KReduce, nil, Fold(f), true
	}
	if f := slices.Index(scans[:], word); f > 0 {
		return KScan, nil, Fold(f), true
	}
	if o := op.Lookup(word); o != nil && (o.Method != "" || o == opCast) {
		return KMap, o, FoldNone, true
	}
	return KBad, nil, FoldNone, false
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
