package drivertest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Packed runs count random contractions, those of the seeds from first on, each scheduled in packed panels for the device's target.
func Packed(t *testing.T, open func() driver.Device, first uint64, count int, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	d := s.device(t)
	for seed := first; seed < first+uint64(count); seed++ {
		if err := s.check(d, tame, RandomContraction(seed, d.Target().Vector)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// Panelled is Packed for contractions whose right factor lies in memory as packing would lay it.
func Panelled(t *testing.T, open func() driver.Device, first uint64, count int, prepare ...Prepare) {
	s := &suite{open: open, prepare: prepare}
	d := s.device(t)
	for seed := first; seed < first+uint64(count); seed++ {
		if err := s.check(d, tame, RandomPanels(seed, d.Target().Vector)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// RandomPanels is a contraction like RandomContraction's, but for its right factor: an input with the columns of a tile side by side, around
// them the terms of the sum, around these the panels, outermost the batch.
func RandomPanels(seed uint64, vector int) *codegen.Kernel {
	r := rand.New(rand.NewPCG(seed, 11))
	c := contraction{Rand: r, b: codegen.NewBuilder(fmt.Sprintf("panels%d", seed))}
	c.d = []tensor.DType{tensor.Float32, tensor.Float32, tensor.Float64, tensor.Int32, tensor.Uint32}[r.IntN(5)]
	columns := max(vector, 32) / c.d.Size() * (1 + r.IntN(2))
	c.short = r.IntN(3) == 0
	c.m, c.n, c.batch = c.group("i", 1, false), c.group("j", 1, false), c.group("b", 0, false)
	c.extents = append(c.extents, columns)
	c.n = append(c.n, c.b.Loop("j", columns))
	c.k = c.group("k", 1, true)
	left := c.factor("a", slices.Concat(c.m, c.k, c.batch))
	var dims []int
	var at []codegen.Affine
	for _, axes := range [][]int{c.batch, c.n[:len(c.n)-1], c.k, c.n[len(c.n)-1:]} {
		for _, a := range axes {
			dims, at = append(dims, c.extents[a]), append(at, codegen.At(a))
		}
	}
	c.store(c.sum(c.product(left, c.b.Load(c.b.Input("b", c.d, dims, nil), at...))))
	k := c.scheduled(must(c.b), vector)
	k.Gett.N, k.Gett.K, k.Gett.NR = c.n, c.k, columns
	k.Gett.NC = columns * (1 + r.IntN(3))
	k.Order = slices.Concat(k.Gett.Batch, k.Gett.M, k.Gett.N, k.Gett.K)
	return k
}

// RandomContraction is the contraction of a seed, for vectors of so many bytes: axes of each kind in any order in memory, factors that are
// computed from what is loaded, stores of what is computed from the sum, tiles and blocks that the extents are no multiples of.
func RandomContraction(seed uint64, vector int) *codegen.Kernel {
	r := rand.New(rand.NewPCG(seed, 9))
	c := contraction{Rand: r, d: tensor.Float32, b: codegen.NewBuilder(fmt.Sprintf("contraction%d", seed))}
	if r.IntN(2) == 0 {
		c.d = []tensor.DType{tensor.Float64, tensor.Float64, tensor.Int32, tensor.Uint32}[r.IntN(4)]
	}
	c.m, c.n, c.batch = c.group("i", 1, false), c.group("j", 1, false), c.group("b", 0, false)
	c.k = c.group("k", 1, true)
	onLeft := append(append(append([]int{}, c.m...), c.k...), c.batch...)
	onRight := append(append(append([]int{}, c.n...), c.k...), c.batch...)
	left, right := c.factor("a", onLeft), c.factor("b", onRight)
	if c.d.IsFloat() && r.IntN(3) == 0 {
		c.complex([2]int{left, c.factor("a", onLeft)}, [2]int{right, c.factor("b", onRight)})
		return c.scheduled(must(c.b), vector)
	}
	sum := c.sum(c.product(left, right))
	for range 1 + r.IntN(8)/7 {
		c.store(sum)
	}
	return c.scheduled(must(c.b), vector)
}

// complex stores what is made of the parts of a contraction of complex numbers, given by theirs.
func (c *contraction) complex(left, right [2]int) {
	re := c.sum(c.b.Map(op.Lookup("sub"), c.product(left[0], right[0]), c.product(left[1], right[1])))
	parts := []int{c.product(left[0], right[1]), c.product(left[1], right[0])}
	c.Shuffle(2, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	im := c.sum(c.b.Map(op.Lookup("add"), parts...))
	if c.IntN(3) == 0 {
		c.store(c.b.Map(op.Lookup("maximum"), re, im))
		return
	}
	c.store(im)
	c.store(re)
}

func (c *contraction) product(left, right int) int {
	if c.IntN(2) == 0 {
		left, right = right, left
	}
	return c.b.Map(op.Lookup("mul"), left, right)
}

func (c *contraction) sum(v int) int { return c.b.Reduce(op.Lookup("add"), v, c.k...) }

// contraction makes one.
type contraction struct {
	*rand.Rand
	d              tensor.DType
	b              *codegen.Builder
	extents        []int
	m, n, k, batch []int
	short          bool // groups are of many axes of 2 and 4 points
}

// group adds at least so many axes.
func (c *contraction) group(name string, least int, fold bool) (axes []int) {
	count := least + c.IntN(5)/3
	if c.short && least > 0 {
		count = 3 + c.IntN(3)
	}
	for i := range count {
		n := []int{1, 2, 3, 5}[c.IntN(4)]
		switch {
		case c.short:
			n = []int{2, 2, 4}[c.IntN(3)]
		case i == 0:
			n = []int{1, 3, 7, 13, 16, 33, 40}[c.IntN(7)]
		}
		c.extents = append(c.extents, n)
		if fold {
			axes = append(axes, c.b.Fold(name, n))
		} else {
			axes = append(axes, c.b.Loop(name, n))
		}
	}
	c.Shuffle(len(axes), func(i, j int) { axes[i], axes[j] = axes[j], axes[i] })
	return axes
}

// factor is a value that depends on axes: of an input along them, or of two, or of one of another dtype.
func (c *contraction) factor(name string, axes []int) int {
	d := c.d
	if c.IntN(4) == 0 {
		d = []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Uint8, tensor.Int64, tensor.Bool}[c.IntN(6)]
	}
	x := c.b.Cast(c.d, c.load(name, d, axes))
	switch c.IntN(6) {
	case 0:
		x = c.b.Map(op.Lookup("sub"), x, c.load(name, c.d, axes[:c.IntN(len(axes)+1)]))
	case 1:
		x = c.b.Map(op.Lookup("maximum"), x, c.b.Number(c.d, 0.5))
	case 2:
		a := axes[c.IntN(len(axes))]
		x = c.b.Map(op.Lookup("add"), x, c.b.Cast(c.d, c.b.Index(a)))
	}
	return x
}

// load reads an input whose dims are the axes in some order.
func (c *contraction) load(name string, d tensor.DType, axes []int) int {
	var dims []int
	var at []codegen.Affine
	for _, i := range c.Perm(len(axes)) {
		a, n := axes[i], c.extents[axes[i]]
		index := codegen.At(a)
		switch c.IntN(8) {
		case 0:
			index = index.Scale(-1).Add(codegen.Fixed(n - 1))
		case 1:
			index, n = index.Scale(2).Add(codegen.Fixed(1)), 2*n
		}
		dims, at = append(dims, n), append(at, index)
	}
	var strides []int
	if l := layouts[min(c.IntN(2*len(layouts)), len(layouts)-1)]; l.strides != nil && c.IntN(2) == 0 {
		strides = l.strides(dims)
	}
	return c.b.Load(c.b.Input(name, d, dims, strides), at...)
}

// store writes something of the sum.
func (c *contraction) store(sum int) {
	axes := append(append(append([]int{}, c.batch...), c.m...), c.n...)
	x := sum
	switch c.IntN(5) {
	case 0:
		x = c.b.Map(op.Lookup("add"), x, c.load("bias", c.d, axes[len(axes)-len(c.n):]))
	case 1:
		x = c.b.Map(op.Lookup("maximum"), c.b.Map(op.Lookup("add"), x, c.load("bias", c.d, axes)), c.b.Number(c.d, 0))
	case 2:
		x = c.b.Map(op.Lookup("add"), x, c.b.Cast(c.d, c.b.Index(axes[c.IntN(len(axes))])))
	}
	var dims []int
	var at []codegen.Affine
	for _, i := range c.Perm(len(axes)) {
		dims, at = append(dims, c.extents[axes[i]]), append(at, codegen.At(axes[i]))
	}
	var strides []int
	if l := layouts[c.IntN(4)]; l.strides != nil {
		strides = l.strides(dims)
	}
	c.b.Store(c.b.Output("o", c.d, dims, strides), x, at...)
}

// scheduled gives k tiles that the vectors can hold and small blocks.
func (c *contraction) scheduled(k *codegen.Kernel, vector int) *codegen.Kernel {
	k = k.Clone()
	g := codegen.Gett{M: c.places(k, "i"), N: c.places(k, "j"), K: c.places(k, "k"), Batch: c.places(k, "b")}
	lanes := max(vector, 32) / c.d.Size()
	g.MR, g.NR = 1+c.IntN(7), lanes*(1+c.IntN(2))
	g.MC, g.NC, g.KC = g.MR*(1+c.IntN(4)), g.NR*(1+c.IntN(3)), 1+c.IntN(20)
	c.factors(k, &g)
	s := codegen.Schedule{Nest: codegen.NestGett, Vector: -1, Grain: 1, Gett: g, Uncached: c.IntN(3) == 0}
	s.Order = append(append(append(append(s.Order, g.Batch...), g.M...), g.N...), g.K...)
	k.Schedule = s
	return k
}

// factors finds the sum, or the sums, of k and their factors.
func (c *contraction) factors(k *codegen.Kernel, g *codegen.Gett) {
	var sums []int
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Reduce {
			sums = append(sums, i)
		}
	}
	g.Sum = sums[0]
	if len(sums) == 2 {
		real, imag, ok := k.ComplexFactors(sums[0], sums[1])
		if !ok {
			real, imag, _ = k.ComplexFactors(sums[1], sums[0])
		}
		g.Sum, g.A, g.B, g.Imag = real.Sum, real.A, real.B, &imag
	} else {
		factors := k.Body[k.Body[g.Sum].Args[0]].Args
		g.A, g.B = factors[0], factors[1]
	}
	if left, right := g.Sides(k.Depends()); left.Meets(codegen.AxesOf(g.N...)) || right.Meets(codegen.AxesOf(g.M...)) {
		g.Swap()
	}
}

// places are the axes of k whose names begin so, in some order.
func (c *contraction) places(k *codegen.Kernel, name string) (axes []int) {
	for i, a := range k.Axes {
		if a.Name[:1] == name {
			axes = append(axes, i)
		}
	}
	c.Shuffle(len(axes), func(i, j int) { axes[i], axes[j] = axes[j], axes[i] })
	return axes
}
