// Package spirv writes kernels as SPIR-V modules for Vulkan and as the text of the same instructions. It only makes words: it knows no
// device but by its capabilities, which are data, and works on any machine.
package spirv

import (
	"fmt"
	"math"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// generator writes one kernel.
type generator struct {
	k *codegen.Kernel
	c *Capabilities
	*assembler
	on     []codegen.AxisSet // the axes each value depends on
	live   []bool            // values that a store needs
	level  []int             // how many reductions lie beneath one another, up to it
	single codegen.AxisSet   // axes of one point
	flats  []codegen.Affine  // all places that are computed: axes that move together in each are counted as one

	stages   []*stage
	slots    []*slot
	resident map[int]*slot
	cut      map[int]*pieces
	kept     []bool // scans whose results go to scratch memory, and reductions that stages of scans need

	buffers []id             // of params
	texels  bool             // inputs are read as texels
	views   map[[2]uint32]id // of params, by param and type: seen as parts of several elements
	seen    []view           // all of them
	shared  map[int]bool     // params that are seen so
	push    id
	faults  id
	mod     Module
}

// view is a param seen as parts of several elements.
type view struct {
	param  int
	buffer id
}

func newGenerator(k *codegen.Kernel, c *Capabilities) *generator {
	return &generator{k: k, c: c, assembler: newAssembler(), resident: map[int]*slot{}, cut: map[int]*pieces{}, views: map[[2]uint32]id{}, shared: map[int]bool{}}
}

// module writes the kernel.
func (g *generator) module() (*Module, error) {
	g.on = g.k.Depends()
	for i, a := range g.k.Axes {
		if a.Extent == 1 {
			g.single = g.single.Union(codegen.AxesOf(i))
		}
	}
	g.mark()
	g.texels = g.byTexels()
	if err := g.supported(); err != nil {
		return nil, err
	}
	g.plan()
	for i := range g.k.Body {
		if v := &g.k.Body[i]; g.live[i] && (v.Kind == codegen.Load || v.Kind == codegen.Gather) {
			g.flats = append(g.flats, g.flatOf(i))
		}
	}
	for i := range g.k.Stores {
		g.flats = append(g.flats, g.placeOf(i))
	}
	for _, s := range g.slots {
		g.flats = append(g.flats, s.flat)
	}
	if err := g.declare(); err != nil {
		return nil, err
	}
	for i, s := range g.stages {
		if err := g.write(fmt.Sprintf("pass%d", i), s); err != nil {
			return nil, fmt.Errorf("spirv: kernel %s: %w", g.k.Name, err)
		}
	}
	g.alias()
	g.mod.Words = g.words()
	return &g.mod, nil
}

// mark finds the values that stores need, and how deep reductions lie.
func (g *generator) mark() {
	g.live, g.level = make([]bool, len(g.k.Body)), make([]int, len(g.k.Body))
	for i := range g.k.Body {
		v := &g.k.Body[i]
		for _, a := range v.Args {
			g.level[i] = max(g.level[i], g.level[a])
		}
		if v.Kind == codegen.Reduce {
			g.level[i]++
		}
	}
	for _, s := range g.k.Stores {
		g.live[s.Value] = true
	}
	for i := len(g.live) - 1; i >= 0; i-- {
		if g.live[i] {
			for _, a := range g.k.Body[i].Args {
				g.live[a] = true
			}
		}
	}
}

// supported says what the device lacks for the kernel's dtypes and sizes.
func (g *generator) supported() error {
	missing := func(feature, needed, instead string, a ...any) error {
		return &Missing{g.k.Name, feature, fmt.Sprintf(needed, a...), instead}
	}
	cpu := "choose another device, such as the host"
	held := func(d tensor.DType) error {
		switch {
		case d.IsComplex():
			return missing("complex arithmetic", "values of %v that pass expand has not written out", "write products of complex numbers by their parts, or "+cpu, d)
		case d == tensor.Float64 && !g.c.ShaderFloat64:
			return missing("shaderFloat64", "values of %v", "cast to float32, or "+cpu, d)
		case d.IsInt() && d.Size() == 8 && !g.c.ShaderInt64:
			return missing("shaderInt64", "values of %v, which indices and places are too", "cast to int32, or "+cpu, d)
		}
		return nil
	}
	for i := range g.k.Body {
		if err := held(g.k.Body[i].DType); g.live[i] && err != nil {
			return err
		}
	}
	for i := range g.k.Params {
		p := &g.k.Params[i]
		below, above := p.Reach()
		if err := held(p.DType); err != nil {
			return err
		}
		switch {
		case p.DType.Size() == 1 && !g.c.Storage8:
			return missing("storageBuffer8BitAccess", "%v in memory", "cast to 32 bits before, or "+cpu, p.DType)
		case p.DType.Size() == 2 && !g.c.Storage16:
			return missing("storageBuffer16BitAccess", "%v in memory", "cast to 32 bits before, or "+cpu, p.DType)
		case g.texels && !p.Out:
			if most := texelBytes * (g.c.MaxTexels - 1); below > most || above > most-below {
				return missing("maxTexelBufferElements", "%[2]d bytes of %[1]s", "compute it in parts, or "+cpu, p.Name, below+above)
			}
		case below > g.c.MaxStorageBufferRange || above > g.c.MaxStorageBufferRange-below:
			return missing("maxStorageBufferRange", "%[2]d bytes of %[1]s", "compute it in parts, or "+cpu, p.Name, below+above)
		}
	}
	if 4*len(g.k.Params) > g.c.MaxPushConstantsSize {
		return missing("maxPushConstantsSize", "%d buffers", "evaluate a part of the expression first, or "+cpu, len(g.k.Params))
	}
	for i := range g.k.Body {
		if v := &g.k.Body[i]; (v.Kind == codegen.Reduce || v.Kind == codegen.Scan) && g.points(v.Over) > math.MaxInt32 {
			return missing("indices of more than 32 bits", "a reduction of %d points", "reduce in two steps, or "+cpu, g.points(v.Over))
		}
	}
	for i := range g.k.Stores {
		if n := g.count(g.k.Stores[i].Axes()); n > math.MaxInt32 {
			return missing("indices of more than 32 bits", "%d elements", "compute it in parts, or "+cpu, n)
		}
	}
	return nil
}

// declare makes the buffers, the push constants and what the module asks of the device.
func (g *generator) declare() error {
	for i := range g.k.Params {
		p := &g.k.Params[i]
		below, above := p.Reach()
		binding := Binding{Role: Param, Index: i, Out: p.Out, Below: below, Bytes: above}
		if g.texels && !p.Out {
			g.buffers = append(g.buffers, g.bindTexels(binding))
			continue
		}
		g.buffers = append(g.buffers, g.bind(p.DType, binding))
	}
	for _, s := range g.slots {
		bytes := s.count * s.dtype.Size()
		if bytes > g.c.MaxStorageBufferRange {
			return &Missing{g.k.Name, "maxStorageBufferRange", fmt.Sprintf("%d bytes of results on the way", bytes), "compute it in parts, or choose another device, such as the host"}
		}
		s.buffer = g.bind(s.dtype, Binding{Role: Scratch, Offset: g.mod.Scratch, Bytes: bytes})
		g.mod.Scratch += (bytes + 255) &^ 255
	}
	for i := range g.k.Body {
		if v := &g.k.Body[i]; v.Kind == codegen.Gather && g.live[i] && g.faults == 0 {
			g.faults = g.bind(tensor.Uint32, Binding{Role: Faults, Bytes: 4 * FaultWords})
		}
	}
	if n := len(g.mod.Bindings); n > g.c.MaxStorageBuffers {
		return &Missing{g.k.Name, "maxPerStageDescriptorStorageBuffers", fmt.Sprintf("%d buffers", n), "evaluate a part of the expression first, or choose another device, such as the host"}
	}
	g.mod.Push = len(g.k.Params)
	if g.mod.Push > 0 {
		members := make([]id, g.mod.Push)
		for i := range members {
			members[i] = g.uint(32)
		}
		g.push = g.variable(classPushConstant, g.structure(members...))
	}
	return nil
}

// alias says which buffers are the only way to their memory.
func (g *generator) alias() {
	readOnly := false // a map may write where it reads
	for i := range g.k.Body {
		readOnly = readOnly || g.k.Body[i].Kind == codegen.Reduce || g.k.Body[i].Kind == codegen.Scan
	}
	say := func(param int, b id) {
		switch p := &g.k.Params[param]; {
		case g.texels && !p.Out:
		case !readOnly || p.Out && g.shared[param]:
			g.decorate(b, decAliased)
		case p.Out:
			g.decorate(b, decRestrict)
		default:
			g.decorate(b, decNonWritable)
		}
	}
	for i, b := range g.buffers {
		say(i, b)
	}
	for _, v := range g.seen {
		say(v.param, v.buffer)
	}
}

// bind declares the next storage buffer, of elements of d.
func (g *generator) bind(d tensor.DType, b Binding) id {
	v := g.variable(classStorageBuffer, g.structure(g.array(g.memoryType(d), uint32(d.Size()))))
	g.place(v)
	g.mod.Bindings = append(g.mod.Bindings, b)
	return v
}

// place makes v the next binding.
func (g *generator) place(v id) {
	g.decorate(v, decDescriptorSet, 0)
	g.decorate(v, decBinding, uint32(len(g.mod.Bindings)))
}

// memoryType is the type of d's elements in memory.
func (a *assembler) memoryType(d tensor.DType) id {
	switch {
	case d == tensor.Float32:
		return a.float(32)
	case d == tensor.Float64:
		return a.float(64)
	}
	switch d.Size() {
	case 1:
		a.capability(capStorageBuffer8)
		a.extension(storage8)
	case 2:
		a.capability(capStorageBuffer16)
		a.extension(storage16)
	}
	return a.uint(uint32(8 * d.Size()))
}

// controls are the float controls of an entry point: those that the device has, for the widths that the kernel computes with.
func (g *generator) controls(entry id) {
	want := func(have bool, capability, mode, width uint32) {
		if have {
			g.extension(floatExt)
			g.capability(capability)
			g.modes = put(g.modes, opExecutionMode, uint32(entry), mode, width)
		}
	}
	c := g.c
	want(c.RoundingModeRTE32, capRoundingModeRTE, modeRoundingModeRTE, 32)
	want(c.SignedZeroInfNanPreserve32, capSignedZeroInfNanPreserve, modeSignedZeroInfNanPreserve, 32)
	want(c.DenormPreserve32, capDenormPreserve, modeDenormPreserve, 32)
	for i := range g.k.Body {
		if g.live[i] && g.k.Body[i].DType == tensor.Float64 {
			want(c.RoundingModeRTE64, capRoundingModeRTE, modeRoundingModeRTE, 64)
			want(c.SignedZeroInfNanPreserve64, capSignedZeroInfNanPreserve, modeSignedZeroInfNanPreserve, 64)
			want(c.DenormPreserve64, capDenormPreserve, modeDenormPreserve, 64)
			return
		}
	}
}
