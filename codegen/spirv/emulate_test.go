package spirv

import (
	"encoding/binary"
	"fmt"
	"math"
)

// machine executes modules in Go: a device for tests on any machine, and a witness that tells a driver's faults from the generator's. All
// arithmetic is exact or rounded to nearest even, and out of bounds is an error.
type machine struct {
	types   []form // by id
	vars    map[uint32]variable
	consts  map[uint32]uint64
	binding map[uint32]int
	entries map[string]*program
	slot    []uint32 // by id: the place of a pointer or an image, or of a vector, among an invocation's
	places  int
	vectors int
	last    uint32
}

// form is a type: its opcode, the width of a number, the element of a pointer, array or struct.
type form struct {
	code    opcode
	width   uint32
	element uint32
	count   uint32
}

type variable struct{ class, to uint32 }

// step is an instruction of a function.
type step struct {
	code          opcode
	typ, result   uint32
	args          []uint32
	width, width2 uint32 // of the result, of the first argument
}

type program struct {
	steps  []step
	labels []int // by id: the step behind it
	local  uint32
	types  map[uint32]uint32 // of results
}

// space is memory that pointers lead to.
type space struct {
	mem []byte
}

// pointer is a place in the memory of a variable.
type place struct {
	mem *space
	at  int
	typ uint32
}

func load(words []uint32) (*machine, error) {
	m := &machine{types: make([]form, words[3]), vars: map[uint32]variable{}, consts: map[uint32]uint64{}, binding: map[uint32]int{}, entries: map[string]*program{}, last: words[3], slot: make([]uint32, words[3])}
	entries, locals := map[uint32]string{}, map[uint32]uint32{}
	types := map[uint32]uint32{} // of results
	var f *program
	var name uint32
	functions := map[uint32]*program{}
	for at := headerSize; at < len(words); at += int(words[at] >> 16) {
		code, w := opcode(words[at]), words[at+1:at+int(words[at]>>16)]
		switch code {
		case opEntryPoint:
			var s []byte
			for _, x := range w[2:] {
				s = binary.LittleEndian.AppendUint32(s, x)
				if x>>24 == 0 {
					break
				}
			}
			n := 0
			for s[n] != 0 {
				n++
			}
			entries[w[1]] = string(s[:n])
		case opExecutionMode:
			if w[1] == modeLocalSize {
				locals[w[0]] = w[2]
			}
		case opDecorate:
			if w[1] == decBinding {
				m.binding[w[0]] = int(w[2])
			}
			if w[1] == decBuiltIn {
				m.binding[w[0]] = int(w[2])
			}
		case opTypeVoid, opTypeBool, opTypeFunction:
			m.types[w[0]] = form{code: code, width: 1}
		case opTypeInt, opTypeFloat:
			m.types[w[0]] = form{code: code, width: w[1]}
		case opTypeVector:
			m.types[w[0]] = form{code: code, element: w[1], width: w[2] * m.types[w[1]].width, count: w[2]}
		case opTypeRuntimeArray, opTypeStruct, opTypeImage:
			m.types[w[0]] = form{code: code, element: w[1], width: 32}
		case opTypeArray:
			m.types[w[0]] = form{code: code, element: w[1], count: uint32(m.consts[w[2]])}
		case opTypePointer:
			m.types[w[0]] = form{code: code, element: w[2]}
		case opConstant:
			m.consts[w[1]] = uint64(w[2])
			if len(w) > 3 {
				m.consts[w[1]] |= uint64(w[3]) << 32
			}
			types[w[1]] = w[0]
		case opConstantTrue, opConstantFalse:
			m.consts[w[1]] = uint64(opConstantFalse - code)
			types[w[1]] = w[0]
		case opVariable:
			m.vars[w[1]] = variable{w[2], m.types[w[0]].element}
			m.room(w[1], w[0])
		case opFunction:
			f, name = &program{labels: make([]int, words[3]), types: types}, w[1]
		case opFunctionEnd:
			functions[name] = f
			f = nil
		default:
			if f == nil {
				continue
			}
			s := step{code: code, args: w}
			if in := instructions[code]; len(in.operands) > 20 && in.operands[:12] == "IdResultType" {
				s.typ, s.result, s.args = w[0], w[1], w[2:]
				types[s.result] = s.typ
				m.room(s.result, s.typ)
				s.width = m.types[s.typ].width
				if len(s.args) > 0 {
					s.width2 = m.types[types[s.args[0]]].width
				}
				if code == opExtInst {
					s.width2 = s.width
				}
			}
			if code == opLabel {
				f.labels[w[0]] = len(f.steps)
			}
			f.steps = append(f.steps, s)
		}
	}
	for fn, name := range entries {
		functions[fn].local = locals[fn]
		m.entries[name] = functions[fn]
	}
	return m, nil
}

// room gives a result that is no number a place among an invocation's.
func (m *machine) room(result, typ uint32) {
	switch m.types[typ].code {
	case opTypePointer, opTypeImage:
		m.slot[result] = uint32(m.places)
		m.places++
	case opTypeVector:
		m.slot[result] = uint32(m.vectors)
		m.vectors++
	}
}

// subgroup is how many invocations the machine has in one: a number that no power of two of a team is a multiple of.
const subgroup = 6

// together folds a value over each subgroup, the last member's first.
func together(all []invocation) error {
	s := &all[0].p.steps[all[0].pc-1]
	for i := range all {
		if all[i].done || all[i].pc != all[0].pc {
			return fmt.Errorf("%s that invocation %d does not meet", instructions[s.code].name, i)
		}
	}
	for from := 0; from < len(all); from += subgroup {
		members := all[from:min(from+subgroup, len(all))]
		if s.args[1] == groupExclusive {
			if err := before(s, members); err != nil {
				return err
			}
			continue
		}
		last := len(members) - 1
		v := &members[last]
		sum := v.values[s.args[2]]
		for i := last - 1; i >= 0; i-- {
			var err error
			if sum, err = v.folded(s, sum, members[i].values[s.args[2]]); err != nil {
				return err
			}
		}
		for i := range members {
			members[i].values[s.result] = sum
		}
	}
	return nil
}

// before gives each member what those before it fold to. The order of a subgroup's members is not that of the workgroup's: the last one is the
// first.
func before(s *step, members []invocation) error {
	last := len(members) - 1
	v := &members[last]
	sum := v.values[s.args[2]]
	for i := last - 1; i >= 0; i-- {
		x := members[i].values[s.args[2]]
		members[i].values[s.result] = sum
		var err error
		if sum, err = v.folded(s, sum, x); err != nil {
			return err
		}
	}
	v.values[s.result] = neutral(s) // last: folded has written there
	return nil
}

// neutral is what an instruction of subgroups gives of no members.
func neutral(s *step) uint64 {
	all := uint64(math.MaxUint64) >> (64 - s.width)
	switch s.code {
	case opGroupNonUniformSMin:
		return all >> 1
	case opGroupNonUniformSMax:
		return all>>1 + 1
	case opGroupNonUniformUMin, opGroupNonUniformBitwiseAnd:
		return all
	case opGroupNonUniformLogicalAnd, opGroupNonUniformIMul:
		return 1
	case opGroupNonUniformFMul:
		if s.width == 64 {
			return math.Float64bits(1)
		}
		return uint64(math.Float32bits(1))
	}
	return 0
}

// folded is what an instruction of subgroups does to two values.
func (v *invocation) folded(s *step, a, b uint64) (uint64, error) {
	lesser := func(less bool) (uint64, error) {
		if less {
			return a, nil
		}
		return b, nil
	}
	one := *s
	one.width2 = s.width
	switch s.code {
	case opGroupNonUniformSMin:
		return lesser(extend(a, s.width) < extend(b, s.width))
	case opGroupNonUniformSMax:
		return lesser(extend(a, s.width) > extend(b, s.width))
	case opGroupNonUniformUMin:
		return lesser(a < b)
	case opGroupNonUniformUMax:
		return lesser(a > b)
	case opGroupNonUniformLogicalAnd, opGroupNonUniformBitwiseAnd:
		return a & b, nil
	case opGroupNonUniformLogicalOr, opGroupNonUniformBitwiseOr:
		return a | b, nil
	case opGroupNonUniformIAdd:
		return cut(a+b, s.width), nil
	case opGroupNonUniformIMul:
		return cut(a*b, s.width), nil
	case opGroupNonUniformFAdd:
		one.code = opFAdd
	case opGroupNonUniformFMul:
		one.code = opFMul
	}
	x, y := s.args[2], s.result // whose values the instruction gives back
	was := v.values[x]
	v.values[x], v.values[y] = a, b
	one.args = []uint32{x, y}
	err := v.compute(&one, a, b, 0)
	sum := v.values[y]
	v.values[x] = was
	return sum, err
}

// invocation is one in its workgroup.
type invocation struct {
	m        *machine
	p        *program
	pc       int
	block    uint32
	previous uint32
	values   []uint64
	places   []place
	vectors  [][4]uint64
	made     []uint64 // of phis
	group    uint32
	member   uint32
	done     bool
}

// run executes a pass over the memory of bindings.
func (m *machine) run(p *Pass, bindings []*space, push []uint32) error {
	f := m.entries[p.Entry]
	if f.local != p.Local[0] {
		return fmt.Errorf("pass %s: %d invocations, the module says %d", p.Entry, p.Local[0], f.local)
	}
	pushed := &space{}
	for _, w := range push {
		pushed.mem = binary.LittleEndian.AppendUint32(pushed.mem, w)
	}
	all := make([]invocation, p.Local[0])
	for i := range all {
		all[i] = invocation{m: m, p: f, values: make([]uint64, m.last), places: make([]place, m.places), vectors: make([][4]uint64, m.vectors)}
		for c, x := range m.consts {
			all[i].values[c] = x
		}
		for id, q := range m.vars {
			switch q.class {
			case classStorageBuffer, classUniformConstant:
				all[i].places[m.slot[id]] = place{bindings[m.binding[id]], 0, q.to}
			case classPushConstant:
				all[i].places[m.slot[id]] = place{pushed, 0, q.to}
			case classInput:
				all[i].places[m.slot[id]] = place{nil, m.binding[id], q.to}
			}
		}
	}
	for g := range p.Groups[0] {
		for id, q := range m.vars {
			if q.class != classWorkgroup {
				continue
			}
			t := m.types[q.to]
			shared := &space{make([]byte, t.count*m.types[t.element].width/8)}
			for i := range all {
				all[i].places[m.slot[id]] = place{shared, 0, q.to}
			}
		}
		for i := range all {
			v := &all[i]
			v.pc, v.group, v.member, v.done = 0, g, uint32(i), false
		}
		for waiting := true; waiting; {
			waiting = false
			for i := range all {
				if !all[i].done {
					if err := all[i].go_(); err != nil {
						return fmt.Errorf("pass %s, group %d, invocation %d: %w", p.Entry, g, i, err)
					}
					waiting = waiting || !all[i].done
				}
			}
			if waiting && f.steps[all[0].pc-1].code != opControlBarrier {
				if err := together(all); err != nil {
					return fmt.Errorf("pass %s, group %d: %w", p.Entry, g, err)
				}
				continue
			}
			for i := range all { // all stop at the same barrier, or are done
				if waiting && (all[i].done || all[i].pc != all[0].pc) {
					return fmt.Errorf("pass %s, group %d: a barrier that invocation %d does not meet", p.Entry, g, i)
				}
			}
		}
	}
	return nil
}

// go_ runs up to the next barrier.
func (v *invocation) go_() error {
	for {
		s := &v.p.steps[v.pc]
		v.pc++
		switch s.code {
		case opLabel:
			v.block = s.args[0]
			v.phis()
		case opBranch:
			v.jump(s.args[0])
		case opBranchConditional:
			if v.values[s.args[0]] != 0 {
				v.jump(s.args[1])
			} else {
				v.jump(s.args[2])
			}
		case opReturn:
			v.done = true
			return nil
		case opControlBarrier:
			return nil
		case opGroupNonUniformElect:
			v.values[s.result] = 0
			if v.member%subgroup == 0 {
				v.values[s.result] = 1
			}
		case opGroupNonUniformFAdd, opGroupNonUniformFMul, opGroupNonUniformIAdd, opGroupNonUniformIMul, opGroupNonUniformSMin, opGroupNonUniformSMax,
			opGroupNonUniformUMin, opGroupNonUniformUMax, opGroupNonUniformBitwiseAnd, opGroupNonUniformBitwiseOr,
			opGroupNonUniformLogicalAnd, opGroupNonUniformLogicalOr:
			return nil // for the others
		case opLoopMerge, opSelectionMerge:
		default:
			if err := v.execute(s); err != nil {
				return fmt.Errorf("%s of %%%d: %w", instructions[s.code].name, s.result, err)
			}
		}
	}
}

func (v *invocation) jump(label uint32) {
	v.previous = v.block
	v.pc = v.p.labels[label]
}

// phis reads all before it writes any.
func (v *invocation) phis() {
	v.made = v.made[:0]
	at := v.pc
	for ; v.p.steps[at].code == opPhi; at++ {
		s := &v.p.steps[at]
		for k := 0; k < len(s.args); k += 2 {
			if s.args[k+1] == v.previous {
				v.made = append(v.made, v.values[s.args[k]])
			}
		}
	}
	for i, x := range v.made {
		v.values[v.p.steps[v.pc+i].result] = x
	}
	v.pc = at
}

var functions = map[uint32]func(float64) float64{
	glslRoundEven: math.RoundToEven, glslTrunc: math.Trunc, glslFAbs: math.Abs, glslFloor: math.Floor, glslCeil: math.Ceil, glslSqrt: math.Sqrt,
}

func (v *invocation) execute(s *step) error {
	switch s.code {
	case opAccessChain:
		p := v.places[v.m.slot[s.args[0]]]
		for _, index := range s.args[1:] {
			t := v.m.types[p.typ]
			n := int(uint32(v.values[index]))
			switch {
			case t.code == opTypeStruct && v.m.types[t.element].code == opTypeRuntimeArray:
			case t.code == opTypeStruct:
				p.at += 4 * n
			default:
				p.at += n * int(v.m.types[t.element].width) / 8
			}
			p.typ = t.element
		}
		v.places[v.m.slot[s.result]] = p
	case opLoad, opStore, opAtomicCompareExchange:
		return v.memory(s)
	case opCompositeExtract:
		v.values[s.result] = v.vectors[v.m.slot[s.args[0]]][s.args[1]]
	case opCompositeConstruct:
		for i, a := range s.args {
			v.vectors[v.m.slot[s.result]][i] = v.values[a]
		}
	case opImageFetch:
		return v.fetch(s)
	case opBitcast:
		v.bitcast(s)
	case opExtInst:
		v.set(s, functions[s.args[1]](v.number(s.args[2], s.width)))
	default:
		var a [3]uint64
		for i, arg := range s.args {
			a[i] = v.values[arg]
		}
		return v.compute(s, a[0], a[1], a[2])
	}
	return nil
}

func (v *invocation) memory(s *step) error {
	p := v.places[v.m.slot[s.args[0]]]
	t := &v.m.types[p.typ]
	switch {
	case p.mem == nil && p.at == builtinSubgroup:
		v.values[s.result] = uint64(v.member / subgroup)
		return nil
	case p.mem == nil && p.at == builtinNumSubgroups:
		v.values[s.result] = uint64((v.p.local + subgroup - 1) / subgroup)
		return nil
	case p.mem == nil && p.at == builtinLocal: // there is one dimension
		v.vectors[v.m.slot[s.result]] = [4]uint64{uint64(v.member)}
		return nil
	case p.mem == nil:
		v.vectors[v.m.slot[s.result]] = [4]uint64{uint64(v.group)}
		return nil
	case t.code == opTypeImage:
		v.places[v.m.slot[s.result]] = p
		return nil
	}
	n := int(t.width) / 8
	if p.at < 0 || p.at+n > len(p.mem.mem) {
		return fmt.Errorf("byte %d of %d", p.at, len(p.mem.mem))
	}
	if t.code == opTypeVector {
		v.wide(s, t, p.mem.mem[p.at:p.at+n])
		return nil
	}
	var b [8]byte
	copy(b[:], p.mem.mem[p.at:p.at+n])
	was := binary.LittleEndian.Uint64(b[:])
	switch s.code {
	case opLoad:
		v.values[s.result] = was
		return nil
	case opStore:
		was = v.values[s.args[1]]
	default:
		v.values[s.result] = was
		if was == v.values[s.args[5]] {
			was = v.values[s.args[4]]
		}
	}
	binary.LittleEndian.PutUint64(b[:], was)
	copy(p.mem.mem[p.at:p.at+n], b[:])
	return nil
}

// wide loads or stores a vector.
func (v *invocation) wide(s *step, t *form, mem []byte) {
	each := int(v.m.types[t.element].width) / 8
	for i := range int(t.count) {
		part := mem[i*each:][:each]
		var b [8]byte
		if s.code == opLoad {
			copy(b[:], part)
			v.vectors[v.m.slot[s.result]][i] = binary.LittleEndian.Uint64(b[:])
			continue
		}
		binary.LittleEndian.PutUint64(b[:], v.vectors[v.m.slot[s.args[1]]][i])
		copy(part, b[:])
	}
}

// fetch reads a texel, of which a part may lie behind the buffer's last byte.
func (v *invocation) fetch(s *step) error {
	mem, at := v.places[v.m.slot[s.args[0]]].mem.mem, texelBytes*int(uint32(v.values[s.args[1]]))
	if at >= len(mem) {
		return fmt.Errorf("byte %d of %d", at, len(mem))
	}
	var b [texelBytes]byte
	copy(b[:], mem[at:])
	for i := range 4 {
		v.vectors[v.m.slot[s.result]][i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return nil
}

// bitcast takes the bits of a number or of a vector for those of another.
func (v *invocation) bitcast(s *step) {
	from, to := v.m.types[v.p.types[s.args[0]]], v.m.types[s.typ]
	switch {
	case from.code == opTypeVector && to.code != opTypeVector:
		x := v.vectors[v.m.slot[s.args[0]]]
		v.values[s.result] = x[0] | x[1]<<32
	case from.code != opTypeVector && to.code == opTypeVector:
		x := v.values[s.args[0]]
		v.vectors[v.m.slot[s.result]] = [4]uint64{x & math.MaxUint32, x >> 32}
	default:
		v.values[s.result] = v.values[s.args[0]]
	}
}

// number is a float operand.
func (v *invocation) number(id, width uint32) float64 {
	if width == 32 {
		return float64(math.Float32frombits(uint32(v.values[id])))
	}
	return math.Float64frombits(v.values[id])
}

func (v *invocation) set(s *step, x float64) {
	if s.width == 32 {
		v.values[s.result] = uint64(math.Float32bits(float32(x)))
	} else {
		v.values[s.result] = math.Float64bits(x)
	}
}

func extend(x uint64, width uint32) int64 { return int64(x<<(64-width)) >> (64 - width) }

func cut(x uint64, width uint32) uint64 { return x & (math.MaxUint64 >> (64 - width)) }

// compute is an instruction of values. Sums, products and quotients of float32s are those of float64s, rounded: these have more than twice
// their digits.
func (v *invocation) compute(s *step, a, b, c uint64) error {
	w := s.width2
	truth := func(x bool) {
		v.values[s.result] = 0
		if x {
			v.values[s.result] = 1
		}
	}
	word := func(x uint64) { v.values[s.result] = cut(x, s.width) }
	float := func(i int) float64 { return v.number(s.args[i], w) }
	switch s.code {
	case opCopyObject:
		v.values[s.result] = a
	case opSelect:
		v.values[s.result] = c
		if a != 0 {
			v.values[s.result] = b
		}
	case opIAdd:
		word(a + b)
	case opISub:
		word(a - b)
	case opIMul:
		word(a * b)
	case opSNegate:
		word(-a)
	case opUDiv, opUMod:
		if b == 0 {
			return fmt.Errorf("division by zero")
		}
		if s.code == opUDiv {
			word(a / b)
		} else {
			word(a % b)
		}
	case opBitwiseAnd:
		word(a & b)
	case opBitwiseOr:
		word(a | b)
	case opBitwiseXor:
		word(a ^ b)
	case opNot:
		word(^a)
	case opShiftLeftLogical, opShiftRightLogical, opShiftRightArithmetic:
		if b >= uint64(s.width) {
			return fmt.Errorf("a shift by %d", b)
		}
		switch s.code {
		case opShiftLeftLogical:
			word(a << b)
		case opShiftRightLogical:
			word(a >> b)
		default:
			word(uint64(extend(a, w) >> b))
		}
	case opUConvert:
		word(a)
	case opSConvert:
		word(uint64(extend(a, w)))
	case opLogicalAnd:
		truth(a&b != 0)
	case opLogicalOr:
		truth(a|b != 0)
	case opLogicalNotEqual:
		truth(a != b)
	case opLogicalNot:
		truth(a == 0)
	case opIEqual:
		truth(a == b)
	case opINotEqual:
		truth(a != b)
	case opULessThan:
		truth(a < b)
	case opULessThanEqual:
		truth(a <= b)
	case opUGreaterThan:
		truth(a > b)
	case opUGreaterThanEqual:
		truth(a >= b)
	case opSLessThan:
		truth(extend(a, w) < extend(b, w))
	case opSLessThanEqual:
		truth(extend(a, w) <= extend(b, w))
	case opSGreaterThan:
		truth(extend(a, w) > extend(b, w))
	case opSGreaterThanEqual:
		truth(extend(a, w) >= extend(b, w))
	case opFAdd:
		v.set(s, float(0)+float(1))
	case opFSub:
		v.set(s, float(0)-float(1))
	case opFMul:
		v.set(s, float(0)*float(1))
	case opFDiv:
		v.set(s, float(0)/float(1))
	case opFNegate:
		v.set(s, -float(0))
	case opFOrdEqual:
		truth(float(0) == float(1))
	case opFUnordNotEqual:
		truth(float(0) != float(1))
	case opFOrdLessThan:
		truth(float(0) < float(1))
	case opFOrdLessThanEqual:
		truth(float(0) <= float(1))
	case opFOrdGreaterThan:
		truth(float(0) > float(1))
	case opFOrdGreaterThanEqual:
		truth(float(0) >= float(1))
	case opFConvert:
		v.set(s, float(0))
	case opConvertSToF:
		v.convert(s, extend(a, w) < 0, uint64(max(extend(a, w), -extend(a, w))))
	case opConvertUToF:
		v.convert(s, false, a)
	case opConvertFToS:
		x := math.Trunc(float(0))
		if limit := math.Ldexp(1, int(s.width)-1); x >= limit || x < -limit {
			return fmt.Errorf("%v is out of range", x)
		}
		word(uint64(int64(x)))
	case opConvertFToU:
		x := math.Trunc(float(0))
		if x < 0 || x >= math.Ldexp(1, int(s.width)) {
			return fmt.Errorf("%v is out of range", x)
		}
		word(uint64(x))
	default:
		return fmt.Errorf("the machine does not know it")
	}
	return nil
}

// convert rounds an integer once.
func (v *invocation) convert(s *step, negative bool, size uint64) {
	x := float64(size)
	if s.width == 32 {
		x = float64(float32(size))
	}
	if negative {
		x = -x
	}
	v.set(s, x)
}
