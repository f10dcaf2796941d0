package spirv

import (
	"slices"

	"github.com/einloom/einloom/tensor"
)

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
	t := w.typeOf(o.d)
	cells := w.partsOfSubgroups(o, code, x)
	result := w.loop(w.number(1), w.input(builtinNumSubgroups), w.number(1), []id{t}, cells.take(w.number(0)), func(i id, carried []id) []id {
		return []id{o.combine(w.function, carried[0], cells.take(i)[0])}
	})[0]
	w.barrier() // before the array is used again
	return result
}

// partsOfSubgroups folds x over each subgroup, into a cell for each.
func (w *writer) partsOfSubgroups(o folder, code opcode, x id) cells {
	cells := w.cellsOf(o, w.s.team)
	part := w.bySubgroup(o, code, groupReduce, x)
	one := w.get(opGroupNonUniformElect, w.boolean(), uint32(w.number(scopeSubgroup)))
	w.when(one, func() { cells.put(w.input(builtinSubgroup), part) })
	w.barrier()
	return cells
}

// bySubgroup is an instruction of subgroups: of all members, or of those before the invocation.
func (w *writer) bySubgroup(o folder, code opcode, operation uint32, x id) id {
	w.capability(capGroupNonUniform)
	w.capability(capGroupNonUniformArithmetic)
	part := w.get(code, w.typeOf(o.d), uint32(w.number(scopeSubgroup)), operation, uint32(x))
	if o.d.IsInt() {
		part = w.settled(o.d, part)
	}
	return part
}

// input is a builtin word.
func (w *writer) input(b uint32) id {
	v := w.g.builtin(b)
	if !slices.Contains(w.inputs, v) {
		w.inputs = append(w.inputs, v)
	}
	return w.pure(opLoad, w.uint(32), v)
}

// rankBySubgroups counts the invocations of the subgroups before, and those before it in its own.
func (w *writer) rankBySubgroups() {
	ones := folder{name: "add", d: tensor.Uint32}
	before, _ := w.scanBySubgroups(ones, opGroupNonUniformIAdd, w.number(1))
	w.ranked = before
}

// scanBySubgroups scans each subgroup by an instruction, and what the subgroups give one after the other.
func (w *writer) scanBySubgroups(o folder, code opcode, x id) (before, all id) {
	t := w.typeOf(o.d)
	mine := w.bySubgroup(o, code, groupExclusive, x)
	cells := w.partsOfSubgroups(o, code, x)
	number := w.input(builtinSubgroup)
	nothing := o.initial(w.function, 0, false)[0]
	made := w.loop(w.number(0), w.input(builtinNumSubgroups), w.number(1), []id{t, t}, []id{nothing, nothing}, func(i id, carried []id) []id {
		got := cells.take(i)[0]
		sum := o.combine(w.function, carried[1], got)
		earlier := w.pure(opULessThan, w.boolean(), i, number)
		return []id{w.choose(t, earlier, sum, carried[0]), sum}
	})
	w.barrier() // before the array is used again
	return o.combine(w.function, made[0], mine), made[1]
}
