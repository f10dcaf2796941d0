package runtime

import (
	"fmt"

	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// operand is what a leaf is bound to, or a result written to: a tensor, a buffer, or nothing yet.
type operand struct {
	t *tensor.Tensor
	b *Buffer
}

func (o operand) none() bool { return o.t == nil && o.b == nil }

// is says whether o has a dtype and shape.
func (o operand) is(d tensor.DType, s tensor.Shape) bool {
	if o.b != nil {
		return o.b.dtype == d && o.b.shape.Equal(s)
	}
	return o.t.DType() == d && o.t.Shape().Equal(s)
}

// String says what o is, with its dtype and shape.
func (o operand) String() string {
	if o.b != nil {
		return fmt.Sprintf("buffer %v%v", o.b.dtype, o.b.shape)
	}
	return fmt.Sprintf("tensor %v%v", o.t.DType(), o.t.Shape())
}

// layout is the strides of o's elements; row-major (nil) where there is nothing yet.
func (o operand) layout() []int {
	if o.t == nil || o.t.Contiguous() {
		return nil
	}
	return o.t.Strides()
}

// meets says whether o and p have memory in common.
func (o operand) meets(p operand) bool {
	if o.t != nil && p.t != nil {
		return o.t.SharesMemory(p.t)
	}
	return o.b != nil && o.b == p.b
}

// arg is where the byte at offset from element [0 ... 0] lies.
func (o operand) arg(offset int) driver.Arg {
	if o.b != nil {
		a := o.b.arg
		a.Offset += offset
		return a
	}
	mem, at := o.t.Memory()
	return driver.Arg{Host: mem, Offset: at + offset}
}
