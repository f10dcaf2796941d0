// Package randgraph makes random graphs that are right by construction, the same from the same seed, for tests that compare one way of
// computing with another. It never computes anything itself.
package randgraph

import (
	"math/rand/v2"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// Options shape the graphs; the zero value gives small graphs of everything.
type Options struct {
	Nodes    int            // builder calls besides leaves; 0 means 1 to 14
	Roots    int            // how many expressions are returned; 0 means 1 to 3
	Elements int            // the most elements of any array; 0 means 400
	Work     int            // the most products that a contraction sums; 0 means 4000
	DTypes   []tensor.DType // of leaves; nil means all
	Ops      []*op.Op       // for maps; nil means all of op.Table
	Tame     bool           // no NaN, infinities, or numbers far from 1 in the leaves
}

// Graph makes a graph with data as its leaves and gives its roots. None is a mistake, and none fails when it runs: indices to take are
// in range. Everything depends on r and o alone.
func Graph(r *rand.Rand, o Options) []expr.Expr {
	g := newMaker(r, o)
	for range 1 + g.below(3) {
		g.leaf()
	}
	built := 0
	for tries := 0; built < g.o.Nodes && tries < 40*g.o.Nodes; tries++ {
		if g.grow() {
			built++
		}
	}
	// The last built is a root, so that most of the graph is beneath it.
	roots := []expr.Expr{g.pool[len(g.pool)-1]}
	for len(roots) < g.o.Roots {
		roots = append(roots, g.any())
	}
	return roots
}

// usual are all dtypes; those that devices compute natively come up more often.
var usual = []tensor.DType{
	tensor.Bool, tensor.Int8, tensor.Int16, tensor.Int32, tensor.Int64, tensor.Uint8, tensor.Uint16, tensor.Uint32, tensor.Uint64,
	tensor.Float16, tensor.BFloat16, tensor.Float32, tensor.Float64, tensor.Complex64, tensor.Complex128,
	tensor.Float32, tensor.Float32, tensor.Float32, tensor.Float32, tensor.Float64, tensor.Float64, tensor.Int32, tensor.Int64, tensor.Bool,
}

// maker is one graph in the making.
type maker struct {
	*rand.Rand
	o    Options
	pool []expr.Expr // what there is to build of
}

func newMaker(r *rand.Rand, o Options) *maker {
	g := &maker{Rand: r, o: o}
	if o.Nodes == 0 {
		g.o.Nodes = 1 + g.below(14)
	}
	if o.Roots == 0 {
		g.o.Roots = 1 + g.below(8)/5 + g.below(8)/7
	}
	if o.Elements == 0 {
		g.o.Elements = 400
	}
	if o.Work == 0 {
		g.o.Work = 4000
	}
	if o.DTypes == nil {
		g.o.DTypes = usual
	}
	if o.Ops == nil {
		g.o.Ops = op.Table
	}
	return g
}

func (g *maker) below(n int) int     { return g.IntN(n) }
func (g *maker) oneIn(n int) bool    { return g.IntN(n) == 0 }
func (g *maker) dtype() tensor.DType { return g.o.DTypes[g.below(len(g.o.DTypes))] }
func (g *maker) fits(s []int) bool   { return volume(s) <= g.o.Elements }

// any picks something built before; the newest most often, so that chains grow long.
func (g *maker) any() expr.Expr {
	if g.oneIn(2) {
		return g.pool[len(g.pool)-1-g.below(min(3, len(g.pool)))]
	}
	return g.pool[g.below(len(g.pool))]
}

// ranked picks something with at least one axis.
func (g *maker) ranked() (expr.Expr, bool) {
	for range 8 {
		if x := g.any(); x.Rank() > 0 {
			return x, true
		}
	}
	return expr.Expr{}, false
}

// add puts x into the pool if it is no mistake and no larger than allowed.
func (g *maker) add(x expr.Expr) bool {
	if x.Err() != nil || !g.fits(x.Shape()) || x.Rank() > 6 {
		return false
	}
	g.pool = append(g.pool, x)
	return true
}

func volume(shape []int) int {
	v := 1
	for _, d := range shape {
		v *= d
	}
	return v
}

// grow builds one thing more of what there is.
func (g *maker) grow() bool {
	steps := [...]struct {
		weight int
		build  func(*maker) (expr.Expr, bool)
	}{
		{12, (*maker).mapped}, {2, (*maker).cast}, {2, (*maker).where}, {1, (*maker).scalar},
		{6, (*maker).reduced}, {2, (*maker).scanned}, {1, (*maker).composed},
		{5, (*maker).contracted}, {2, (*maker).product}, {1, (*maker).sparse},
		{2, (*maker).reshaped}, {2, (*maker).transposed}, {2, (*maker).broadcast}, {3, (*maker).sliced}, {1, (*maker).padded},
		{1, (*maker).diagonal}, {2, (*maker).joined}, {2, (*maker).taken}, {1, (*maker).sorted}, {1, (*maker).counted},
	}
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	pick := g.below(total)
	for _, s := range steps {
		if pick -= s.weight; pick < 0 {
			x, ok := s.build(g)
			return ok && g.add(x)
		}
	}
	return false
}
