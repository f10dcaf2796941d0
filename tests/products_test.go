package tests

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/bench"
)

// TestLargeProducts computes contractions that are large enough to be packed, on whole numbers, whose sums are exact in any order: every
// way gives the interpreter's bits.
func TestLargeProducts(t *testing.T) {
	list := ways(t)
	for _, c := range []struct {
		spec   string
		shapes [][]int
	}{
		{"ij,jk->ik", [][]int{{70, 65}, {65, 130}}},
		{"ji,jk->ik", [][]int{{65, 70}, {65, 130}}},
		{"ij,kj->ik", [][]int{{70, 65}, {130, 65}}},
		{"ji,kj->ki", [][]int{{65, 70}, {130, 65}}},
		{"ij,jk->ik", [][]int{{97, 1100}, {1100, 33}}},
		{"bij,bjk->bik", [][]int{{5, 64, 70}, {5, 70, 66}}},
		{"bij,bkj->bki", [][]int{{3, 64, 70}, {3, 66, 70}}},
		{"ibj,jbk->kbi", [][]int{{48, 4, 70}, {70, 4, 66}}},
		{"abcd,dbea->ec", [][]int{{13, 12, 40, 11}, {11, 12, 41, 13}}},
		{"abcd,efcd->abef", [][]int{{9, 8, 7, 30}, {8, 9, 7, 30}}},
		{"acbd,cedf->abef", [][]int{{9, 8, 10, 30}, {8, 9, 30, 11}}},
		{"iij,jk->ik", [][]int{{60, 60, 50}, {50, 64}}},
	} {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Complex64, tensor.Complex128} {
			sameWhateverTheWay(t, list, fmt.Sprintf("%s %v", c.spec, d), einsum.Contract(c.spec, wholeNumbers(t, d, c.shapes)...).Add(expr.ScalarInt(1)))
		}
	}
}

// TestManyShortLabels computes large contractions of labels of two and four points in any sequence, whose tiles are stored in pieces.
func TestManyShortLabels(t *testing.T) {
	list := slices.DeleteFunc(ways(t), func(w way) bool { return !w.ordered })
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 5))
		labels := "abcdefghijklmnop" // batch: a; left: b to g; right: h to m; summed: n to p
		size := map[rune]int{}
		for _, l := range labels {
			size[l] = 2 + 2*(r.IntN(8)/7)
		}
		shuffled := func(labels string) string {
			list := []rune(labels)
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			return string(list)
		}
		left, right := "a"+shuffled("nop")+shuffled("bcdefg"), "a"+shuffled("hijklm")+shuffled("nop")
		if seed%2 == 0 {
			left, right = shuffled(left), shuffled(right)
		}
		spec := left + "," + right + "->" + shuffled("abcdefghijklm")
		var shapes [][]int
		for _, term := range []string{left, right} {
			var dims []int
			for _, l := range term {
				dims = append(dims, size[l])
			}
			shapes = append(shapes, dims)
		}
		d := []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Float32}[seed]
		sameWhateverTheWay(t, list, fmt.Sprintf("%s %v", spec, d), einsum.Contract(spec, wholeNumbers(t, d, shapes)...))
	}
}

// TestTensorContractions computes the contractions of the benchmark, and each with its result's labels and operands the other way round,
// with extents from 5 to 13 that no vector, tile or panel divides, and with multiples of 4.
func TestTensorContractions(t *testing.T) {
	list := slices.DeleteFunc(ways(t), func(w way) bool { return !w.ordered })
	const work = 100_000 // products of one of them: enough to be packed
	for _, spec := range bench.TensorContractions {
		terms := strings.FieldsFunc(spec, func(r rune) bool { return strings.ContainsRune(",->", r) })
		for _, size := range []struct{ least, step, most int }{{5, 2, 13}, {4, 4, 16}} {
			extents := map[rune]int{}
			all := 1
			for _, r := range terms[0] + terms[1] {
				if extents[r] == 0 {
					extents[r] = size.least
					all *= size.least
				}
			}
			for grown := true; grown; {
				grown = false
				for _, r := range terms[2] + terms[0] {
					if n := extents[r]; n < size.most && all/n*(n+size.step) <= work {
						extents[r], all, grown = n+size.step, all/n*(n+size.step), true
					}
				}
			}
			backwards := []rune(terms[2])
			slices.Reverse(backwards)
			for _, terms := range [][]string{terms, {terms[1], terms[0], string(backwards)}} {
				var shapes [][]int
				for _, term := range terms[:2] {
					var dims []int
					for _, r := range term {
						dims = append(dims, extents[r])
					}
					shapes = append(shapes, dims)
				}
				for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
					spec := terms[0] + "," + terms[1] + "->" + terms[2]
					sameWhateverTheWay(t, list, fmt.Sprintf("%s %v %v", spec, d, shapes), einsum.Contract(spec, wholeNumbers(t, d, shapes)...))
				}
			}
		}
	}
}

// wholeNumbers are tensors of small whole numbers.
func wholeNumbers(t *testing.T, d tensor.DType, shapes [][]int) (args []expr.Expr) {
	t.Helper()
	for k, dims := range shapes {
		vals := make([]int64, tensor.Shape(dims).Len())
		for i := range vals {
			vals[i] = int64((7*i+3*k+i/11)%13 - 6)
		}
		x, err := tensor.FromInt64s(d, vals, dims...)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, expr.From(x))
	}
	return args
}

// sameWhateverTheWay computes x in every way and wants the first one's bits, which is the interpreter's.
func sameWhateverTheWay(t *testing.T, list []way, name string, x expr.Expr) {
	t.Helper()
	var want []byte
	for _, w := range list {
		got, err := w.session.Eval(context.Background(), x)
		if err != nil {
			t.Fatalf("%s %s: %v", name, w.name, err)
		}
		b, err := got.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = b
		} else if !bytes.Equal(b, want) {
			t.Errorf("%s %s: not the interpreter's bits", name, w.name)
		}
	}
}

// TestSumOfAProductThatIsSeen overflows in a product that is a result too: the sum is that of the product as everybody sees it.
func TestSumOfAProductThatIsSeen(t *testing.T) {
	x, err := tensor.New([]float32{1, 3e38}, 2)
	if err != nil {
		t.Fatal(err)
	}
	y, err := tensor.New([]float32{-3, 2}, 2)
	if err != nil {
		t.Fatal(err)
	}
	product := einsum.Contract("i,j->ij", expr.From(x), expr.From(y))
	for _, w := range ways(t) {
		if w.ordered {
			continue // the sum of y comes first
		}
		got := w.run(t, product.Sum(1), product)
		if v := got[0].Float64s(); v[0] != -1 || !math.IsNaN(v[1]) {
			t.Errorf("%s: the sums of\n%v\nare %v, want -1 and NaN", w.name, got[1], got[0])
		}
	}
}

// TestManyPathsToAProduct follows products, small and packed, with 60 steps that each take the one before twice: 2^60 paths lead down, and
// nothing may walk them one by one.
func TestManyPathsToAProduct(t *testing.T) {
	list := ways(t)
	for _, n := range []int{8, 70} {
		x := einsum.Contract("bij,bjk->bik", wholeNumbers(t, tensor.Float32, [][]int{{9, n, n}, {9, n, n}})...)
		for range 60 {
			x = x.Relu().Minimum(x.Neg()).Add(expr.ScalarInt(1))
		}
		sameWhateverTheWay(t, list, fmt.Sprintf("%d paths of %d x %d", 60, n, n), x)
	}
}
