package planner

import (
	"cmp"
	"slices"

	"github.com/einloom/einloom/codegen"
)

// What short axes cost in a packed contraction, in cycles: an element that is packed alone, and finding where a piece of a panel is stored.
const (
	placedAxis  = 30 // finding where a flat point is, for each axis
	packedAlone = 4  // packing an element alone
	widestPiece = 4  // elements that are stored together where a tile's columns are no run
)

// arrangeShort orders groups whose axes are all short, so that none alone fills a vector, as they lie in a factor: those that lie one in the
// other there are packed as one axis. Columns are ordered as in the result where storing takes longer than packing.
func (p *scheduler) arrangeShort(g *codegen.Gett, a, b stream) {
	short := func(axes []int, s stream) bool {
		for _, x := range axes {
			if s.step[x] == 1 && p.extent(x) >= float64(2*p.lanes) {
				return false
			}
		}
		return len(axes) > 1
	}
	result := p.streams[len(p.streams)-1]
	if short(g.M, a) {
		p.asIn(g.M, a)
	}
	if short(g.K, b) && short(g.K, a) {
		s := b
		if !p.beside(g.K, b) && p.beside(g.K, a) {
			s = a
		}
		p.asIn(g.K, s)
	}
	if short(g.N, b) && short(g.N, result) {
		stored := slices.Clone(g.N)
		p.asIn(stored, result)
		p.asIn(g.N, b)
		if p.columnCost(g, stored, b) < p.columnCost(g, g.N, b) {
			copy(g.N, stored)
		}
	}
}

// columnCost is what packing a panel of the right factor and storing the tiles beside it takes with N's axes in the given sequence, in cycles.
func (p *scheduler) columnCost(g *codegen.Gett, axes []int, b stream) float64 {
	columns, piece := float64(2*p.lanes), 1.0
	place := placedAxis * float64(len(axes))
	pack := place
	if run := p.run(axes, b); run < columns {
		pack = columns/run*place + columns*packedAlone*p.points(g.K)
	}
	for run := int(p.run(axes, p.streams[len(p.streams)-1])); piece < widestPiece && run%int(2*piece) == 0; {
		piece *= 2
	}
	return pack + columns/piece*(p.points(g.M)+place)
}

// asIn orders axes by their steps in s, the largest first.
func (p *scheduler) asIn(axes []int, s stream) {
	slices.SortStableFunc(axes, func(a, b int) int { return cmp.Compare(s.step[b], s.step[a]) })
}

// run is how many points of axes lie side by side in s: those of the last ones, as far as they lie one in the other.
func (p *scheduler) run(axes []int, s stream) float64 {
	run := 1
	for i := len(axes) - 1; i >= 0 && s.step[axes[i]] == run; i-- {
		run *= p.k.Axes[axes[i]].Extent
	}
	return float64(run)
}

// beside says whether s goes along one of axes element by element.
func (p *scheduler) beside(axes []int, s stream) bool {
	return slices.ContainsFunc(axes, func(a int) bool { return s.step[a] == 1 })
}

// widest is the stream that moves along most points.
func (p *scheduler) widest(list []stream) stream {
	points := func(s stream) float64 {
		n := 1.0
		for a, step := range s.step {
			if step != 0 {
				n *= p.extent(a)
			}
		}
		return n
	}
	return slices.MaxFunc(list, func(s, t stream) int { return cmp.Compare(points(s), points(t)) })
}
