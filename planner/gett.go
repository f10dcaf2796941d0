package planner

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// Contractions below these sizes are done by plain loops: packing would cost more than it saves.
const (
	packedSide  = 8       // of the last axes of m, n and k
	packedWork  = 1 << 15 // m*n*k
	rowShares   = 16      // into which the rows are cut at least, if they are many: results do not depend on it
	packedSteps = 1 << 10 // of the other axes of n and k: more steps than these would cost more than they do
)

// gett schedules a kernel that is one large sum of products by packed panels (Springer and Bientinesi's GETT, arXiv 1607.00145; Matthews'
// TBLIS, arXiv 1607.00291): its axes fall into those of the left factor alone (m), of the right one alone (n), of both and the result
// (batch), and those that are folded (k). It gives false, and does nothing, for any other kernel.
func (p *scheduler) gett() bool {
	k := p.k
	if p.target.Vector == 0 {
		return false
	}
	sum := -1
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Reduce {
			if sum >= 0 {
				return false
			}
			sum = i
		}
	}
	if sum < 0 || k.Body[sum].Op != opAdd || !packs(k.Body[sum].DType) {
		return false
	}
	product := &k.Body[k.Body[sum].Args[0]]
	if product.Kind != codegen.Map || product.Op != opMul || p.rowStores() {
		return false
	}
	g := codegen.Gett{Sum: sum, A: product.Args[0], B: product.Args[1]}
	if !p.sides(&g) || !p.worth(&g, k.Body[sum].DType.Size()) {
		return false
	}
	p.tile(&g, k.Body[sum].DType)
	k.Schedule = codegen.Schedule{
		Nest: codegen.NestGett, Vector: -1, Grain: 1, Parallel: 0, Gett: g,
		Order: slices.Concat(g.Batch, g.M, g.N, g.K),
	}
	return true
}

// worth says whether packing pays: the last axis of each group is the one that blocks and tiles are cut from, the others are gone through
// point by point. Where the result's innermost axis is of the batch, vectors run along it in plain loops, unless the factors are too large
// to be gone over again and again.
func (p *scheduler) worth(g *codegen.Gett, bytes int) bool {
	m, n, depth := p.points(g.M), p.points(g.N), p.points(g.K)
	last := func(axes []int) float64 { return p.extent(axes[len(axes)-1]) }
	steps := n / last(g.N) * depth / last(g.K)
	if min(last(g.M), last(g.N), last(g.K)) < packedSide || m*n*depth < packedWork || steps > packedSteps {
		return false
	}
	inner := p.loops[len(p.loops)-1]
	lanes := float64(p.target.Vector / bytes)
	return !slices.Contains(g.Batch, inner) || p.extent(inner) < lanes || (m+n)*depth*lanes*float64(bytes) > p.model.cache
}

// packs says whether there are micro-kernels for a dtype.
func packs(d tensor.DType) bool { return d == tensor.Float32 || d == tensor.Float64 }

func (p *scheduler) rowStores() bool {
	return slices.ContainsFunc(p.streams, func(s stream) bool { return s.store && p.rowStore(s) })
}

// sides sorts the axes into the groups, each with the largest steps first. The factor that moves along with the result's innermost axis is
// the right one: its panels are what vectors run along.
func (p *scheduler) sides(g *codegen.Gett) bool {
	if len(p.loops) == 0 {
		return false
	}
	on := p.k.Depends()
	a, b := on[g.A], on[g.B]
	folds := p.k.FoldAxes()
	if loops := a.Union(b).Minus(folds); len(loops.List()) != len(p.loops) || !folds.Equal(a.Union(b).Minus(loops)) {
		return false
	}
	last := p.loops[len(p.loops)-1]
	if a.Has(last) && !b.Has(last) {
		g.A, g.B = g.B, g.A
		a, b = b, a
	}
	for _, x := range p.loops {
		switch {
		case a.Has(x) && b.Has(x):
			g.Batch = append(g.Batch, x)
		case a.Has(x):
			g.M = append(g.M, x)
		default:
			g.N = append(g.N, x)
		}
	}
	for _, x := range p.folds {
		if !a.Has(x) || !b.Has(x) {
			return false
		}
		g.K = append(g.K, x)
	}
	if len(g.M) == 0 || len(g.N) == 0 {
		return false
	}
	p.longestLast(g.M, false)
	p.longestLast(g.N, true)
	p.longestLast(g.K, false)
	return true
}

// longestLast puts the longest axis of a group behind the others; of n, the one that the result's vectors can run along if it is long
// enough for them.
func (p *scheduler) longestLast(axes []int, vectors bool) {
	if vectors && p.extent(axes[len(axes)-1]) >= float64(2*p.lanes) {
		return
	}
	longest := len(axes) - 1
	for i, a := range axes {
		if p.extent(a) > p.extent(axes[longest]) {
			longest = i
		}
	}
	a := axes[longest]
	copy(axes[longest:], axes[longest+1:])
	axes[len(axes)-1] = a
}

// tile chooses the tile of the result that stays in registers, and the blocks that stay in caches: a panel of B (kc x nr) in half of L1, a
// block of A (mc x kc) in half of L2, a block of B (kc x nc) in half of L3 (Goto and van de Geijn, "Anatomy of high-performance matrix
// multiplication", 2008).
func (p *scheduler) tile(g *codegen.Gett, d tensor.DType) {
	bytes := d.Size()
	lanes := p.target.Vector / bytes
	g.MR, g.NR = 6, 2*lanes // 12 accumulators, 2 panels of B and a broadcast element in 16 registers
	if p.target.Registers >= 32 {
		g.MR = 14 // 28 accumulators of 32
	}
	or := func(x, otherwise int) int {
		if x > 0 {
			return x
		}
		return otherwise
	}
	g.KC = between(or(p.target.L1, 32<<10)/2/(g.NR*bytes), 256, 512)
	g.MC = between(or(p.target.L2, 1<<20)/2/(g.KC*bytes)/g.MR*g.MR, g.MR, 1024/g.MR*g.MR)
	// Blocks of rows are what workers share, besides the batch and the other axes of m: some for each, so that none waits long for the last.
	m := p.extent(g.M[len(g.M)-1])
	if shares := rowShares / (p.points(g.Batch) * p.points(g.M) / m); shares > 1 {
		g.MC = between((int(m/shares)+g.MR-1)/g.MR*g.MR, min(g.MC, 8*g.MR), g.MC)
	}
	g.NC = between(or(p.target.L3, 16<<20)/2/(g.KC*bytes)/g.NR*g.NR, g.NR, 4096/g.NR*g.NR)
}

func between(x, lo, hi int) int { return max(lo, min(x, hi)) }
