package spirv

import "slices"

// The instructions that fold a value over a subgroup. minimum and maximum of floats are not among them: they lose NaN.
var (
	groupFloats   = map[string]opcode{"add": opGroupNonUniformFAdd, "mul": opGroupNonUniformFMul}
	groupSigned   = map[string]opcode{"minimum": opGroupNonUniformSMin, "maximum": opGroupNonUniformSMax}
	groupUnsigned = map[string]opcode{"minimum": opGroupNonUniformUMin, "maximum": opGroupNonUniformUMax}
	groupIntegers = map[string]opcode{
		"add": opGroupNonUniformIAdd, "mul": opGroupNonUniformIMul, "and": opGroupNonUniformBitwiseAnd, "or": opGroupNonUniformBitwiseOr,
	}
	groupBools = map[string]opcode{
		"add": opGroupNonUniformLogicalOr, "or": opGroupNonUniformLogicalOr, "maximum": opGroupNonUniformLogicalOr,
		"mul": opGroupNonUniformLogicalAnd, "and": opGroupNonUniformLogicalAnd, "minimum": opGroupNonUniformLogicalAnd,
	}
)

// grouped is the device's instruction that folds as o does over a subgroup. For integers of 64 bits it would take another feature.
func (w *writer) grouped(o folder) (opcode, bool) {
	if !w.c.SubgroupArithmetic || o.places() {
		return 0, false
	}
	lists := []map[string]opcode{groupIntegers, groupUnsigned}
	switch d := o.d; {
	case d.IsBool():
		lists = []map[string]opcode{groupBools}
	case d.IsFloat():
		lists = []map[string]opcode{groupFloats}
	case d.Size() == 8:
		return 0, false
	case d.IsSigned():
		lists[1] = groupSigned
	}
	for _, l := range lists {
		if code, ok := l[o.name]; ok {
			return code, true
		}
	}
	return 0, false
}

// bySubgroups folds x over the team: over each subgroup in the order that the device likes, then the subgroups' results, of which there are as many
// as the device has subgroups in a workgroup, one after the other.
func (w *writer) bySubgroups(o folder, code opcode, x id) id {
	w.capability(capGroupNonUniform)
	w.capability(capGroupNonUniformArithmetic)
	t, kept, d := w.typeOf(o.d), w.typeOf(o.d), o.d
	if d.IsBool() {
		kept = w.uint(32)
	}
	array := w.sharedArray(kept, 0, w.s.team)
	scope := uint32(w.number(scopeSubgroup))
	part := w.get(code, t, scope, groupReduce, uint32(x))
	if !d.IsBool() && d.IsInt() {
		part = w.settled(d, part)
	}
	one := w.get(opGroupNonUniformElect, w.boolean(), scope)
	w.when(one, func() {
		if d.IsBool() {
			part = w.choose(kept, part, w.number(1), w.number(0))
		}
		w.do(opStore, uint32(w.cell(kept, array, w.input(builtinSubgroup))), uint32(part))
	})
	w.barrier()
	take := func(at id) id {
		got := w.get(opLoad, kept, uint32(w.cell(kept, array, at)))
		if d.IsBool() {
			return w.pure(opINotEqual, w.boolean(), got, w.number(0))
		}
		return got
	}
	result := w.loop(w.number(1), w.input(builtinNumSubgroups), w.number(1), []id{t}, []id{take(w.number(0))}, func(i id, carried []id) []id {
		return []id{o.combine(w.function, carried[0], take(i))}
	})[0]
	w.barrier() // before the array is used again
	return result
}

// input is a builtin word.
func (w *writer) input(b uint32) id {
	v := w.g.builtin(b)
	if !slices.Contains(w.inputs, v) {
		w.inputs = append(w.inputs, v)
	}
	return w.pure(opLoad, w.uint(32), v)
}
