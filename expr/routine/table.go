package routine

import (
	"fmt"
	"math"

	"github.com/einloom/einloom/tensor"
)

// table is every routine there is. m x n is the core of operand 0, k the smaller of m and n.
var table = []*Routine{
	{"cholesky", "n x n: L with L Lᵀ = a, of which the lower triangle is read", matrix, float64s, square(func(n int) int { return n * n }), cubic(1. / 3)},
	{"solve", "n x p: x with a x = b", matrices, float64s, system, solved(2. / 3)},
	{"solve_lower", "n x p: x with a x = b, of a the lower triangle is read", matrices, float64s, system, solved(0)},
	{"solve_upper", "n x p: x with a x = b, of a the upper triangle is read", matrices, float64s, system, solved(0)},
	{"inv", "n x n: the inverse", matrix, float64s, square(func(n int) int { return n * n }), cubic(2)},
	{"det", "the determinant", matrix, float64s, square(func(int) int { return 1 }), cubic(2. / 3)},
	{"slogdet", "the determinant's sign (0 if it is 0), the logarithm of its absolute value", matrix, float64s, square(func(int) int { return 2 }), cubic(2. / 3)},
	{"qr", "m x k: Q with orthonormal columns, k x n: R, upper triangular", matrix, float64s, factors(func(m, n, k int) int { return k * (m + n) }), cubic(4)},
	{"svd", "m x k: U, k: the singular values, descending, k x n: Vᵀ", matrix, float64s, factors(func(m, n, k int) int { return k * (m + n + 1) }), cubic(20)},
	{"svdvals", "k: the singular values, descending", matrix, float64s, factors(func(_, _, k int) int { return k }), cubic(4)},
	{"eigh", "n: the eigenvalues, ascending, n x n: the eigenvectors, in columns, of a symmetric matrix of which the lower triangle is read", matrix, float64s, square(func(n int) int { return n + n*n }), cubic(9)},
	{"eigvalsh", "n: the eigenvalues, ascending, of a symmetric matrix of which the lower triangle is read", matrix, float64s, square(func(n int) int { return n }), cubic(4. / 3)},
	{"eig", "n: the eigenvalues, n x n: the eigenvectors of length 1, in columns", matrix, complexOf, square(func(n int) int { return n + n*n }), cubic(25)},
	{"eigvals", "n: the eigenvalues", matrix, complexOf, square(func(n int) int { return n }), cubic(10)},
	{"sort", "n: the elements, ascending, NaN last", row, ordered, same, sorting},
	{"argsort", "n: the places of the elements in ascending order; equal ones stay in theirs, NaN are last", row, places, same, sorting},
	{"searchsorted", "p: for each element of operand 1 the first place in operand 0, which ascends, that it could be put at", rows, searched, found, searching},
	{"searchsorted_right", "p: for each element of operand 1 the last place in operand 0, which ascends, that it could be put at", rows, searched, found, searching},
	{"fft", "n: the discrete Fourier transform", row, complexes, same, sorting},
	{"ifft", "n: the inverse of fft, divided by n", row, complexes, same, sorting},
	{"rfft", "n/2+1: the first half of fft of real numbers", row, complexOf, half, sorting},
}

var (
	matrix   = []int{2}
	matrices = []int{2, 2}
	row      = []int{1}
	rows     = []int{1, 1}
)

// float64s takes and gives float64.
func float64s(list []tensor.DType) (tensor.DType, string) {
	return tensor.Float64, unlike(list, tensor.Float64)
}

// complexOf takes float64 and gives complex128.
func complexOf(list []tensor.DType) (tensor.DType, string) {
	return tensor.Complex128, unlike(list, tensor.Float64)
}

// complexes takes and gives complex128.
func complexes(list []tensor.DType) (tensor.DType, string) {
	return tensor.Complex128, unlike(list, tensor.Complex128)
}

// unlike says which operand is not of a dtype.
func unlike(list []tensor.DType, want tensor.DType) string {
	for i, d := range list {
		if d != want {
			return fmt.Sprintf("operand %d is %v, want %v", i, d, want)
		}
	}
	return ""
}

// ordered takes what has an order and gives the same.
func ordered(list []tensor.DType) (tensor.DType, string) {
	for i, d := range list {
		if d.IsComplex() {
			return 0, fmt.Sprintf("operand %d is %v, which has no order", i, d)
		}
	}
	return list[0], ""
}

// places takes what has an order and gives int64.
func places(list []tensor.DType) (tensor.DType, string) {
	_, wrong := ordered(list)
	return tensor.Int64, wrong
}

// searched takes two of one dtype that has an order.
func searched(list []tensor.DType) (tensor.DType, string) {
	if list[0] != list[1] {
		return 0, fmt.Sprintf("operand 0 is %v, operand 1 %v: want one dtype", list[0], list[1])
	}
	return places(list)
}

// square takes square matrices.
func square(length func(n int) int) func([]tensor.Shape) (int, string) {
	return func(cores []tensor.Shape) (int, string) {
		a := cores[0]
		if a[0] != a[1] {
			return 0, fmt.Sprintf("the matrix of operand 0 is %d x %d, want a square one", a[0], a[1])
		}
		return counted(length(a[0]), float64(a[0])*float64(a[0]+1))
	}
}

// factors takes any matrix.
func factors(length func(m, n, k int) int) func([]tensor.Shape) (int, string) {
	return func(cores []tensor.Shape) (int, string) {
		m, n := cores[0][0], cores[0][1]
		k := min(m, n)
		return counted(length(m, n, k), float64(k)*(float64(m)+float64(n)+1))
	}
}

// counted refuses results of more elements than can be counted: the length has at most so many.
func counted(length int, most float64) (int, string) {
	if most > tensor.MaxLen {
		return 0, "the result has more than 2^62 elements"
	}
	return length, ""
}

// system takes a square matrix and right sides.
func system(cores []tensor.Shape) (int, string) {
	a, b := cores[0], cores[1]
	switch {
	case a[0] != a[1]:
		return 0, fmt.Sprintf("the matrix of operand 0 is %d x %d, want a square one", a[0], a[1])
	case b[0] != a[0]:
		return 0, fmt.Sprintf("the matrix of operand 0 is %d x %d, but operand 1 has %d rows", a[0], a[1], b[0])
	}
	return counted(b[0]*b[1], float64(b[0])*float64(b[1]))
}

func same(cores []tensor.Shape) (int, string)  { return cores[0][0], "" }
func found(cores []tensor.Shape) (int, string) { return cores[1][0], "" }

// half takes rows of at least one element.
func half(cores []tensor.Shape) (int, string) {
	if cores[0][0] == 0 {
		return 0, "operand 0 has rows of no elements"
	}
	return cores[0][0]/2 + 1, ""
}

// cubic is of factorizations of m x n matrices: so many times m n k.
func cubic(times float64) func([]tensor.Shape) float64 {
	return func(cores []tensor.Shape) float64 {
		m, n := float64(cores[0][0]), float64(cores[0][1])
		return times * m * n * min(m, n)
	}
}

// solved is a factorization and two triangles.
func solved(times float64) func([]tensor.Shape) float64 {
	return func(cores []tensor.Shape) float64 {
		n, p := float64(cores[1][0]), float64(cores[1][1])
		return times*n*n*n + 2*n*n*p
	}
}

// sorting goes through a row as often as its length has binary digits, about.
func sorting(cores []tensor.Shape) float64 {
	n := float64(cores[0][0])
	return 4 * n * math.Log2(n+2)
}

// searching does so for each element of operand 1.
func searching(cores []tensor.Shape) float64 {
	return 4 * float64(cores[1][0]) * math.Log2(float64(cores[0][0])+2)
}
