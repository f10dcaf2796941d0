package expr

import (
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// What is made of matrices by choosing, moving and multiplying; solving and factoring are in linalg.go.

// matrices begins a builder that works on the last two axes, and gives how many axes there are.
func (s site) matrices(x Expr) (rank int, bad Expr, ok bool) {
	if bad, is := s.inherit(x); is {
		return 0, bad, false
	}
	if rank = len(x.n.Shape); rank < 2 {
		return 0, s.bad(ErrShape, "operand 0 is %s, want matrices: two axes or more", x.n.typ()), false
	}
	return rank, Expr{}, true
}

// Tril gives the lower triangles of matrices, the last two axes, with 0 above diagonal k: 0 is the main one, 1 the next above it.
func (x Expr) Tril(k int) Expr { return triangle(here("tril"), x, k, opGreaterEqual) }

// Triu gives the upper triangles of matrices, the last two axes, with 0 below diagonal k: 0 is the main one, 1 the next above it.
func (x Expr) Triu(k int) Expr { return triangle(here("triu"), x, k, opLessEqual) }

func triangle(s site, x Expr, k int, kept *op.Op) Expr {
	rank, bad, ok := s.matrices(x)
	if !ok {
		return bad
	}
	rows, columns := s.column(s.iota(x.n.Shape[rank-2])), s.iota(x.n.Shape[rank-1])
	diagonal := s.apply(opAdd, rows, s.number(float64(k), tensor.Int64))
	return s.choose(s.apply(kept, diagonal, columns), x, s.like(0, x))
}

// Diag gives square matrices with x, whose last axis counts along it, on diagonal k, and 0 elsewhere: [... n] -> [... n+|k| n+|k|]. The
// diagonal of a matrix is Diagonal's.
func (x Expr) Diag(k int) Expr {
	s := here("diag")
	if bad, is := s.inherit(x); is {
		return bad
	}
	rank := len(x.n.Shape)
	if rank < 1 {
		return s.bad(ErrShape, "operand 0 is %s, want vectors: an axis or more", x.n.typ())
	}
	beside := max(k, -k)
	n := x.n.Shape[rank-1] + beside
	if beside < 0 || n > tensor.MaxLen {
		return s.bad(ErrSize, "diagonal %d is too far from the main one", k)
	}
	before, after := make([]int, rank), make([]int, rank)
	after[rank-1] = beside
	y := x
	if beside > 0 {
		y = s.make(Node{Kind: KPad, Args: []*Node{x.n}, Before: before, After: after, Value: s.number(0, x.n.DType).n.Value})
	}
	if y.n.Kind == KBad {
		return y
	}
	if k >= 0 { // row i has x[i] at column i+k, else column i has it at row i-k
		y = s.column(y)
	} else {
		y = s.row(y)
	}
	rows, columns := s.column(s.iota(n)), s.iota(n)
	there := s.apply(opEqual, s.apply(opAdd, rows, s.number(float64(k), tensor.Int64)), columns)
	return s.choose(there, y, s.like(0, y))
}

// Trace gives the sums of the diagonals of matrices, the last two axes; dtypes are as for Sum.
func (x Expr) Trace() Expr {
	s := here("trace")
	rank, bad, ok := s.matrices(x)
	if !ok {
		return bad
	}
	diagonal := s.make(Node{Kind: KDiagonal, Args: []*Node{x.n}, Axes: []int{rank - 2, rank - 1}, Starts: []int{0, 0}})
	return accumulate(s, FoldSum, diagonal, []int{-1})
}

// Kron gives Kronecker's product: a copy of y for each element of x, multiplied by it, side by side. The one that has fewer axes gets axes of
// size 1 in front.
func (x Expr) Kron(y Expr) Expr {
	s := here("kron")
	if bad, is := s.inherit(x, y); is {
		return bad
	}
	rank := max(len(x.n.Shape), len(y.n.Shape))
	a, b := tensor.Shape{}, tensor.Shape{}
	for k := range rank {
		a = append(a, sizeBack(x.n.Shape, len(x.n.Shape), rank-1-k), 1)
		b = append(b, 1, sizeBack(y.n.Shape, len(y.n.Shape), rank-1-k))
	}
	d := promoteAll([]Expr{x, y})
	p := s.apply(opMul, s.reshape(s.meets(x, d), a), s.reshape(s.meets(y, d), b))
	for k := range rank {
		p = s.merged(p, k)
	}
	return p
}

// Norm gives the square root of the sum of squares of absolute values over the named axes, all if none is named: the length of vectors, the
// Frobenius norm of matrices. Dtypes are as for Mean, but real.
func (x Expr) Norm(axes ...int) Expr {
	r, bad, ok := over(here("norm"), x, axes)
	if !ok {
		return bad
	}
	y, result := r.floats()
	if result.IsComplex() {
		y = r.apply(opAbs, y)
		result = y.n.DType
	}
	return r.done(r.cast(r.apply(opSqrt, r.fold(FoldSum, r.apply(opMul, y, y))), result))
}

// Cov gives the covariances of the rows of a matrix, of which each column is an observation: [p n] -> [p p]. Sums are divided by n-1. Dtypes are
// as for Mean.
func (x Expr) Cov() Expr {
	s := here("cov")
	c, _, bad, ok := s.covariances(x)
	if !ok {
		return bad
	}
	return c
}

// CorrCoef gives the correlations of the rows of a matrix, of which each column is an observation: [p n] -> [p p]. Rounding leads nowhere beyond 1.
// Dtypes are as for Mean; complex numbers are a mistake.
func (x Expr) CorrCoef() Expr {
	s := here("corrcoef")
	if bad, is := s.inherit(x); is {
		return bad
	}
	if x.n.DType.IsComplex() {
		return s.bad(ErrDType, "operand 0 is %s, want real numbers", x.n.typ())
	}
	c, spreads, bad, ok := s.covariances(x)
	if !ok {
		return bad
	}
	y := s.apply(opDiv, s.apply(opDiv, c, s.column(spreads)), spreads)
	return s.apply(opClip, y, s.like(-1, y), s.like(1, y))
}

// covariances gives the covariances of the rows of x, and the roots of those on the diagonal.
func (s site) covariances(x Expr) (c, spreads, bad Expr, ok bool) {
	if bad, is := s.inherit(x); is {
		return c, spreads, bad, false
	}
	if len(x.n.Shape) != 2 {
		return c, spreads, s.bad(ErrShape, "operand 0 is %s, want one matrix: two axes", x.n.typ()), false
	}
	r, bad, ok := over(s, x, []int{1})
	if !ok {
		return c, spreads, bad, false
	}
	y, result := r.floats()
	y = r.centered(y)
	conjugate := y
	if result.IsComplex() {
		conjugate = s.apply(opConj, y)
	}
	c = s.apply(opDiv, s.product(y, s.turned(conjugate)), r.count(y, 1))
	if c.n.Kind == KBad {
		return c, spreads, c, false
	}
	diagonal := s.make(Node{Kind: KDiagonal, Args: []*Node{c.n}, Axes: []int{0, 1}, Starts: []int{0, 0}})
	return s.cast(c, result), s.cast(s.apply(opSqrt, diagonal), result), Expr{}, true
}
