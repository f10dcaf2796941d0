package op

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strconv"

	"github.com/einloom/einloom/tensor"
)

// The text of a formula is the body of a Go function without declarations: assignments (= and :=, of several values where a definition
// returns several), `for range width { ... }`, which is repeated once for each bit of T, and at the end a return. Expressions are
//
//	x y z                operands; other names are values assigned before
//	1.5, 0x1p-126, inf   numbers, which take the dtype that they are used with
//	ln2Hi c[3]           constants of zcoef.go: ln2Hi32 or ln2Hi64, by T; lists stand in poly, or are indexed
//	+ - * / & | ^ << >>  core operations; >> brings in zeros; / is of floats
//	== != < <= > >=      comparisons; ! && || are not, and, or on bool
//	f32(x) i64(x) T(x)   casts; T is the dtype computed in, of complex ones that of its parts, I the signed integers of its size, C the complex
//	                     dtype of such parts
//	bits(x)              the same bits as an integer, or of an integer as a float
//	poly(x, c)           c[0] + x*(c[1] + x*(c[2] + ...)), or even and odd powers apart
//	re(x) im(x)          the parts of a complex number; complex(a, b) makes one
//	exp(x), where(c, a, b), twoSum(a, b) ...   operations of the table, and definitions: twoSum32 or twoSum64, by T, or else twoSum
//
// Every operation is rounded by itself; nothing is fused.

// number is a constant without dtype: exact, or an infinity or a NaN.
type number struct {
	exact   constant.Value // nil: 0, or special
	special float64
}

func (n *number) bits(d tensor.DType) (uint64, error) {
	switch {
	case n.special != 0:
		return fromFloat(n.special, d), nil
	case n.exact == nil:
		return 0, nil
	case d.IsFloat():
		if d == tensor.Float32 {
			f, _ := constant.Float32Val(constant.ToFloat(n.exact))
			return bits32(f), nil
		}
		f, _ := constant.Float64Val(constant.ToFloat(n.exact))
		return fromFloat(f, d), nil
	case d.IsBool() && n.exact.Kind() == constant.Bool:
		return truth(constant.BoolVal(n.exact)), nil
	}
	i := constant.ToInt(n.exact)
	v, small := constant.Int64Val(i)
	if !small {
		u, ok := constant.Uint64Val(i)
		if !ok {
			return 0, fmt.Errorf("%v is no %v", n.exact, d)
		}
		return u, nil
	}
	b := fromInt(uint64(v), false, d)
	if v < 0 {
		b = fromInt(-uint64(v), true, d)
	}
	return b, nil
}

func (n *number) negated() *number {
	if n.special != 0 {
		return &number{special: -n.special}
	}
	return &number{exact: constant.UnaryOp(token.SUB, n.exact, 0)}
}

// run executes a text and gives what it returns.
func (e *expander) run(text string, env scope) []value {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {\n"+text+"\n}", parser.SkipObjectResolution)
	if err != nil {
		e.fail("%w", err)
	}
	return e.block(file.Decls[0].(*ast.FuncDecl).Body.List, env)
}

func (e *expander) block(list []ast.Stmt, env scope) []value {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			e.assign(s, env)
		case *ast.RangeStmt:
			if id, ok := s.X.(*ast.Ident); !ok || id.Name != "width" || s.Key != nil {
				e.fail("only `for range width` repeats")
			}
			for range 8 * e.d.Size() {
				e.block(s.Body.List, env)
			}
		case *ast.ReturnStmt:
			return e.exprs(s.Results, env)
		default:
			e.fail("%T has no meaning in a formula", s)
		}
	}
	return nil
}

func (e *expander) assign(s *ast.AssignStmt, env scope) {
	var values []value
	if call, ok := s.Rhs[0].(*ast.CallExpr); ok && len(s.Lhs) > 1 && len(s.Rhs) == 1 {
		values = e.define(call, env)
	} else {
		values = e.exprs(s.Rhs, env)
	}
	if len(values) != len(s.Lhs) || s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		e.fail("%d values for %d names", len(values), len(s.Lhs))
	}
	for i, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			e.fail("only names are assigned to")
		}
		env[id.Name] = values[i]
	}
}

func (e *expander) exprs(list []ast.Expr, env scope) []value {
	values := make([]value, len(list))
	for i, x := range list {
		values[i] = e.expr(x, env)
	}
	return values
}

var operators = map[token.Token]string{
	token.ADD: "add", token.SUB: "sub", token.MUL: "mul", token.QUO: "div",
	token.AND: "and", token.OR: "or", token.XOR: "xor", token.LAND: "and", token.LOR: "or", token.SHL: "shl", token.SHR: "shr",
	token.EQL: "equal", token.NEQ: "not_equal", token.LSS: "less", token.LEQ: "less_equal", token.GTR: "greater", token.GEQ: "greater_equal",
}

func (e *expander) expr(x ast.Expr, env scope) value {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return e.expr(x.X, env)
	case *ast.BasicLit:
		if x.Kind != token.INT && x.Kind != token.FLOAT {
			e.fail("%s is no number", x.Value)
		}
		return value{at: -1, im: -1, number: &number{exact: constant.MakeFromLiteral(x.Value, x.Kind, 0)}}
	case *ast.Ident:
		return e.name(x.Name, env)
	case *ast.UnaryExpr:
		return e.unary(x.Op, e.expr(x.X, env))
	case *ast.BinaryExpr:
		a, b := e.expr(x.X, env), e.expr(x.Y, env)
		name, ok := operators[x.Op]
		if !ok {
			e.fail("%v is no operator", x.Op)
		}
		return e.apply(Lookup(name), []value{a, b})
	case *ast.CallExpr:
		return e.call(x, env)
	case *ast.IndexExpr:
		return e.element(x)
	}
	e.fail("%T has no meaning in a formula", x)
	return value{}
}

func (e *expander) name(name string, env scope) value {
	if v, ok := env[name]; ok {
		return v
	}
	n := &number{}
	switch name {
	case "inf":
		n.special = math.Inf(1)
	case "nan":
		n.special = math.NaN()
	case "width":
		n.exact = constant.MakeInt64(int64(8 * e.d.Size()))
	case "true", "false":
		n.exact = constant.MakeBool(name == "true")
	default:
		c := coefficientsFor(name, e.d)
		if len(c) != 1 {
			e.fail("nothing is called %s", name)
		}
		n.exact = constant.MakeFloat64(c[0])
	}
	return value{at: -1, im: -1, number: n}
}

// element is one number of a list.
func (e *expander) element(x *ast.IndexExpr) value {
	list := coefficientsFor(e.word(x.X), e.d)
	index, ok := x.Index.(*ast.BasicLit)
	if !ok {
		e.fail("a list is indexed by a number")
	}
	i, err := strconv.Atoi(index.Value)
	if err != nil || i >= len(list) {
		e.fail("the list has no number %s", index.Value)
	}
	return value{at: -1, im: -1, number: &number{exact: constant.MakeFloat64(list[i])}}
}

func (e *expander) unary(t token.Token, v value) value {
	switch {
	case t == token.SUB && v.number != nil:
		return value{at: -1, im: -1, number: v.number.negated()}
	case t == token.SUB:
		return e.apply(Lookup("neg"), []value{v})
	case t == token.NOT || t == token.XOR:
		return e.apply(Lookup("not"), []value{v})
	}
	e.fail("%v is no operator", t)
	return value{}
}

// word is the name that x is.
func (e *expander) word(x ast.Expr) string {
	id, ok := x.(*ast.Ident)
	if !ok {
		e.fail("%T where a name stands", x)
	}
	return id.Name
}

// call makes the value of a call that gives one value.
func (e *expander) call(x *ast.CallExpr, env scope) value {
	name := e.word(x.Fun)
	if name == "poly" {
		if len(x.Args) != 2 {
			e.fail("poly takes a value and a list")
		}
		return e.poly(e.expr(x.Args[0], env), e.word(x.Args[1]))
	}
	args := e.exprs(x.Args, env)
	if d, ok := e.dtypeNamed(name); ok {
		e.count(name, args, 1)
		if args[0].number != nil {
			return e.typed(args[0], d)
		}
		return e.cast(args[0], d)
	}
	if o := Lookup(name); o != nil {
		return e.apply(o, args)
	}
	switch name {
	case "bits":
		e.count(name, args, 1)
		return e.bits(e.typed(args[0], e.d))
	case "re", "im":
		e.count(name, args, 1)
		if args[0].number != nil || args[0].im < 0 {
			e.fail("%s of a real number", name)
		}
		if name == "re" {
			return value{at: args[0].at, im: -1}
		}
		return value{at: args[0].im, im: -1}
	case "complex":
		e.count(name, args, 2)
		part := partOf(e.d)
		return value{at: e.typed(args[0], part).at, im: e.typed(args[1], part).at}
	}
	if out := e.define(x, env); len(out) == 1 {
		return out[0]
	}
	e.fail("%s gives several values", name)
	return value{}
}

// count holds a call to its number of arguments.
func (e *expander) count(name string, args []value, n int) {
	if len(args) != n {
		e.fail("%s takes %d values, not %d", name, n, len(args))
	}
}

// bits is a float's bits as an integer, or an integer's as a float.
func (e *expander) bits(v value) value {
	d := e.dtype(v)
	if !opBitcast.Native(d) {
		e.fail("bits of %v", d)
	}
	return e.emit(opBitcast, sameSize(d), 0, v.at)
}

// define runs a definition on the values of its arguments.
func (e *expander) define(x *ast.CallExpr, env scope) []value {
	name := e.word(x.Fun)
	args := e.exprs(x.Args, env)
	d := e.meet(args)
	def, ok := definitions[name+suffix(d)]
	if !ok {
		def, ok = definitions[name]
	}
	if !ok {
		e.fail("nothing is called %s", name)
	}
	e.count(name, args, len(def.params))
	inner := scope{}
	for i, a := range args {
		inner[def.params[i]] = e.typed(a, d)
	}
	return e.within(d, func() []value { return e.run(def.text, inner) })
}

// coefficientsFor gives the list name32 or name64, by d, or else name.
func coefficientsFor(name string, d tensor.DType) []float64 {
	if c, ok := coefficients[name+suffix(d)]; ok {
		return c
	}
	return coefficients[name]
}

// suffix is what the names of constants and definitions for d end in, where there are two.
func suffix(d tensor.DType) string {
	if d == tensor.Float32 || d == tensor.Complex64 {
		return "32"
	}
	return "64"
}

// longPoly is from how many coefficients on a polynomial, but for the first two, which matter most, is computed as two of even and of odd
// powers: one chain of operations would keep a processor waiting.
const longPoly = 16

// poly is a polynomial of x by Horner's scheme; of one computed in double precision for T = f32, that with the terms which f32 needs.
func (e *expander) poly(x value, name string) value {
	c := coefficientsFor(name, e.d)
	switch n := len(c); {
	case n == 0:
		e.fail("no coefficients are called %s", name)
	case n < longPoly:
		return e.horner(x, c[:n-1], e.coefficient(x, c[n-1]))
	}
	var parts [2]value
	z := e.apply(Lookup("mul"), []value{x, x})
	for i := range parts {
		var powers []float64
		for k := 2 + i; k < len(c); k += 2 {
			powers = append(powers, c[k])
		}
		parts[i] = e.horner(z, powers[:len(powers)-1], e.coefficient(x, powers[len(powers)-1]))
	}
	return e.horner(x, c[:2], e.plusTimes(parts[0], x, parts[1]))
}

// horner is c[0] + x*(c[1] + x*(... + x*last)).
func (e *expander) horner(x value, c []float64, last value) value {
	for _, a := range slices.Backward(c) {
		last = e.plusTimes(e.coefficient(x, a), x, last)
	}
	return last
}

// plusTimes is a + x*y.
func (e *expander) plusTimes(a, x, y value) value {
	return e.apply(Lookup("add"), []value{a, e.apply(Lookup("mul"), []value{x, y})})
}

// coefficient is c in the dtype of x.
func (e *expander) coefficient(x value, c float64) value {
	return e.typed(value{at: -1, im: -1, number: &number{exact: constant.MakeFloat64(c)}}, e.dtype(x))
}
