package codegen

import (
	"errors"
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// Verify says what is wrong with k, or nil. What it holds is listed under "Kernel" in docs/ir.md; a kernel that passes can be printed,
// numbered, generated and run without further checks. It never panics, whatever k holds.
func (k *Kernel) Verify() error {
	v := verifier{k: k}
	if k.Routine != nil {
		if err := v.call(); err != nil {
			return fmt.Errorf("kernel %s: %w", k.Name, err)
		}
		return nil
	}
	for _, check := range []func() error{v.params, v.axes, v.body, v.stores, v.coverage, v.used, v.schedule} {
		if err := check(); err != nil {
			return fmt.Errorf("kernel %s: %w", k.Name, err)
		}
	}
	return nil
}

// verifier checks one kernel, step by step; a step may rely on the steps before it.
type verifier struct {
	k  *Kernel
	on []AxisSet
}

func (v *verifier) params() error {
	if !isIdentifier(v.k.Name) {
		return fmt.Errorf("%q is no name", v.k.Name)
	}
	var names nameSet
	for i := range v.k.Params {
		p := &v.k.Params[i]
		if err := checkName(p.Name, &names); err != nil {
			return fmt.Errorf("param %d: %w", i, err)
		}
		if i > 0 && v.k.Params[i-1].Out && !p.Out {
			return fmt.Errorf("param %s: an input after an output", p.Name)
		}
		if err := p.verify(); err != nil {
			return fmt.Errorf("param %s: %w", p.Name, err)
		}
	}
	for i, a := range v.k.Axes {
		if err := checkName(a.Name, &names); err != nil {
			return fmt.Errorf("axis %d: %w", i, err)
		}
	}
	return nil
}

func checkName(name string, names *nameSet) error {
	switch {
	case !isIdentifier(name) || reserved(name):
		return fmt.Errorf("%q is no name", name)
	case !names.add(name):
		return fmt.Errorf("the name %s is taken", name)
	}
	return nil
}

func isDType(d tensor.DType) bool { return d > tensor.Invalid && d < tensor.NumDTypes }

// verify checks that the param's bytes can be counted and, for an output, that no two elements share memory.
func (p *Param) verify() error {
	if !isDType(p.DType) {
		return fmt.Errorf("no dtype")
	}
	if len(p.Dims) != len(p.Strides) {
		return fmt.Errorf("%d dims, %d strides", len(p.Dims), len(p.Strides))
	}
	count, reach, fits := 1, p.DType.Size(), true
	for i, n := range p.Dims {
		if n < 0 {
			return fmt.Errorf("dim %d is %d", i, n)
		}
		if n == 0 { // nothing is reached, but the other dims must still be countable
			continue
		}
		var a, c, d bool
		count, a = mul(count, n)
		span, b := mul(n-1, p.Strides[i])
		span, c = mul(abs(span), p.DType.Size())
		reach, d = add(reach, span)
		fits = fits && a && b && c && d
	}
	if _, ok := mul(count, p.DType.Size()); !ok || !fits {
		return fmt.Errorf("%v strides %v is too large", p.Dims, p.Strides)
	}
	if p.Out {
		return p.distinct()
	}
	return nil
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// distinct checks, for an output, that ordered by stride each dim steps over all that the smaller ones reach.
func (p *Param) distinct() error {
	var dims []int
	for i, n := range p.Dims {
		if n == 0 {
			return nil
		}
		if n > 1 {
			dims = append(dims, i)
		}
	}
	slices.SortFunc(dims, func(a, b int) int { return p.Strides[a] - p.Strides[b] })
	next := 1
	for _, i := range dims {
		if p.Strides[i] < next {
			return fmt.Errorf("an output whose elements may meet in memory: strides %v", p.Strides)
		}
		next = p.Strides[i]*(p.Dims[i]-1) + next
	}
	return nil
}

func (v *verifier) axes() error {
	for i, a := range v.k.Axes {
		if a.Extent < 0 {
			return fmt.Errorf("axis %s: extent %d", a.Name, a.Extent)
		}
		if i > 0 && v.k.Axes[i-1].Fold && !a.Fold {
			return fmt.Errorf("axis %s: a loop axis after a fold axis", a.Name)
		}
	}
	return nil
}

func (v *verifier) body() error {
	for i := range v.k.Body {
		if err := v.value(i); err != nil {
			return fmt.Errorf("value %d: %w", i, err)
		}
	}
	v.on = v.k.Depends()
	return nil
}

func (v *verifier) value(i int) error {
	x := &v.k.Body[i]
	for _, a := range x.Args {
		if a < 0 || a >= i {
			return fmt.Errorf("argument %d does not precede its use", a)
		}
	}
	if !isDType(x.DType) {
		return errors.New("no dtype")
	}
	switch x.Kind {
	case Load:
		return v.load(x, -1)
	case Gather:
		return v.gather(x)
	case Const:
		return constant(x)
	case Index:
		if x.Axis < 0 || x.Axis >= len(v.k.Axes) || x.DType != tensor.Int64 {
			return errors.New("an index of no axis, or not i64")
		}
		return nil
	case Map:
		return v.mapped(x)
	case Reduce, Scan:
		return v.reduce(x)
	}
	return fmt.Errorf("kind %d", x.Kind)
}

func (v *verifier) gather(x *Value) error {
	if len(x.Args) != 1 || v.k.Body[x.Args[0]].DType != tensor.Int64 {
		return errors.New("a gather takes one i64")
	}
	if x.Dim < 0 || x.Dim >= len(x.At) || !x.At[x.Dim].Equal(Affine{}) {
		return fmt.Errorf("a gather of dim %d, whose affine index must be 0", x.Dim)
	}
	return v.load(x, x.Dim)
}

// load checks param and indices; position skip is not checked against the dim.
func (v *verifier) load(x *Value, skip int) error {
	if x.Param < 0 || x.Param >= len(v.k.Params) || v.k.Params[x.Param].Out {
		return errors.New("a load of what is no input")
	}
	p := &v.k.Params[x.Param]
	if x.DType != p.DType {
		return fmt.Errorf("%s is %v, loaded as %v", p.Name, p.DType, x.DType)
	}
	if len(x.Args) > 1 || skip < 0 && len(x.Args) > 0 {
		return errors.New("a load with arguments")
	}
	return v.at(p, x.At, skip)
}

// at checks affine indices against the dims of p.
func (v *verifier) at(p *Param, at []Affine, skip int) error {
	if len(at) != len(p.Dims) {
		return fmt.Errorf("%s has %d dims, got %d indices", p.Name, len(p.Dims), len(at))
	}
	empty := false
	for _, a := range at {
		last := -1
		for _, t := range a.Terms {
			if t.Axis <= last || t.Axis >= len(v.k.Axes) || t.Coef == 0 {
				return fmt.Errorf("%s: terms of an index are not ascending, or not of an axis, or 0", p.Name)
			}
			last = t.Axis
			empty = empty || v.k.Axes[t.Axis].Extent == 0
		}
	}
	if empty { // there is no point at which an element is touched
		return nil
	}
	for i, a := range at {
		if i == skip {
			continue
		}
		lo, hi, ok := a.Range(v.k.Axes)
		if !ok || lo < 0 || hi >= p.Dims[i] {
			return fmt.Errorf("%s: index %d is in [%d, %d], the dim is %d", p.Name, i, lo, hi, p.Dims[i])
		}
	}
	return nil
}

func constant(x *Value) error {
	if len(x.Args) > 0 {
		return errors.New("a constant with arguments")
	}
	size := x.DType.Size()
	switch {
	case x.DType.IsBool() && x.Bits > 1, size < 8 && x.Bits>>(8*size) != 0, size < 16 && x.Hi != 0:
		return fmt.Errorf("%#x, %#x are no bits of %v", x.Bits, x.Hi, x.DType)
	}
	return nil
}

func (v *verifier) mapped(x *Value) error {
	if x.Op == nil {
		return errors.New("a map without op")
	}
	if x.Op == opCast {
		if len(x.Args) != 1 {
			return errors.New("a cast takes one value")
		}
		return nil
	}
	types := make([]tensor.DType, len(x.Args))
	for i, a := range x.Args {
		types[i] = v.k.Body[a].DType
	}
	d, err := ResultType(x.Op, types)
	if err == nil && d != x.DType {
		err = fmt.Errorf("%s gives %v, not %v", x.Op.Name, d, x.DType)
	}
	return err
}

func (v *verifier) reduce(x *Value) error {
	if x.Op == nil || op.Lookup(x.Op.Name) != x.Op || !folds[x.Op.Name] || len(x.Args) != 1 {
		return errors.New("a reduction takes a fold and one value")
	}
	if len(x.Over) == 0 {
		return errors.New("a reduction over no axis")
	}
	last := -1
	for _, a := range x.Over {
		if a <= last || a >= len(v.k.Axes) || !v.k.Axes[a].Fold {
			return errors.New("a reduction over what is no fold axis, or not ascending")
		}
		last = a
		if n := x.Op.Name; v.k.Axes[a].Extent == 0 && n != "add" && n != "mul" && n != "and" && n != "or" {
			return fmt.Errorf("%s over axis %s, which has no points", n, v.k.Axes[a].Name)
		}
	}
	arg := v.k.Body[x.Args[0]].DType
	if x.Kind == Scan && (len(x.Over) != 1 || x.Op == opArgMin || x.Op == opArgMax || !v.k.FoldAxes().Equal(AxesOf(x.Over...))) {
		return errors.New("a scan is along the only fold axis, and by no argmin or argmax")
	}
	if x.Op == opArgMin || x.Op == opArgMax {
		if len(x.Over) != 1 || x.DType != tensor.Int64 || arg.IsComplex() {
			return fmt.Errorf("%s is over one axis, of real values, and gives i64", x.Op.Name)
		}
		return nil
	}
	d, err := ResultType(x.Op, []tensor.DType{arg, arg})
	if err == nil && (d != arg || x.DType != arg) {
		err = fmt.Errorf("%s of %v as %v", x.Op.Name, arg, x.DType)
	}
	return err
}

func (v *verifier) stores() error {
	for i := range v.k.Stores {
		s := &v.k.Stores[i]
		if s.Param < 0 || s.Param >= len(v.k.Params) || !v.k.Params[s.Param].Out {
			return fmt.Errorf("store %d: to what is no output", i)
		}
		p := &v.k.Params[s.Param]
		if s.Value < 0 || s.Value >= len(v.k.Body) || v.k.Body[s.Value].DType != p.DType {
			return fmt.Errorf("store to %s: of what is no value of %v", p.Name, p.DType)
		}
		if err := v.at(p, s.At, -1); err != nil {
			return fmt.Errorf("store to %w", err)
		}
		if loose := v.on[s.Value].Minus(s.Axes()); !loose.Empty() {
			return fmt.Errorf("store to %s: the value depends on axis %s, which is neither reduced nor stored along",
				p.Name, v.k.Axes[loose.List()[0]].Name)
		}
	}
	return nil
}

// used checks that each fold axis is reduced or scanned along, over points that an int can count, and each loop axis of more than one point stored along.
func (v *verifier) used() error {
	var reduced, stored AxisSet
	for i := range v.k.Body {
		x := &v.k.Body[i]
		if x.Kind != Reduce && x.Kind != Scan {
			continue
		}
		over := AxesOf(x.Over...)
		if !v.countable(v.on[x.Args[0]].Union(over)) {
			return fmt.Errorf("value %d: a fold of more points than can be counted", i)
		}
		reduced = reduced.Union(over)
	}
	for i := range v.k.Stores {
		stored = stored.Union(v.k.Stores[i].Axes())
	}
	for i, a := range v.k.Axes {
		if a.Fold && !reduced.Has(i) {
			return fmt.Errorf("fold axis %s is neither reduced nor scanned along", a.Name)
		}
		if !a.Fold && a.Extent != 1 && !stored.Has(i) {
			return fmt.Errorf("loop axis %s is in no store", a.Name)
		}
	}
	return nil
}

func (v *verifier) countable(axes AxisSet) bool {
	n, fits := 1, true
	for a := range axes.All() {
		if e := v.k.Axes[a].Extent; e == 0 {
			return true
		} else if fits {
			n, fits = mul(n, e)
		}
	}
	return fits
}
