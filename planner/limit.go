package planner

import (
	"math/bits"

	"github.com/einloom/einloom/expr"
)

// maxSlices is the most slices that a plan may run in: beyond, running them takes longer than anyone waits.
const maxSlices = 1 << 31

// smaller looks for a plan that keeps the memory limit where p does not: the contractions' results are held to fewer and fewer bytes, by
// halves, then what chains of kernels hand on. Which sizes are tried does not depend on the limit, only in which sequence: so the least that
// any of them needs is the least limit that would do.
func smaller(p *Plan, roots []*expr.Node, o Options) (*Plan, error) {
	refused := &MemoryError{Need: p.need(), Limit: o.MemoryLimit, Slices: 1}
	trace := o.Trace
	o.Trace = nil // told of the plan that is made
	try := func(largest, room int) (more bool, err error) {
		q, err := attempt(roots, o, largest, room)
		if err != nil {
			return false, err
		}
		if need := q.need(); need < refused.Need && q.slices() <= maxSlices {
			refused.Need, refused.Slices, p = need, q.slices(), q
		}
		return q.slices() <= maxSlices, nil
	}
	if !o.Off["order"] && len(p.orders) > 0 {
		if err := refused.halve(p.largest(), func(bytes int) (bool, error) { return try(bytes, 0) }); err != nil {
			return nil, err
		}
	}
	if !o.Off["block"] && len(p.Steps) > 1 {
		if err := refused.halve(p.Arena, func(bytes int) (bool, error) { return try(0, bytes) }); err != nil {
			return nil, err
		}
	}
	if refused.Need > o.MemoryLimit {
		return nil, refused
	}
	if trace != nil {
		for _, s := range p.stages {
			trace(s.name, s.text)
		}
	}
	return p, nil
}

// halve tries powers of two until the limit is kept: from the limit down as long as there are more to try, then from the most down to the
// limit.
func (e *MemoryError) halve(most int, try func(bytes int) (more bool, err error)) error {
	top := bits.Len64(uint64(most))
	first := min(top, bits.Len64(uint64(e.Limit)))
	for k, more := first, true; more && k >= 0 && e.Need > e.Limit; k-- {
		var err error
		if more, err = try(1 << k); err != nil {
			return err
		}
	}
	for k := top; k > first && e.Need > e.Limit; k-- {
		if _, err := try(1 << k); err != nil {
			return err
		}
	}
	return nil
}

// slices is how many the loop of most has.
func (p *Plan) slices() float64 {
	most := 1.0
	for i := range p.Loops {
		most = max(most, p.Loops[i].times(len(p.Loops[i].Indices)))
	}
	return most
}

// largest is the bytes of the largest result of a contraction's steps.
func (p *Plan) largest() int {
	most := 1.0
	for i := range p.orders {
		total, _ := p.orders[i].tree.Cost(p.orders[i].net)
		most = max(most, total.Size*float64(p.orders[i].head.DType.Size()))
	}
	return int(min(most, 1<<62))
}
