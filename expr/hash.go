package expr

import (
	"math"
	"math/bits"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// Hash is a number that equal graphs have in common, in any process. Data counts by dtype, shape and strides; neither contents nor
// places count.
func (n *Node) Hash() uint64 { return n.hash }

// hasher mixes numbers into one by multiplying to 128 bits and folding.
type hasher uint64

func (h *hasher) num(v uint64) {
	hi, lo := bits.Mul64(uint64(*h)^0x9E3779B97F4A7C15, v^0xD6E8FEB86659FD93)
	*h = hasher(hi ^ lo ^ bits.RotateLeft64(v, 32))
}

func (h *hasher) ints(vs []int) {
	if len(vs) == 0 {
		return
	}
	h.num(uint64(len(vs)) + 1<<32)
	for _, v := range vs {
		h.num(uint64(v))
	}
}

func (h *hasher) text(s string) {
	h.num(uint64(len(s)) + 1<<33)
	for len(s) > 0 {
		var v uint64
		k := min(8, len(s))
		for i := range k {
			v = v<<8 | uint64(s[i])
		}
		h.num(v)
		s = s[k:]
	}
}

func (h *hasher) value(v Value) {
	h.num(math.Float64bits(v.F))
	h.num(uint64(v.I))
	h.num(math.Float64bits(real(v.C)))
	h.num(math.Float64bits(imag(v.C)))
}

// fingerprint computes the hash from n's fields and its arguments' hashes.
func (n *Node) fingerprint() uint64 {
	var h hasher
	head := uint64(n.Kind) | uint64(n.DType)<<8 | uint64(n.Fold)<<16 | uint64(len(n.Shape))<<32
	if n.Weak {
		head |= 1 << 24
	}
	if n.Frozen {
		head |= 1 << 25
	}
	h.num(head)
	for _, d := range n.Shape {
		h.num(uint64(d))
	}
	for _, a := range n.Args {
		h.num(a.hash)
	}
	switch n.Kind {
	case KBad:
		for _, e := range collect(nil, n.Err) {
			h.text(string(e.Kind))
			h.text(e.Msg)
		}
	case KInput:
		h.text(n.Name)
	case KData:
		if !n.Tensor.Contiguous() {
			h.ints(n.Tensor.Strides())
		}
	case KConst, KPad:
		h.value(n.Value)
	case KMap:
		h.text(n.Op.Name)
	case KCall:
		h.text(n.Routine.Name)
	case KContract:
		for _, l := range n.Labels {
			h.ints(l)
		}
		h.ints(n.Output)
	}
	h.ints(n.Axes)
	h.ints(n.Starts)
	h.ints(n.Steps)
	h.ints(n.Before)
	h.ints(n.After)
	return uint64(h)
}

// Equal reports whether two nodes compute the same from the same inputs and the same memory, whatever places they have. Data is the
// same if it is one piece of memory with one layout; contents are not read, for they may change between runs.
func Equal(a, b *Node) bool { return equal(a, b, sameMemory) }

// equal compares without recursion. A pair that is once equal need not be compared again; most pairs are one and the same node.
func equal(a, b *Node, data func(a, b *tensor.Tensor) bool) bool {
	type pair struct{ a, b *Node }
	if a == b {
		return true
	}
	stack := []pair{{a, b}}
	var seen map[pair]struct{}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p.a == p.b {
			continue
		}
		if p.a == nil || p.b == nil || !alike(p.a, p.b, data) {
			return false
		}
		for i := range p.a.Args {
			next := pair{p.a.Args[i], p.b.Args[i]}
			if next.a == next.b {
				continue
			}
			if _, ok := seen[next]; ok {
				continue
			}
			if seen == nil {
				seen = map[pair]struct{}{}
			}
			seen[next] = struct{}{}
			stack = append(stack, next)
		}
	}
	return true
}

// alike compares everything about two nodes but the arguments themselves.
func alike(a, b *Node, data func(a, b *tensor.Tensor) bool) bool {
	if a.hash != b.hash || a.Kind != b.Kind || a.DType != b.DType || a.Fold != b.Fold || a.Weak != b.Weak || a.Frozen != b.Frozen || a.Op != b.Op || a.Routine != b.Routine ||
		a.Name != b.Name || len(a.Args) != len(b.Args) || !slices.Equal(a.Shape, b.Shape) {
		return false
	}
	switch a.Kind {
	case KBad:
		return slices.EqualFunc(collect(nil, a.Err), collect(nil, b.Err), func(a, b *Error) bool {
			return a.Kind == b.Kind && a.Msg == b.Msg
		})
	case KData:
		return data(a.Tensor, b.Tensor)
	case KConst:
		return a.Value.bits() == b.Value.bits()
	case KPad:
		return a.Value.bits() == b.Value.bits() && slices.Equal(a.Before, b.Before) && slices.Equal(a.After, b.After)
	case KContract:
		return slices.EqualFunc(a.Labels, b.Labels, slices.Equal[[]int]) && slices.Equal(a.Output, b.Output)
	}
	return slices.Equal(a.Axes, b.Axes) && slices.Equal(a.Starts, b.Starts) && slices.Equal(a.Steps, b.Steps)
}

// bits tells apart -0 from 0, and one NaN from another.
func (v Value) bits() [4]uint64 {
	return [4]uint64{math.Float64bits(v.F), uint64(v.I), math.Float64bits(real(v.C)), math.Float64bits(imag(v.C))}
}

func sameMemory(a, b *tensor.Tensor) bool {
	if a == b {
		return true
	}
	am, ai := a.Memory()
	bm, bi := b.Memory()
	if a.DType() != b.DType() || !slices.Equal(a.Shape(), b.Shape()) || !sameLayout(a, b) {
		return false
	}
	return ai < len(am) && bi < len(bm) && &am[ai] == &bm[bi]
}

// sameLayout compares the strides of tensors of one shape. Those of contiguous ones differ at most where they do not matter.
func sameLayout(a, b *tensor.Tensor) bool {
	return a.Contiguous() && b.Contiguous() || slices.Equal(a.Strides(), b.Strides())
}
