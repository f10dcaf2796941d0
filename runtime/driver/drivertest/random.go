package drivertest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Random runs count random kernels, those of the seeds from first on, each in several schedules. Run does a few; this is for more.
func Random(t *testing.T, open func() driver.Device, first uint64, count int, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	d := s.device(t)
	for seed := first; seed < first+uint64(count); seed++ {
		k := RandomKernel(seed)
		if err := s.check(d, fillerOf(k), schedules(k)...); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func (s *suite) random(t *testing.T) {
	Random(t, s.open, 1, 300, s.prepare...)
}

// RandomKernel is the kernel of a seed: loads at all kinds of affine indices, maps, reductions of reductions, stores along some of the axes.
func RandomKernel(seed uint64) *codegen.Kernel {
	r := rand.New(rand.NewPCG(seed, 5))
	g := generator{Rand: r, d: dtypes()[r.IntN(len(dtypes()))], b: codegen.NewBuilder(fmt.Sprintf("random%d", seed))}
	g.makeAxes()
	for range 1 + r.IntN(3) {
		g.load()
	}
	for range 2 + r.IntN(7) {
		g.step()
	}
	g.stores()
	return must(g.b)
}

// generator makes one kernel, whose values have dtype d.
type generator struct {
	*rand.Rand
	d       tensor.DType
	b       *codegen.Builder
	extents []int
	loops   []int
	folds   []int
	reduced map[int]bool
	values  []int
	on      map[int]codegen.AxisSet // the axes of each value
}

func (g *generator) makeAxes() {
	g.reduced, g.on = map[int]bool{}, map[int]codegen.AxisSet{}
	points := 1
	for range 1 + g.IntN(4) {
		n := []int{1, 2, 3, 5, 8, 17, 33}[g.IntN(7)]
		if points *= n; points > 3000 {
			break
		}
		g.extents = append(g.extents, n)
		if g.IntN(2) == 0 {
			g.loops = append(g.loops, g.b.Loop("i", n))
		} else {
			g.folds = append(g.folds, g.b.Fold("j", n))
		}
	}
}

// pick is a value, more likely a young one.
func (g *generator) pick() int {
	n := len(g.values)
	return g.values[max(g.IntN(n), g.IntN(n))]
}

func (g *generator) keep(v int, on codegen.AxisSet) {
	g.values = append(g.values, v)
	g.on[v] = on
}

// load adds an input that has some of the axes in some order, and loads it.
func (g *generator) load() {
	var dims []int
	var at []codegen.Affine
	var on codegen.AxisSet
	for _, a := range g.Perm(len(g.extents)) {
		if g.IntN(3) == 0 {
			continue
		}
		index, n := g.index(a)
		if b := g.IntN(len(g.extents)); g.IntN(8) == 0 { // as a convolution does
			index, n = index.Add(codegen.At(b)), n+g.extents[b]-1
			on = on.Union(codegen.AxesOf(b))
		}
		on = on.Union(codegen.AxesOf(a))
		dims, at = append(dims, n), append(at, index)
	}
	l := layouts[g.IntN(len(layouts))]
	var strides []int
	if l.strides != nil {
		strides = l.strides(dims)
	}
	g.keep(g.b.Load(g.b.Input("x", g.d, dims, strides), at...), on)
}

// index is an affine index along an axis, and the dim that it needs.
func (g *generator) index(a int) (codegen.Affine, int) {
	n := g.extents[a]
	switch g.IntN(6) {
	case 0:
		return codegen.At(a).Scale(-1).Add(codegen.Fixed(n - 1)), n
	case 1:
		c := g.IntN(5)
		return codegen.At(a).Add(codegen.Fixed(c)), n + c + g.IntN(2)
	case 2:
		return codegen.At(a).Scale(2), 2 * n
	}
	return codegen.At(a), n
}

// step adds a value: an op, a choice, an axis, a constant or a reduction.
func (g *generator) step() {
	switch g.IntN(8) {
	case 0:
		a := g.IntN(len(g.extents))
		g.keep(g.b.Cast(g.d, g.b.Index(a)), codegen.AxesOf(a))
	case 1:
		g.keep(g.b.Number(g.d, float64(g.IntN(5))), codegen.AxisSet{})
	case 2, 3:
		if len(g.folds) > 0 {
			g.reduce(g.pick(), g.folds[g.IntN(len(g.folds))])
		}
	case 4:
		x, y, z := g.pick(), g.pick(), g.pick()
		c := g.b.Map(op.Lookup("equal"), z, g.b.Number(g.d, 1))
		g.keep(g.b.Map(op.Lookup("where"), c, x, y), g.on[x].Union(g.on[y]).Union(g.on[z]))
	default:
		g.mapped()
	}
}

// mapped adds an op that takes the dtype and gives it back.
func (g *generator) mapped() {
	for {
		o := op.Lookup([]string{"add", "sub", "mul", "minimum", "maximum", "neg", "abs", "sqrt", "square"}[g.IntN(9)])
		types := []tensor.DType{g.d, g.d}[:o.Arity]
		if d, err := codegen.ResultType(o, types); err != nil || d != g.d {
			continue
		}
		args := []int{g.pick(), g.pick()}[:o.Arity]
		var on codegen.AxisSet
		for _, a := range args {
			on = on.Union(g.on[a])
		}
		g.keep(g.b.Map(o, args...), on)
		return
	}
}

// reduce folds x over a fold axis and perhaps another.
func (g *generator) reduce(x, axis int) {
	for {
		f := folds[g.IntN(len(folds))]
		if !f.takes(g.d) {
			continue
		}
		over := []int{axis}
		if other := g.folds[g.IntN(len(g.folds))]; other != axis && f.name != "argmin" && f.name != "argmax" {
			over = append(over, other)
		}
		for _, a := range over {
			g.reduced[a] = true
		}
		v := g.b.Cast(g.d, g.b.Reduce(op.Lookup(f.name), x, over...))
		g.keep(v, g.on[x].Minus(codegen.AxesOf(over...)))
		return
	}
}

// stores writes a value that has seen all fold axes, joined to another, and perhaps a third, along their axes and all loop axes.
func (g *generator) stores() {
	clear(g.reduced)
	for _, a := range g.folds {
		if !g.reduced[a] {
			g.reduce(g.values[len(g.values)-1], a)
		}
	}
	x, y := g.values[len(g.values)-1], g.pick()
	v := g.b.Map(op.Lookup("add"), x, y)
	g.keep(v, g.on[x].Union(g.on[y]))
	g.store(v)
	for range g.IntN(2) {
		g.store(g.pick())
	}
}

func (g *generator) store(v int) {
	axes := g.on[v].Union(codegen.AxesOf(g.loops...)).List()
	g.Shuffle(len(axes), func(i, j int) { axes[i], axes[j] = axes[j], axes[i] })
	var dims []int
	var at []codegen.Affine
	for _, a := range axes {
		n := g.extents[a]
		index := codegen.At(a)
		if g.IntN(4) == 0 {
			index = index.Scale(-1).Add(codegen.Fixed(n - 1))
		}
		dims, at = append(dims, n), append(at, index)
	}
	var strides []int
	if l := layouts[g.IntN(4)]; l.strides != nil {
		strides = l.strides(dims)
	}
	g.b.Store(g.b.Output("o", g.d, dims, strides), v, at...)
}
