package drivertest

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

//go:embed testdata
var testdata embed.FS

// Corpus gives the kernels of testdata.
func Corpus() ([]*codegen.Kernel, error) {
	files, err := testdata.ReadDir("testdata")
	if err != nil {
		return nil, err
	}
	var list []*codegen.Kernel
	for _, file := range files {
		more, err := read(testdata, "testdata/"+file.Name())
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// Read gives the kernels of a file, as texts that a person wrote or kept, separated by empty lines.
func Read(t testing.TB, file string) []*codegen.Kernel {
	t.Helper()
	list, err := read(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(folder fs.FS, file string) (list []*codegen.Kernel, err error) {
	text, err := fs.ReadFile(folder, file)
	if err != nil {
		return nil, err
	}
	for s := range strings.SplitSeq(string(text), "\n\n") {
		k, err := codegen.Parse(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w in\n%s", file, err, s)
		}
		list = append(list, k)
	}
	return list, nil
}

// corpus runs the kernels of testdata as they are.
func (s *suite) corpus(t *testing.T) {
	kernels, err := Corpus()
	if err != nil {
		t.Fatal(err)
	}
	d := s.device(t)
	for _, k := range kernels {
		t.Run(k.Name, func(t *testing.T) {
			if err := s.check(d, fillerOf(k), k); err != nil {
				t.Error(err)
			}
		})
	}
}

// fillerOf gives tame data to kernels whose sums or products are rounded, small indices to those that gather, and to others all there is.
func fillerOf(k *codegen.Kernel) filler {
	fill := wild
	for i := range k.Body {
		v := &k.Body[i]
		if (v.Kind == codegen.Reduce || v.Kind == codegen.Scan) && newFold(v.Op, v.DType).rounds() {
			fill = tame
		}
		if v.Kind == codegen.Gather {
			n := k.Params[v.Param].Dims[v.Dim]
			return indices(-n, n-1)
		}
	}
	return fill
}

// indices gives i64s from least to most, and other dtypes as wild does.
func indices(least, most int) filler {
	return func(r *rand.Rand, d tensor.DType) (lo, hi uint64) {
		if d == tensor.Int64 {
			return uint64(int64(least + r.IntN(most-least+1))), 0
		}
		return wild(r, d)
	}
}

// dtypes are all dtypes.
func dtypes() []tensor.DType {
	var list []tensor.DType
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		list = append(list, d)
	}
	return list
}

// all gives each op once.
func all() []*op.Op {
	list := append([]*op.Op(nil), op.Table...)
	for _, o := range op.Cores() {
		if o.Method == "" && o.Name != "cast" && o.Name != "const" {
			list = append(list, o)
		}
	}
	return list
}

// mapKernel is o of as many inputs of d as it takes, element by element; nil when o does not take d as it is.
func mapKernel(o *op.Op, d tensor.DType, n int) *codegen.Kernel {
	types := make([]tensor.DType, o.Arity)
	for i := range types {
		types[i] = d
	}
	if o.Types.Compute == op.Chosen {
		types[0] = tensor.Bool
	}
	result, err := codegen.ResultType(o, types)
	if err != nil || !legal(o, d) {
		return nil
	}
	b := codegen.NewBuilder(fmt.Sprintf("%s_%v", o.Name, d))
	i := b.Loop("i", n)
	var args []int
	for _, t := range types {
		x := b.Input("x", t, []int{n}, nil)
		args = append(args, b.Load(x, codegen.At(i)))
	}
	out := b.Output("o", result, []int{n}, nil)
	b.Store(out, b.Map(o, args...), codegen.At(i))
	return must(b)
}

// legal says whether o can be written out for d: the rule of a core op takes dtypes that the op itself is not meant for.
func legal(o *op.Op, d tensor.DType) bool {
	if d == tensor.Float16 || d == tensor.BFloat16 {
		d = tensor.Float32
	}
	_, err := o.Expand(d)
	return err == nil || o.Method != ""
}

func must(b *codegen.Builder) *codegen.Kernel {
	k, err := b.Kernel()
	if err != nil {
		panic(err) // a kernel of this package is wrong
	}
	return k
}

// ops checks every op on every dtype, to the bit, on special and random numbers.
func (s *suite) ops(t *testing.T) {
	d := s.device(t)
	n := 1000
	if testing.Short() {
		n = 100
	}
	for _, o := range all() {
		t.Run(o.Name, func(t *testing.T) {
			for _, dtype := range dtypes() {
				if k := mapKernel(o, dtype, n); k != nil {
					if err := s.check(d, wild, scheduled(k, 0, 64, 0)); err != nil {
						t.Errorf("%v: %v", dtype, err)
					}
				}
			}
		})
	}
}

// casts checks the conversions between all dtypes.
func (s *suite) casts(t *testing.T) {
	d := s.device(t)
	for _, from := range dtypes() {
		t.Run(from.String(), func(t *testing.T) {
			for _, to := range dtypes() {
				b := codegen.NewBuilder("cast")
				i := b.Loop("i", 500)
				x := b.Input("x", from, []int{500}, nil)
				o := b.Output("o", to, []int{500}, nil)
				b.Store(o, b.Cast(to, b.Load(x, codegen.At(i))), codegen.At(i))
				if err := s.check(d, wild, scheduled(must(b), 0, 64, 0)); err != nil {
					t.Errorf("to %v: %v", to, err)
				}
			}
		})
	}
}

// lanes is how many elements of dtype a device's vector holds, at least 4.
func lanes(d driver.Device, dtype tensor.DType) int {
	return max(d.Target().Vector/dtype.Size(), 4)
}

// layout is an input or an output in memory.
type layout struct {
	name    string
	strides func(dims []int) []int // nil: row-major
	out     bool                   // may be an output's
}

var layouts = []layout{
	{"dense", nil, true},
	{"padded", func(dims []int) []int { return scaled(codegen.RowMajor(widened(dims)), 1) }, true},
	{"stepped", func(dims []int) []int { return scaled(codegen.RowMajor(dims), 3) }, true},
	{"transposed", columnMajor, true},
	{"reversed", func(dims []int) []int { return scaled(codegen.RowMajor(dims), -1) }, false},
	{"repeated", func(dims []int) []int { return make([]int, len(dims)) }, false},
	{"rows repeated", func(dims []int) []int {
		strides := codegen.RowMajor(dims)
		if len(strides) > 0 {
			strides[0] = 0
		}
		return strides
	}, false},
}

func scaled(strides []int, by int) []int {
	for i := range strides {
		strides[i] *= by
	}
	return strides
}

// widened is dims with room behind each row.
func widened(dims []int) []int {
	w := append([]int(nil), dims...)
	if len(w) > 0 {
		w[len(w)-1] += 5
	}
	return w
}

func columnMajor(dims []int) []int {
	strides := make([]int, len(dims))
	n := 1
	for i := range dims {
		strides[i] = n
		n *= dims[i]
	}
	return strides
}

// shapes checks maps of all dtypes over shapes and layouts, in several schedules.
func (s *suite) shapes(t *testing.T) {
	d := s.device(t)
	for _, dtype := range dtypes() {
		t.Run(dtype.String(), func(t *testing.T) {
			v := lanes(d, dtype)
			for i, dims := range [][]int{{}, {0}, {1}, {7}, {v - 1}, {v}, {v + 1}, {5000}, {3, 0}, {5, v + 3}, {33, 70}, {2, 3, 4, 5}} {
				for j, in := range layouts {
					out := layouts[(i+j)%4]
					list := schedules(sumKernel(dtype, dims, in, out))
					if len(dims) != 2 {
						list = list[:1]
					}
					if err := s.check(d, wild, list...); err != nil {
						t.Fatalf("%s to %s: %v", in.name, out.name, err)
					}
				}
			}
		})
	}
}

// sumKernel is x + y, x in the layout in and y dense.
func sumKernel(d tensor.DType, dims []int, in, out layout) *codegen.Kernel {
	strides := func(l layout) []int {
		if l.strides == nil {
			return nil
		}
		return l.strides(dims)
	}
	b := codegen.NewBuilder("sum")
	var at []codegen.Affine
	for _, n := range dims {
		at = append(at, codegen.At(b.Loop("i", n)))
	}
	x, y := b.Input("x", d, dims, strides(in)), b.Input("y", d, dims, nil)
	o := b.Output("o", d, dims, strides(out))
	b.Store(o, b.Map(op.Lookup("add"), b.Load(x, at...), b.Load(y, at...)), at...)
	return must(b)
}

// gathers checks loads at run-time indices, negative ones too, and that an index out of range is an error.
func (s *suite) gathers(t *testing.T) {
	d := s.device(t)
	const rows, n = 9, 20
	for _, dtype := range dtypes() {
		for dim := range 2 {
			b := codegen.NewBuilder("gather")
			i, j := b.Loop("i", n), b.Loop("j", 5)
			dims := []int{5, 5}
			dims[dim] = rows
			x, ids := b.Input("x", dtype, dims, nil), b.Input("ids", tensor.Int64, []int{n}, nil)
			o := b.Output("o", dtype, []int{n, 5}, nil)
			at := []codegen.Affine{codegen.At(j), codegen.At(j)}
			at[dim] = codegen.Fixed(0)
			b.Store(o, b.Gather(x, at, dim, b.Load(ids, codegen.At(i))), codegen.At(i), codegen.At(j))
			for vector := range 2 { // lanes of many indices, and of one
				k := scheduled(must(b), vector, 64, 0)
				if dtype != tensor.Int64 { // whose data would be indices too
					if err := s.check(d, indices(-rows, rows-1), k); err != nil {
						t.Errorf("%v: %v", dtype, err)
					}
				}
				for _, bad := range []int{-rows - 1, rows, 1 << 40} {
					var index *driver.IndexError
					if err := s.run(d, k, indices(bad, bad)); !errors.As(err, &index) || index.Extent != rows || index.Index != int64(bad) {
						t.Errorf("%v: index %d of %d gave %v", dtype, bad, rows, err)
					}
				}
			}
		}
	}
}
