package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// operand is data for an input of a graph.
type operand struct {
	name string
	make func() (*tensor.Tensor, error)
}

// bind fills the input of that name with numbers between -1 and 1 (0 to 99 for integers), both parts of complex ones.
func bind(name string, d tensor.DType, dims []int) operand {
	return operand{name, func() (*tensor.Tensor, error) { return filled(d, dims) }}
}

// scattered fills the input "i" with n indices below limit.
func scattered(n, limit int) operand {
	return operand{"i", func() (*tensor.Tensor, error) {
		at := make([]int64, n)
		for i := range at {
			at[i] = int64(i * 7919 % limit)
		}
		return tensor.New(at, n)
	}}
}

func filled(d tensor.DType, dims []int) (*tensor.Tensor, error) {
	n := tensor.Shape(dims).Len()
	if d.IsInt() {
		v := make([]int64, n)
		for i := range v {
			v[i] = int64(i * 7919 % 100)
		}
		return tensor.FromInt64s(d, v, dims...)
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i*7919%1000)/500 - 1
	}
	if d.IsComplex() {
		z := make([]complex128, n)
		for i := range z {
			z[i] = complex(v[i], -v[n-1-i])
		}
		return tensor.FromComplex128s(d, z, dims...)
	}
	return tensor.FromFloat64s(d, v, dims...)
}

// compiled measures RunInto of x.
func compiled(x expr.Expr, operands ...operand) func(runtime.Config) (*Prepared, error) {
	return func(c runtime.Config) (*Prepared, error) {
		s, err := runtime.Open(c)
		if err != nil {
			return nil, err
		}
		ctx := context.Background()
		p, err := s.Compile(ctx, x)
		if err != nil {
			return nil, err
		}
		args := make([]runtime.Arg, len(operands))
		for i, o := range operands {
			t, err := o.make()
			if err != nil {
				return nil, err
			}
			args[i] = runtime.Bind(o.name, t)
		}
		out, err := tensor.Zeros(x.DType(), x.Shape()...)
		if err != nil {
			return nil, err
		}
		outs := []*tensor.Tensor{out}
		return &Prepared{Once: func() error { return p.RunInto(ctx, outs, args...) }, Close: s.Close, Program: p}, nil
	}
}

// cold measures planning and compiling x in a session that has seen nothing. Opening the session is part of it.
func cold(x expr.Expr) func(runtime.Config) (*Prepared, error) {
	return func(c runtime.Config) (*Prepared, error) {
		once := func() error {
			s, err := runtime.Open(c)
			if err != nil {
				return err
			}
			if _, err := s.Compile(context.Background(), x); err != nil {
				return err
			}
			return s.Close()
		}
		return &Prepared{Once: once, Close: func() error { return nil }}, nil
	}
}

// contraction is an einsum of inputs of these shapes. Its flop are those of doing it all at once.
func contraction(name string, d tensor.DType, spec string, dims ...[]int) Row {
	terms := strings.FieldsFunc(spec, func(r rune) bool { return r == ',' || r == '-' || r == '>' })
	sizes := map[rune]int{}
	row := Row{Name: name, DType: d, Flop: 2}
	var args []expr.Expr
	var operands []operand
	for i, shape := range dims {
		for k, label := range []rune(terms[i]) {
			sizes[label] = shape[k]
		}
		args = append(args, expr.Input(terms[i], d, shape...))
		operands = append(operands, bind(terms[i], d, shape))
		row.Bytes += float64(tensor.Shape(shape).Len() * d.Size())
	}
	for _, n := range sizes {
		row.Flop *= float64(n)
	}
	out := 1
	for _, label := range terms[len(dims)] {
		out *= sizes[label]
	}
	row.Bytes += float64(out * d.Size())
	row.Prepare = compiled(einsum.Contract(spec, args...), operands...)
	return row
}

// TensorContractions are the 24 contractions of the Tensor Contraction Code Generator's benchmark (Springer and Bientinesi, "Design of a
// High-Performance GEMM-like Tensor-Tensor Multiplication", 2018, section 6), each term written from its last, fastest label here.
var TensorContractions = []string{
	"efbad,cf->abcde", "efcad,bf->abcde", "dbea,ec->abcd", "ecbfa,fd->abcde", "deca,be->abcd", "bda,dc->abc", "ebad,ce->abcd",
	"dega,gfbc->abcdef", "dfgb,geac->abcdef", "degb,gfac->abcdef", "degc,gfab->abcdef", "dca,bd->abc", "ea,ebcd->abcd", "eb,aecd->abcd",
	"ec,abed->abcd", "adec,ebd->abc", "cad,dcb->ab", "acd,dbc->ab", "acd,db->abc", "adc,bd->abc", "ac,cb->ab", "aebf,fdec->abcd",
	"eafd,fbec->abcd", "aebf,dfce->abcd",
}

// contractionFlop is about what one of them does: 5 to 50 ms of two cores.
const contractionFlop = 1.2e9

// tccg are the tensor contractions, all labels of one size, a multiple of 4, such that each does about the same.
func tccg() []Row {
	var list []Row
	for i, spec := range TensorContractions {
		spec, dims := rowMajor(spec)
		list = append(list, contraction(fmt.Sprintf("tccg-%02d", i+1), tensor.Float32, spec, dims...))
	}
	return list
}

// rowMajor is one of the tensor contractions with its terms written the other way round, whose last labels are then the fastest, and the dims
// of its operands.
func rowMajor(spec string) (string, [][]int) {
	labels := []rune(strings.Map(func(r rune) rune {
		if r == ',' || r == '-' || r == '>' {
			return -1
		}
		return r
	}, spec))
	slices.Sort(labels)
	count := len(slices.Compact(labels))
	n := 4
	for flop(n+4, count) <= contractionFlop {
		n += 4
	}
	terms := strings.FieldsFunc(spec, func(r rune) bool { return r == ',' || r == '-' || r == '>' })
	var dims [][]int
	for k, term := range terms {
		r := []rune(term)
		slices.Reverse(r)
		terms[k] = string(r)
		if k < 2 {
			dims = append(dims, slices.Repeat([]int{n}, len(r)))
		}
	}
	return terms[0] + "," + terms[1] + "->" + terms[2], dims
}

// flop is of a contraction over count labels of size n.
func flop(n, count int) float64 {
	f := 2.0
	for range count {
		f *= float64(n)
	}
	return f
}

// short is a dtype's name as kernels write it.
func short(d tensor.DType) string {
	if d == tensor.Float64 {
		return "f64"
	}
	return "f32"
}
