package op

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// The core operations that this package itself knows by name; set before any formula is expanded.
var (
	opConst   = Lookup("const")
	opCast    = Lookup("cast")
	opBitcast = Lookup("bitcast")
	opRare    = Lookup("rare")
)

// operands are the names that a formula's text has for its operands.
var operands = [...]string{"x", "y", "z"}

// Expand writes o out over core operations for the compute dtype d; a core operation is one instruction. The answer is cached and shared.
// An error if o is not computed in d: half floats never are (cast them to float32 and the result back), and casts are Cast's.
func (o *Op) Expand(d tensor.DType) (*Formula, error) {
	if f, ok := o.expanded.Load(d); ok {
		return f.(*Formula), nil
	}
	f, err := o.expand(d)
	if err != nil {
		return nil, fmt.Errorf("op %s: %w", o.Name, err)
	}
	shared, _ := o.expanded.LoadOrStore(d, f)
	return shared.(*Formula), nil
}

func (o *Op) expand(d tensor.DType) (*Formula, error) {
	class := ClassOf(d)
	if o.Fold || o == opCast || o == opConst || kindOf(d)&o.Types.Takes == 0 || o.Types.Compute.dtype(d) != d {
		return nil, fmt.Errorf("it is not computed in %v", d)
	}
	if class == NoClass && !o.Native(d) {
		return nil, fmt.Errorf("%v is computed in float32", d)
	}
	e := newExpander(d)
	args := make([]value, o.Arity)
	for i := range args {
		if o.Types.Compute == Chosen && i == 0 {
			args[i] = e.param(tensor.Bool)
		} else {
			args[i] = e.param(d)
		}
	}
	return e.formula(func() value { return e.apply(o, args) })
}

// Cast writes the conversion between two dtypes out over core operations, complex ones included: a complex number is real or of another
// size by parts, and differs from zero if one part does. It is an error if a dtype is invalid.
func Cast(from, to tensor.DType) (*Formula, error) {
	if kindOf(from) == 0 || kindOf(to) == 0 {
		return nil, fmt.Errorf("op cast: from %v to %v", from, to)
	}
	e := newExpander(to)
	x := e.param(from)
	return e.formula(func() value { return e.cast(x, to) })
}

// Derive writes the partial derivative of o by operand i out: a formula of o's operands and, last, its result. It is nil where the table
// gives none.
func (o *Op) Derive(i int, d tensor.DType) (*Formula, error) {
	if i >= len(o.Derivative) || o.Derivative[i] == "" {
		return nil, nil
	}
	if _, err := o.Expand(d); err != nil {
		return nil, err
	}
	e := newExpander(d)
	env := scope{}
	for k := range o.Arity {
		if o.Types.Compute == Chosen && k == 0 {
			env[operands[k]] = e.param(tensor.Bool)
		} else {
			env[operands[k]] = e.param(d)
		}
	}
	env["out"] = e.param(d)
	return e.formula(func() value {
		out := e.run("return "+o.Derivative[i], env)
		if len(out) != 1 {
			e.fail("derivative %d gives %d values", i, len(out))
		}
		return e.typed(out[0], d)
	})
}

// value is what an expression of a formula's text stands for: a value of the formula, two of them for a complex number, or a number that
// takes the dtype it is used with.
type value struct {
	at, im int // -1: not there
	number *number
}

// scope gives the names of a text their values.
type scope map[string]value

// expander writes one formula.
type expander struct {
	f     *Formula
	d     tensor.DType // the dtype that the text calls T
	seen  map[string]int
	depth int
}

// maxDepth is how deep formulas may call each other: a circle in the table is an error and not a hang.
const maxDepth = 16

func newExpander(d tensor.DType) *expander {
	return &expander{f: &Formula{}, d: d, seen: map[string]int{}}
}

// broken is the panic of a mistake in a formula's text; formula makes it an error. Users cannot cause it: a test expands every row.
type broken struct{ error }

func (e *expander) fail(format string, args ...any) {
	panic(broken{fmt.Errorf(format, args...)})
}

// formula finishes what write wrote.
func (e *expander) formula(write func() value) (f *Formula, err error) {
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(broken)
			if !ok {
				panic(r)
			}
			err = b.error
		}
	}()
	out := write()
	e.f.Out = []int{out.at}
	if out.im >= 0 {
		e.f.Out = append(e.f.Out, out.im)
	}
	return e.f, e.f.finish()
}

// param adds a parameter; they come before all instructions.
func (e *expander) param(d tensor.DType) value {
	n := len(e.f.Params)
	if d.IsComplex() {
		e.f.Params = append(e.f.Params, partOf(d), partOf(d))
		return value{at: n, im: n + 1}
	}
	e.f.Params = append(e.f.Params, d)
	return value{at: n, im: -1}
}

// emit adds an instruction unless an equal one is there; one of constants is a constant.
func (e *expander) emit(o *Op, d tensor.DType, bits uint64, args ...int) value {
	key := fmt.Sprint(o.Name, d, bits, args)
	if at, ok := e.seen[key]; ok {
		return value{at: at, im: -1}
	}
	if o != opConst {
		if folded, ok := e.fold(o, d, args); ok {
			return e.emit(opConst, d, folded)
		}
	}
	e.f.Ins = append(e.f.Ins, Ins{Op: o, Args: slices.Clone(args), DType: d, Bits: bits})
	at := len(e.f.Params) + len(e.f.Ins) - 1
	e.seen[key] = at
	return value{at: at, im: -1}
}

func (e *expander) fold(o *Op, d tensor.DType, args []int) (uint64, bool) {
	x := make([]uint64, len(args))
	for i, a := range args {
		if a < len(e.f.Params) || e.f.Ins[a-len(e.f.Params)].Op != opConst {
			return 0, false
		}
		x[i] = e.f.Ins[a-len(e.f.Params)].Bits
	}
	b, err := EvalCore(o, e.f.DType(args[len(args)-1]), d, x...)
	return b, err == nil
}

// dtype is the dtype of a value that is no number: complex by its parts.
func (e *expander) dtype(v value) tensor.DType {
	d := e.f.DType(v.at)
	if v.im < 0 {
		return d
	}
	return complexOf(d)
}

// typed is v, as a value of dtype d if it is a number.
func (e *expander) typed(v value, d tensor.DType) value {
	if v.number == nil {
		return v
	}
	if d.IsComplex() {
		re := e.typed(v, partOf(d))
		im := e.typed(value{number: &number{}}, partOf(d))
		return value{at: re.at, im: im.at}
	}
	b, err := v.number.bits(d)
	if err != nil {
		e.fail("%w", err)
	}
	return e.emit(opConst, d, b)
}

// meet gives numbers among the operands of an op the dtype of the others; where there is no other, the formula's.
func (e *expander) meet(args []value) tensor.DType {
	for _, a := range args {
		if a.number == nil {
			return e.dtype(a)
		}
	}
	return e.d
}

// apply applies an op: its formula if it has one for the operands' class, else the core operation.
func (e *expander) apply(o *Op, args []value) value {
	if len(args) != o.Arity {
		e.fail("%s takes %d operands, not %d", o.Name, o.Arity, len(args))
	}
	args = slices.Clone(args)
	first := 0
	if o.Types.Compute == Chosen {
		args[0] = e.typed(args[0], tensor.Bool)
		first = 1
	}
	d := e.meet(args[first:])
	types := make([]tensor.DType, len(args))
	for i := range args {
		if i >= first {
			args[i] = e.typed(args[i], d)
		}
		types[i] = e.dtype(args[i])
	}
	_, result, err := o.Result(types)
	if err != nil {
		e.fail("%w", err)
	}
	text, ok := o.Formula[ClassOf(d)]
	if !ok {
		if !o.Native(d) {
			e.fail("%s has no formula for %v", o.Name, d)
		}
		at := make([]int, len(args))
		for i, a := range args {
			at[i] = a.at
		}
		return e.emit(o, result, 0, at...)
	}
	env := scope{}
	for i, a := range args {
		env[operands[i]] = a
	}
	out := e.within(d, func() []value { return e.run(text, env) })
	if len(out) != 1 {
		e.fail("%s returns %d values", o.Name, len(out))
	}
	v := e.typed(out[0], result)
	if got := e.dtype(v); got != result {
		e.fail("%s on %v returns %v, want %v", o.Name, d, got, result)
	}
	return v
}

// within runs a text in which T is d.
func (e *expander) within(d tensor.DType, run func() []value) []value {
	if e.depth++; e.depth > maxDepth {
		e.fail("formulas call each other more than %d deep", maxDepth)
	}
	outer := e.d
	e.d = d
	out := run()
	e.d = outer
	e.depth--
	return out
}

// cast converts between any dtypes.
func (e *expander) cast(v value, to tensor.DType) value {
	from := e.dtype(v)
	part := func(at int, d tensor.DType) int {
		if e.f.DType(at) == d {
			return at
		}
		return e.emit(opCast, d, 0, at).at
	}
	switch {
	case from == to:
		return v
	case from.IsComplex() && to.IsComplex():
		return value{at: part(v.at, partOf(to)), im: part(v.im, partOf(to))}
	case to.IsComplex():
		zero := e.typed(value{number: &number{}}, partOf(to))
		return value{at: part(v.at, partOf(to)), im: zero.at}
	case from.IsComplex() && to.IsBool():
		return e.emit(Lookup("or"), to, 0, part(v.at, to), part(v.im, to))
	}
	return value{at: part(v.at, to), im: -1}
}

// dtypeNamed is the dtype that a text calls name: by its short name, T for the formula's own (of a complex one: its parts'), I for the
// signed integers of T's size, C for the complex numbers of parts T.
func (e *expander) dtypeNamed(name string) (tensor.DType, bool) {
	own := e.d
	if own.IsComplex() {
		own = partOf(own)
	}
	switch name {
	case "T":
		return own, true
	case "I":
		return sameSize(own), true
	case "C":
		return complexOf(own), own.IsFloat()
	}
	d, err := tensor.ParseDType(name)
	return d, err == nil && d.String() == name
}
