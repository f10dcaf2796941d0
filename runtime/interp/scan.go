package interp

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
)

// scan adds the stage of scan i, which leaves its results in a temporary. Its lanes go along the scanned axis innermost, a worker takes
// whole rows of it, and what a block begins with is read back from the temporary.
func (c *compiler) scan(i int) {
	p := c.plan
	v := &p.k.Body[i]
	s := c.new(p.on[i])
	s.row = p.extents[v.Over[0]]
	t := c.temp(v.DType, s)
	m := s.maker
	x, to := m.value(v.Args[0]), m.reg(v.DType)
	last := place(-1, t.strides, p.extents, m.lanes)
	m.add(0, []int{x}, to, func(reg []int) step {
		before := movers[v.DType].loading(t.mem, last, v.DType.Size(), reg[to])
		return engines[v.DType].scanning(v.Op, s.row, before, reg[x], reg[to])
	})
	m.storeAt(to, t.dtype, t.mem, place(0, t.strides, p.extents, m.lanes))
	c.prog.temps[i] = t
	if p.tiled {
		c.stages = append(c.stages, s)
		return
	}
	c.keep(t, s.over.count)
	c.phase(s, unsplit)
}

// scanning makes the step of a scan along rows of so many points; before reads the result ahead of the block into the first lane.
func (e *engine[T]) scanning(o *op.Op, row int, before step, x, to int) step {
	fn := e.fold(o.Name)
	return func(f *frame) {
		regs, j := e.file(f).regs, f.start%row
		dst, from := regs[to][:f.n], regs[x][:f.n]
		var carry [1]T
		if j > 0 {
			n := f.n
			f.n = 1
			before(f)
			f.n = n
			carry[0] = dst[0]
		}
		for l := range dst {
			if j == 0 {
				carry[0] = from[l]
			} else {
				fn(carry[:], carry[:], from[l:l+1])
			}
			dst[l] = carry[0]
			if j++; j == row {
				j = 0
			}
		}
	}
}

// scanned are the axes that something is scanned along. Tiles do not cut them.
func (p *plan) scanned() codegen.AxisSet {
	var s codegen.AxisSet
	for i := range p.k.Body {
		if v := &p.k.Body[i]; v.Kind == codegen.Scan {
			s = s.Union(codegen.AxesOf(v.Over...))
		}
	}
	return s
}

// innermost puts axes last in a list.
func innermost(list []int, axes codegen.AxisSet) {
	slices.SortStableFunc(list, func(a, b int) int { return bit(axes.Has(a)) - bit(axes.Has(b)) })
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
