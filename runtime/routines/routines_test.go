package routines_test

import (
	"cmp"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/runtime/routines"
	"github.com/einloom/einloom/tensor"
)

// TestTable holds the functions to the table: there is one for each row.
func TestTable(t *testing.T) {
	for _, r := range routine.All() {
		if _, err := routines.Lookup(r.Name); err != nil {
			t.Error(err)
		}
	}
	if _, err := routines.Lookup("svdx"); err == nil {
		t.Error("there is a routine svdx")
	}
}

// call computes a routine of operands without a batch. They lie backwards in memory, so that strides count.
func call(t *testing.T, name string, args ...*tensor.Tensor) (*tensor.Tensor, error) {
	t.Helper()
	r := routine.Lookup(name)
	var types []tensor.DType
	var shapes []tensor.Shape
	for i, a := range args {
		types, shapes = append(types, a.DType()), append(shapes, a.Shape())
		args[i] = backwards(t, a)
	}
	d, s, wrong := r.Rule(types, shapes)
	if wrong != "" {
		t.Fatalf("%s: %s", name, wrong)
	}
	out, err := tensor.Zeros(d, s...)
	if err != nil {
		t.Fatal(err)
	}
	do, err := routines.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return out, do(out, args)
}

func backwards(t *testing.T, x *tensor.Tensor) *tensor.Tensor {
	t.Helper()
	y, err := x.Flip()
	if err != nil {
		t.Fatal(err)
	}
	if y, err = y.Copy().Flip(); err != nil {
		t.Fatal(err)
	}
	return y
}

// mat is a matrix of float64.
type mat struct {
	rows, cols int
	at         []float64
}

func (a mat) tensor(t *testing.T) *tensor.Tensor {
	t.Helper()
	x, err := tensor.New(a.at, a.rows, a.cols)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func randomMat(rng *rand.Rand, rows, cols int) mat {
	a := mat{rows, cols, make([]float64, rows*cols)}
	for i := range a.at {
		a.at[i] = rng.NormFloat64()
	}
	return a
}

func (a mat) turned() mat {
	b := mat{a.cols, a.rows, make([]float64, len(a.at))}
	for i := range a.rows {
		for k := range a.cols {
			b.at[k*a.rows+i] = a.at[i*a.cols+k]
		}
	}
	return b
}

func (a mat) times(b mat) mat {
	c := mat{a.rows, b.cols, make([]float64, a.rows*b.cols)}
	for i := range a.rows {
		for k := range b.cols {
			for j := range a.cols {
				c.at[i*b.cols+k] += a.at[i*a.cols+j] * b.at[j*b.cols+k]
			}
		}
	}
	return c
}

func eye(n int) mat {
	a := mat{n, n, make([]float64, n*n)}
	for i := range n {
		a.at[i*n+i] = 1
	}
	return a
}

// near holds a to b within what rounding does to well-conditioned matrices of a few rows.
func (a mat) near(t *testing.T, what string, b mat) {
	t.Helper()
	if a.rows != b.rows || a.cols != b.cols {
		t.Fatalf("%s: %d x %d and %d x %d", what, a.rows, a.cols, b.rows, b.cols)
	}
	most := 1.0
	for _, x := range b.at {
		most = max(most, math.Abs(x))
	}
	for i := range a.at {
		if !(math.Abs(a.at[i]-b.at[i]) <= 1e-11*most*float64(a.rows+1)) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, a.at[i], b.at[i])
		}
	}
}

// results calls a routine that must succeed and gives its row.
func results(t *testing.T, name string, args ...mat) []float64 {
	t.Helper()
	var list []*tensor.Tensor
	for _, a := range args {
		list = append(list, a.tensor(t))
	}
	out, err := call(t, name, list...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out.Float64s()
}

// take gives a matrix at the head of a row, and what follows.
func take(row []float64, rows, cols int) (mat, []float64) {
	return mat{rows, cols, row[:rows*cols]}, row[rows*cols:]
}

// TestSquareMatrices holds routines of square matrices to their laws.
func TestSquareMatrices(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 7, 40, 90} {
		a, b := randomMat(rng, n, n), randomMat(rng, n, 3)
		for i := range n {
			a.at[i*n+i] += 3 * math.Sqrt(float64(n)) // far from singular
		}
		x, _ := take(results(t, "solve", a, b), n, 3)
		a.times(x).near(t, "solve", b)
		inverse, _ := take(results(t, "inv", a), n, n)
		a.times(inverse).near(t, "inv", eye(n))

		spd := a.times(a.turned())
		half := mat{n, n, slices.Clone(spd.at)}
		for i := range n {
			for k := i + 1; k < n; k++ {
				half.at[i*n+k] = math.NaN() // the upper triangle is not read
			}
		}
		l, _ := take(results(t, "cholesky", half), n, n)
		l.times(l.turned()).near(t, "cholesky", spd)
		y, _ := take(results(t, "solve_lower", l, b), n, 3)
		l.times(y).near(t, "solve_lower", b)
		u := l.turned()
		y, _ = take(results(t, "solve_upper", u, b), n, 3)
		u.times(y).near(t, "solve_upper", b)

		det, logs := 1.0, results(t, "slogdet", spd)
		for i := range n {
			det *= l.at[i*n+i] * l.at[i*n+i]
		}
		if logs[0] != 1 || math.Abs(logs[1]-math.Log(det)) > 1e-9*(1+math.Abs(logs[1])) && !math.IsInf(det, 0) {
			t.Errorf("n %d: slogdet %v, the determinant is %v", n, logs, det)
		}
		if got := results(t, "det", spd)[0]; !math.IsInf(det, 0) && math.Abs(got-det) > 1e-9*math.Abs(det) {
			t.Errorf("n %d: det %v, want %v", n, got, det)
		}

		row := results(t, "eigh", half)
		w, rest := take(row, 1, n)
		v, _ := take(rest, n, n)
		v.turned().times(v).near(t, "eigh: columns", eye(n))
		scaled := v.times(mat{n, n, diagonal(w.at)})
		spd.times(v).near(t, "eigh", scaled)
		if !slices.IsSorted(w.at) {
			t.Errorf("n %d: eigenvalues %v", n, w.at)
		}
		mat{1, n, results(t, "eigvalsh", half)}.near(t, "eigvalsh", w)
	}
}

func diagonal(d []float64) []float64 {
	n := len(d)
	a := make([]float64, n*n)
	for i := range d {
		a[i*n+i] = d[i]
	}
	return a
}

// TestFactors holds the factorizations of any matrix to their laws.
func TestFactors(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, s := range [][2]int{{0, 3}, {3, 0}, {1, 1}, {1, 5}, {5, 1}, {4, 4}, {7, 3}, {3, 7}, {60, 40}, {40, 60}} {
		m, n := s[0], s[1]
		k := min(m, n)
		a := randomMat(rng, m, n)
		q, rest := take(results(t, "qr", a), m, k)
		r, _ := take(rest, k, n)
		q.times(r).near(t, "qr", a)
		q.turned().times(q).near(t, "qr: columns", eye(k))
		for i := range k {
			for j := range min(i, n) {
				if r.at[i*n+j] != 0 {
					t.Fatalf("qr: R has %v below its diagonal", r.at[i*n+j])
				}
			}
		}
		u, rest := take(results(t, "svd", a), m, k)
		sv, rest := take(rest, 1, k)
		vt, _ := take(rest, k, n)
		u.times(mat{k, k, diagonal(sv.at)}).times(vt).near(t, "svd", a)
		u.turned().times(u).near(t, "svd: U", eye(k))
		vt.times(vt.turned()).near(t, "svd: V", eye(k))
		if !slices.IsSortedFunc(sv.at, func(a, b float64) int { return cmp.Compare(b, a) }) {
			t.Errorf("singular values %v", sv.at)
		}
		mat{1, k, results(t, "svdvals", a)}.near(t, "svdvals", sv)
	}
}

// TestEig holds eigenvalues and eigenvectors of general matrices to A v = λ v.
func TestEig(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 5, 30} {
		a := randomMat(rng, n, n)
		out, err := call(t, "eig", a.tensor(t))
		if err != nil {
			t.Fatal(err)
		}
		row := out.Complex128s()
		w, v := row[:n], row[n:]
		values, err := call(t, "eigvals", a.tensor(t))
		if err != nil {
			t.Fatal(err)
		}
		for k := range n {
			if d := cmplx.Abs(values.Complex128s()[k] - w[k]); d > 1e-10*float64(n) {
				t.Errorf("eigvals: %v, eig: %v", values, w)
			}
			length := 0.0
			for i := range n {
				sum := complex128(0)
				for j := range n {
					sum += complex(a.at[i*n+j], 0) * v[j*n+k]
				}
				if d := cmplx.Abs(sum - w[k]*v[i*n+k]); d > 1e-10*float64(n) {
					t.Errorf("n %d: A v differs from λ v by %v", n, d)
				}
				length += real(v[i*n+k])*real(v[i*n+k]) + imag(v[i*n+k])*imag(v[i*n+k])
			}
			if math.Abs(length-1) > 1e-12*float64(n) {
				t.Errorf("n %d: an eigenvector of length %v", n, math.Sqrt(length))
			}
		}
	}
}

// TestNoResult names what is wrong with a matrix.
func TestNoResult(t *testing.T) {
	singular := mat{2, 2, []float64{1, 2, 2, 4}}
	for _, c := range []struct {
		name, want string
		args       []mat
	}{
		{"solve", "the matrix is singular", []mat{singular, eye(2)}},
		{"inv", "the matrix is singular", []mat{singular}},
		{"solve_lower", "the matrix is singular", []mat{{2, 2, []float64{1, 0, 5, 0}}, eye(2)}},
		{"cholesky", "the matrix is not positive definite", []mat{{2, 2, []float64{1, 0, 2, 1}}}},
		{"cholesky", "the matrix is not positive definite", []mat{{1, 1, []float64{math.NaN()}}}},
		{"svd", "the matrix holds NaN or infinity", []mat{{1, 2, []float64{1, math.NaN()}}}},
		{"eigh", "the matrix holds NaN or infinity", []mat{{1, 1, []float64{math.Inf(1)}}}},
		{"eig", "the matrix holds NaN or infinity", []mat{{1, 1, []float64{math.Inf(-1)}}}},
	} {
		var list []*tensor.Tensor
		for _, a := range c.args {
			list = append(list, a.tensor(t))
		}
		if _, err := call(t, c.name, list...); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if got := results(t, "det", singular)[0]; got != 0 {
		t.Errorf("det %v", got)
	}
	if got := results(t, "slogdet", singular); got[0] != 0 || !math.IsInf(got[1], -1) {
		t.Errorf("slogdet %v", got)
	}
}

// TestSort compares with sorting by comparison, of every dtype that has an order and of lengths about those where the way changes.
func TestSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1e-45, -1e-45, 5e-324}
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		if d.IsComplex() {
			continue
		}
		for _, n := range []int{0, 1, 2, 63, 64, 65, 300, 5000} {
			values := make([]float64, n)
			for i := range values {
				switch {
				case d.IsFloat() && rng.IntN(4) == 0:
					values[i] = odd[rng.IntN(len(odd))]
				case d.IsFloat():
					values[i] = rng.NormFloat64()
				case d.IsUnsigned() || d.IsBool():
					values[i] = float64(rng.IntN(200))
				default:
					values[i] = float64(rng.IntN(250) - 125)
				}
			}
			x, err := tensor.FromFloat64s(d, values, n)
			if err != nil {
				t.Fatal(err)
			}
			sortLikeNumPy(t, x)
		}
	}
}

func sortLikeNumPy(t *testing.T, x *tensor.Tensor) {
	t.Helper()
	values := x.Float64s()
	want := make([]int64, len(values))
	for i := range want {
		want[i] = int64(i)
	}
	less := func(a, b float64) bool { return a < b || math.IsNaN(b) && !math.IsNaN(a) }
	sort.SliceStable(want, func(i, k int) bool { return less(values[want[i]], values[want[k]]) })
	places, err := call(t, "argsort", x)
	if err != nil {
		t.Fatal(err)
	}
	if got := places.Int64s(); !slices.Equal(got, want) {
		t.Fatalf("%v[%d]: argsort %v, want %v", x.DType(), len(values), got, want)
	}
	sorted, err := call(t, "sort", x)
	if err != nil {
		t.Fatal(err)
	}
	list := sorted.Float64s()
	for i, got := range list {
		if w := values[want[i]]; got != w && !(math.IsNaN(got) && math.IsNaN(w)) {
			t.Fatalf("%v[%d]: element %d of sort is %v, want %v", x.DType(), len(values), i, got, w)
		}
	}
	for _, name := range []string{"searchsorted", "searchsorted_right"} {
		got, err := call(t, name, sorted, x)
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range got.Int64s() {
			at := int(at)
			below, above := at == 0 || !less(values[i], list[at-1]), at == len(list) || !less(list[at], values[i])
			edge := at == 0 || less(list[at-1], values[i])
			if name == "searchsorted_right" {
				edge = at == len(list) || less(values[i], list[at])
			}
			if !below || !above || !edge {
				t.Fatalf("%v[%d]: %s puts %v at %d", x.DType(), len(values), name, values[i], at)
			}
		}
	}
}

// TestFourier compares with sums.
func TestFourier(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{0, 1, 2, 3, 8, 30, 49, 101} {
		x, reals := make([]complex128, n), make([]float64, n)
		for i := range x {
			reals[i] = rng.NormFloat64()
			x[i] = complex(reals[i], rng.NormFloat64())
		}
		in, err := tensor.New(x, n)
		if err != nil {
			t.Fatal(err)
		}
		out, err := call(t, "fft", in)
		if err != nil {
			t.Fatal(err)
		}
		apart(t, "fft", out.Complex128s(), transform(x))
		back, err := call(t, "ifft", out)
		if err != nil {
			t.Fatal(err)
		}
		apart(t, "ifft", back.Complex128s(), x)
		if n == 0 {
			continue
		}
		row, err := tensor.New(reals, n)
		if err != nil {
			t.Fatal(err)
		}
		half, err := call(t, "rfft", row)
		if err != nil {
			t.Fatal(err)
		}
		for i := range x {
			x[i] = complex(reals[i], 0)
		}
		apart(t, "rfft", half.Complex128s(), transform(x)[:n/2+1])
	}
}

func transform(x []complex128) []complex128 {
	y := make([]complex128, len(x))
	for k := range y {
		for j := range x {
			y[k] += x[j] * cmplx.Rect(1, -2*math.Pi*float64(j*k%len(x))/float64(len(x)))
		}
	}
	return y
}

func apart(t *testing.T, what string, got, want []complex128) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range got {
		if cmplx.Abs(got[i]-want[i]) > 1e-12*float64(len(got)+1) {
			t.Fatalf("%s of %d: element %d is %v, want %v", what, len(got), i, got[i], want[i])
		}
	}
}
