package interp

import (
	"fmt"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// engine is the loops of one dtype, whose lanes are T.
type engine[T lane] struct {
	file   file[T]
	unary  map[string]func(dst, x []T)
	binary map[string]func(dst, x, y []T)
	folds  map[string]func(dst, x, y []T)         // of reductions by ops that are no core ops
	tests  map[string]func(dst []uint8, x, y []T) // give a bool
	units  map[string]T                           // of folds that may have no points
	less   func(x, y T) bool                      // nil: not ordered
	nan    func(x T) bool                         // nil: there is none
	round  func(lanes []T)                        // of float32 to a narrow float; nil: lanes hold just the dtype's values
}

// loops is the engine of a dtype.
type loops interface {
	has(name string) bool
	mapping(name string, to int, args []int) (step, error)
	choice(to, cond, x, y int) step
	folding(o *op.Op, over odometer, ranged, finish bool, body []step, x, to int, tree []int) step
	choosing(least bool, over odometer, body []step, x, best, to int) step
	scanning(o *op.Op, row int, before step, x, to int) step
	across(o *op.Op, count int, ranged, finish bool, body []step, regs acrossRegs) step
}

var engines = map[tensor.DType]loops{
	tensor.Bool:       boolean(),
	tensor.Uint8:      unsigned(u8s, 8),
	tensor.Uint16:     unsigned(u16s, 16),
	tensor.Uint32:     unsigned(u32s, 32),
	tensor.Uint64:     unsigned(u64s, 64),
	tensor.Int8:       signed(i8s, 8),
	tensor.Int16:      signed(i16s, 16),
	tensor.Int32:      signed(i32s, 32),
	tensor.Int64:      signed(i64s, 64),
	tensor.Float16:    narrow(roundF16),
	tensor.BFloat16:   narrow(roundBF16),
	tensor.Float32:    single(nil),
	tensor.Float64:    double(),
	tensor.Complex64:  complexes(c64s, times64),
	tensor.Complex128: complexes(c128s, times128),
}

// has says whether there is a loop for an op.
func (e *engine[T]) has(name string) bool {
	return e.unary[name] != nil || e.binary[name] != nil || e.tests[name] != nil
}

// mapping makes the step of an op on arguments of the engine's dtype.
func (e *engine[T]) mapping(name string, to int, args []int) (step, error) {
	round := e.round
	if fn, ok := e.unary[name]; ok && len(args) == 1 {
		x := args[0]
		return func(f *frame) {
			r := e.file(f).regs
			dst := r[to][:f.n]
			fn(dst, r[x][:f.n])
			if round != nil {
				round(dst)
			}
		}, nil
	}
	if len(args) != 2 {
		return nil, fmt.Errorf("internal: no loop for %s: please report with Explain", name)
	}
	x, y := args[0], args[1]
	if fn, ok := e.binary[name]; ok {
		return func(f *frame) {
			r := e.file(f).regs
			dst := r[to][:f.n]
			fn(dst, r[x][:f.n], r[y][:f.n])
			if round != nil {
				round(dst)
			}
		}, nil
	}
	if fn, ok := e.tests[name]; ok {
		return func(f *frame) {
			r := e.file(f).regs
			fn(f.u8.regs[to][:f.n], r[x][:f.n], r[y][:f.n])
		}, nil
	}
	return nil, fmt.Errorf("internal: no loop for %s: please report with Explain", name)
}

// choice makes the step of where.
func (e *engine[T]) choice(to, cond, x, y int) step {
	return func(f *frame) {
		r := e.file(f).regs
		dst, c, a, b := r[to][:f.n], f.u8.regs[cond][:f.n], r[x][:f.n], r[y][:f.n]
		for i := range dst {
			if c[i] != 0 {
				dst[i] = a[i]
			} else {
				dst[i] = b[i]
			}
		}
	}
}

// ending is the rounding at the end of a fold.
func (e *engine[T]) ending(finish bool) func([]T) {
	if finish {
		return e.round
	}
	return nil
}

// fold is the loop of a reduction's op.
func (e *engine[T]) fold(name string) func(dst, x, y []T) {
	if fn, ok := e.folds[name]; ok {
		return fn
	}
	return e.binary[name]
}

func (e *engine[T]) folding(o *op.Op, over odometer, ranged, finish bool, body []step, x, to int, tree []int) step {
	r := folding[T]{
		file: e.file, fn: e.fold(o.Name), unit: e.units[o.Name], finish: e.ending(finish),
		over: over, ranged: ranged, body: body, x: x, dst: to, tree: tree,
	}
	return r.step
}

// better says whether an element beats the best so far: strictly, so that the first of equals stays; a NaN beats all but a NaN.
func (e *engine[T]) better(least bool) func(x, best T) bool {
	less, nan := e.less, e.nan
	if nan == nil {
		nan = func(T) bool { return false }
	}
	if least {
		return func(x, best T) bool { return less(x, best) || nan(x) && !nan(best) }
	}
	return func(x, best T) bool { return less(best, x) || nan(x) && !nan(best) }
}

func (e *engine[T]) choosing(least bool, over odometer, body []step, x, best, to int) step {
	r := choosing[T]{file: e.file, better: e.better(least), over: over, body: body, x: x, best: best, dst: to}
	return r.step
}

func (e *engine[T]) across(o *op.Op, count int, ranged, finish bool, body []step, regs acrossRegs) step {
	r := across[T]{
		file: e.file, fn: e.fold(o.Name), unit: e.units[o.Name], finish: e.ending(finish),
		count: count, ranged: ranged, body: body, acrossRegs: regs,
	}
	if o == argMin || o == argMax {
		r.better = e.better(o == argMin)
	}
	return r.step
}

// The folds that give a place.
var (
	argMin = op.Lookup("argmin")
	argMax = op.Lookup("argmax")
)

// isSum says whether a fold rounds at each step, so that its order matters to its error.
func isSum(o *op.Op, d tensor.DType) bool {
	return (o.Name == "add" || o.Name == "mul") && (d.IsFloat() || d.IsComplex())
}

var castOp = op.Lookup("cast")

// hasLoop says whether one step can do an op on arguments of these dtypes; otherwise its formula has to be followed.
func hasLoop(o *op.Op, types []tensor.DType) bool {
	switch o.Name {
	case "cast", "bitcast", "where", "rare":
		return true
	}
	return engines[types[0]].has(o.Name)
}

// mapping makes the step of an op that has a loop.
func mapping(o *op.Op, types []tensor.DType, result tensor.DType, to int, args []int) (step, error) {
	switch o.Name {
	case "cast":
		return casting(types[0], result, to, args[0]), nil
	case "bitcast":
		return bitCasting(types[0], result, to, args[0])
	case "where", "rare":
		return engines[result].choice(to, args[0], args[1], args[2]), nil
	}
	return engines[types[0]].mapping(o.Name, to, args)
}
