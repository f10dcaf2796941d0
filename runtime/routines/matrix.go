package routines

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/einloom/einloom/tensor"
)

// matrix copies an operand, for LAPACK to work on.
func matrix(t *tensor.Tensor) (blas64.General, error) {
	data, err := tensor.Data[float64](t.Copy())
	rows, cols := t.Shape()[0], t.Shape()[1]
	return over(data, rows, cols), err
}

// over is row-major memory as a matrix. LAPACK wants rows of at least one element.
func over(data []float64, rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: max(cols, 1), Data: data}
}

func empty(rows, cols int) blas64.General { return over(make([]float64, rows*cols), rows, cols) }

// finite says whether all numbers of a matrix are: iterations over others need not end.
func finite(a blas64.General) bool {
	for _, x := range a.Data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// withWork calls a routine of LAPACK's with the working memory that it asks for.
func withWork(call func(work []float64, length int)) {
	var ask [1]float64
	call(ask[:], -1)
	work := make([]float64, int(ask[0]))
	call(work, len(work))
}

// cholesky gives the lower factor.
func cholesky(out *tensor.Tensor, args []*tensor.Tensor) error {
	l, err := tensor.Data[float64](out)
	if err != nil {
		return err
	}
	a, err := matrix(args[0])
	if err != nil {
		return err
	}
	n := a.Rows
	copy(l, a.Data)
	if _, ok := lapack64.Potrf(blas64.Symmetric{Uplo: blas.Lower, N: n, Stride: max(n, 1), Data: l}); !ok {
		return errDefinite
	}
	for i := range n {
		clear(l[i*n+i+1 : i*n+n])
	}
	return nil
}

// factored is the factors of PA = LU, in a, and P's interchanges; false: U has a 0 on its diagonal.
func factored(t *tensor.Tensor) (a blas64.General, swaps []int, regular bool, err error) {
	if a, err = matrix(t); err != nil || a.Rows == 0 {
		return a, nil, true, err
	}
	swaps = make([]int, a.Rows)
	regular = lapack64.Getrf(a, swaps)
	return a, swaps, regular, nil
}

// solve goes by LU with partial pivoting.
func solve(out *tensor.Tensor, args []*tensor.Tensor) error {
	a, swaps, regular, err := factored(args[0])
	if err != nil {
		return err
	}
	if !regular {
		return errSingular
	}
	x, err := rightSide(out, args[1])
	if err == nil {
		lapack64.Getrs(blas.NoTrans, a, x, swaps)
	}
	return err
}

// rightSide copies the right side to where the solution will be.
func rightSide(out, b *tensor.Tensor) (blas64.General, error) {
	x, err := tensor.Data[float64](out)
	if err != nil {
		return blas64.General{}, err
	}
	from, err := tensor.Data[float64](b.Contiguify())
	copy(x, from)
	return over(x, b.Shape()[0], b.Shape()[1]), err
}

func solveLower(out *tensor.Tensor, args []*tensor.Tensor) error {
	return substitute(out, args, blas.Lower)
}
func solveUpper(out *tensor.Tensor, args []*tensor.Tensor) error {
	return substitute(out, args, blas.Upper)
}

// substitute solves with one triangle of a.
func substitute(out *tensor.Tensor, args []*tensor.Tensor, uplo blas.Uplo) error {
	a, err := matrix(args[0])
	if err != nil {
		return err
	}
	x, err := rightSide(out, args[1])
	if err != nil || a.Rows == 0 || x.Cols == 0 {
		return err
	}
	if !lapack64.Trtrs(blas.NoTrans, blas64.Triangular{Uplo: uplo, Diag: blas.NonUnit, N: a.Rows, Stride: a.Stride, Data: a.Data}, x) {
		return errSingular
	}
	return nil
}

func inverse(out *tensor.Tensor, args []*tensor.Tensor) error {
	a, swaps, regular, err := factored(args[0])
	if err != nil || a.Rows == 0 {
		return err
	}
	if !regular {
		return errSingular
	}
	withWork(func(work []float64, length int) { regular = lapack64.Getri(a, swaps, work, length) })
	if !regular {
		return errSingular
	}
	to, err := tensor.Data[float64](out)
	copy(to, a.Data)
	return err
}

// determinant is the product of U's diagonal, its sign that of the interchanges.
func determinant(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[float64](out)
	if err != nil {
		return err
	}
	a, swaps, _, err := factored(args[0])
	to[0] = 1
	for i, k := range swaps {
		if i != k {
			to[0] = -to[0]
		}
	}
	for i := range a.Rows {
		to[0] *= a.Data[i*a.Stride+i]
	}
	return err
}

// logDeterminant is NumPy's slogdet: of a singular matrix 0 and minus infinity.
func logDeterminant(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[float64](out)
	if err != nil {
		return err
	}
	a, swaps, _, err := factored(args[0])
	sign, sum := 1.0, 0.0
	for i, k := range swaps {
		u := a.Data[i*a.Stride+i]
		if (i != k) != (u < 0) {
			sign = -sign
		}
		if u == 0 {
			sign = 0
		}
		sum += math.Log(math.Abs(u))
	}
	if math.IsNaN(sum) {
		sign = sum
	}
	to[0], to[1] = sign, sum
	return err
}

// orthogonal gives Q and R of the reduced form.
func orthogonal(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[float64](out)
	if err != nil {
		return err
	}
	a, err := matrix(args[0])
	m, n, k := a.Rows, a.Cols, min(a.Rows, a.Cols)
	if err != nil || k == 0 {
		return err
	}
	scales := make([]float64, k)
	withWork(func(work []float64, length int) { lapack64.Geqrf(a, scales, work, length) })
	q, r := over(to[:m*k], m, k), to[m*k:]
	for i := range k {
		copy(r[i*n+i:i*n+n], a.Data[i*n+i:i*n+n])
		clear(r[i*n : i*n+i])
	}
	for i := range m {
		copy(q.Data[i*k:i*k+k], a.Data[i*n:i*n+k])
	}
	withWork(func(work []float64, length int) { lapack64.Orgqr(q, scales, work, length) })
	return nil
}

// singular gives U, the singular values and Vᵀ, or the values alone where there is no room for more.
func singular(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[float64](out)
	if err != nil {
		return err
	}
	a, err := matrix(args[0])
	m, n, k := a.Rows, a.Cols, min(a.Rows, a.Cols)
	switch {
	case err != nil || k == 0:
		return err
	case !finite(a):
		return errFinite
	}
	job, u, s, v := lapack.SVDNone, over(nil, 0, 0), to, over(nil, 0, 0)
	if len(to) > k {
		job, u, s, v = lapack.SVDStore, over(to[:m*k], m, k), to[m*k:m*k+k], over(to[m*k+k:], k, n)
	}
	ok := true
	withWork(func(work []float64, length int) { ok = lapack64.Gesvd(job, job, a, u, v, s, work, length) })
	if !ok {
		return errConverge
	}
	return nil
}

// symmetric gives eigenvalues and eigenvectors, or the values alone where there is no room for more.
func symmetric(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[float64](out)
	if err != nil {
		return err
	}
	a, err := matrix(args[0])
	n := a.Rows
	if err != nil || n == 0 {
		return err
	}
	for i := range n { // the upper triangle counts for nothing
		for k := range i {
			a.Data[k*n+i] = a.Data[i*n+k]
		}
	}
	if !finite(a) {
		return errFinite
	}
	job := lapack.EVNone
	if len(to) > n {
		job = lapack.EVCompute
	}
	ok := true
	withWork(func(work []float64, length int) {
		ok = lapack64.Syev(job, blas64.Symmetric{Uplo: blas.Lower, N: n, Stride: n, Data: a.Data}, to[:n], work, length)
	})
	if !ok {
		return errConverge
	}
	copy(to[n:], a.Data)
	return nil
}

// general gives eigenvalues and right eigenvectors, or the values alone where there is no room for more.
func general(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[complex128](out)
	if err != nil {
		return err
	}
	a, err := matrix(args[0])
	n := a.Rows
	switch {
	case err != nil || n == 0:
		return err
	case !finite(a):
		return errFinite
	}
	job, v := lapack.RightEVNone, over(nil, 0, 0)
	if len(to) > n {
		job, v = lapack.RightEVCompute, empty(n, n)
	}
	re, im := make([]float64, n), make([]float64, n)
	failed := 0
	withWork(func(work []float64, length int) {
		failed = lapack64.Geev(lapack.LeftEVNone, job, a, re, im, over(nil, 0, 0), v, work, length)
	})
	if failed > 0 {
		return errConverge
	}
	for i := range n {
		to[i] = complex(re[i], im[i])
	}
	if len(to) > n {
		pairs(to[n:], v.Data, im)
	}
	return nil
}

// pairs writes out eigenvectors, of which LAPACK keeps one of each conjugate pair: its real part in one column, the imaginary one in the next.
func pairs(to []complex128, v, im []float64) {
	n := len(im)
	for k := 0; k < n; k++ {
		if im[k] == 0 {
			for i := range n {
				to[i*n+k] = complex(v[i*n+k], 0)
			}
			continue
		}
		for i := range n {
			x := complex(v[i*n+k], v[i*n+k+1])
			to[i*n+k], to[i*n+k+1] = x, complex(real(x), -imag(x))
		}
		k++
	}
}
