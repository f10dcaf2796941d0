package spirv

// function writes the body of an entry point. Its scopes are nested blocks whose words are not put together yet: an instruction without
// side effects goes to the outermost scope that has all its operands, and is made once there. So nothing is computed in a loop that could
// be computed before it.
type function struct {
	*assembler
	c      *Capabilities
	scopes []*scope
	level  map[id]int  // of values made in scopes but the outermost
	fixed  map[id]bool // values computed of constants alone
}

// scope is straight code (with finished loops in it) that ends in the block called block.
type scope struct {
	words []uint32
	made  map[string]id
	first id // the block that it begins with
	block id
}

func newFunction(a *assembler, c *Capabilities) *function {
	f := &function{assembler: a, c: c, level: map[id]int{}, fixed: map[id]bool{}}
	f.open()
	return f
}

// open begins a scope inside the innermost one, in a block of its own.
func (f *function) open() {
	first := f.fresh()
	f.scopes = append(f.scopes, &scope{made: map[string]id{}, first: first, block: first})
}

func (f *function) top() *scope { return f.scopes[len(f.scopes)-1] }

// shut ends the innermost scope.
func (f *function) shut() *scope {
	s := f.top()
	f.scopes = f.scopes[:len(f.scopes)-1]
	return s
}

// within calls body with the scopes from the outermost to number level: what it writes comes before what the inner scopes hold.
func (f *function) within(level int, body func()) {
	all := f.scopes
	f.scopes = all[: level+1 : level+1]
	body()
	f.scopes = all
}

// here says that x is a value of the innermost scope.
func (f *function) here(x id) id {
	if n := len(f.scopes) - 1; n > 0 {
		f.level[x] = n
	} else {
		delete(f.level, x)
	}
	return x
}

// pure is the result of an instruction that depends on its operands alone, all of them ids.
func (f *function) pure(code opcode, t id, args ...id) id {
	level, fixed := 0, true
	words := make([]uint32, len(args))
	for i, a := range args {
		words[i] = uint32(a)
		level = max(level, f.level[a])
		fixed = fixed && f.known(a)
	}
	x := f.at(level, code, t, words)
	if fixed {
		f.fixed[x] = true
	}
	return x
}

// known says whether a driver can know a value before it runs.
func (f *function) known(x id) bool { return f.constants[x] || f.fixed[x] }

// extracted is a member of a composite.
func (f *function) extracted(t, composite id, member uint32) id {
	return f.at(f.level[composite], opCompositeExtract, t, []uint32{uint32(composite), member})
}

// glslOf is an instruction of GLSL.std.450.
func (f *function) glslOf(instruction uint32, t id, x id) id {
	y := f.at(f.level[x], opExtInst, t, []uint32{uint32(f.glsl()), instruction, uint32(x)})
	if f.known(x) {
		f.fixed[y] = true
	}
	return y
}

func (f *function) at(level int, code opcode, t id, words []uint32) id {
	s := f.scopes[level]
	k := string(f.keyOf(code, append([]uint32{uint32(t)}, words...)...))
	if x := s.made[k]; x != 0 {
		return x
	}
	x := f.fresh()
	s.made[k] = x
	if level > 0 {
		f.level[x] = level
	}
	s.words = put(s.words, code, append([]uint32{uint32(t), uint32(x)}, words...)...)
	return x
}

// exact is pure, and not to be rearranged.
func (f *function) exact(code opcode, t id, args ...id) id {
	before := f.last
	x := f.pure(code, t, args...)
	if x > before {
		f.decorate(x, decNoContraction)
	}
	return x
}

// do appends an instruction without a result.
func (f *function) do(code opcode, operands ...uint32) {
	s := f.top()
	s.words = put(s.words, code, operands...)
}

// get appends an instruction whose result depends on when it is done.
func (f *function) get(code opcode, t id, operands ...uint32) id {
	x := f.here(f.fresh())
	f.do(code, append([]uint32{uint32(t), uint32(x)}, operands...)...)
	return x
}

// same is another name of x in the innermost scope: what depends on it is not computed further out.
func (f *function) same(t, x id) id { return f.get(opCopyObject, t, uint32(x)) }

// loop calls body for the numbers i = from, from + step ... below to, with what the round before gave for the carried values; the results
// of the last round come back.
func (f *function) loop(from, to, step id, types, carried []id, body func(i id, carried []id) []id) []id {
	header, check, next, end := f.fresh(), f.fresh(), f.fresh(), f.fresh()
	f.open()
	i, stepped := f.here(f.fresh()), f.fresh()
	phis := make([]id, len(carried))
	for k := range phis {
		phis[k] = f.here(f.fresh())
	}
	made := body(i, phis)
	inner := f.shut()
	outer := f.top()
	word := f.uint(32)
	f.do(opBranch, uint32(header))
	f.do(opLabel, uint32(header))
	f.do(opPhi, uint32(word), uint32(i), uint32(from), uint32(outer.block), uint32(stepped), uint32(next))
	for k, p := range phis {
		f.do(opPhi, uint32(types[k]), uint32(p), uint32(carried[k]), uint32(outer.block), uint32(made[k]), uint32(next))
	}
	f.do(opLoopMerge, uint32(end), uint32(next), loopControlNone)
	f.do(opBranch, uint32(check))
	f.do(opLabel, uint32(check))
	more := f.fresh()
	f.do(opULessThan, uint32(f.boolean()), uint32(more), uint32(i), uint32(to))
	f.do(opBranchConditional, uint32(more), uint32(inner.first), uint32(end))
	f.do(opLabel, uint32(inner.first))
	outer.words = append(outer.words, inner.words...)
	f.do(opBranch, uint32(next))
	f.do(opLabel, uint32(next))
	f.do(opIAdd, uint32(word), uint32(stepped), uint32(i), uint32(step))
	f.do(opBranch, uint32(header))
	f.do(opLabel, uint32(end))
	outer.block = end
	for _, p := range phis {
		f.here(p)
	}
	return phis
}

// when calls body for what is done only where condition holds.
func (f *function) when(condition id, body func()) {
	f.open()
	body()
	inner := f.shut()
	outer, end := f.top(), f.fresh()
	f.do(opSelectionMerge, uint32(end), selectionControlNone)
	f.do(opBranchConditional, uint32(condition), uint32(inner.first), uint32(end))
	f.do(opLabel, uint32(inner.first))
	outer.words = append(outer.words, inner.words...)
	f.do(opBranch, uint32(end))
	f.do(opLabel, uint32(end))
	outer.block = end
}

// either calls one of two bodies.
func (f *function) either(condition id, yes, no func()) {
	f.when(condition, yes)
	f.when(f.pure(opLogicalNot, f.boolean(), condition), no)
}

// barrier waits for all invocations of the workgroup, and makes what they wrote to shared memory visible to one another.
func (f *function) barrier() {
	w := uint32(f.number(scopeWorkgroup))
	f.do(opControlBarrier, w, w, uint32(f.number(acquireReleaseShared)))
}

// finish puts the function among the module's, and gives its name.
func (f *function) finish() id {
	body := f.shut()
	name := f.fresh()
	void := f.void()
	signature := f.typ(opTypeFunction, uint32(void))
	w := put(f.functions, opFunction, uint32(void), uint32(name), 0, uint32(signature))
	w = put(w, opLabel, uint32(body.first))
	w = append(w, body.words...)
	w = put(w, opReturn)
	f.functions = put(w, opFunctionEnd)
	return name
}
