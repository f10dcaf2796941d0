package codegen

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

func TestBuilder(t *testing.T) {
	b := NewBuilder("linear layer")
	b.Note("a product,\n and what follows it")
	o := b.Output("t0", tensor.Float32, []int{4, 3}, nil) // outputs and fold axes may be made first
	j := b.Fold("j", 5)
	i, k := b.Loop("i", 4), b.Loop("i", 3)
	x, y := b.Input("x", tensor.Float32, []int{4, 5}, nil), b.Input("f32", tensor.Float32, []int{5, 3}, []int{1, 5})
	b.Load(x, At(i), Fixed(0)) // used by nothing
	product := b.Map(op.Lookup("mul"), b.Load(x, At(i), At(j)), b.Load(y, At(j), At(k)))
	sum := b.Reduce(op.Lookup("add"), product, j)
	again := b.Reduce(op.Lookup("add"), b.Map(op.Lookup("mul"), b.Load(x, At(i), At(j)), b.Load(y, At(j), At(k))), j)
	if sum != again {
		t.Errorf("an equal value was made twice: %d, %d", sum, again)
	}
	b.Store(o, b.Cast(tensor.Float32, b.Map(op.Lookup("sub"), sum, b.Number(tensor.Float32, 2.5))), At(i), At(k))
	kernel, err := b.Kernel()
	if err != nil {
		t.Fatal(err)
	}
	want := `kernel linear_layer  ; a product, and what follows it
  in   x f32[4 5], f32_ f32[5 3] strides [1 5]
  out  t0_ f32[4 3]
  loop i 4, i_1 3
  fold j 5
  t0 = reduce(add, j, x[i, j] * f32_[j, i_1])
  t0_[i, i_1] = t0 - 2.5
`
	if d := cmp.Diff(want, kernel.String()); d != "" {
		t.Error(d)
	}
}

func TestBuilderReportsMisuse(t *testing.T) {
	for name, use := range map[string]func(b *Builder, x int){
		"dtypes":   func(b *Builder, x int) { b.Map(op.Lookup("add"), x, b.Number(tensor.Float64, 1)) },
		"argument": func(b *Builder, x int) { b.Map(op.Lookup("neg"), 77) },
		"cast":     func(b *Builder, x int) { b.Cast(tensor.Float32, -1) },
		"reduce":   func(b *Builder, x int) { b.Reduce(op.Lookup("add"), 99, 0) },
		"fold":     func(b *Builder, x int) { b.Reduce(nil, x, 0) },
		"loop":     func(b *Builder, x int) { b.Store(1, b.Reduce(op.Lookup("add"), x, 0)) },
		"param":    func(b *Builder, x int) { b.Store(1, b.Load(5), At(0)) },
		"axis":     func(b *Builder, x int) { b.Store(1, b.Load(0, At(3)), At(0)) },
		"nothing":  func(b *Builder, x int) {},
	} {
		b := NewBuilder("k")
		in := b.Input("x", tensor.Float32, []int{3}, nil)
		b.Output("o", tensor.Float32, []int{3}, nil)
		use(b, b.Load(in, At(b.Loop("i", 3))))
		if k, err := b.Kernel(); err == nil {
			t.Errorf("%s: accepted\n%v", name, k)
		}
	}
}

func TestClone(t *testing.T) {
	for _, text := range corpus(t) {
		k, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		c := k.Clone()
		if d := cmp.Diff(k, c, byName); d != "" {
			t.Error(d)
		}
		for i := range c.Params {
			c.Params[i].Name = "spoilt"
			for j := range c.Params[i].Dims {
				c.Params[i].Dims[j], c.Params[i].Strides[j] = -1, -1
			}
		}
		for i := range c.Body {
			for j := range c.Body[i].At {
				for l := range c.Body[i].At[j].Terms {
					c.Body[i].At[j].Terms[l].Coef = 99
				}
			}
			for j := range c.Body[i].Args {
				c.Body[i].Args[j] = -1
			}
		}
		if k.String() != text {
			t.Errorf("a change of the copy shows in\n%s", text)
		}
	}
}

func TestAffine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() Affine {
		a := Fixed(r.IntN(9) - 4)
		for range r.IntN(4) {
			a = a.Add(At(r.IntN(4)).Scale(r.IntN(7) - 3))
		}
		return a
	}
	at := func(a Affine, point [4]int) int {
		v := a.Const
		for _, t := range a.Terms {
			v += t.Coef * point[t.Axis]
		}
		return v
	}
	axes := []Axis{{Extent: 3}, {Extent: 5}, {Extent: 1}, {Extent: 4}}
	for range 1000 {
		a, b := random(), random()
		axis, c := r.IntN(4), r.IntN(7)-3
		lo, hi, ok := a.Range(axes)
		if !ok {
			t.Fatalf("%v has no range", a)
		}
		for range 10 {
			p := [4]int{r.IntN(3), r.IntN(5), 0, r.IntN(4)}
			q := p
			q[axis] = at(b, p)
			if v := at(a, p); v < lo || v > hi {
				t.Fatalf("%v is %d at %v, outside of [%d, %d]", a, v, p, lo, hi)
			}
			if at(a.Add(b), p) != at(a, p)+at(b, p) || at(a.Scale(c), p) != c*at(a, p) || at(a.Subst(axis, b), p) != at(a, q) {
				t.Fatalf("%v, %v, axis %d, factor %d at %v", a, b, axis, c, p)
			}
		}
		for i, x := range a.Add(b).Terms {
			if x.Coef == 0 || i > 0 && a.Add(b).Terms[i-1].Axis >= x.Axis {
				t.Fatalf("%v + %v = %v", a, b, a.Add(b))
			}
		}
	}
}

func TestAffineRangeOverflows(t *testing.T) {
	axes := []Axis{{Extent: math.MaxInt}, {Extent: 3}, {Extent: 0}}
	for _, a := range []Affine{
		At(0).Scale(2), At(0).Scale(-2), At(1).Scale(math.MaxInt), At(1).Scale(math.MinInt), At(0).Add(Fixed(5)), At(2),
		{Const: math.MinInt, Terms: []Term{{1, -1}}},
	} {
		if lo, hi, ok := a.Range(axes); ok {
			t.Errorf("%v is in [%d, %d]", a, lo, hi)
		}
	}
	if lo, hi, ok := At(0).Scale(-1).Range(axes); !ok || lo != 1-math.MaxInt || hi != 0 {
		t.Errorf("[%d, %d] %v", lo, hi, ok)
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		kernel string
		want   Cost
	}{
		{"linear", Cost{Flop: 2*512*256*128 + 2*512*128, Bytes: 4 * (512*256 + 256*128 + 128 + 512*128)}},
		{"softmax", Cost{Flop: 5 * 512 * 256, Bytes: 4 * 2 * 512 * 256}},
		{"joined", Cost{Bytes: 4 * 2 * 4 * 11}},
		{"scalars", Cost{Bytes: 4 + 8 + 1 + 8}},
	} {
		for _, text := range corpus(t) {
			k, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if k.Name == c.kernel && k.Count() != c.want {
				t.Errorf("%s: %+v, want %+v", k.Name, k.Count(), c.want)
			}
		}
	}
}

func TestKey(t *testing.T) {
	parse := func(text string) *Kernel {
		k, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	base := "kernel a\n in x f32[100 200]\n out o f32[100 200]\n loop i 100, j 200\n o[i, j] = -x[i, j]"
	same := "kernel b\n in y f32[300 400]\n out p f32[300 400]\n loop k 300, l 400\n p[k, l] = -y[k, l]"
	others := []string{
		"kernel a\n in x f32[100 200] strides [1 100]\n out o f32[100 200]\n loop i 100, j 200\n o[i, j] = -x[i, j]",
		"kernel a\n in x f32[100 200] strides [0 1]\n out o f32[100 200]\n loop i 100, j 200\n o[i, j] = -x[i, j]",
		"kernel a\n in x f64[100 200]\n out o f64[100 200]\n loop i 100, j 200\n o[i, j] = -x[i, j]",
		"kernel a\n in x f32[100 2]\n out o f32[100 2]\n loop i 100, j 2\n o[i, j] = -x[i, j]",
		"kernel a\n in x f32[101 200]\n out o f32[100 200]\n loop i 100, j 200\n o[i, j] = -x[i+1, j]",
		"kernel a\n in x f32[100 200]\n out o f32[100 200]\n loop i 100, j 200\n o[i, j] = x[i, j] * x[i, j]",
		base + "\n schedule map order i j, grain 1",
	}
	key := func(text string, keep Keep) []byte { return parse(text).AppendKey(nil, keep) }
	loose, exact := Keep{Extents: 16}, Keep{Extents: math.MaxInt, Strides: true, Blocks: true}
	if !bytes.Equal(key(base, loose), key(same, loose)) {
		t.Error("kernels that differ in large extents have different keys")
	}
	if bytes.Equal(key(base, exact), key(same, exact)) {
		t.Error("kernels of different extents have the same exact key")
	}
	seen := map[string]string{string(key(base, loose)): base}
	for _, text := range others {
		k := string(key(text, loose))
		if twin := seen[k]; twin != "" {
			t.Errorf("the same key for\n%s\nand\n%s", twin, text)
		}
		seen[k] = text
	}
	scheduled := base + "\n schedule map order i j, grain %"
	if a, b := scheduled[:len(scheduled)-1]+"1", scheduled[:len(scheduled)-1]+"50"; !bytes.Equal(key(a, loose), key(b, loose)) || bytes.Equal(key(a, exact), key(b, exact)) {
		t.Error("a grain counts where it should not, or does not where it should")
	}
}
