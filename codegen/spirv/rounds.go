package spirv

import (
	"math"

	"github.com/einloom/einloom/codegen"
)

// mostRounds is how many points an invocation of a CPU device may fold or store. Mesa's llvmpipe ends each invocation after 65535 rounds of
// loops in all, without a word (LP_MAX_TGSI_LOOP_ITERATIONS), so that what is left out of a sum is not seen; nested loops take up to two rounds
// for a point.
const mostRounds = 32_000

// rounds is how many points an invocation goes through for one unit of a stage.
func (g *generator) rounds(s *stage) int {
	if s.part >= 0 {
		c := g.cut[s.part]
		return c.chunk/c.lanes + 1
	}
	sum := 0
	add := func(n int) { sum = min(sum, math.MaxInt-n) + n }
	for i := range s.sections {
		c := &s.sections[i]
		outer := g.trim(codegen.AxesOf(c.outer...))
		for _, r := range g.within(s, c) {
			if p := g.cut[r]; p != nil {
				add(p.count())
				continue
			}
			v := &g.k.Body[r]
			add(g.count(g.trim(g.on[v.Args[0]].Union(codegen.AxesOf(v.Over...))).Minus(outer)))
		}
		if s.scan != nil {
			add(s.scan.points)
			if s.scan.cut != nil {
				add(s.scan.cut.count())
			}
			continue
		}
		for _, i := range c.stores {
			add(g.count(g.trim(g.k.Stores[i].Axes()).Minus(outer)))
		}
	}
	return sum / max(s.team, 1)
}

// within lists the reductions that a section computes itself: those beneath its values that no stage before has left in scratch memory.
func (g *generator) within(s *stage, c *section) (list []int) {
	under := make([]bool, len(g.k.Body))
	for _, i := range c.stores {
		under[g.k.Stores[i].Value] = true
	}
	if s.keep >= 0 {
		clear(under)
		under[s.keep] = true
	}
	for i := len(under) - 1; i >= 0; i-- {
		v := &g.k.Body[i]
		if !under[i] || g.resident[i] != nil && i != s.keep {
			continue
		}
		if v.Kind == codegen.Reduce {
			list = append(list, i)
			if g.cut[i] != nil { // its pieces are computed
				continue
			}
		}
		for _, a := range v.Args {
			under[a] = true
		}
	}
	return list
}

// lasting is how many workgroups of so many invocations n units need, at least, so that none has more rounds than it may.
func (g *generator) lasting(s *stage, n, local int) int {
	if g.c.Type != CPU {
		return 1
	}
	each := max(mostRounds/max(g.rounds(s), 1), 1)
	return (n + each*local - 1) / (each * local)
}

// endure says whether the device does all rounds of a pass of n units.
func (g *generator) endure(s *stage, n int, pass *Pass) error {
	each := ceil(n, int(pass.Groups[0]*pass.Local[0]))
	if s.team > 1 {
		each = ceil(n, int(pass.Groups[0]))
	}
	if g.c.Type != CPU || each <= mostRounds/max(g.rounds(s), 1) {
		return nil
	}
	return &Missing{g.k.Name, "loops of more than 65535 rounds", "a reduction of many points", "reduce in two steps, or choose another device, such as the host"}
}
