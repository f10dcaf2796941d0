package op

import "github.com/einloom/einloom/tensor"

// Ins is one core operation of a formula. A const has no Args and its value in Bits: the bits in DType, zero-extended.
type Ins struct {
	Op    *Op
	Args  []int
	DType tensor.DType // of the result; a cast goes to it
	Bits  uint64
}

// Formula is an op written out for one compute dtype: straight-line, each value assigned once. Values 0 to len(Params)-1 are the
// parameters, value len(Params)+i is Ins[i]. Complex operands are two parameters each, the real part first, and a complex result is two
// values in Out; every other result is one.
type Formula struct {
	Params []tensor.DType
	Ins    []Ins
	Out    []int
}
