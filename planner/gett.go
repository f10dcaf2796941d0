package planner

import (
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// Contractions below these sizes are done by plain loops: packing would cost more than it saves.
const (
	packedSide = 8       // points of m, n and k
	packedWork = 1 << 15 // m*n*k
	packedRows = 6       // m, and
	packedTile = 1 << 11 // m*n, where plain loops would leave vectors half empty
)

// gett schedules a kernel that is one large sum of products by packed panels (Springer and Bientinesi's GETT, arXiv 1607.00145; Matthews'
// TBLIS, arXiv 1607.00291): its axes fall into those of the left factor alone (m), of the right one alone (n), of both and the result
// (batch), and those that are folded (k). It gives false, and does nothing, for any other kernel.
func (p *scheduler) gett() bool {
	k := p.k
	if p.target.Vector == 0 || p.scans > 0 || p.rowStores() {
		return false
	}
	g, ok := sumOfProducts(k)
	if !ok || !packs(k.Body[g.Sum].DType) || !p.sides(&g) || !p.worth(&g, k.Body[g.Sum].DType.Size()) {
		return false
	}
	p.tile(&g, k.Body[g.Sum].DType)
	k.Schedule = codegen.Schedule{
		Nest: codegen.NestGett, Vector: -1, Grain: 1, Parallel: 0, Gett: g,
		Order: slices.Concat(g.Batch, g.M, g.N, g.K), Uncached: p.pastCaches(),
	}
	return true
}

// sumOfProducts finds the one sum of a kernel and its two factors; of complex numbers, the sums of both parts.
func sumOfProducts(k *codegen.Kernel) (g codegen.Gett, ok bool) {
	var sums []int
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Reduce {
			sums = append(sums, i)
		}
	}
	switch len(sums) {
	case 1:
		product := &k.Body[k.Body[sums[0]].Args[0]]
		if k.Body[sums[0]].Op != opAdd || product.Kind != codegen.Map || product.Op != opMul {
			return g, false
		}
		return codegen.Gett{Sum: sums[0], A: product.Args[0], B: product.Args[1]}, true
	case 2:
		real, imag, ok := k.ComplexFactors(sums[0], sums[1])
		if !ok {
			real, imag, ok = k.ComplexFactors(sums[1], sums[0])
		}
		return codegen.Gett{Sum: real.Sum, A: real.A, B: real.B, Imag: &imag}, ok
	}
	return g, false
}

// worth says whether packing pays. Where the result's innermost axis is of the batch, vectors run along it in plain loops, unless the
// factors are too large to be gone over again and again. Where it fills no vector, plain loops leave lanes empty: a large result is packed
// whatever it sums.
func (p *scheduler) worth(g *codegen.Gett, bytes int) bool {
	m, n, depth := p.points(g.M), p.points(g.N), p.points(g.K)
	inner := p.loops[len(p.loops)-1]
	lanes := float64(p.target.Vector / bytes)
	if depth > 1 && p.extent(inner) < lanes && math.Mod(n, 2*lanes) == 0 && m >= packedRows && m*n >= packedTile {
		return true
	}
	if min(m, n, depth) < packedSide || m*n*depth < packedWork {
		return false
	}
	return !slices.Contains(g.Batch, inner) || p.extent(inner) < lanes || (m+n)*depth*lanes*float64(bytes) > p.model.cache
}

// packs says whether there are micro-kernels for a dtype.
func packs(d tensor.DType) bool {
	return d == tensor.Float32 || d == tensor.Float64 || d == tensor.Int32 || d == tensor.Uint32
}

func (p *scheduler) rowStores() bool {
	return slices.ContainsFunc(p.streams, func(s stream) bool { return s.store && p.rowStore(s) })
}

// sides sorts the axes into the groups, each with the largest steps first. The factor that moves along with the result's innermost axis is
// the right one: its panels are what vectors run along.
func (p *scheduler) sides(g *codegen.Gett) bool {
	if len(p.loops) == 0 {
		return false
	}
	a, b := g.Sides(p.k.Depends())
	folds := p.k.FoldAxes()
	if loops := a.Union(b).Minus(folds); len(loops.List()) != len(p.loops) || !folds.Equal(a.Union(b).Minus(loops)) {
		return false
	}
	last := p.loops[len(p.loops)-1]
	if a.Has(last) && !b.Has(last) {
		g.Swap()
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
	if panel := float64(2 * p.lanes); p.extent(last) < float64(p.lanes) && p.points(g.N) < panel && p.points(g.M) >= panel {
		g.Swap()
		g.M, g.N = g.N, g.M
	}
	p.arrange(g)
	return true
}

// arrange orders the axes of each group, whose points are gone through with the last axis fastest. The last one is what vectors run along:
// of n the result's innermost axis, of m and k that along which a factor's elements lie side by side; where that is short, the longest. Next
// to it comes the axis along which the packed factor's elements lie side by side, so that what is fetched with one line of memory is used
// soon after.
func (p *scheduler) arrange(g *codegen.Gett) {
	a, b := p.beneath(g.A), p.beneath(g.B)
	inner := p.loops[len(p.loops)-1]
	vectors := float64(2 * p.lanes)
	for _, side := range []struct {
		axes    []int
		factors []stream
	}{{g.M, a}, {g.N, b}, {g.K, append(b, a...)}} {
		for i := len(side.factors) - 1; i >= 0; i-- {
			p.putLast(side.axes, side.factors[i], g.Parts())
		}
		p.longestLast(side.axes, vectors)
	}
	if slices.Contains(g.N, inner) && p.extent(inner) >= vectors {
		moveLast(g.N, slices.Index(g.N, inner))
	}
	if g.Imag == nil && len(a) > 0 && len(b) > 0 {
		p.arrangeShort(g, p.widest(a), p.widest(b))
	}
}

// beneath are the streams of what is loaded for value v.
func (p *scheduler) beneath(v int) (list []stream) {
	under := make([]bool, v+1)
	under[v] = true
	for i := v; i >= 0; i-- {
		x := &p.k.Body[i]
		if !under[i] {
			continue
		}
		for _, a := range x.Args {
			under[a] = true
		}
		if x.Kind == codegen.Load {
			list = append(list, p.streams[p.reads[i]])
		}
	}
	return list
}

// putLast moves the axis along which s goes element by element, each of so many parts, to the end.
func (p *scheduler) putLast(axes []int, s stream, parts int) {
	if i := slices.IndexFunc(axes, func(a int) bool { return s.step[a] == parts }); i >= 0 {
		moveLast(axes, i)
	}
}

// longestLast puts the longest axis of a group behind the others if the last one is shorter than enough.
func (p *scheduler) longestLast(axes []int, enough float64) {
	longest := len(axes) - 1
	if p.extent(axes[longest]) >= enough {
		return
	}
	for i, a := range axes {
		if p.extent(a) > p.extent(axes[longest]) {
			longest = i
		}
	}
	moveLast(axes, longest)
}

// moveLast moves axis number i behind the others.
func moveLast(axes []int, i int) {
	a := axes[i]
	copy(axes[i:], axes[i+1:])
	axes[len(axes)-1] = a
}

// tile chooses the tile of the result that stays in registers, and the blocks that stay in caches: a panel of B (kc x nr) in half of L1, a
// block of A (mc x kc) in half of L2, a block of B (kc x nc) in half of L3 (Goto and van de Geijn, "Anatomy of high-performance matrix
// multiplication", 2008). Where all of A takes a quarter of L2, B goes through the other half of it. Sums are cut by kc alone, which goes by the
// target's L1, so L2 and L3 may be those of the machine: they change no bit.
func (p *scheduler) tile(g *codegen.Gett, d tensor.DType) {
	bytes := d.Size()
	g.MR, g.NR = 6, tileColumns(p.target.Vector, bytes) // 12 accumulators, 2 panels of B and a broadcast element in 16 registers
	if p.target.Registers >= 32 {
		g.MR = 14 // 28 accumulators of 32
	}
	if g.Imag != nil {
		g.MR /= 2 // twice as many to a row
		bytes *= 2
	}
	or := func(x, otherwise int) int {
		if x > 0 {
			return x
		}
		return otherwise
	}
	g.KC = between(or(p.target.L1, 32<<10)/2/(g.NR*bytes), 256, 512)
	second, room := or(p.target.L2, 1<<20)/bytes, or(p.target.L3, 16<<20)/2/bytes
	g.MC = between(second/2/g.KC/g.MR*g.MR, g.MR, 1024/g.MR*g.MR)
	kc := int(min(float64(g.KC), p.points(g.K)))
	if p.points(g.M)*float64(kc) <= float64(second/4) {
		room = second / 2
	}
	g.NC = between(room/kc/g.NR*g.NR, g.NR, (1<<20)/kc/g.NR*g.NR)
}

// tileColumns is how many columns a tile has, and so a panel of the right factor: those of two vectors.
func tileColumns(vector, bytes int) int { return 2 * vector / bytes }

func between(x, lo, hi int) int { return max(lo, min(x, hi)) }
