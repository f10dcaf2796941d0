package spirv

import "encoding/binary"

// opcode is the number of an instruction.
type opcode uint16

// id names a type, a constant, a value or a block of the module.
type id uint32

// Values of operands, by the names of the SPIR-V specification (version 1.6, section 3).
const (
	magic      = 0x07230203
	version    = 0x00010300 // of Vulkan 1.1
	glsl450    = "GLSL.std.450"
	floatExt   = "SPV_KHR_float_controls"
	storage16  = "SPV_KHR_16bit_storage"
	storage8   = "SPV_KHR_8bit_storage"
	headerSize = 5

	capShader, capFloat64, capInt64                   = 1, 10, 11
	capStorageBuffer16, capStorageBuffer8             = 4433, 4448
	capSampledBuffer                                  = 46
	capGroupNonUniform, capGroupNonUniformArithmetic  = 61, 63
	capDenormPreserve, capSignedZeroInfNanPreserve    = 4464, 4466
	capRoundingModeRTE                                = 4467
	modeLocalSize, modeDenormPreserve                 = 17, 4459
	modeSignedZeroInfNanPreserve, modeRoundingModeRTE = 4461, 4462
	classInput, classWorkgroup, classUniformConstant  = 1, 4, 0
	classPushConstant, classStorageBuffer             = 9, 12
	decBlock, decArrayStride, decBuiltIn, decAliased  = 2, 6, 11, 20
	decNonWritable, decBinding, decDescriptorSet      = 24, 33, 34
	decRestrict, decOffset, decNoContraction          = 19, 35, 42
	builtinWorkgroup, builtinLocal                    = 26, 27
	builtinNumSubgroups, builtinSubgroup              = 38, 40
	modelGLCompute, logical, memoryGLSL450            = 5, 0, 1
	scopeDevice, scopeWorkgroup, scopeSubgroup        = 1, 2, 3
	groupReduce, groupExclusive                       = 0, 2
	acquireReleaseShared, relaxed                     = 0x108, 0
	loopControlNone, selectionControlNone             = 0, 0
	dimBuffer, sampled, formatUnknown                 = 5, 1, 0
)

// The instructions of GLSL.std.450 that are used: those whose results are exact.
const (
	glslRoundEven = 2
	glslTrunc     = 3
	glslFAbs      = 4
	glslFloor     = 8
	glslCeil      = 9
	glslSqrt      = 31
)

// glslNames are their names.
var glslNames = map[uint32]string{
	glslRoundEven: "RoundEven", glslTrunc: "Trunc", glslFAbs: "FAbs", glslFloor: "Floor", glslCeil: "Ceil", glslSqrt: "Sqrt",
}

// assembler gathers the words of a module, in the sections that SPIR-V orders them by. Types, constants and decorations that are there
// are not made twice.
type assembler struct {
	last         id
	capabilities []uint32
	extensions   []uint32
	imports      []uint32
	entries      []uint32
	modes        []uint32
	annotations  []uint32
	globals      []uint32
	functions    []uint32
	made         map[string]id
	constants    map[id]bool
	key          []byte
}

func newAssembler() *assembler {
	a := &assembler{made: map[string]id{}, constants: map[id]bool{}}
	a.capability(capShader)
	return a
}

func (a *assembler) fresh() id {
	a.last++
	return a.last
}

// put appends an instruction to a section.
func put(section []uint32, code opcode, operands ...uint32) []uint32 {
	section = append(section, uint32(len(operands)+1)<<16|uint32(code))
	return append(section, operands...)
}

// keyOf is a map key of an instruction without its result; a string(keyOf()) in an index expression costs no memory.
func (a *assembler) keyOf(code opcode, operands ...uint32) []byte {
	a.key = binary.LittleEndian.AppendUint16(a.key[:0], uint16(code))
	for _, w := range operands {
		a.key = binary.LittleEndian.AppendUint32(a.key, w)
	}
	return a.key
}

// once says whether the instruction is new, and remembers it.
func (a *assembler) once(code opcode, operands ...uint32) bool {
	k := a.keyOf(code, operands...)
	if a.made[string(k)] != 0 {
		return false
	}
	a.made[string(k)] = a.fresh()
	return true
}

func (a *assembler) capability(c uint32) {
	k := a.keyOf(opCapability, c)
	if a.made[string(k)] == 0 {
		a.made[string(k)] = 1
		a.capabilities = put(a.capabilities, opCapability, c)
	}
}

func (a *assembler) extension(name string) {
	w := literal(name)
	k := a.keyOf(opExtension, w...)
	if a.made[string(k)] == 0 {
		a.made[string(k)] = 1
		a.extensions = put(a.extensions, opExtension, w...)
	}
}

// glsl is the instruction set GLSL.std.450.
func (a *assembler) glsl() id {
	w := literal(glsl450)
	k := string(a.keyOf(opExtInstImport, w...))
	if a.made[k] == 0 {
		a.made[k] = a.fresh()
		a.imports = put(a.imports, opExtInstImport, append([]uint32{uint32(a.made[k])}, w...)...)
	}
	return a.made[k]
}

// literal is a string as words, with the zero byte that ends it.
func literal(s string) []uint32 {
	w := make([]uint32, len(s)/4+1)
	for i := range len(s) {
		w[i/4] |= uint32(s[i]) << (i % 4 * 8)
	}
	return w
}

// typ is a type.
func (a *assembler) typ(code opcode, operands ...uint32) id {
	k := string(a.keyOf(code, operands...))
	t := a.made[k]
	if t == 0 {
		t = a.fresh()
		a.made[k] = t
		a.globals = put(a.globals, code, append([]uint32{uint32(t)}, operands...)...)
	}
	return t
}

func (a *assembler) void() id    { return a.typ(opTypeVoid) }
func (a *assembler) boolean() id { return a.typ(opTypeBool) }

// uint is the integer type of a width. 8 and 16 bits are for memory alone.
func (a *assembler) uint(width uint32) id {
	if width == 64 {
		a.capability(capInt64)
	}
	return a.typ(opTypeInt, width, 0)
}

func (a *assembler) float(width uint32) id {
	if width == 64 {
		a.capability(capFloat64)
	}
	return a.typ(opTypeFloat, width)
}

func (a *assembler) pointer(class uint32, to id) id {
	return a.typ(opTypePointer, class, uint32(to))
}

// constant is a constant of a type by its words, the low one first.
func (a *assembler) constant(t id, words ...uint32) id {
	return a.value(opConstant, t, words...)
}

func (a *assembler) truth(b bool) id {
	if b {
		return a.value(opConstantTrue, a.boolean())
	}
	return a.value(opConstantFalse, a.boolean())
}

func (a *assembler) value(code opcode, t id, words ...uint32) id {
	list := append([]uint32{uint32(t)}, words...)
	k := string(a.keyOf(code, list...))
	c := a.made[k]
	if c == 0 {
		c = a.fresh()
		a.made[k], a.constants[c] = c, true
		a.globals = put(a.globals, code, append([]uint32{uint32(t), uint32(c)}, words...)...)
	}
	return c
}

// number is a 32-bit unsigned constant.
func (a *assembler) number(n uint32) id { return a.constant(a.uint(32), n) }

func (a *assembler) decorate(x id, operands ...uint32) {
	a.annotations = put(a.annotations, opDecorate, append([]uint32{uint32(x)}, operands...)...)
}

// structure is a Block of one member at offset 0 for a buffer, or of 32-bit words for push constants.
func (a *assembler) structure(members ...id) id {
	words := make([]uint32, len(members))
	for i, m := range members {
		words[i] = uint32(m)
	}
	s := a.typ(opTypeStruct, words...)
	if a.once(opDecorate, uint32(s), decBlock) {
		a.decorate(s, decBlock)
		for i := range members {
			a.annotations = put(a.annotations, opMemberDecorate, uint32(s), uint32(i), decOffset, uint32(4*i))
		}
	}
	return s
}

// array is a runtime array of elements of so many bytes.
func (a *assembler) array(element id, stride uint32) id {
	t := a.typ(opTypeRuntimeArray, uint32(element))
	if a.once(opDecorate, uint32(t), decArrayStride) {
		a.decorate(t, decArrayStride, stride)
	}
	return t
}

// variable declares a global of a type.
func (a *assembler) variable(class uint32, t id) id {
	p := a.pointer(class, t)
	v := a.fresh()
	a.globals = put(a.globals, opVariable, uint32(p), uint32(v), class)
	return v
}

// builtin is an input variable: a word, or three of them.
func (a *assembler) builtin(b uint32) id {
	k := string(a.keyOf(opVariable, classInput, b))
	if a.made[k] == 0 {
		t := a.uint(32)
		if b == builtinWorkgroup || b == builtinLocal {
			t = a.vector(3)
		}
		v := a.variable(classInput, t)
		a.decorate(v, decBuiltIn, b)
		a.made[k] = v
	}
	return a.made[k]
}

// entry makes a finished function an entry point.
func (a *assembler) entry(name string, f id, local [3]uint32, inputs ...id) {
	operands := append([]uint32{modelGLCompute, uint32(f)}, literal(name)...)
	for _, v := range inputs {
		operands = append(operands, uint32(v))
	}
	a.entries = put(a.entries, opEntryPoint, operands...)
	a.modes = put(a.modes, opExecutionMode, uint32(f), modeLocalSize, local[0], local[1], local[2])
}

// words puts the sections together.
func (a *assembler) words() []uint32 {
	w := []uint32{magic, version, 0, uint32(a.last) + 1, 0}
	w = append(w, a.capabilities...)
	w = append(w, a.extensions...)
	w = append(w, a.imports...)
	w = put(w, opMemoryModel, logical, memoryGLSL450)
	for _, s := range [][]uint32{a.entries, a.modes, a.annotations, a.globals, a.functions} {
		w = append(w, s...)
	}
	return w
}
