package spirv

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// writer writes one pass.
type writer struct {
	g *generator
	s *stage
	*function
	group  id            // the number of the workgroup
	member id            // that of the invocation in it
	shared map[string]id // arrays of shared memory by type, number and size
	inputs []id          // builtin variables that are used besides the workgroup's number and the invocation's
	ranked id            // see rank; 0: not yet asked for
	pack   int           // the numbers of packets that rows are gone through in; 0: there are none
	err    error
}

// value computes value i of the body at p: at the outermost point that has what it depends on, and once there.
func (w *writer) value(i int, p *point) id {
	p = p.home(w.g.trim(w.g.on[i]))
	if x := p.memo[i]; x != 0 {
		return x
	}
	var x id
	w.within(p.level, func() { x = w.make(i, p) })
	p.memo[i] = x
	return x
}

func (w *writer) make(i int, p *point) id {
	v := &w.g.k.Body[i]
	switch v.Kind {
	case codegen.Load:
		q := &w.g.k.Params[v.Param]
		if x := w.lane(v.Param, q.Flat(v.At), p); x != 0 {
			return x
		}
		return w.read(v.Param, w.place(p, q.Flat(v.At), w.base(v.Param)))
	case codegen.Gather:
		return w.gather(v, p)
	case codegen.Const:
		return w.bits(v.DType, v.Bits)
	case codegen.Index:
		return w.pure(opUConvert, w.uint(64), w.place(p, codegen.At(v.Axis), 0))
	case codegen.Reduce, codegen.Scan:
		if s := w.g.resident[i]; s != nil && w.s.keep != i {
			return w.load(s.dtype, w.elementOf(s.buffer, s.dtype, w.place(p, s.flat, 0)))
		}
		if v.Kind == codegen.Scan { // along an axis of one point, or of none
			return w.value(v.Args[0], p)
		}
		w.fold([]int{i}, []*point{p})
		return p.memo[i]
	}
	return w.mapped(v, p)
}

func (w *writer) mapped(v *codegen.Value, p *point) id {
	args := make([]id, len(v.Args))
	for k, a := range v.Args {
		args[k] = w.value(a, p)
	}
	from := w.g.k.Body[v.Args[len(v.Args)-1]].DType
	if v.Op.Name == "cast" {
		return w.cast(from, v.DType, args[0])
	}
	x, err := w.operation(v.Op.Name, from, args)
	if err != nil && w.err == nil {
		w.err = err
	}
	return x
}

// base is where element [0 ... 0] of a param is, in elements from the start of its binding.
func (w *writer) base(param int) id {
	word := w.uint(32)
	at := w.pure(opAccessChain, w.pointer(classPushConstant, word), w.g.push, w.number(uint32(param)))
	return w.pure(opLoad, word, at)
}

// read is an element of an input.
func (w *writer) read(param int, at id) id {
	if w.g.texels {
		return w.texel(param, at)
	}
	return w.load(w.g.k.Params[param].DType, w.element(param, at))
}

// element points to an element of a param.
func (w *writer) element(param int, at id) id {
	return w.elementOf(w.g.buffers[param], w.g.k.Params[param].DType, at)
}

func (w *writer) elementOf(buffer id, d tensor.DType, at id) id {
	return w.pure(opAccessChain, w.pointer(classStorageBuffer, w.memoryType(d)), buffer, w.number(0), at)
}

// load reads an element. What is read is never written by the same pass, unless by the invocation that has read it.
func (w *writer) load(d tensor.DType, from id) id {
	x := w.pure(opLoad, w.memoryType(d), from)
	switch {
	case d.IsBool():
		return w.pure(opINotEqual, w.boolean(), w.pure(opUConvert, w.uint(32), x), w.number(0))
	case d.Size() >= 4:
		return x
	case d.IsSigned():
		return w.pure(opSConvert, w.uint(32), x)
	}
	return w.pure(opUConvert, w.uint(32), x)
}

// store writes an element.
func (w *writer) store(d tensor.DType, to, x id) {
	if d.IsBool() {
		x = w.choose(w.uint(32), x, w.number(1), w.number(0))
	}
	if d.Size() < 4 {
		x = w.pure(opUConvert, w.memoryType(d), x)
	}
	w.do(opStore, uint32(to), uint32(x))
}

// gather is a load at an index that is checked: one out of range is written down, and element 0 read.
func (w *writer) gather(v *codegen.Value, p *point) id {
	q := &w.g.k.Params[v.Param]
	extent := q.Dims[v.Dim]
	index := w.value(v.Args[0], p)
	long := w.uint(64)
	n := w.integer(tensor.Int64, int64(extent))
	negative := w.compare("less", tensor.Int64, index, w.integer(tensor.Int64, 0))
	at := w.choose(long, negative, w.pure(opIAdd, long, index, n), index)
	outside := w.pure(opUGreaterThanEqual, w.boolean(), at, n)
	w.when(outside, func() { w.fault(index) })
	w.g.mod.Checks = append(w.g.mod.Checks, Check{fmt.Sprintf("dim %d of %s", v.Dim, q.Name), extent})
	place := w.choose(w.uint(32), outside, w.number(0), w.pure(opUConvert, w.uint(32), at))
	place = w.pure(opIMul, w.uint(32), place, w.number(uint32(q.Strides[v.Dim])))
	place = w.pure(opIAdd, w.uint(32), w.place(p, q.Flat(v.At), w.base(v.Param)), place)
	if extent == 0 { // there is nothing to read, and no index is in range
		return w.bits(v.DType, 0)
	}
	return w.read(v.Param, place)
}

// fault writes down the next check's number, one up, and the index; only the first fault of a run is kept.
func (w *writer) fault(index id) {
	word := w.uint(32)
	at := func(n uint32) id { return w.elementOf(w.g.faults, tensor.Uint32, w.number(n)) }
	number := w.number(uint32(len(w.g.mod.Checks) + 1))
	device, none := uint32(w.number(scopeDevice)), uint32(w.number(relaxed))
	was := w.get(opAtomicCompareExchange, word, uint32(at(0)), device, none, none, uint32(number), uint32(w.number(0)))
	first := w.pure(opIEqual, w.boolean(), was, w.number(0))
	w.when(first, func() {
		w.store(tensor.Uint32, at(1), w.pure(opUConvert, word, index))
		high := w.pure(opShiftRightLogical, w.uint(64), index, w.number(32))
		w.store(tensor.Uint32, at(2), w.pure(opUConvert, word, high))
	})
}
