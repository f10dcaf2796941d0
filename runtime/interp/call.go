package interp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/routines"
	"github.com/einloom/einloom/tensor"
)

// call is a program that calls a routine, once for each place of the batch.
type call struct {
	name   string
	do     routines.Func
	batch  tensor.Shape
	params []codegen.Param
	cores  []int // of each input, how many axes a call takes
	inputs int   // how many of the params are read; the others get the result
}

func newCall(d *Device, k *codegen.Kernel) (*Program, error) {
	do, err := routines.Lookup(k.Routine.Name)
	if err != nil {
		return nil, fmt.Errorf("interp: kernel %s: %w", k.Name, err)
	}
	c := &call{name: k.Routine.Name, do: do, params: k.Clone().Params, inputs: k.Routine.Operands()}
	for i := range c.inputs {
		c.cores = append(c.cores, k.Routine.Core(i))
	}
	c.batch = tensor.Shape(c.params[0].Dims[:len(c.params[0].Dims)-c.cores[0]])
	p := &Program{device: d, name: k.Name, text: fmt.Sprintf("; a call of %s: nothing is generated\n", c.name), call: c}
	for i := range c.params {
		p.params = append(p.params, reach(&c.params[i]))
	}
	return p, nil
}

// runCall makes the calls, by as many workers as the device has. Of several that fail the first counts. A cancelled context is seen between calls.
func (p *Program) runCall(ctx context.Context, args []driver.Arg) error {
	c := p.call
	mem, err := p.bind(args, nil)
	if err != nil {
		return err
	}
	list, err := c.tensors(mem)
	if err != nil {
		return fmt.Errorf("interp: kernel %s: %w", p.name, err)
	}
	total := c.batch.Len()
	var next atomic.Int64
	var mu sync.Mutex
	failed, why := total, error(nil)
	work := func() {
		for {
			i := int(next.Add(1) - 1)
			if i >= total || ctx.Err() != nil {
				return
			}
			if err := c.once(list, i); err != nil {
				mu.Lock()
				if i < failed {
					failed, why = i, err
				}
				mu.Unlock()
				next.Store(int64(total))
			}
		}
	}
	var all sync.WaitGroup
	for range min(p.device.target.Threads, total) - 1 {
		all.Go(work)
	}
	work()
	all.Wait()
	switch {
	case why != nil:
		return &driver.CallError{Kernel: p.name, Routine: c.name, Batch: c.batch, Place: failed, Why: why}
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return c.repeat(list)
}

// tensors gives the params' memory as tensors.
func (c *call) tensors(mem []memory) ([]*tensor.Tensor, error) {
	list := make([]*tensor.Tensor, len(mem))
	for i := range mem {
		p := &c.params[i]
		if mem[i].base%p.DType.Size() != 0 {
			return nil, fmt.Errorf("param %s is at byte %d, no multiple of %d", p.Name, mem[i].base, p.DType.Size())
		}
		t, err := tensor.FromBytes(mem[i].bytes, p.DType, p.Dims, p.Strides, mem[i].base/p.DType.Size())
		if err != nil {
			return nil, fmt.Errorf("param %s: %w", p.Name, err)
		}
		list[i] = t
	}
	return list, nil
}

// once makes the call of a place of the batch, counted in row-major order.
func (c *call) once(list []*tensor.Tensor, place int) error {
	args := make([]*tensor.Tensor, c.inputs)
	for i := range args {
		var err error
		if args[i], err = core(list[i], len(c.batch), place); err != nil {
			return err
		}
	}
	out, err := core(list[c.inputs], len(c.batch), place)
	if err != nil {
		return err
	}
	return c.do(out, args)
}

// core is what lies behind the first axes of t at a place of these.
func core(t *tensor.Tensor, axes, place int) (*tensor.Tensor, error) {
	behind := 1
	for _, d := range t.Shape()[:axes] {
		behind *= d
	}
	for range axes {
		behind /= t.Shape()[0]
		var err error
		if t, err = t.Index(0, place/behind); err != nil {
			return nil, err
		}
		place %= behind
	}
	return t, nil
}

// repeat copies the result from the first output to the others.
func (c *call) repeat(list []*tensor.Tensor) error {
	from, err := list[c.inputs].Bytes()
	for _, t := range list[c.inputs+1:] {
		to, failed := t.Bytes()
		err = errors.Join(err, failed)
		copy(to, from)
	}
	return err
}
