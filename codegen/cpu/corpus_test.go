package cpu

import (
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/tensor"
)

// corpus is kernels of every kind, ready for the target: those that people wrote, every op on every dtype in several layouts, every fold
// along and across vectors and in pieces, random ones, and packed contractions. What the generator has no code for is left out.
func corpus(t testing.TB, target codegen.Target) []*codegen.Kernel {
	t.Helper()
	var list []*codegen.Kernel
	written, err := drivertest.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, written...)
	list = append(list, drivertest.Read(t, "../testdata/kernels.txt")...)
	for _, d := range dtypes() {
		for i, l := range layouts {
			list = append(list, opKernels(t, d, l, []int{1, 37, 200}[i%3])...)
		}
		list = append(list, foldKernels(t, d)...)
	}
	for seed := range uint64(60) {
		list = append(list, drivertest.RandomKernel(seed), drivertest.RandomContraction(seed, target.Vector))
	}
	return prepared(t, list, target)
}

// prepared writes the kernels out for the target, schedules those that have no schedule, and names them apart.
func prepared(t testing.TB, list []*codegen.Kernel, target codegen.Target) []*codegen.Kernel {
	var ready []*codegen.Kernel
	for _, k := range list {
		k, err := written(k, target)
		if err == nil && k.Nest == codegen.NestNone {
			k, err = planner.Schedule(k, target)
		}
		if err != nil {
			t.Fatalf("%v\n%v", err, k)
		}
		c := *k
		c.Name = fmt.Sprintf("%s_%d", k.Name, len(ready))
		ready = append(ready, &c)
	}
	return ready
}

func dtypes() (list []tensor.DType) {
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		list = append(list, d)
	}
	return list
}

// layout is the strides of a row of n elements in rows of them.
type layout struct {
	name         string
	row, element int
}

var layouts = []layout{{"dense", 0, 1}, {"padded", 5, 1}, {"stepped", 0, 3}, {"reversed", 0, -1}, {"same", 0, 0}}

// opKernels is each op that takes d, elementwise over rows of n elements: the inputs in the layout l, the output dense or, of every
// other one, stepped.
func opKernels(t testing.TB, d tensor.DType, l layout, n int) (list []*codegen.Kernel) {
	for i, o := range append(op.Cores(), op.Table...) {
		types := make([]tensor.DType, o.Arity)
		for j := range types {
			types[j] = d
		}
		if o.Types.Compute == op.Chosen {
			types[0] = tensor.Bool
		}
		if _, err := codegen.ResultType(o, types); err != nil {
			continue
		}
		if _, err := o.Expand(d); err != nil && o.Name != "cast" {
			continue
		}
		to := dtypes()[:1]
		if o.Name == "cast" {
			to = dtypes()
		}
		for _, to := range to {
			b := codegen.NewBuilder(o.Name + "_" + d.String() + "_" + l.name)
			row, col := b.Loop("i", 3), b.Loop("j", n)
			at := []codegen.Affine{codegen.At(row), codegen.At(col)}
			args := make([]int, o.Arity)
			for j := range args {
				x := b.Input("x", types[j], []int{3, n}, []int{l.row + max(l.element, -l.element)*n, l.element})
				args[j] = b.Load(x, at...)
			}
			v := 0
			if o.Name == "cast" {
				v = b.Cast(to, args[0])
			} else {
				v = b.Map(o, args...)
			}
			strides := []int{n, 1}
			if i%2 == 0 {
				strides = []int{2 * n, 2}
			}
			b.Store(b.Output("o", b.DType(v), []int{3, n}, strides), v, at...)
			list = append(list, finished(t, b, 1, 0))
		}
	}
	return list
}

// finished is b's kernel with lanes along an axis (-1: none) and the outer fold in pieces (0: whole).
func finished(t testing.TB, b *codegen.Builder, vector, split int) *codegen.Kernel {
	k, err := b.Kernel()
	if err != nil {
		t.Fatal(err)
	}
	s := codegen.Schedule{Nest: codegen.NestMap, Vector: vector, Grain: 2}
	for i, a := range k.Axes {
		s.Order = append(s.Order, i)
		if a.Fold {
			s.Nest, s.Split = codegen.NestRow, split
		} else if i != vector || i == 0 {
			s.Parallel++
		}
	}
	k.Schedule = s
	if err := k.Verify(); err != nil {
		t.Fatalf("%v\n%v", err, k)
	}
	return k
}

// foldKernels is each fold that takes d, and each scan: columns side by side and along a row, whole and in pieces, without lanes.
func foldKernels(t testing.TB, d tensor.DType) (list []*codegen.Kernel) {
	for _, name := range []string{"add", "mul", "minimum", "maximum", "and", "or"} {
		o := op.Lookup(name)
		if got, err := codegen.ResultType(o, []tensor.DType{d, d}); err != nil || got != d || d.IsComplex() && name == "mul" {
			continue
		}
		for _, vector := range []int{0, 1, -1} {
			for _, split := range []int{0, 16} {
				b := codegen.NewBuilder(name + "_" + d.String())
				i, j := b.Loop("i", 40), b.Fold("j", 75)
				x := b.Load(b.Input("x", d, []int{75, 40}, nil), codegen.At(j), codegen.At(i))
				b.Store(b.Output("o", d, []int{40}, nil), b.Reduce(o, x, j), codegen.At(i))
				list = append(list, finished(t, b, vector, split))
			}
			if d.IsBool() || d.IsComplex() {
				continue
			}
			b := codegen.NewBuilder("scan_" + name + "_" + d.String())
			i, j := b.Loop("i", 40), b.Fold("j", 75)
			x := b.Load(b.Input("x", d, []int{75, 40}, nil), codegen.At(j), codegen.At(i))
			b.Store(b.Output("o", d, []int{75, 40}, nil), b.Scan(o, x, j), codegen.At(j), codegen.At(i))
			list = append(list, finished(t, b, vector, 0))
		}
	}
	return list
}

var long = flag.Bool("long", false, "the whole corpus, and all of the emulated device's tests")

// each calls f with the kernels of the corpus that the generator has code for, or some of them, and tells how many those are.
func each(t *testing.T, f func(t *testing.T, target codegen.Target, k *codegen.Kernel, o *Object)) {
	for _, name := range Targets() {
		t.Run(name, func(t *testing.T) {
			target, err := Target(name)
			if err != nil {
				t.Fatal(err)
			}
			all := corpus(t, target)
			n := 0
			for i, k := range all {
				if !*long && i%4 != 0 {
					continue
				}
				o, err := Generate(k, target)
				var unsupported *Unsupported
				if errors.As(err, &unsupported) {
					continue
				}
				if err != nil {
					t.Fatalf("%v\n%v", err, k)
				}
				n++
				f(t, target, k, o)
			}
			t.Logf("%d of %d kernels have code", n, len(all))
		})
	}
}
