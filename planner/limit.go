package planner

import (
	"math/bits"

	"github.com/einloom/einloom/expr"
)

// maxSlices is the most slices that a plan may run in: beyond, running them takes longer than anyone waits.
const maxSlices = 1 << 31

// smaller looks for a plan that keeps the memory limit where p does not: the contractions' results are held to fewer and fewer bytes, by
// halves, from the limit down. Which sizes are tried does not depend on the limit, only in which sequence: so the least that any of them needs
// is the least limit that would do.
func smaller(p *Plan, roots []*expr.Node, o Options) (*Plan, error) {
	refused := &MemoryError{Need: p.need(), Limit: o.MemoryLimit, Slices: 1}
	if o.Off["order"] || len(p.orders) == 0 {
		return nil, refused
	}
	trace := o.Trace
	o.Trace = nil // told of the plan that is made
	try := func(k int) (*Plan, error) {
		q, err := attempt(roots, o, 1<<k)
		if err != nil {
			return nil, err
		}
		if need := q.need(); need < refused.Need && q.slices() <= maxSlices {
			refused.Need, refused.Slices, p = need, q.slices(), q
		}
		return q, nil
	}
	top := bits.Len64(uint64(p.largest()))
	first := min(top, bits.Len64(uint64(o.MemoryLimit)))
	for k := first; k >= 0 && refused.Need > o.MemoryLimit; k-- {
		q, err := try(k)
		if err != nil {
			return nil, err
		}
		if q.slices() > maxSlices {
			break
		}
	}
	for k := top; k > first && refused.Need > o.MemoryLimit; k-- {
		if _, err := try(k); err != nil {
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

// slices is how many the contraction of most has.
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
