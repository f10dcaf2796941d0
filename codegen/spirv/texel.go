package spirv

import (
	"github.com/einloom/einloom/tensor"
)

// Mesa's code for CPUs reads storage buffers one lane after the other, each with a branch for its bounds and another for whether the lane is
// active, through vectors in memory. Texels it reads for all lanes at once, 16 bytes a lane, without a branch. So CPU devices read
// inputs as texels of four words, whatever their dtype is (docs/gpu.md has the times).

// texelBytes are the bytes of a texel.
const texelBytes = 16

// mostTexelBuffers is how many a shader can read on every device (the least maxPerStageDescriptorSampledImages there is).
const mostTexelBuffers = 16

// byTexels says whether inputs are read as texels.
func (g *generator) byTexels() bool {
	n := 0
	for i := range g.k.Params {
		if !g.k.Params[i].Out {
			n++
		}
	}
	return g.c.Type == CPU && g.c.MaxTexels > 0 && n <= mostTexelBuffers
}

// bindTexels declares the next uniform texel buffer.
func (g *generator) bindTexels(b Binding) id {
	g.capability(capSampledBuffer)
	v := g.variable(classUniformConstant, g.image())
	g.place(v)
	b.Texels = true
	g.mod.Bindings = append(g.mod.Bindings, b)
	return v
}

// image is the type of a buffer of texels.
func (a *assembler) image() id {
	return a.typ(opTypeImage, uint32(a.uint(32)), dimBuffer, 0, 0, 0, sampled, formatUnknown)
}

// vector is the type of n words.
func (a *assembler) vector(n uint32) id { return a.typ(opTypeVector, uint32(a.uint(32)), n) }

// fetch is texel number at of an input.
func (w *writer) fetch(param int, at id) id {
	image := w.pure(opLoad, w.image(), w.g.buffers[param])
	return w.pure(opImageFetch, w.vector(4), image, at)
}

// texel is element number at of an input, as load gives it.
func (w *writer) texel(param int, at id) id {
	d := w.g.k.Params[param].DType
	word := w.uint(32)
	part := func(places, mask uint32) id {
		return w.pure(opBitwiseAnd, word, w.pure(opShiftRightLogical, word, at, w.number(places)), w.number(mask))
	}
	odd := func(x id) id {
		return w.pure(opINotEqual, w.boolean(), w.pure(opBitwiseAnd, word, x, w.number(1)), w.number(0))
	}
	down := func(places uint32) id { return w.pure(opShiftRightLogical, word, at, w.number(places)) }
	switch d.Size() {
	case 8:
		t, high := w.fetch(param, down(1)), odd(at)
		return w.long(d, w.choose(word, high, w.extracted(word, t, 2), w.extracted(word, t, 0)), w.choose(word, high, w.extracted(word, t, 3), w.extracted(word, t, 1)))
	case 4:
		return w.fromWord(d, w.chosen(w.fetch(param, down(2)), at))
	case 2:
		x := w.chosen(w.fetch(param, down(3)), down(1))
		return w.unpacked(d, x, w.pure(opShiftLeftLogical, word, part(0, 1), w.number(4)))
	}
	x := w.chosen(w.fetch(param, down(4)), down(2))
	return w.unpacked(d, x, w.pure(opShiftLeftLogical, word, part(0, 3), w.number(3)))
}

// chosen is word number n, modulo 4, of a texel.
func (w *writer) chosen(texel, n id) id {
	word := w.uint(32)
	bit := func(b uint32) id {
		return w.pure(opINotEqual, w.boolean(), w.pure(opBitwiseAnd, word, n, w.number(b)), w.number(0))
	}
	of := func(i uint32) id { return w.extracted(word, texel, i) }
	low, high := bit(1), bit(2)
	return w.choose(word, high, w.choose(word, low, of(3), of(2)), w.choose(word, low, of(1), of(0)))
}

// fromWord is a value of 32 bits from its word.
func (w *writer) fromWord(d tensor.DType, x id) id {
	if d == tensor.Float32 {
		return w.pure(opBitcast, w.float(32), x)
	}
	return x
}

// long is a value of 64 bits from its words.
func (w *writer) long(d tensor.DType, low, high id) id {
	return w.pure(opBitcast, w.typeOf(d), w.pure(opCompositeConstruct, w.vector(2), low, high))
}

// unpacked is the narrow value that lies so many places up in a word.
func (w *writer) unpacked(d tensor.DType, x, places id) id {
	word := w.uint(32)
	x = w.pure(opShiftRightLogical, word, x, places)
	if d.IsSigned() && d.IsInt() {
		return w.settled(d, x)
	}
	x = w.pure(opBitwiseAnd, word, x, w.number(1<<width(d)-1))
	if d.IsBool() {
		return w.pure(opINotEqual, w.boolean(), x, w.number(0))
	}
	return x
}
