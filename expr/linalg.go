package expr

import (
	"math"

	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// Linear algebra is of the last two axes of real operands; the axes ahead of them are a batch and broadcast. LAPACK computes it, in float64
// whatever the dtype is: float32 and halves are rounded once, integers and bool become float64. Complex operands are a mistake.

// linear is one call of linear algebra.
type linear struct {
	site
	result tensor.DType
}

// linearOf begins a call of linear algebra on xs and gives them as float64.
func linearOf(s site, xs ...Expr) (l linear, list []Expr, bad Expr, ok bool) {
	if bad, is := s.inherit(xs...); is {
		return l, nil, bad, false
	}
	l = linear{s, promoteAll(xs)}
	for i, x := range xs {
		if x.n.DType.IsComplex() {
			return l, nil, s.bad(ErrDType, "operand %d is %s: there is no linear algebra of complex numbers but products", i, x.n.typ()), false
		}
		list = append(list, s.cast(s.meets(x, x.n.DType), tensor.Float64))
	}
	if !l.result.IsFloat() {
		l.result = tensor.Float64
	}
	return l, list, Expr{}, true
}

// factored begins a call of linear algebra on one matrix, and gives the row y of a routine.
func factored(s site, name string, x Expr) (l linear, y, bad Expr, ok bool) {
	l, xs, bad, ok := linearOf(s, x)
	if !ok {
		return l, y, bad, false
	}
	return l, l.rows(name, xs[0]), Expr{}, true
}

// rows calls a routine by its name.
func (l linear) rows(name string, xs ...Expr) Expr { return l.call(routine.Lookup(name), xs...) }

// part gives what stands in a routine's row y from a place on, in a shape, as the dtype of the result.
func (l linear) part(y Expr, from int, shape ...int) Expr {
	return l.cast(l.within(y, from, shape...), l.result)
}

// within is part in the routine's own dtype.
func (s site) within(y Expr, from int, shape ...int) Expr {
	if y.n.Kind == KBad {
		return y
	}
	last := len(y.n.Shape) - 1
	return s.reshape(s.part(y, last, from, tensor.Shape(shape).Len()), append(y.n.Shape[:last].Clone(), shape...))
}

// sizes gives the rows and columns of a matrix; of less than a matrix 0, which the routine's rule refuses.
func sizes(x Expr) (m, n int) {
	if k := len(x.n.Shape); k >= 2 {
		return x.n.Shape[k-2], x.n.Shape[k-1]
	}
	return 0, 0
}

// square calls a routine of one matrix whose result is a matrix of that shape.
func square(s site, name string, x Expr) Expr {
	l, y, bad, ok := factored(s, name, x)
	if !ok {
		return bad
	}
	m, n := sizes(x)
	return l.part(y, 0, m, n)
}

// Inv gives the inverse of each square matrix. A singular one is an error of the run; to solve a system, Solve is faster and more exact.
func (x Expr) Inv() Expr { return square(here("inv"), "inv", x) }

// Cholesky gives L, lower triangular, with L·Lᵀ = x, of each symmetric positive definite matrix, of which the lower triangle is read. One that is
// not positive definite is an error of the run.
func (x Expr) Cholesky() Expr { return square(here("cholesky"), "cholesky", x) }

// Det gives the determinant of each square matrix.
func (x Expr) Det() Expr {
	l, y, bad, ok := factored(here("det"), "det", x)
	if !ok {
		return bad
	}
	return l.part(y, 0)
}

// SlogDet gives the sign of the determinant of each square matrix (1, -1, or 0 where it is 0) and the logarithm of its absolute value.
func (x Expr) SlogDet() (sign, log Expr) {
	l, y, bad, ok := factored(here("slogdet"), "slogdet", x)
	if !ok {
		return bad, bad
	}
	return l.part(y, 0), l.part(y, 1)
}

// Solve gives y with x·y = b for each square matrix of x: [... n n], [... n k] -> [... n k]. b of one axis is a vector, and so is y. A singular
// matrix is an error of the run.
func (x Expr) Solve(b Expr) Expr { return solve(here("solve"), "solve", x, b) }

// SolveTriangular is Solve by one triangle of x, the lower or the upper one; what the other holds does not count.
func (x Expr) SolveTriangular(b Expr, lower bool) Expr {
	if lower {
		return solve(here("solvetriangular"), "solve_lower", x, b)
	}
	return solve(here("solvetriangular"), "solve_upper", x, b)
}

func solve(s site, name string, x, b Expr) Expr {
	l, xs, bad, ok := linearOf(s, x, b)
	if !ok {
		return bad
	}
	vector := len(b.n.Shape) == 1
	if vector {
		xs[1] = l.column(xs[1])
	}
	y := l.rows(name, xs...)
	rows, cols := sizes(xs[1])
	if vector {
		return l.part(y, 0, rows)
	}
	return l.part(y, 0, rows, cols)
}

// QR gives Q, with orthonormal columns, and R, upper triangular, with Q·R = x, of each matrix: [... m n] -> [... m k], [... k n], k the smaller of
// m and n.
func (x Expr) QR() (q, r Expr) {
	l, y, bad, ok := factored(here("qr"), "qr", x)
	if !ok {
		return bad, bad
	}
	m, n := sizes(x)
	k := min(m, n)
	return l.part(y, 0, m, k), l.part(y, m*k, k, n)
}

// SVD gives U, the singular values, descending, and Vᵀ, with U·diag(s)·Vᵀ = x, of each matrix: [... m n] -> [... m k], [... k], [... k n], k the
// smaller of m and n. A matrix with NaN or infinity is an error of the run.
func (x Expr) SVD() (u, s, vt Expr) {
	l, xs, bad, ok := linearOf(here("svd"), x)
	if !ok {
		return bad, bad, bad
	}
	return l.svd(xs[0], l.result)
}

// svd is SVD with results of a dtype.
func (l linear) svd(x Expr, d tensor.DType) (u, s, vt Expr) {
	m, n := sizes(x)
	k := min(m, n)
	y := l.rows("svd", x)
	l.result = d
	return l.part(y, 0, m, k), l.part(y, m*k, k), l.part(y, m*k+k, k, n)
}

// SVDVals gives the singular values of each matrix, descending: [... m n] -> [... k].
func (x Expr) SVDVals() Expr {
	l, y, bad, ok := factored(here("svdvals"), "svdvals", x)
	if !ok {
		return bad
	}
	return l.part(y, 0, min(sizes(x)))
}

// Eigh gives the eigenvalues, ascending, and in columns the eigenvectors, of length 1, of each symmetric matrix, of which the lower triangle is
// read: [... n n] -> [... n], [... n n]. A matrix with NaN or infinity is an error of the run.
func (x Expr) Eigh() (w, v Expr) {
	l, y, bad, ok := factored(here("eigh"), "eigh", x)
	if !ok {
		return bad, bad
	}
	n, _ := sizes(x)
	return l.part(y, 0, n), l.part(y, n, n, n)
}

// Eigvalsh gives the eigenvalues of each symmetric matrix, ascending, as Eigh does.
func (x Expr) Eigvalsh() Expr {
	l, y, bad, ok := factored(here("eigvalsh"), "eigvalsh", x)
	if !ok {
		return bad
	}
	n, _ := sizes(x)
	return l.part(y, 0, n)
}

// Eig gives the eigenvalues, in no order, and in columns the eigenvectors, of length 1, of each square matrix: [... n n] -> [... n], [... n n].
// Both are complex whatever they hold, complex64 where x is float32 or a half. A matrix with NaN or infinity is an error of the run.
func (x Expr) Eig() (w, v Expr) {
	l, y, bad, ok := factored(here("eig"), "eig", x)
	if !ok {
		return bad, bad
	}
	l.result = spectrum(l.result)
	n, _ := sizes(x)
	return l.part(y, 0, n), l.part(y, n, n, n)
}

// Eigvals gives the eigenvalues of each square matrix as Eig does.
func (x Expr) Eigvals() Expr {
	l, y, bad, ok := factored(here("eigvals"), "eigvals", x)
	if !ok {
		return bad
	}
	l.result = spectrum(l.result)
	n, _ := sizes(x)
	return l.part(y, 0, n)
}

// Pinv gives the pseudoinverse (Moore and Penrose) of each matrix: [... m n] -> [... n m]. Singular values of at most cutoff times the greatest
// count as 0; a negative cutoff stands for max(m, n) times the distance from 1 to the next number of x's dtype.
func (x Expr) Pinv(cutoff float64) Expr {
	l, xs, bad, ok := linearOf(here("pinv"), x)
	if !ok {
		return bad
	}
	u, inverse, vt := l.inverted(xs[0], cutoff)
	if u.n.Kind == KBad {
		return u
	}
	return l.cast(l.product(l.apply(opMul, l.turned(vt), l.row(inverse)), l.turned(u)), l.result)
}

// Lstsq gives the y of least length among those that bring x·y closest to b, for each matrix: [... m n], [... m k] -> [... n k]; b of one axis is a
// vector, and so is y. The cutoff is as for Pinv.
func (x Expr) Lstsq(b Expr, cutoff float64) Expr {
	l, xs, bad, ok := linearOf(here("lstsq"), x, b)
	if !ok {
		return bad
	}
	if vector := len(b.n.Shape) == 1; vector {
		xs[1] = l.column(xs[1])
		y := l.leastSquares(xs[0], xs[1], cutoff)
		if y.n.Kind == KBad {
			return y
		}
		return l.reshape(y, y.n.Shape[:len(y.n.Shape)-1])
	}
	return l.leastSquares(xs[0], xs[1], cutoff)
}

func (l linear) leastSquares(x, b Expr, cutoff float64) Expr {
	u, inverse, vt := l.inverted(x, cutoff)
	if u.n.Kind == KBad {
		return u
	}
	if m, _ := sizes(x); len(b.n.Shape) < 2 || b.n.Shape[len(b.n.Shape)-2] != m {
		return l.bad(ErrShape, "operand 0 is %s, operand 1 is %s: want as many rows", x.n.typ(), b.n.typ())
	}
	along := l.apply(opMul, l.product(l.turned(u), b), l.column(inverse))
	if along.n.Kind == KBad {
		return along
	}
	return l.cast(l.product(l.turned(vt), along), l.result)
}

// inverted gives the factors of a matrix with the singular values that are not cut off inverted, the others 0.
func (l linear) inverted(x Expr, cutoff float64) (u, inverse, vt Expr) {
	u, s, vt := l.svd(x, tensor.Float64)
	if s.n.Kind == KBad || empty(s.n.Shape) {
		return u, s, vt
	}
	return u, l.choose(l.counting(x, s, cutoff), l.apply(opDiv, l.like(1, s), s), l.like(0, s)), vt
}

// counting says which singular values s of x are not cut off.
func (l linear) counting(x, s Expr, cutoff float64) Expr {
	if m, n := sizes(x); cutoff < 0 {
		cutoff = float64(max(m, n)) * spacing(l.result)
	}
	greatest := l.within(s, 0, 1) // the first
	return l.apply(opGreater, s, l.apply(opMul, greatest, l.like(cutoff, greatest)))
}

// spacing is the distance from 1 to the next number of a dtype.
func spacing(d tensor.DType) float64 {
	switch d {
	case tensor.Float16:
		return 0x1p-10
	case tensor.BFloat16:
		return 0x1p-7
	case tensor.Float32:
		return 0x1p-23
	}
	return 0x1p-52
}

// MatrixRank gives how many singular values of each matrix exceed cutoff times the greatest, as int64. The cutoff is as for Pinv.
func (x Expr) MatrixRank(cutoff float64) Expr {
	l, xs, bad, ok := linearOf(here("matrixrank"), x)
	if !ok {
		return bad
	}
	s := l.within(l.rows("svdvals", xs[0]), 0, min(sizes(x)))
	if s.n.Kind == KBad {
		return s
	}
	if last := len(s.n.Shape) - 1; s.n.Shape[last] == 0 {
		return l.full(tensor.Int64, 0, s.n.Shape[:last])
	}
	r, bad, ok := over(l.site, l.counting(xs[0], s, cutoff), []int{-1})
	if !ok {
		return bad
	}
	y, _ := r.widened()
	return r.fold(FoldSum, y)
}

// Cond gives the greatest singular value of each matrix over the least: how much a change of b can change Solve(b). Of a singular matrix it is
// infinite.
func (x Expr) Cond() Expr {
	l, s, bad, ok := factored(here("cond"), "svdvals", x)
	if !ok {
		return bad
	}
	k := min(sizes(x))
	if s.n.Kind != KBad && k == 0 {
		return l.bad(ErrEmpty, "%s has matrices of no elements", x.n.typ())
	}
	greatest, least := l.within(s, 0), l.within(s, max(k-1, 0))
	if s.n.Kind == KBad {
		return s
	}
	inf := l.like(math.Inf(1), least)
	return l.cast(l.choose(l.apply(opEqual, least, l.like(0, least)), inf, l.apply(opDiv, greatest, least)), l.result)
}

// turned gives the transposes of matrices.
func (s site) turned(x Expr) Expr {
	if x.n.Kind == KBad {
		return x
	}
	last := len(x.n.Shape) - 1
	return s.swapped(x, last, last-1)
}

// column and row make vectors matrices.
func (s site) column(x Expr) Expr { return s.reshape(x, append(x.n.Shape.Clone(), 1)) }

func (s site) row(x Expr) Expr {
	last := len(x.n.Shape) - 1
	return s.reshape(x, append(x.n.Shape[:last].Clone(), 1, x.n.Shape[last]))
}
