package drivertest

import (
	"math"
	"math/cmplx"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// mappedNear applies an op where an argument is an interval: the op's reference at the middle and at the corners, and the op's own error.
// For the ops that kernels apply to sums (arithmetic, elementary functions) the corners are where the result is farthest.
func mappedNear(o *op.Op, types []tensor.DType, d tensor.DType, args []number) number {
	f := reference(o, types, d)
	if f == nil {
		return number{unknown: true}
	}
	mid, errs := make([]complex128, len(args)), make([]float64, len(args))
	for i, x := range args {
		mid[i] = complex(x.complex(types[i]))
		if !x.exact {
			errs[i] = x.err
		}
	}
	if (o.Name == "equal" || o.Name == "not_equal") && cmplx.Abs(mid[0]-mid[1]) <= errs[0]+errs[1] {
		return number{unknown: true}
	}
	y := f(mid)
	spread := 0.0
	corners(mid, errs, types, func(at []complex128) {
		spread = math.Max(spread, cmplx.Abs(f(at)-y))
	})
	if d.IsBool() || d.IsInt() {
		if spread != 0 || cmplx.IsNaN(y) {
			return number{unknown: true}
		}
		if d.IsBool() {
			return exactly(uint64(real(y)), 0)
		}
		return exactly(uint64(int64(real(y)))&(1<<(8*d.Size()-1)<<1-1), 0)
	}
	own := 2 * (o.Bound(d) + 0.5) * epsilon(d) * cmplx.Abs(y)
	return within(d, y, spread*(1+4*epsilon(d))+own+2*least(d))
}

// within is y with an error; where an implementation may overflow, nothing can be said.
func within(d tensor.DType, y complex128, err float64) number {
	if !(cmplx.Abs(y)+err <= most(d)) {
		return number{unknown: true}
	}
	return number{re: real(y), im: imag(y), err: err}
}

// reference is the meaning of o in float64 or complex128; nil where there is none of that kind.
func reference(o *op.Op, types []tensor.DType, d tensor.DType) func(x []complex128) complex128 {
	last := types[len(types)-1]
	switch {
	case o.Name == "cast" && d.IsComplex():
		return func(x []complex128) complex128 { return x[0] }
	case o.Name == "cast" && d.IsFloat():
		return func(x []complex128) complex128 { return complex(real(x[0]), 0) }
	case o.Name == "cast" && d.IsInt():
		return func(x []complex128) complex128 { return complex(math.Trunc(real(x[0])), 0) }
	case last.IsComplex() && o.Ref.C != nil:
		return o.Ref.C
	case last.IsFloat() && o.Ref.F != nil:
		return func(x []complex128) complex128 {
			y := make([]float64, len(x))
			for i := range x {
				y[i] = real(x[i])
			}
			return complex(o.Ref.F(y), 0)
		}
	}
	return nil
}

// corners calls f with each argument moved by its error, both ways.
func corners(mid []complex128, errs []float64, types []tensor.DType, f func(at []complex128)) {
	at := append([]complex128(nil), mid...)
	var walk func(i int)
	walk = func(i int) {
		switch {
		case i == len(mid):
			f(at)
		case errs[i] == 0:
			walk(i + 1)
		default:
			e := complex(errs[i], 0)
			moves := []complex128{e, -e}
			if types[i].IsComplex() {
				moves = append(moves, e*1i, -e*1i)
			}
			for _, m := range moves {
				at[i] = mid[i] + m
				walk(i + 1)
			}
			at[i] = mid[i]
		}
	}
	walk(0)
}

// fold is a reduction in the making.
type fold struct {
	o        *op.Op
	d        tensor.DType
	n        int
	best     number // of the exact folds and of minimum, maximum
	place    int    // of arg reductions
	sum, low complex128
	size     float64 // sum of |x|; of a product, all factors above 1 in size
	small    float64 // of a product, all factors below 1
	err      float64
	unknown  bool
}

func newFold(o *op.Op, d tensor.DType) *fold { return &fold{o: o, d: d} }

// rounds says whether the fold's order matters to its result.
func (f *fold) rounds() bool {
	return (f.o.Name == "add" || f.o.Name == "mul") && (f.d.IsFloat() || f.d.IsComplex())
}

// add folds one more element, the one at place.
func (f *fold) add(x number, place int) error {
	f.n++
	if x.unknown {
		f.unknown = true
		return nil
	}
	if f.rounds() {
		f.round(x)
		return nil
	}
	if f.o.Name == "argmin" || f.o.Name == "argmax" {
		f.arg(x, place)
		return nil
	}
	if f.n == 1 {
		f.best = x
		return nil
	}
	if f.best.exact && x.exact {
		var err error
		f.best, err = mappedBits(f.o, []tensor.DType{f.d, f.d}, f.d, []number{f.best, x})
		return err
	}
	a, _ := f.best.complex(f.d)
	b, _ := x.complex(f.d)
	err := math.Max(f.best.err, x.err)
	if f.o.Name == "minimum" {
		f.best = number{re: math.Min(a, b), err: err}
	} else {
		f.best = number{re: math.Max(a, b), err: err}
	}
	return nil
}

// round folds an element of a float sum or product, with twice float64's digits for the sum.
func (f *fold) round(x number) {
	v := complex(x.complex(f.d))
	if f.o.Name == "mul" {
		if f.n == 1 {
			f.sum, f.size, f.small = 1, 1, 1
		}
		f.size *= math.Max(cmplx.Abs(v)+x.err, 1)
		f.small *= math.Min(math.Max(cmplx.Abs(v)-x.err, 0), 1)
		// (p + dp)(v + dv) - pv
		f.err = f.err*(cmplx.Abs(v)+x.err) + cmplx.Abs(f.sum)*x.err
		f.sum *= v
		return
	}
	re, lowRe := twoSum(real(f.sum), real(v))
	im, lowIm := twoSum(imag(f.sum), imag(v))
	f.sum = complex(re, im)
	f.low += complex(lowRe, lowIm)
	f.size += cmplx.Abs(v)
	f.err += x.err
}

// apart notes that the last element x of a float sum is itself a sum or a difference of a and b, which may be added apart from each other.
func (f *fold) apart(x, a, b number) {
	size := func(x number) float64 { re, im := x.complex(f.d); return math.Hypot(re, im) }
	if f.n++; !x.unknown && !a.unknown && !b.unknown {
		f.size += size(a) + size(b) - size(x)
	}
}

// twoSum is a + b rounded, and what the rounding lost (Knuth).
func twoSum(a, b float64) (sum, lost float64) {
	sum = a + b
	c := sum - a
	return sum, (a - (sum - c)) + (b - c)
}

func (f *fold) arg(x number, place int) {
	if !x.exact {
		f.unknown = true
		return
	}
	if f.n == 1 || f.beats(x.lo, f.best.lo) {
		f.best, f.place = x, place
	}
}

// beats says whether a comes before b: strictly less (greater), or a NaN where b is none.
func (f *fold) beats(a, b uint64) bool {
	if f.o.Name == "argmax" {
		a, b = b, a
	}
	switch {
	case f.d.IsFloat():
		x, y := float(f.d, a), float(f.d, b)
		if f.o.Name == "argmax" {
			return x < y || y != y && x == x
		}
		return x < y || x != x && y == y
	case f.d.IsSigned():
		return signed(f.d, a) < signed(f.d, b)
	}
	return a < b
}

func (f *fold) result() number {
	switch {
	case f.unknown:
		return number{unknown: true}
	case f.o.Name == "argmin" || f.o.Name == "argmax":
		return exactly(uint64(f.place), 0)
	case f.n == 0:
		return f.unit()
	case f.rounds():
		roundings := float64(f.n) + 1
		if f.d.IsComplex() && f.o.Name == "mul" {
			roundings *= 4
		}
		s, size := f.sum+f.low, f.size
		if f.o.Name == "mul" {
			size = cmplx.Abs(s)
			if f.small < least(f.d)/(2*epsilon(f.d)) { // a part of it may underflow
				return number{unknown: true}
			}
		}
		if !(f.size <= most(f.d)) { // a part of it may overflow
			return number{unknown: true}
		}
		return within(f.d, s, f.err+roundings*epsilon(f.d)*size+least(f.d))
	}
	if re, _ := f.best.complex(f.d); f.d.IsFloat() && f.best.exact && re == 0 {
		return number{} // of zeros, minimum and maximum give either
	}
	return f.best
}

// unit is the fold of nothing.
func (f *fold) unit() number {
	switch f.o.Name {
	case "mul":
		one, err := cast(exactly(1, 0), tensor.Uint8, f.d)
		if err != nil {
			return number{unknown: true}
		}
		return one
	case "and":
		if f.d.IsBool() {
			return exactly(1, 0)
		}
		return exactly(^uint64(0)>>(64-8*f.d.Size()), 0)
	}
	return exactly(0, 0)
}
