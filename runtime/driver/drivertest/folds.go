package drivertest

import (
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// folds are the reductions and the dtypes they take.
var folds = []struct {
	name  string
	takes func(d tensor.DType) bool
	fill  filler
	unit  bool // it has one
}{
	{"add", func(tensor.DType) bool { return true }, tame, true},
	{"mul", func(tensor.DType) bool { return true }, unity, true},
	{"minimum", isReal, wild, false},
	{"maximum", isReal, wild, false},
	{"and", isWhole, wild, true},
	{"or", isWhole, wild, true},
	{"argmin", isReal, wild, false},
	{"argmax", isReal, wild, false},
}

func isReal(d tensor.DType) bool  { return !d.IsComplex() }
func isWhole(d tensor.DType) bool { return d.IsBool() || d.IsInt() }

// foldShape is dims and which of them are folded.
type foldShape struct {
	dims []int
	over []int
}

// reductions checks every fold on every dtype over shapes.
func (s *suite) reductions(t *testing.T) {
	d := s.device(t)
	for _, f := range folds {
		t.Run(f.name, func(t *testing.T) {
			for _, dtype := range dtypes() {
				if !f.takes(dtype) {
					continue
				}
				v := lanes(d, dtype)
				shapes := []foldShape{
					{[]int{0}, []int{0}}, {[]int{1}, []int{0}}, {[]int{7}, []int{0}}, {[]int{v - 1}, []int{0}}, {[]int{v + 1}, []int{0}},
					{[]int{3000}, []int{0}}, {[]int{5, 300}, []int{1}}, {[]int{300, 5}, []int{0}}, {[]int{70, 33}, []int{0}}, {[]int{33, 70}, []int{1}},
					{[]int{3, 0}, []int{1}}, {[]int{0, 3}, []int{1}}, {[]int{4, 50, 6}, []int{1}}, {[]int{20, 3, 30}, []int{0, 2}},
				}
				for i, shape := range shapes {
					arg := f.name == "argmin" || f.name == "argmax"
					if arg && len(shape.over) > 1 || !f.unit && shape.dims[shape.over[0]] == 0 {
						continue
					}
					if err := s.check(d, f.fill, schedules(foldKernel(f.name, dtype, shape, i%3 == 2))...); err != nil {
						t.Fatalf("%v: %v", dtype, err)
					}
				}
			}
		})
	}
}

// foldKernel reduces x over some of its dims; the result goes to a dense output. x may be column-major.
func foldKernel(name string, d tensor.DType, shape foldShape, transposed bool) *codegen.Kernel {
	b := codegen.NewBuilder(name)
	at := make([]codegen.Affine, len(shape.dims))
	folded := map[int]bool{}
	var over []int
	for _, i := range shape.over {
		folded[i] = true
		a := b.Fold("j", shape.dims[i])
		over, at[i] = append(over, a), codegen.At(a)
	}
	var to []codegen.Affine
	var dims []int
	for i, n := range shape.dims {
		if !folded[i] {
			at[i] = codegen.At(b.Loop("i", n))
			to, dims = append(to, at[i]), append(dims, n)
		}
	}
	var strides []int
	if transposed {
		strides = columnMajor(shape.dims)
	}
	x := b.Input("x", d, shape.dims, strides)
	r := b.Reduce(op.Lookup(name), b.Load(x, at...), over...)
	o := b.Output("o", b.DType(r), dims, nil)
	b.Store(o, r, to...)
	return must(b)
}

// contractions checks sums of products: matrix products of all orders of axes, batches, vectors, and an epilogue.
func (s *suite) contractions(t *testing.T) {
	d := s.device(t)
	for _, dtype := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Complex64, tensor.Float16, tensor.Bool} {
		t.Run(dtype.String(), func(t *testing.T) {
			for _, size := range [][3]int{{1, 1, 1}, {3, 4, 5}, {17, 1, 9}, {1, 40, 33}, {20, 35, 24}, {5, 6, 150}} {
				for layout := range 4 {
					k := productKernel(dtype, size[0], size[1], size[2], layout&1 != 0, layout&2 != 0)
					if err := s.check(d, tame, schedules(k)...); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// productKernel is the product of an m by k and a k by n matrix, each as it is or transposed in memory, plus a row.
func productKernel(d tensor.DType, m, n, k int, ta, tb bool) *codegen.Kernel {
	b := codegen.NewBuilder("product")
	i, j, l := b.Loop("i", m), b.Loop("j", n), b.Fold("l", k)
	strides := func(t bool, dims ...int) []int {
		if t {
			return columnMajor(dims)
		}
		return nil
	}
	x := b.Input("x", d, []int{m, k}, strides(ta, m, k))
	y := b.Input("y", d, []int{k, n}, strides(tb, k, n))
	z := b.Input("z", d, []int{n}, nil)
	o := b.Output("o", d, []int{m, n}, nil)
	product := b.Map(op.Lookup("mul"), b.Load(x, codegen.At(i), codegen.At(l)), b.Load(y, codegen.At(l), codegen.At(j)))
	sum := b.Reduce(op.Lookup("add"), product, l)
	b.Store(o, b.Map(op.Lookup("add"), sum, b.Load(z, codegen.At(j))), codegen.At(i), codegen.At(j))
	return must(b)
}

// largeTexts are kernels of so many points that devices cut them up.
var largeTexts = []string{
	`kernel transposed
  in x f32[600 500] strides [1 600], y f32[500]
  out o f32[600 500]
  loop i 600, j 500
  o[i, j] = x[i, j] + y[j]`,
	`kernel total
  in x f32[300000]
  out o f32[], least i64[], most f32[]
  fold i 300000
  o = reduce(add, i, x[i])
  least = reduce(argmin, i, x[i])
  most = reduce(maximum, i, x[i])`,
	`kernel narrow
  in x f32[60000 3]
  out o f32[3]
  loop j 3
  fold i 60000
  o[j] = reduce(add, i, x[i, j])`,
	`kernel wide
  in x f64[3 60000]
  out o f64[3]
  loop j 3
  fold i 60000
  o[j] = reduce(add, i, x[j, i])`,
	`kernel centred
  in x f32[200 700]
  out o f32[200 700]
  fold i 200, j 700
  o[i, j] = x[i, j] - reduce(add, i, j, x[i, j]) / 140000`,
	`kernel softmax
  in x f32[3 40000]
  out o f32[3 40000]
  loop i 3
  fold j 40000
  t0 = reduce(maximum, j, x[i, j])
  t1[j] = exp(x[i, j] - t0)
  o[i, j] = t1[j] / reduce(add, j, t1[j])`,
	`kernel rows
  in x f32[3000 50]
  out o f32[3000 50]
  loop i 3000
  fold j 50
  t0 = reduce(maximum, j, x[i, j])
  t1[j] = exp(x[i, j] - t0)
  o[i, j] = t1[j] / reduce(add, j, t1[j])`,
	`kernel product
  in a f32[150 140], b f32[140 130]
  out o f32[150 130]
  loop i 150, j 130
  fold k 140
  o[i, j] = reduce(add, k, a[i, k] * b[k, j])`,
	`kernel inner
  in a i32[4 50000], b i32[4 50000]
  out o i32[4 4]
  loop i 4, j 4
  fold k 50000
  o[i, j] = reduce(add, k, a[i, k] * b[j, k])`,
	`kernel norm
  in a f32[100 40], b f32[40 120]
  out o f32[]
  fold i 100, j 120, k 40
  t0[i, j] = reduce(add, k, a[i, k] * b[k, j])
  o = sqrt(reduce(add, i, j, t0[i, j] * t0[i, j]))`,
	`kernel ends
  in x i64[100000], y i64[70000]
  out o i64[170000]
  loop i 100000, j 70000
  o[i] = x[i]
  o[j+100000] = -y[j]`,
}

// large checks kernels that devices share among workers and cut into pieces.
func (s *suite) large(t *testing.T) {
	d := s.device(t)
	for _, text := range largeTexts {
		k, err := codegen.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(k.Name, func(t *testing.T) {
			if err := s.check(d, tame, schedules(k)...); err != nil {
				t.Error(err)
			}
		})
	}
}

// rowTexts are kernels with several reductions over one row, by the sizes of loop and fold.
var rowTexts = []string{
	`kernel softmax
  in x %[3]s[%[1]d %[2]d]
  out o %[3]s[%[1]d %[2]d]
  loop i %[1]d
  fold j %[2]d
  t0 = reduce(maximum, j, x[i, j])
  t1[j] = exp(x[i, j] - t0)
  t2 = reduce(add, j, t1[j])
  o[i, j] = t1[j] / t2`,
	`kernel columns
  in x %[3]s[%[2]d %[1]d]
  out o %[3]s[%[2]d %[1]d], m %[3]s[%[1]d]
  loop i %[1]d
  fold j %[2]d
  t0 = reduce(add, j, x[j, i]) / %[2]d
  t1[j] = x[j, i] - t0
  t2 = reduce(add, j, t1[j] * t1[j]) / %[2]d
  o[j, i] = t1[j] / sqrt(t2 + 1)
  m[i] = t0`,
	`kernel whole
  in x %[3]s[%[1]d %[2]d]
  out o %[3]s[%[1]d %[2]d], s %[3]s[]
  fold i %[1]d, j %[2]d
  t0 = reduce(add, i, j, x[i, j])
  o[i, j] = x[i, j] - t0 / 100
  s = t0`,
	`kernel distances
  in x %[3]s[%[1]d %[2]d], y %[3]s[5 %[2]d]
  out o %[3]s[%[1]d]
  loop i %[1]d
  fold j %[2]d, k 5
  t0[k] = reduce(add, j, (x[i, j] - y[k, j]) * (x[i, j] - y[k, j]))
  o[i] = reduce(minimum, k, t0[k])`,
}

// rows checks kernels that hold several reductions.
func (s *suite) rows(t *testing.T) {
	d := s.device(t)
	for _, text := range rowTexts {
		for _, dtype := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.BFloat16} {
			for _, size := range [][2]int{{1, 1}, {1, 100}, {5, 7}, {40, 33}, {300, 4}} {
				k, err := codegen.Parse(fmt.Sprintf(text, size[0], size[1], dtype))
				if err != nil {
					t.Fatal(err)
				}
				if err := s.check(d, tame, schedules(k)...); err != nil {
					t.Fatalf("%v: %v", dtype, err)
				}
			}
		}
	}
}
