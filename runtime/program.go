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
type Program struct {
	session *Session
	roots   []*expr.Node
	leaves  leafSet
	plain   *compiled // for row-major inputs

	mu       sync.Mutex
	variants []variant // for inputs in other layouts
	lists    *leafList
}

// variant is the program compiled for one layout of its inputs.
type variant struct {
	strides [][]int // of each leaf; nil: row-major
	c       *compiled
}

// leafList is a free list of leaf slices, so that RunInto allocates nothing.
type leafList struct {
	data []*tensor.Tensor
	next *leafList
}

func newProgram(s *Session, roots []*expr.Node, leaves leafSet, c *compiled) *Program {
	return &Program{session: s, roots: roots, leaves: leaves, plain: c}
}

// Run computes the program's expressions with its inputs bound by args, in fresh memory.
func (p *Program) Run(ctx context.Context, args ...Arg) ([]*tensor.Tensor, error) {
	outs := make([]*tensor.Tensor, len(p.roots))
	if err := p.plain.allocate(outs); err != nil {
		return nil, err
	}
	if err := p.run(ctx, outs, args); err != nil {
		return nil, err
	}
	return outs, nil
}

// RunInto is Run that writes to outs, one for each compiled expression: of its dtype and shape, row-major, writable, and sharing no
// memory with what the program reads. It allocates nothing once it has run.
func (p *Program) RunInto(ctx context.Context, outs []*tensor.Tensor, args ...Arg) error {
	if len(outs) != len(p.roots) {
		return fmt.Errorf("runtime: the program has %d outputs, got %d tensors", len(p.roots), len(outs))
	}
	for i, t := range outs {
		if err := p.checkOutput(i, t, outs[:i]); err != nil {
			return err
		}
	}
	return p.run(ctx, outs, args)
}

func (p *Program) checkOutput(i int, t *tensor.Tensor, before []*tensor.Tensor) error {
	want := p.roots[i]
	switch {
	case t == nil:
		return fmt.Errorf("runtime: output %d: no tensor", i)
	case t.DType() != want.DType || !t.Shape().Equal(want.Shape):
		return fmt.Errorf("runtime: output %d is %v%v, got a tensor %v%v", i, want.DType, want.Shape, t.DType(), t.Shape())
	case !t.Contiguous():
		return fmt.Errorf("runtime: output %d: the tensor is not row-major (strides %v)", i, t.Strides())
	case t.ReadOnly():
		return fmt.Errorf("runtime: output %d: the tensor is read-only", i)
	}
	for k, u := range before {
		if t.SharesMemory(u) {
			return fmt.Errorf("runtime: outputs %d and %d share memory", k, i)
		}
	}
	return nil
}

func (p *Program) run(ctx context.Context, outs []*tensor.Tensor, args []Arg) error {
	s := p.session
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	l := p.takeList()
	defer p.giveList(l)
	for _, n := range p.leaves.list {
		l.data = append(l.data, n.Tensor)
	}
	if err := p.leaves.bind(l.data, args); err != nil {
		return err
	}
	for i, t := range outs {
		for k, u := range l.data {
			if t.SharesMemory(u) {
				return fmt.Errorf("runtime: output %d shares memory with %s, which the program reads", i, p.leafName(k))
			}
		}
	}
	c, err := p.forLayout(ctx, l.data)
	if err != nil {
		return err
	}
	return onUsersLine(c.run(ctx, l.data, outs), p.roots)
}

// forLayout gives the program compiled for the layouts of its leaves' tensors.
func (p *Program) forLayout(ctx context.Context, data []*tensor.Tensor) (*compiled, error) {
	plain := true
	for i, n := range p.leaves.list {
		plain = plain && (n.Kind != expr.KInput || layout(data[i]) == nil)
	}
	if plain {
		return p.plain, nil
	}
	if c := p.variant(data); c != nil {
		return c, nil
	}
	sh := new(shape)
	sh.read(p.roots)
	copy(sh.data, data)
	c, err := p.session.compiled(ctx, sh, p.roots)
	if err != nil {
		return nil, err
	}
	v := variant{c: c}
	for _, t := range data {
		v.strides = append(v.strides, slices.Clone(layout(t)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.variants) >= variantLimit {
		p.variants = append(p.variants[:0], p.variants[1:]...)
	}
	p.variants = append(p.variants, v)
	return c, nil
}

// variantLimit is how many layouts a program keeps at hand; the session's cache has more.
const variantLimit = 16

// variant finds what was compiled for such layouts; nil if it is not at hand.
func (p *Program) variant(data []*tensor.Tensor) *compiled {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.variants {
		if v := &p.variants[i]; v.fits(data) {
			return v.c
		}
	}
	return nil
}

func (v *variant) fits(data []*tensor.Tensor) bool {
	for i, t := range data {
		if !slices.Equal(v.strides[i], layout(t)) {
			return false
		}
	}
	return true
}

func (p *Program) leafName(k int) string {
	if n := p.leaves.list[k]; n.Kind == expr.KInput {
		return fmt.Sprintf("input %q", n.Name)
	}
	return fmt.Sprintf("the data of %v", p.leaves.list[k].Pos)
}

func (p *Program) takeList() *leafList {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lists
	if l == nil {
		return new(leafList)
	}
	p.lists = l.next
	return l
}

func (p *Program) giveList(l *leafList) {
	clear(l.data)
	l.data = l.data[:0]
	p.mu.Lock()
	defer p.mu.Unlock()
	l.next, p.lists = p.lists, l
}
