// Package routines computes what the table of package routine names, one call at a time: linear algebra by LAPACK and Fourier transforms, both
// gonum's, and sorting. It knows no kernel and starts no goroutine of its own.
package routines

import (
	"errors"
	"fmt"

	"github.com/einloom/einloom/tensor"
)

// Func computes one call: of the operands' cores, which it must not write to, the row out, which is row-major and shares no memory with them.
// An error says what is wrong with the numbers, such as that a matrix is singular.
type Func func(out *tensor.Tensor, args []*tensor.Tensor) error

// Lookup gives the function of a routine by its name.
func Lookup(name string) (Func, error) {
	if f, ok := funcs[name]; ok {
		return guarded(f), nil
	}
	return nil, fmt.Errorf("there is no routine %q", name)
}

// guarded turns a library's panic, which no checked input should bring about, into an error.
func guarded(f Func) Func {
	return func(out *tensor.Tensor, args []*tensor.Tensor) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("internal: %v", r)
			}
		}()
		return f(out, args)
	}
}

var funcs = map[string]Func{
	"cholesky":           cholesky,
	"solve":              solve,
	"solve_lower":        solveLower,
	"solve_upper":        solveUpper,
	"inv":                inverse,
	"det":                determinant,
	"slogdet":            logDeterminant,
	"qr":                 orthogonal,
	"svd":                singular,
	"svdvals":            singular,
	"eigh":               symmetric,
	"eigvalsh":           symmetric,
	"eig":                general,
	"eigvals":            general,
	"sort":               sorted,
	"argsort":            places,
	"searchsorted":       searchLeft,
	"searchsorted_right": searchRight,
	"fft":                forward,
	"ifft":               backward,
	"rfft":               forwardReal,
}

// What a matrix may be, so that a routine has no result.
var (
	errSingular = errors.New("the matrix is singular")
	errDefinite = errors.New("the matrix is not positive definite")
	errFinite   = errors.New("the matrix holds NaN or infinity")
	errConverge = errors.New("the iteration did not converge")
)
