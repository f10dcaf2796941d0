package planner

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// Seconds estimates how long a scheduled kernel takes on a target with all its workers: computing or moving, whichever is longer, and the
// launch. A packed contraction does one after the other: it moves while it packs and while it stores.
func Seconds(k *codegen.Kernel, t codegen.Target) float64 {
	e := estimate{k: k, m: newModel(t), t: t}
	if k.Nest == codegen.NestGett {
		return e.compute() + e.move() + e.m.launch
	}
	return max(e.compute(), e.move()) + e.m.launch
}

// estimate weighs one kernel by the rates of its target.
type estimate struct {
	k *codegen.Kernel
	m model
	t codegen.Target
}

// compute is the seconds that all workers need for the kernel's operations and gathers.
func (e *estimate) compute() float64 {
	if e.k.Routine != nil {
		return e.k.Cost.Flop / routineRate
	}
	rate := e.m.flops
	bytes := 4 // of the widest value
	if k := e.k; k.Nest == codegen.NestGett {
		if d := k.Body[k.Gett.Sum].DType; d == tensor.Float64 || d == tensor.Complex128 {
			return e.k.Cost.Flop / or(e.t.Rates.Products64, e.m.products/2) / e.m.threads
		}
		rate = e.m.products
	} else {
		for i := range k.Body {
			bytes = max(bytes, k.Body[i].DType.Size())
		}
	}
	seconds := e.k.Cost.Flop / (rate * 4 / float64(bytes))
	if e.t.Rates.Gathers > 0 {
		seconds += e.k.Gathered() / e.t.Rates.Gathers
	}
	return seconds / e.m.threads
}

// move is the seconds that all workers need for the kernel's bytes: at the rate of the cache where all of them fit, of memory otherwise.
func (e *estimate) move() float64 {
	r := &e.t.Rates
	rate := e.m.bandwidth * e.m.threads
	if r.Alone > 0 {
		rate = min(rate, r.Alone*e.m.threads)
	}
	s, bytes := newScheduler(e.k, e.t), e.k.Cost.Bytes
	switch {
	case s.across():
		rate = or(r.Across*e.m.threads, rate)
	case bytes <= float64(e.t.L2):
		rate = or(r.Cached*e.m.threads, rate)
	case bytes <= float64(e.t.L3)/2:
		rate = or(r.Shared*e.m.threads, rate)
	}
	if s.again() {
		bytes *= s.passes
	}
	return bytes / rate
}

// across says whether a scheduled map reads or writes memory across its vectors.
func (p *scheduler) across() bool {
	v := p.k.Vector
	if p.k.Nest != codegen.NestMap || v < 0 {
		return false
	}
	for _, s := range p.streams {
		if s.step[v] > 1 || s.step[v] < -1 {
			return true
		}
	}
	return false
}

// again says whether the folds of a scheduled kernel read all of their memory once a pass: where they go down columns side by side in vectors,
// or along rows that no cache of a worker holds.
func (p *scheduler) again() bool {
	if p.k.Nest != codegen.NestRow {
		return false
	}
	side := p.k.Vector >= 0 && !p.k.Axes[p.k.Vector].Fold
	return side || p.k.Cost.Bytes/p.points(p.loops) > p.model.cache
}
