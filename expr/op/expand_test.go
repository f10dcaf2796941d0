package op

import (
	"testing"

	"github.com/einloom/einloom/tensor"
)

// TestEveryRowExpands holds each row to its rule: what it takes it can be expanded for, down to core operations on dtypes that these take,
// and its references are there.
func TestEveryRowExpands(t *testing.T) {
	for _, o := range Table {
		for d := tensor.Bool; d < tensor.NumDTypes; d++ {
			args := make([]tensor.DType, o.Arity)
			for i := range args {
				args[i] = d
			}
			if o.Types.Compute == Chosen {
				args[0] = tensor.Bool
			}
			compute, result, err := o.Result(args)
			if err != nil || compute != d || ClassOf(d) == NoClass {
				continue
			}
			f, err := o.Expand(d)
			if err != nil {
				t.Errorf("%v: %v", d, err)
				continue
			}
			if got := f.result(); got != result {
				t.Errorf("%s on %v gives %v, want %v", o.Name, d, got, result)
			}
			for _, in := range f.Ins {
				if in.Op != opConst && !in.Op.Native(f.DType(in.Args[len(in.Args)-1])) {
					t.Errorf("%s on %v: %s is not core", o.Name, d, in.Op.Name)
				}
			}
			has := map[Class]bool{Bool: o.Ref.B != nil, Int: o.Ref.I != nil, Uint: o.Ref.U != nil, F32: o.Ref.F != nil, F64: o.Ref.F != nil, Complex: o.Ref.C != nil}
			if !has[ClassOf(d)] {
				t.Errorf("%s has no reference for %v", o.Name, d)
			}
			for i := range o.Derivative {
				if d.IsFloat() {
					if _, err := o.Derive(i, d); err != nil {
						t.Errorf("%s, derivative %d on %v: %v", o.Name, i, d, err)
					}
				}
			}
		}
	}
}

// result is the dtype that a formula gives.
func (f *Formula) result() tensor.DType {
	d := f.DType(f.Out[0])
	switch {
	case len(f.Out) == 1:
		return d
	case d == tensor.Float32:
		return tensor.Complex64
	}
	return tensor.Complex128
}
