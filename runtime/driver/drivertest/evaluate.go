package drivertest

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// evaluator computes what a kernel means, straight from the definition: a value is a function of a point, a reduction folds its argument
// over all points of its axes, one after the other. Maps of known bits give known bits, by op.EvalCore; floats that a sum or a product has
// rounded are intervals.
type evaluator struct {
	k     *codegen.Kernel
	on    []codegen.AxisSet
	flat  []codegen.Affine // of each load: its element's place in memory
	mem   []array          // of the params
	point []int            // of each axis
	types [][]tensor.DType // of each value's arguments
	folds map[string]number
	key   []byte
}

// values are those computed at one point.
type values struct {
	x    []number
	have []bool
}

// array is a param's memory, and the byte in it where element [0 ... 0] lies.
type array struct {
	mem  []byte
	base int
}

func newEvaluator(k *codegen.Kernel, mem []array) *evaluator {
	e := &evaluator{k: k, on: k.Depends(), mem: mem, point: make([]int, len(k.Axes)), folds: map[string]number{}}
	for i := range k.Body {
		v := &k.Body[i]
		var flat codegen.Affine
		if v.Kind == codegen.Load || v.Kind == codegen.Gather {
			flat = k.Params[v.Param].Flat(v.At)
		}
		e.flat = append(e.flat, flat)
		var types []tensor.DType
		for _, a := range k.Body[i].Args {
			types = append(types, k.Body[a].DType)
		}
		e.types = append(e.types, types)
	}
	return e
}

// fresh is room for the values of a point.
func (e *evaluator) fresh() *values {
	return &values{make([]number, len(e.k.Body)), make([]bool, len(e.k.Body))}
}

// at gives the value of an affine index at the point at hand.
func (e *evaluator) at(f codegen.Affine) int {
	n := f.Const
	for _, t := range f.Terms {
		n += t.Coef * e.point[t.Axis]
	}
	return n
}

// each calls f at every point of the axes, which it counts through in e.point.
func (e *evaluator) each(axes []int, f func() error) error {
	if len(axes) == 0 {
		return f()
	}
	a := axes[0]
	for e.point[a] = 0; e.point[a] < e.k.Axes[a].Extent; e.point[a]++ {
		if err := e.each(axes[1:], f); err != nil {
			return err
		}
	}
	e.point[a] = 0
	return nil
}

// value computes value i at the point; done holds what was computed there already.
func (e *evaluator) value(i int, done *values) (number, error) {
	if done.have[i] {
		return done.x[i], nil
	}
	x, err := e.compute(i, done)
	done.x[i], done.have[i] = x, err == nil
	return x, err
}

func (e *evaluator) compute(i int, done *values) (number, error) {
	v := &e.k.Body[i]
	switch v.Kind {
	case codegen.Const:
		return exactly(v.Bits, v.Hi), nil
	case codegen.Index:
		return exactly(uint64(e.point[v.Axis]), 0), nil
	case codegen.Load:
		return e.load(v, e.at(e.flat[i])), nil
	case codegen.Gather:
		return e.gather(i, v, done)
	case codegen.Reduce:
		return e.reduce(i, v)
	case codegen.Scan:
		return e.scan(i, v)
	}
	var room [3]number
	args := room[:0]
	for _, a := range v.Args {
		x, err := e.value(a, done)
		if err != nil {
			return number{}, err
		}
		args = append(args, x)
	}
	return mapped(v.Op, e.types[i], v.DType, args)
}

func (e *evaluator) load(v *codegen.Value, element int) number {
	m := e.mem[v.Param]
	return exactly(load(v.DType, m.mem[m.base+element*v.DType.Size():]))
}

func (e *evaluator) gather(at int, v *codegen.Value, done *values) (number, error) {
	x, err := e.value(v.Args[0], done)
	if err != nil {
		return number{}, err
	}
	p := &e.k.Params[v.Param]
	i, n := int64(x.lo), int64(p.Dims[v.Dim])
	if i < 0 {
		i += n
	}
	if !x.exact || i < 0 || i >= n {
		return number{}, fmt.Errorf("index %d of %d", int64(x.lo), n)
	}
	return e.load(v, e.at(e.flat[at])+int(i)*p.Strides[v.Dim]), nil
}

// reduce computes a reduction, once for each point of the axes it depends on.
func (e *evaluator) reduce(i int, v *codegen.Value) (number, error) {
	key := e.keyOf(i)
	if x, ok := e.folds[key]; ok {
		return x, nil
	}
	saved := append([]int(nil), e.point...)
	f := newFold(v.Op, e.k.Body[v.Args[0]].DType)
	done := e.fresh()
	err := e.each(v.Over, func() error {
		clear(done.have)
		x, err := e.value(v.Args[0], done)
		if err == nil {
			err = f.add(x, e.point[v.Over[0]])
		}
		if err == nil && f.rounds() && v.Op.Name == "add" {
			err = e.apart(f, v.Args[0], x, done)
		}
		return err
	})
	copy(e.point, saved)
	e.folds[key] = f.result()
	return e.folds[key], err
}

// apart tells the sum f whose last element is x, value v, if that is a sum or a difference.
func (e *evaluator) apart(f *fold, v int, x number, done *values) error {
	arg := &e.k.Body[v]
	if arg.Kind != codegen.Map || arg.Op.Name != "add" && arg.Op.Name != "sub" {
		return nil
	}
	a, err := e.value(arg.Args[0], done)
	if err != nil {
		return err
	}
	b, err := e.value(arg.Args[1], done)
	f.apart(x, a, b)
	return err
}

// scan folds the points of the axis up to the present one: once for a row, all of whose results are kept.
func (e *evaluator) scan(i int, v *codegen.Value) (number, error) {
	key := e.keyOf(i)
	if x, ok := e.folds[key]; ok {
		return x, nil
	}
	a := v.Over[0]
	at := e.point[a]
	f := newFold(v.Op, e.k.Body[v.Args[0]].DType)
	done := e.fresh()
	var err error
	for e.point[a] = 0; e.point[a] < e.k.Axes[a].Extent && err == nil; e.point[a]++ {
		clear(done.have)
		var x number
		if x, err = e.value(v.Args[0], done); err == nil {
			err = f.add(x, e.point[a])
		}
		e.folds[e.keyOf(i)] = f.result()
	}
	e.point[a] = at
	return e.folds[key], err
}

// keyOf tells apart value i at the points of the axes that it depends on.
func (e *evaluator) keyOf(i int) string {
	e.key = binary.AppendVarint(e.key[:0], int64(i))
	for _, a := range e.on[i].List() {
		e.key = binary.AppendVarint(e.key, int64(e.point[a]))
	}
	return string(e.key)
}

// mapped applies an op.
func mapped(o *op.Op, types []tensor.DType, d tensor.DType, args []number) (number, error) {
	exact := true
	for _, x := range args {
		exact = exact && x.exact
	}
	if exact {
		return mappedBits(o, types, d, args)
	}
	if o.Types.Compute == op.Chosen {
		switch c := args[0]; {
		case c.unknown:
			return number{unknown: true}, nil
		case c.lo != 0:
			return args[1], nil
		default:
			return args[2], nil
		}
	}
	for _, x := range args {
		if x.unknown {
			return x, nil
		}
	}
	return mappedNear(o, types, d, args), nil
}

// mappedBits applies an op to known bits: by its formula, which is the op itself for core ops. Narrow floats are computed in float32 and
// rounded once.
func mappedBits(o *op.Op, types []tensor.DType, d tensor.DType, args []number) (number, error) {
	last := types[len(types)-1]
	switch {
	case o.Name == "cast":
		return cast(args[0], last, d)
	case o.Types.Compute == op.Chosen && args[0].lo != 0:
		return args[1], nil
	case o.Types.Compute == op.Chosen:
		return args[2], nil
	case last == tensor.Float16 || last == tensor.BFloat16:
		return mappedNarrow(o, last, d, args)
	}
	f, err := o.Expand(last)
	if err != nil {
		return number{}, err
	}
	var bits []uint64
	for i, x := range args {
		bits = append(bits, parts(types[i], x)...)
	}
	return joined(d, f, bits), nil
}

func mappedNarrow(o *op.Op, from, d tensor.DType, args []number) (number, error) {
	f, err := o.Expand(tensor.Float32)
	if err != nil {
		return number{}, err
	}
	var bits []uint64
	for _, x := range args {
		w, err := cast(x, from, tensor.Float32)
		if err != nil {
			return number{}, err
		}
		bits = append(bits, w.lo)
	}
	y := joined(tensor.Float32, f, bits)
	if d == from {
		return cast(y, tensor.Float32, d)
	}
	return y, nil
}

// casts are the formulas of casts made so far, by both dtypes.
var casts sync.Map

func cast(x number, from, to tensor.DType) (number, error) {
	key := [2]tensor.DType{from, to}
	f, ok := casts.Load(key)
	if !ok {
		made, err := op.Cast(from, to)
		if err != nil {
			return number{}, err
		}
		f, _ = casts.LoadOrStore(key, made)
	}
	return joined(to, f.(*op.Formula), parts(from, x)), nil
}

// parts are the params of a formula for known bits: complex numbers are two.
func parts(d tensor.DType, x number) []uint64 {
	switch d {
	case tensor.Complex64:
		return []uint64{x.lo & math.MaxUint32, x.lo >> 32}
	case tensor.Complex128:
		return []uint64{x.lo, x.hi}
	}
	return []uint64{x.lo}
}

// joined is the result of a formula.
func joined(d tensor.DType, f *op.Formula, bits []uint64) number {
	lo, hi := f.EvalBits(bits...)
	if d == tensor.Complex64 {
		return exactly(lo|hi<<32, 0)
	}
	return exactly(lo, hi)
}
