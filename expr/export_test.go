package expr

import (
	"bytes"

	"github.com/einloom/einloom/tensor"
)

// EqualContents is Equal for graphs whose data lies in different memory: it compares layouts and elements, any NaN being a NaN.
func EqualContents(a, b *Node) bool {
	return equal(a, b, func(a, b *tensor.Tensor) bool {
		if a.DType() != b.DType() || !a.Shape().Equal(b.Shape()) || !sameLayout(a, b) {
			return false
		}
		x, _ := a.Copy().Bytes()
		y, _ := b.Copy().Bytes()
		if bytes.Equal(x, y) {
			return true
		}
		v, w := values(a), values(b)
		for i := range v {
			if v[i].in(a.DType()).bits() != w[i].in(a.DType()).bits() {
				return false
			}
		}
		return true
	})
}

// Inline is the most elements of data that a text shows.
const Inline = inline

// Promote gives the dtype in which operands meet.
func Promote(xs ...Expr) tensor.DType { return promoteAll(xs) }
