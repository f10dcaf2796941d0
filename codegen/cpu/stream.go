package cpu

import (
	"math/bits"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// stream is one way that a kernel goes through a param: the affine address of a load or a store, in bytes,
//
//	base[param] + offset + sum over axes a of step[a] * a.
//
// Which steps are 0 and which one element is part of a kernel's structure; how large the others are is read at run time.
type stream struct {
	param  int
	at     []codegen.Affine
	dtype  tensor.DType
	offset int
	step   []int // by axis, in bytes
}

// class says how a stream moves along an axis.
type class uint8

const (
	still    class = iota // not at all
	adjacent              // by one element
	strided               // by a number read at run time
)

func (s *stream) class(axis int) class {
	if axis < 0 { // a kernel of one point has no vector axis
		return still
	}
	switch s.step[axis] {
	case 0:
		return still
	case s.dtype.Size():
		return adjacent
	}
	return strided
}

func (s *stream) bytes() int { return s.dtype.Size() }

// streamsOf lists the streams of k; of gives the one of a load or store.
func streamsOf(k *codegen.Kernel) (list []stream) {
	for i := range k.Body {
		if v := &k.Body[i]; v.Kind == codegen.Load || v.Kind == codegen.Gather {
			list = addStream(k, list, v.Param, v.At)
		}
	}
	for i := range k.Stores {
		list = addStream(k, list, k.Stores[i].Param, k.Stores[i].At)
	}
	return list
}

func addStream(k *codegen.Kernel, list []stream, param int, at []codegen.Affine) []stream {
	if findStream(list, param, at) >= 0 {
		return list
	}
	p := &k.Params[param]
	s := stream{param: param, at: at, dtype: p.DType, step: make([]int, len(k.Axes))}
	for d, a := range at {
		s.offset += a.Const * p.Strides[d] * p.DType.Size()
		for _, t := range a.Terms {
			if k.Axes[t.Axis].Extent > 1 { // an axis of one point does not move
				s.step[t.Axis] += t.Coef * p.Strides[d] * p.DType.Size()
			}
		}
	}
	return append(list, s)
}

func findStream(list []stream, param int, at []codegen.Affine) int {
	return slices.IndexFunc(list, func(s stream) bool {
		return s.param == param && slices.EqualFunc(s.at, at, codegen.Affine.Equal)
	})
}

// number is something that code reads at run time: kernels of one structure differ in their numbers.
type number struct {
	kind numberKind
	a, b int // of the kind: an axis, a stream
	mul  int
}

type numberKind uint8

const (
	extentOf    numberKind = iota // points of axis a
	doublingsOf                   // the logarithm to the base 2 of that
	offsetOf                      // bytes to stream a's first element
	stepOf                        // bytes of stream a along axis b, times mul
	wholeOf                       // points of cut a's axis before it was cut
	roomOf                        // bytes of a buffer of saved values, times mul
	blockOf                       // a size of a packed contraction: a is a blockSize
	spanOf                        // elements that the index of gather a runs over
	strideOf                      // bytes from one of them to the next
)

// numbers are those of one function, each once.
type numbers struct {
	base   int // where the function's numbers begin among the object's
	checks int // where its checks begin
	list   []number
}

// at is the byte at which x stands in the object's numbers.
func (n *numbers) at(x number) int {
	i := slices.Index(n.list, x)
	if i < 0 {
		i = len(n.list)
		n.list = append(n.list, x)
	}
	return 8 * (n.base + i)
}

// values computes the numbers of u.
func (n *numbers) values(u *unit, out []int64) []int64 {
	var blocks *gettBlocks
	for _, x := range n.list {
		v := 0
		switch x.kind {
		case extentOf:
			v = u.k.Axes[x.a].Extent
		case doublingsOf:
			v = bits.Len(uint(u.k.Axes[x.a].Extent)) - 1
		case offsetOf:
			v = u.streams[x.a].offset
		case stepOf:
			v = u.streams[x.a].step[x.b] * x.mul
		case wholeOf:
			v = u.cuts[x.a].whole
		case roomOf:
			v = u.room() * x.mul
		case blockOf:
			if blocks == nil {
				blocks = u.blocks()
			}
			v = blocks.size(blockSize(x.a))
		case spanOf:
			g := &u.k.Body[x.a]
			v = u.k.Params[g.Param].Dims[g.Dim]
		case strideOf:
			g := &u.k.Body[x.a]
			v = u.k.Params[g.Param].Strides[g.Dim] * g.DType.Size()
		}
		out = append(out, int64(v))
	}
	return out
}
