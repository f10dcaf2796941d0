package codegen

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// assign reads a line of the body: t0[j] = ... or o[i, j] = ...
func (p *parser) assign(line string) error {
	left, right, ok := cutAssign(line)
	if !ok {
		return fmt.Errorf("want a declaration or an assignment, got %q", line)
	}
	target, err := p.parse(left)
	if err != nil {
		return err
	}
	name, at, ok := p.indexed(target)
	if !ok {
		return fmt.Errorf("%q is no place for a value", left)
	}
	if temporary(name) {
		return p.assignTemp(name, at, right)
	}
	param, ok := p.params[name]
	if !ok || !p.b.k.Params[param].Out {
		return fmt.Errorf("%s is no output", name)
	}
	v, err := p.expression(right, p.b.k.Params[param].DType)
	if err != nil {
		return err
	}
	to, err := p.affines(at)
	if err != nil {
		return err
	}
	p.b.Store(param, v, to...)
	return nil
}

// cutAssign cuts at the first = that is no part of a comparison.
func cutAssign(line string) (left, right string, ok bool) {
	for i := 1; i < len(line)-1; i++ {
		if line[i] == '=' && line[i+1] != '=' && !strings.ContainsRune("=!<>", rune(line[i-1])) {
			return line[:i], line[i+1:], true
		}
	}
	return "", "", false
}

func (p *parser) assignTemp(name string, at []ast.Expr, right string) error {
	if _, taken := p.temps[name]; taken {
		return fmt.Errorf("%s is assigned twice", name)
	}
	v, err := p.expression(right, tensor.Invalid)
	if err != nil {
		return err
	}
	p.temps[name] = v
	p.nested[name] = len(at)
	for _, x := range at {
		if a, ok := x.(*ast.Ident); !ok || !p.isFold(a.Name) {
			return fmt.Errorf("%s: only fold axes stand in its brackets", name)
		}
	}
	return nil
}

func (p *parser) isFold(name string) bool {
	a, ok := p.axes[name]
	return ok && p.b.k.Axes[a].Fold
}

// parse reads a Go expression, as valueIn and affine take it. Go's parser would take what follows the first index in brackets for types,
// so it gets to see parentheses; brackets tells them apart again.
func (p *parser) parse(s string) (ast.Expr, error) {
	p.source = s
	e, err := goparser.ParseExpr(strings.NewReplacer("[", "(", "]", ")").Replace(s))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", strings.TrimSpace(s), err)
	}
	return e, nil
}

// brackets says whether a call was written with brackets.
func (p *parser) brackets(e *ast.CallExpr) bool {
	return p.source[e.Lparen-1] == '[' && p.source[e.Rparen-1] == ']'
}

func (p *parser) parens(e *ast.CallExpr) bool {
	return p.source[e.Lparen-1] == '(' && p.source[e.Rparen-1] == ')'
}

// indexed takes x[i, j] apart; a name alone has no indices.
func (p *parser) indexed(e ast.Expr) (name string, at []ast.Expr, ok bool) {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name, nil, true
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		if ok && p.brackets(e) && len(e.Args) > 0 {
			return id.Name, e.Args, true
		}
	}
	return "", nil, false
}

// expression reads the text of a value; a bare number gets the dtype context.
func (p *parser) expression(s string, context tensor.DType) (int, error) {
	e, err := p.parse(s)
	if err != nil {
		return 0, err
	}
	return p.valueIn(e, context)
}

// valueIn makes the value of e.
func (p *parser) valueIn(e ast.Expr, context tensor.DType) (int, error) {
	if l, ok := literalOf(e); ok {
		if context == tensor.Invalid {
			return 0, fmt.Errorf("nothing tells the dtype of %s: write it as f32(%s)", l.text, l.text)
		}
		return p.constant(context, l)
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.valueIn(e.X, context)
	case *ast.Ident:
		return p.name(e.Name, nil)
	case *ast.UnaryExpr:
		return p.operator(e.Op, e.X)
	case *ast.BinaryExpr:
		return p.operator(e.Op, e.X, e.Y)
	case *ast.CallExpr:
		return p.call(e)
	}
	return 0, fmt.Errorf("%T has no meaning here", e)
}

// literalOf takes e as a number without dtype: 1, -2.5e3, inf, nan, bits(0x7e01).
func literalOf(e ast.Expr) (literal, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal{text: e.Value}, e.Kind == token.INT || e.Kind == token.FLOAT
	case *ast.Ident:
		return literal{text: e.Name}, e.Name == "inf" || e.Name == "nan"
	case *ast.UnaryExpr:
		if l, ok := literalOf(e.X); ok && e.Op == token.SUB && !l.negative && !l.raw {
			l.negative = true
			return l, true
		}
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "bits" && len(e.Args) == 1 {
			l, ok := literalOf(e.Args[0])
			l.raw = true
			return l, ok && !l.negative
		}
	}
	return literal{}, false
}

func (p *parser) constant(d tensor.DType, l literal) (int, error) {
	b, err := l.in(d)
	if err != nil || d.IsComplex() {
		return 0, fmt.Errorf("%s is no %v", l.text, d)
	}
	return p.b.Const(d, b, 0), nil
}

// name makes the value of an identifier with its indices, if any.
func (p *parser) name(name string, at []ast.Expr) (int, error) {
	if v, ok := p.temps[name]; ok {
		if len(at) != p.nested[name] {
			return 0, fmt.Errorf("%s has %d axes in its brackets where it is made", name, p.nested[name])
		}
		return v, nil
	}
	if param, ok := p.params[name]; ok {
		return p.load(param, at)
	}
	if len(at) == 0 {
		if axis, ok := p.axes[name]; ok {
			return p.b.Index(axis), nil
		}
		if name == "true" || name == "false" {
			return p.b.Const(tensor.Bool, uint64(bit(name == "true")), 0), nil
		}
	}
	return 0, fmt.Errorf("nothing is called %s", name)
}

// load makes a Load, or a Gather where one of the indices is at(value).
func (p *parser) load(param int, at []ast.Expr) (int, error) {
	q := &p.b.k.Params[param]
	if q.Out {
		return 0, fmt.Errorf("%s is an output, which is never read", q.Name)
	}
	gather, index := -1, 0
	to := make([]Affine, len(at))
	for i, e := range at {
		call, ok := e.(*ast.CallExpr)
		var err error
		switch {
		case !ok:
			to[i], err = p.affine(e)
		case gather >= 0:
			err = fmt.Errorf("%s: more than one at", q.Name)
		case len(call.Args) != 1 || !isNamed(call.Fun, "at") || !p.parens(call):
			err = fmt.Errorf("%s: an index is affine in the axes, or at(value)", q.Name)
		default:
			gather = i
			index, err = p.valueIn(call.Args[0], tensor.Int64)
		}
		if err != nil {
			return 0, err
		}
	}
	if gather >= 0 {
		return p.b.Gather(param, to, gather, index), nil
	}
	return p.b.Load(param, to...), nil
}

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// affines reads affine indices.
func (p *parser) affines(list []ast.Expr) ([]Affine, error) {
	at := make([]Affine, len(list))
	for i, e := range list {
		var err error
		if at[i], err = p.affine(e); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// affine reads sums of axes, numbers, and axes times numbers.
func (p *parser) affine(e ast.Expr) (Affine, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.affine(e.X)
	case *ast.BasicLit:
		if c, err := strconv.Atoi(e.Value); err == nil && e.Kind == token.INT {
			return Fixed(c), nil
		}
	case *ast.Ident:
		if axis, ok := p.axes[e.Name]; ok {
			return At(axis), nil
		}
	case *ast.UnaryExpr:
		if a, err := p.affine(e.X); e.Op == token.SUB {
			return a.Scale(-1), err
		}
	case *ast.BinaryExpr:
		x, err := p.affine(e.X)
		if err != nil {
			return x, err
		}
		y, err := p.affine(e.Y)
		switch {
		case err != nil:
			return y, err
		case e.Op == token.ADD:
			return x.Add(y), nil
		case e.Op == token.SUB:
			return x.Add(y.Scale(-1)), nil
		case e.Op == token.MUL && len(x.Terms) == 0:
			return y.Scale(x.Const), nil
		case e.Op == token.MUL && len(y.Terms) == 0:
			return x.Scale(y.Const), nil
		}
	}
	return Affine{}, fmt.Errorf("an index is a sum of axes, numbers, and axes times numbers")
}

// operator makes the Map of a Go operator.
func (p *parser) operator(t token.Token, args ...ast.Expr) (int, error) {
	for name, symbol := range symbols {
		if symbol.s == t.String() && (symbol.prec == precUnary) == (len(args) == 1) {
			return p.apply(op.Lookup(name), args)
		}
	}
	return 0, fmt.Errorf("no op is written %s", t)
}

// call makes what is written with parentheses or brackets: an element of a param, a t, a reduction, a scan, a typed constant, a cast or a Map written as a call.
func (p *parser) call(e *ast.CallExpr) (int, error) {
	if name, at, ok := p.indexed(e); ok {
		return p.name(name, at)
	}
	id, ok := e.Fun.(*ast.Ident)
	if !ok || e.Ellipsis.IsValid() || !p.parens(e) {
		return 0, fmt.Errorf("only ops and dtypes are called, and only params and ts have indices")
	}
	if id.Name == "reduce" || id.Name == "scan" {
		return p.reduce(id.Name, e.Args)
	}
	if d, err := tensor.ParseDType(id.Name); err == nil {
		return p.convert(d, e.Args)
	}
	o := op.Lookup(id.Name)
	if o == nil || o == opCast {
		return 0, fmt.Errorf("no op is called %s", id.Name)
	}
	return p.apply(o, e.Args)
}

// convert reads d(args): a constant of dtype d, or a cast to it.
func (p *parser) convert(d tensor.DType, args []ast.Expr) (int, error) {
	if d.IsComplex() && len(args) == 2 {
		re, real := literalOf(args[0])
		im, imag := literalOf(args[1])
		if real && imag {
			return p.complex(d, re, im)
		}
	}
	if len(args) != 1 {
		return 0, fmt.Errorf("%v takes one value", d)
	}
	if l, ok := literalOf(args[0]); ok {
		return p.constant(d, l)
	}
	v, err := p.valueIn(args[0], tensor.Invalid)
	if err != nil {
		return 0, err
	}
	return p.b.Value(Value{Kind: Map, DType: d, Op: opCast, Args: []int{v}}), nil
}

func (p *parser) complex(d tensor.DType, re, im literal) (int, error) {
	x, err := re.in(d)
	if err != nil {
		return 0, err
	}
	y, err := im.in(d)
	if err != nil {
		return 0, err
	}
	if d == tensor.Complex64 {
		return p.b.Const(d, x|y<<32, 0), nil
	}
	return p.b.Const(d, x, y), nil
}

// reduce reads reduce(add, i, j, value) or scan(add, j, value), by its word.
func (p *parser) reduce(word string, args []ast.Expr) (int, error) {
	if len(args) < 3 {
		return 0, fmt.Errorf("want %s(op, axes, value)", word)
	}
	fold, ok := args[0].(*ast.Ident)
	if !ok || !folds[fold.Name] {
		return 0, fmt.Errorf("%s: no such fold", word)
	}
	var over []int
	for _, e := range args[1 : len(args)-1] {
		id, ok := e.(*ast.Ident)
		if !ok {
			return 0, fmt.Errorf("%s: want axes between the op and the value", word)
		}
		axis, ok := p.axes[id.Name]
		if !ok {
			return 0, fmt.Errorf("%s: no axis is called %s", word, id.Name)
		}
		over = append(over, axis)
	}
	v, err := p.valueIn(args[len(args)-1], tensor.Invalid)
	if err != nil {
		return 0, err
	}
	if word == "reduce" {
		return p.b.Reduce(op.Lookup(fold.Name), v, over...), nil
	}
	if len(over) != 1 {
		return 0, fmt.Errorf("scan: want one axis")
	}
	return p.b.Scan(op.Lookup(fold.Name), v, over[0]), nil
}

// apply makes a Map; its bare numbers take their dtype from the first argument that is no number, or from the first number that tells its
// own.
func (p *parser) apply(o *op.Op, args []ast.Expr) (int, error) {
	values := make([]int, len(args))
	context := tensor.Invalid
	fixed := false // context is that of a value, not of a number
	for i, e := range args {
		if _, bare := literalOf(e); bare {
			continue
		}
		v, err := p.valueIn(e, tensor.Invalid)
		if err != nil {
			return 0, err
		}
		values[i] = v
		if w := &p.b.k.Body[v]; typesNumbers(o, i) && !fixed && (context == tensor.Invalid || !isNumber(w)) {
			context, fixed = w.DType, !isNumber(w)
		}
	}
	types := make([]tensor.DType, len(args))
	for i, e := range args {
		if _, bare := literalOf(e); bare {
			v, err := p.valueIn(e, context)
			if err != nil {
				return 0, err
			}
			values[i] = v
		}
		types[i] = p.b.k.Body[values[i]].DType
	}
	d, err := ResultType(o, types)
	if err != nil {
		return 0, err
	}
	return p.b.Value(Value{Kind: Map, DType: d, Op: o, Args: values}), nil
}
