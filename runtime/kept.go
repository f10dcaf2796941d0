package runtime

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/einloom/einloom/tensor"
)

// kept is what a program computes once, in its first run, for all of its runs. A run that fails or is cancelled meanwhile leaves nothing: the
// next one computes it.
type kept struct {
	c    *compiled
	turn chan struct{}             // has room for the one run that computes
	made atomic.Pointer[[]operand] // nil until it is computed; nobody writes there afterwards
}

func newKept(c *compiled) *kept { return &kept{c: c, turn: make(chan struct{}, 1)} }

// keptFor gives what a plan reads of what is computed once; nil where it reads no such thing. Plans for other layouts of the inputs read the same
// where they compute the same on the same device.
func (p *Program) keptFor(c *compiled) *kept {
	if c.once == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.kept {
		if k.c.device == c.once.device && k.c.plan.Text("graph") == c.once.plan.Text("graph") {
			return k
		}
	}
	k := newKept(c.once)
	p.kept = append(p.kept, k)
	return k
}

// operands gives what is kept, which is computed of data, the operands of the program's leaves, if it was not before. One run computes it, and
// others wait for that until their context is done. The session is held open.
func (k *kept) operands(ctx context.Context, p *Program, data []operand) ([]operand, error) {
	if made := k.made.Load(); made != nil {
		if p.session.config.Check {
			return *made, k.verify(ctx, p, data, *made)
		}
		return *made, nil
	}
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if made := k.made.Load(); made != nil {
		return *made, nil
	}
	start := time.Now()
	made, err := k.compute(ctx, p.session, data)
	if err != nil {
		return nil, err
	}
	k.made.Store(&made)
	k.c.rest() // what it needed to be computed in is not needed again
	p.session.event(Event{What: "once", Name: k.c.name(), Why: "it is the same in every run", Took: time.Since(start)})
	return made, nil
}

// compute runs the plan, into memory of the device's own where it has such.
func (k *kept) compute(ctx context.Context, s *Session, data []operand) ([]operand, error) {
	outs := make([]operand, len(k.c.plan.Outputs))
	if k.c.device == s.home && !s.inPlace() {
		for i, o := range k.c.plan.Outputs {
			b, err := s.allocate(o.DType, o.Shape)
			if err != nil {
				return nil, err
			}
			outs[i] = operand{b: b}
		}
	} else if err := k.c.allocate(outs); err != nil {
		return nil, err
	}
	return outs, s.run(ctx, k.c, data, outs)
}

// verify computes it again and compares.
func (k *kept) verify(ctx context.Context, p *Program, data, made []operand) error {
	again, err := k.compute(ctx, p.session, data)
	if err != nil {
		return err
	}
	for i := range made {
		same, err := made[i].equal(ctx, again[i])
		if err != nil {
			return err
		}
		if !same {
			return fmt.Errorf("runtime: frozen data is not what it was in the program's first run, and what is kept of it is out of date: it is among %s",
				strings.Join(k.sources(p), ", "))
		}
	}
	return nil
}

// sources names the data that it is computed of.
func (k *kept) sources(p *Program) []string {
	var names []string
	for _, i := range k.c.leaves {
		names = append(names, p.leaves.name(i))
	}
	return names
}

// equal says whether two row-major operands, each a tensor or a buffer that nobody writes, have the same bits.
func (o operand) equal(ctx context.Context, p operand) (bool, error) {
	x, err := o.bits(ctx)
	if err != nil {
		return false, err
	}
	y, err := p.bits(ctx)
	return string(x) == string(y), err
}

func (o operand) bits(ctx context.Context) ([]byte, error) {
	if o.t != nil {
		return o.t.Bytes()
	}
	t, err := tensor.Zeros(o.b.dtype, o.b.shape...)
	if err != nil {
		return nil, err
	}
	to, err := t.Bytes()
	if err != nil {
		return nil, err
	}
	return to, o.b.memory.Read(ctx, 0, to)
}
