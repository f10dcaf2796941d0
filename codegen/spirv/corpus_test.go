package spirv

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/tensor"
)

var long = flag.Bool("long", false, "the whole corpus")

// devices are the capabilities that the corpus is written for.
var devices = []*Capabilities{packing(Lavapipe()), packing(Desktop())}

// packing is a device whose small kernels are written as large ones are.
func packing(c *Capabilities) *Capabilities {
	c.always = true
	return c
}

// corpus is each so manieth kernel of all, in the long tests each one, as a device of capabilities c is given them.
func corpus(t testing.TB, c *Capabilities, every int) (ready []*codegen.Kernel) {
	t.Helper()
	for i, k := range all(t) {
		if !*long && i%every != 0 {
			continue
		}
		plain := *k
		plain.Schedule = codegen.Schedule{Vector: -1}
		k, err := planner.Expand(&plain, c.Target())
		if err != nil { // products of complex numbers, which the planner has written out before
			continue
		}
		ready = append(ready, k)
	}
	return ready
}

var whole []*codegen.Kernel

// all is kernels of every kind: those that people wrote, every op on every dtype in several layouts, every fold and scan along and across memory,
// random ones, contractions.
func all(t testing.TB) []*codegen.Kernel {
	t.Helper()
	if whole != nil {
		return whole
	}
	list, err := drivertest.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, drivertest.Read(t, "../testdata/kernels.txt")...)
	list = append(append(list, drivertest.Read(t, "testdata/kernels.txt")...), drivertest.Read(t, "testdata/contractions.txt")...)
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		list = append(list, opKernels(t, d)...)
		list = append(list, foldKernels(t, d)...)
		list = append(list, scanKernels(t, d)...)
	}
	for seed := range uint64(60) {
		list = append(list, drivertest.RandomKernel(seed), drivertest.RandomContraction(seed, 16))
	}
	whole = list
	return whole
}

// opKernels is each op that takes d, elementwise over rows: of dense inputs, and of every second one read backwards by columns.
func opKernels(t testing.TB, d tensor.DType) (list []*codegen.Kernel) {
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
		to := []tensor.DType{d}
		if o.Name == "cast" {
			for to = nil; len(to) < int(tensor.NumDTypes)-1; {
				to = append(to, tensor.DType(len(to)+1))
			}
		}
		for _, to := range to {
			b := codegen.NewBuilder(fmt.Sprintf("%s_%v", o.Name, d))
			row, col := b.Loop("i", 3), b.Loop("j", 200)
			at := []codegen.Affine{codegen.At(row), codegen.At(col)}
			strides := []int{200, 1}
			if i%2 == 0 {
				strides = []int{1, -3}
			}
			args := make([]int, o.Arity)
			for j := range args {
				args[j] = b.Load(b.Input("x", types[j], []int{3, 200}, strides), at...)
			}
			v := 0
			if o.Name == "cast" {
				v = b.Cast(to, args[0])
			} else {
				v = b.Map(o, args...)
			}
			b.Store(b.Output("o", b.DType(v), []int{3, 200}, nil), v, at...)
			list = append(list, finished(t, b))
		}
	}
	return list
}

// foldKernels is each fold that takes d: of columns and of rows, few long ones and many.
func foldKernels(t testing.TB, d tensor.DType) (list []*codegen.Kernel) {
	for _, name := range []string{"add", "mul", "minimum", "maximum", "and", "or", "argmin", "argmax"} {
		o := op.Lookup(name)
		got, err := codegen.ResultType(o, []tensor.DType{d, d})
		places := strings.HasPrefix(name, "arg") && !d.IsComplex()
		if !places && (err != nil || got != d || d.IsComplex() && name == "mul") {
			continue
		}
		for _, size := range [][2]int{{40, 75}, {3, 70000}, {20000, 50}} {
			for _, strides := range [][]int{{size[1], 1}, {1, size[0]}} {
				b := codegen.NewBuilder(name + "_" + d.String())
				i, j := b.Loop("i", size[0]), b.Fold("j", size[1])
				x := b.Load(b.Input("x", d, size[:], strides), codegen.At(i), codegen.At(j))
				v := b.Reduce(o, x, j)
				b.Store(b.Output("o", b.DType(v), size[:1], nil), v, codegen.At(i))
				list = append(list, finished(t, b))
			}
		}
	}
	return list
}

// scanKernels is each scan that takes d: of columns and of rows, few long ones and many, some with what else a kernel has.
func scanKernels(t testing.TB, d tensor.DType) (list []*codegen.Kernel) {
	for _, name := range []string{"add", "mul", "minimum", "maximum", "and", "or"} {
		o := op.Lookup(name)
		if got, err := codegen.ResultType(o, []tensor.DType{d, d}); err != nil || got != d || d.IsComplex() {
			continue
		}
		for _, size := range [][2]int{{40, 75}, {3, 70000}, {20000, 52}, {64, 64}} {
			for _, strides := range [][]int{{size[1], 1}, {1, size[0]}} {
				b := codegen.NewBuilder("scan_" + name + "_" + d.String())
				i, j := b.Loop("i", size[0]), b.Fold("j", size[1])
				at := []codegen.Affine{codegen.At(i), codegen.At(j)}
				x := b.Load(b.Input("x", d, size[:], strides), at...)
				v := b.Scan(o, x, j)
				b.Store(b.Output("o", d, size[:], strides), v, at...)
				if size[0] == 40 { // with a fold of what is scanned, and a scan of a scan
					b.Store(b.Output("last", d, size[:1], nil), b.Reduce(o, v, j), at[0])
					b.Store(b.Output("twice", d, size[:], nil), b.Scan(o, v, j), at...)
				}
				list = append(list, finished(t, b))
			}
		}
	}
	return list
}

func finished(t testing.TB, b *codegen.Builder) *codegen.Kernel {
	k, err := b.Kernel()
	if err == nil {
		err = k.Verify()
	}
	if err != nil {
		t.Fatalf("%v\n%v", err, k)
	}
	return k
}
