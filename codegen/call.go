package codegen

import (
	"errors"
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// Call makes the kernel one that calls a routine of its inputs.
func (b *Builder) Call(r *routine.Routine) { b.k.Routine = r }

// call checks a kernel that calls a routine: its params are what the routine takes and gives.
func (v *verifier) call() error {
	if err := v.params(); err != nil {
		return err
	}
	if len(v.k.Axes)+len(v.k.Body)+len(v.k.Stores) > 0 || v.k.Nest != NestNone {
		return errors.New("a call beside axes, values, stores or a schedule")
	}
	types, shapes := v.k.operands()
	d, s, wrong := v.k.Routine.Rule(types, shapes)
	outputs := v.k.Params[len(types):]
	if len(outputs) == 0 {
		return errors.New("a call without an output")
	}
	for i := range outputs {
		if p := &outputs[i]; wrong == "" && (p.DType != d || !slices.Equal(p.Dims, s) || !slices.Equal(p.Strides, RowMajor(p.Dims))) {
			wrong = fmt.Sprintf("it gives row-major %v%v, not %v", d, s, p)
		}
	}
	if wrong != "" {
		return fmt.Errorf("%s: %s", v.k.Routine.Name, wrong)
	}
	return nil
}

// operands gives the dtypes and shapes of the inputs.
func (k *Kernel) operands() (types []tensor.DType, shapes []tensor.Shape) {
	for i := range k.Params {
		if p := &k.Params[i]; !p.Out {
			types, shapes = append(types, p.DType), append(shapes, p.Dims)
		}
	}
	return types, shapes
}

// called is what a call computes and moves.
func (k *Kernel) called() Cost {
	_, shapes := k.operands()
	c := Cost{Flop: k.Routine.Flop(shapes)}
	for i := range k.Params {
		c.Bytes += k.Params[i].elements() * float64(k.Params[i].DType.Size())
	}
	return c
}
