package runtime

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Program is a compiled graph: data bound to its leaves, inputs to be bound at each Run. It is safe to use from many goroutines at once.
//
// Data of expr.From and expr.Of is read in each run: what it holds then counts. What a run would compute of expr.Frozen data and numbers alone
// is computed in the first one and kept for as long as the program is reachable, on the device where it computes, if reading it takes less time
// than computing it. Session.MemoryLimit counts it; where there is no room for it, each run computes it.
type Program struct {
	session *Session
	roots   []*expr.Node
	leaves  leafSet
	plain   variant // for row-major inputs

	mu       sync.Mutex
	variants []variant // for inputs in other layouts, or in buffers on another device
	kept     []*kept   // what they read of what is computed once
	lists    *operandList
}

// variant is the program compiled for one layout of its inputs on one device.
type variant struct {
	*compiled
	kept    *kept   // what it reads of what is computed once; nil: no such thing
	strides [][]int // of each leaf; nil: row-major
	home    bool    // it is for the device where buffers lie
}

// operandList is a free list of what runs are bound to, so that RunInto allocates nothing.
type operandList struct {
	data []operand // of the leaves
	outs []operand
	next *operandList
}

func newProgram(s *Session, roots []*expr.Node, leaves leafSet, c *compiled) *Program {
	p := &Program{session: s, roots: roots, leaves: leaves}
	p.plain = variant{compiled: c, kept: p.keptFor(c)}
	return p
}

// Run computes the program's expressions with its inputs bound by args, in fresh memory.
func (p *Program) Run(ctx context.Context, args ...Arg) ([]*tensor.Tensor, error) {
	l := p.takeList()
	defer p.giveList(l)
	l.outs = slices.Grow(l.outs, len(p.roots))[:len(p.roots)]
	if err := p.plain.allocate(l.outs); err != nil {
		return nil, err
	}
	if err := p.run(ctx, l, args); err != nil {
		return nil, err
	}
	outs := make([]*tensor.Tensor, len(p.roots))
	for i := range outs {
		outs[i] = l.outs[i].t
	}
	return outs, nil
}

// RunInto is Run that writes to outs, one for each compiled expression: of its dtype and shape, row-major, writable, and sharing no
// memory with what the program reads. It allocates nothing once it has run.
func (p *Program) RunInto(ctx context.Context, outs []*tensor.Tensor, args ...Arg) error {
	l := p.takeList()
	defer p.giveList(l)
	for _, t := range outs {
		l.outs = append(l.outs, operand{t: t})
	}
	return p.run(ctx, l, args)
}

// RunBuffers is Run with the results in fresh buffers. They stay on the device, whose kernels are done when RunBuffers returns.
func (p *Program) RunBuffers(ctx context.Context, args ...Arg) ([]*Buffer, error) {
	outs := make([]*Buffer, len(p.roots))
	for i, n := range p.roots {
		b, err := p.session.newBuffer(n.DType, n.Shape)
		if err != nil {
			closeAll(outs[:i])
			return nil, fmt.Errorf("output %d: %w", i, err)
		}
		outs[i] = b
	}
	if err := p.RunIntoBuffers(ctx, outs, args...); err != nil {
		closeAll(outs)
		return nil, err
	}
	return outs, nil
}

func closeAll(list []*Buffer) {
	for _, b := range list {
		b.Close()
	}
}

// RunIntoBuffers is RunInto for buffers: none of them twice, and none that an input is bound to.
func (p *Program) RunIntoBuffers(ctx context.Context, outs []*Buffer, args ...Arg) error {
	l := p.takeList()
	defer p.giveList(l)
	for _, b := range outs {
		l.outs = append(l.outs, operand{b: b})
	}
	return p.run(ctx, l, args)
}

// checkOutputs refuses results that cannot be written to l.outs.
func (p *Program) checkOutputs(l *operandList) error {
	if len(l.outs) != len(p.roots) {
		return fmt.Errorf("runtime: the program has %s, got %d to write to", count(len(p.roots), "output"), len(l.outs))
	}
	for i, o := range l.outs {
		if err := p.checkOutput(i, o); err != nil {
			return err
		}
		for k, before := range l.outs[:i] {
			if before.meets(o) {
				return fmt.Errorf("runtime: outputs %d and %d share memory", k, i)
			}
		}
	}
	return nil
}

func (p *Program) checkOutput(i int, o operand) error {
	want := p.roots[i]
	switch {
	case o.none():
		return fmt.Errorf("runtime: output %d: nothing to write it to", i)
	case !o.is(want.DType, want.Shape):
		return fmt.Errorf("runtime: output %d is %v%v, got a %v", i, want.DType, want.Shape, o)
	case o.layout() != nil:
		return fmt.Errorf("runtime: output %d: the tensor is not row-major (strides %v)", i, o.layout())
	case o.t != nil && o.t.ReadOnly():
		return fmt.Errorf("runtime: output %d: the tensor is read-only", i)
	case o.b != nil && o.b.session != p.session:
		return fmt.Errorf("runtime: output %d: a %v of another session", i, o)
	}
	return nil
}

// run computes l.outs with the inputs bound by args.
func (p *Program) run(ctx context.Context, l *operandList, args []Arg) error {
	if err := p.checkOutputs(l); err != nil {
		return err
	}
	s := p.session
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	for _, n := range p.leaves.list {
		l.data = append(l.data, operand{t: n.Tensor})
	}
	if err := p.leaves.bind(s, l.data, args); err != nil {
		return err
	}
	for i, o := range l.outs {
		for k, x := range l.data {
			if o.meets(x) {
				return fmt.Errorf("runtime: output %d shares memory with %s, which the program reads", i, p.leaves.name(k))
			}
		}
	}
	v, err := p.forOperands(ctx, l)
	if err != nil {
		return err
	}
	var once []operand
	if v.kept != nil {
		if once, err = v.kept.operands(ctx, p, l.data); err != nil {
			return onUsersLine(err, p.roots)
		}
	}
	if err := s.holds.take(ctx, l.data, l.outs); err != nil {
		return p.leaves.named(err)
	}
	defer s.holds.give(l.data, l.outs)
	l.data = append(l.data, once...) // nobody but this program has it, and no run writes it: it is not held
	return onUsersLine(s.run(ctx, v.compiled, l.data, l.outs), p.roots)
}

// forOperands gives the program compiled for the layouts of its leaves' operands, and for the device where buffers lie if there are any.
func (p *Program) forOperands(ctx context.Context, l *operandList) (variant, error) {
	home := p.session.away(l.data) || p.session.away(l.outs)
	plain := !home || p.plain.device == p.session.home
	for i, n := range p.leaves.list {
		plain = plain && (n.Kind != expr.KInput || l.data[i].layout() == nil)
	}
	if plain {
		return p.plain, nil
	}
	if v, ok := p.variant(l.data, home); ok {
		return v, nil
	}
	sh := new(shape)
	sh.read(p.roots)
	sh.forProgram()
	copy(sh.data, l.data)
	c, err := p.session.compiled(ctx, sh, p.roots, home)
	if err != nil {
		return variant{}, err
	}
	v := variant{compiled: c, home: home, kept: p.keptFor(c)}
	for _, x := range l.data {
		v.strides = append(v.strides, slices.Clone(x.layout()))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.variants) >= variantLimit {
		p.variants = append(p.variants[:0], p.variants[1:]...)
	}
	p.variants = append(p.variants, v)
	return v, nil
}

// variantLimit is how many variants a program keeps at hand; the session's cache has more.
const variantLimit = 16

// variant finds what was compiled for such operands, if it is at hand.
func (p *Program) variant(data []operand, home bool) (v variant, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.variants {
		if v := &p.variants[i]; v.home == home && v.fits(data) {
			return *v, true
		}
	}
	return variant{}, false
}

func (v *variant) fits(data []operand) bool {
	for i, x := range data {
		if !slices.Equal(v.strides[i], x.layout()) {
			return false
		}
	}
	return true
}

func (p *Program) takeList() *operandList {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lists
	if l == nil {
		return new(operandList)
	}
	p.lists = l.next
	return l
}

func (p *Program) giveList(l *operandList) {
	clear(l.data)
	clear(l.outs)
	l.data, l.outs = l.data[:0], l.outs[:0]
	p.mu.Lock()
	defer p.mu.Unlock()
	l.next, p.lists = p.lists, l
}
