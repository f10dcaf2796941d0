package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/einloom/einloom/tensor"
)

// Ins is one core operation of a formula. A const has no Args and its value in Bits: the bits in DType, zero-extended.
type Ins struct {
	Op    *Op
	Args  []int
	DType tensor.DType // of the result; a cast goes to it
	Bits  uint64
}

// Formula is an op written out for one compute dtype: straight-line, each value assigned once. Values 0 to len(Params)-1 are the
// parameters, value len(Params)+i is Ins[i]. Complex operands are two parameters each, the real part first, and a complex result is two
// values in Out; every other result is one. Formulas are shared: do not write to them.
type Formula struct {
	Params []tensor.DType
	Ins    []Ins
	Out    []int

	lanes []lane // what each of Ins does; nil for constants
}

// DType is the dtype of value v.
func (f *Formula) DType(v int) tensor.DType {
	if v < len(f.Params) {
		return f.Params[v]
	}
	return f.Ins[v-len(f.Params)].DType
}

// Cost counts the instructions that compute something: no constants, no bit casts, and nothing that only a rare's seldom choice needs.
func (f *Formula) Cost() int {
	needed := make([]bool, len(f.Params)+len(f.Ins))
	for _, v := range f.Out {
		needed[v] = true
	}
	n := 0
	for i := len(f.Ins) - 1; i >= 0; i-- {
		in := &f.Ins[i]
		if !needed[len(f.Params)+i] {
			continue
		}
		if in.Op != opConst && in.Op != opBitcast {
			n++
		}
		for k, a := range in.Args {
			if in.Op != opRare || k != 1 {
				needed[a] = true
			}
		}
	}
	return n
}

// EvalBits evaluates the formula on the bits of its parameters (zero-extended) and gives the bits of its result: lo, or lo and hi where
// Out has two values.
func (f *Formula) EvalBits(args ...uint64) (lo, hi uint64) {
	var small [128]uint64
	v := small[:0]
	if n := len(f.Params) + len(f.Ins); n > len(small) {
		v = make([]uint64, 0, n)
	}
	v = append(v, args[:len(f.Params)]...)
	for i := range f.Ins {
		in := &f.Ins[i]
		if f.lanes[i] == nil {
			v = append(v, in.Bits)
			continue
		}
		var x [3]uint64
		for k, a := range in.Args {
			x[k] = v[a]
		}
		v = append(v, f.lanes[i](x[0], x[1], x[2]))
	}
	lo = v[f.Out[0]]
	if len(f.Out) > 1 {
		hi = v[f.Out[1]]
	}
	return lo, hi
}

// finish drops what the result does not need and finds each instruction's meaning.
func (f *Formula) finish() error {
	n := len(f.Params)
	needed := make([]bool, n+len(f.Ins))
	for _, v := range f.Out {
		needed[v] = true
	}
	for i := len(f.Ins) - 1; i >= 0; i-- {
		if needed[n+i] {
			for _, a := range f.Ins[i].Args {
				needed[a] = true
			}
		}
	}
	at := make([]int, len(needed))
	for v := range n {
		at[v] = v
	}
	kept := f.Ins[:0]
	for i, in := range f.Ins {
		if !needed[n+i] {
			continue
		}
		at[n+i] = n + len(kept)
		for k, a := range in.Args {
			in.Args[k] = at[a]
		}
		kept = append(kept, in)
	}
	f.Ins = slices.Clip(kept)
	for k, v := range f.Out {
		f.Out[k] = at[v]
	}
	f.lanes = make([]lane, len(f.Ins))
	for i := range f.Ins {
		in := &f.Ins[i]
		if in.Op == opConst {
			continue
		}
		l, err := coreLane(in.Op, f.DType(in.Args[len(in.Args)-1]), in.DType)
		if err != nil {
			return err
		}
		f.lanes[i] = l
	}
	return nil
}

// String lists the instructions, one a line.
func (f *Formula) String() string {
	var b strings.Builder
	for v, d := range f.Params {
		fmt.Fprintf(&b, "%%%d = param %v\n", v, d)
	}
	for i, in := range f.Ins {
		fmt.Fprintf(&b, "%%%d = %s", len(f.Params)+i, in.Op.Name)
		for _, a := range in.Args {
			fmt.Fprintf(&b, " %%%d", a)
		}
		if in.Op == opConst {
			fmt.Fprintf(&b, " %#x", in.Bits)
		}
		fmt.Fprintf(&b, " %v\n", in.DType)
	}
	fmt.Fprintf(&b, "return %%%d", f.Out[0])
	if len(f.Out) > 1 {
		fmt.Fprintf(&b, " %%%d", f.Out[1])
	}
	return b.String() + "\n"
}
