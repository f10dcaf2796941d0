package interp

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// maker writes the steps of one stage. It works on virtual registers, one for each value; finish gives them real ones.
type maker struct {
	plan   *plan
	prog   *Program
	lanes  []int // axes in lanes, outermost first
	scopes []*scope
	vregs  []vreg
	err    error
}

// scope is steps that run for each point of some axes; values that do not depend on these are made in a scope further out.
type scope struct {
	axes codegen.AxisSet
	code []*instr
	made map[int]int // the virtual register of a value
}

// instr is a step before its registers are known.
type instr struct {
	dst  []int    // virtual registers it writes, or needs for itself
	args []int    // virtual registers it reads
	body []*instr // of a fold
	emit func(reg []int, body []step) step
}

// vreg is a virtual register and, while registers are given out, its life.
type vreg struct {
	bank     tensor.DType
	constant bool // reg is the number of the constant
	reg      int
	from, to int // the first and the last place that it is needed
}

func newMaker(p *plan, prog *Program, lanes []int) *maker {
	m := &maker{plan: p, prog: prog, lanes: lanes}
	m.push(codegen.AxisSet{})
	return m
}

func (m *maker) push(axes codegen.AxisSet) *scope {
	s := &scope{axes: axes, made: map[int]int{}}
	m.scopes = append(m.scopes, s)
	return s
}

// reg makes a virtual register for lanes of d.
func (m *maker) reg(d tensor.DType) int {
	m.vregs = append(m.vregs, vreg{bank: bankOf(d), from: -1})
	return len(m.vregs) - 1
}

// scopeOf gives the number of the innermost open scope whose axes a value depends on.
func (m *maker) scopeOf(on codegen.AxisSet) int {
	for i := len(m.scopes) - 1; i > 0; i-- {
		if m.scopes[i].axes.Meets(on) {
			return i
		}
	}
	return 0
}

// value gives the register of value i, made now unless it is there.
func (m *maker) value(i int) int {
	v := &m.plan.k.Body[i]
	level := m.scopeOf(m.plan.on[i])
	if r, ok := m.scopes[level].made[i]; ok {
		return r
	}
	var r int
	if t, ok := m.prog.temps[i]; ok {
		r = m.loadTemp(t, level)
	} else {
		r = m.make(v, level)
	}
	m.scopes[level].made[i] = r
	return r
}

func (m *maker) make(v *codegen.Value, level int) int {
	switch v.Kind {
	case codegen.Const:
		return m.constant(constant{v.DType, v.Bits, v.Hi})
	case codegen.Load:
		p := &m.plan.k.Params[v.Param]
		a := m.access(p.Flat(v.At))
		to := m.reg(v.DType)
		m.add(level, nil, to, func(reg []int) step {
			return movers[v.DType].loading(v.Param, a, v.DType.Size(), reg[to])
		})
		return to
	case codegen.Gather:
		return m.gather(v, level)
	case codegen.Index:
		a := m.access(codegen.At(v.Axis))
		to := m.reg(tensor.Int64)
		m.add(level, nil, to, func(reg []int) step { return counting(a, reg[to]) })
		return to
	case codegen.Reduce:
		outside := m.scopes
		m.scopes = slices.Clone(outside[:level+1])
		r := m.fold(v, false, false)
		m.scopes = outside
		return r
	}
	return m.mapped(v, level)
}

// add appends an instruction that writes one register.
func (m *maker) add(level int, args []int, to int, emit func(reg []int) step) {
	s := m.scopes[level]
	s.code = append(s.code, &instr{dst: []int{to}, args: args, emit: func(reg []int, _ []step) step { return emit(reg) }})
}

// access gives the place of a flat index as the lanes see it.
func (m *maker) access(flat codegen.Affine) access {
	strides := make(map[int]int, len(flat.Terms))
	for _, t := range flat.Terms {
		strides[t.Axis] = t.Coef
	}
	return place(flat.Const, strides, m.plan.extents, m.lanes)
}

func (m *maker) constant(k constant) int {
	r := m.reg(k.dtype)
	m.vregs[r].constant = true
	m.vregs[r].reg = m.prog.constants.add(k)
	return r
}

func (m *maker) loadTemp(t *temp, level int) int {
	a := place(0, t.strides, m.plan.extents, m.lanes)
	to := m.reg(t.dtype)
	m.add(level, nil, to, func(reg []int) step {
		return movers[t.dtype].loading(t.mem, a, t.dtype.Size(), reg[to])
	})
	return to
}

func (m *maker) gather(v *codegen.Value, level int) int {
	p := &m.plan.k.Params[v.Param]
	a := m.access(p.Flat(v.At))
	g := gather{mem: v.Param, extent: p.Dims[v.Dim], stride: p.Strides[v.Dim], what: fmt.Sprintf("dim %d of %s", v.Dim, p.Name)}
	index, to := m.value(v.Args[0]), m.reg(v.DType)
	m.add(level, []int{index}, to, func(reg []int) step {
		return movers[v.DType].gathering(g, a, v.DType.Size(), reg[index], reg[to])
	})
	return to
}

// mapped appends an op: in one step where there is a loop for it, otherwise by its formula.
func (m *maker) mapped(v *codegen.Value, level int) int {
	args := make([]int, len(v.Args))
	types := make([]tensor.DType, len(v.Args))
	for i, a := range v.Args {
		args[i], types[i] = m.value(a), m.plan.k.Body[a].DType
	}
	if hasLoop(v.Op, types) {
		return m.op(v.Op, types, v.DType, args, level)
	}
	return m.formula(v, types, args, level)
}

// op appends a core op.
func (m *maker) op(o *op.Op, types []tensor.DType, d tensor.DType, args []int, level int) int {
	to := m.reg(d)
	m.add(level, args, to, func(reg []int) step {
		at := make([]int, len(args))
		for i, a := range args {
			at[i] = reg[a]
		}
		s, err := mapping(o, types, d, reg[to], at)
		if err != nil && m.err == nil {
			m.err = err
		}
		return s
	})
	return to
}

// formula appends an op written out: complex numbers as their parts, narrow floats (whose lanes are float32) as float32, rounded at the
// end.
func (m *maker) formula(v *codegen.Value, types []tensor.DType, args []int, level int) int {
	d := types[len(types)-1]
	if bankOf(d) == tensor.Float32 {
		d = tensor.Float32
	}
	f, err := v.Op.Expand(d)
	if err != nil {
		m.err = err
		return m.reg(v.DType)
	}
	var values []int
	for i, a := range args {
		if types[i].IsComplex() {
			values = append(values, m.part(types[i], a, false, level), m.part(types[i], a, true, level))
		} else {
			values = append(values, a)
		}
	}
	kinds := slices.Clone(f.Params)
	for _, in := range f.Ins {
		kinds = append(kinds, in.DType)
		if in.Op.Name == "const" {
			values = append(values, m.constant(constant{dtype: in.DType, lo: in.Bits}))
			continue
		}
		at, of := make([]int, len(in.Args)), make([]tensor.DType, len(in.Args))
		for i, a := range in.Args {
			at[i], of[i] = values[a], kinds[a]
		}
		values = append(values, m.op(in.Op, of, in.DType, at, level))
	}
	switch out := values[f.Out[0]]; {
	case v.DType.IsComplex():
		return m.join(v.DType, out, values[f.Out[1]], level)
	case kinds[f.Out[0]] != v.DType: // narrow
		return m.op(castOp, []tensor.DType{kinds[f.Out[0]]}, v.DType, []int{out}, level)
	default:
		return out
	}
}

// part appends the step that takes the real or the imaginary parts.
func (m *maker) part(d tensor.DType, x int, imaginary bool, level int) int {
	to := m.reg(partOf(d))
	m.add(level, []int{x}, to, func(reg []int) step { return parting(d, imaginary, reg[to], reg[x]) })
	return to
}

// join appends the step that makes complex numbers of their parts.
func (m *maker) join(d tensor.DType, re, im, level int) int {
	to := m.reg(d)
	m.add(level, []int{re, im}, to, func(reg []int) step { return joining(d, reg[to], reg[re], reg[im]) })
	return to
}

// store appends the store of a value to a param.
func (m *maker) store(s *codegen.Store) {
	p := &m.plan.k.Params[s.Param]
	m.storeAt(m.value(s.Value), p.DType, s.Param, m.access(p.Flat(s.At)))
}

func (m *maker) storeAt(from int, d tensor.DType, mem int, a access) {
	m.scopes[0].code = append(m.scopes[0].code, &instr{args: []int{from}, emit: func(reg []int, _ []step) step {
		return movers[d].storing(mem, a, d.Size(), reg[from])
	}})
}

// fold appends the reduction v, folded inside the block, to the innermost scope. ranged: over the frame's piece of the points. A partial
// result of a narrow float stays a float32.
func (m *maker) fold(v *codegen.Value, ranged, partial bool) int {
	axes := m.plan.foldOrder(v)
	inner := m.push(codegen.AxesOf(axes...))
	x := m.value(v.Args[0])
	m.scopes = m.scopes[:len(m.scopes)-1]
	d := m.plan.k.Body[v.Args[0]].DType
	if v.Op == argMin || v.Op == argMax {
		return m.choose(v.Op, d, axes, inner.code, x)
	}
	return m.folding(v.Op, d, axes, inner.code, x, ranged, partial)
}

// foldAcross appends the reduction v whose lanes are the points that it folds.
func (m *maker) foldAcross(v *codegen.Value, ranged, partial bool) int {
	inner := m.push(codegen.AxesOf(v.Over...))
	x := m.value(v.Args[0])
	m.scopes = m.scopes[:len(m.scopes)-1]
	d := m.plan.k.Body[v.Args[0]].DType
	count := m.plan.count(codegen.AxesOf(v.Over...))
	y, tree, to, place := m.reg(d), m.reg(d), m.reg(d), m.reg(tensor.Int64)
	in := &instr{args: []int{x}, dst: []int{y, tree, to, place}, body: inner.code}
	in.emit = func(reg []int, body []step) step {
		return engines[d].across(v.Op, count, ranged, !partial, body, acrossRegs{reg[x], reg[y], reg[tree], reg[to], reg[place]})
	}
	m.innermost().code = append(m.innermost().code, in)
	if v.Op == argMin || v.Op == argMax {
		return place
	}
	return to
}

func (m *maker) folding(o *op.Op, d tensor.DType, axes []int, body []*instr, x int, ranged, partial bool) int {
	over := newOdometer(axes, m.plan.extents)
	in := &instr{args: []int{x}, body: body}
	to := m.reg(d)
	var tree []int
	for range levels(over.count, isSum(o, d)) {
		tree = append(tree, m.reg(d))
	}
	in.dst = append(tree, to)
	in.emit = func(reg []int, body []step) step {
		at := make([]int, len(tree))
		for i, r := range tree {
			at[i] = reg[r]
		}
		return engines[d].folding(o, over, ranged, !partial, body, reg[x], reg[to], at)
	}
	m.innermost().code = append(m.innermost().code, in)
	return to
}

func (m *maker) choose(o *op.Op, d tensor.DType, axes []int, body []*instr, x int) int {
	best, to := m.reg(d), m.reg(tensor.Int64)
	over := newOdometer(axes, m.plan.extents)
	in := &instr{args: []int{x}, dst: []int{best, to}, body: body}
	in.emit = func(reg []int, body []step) step {
		return engines[d].choosing(o == argMin, over, body, reg[x], reg[best], reg[to])
	}
	m.innermost().code = append(m.innermost().code, in)
	return to
}

func (m *maker) innermost() *scope { return m.scopes[len(m.scopes)-1] }

// finish gives registers and makes the steps. All stages of a program must have been written: their constants come first in the banks.
func (m *maker) finish() ([]step, error) {
	code := m.scopes[0].code
	m.allocate(code)
	regs := make([]int, len(m.vregs))
	for i := range m.vregs {
		regs[i] = m.vregs[i].reg
		if !m.vregs[i].constant {
			regs[i] += m.prog.constants.count(m.vregs[i].bank)
		}
	}
	list := emitAll(code, regs)
	return list, m.err
}

func emitAll(code []*instr, regs []int) []step {
	var list []step
	for _, in := range code {
		list = append(list, in.emit(regs, emitAll(in.body, regs)))
	}
	return list
}
