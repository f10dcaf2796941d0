package expr

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/einloom/einloom/tensor"
)

// Input gives a hole of dtype d and the sizes dims, which Run binds to a tensor by its name. Names that begin with # or $ are kept for
// data that a text or a cached plan left out.
func Input(name string, d tensor.DType, dims ...int) Expr {
	s := here("input")
	if name != "" && (name[0] == '#' || name[0] == '$') {
		return s.bad(ErrValue, "the name %q begins with %q, which is kept for data", name, name[0])
	}
	return s.make(Node{Kind: KInput, Name: name, DType: d, Shape: slices.Clone(dims)})
}

// From gives the elements of t, by reference: what is in t when the graph runs is what it reads, and nothing ever writes there.
func From(t *tensor.Tensor) Expr { return here("from").make(Node{Kind: KData, Tensor: t}) }

// Frozen gives the elements of t, by reference, as From does, and says that they never change. What a Program computes of frozen data alone it
// computes once, in its first run, and keeps: weights that are scaled, converted or multiplied together cost later runs nothing but reading the
// result. Whoever writes to t's memory after that run, gets results of the old elements, or of both.
func Frozen(t *tensor.Tensor) Expr {
	return here("frozen").make(Node{Kind: KData, Tensor: t, Frozen: true})
}

// Of gives data in row-major order as an array of sizes dims; no dims stand for one axis. The slice is not copied.
func Of[T tensor.Element](data []T, dims ...int) Expr {
	s := here("of")
	if len(dims) == 0 {
		dims = []int{len(data)}
	}
	t, err := tensor.New(data, dims...)
	if err != nil {
		return s.bad(ErrData, "%s", strings.TrimPrefix(err.Error(), "tensor: "))
	}
	return s.make(Node{Kind: KData, Tensor: t})
}

// Scalar gives a weak float64: where it meets another operand it takes that one's dtype if it is a float or complex; integers and bool
// become float64, as when NumPy 2 meets a Python float.
func Scalar(v float64) Expr {
	return here("scalar").make(Node{Kind: KConst, DType: tensor.Float64, Value: Value{F: v}, Weak: true})
}

// ScalarInt gives a weak int64: where it meets another operand it takes that one's dtype, unless that is bool, which becomes int64. It
// is a mistake if that dtype is an integer type that does not hold v, except in a comparison, which is exact.
func ScalarInt(v int64) Expr {
	return here("scalar").make(Node{Kind: KConst, DType: tensor.Int64, Value: Value{I: v}, Weak: true})
}

// ScalarComplex gives a weak complex128: where it meets another operand it makes it complex, without more precision than floats had.
func ScalarComplex(v complex128) Expr {
	return here("scalar").make(Node{Kind: KConst, DType: tensor.Complex128, Value: Value{C: v}, Weak: true})
}

// Full gives an array of dtype d and sizes dims whose elements are all v, rounded to d. An integer dtype must hold v exactly.
func Full(d tensor.DType, v float64, dims ...int) Expr { return here("full").full(d, v, dims) }

// Zeros gives an array of dtype d and sizes dims whose elements are all 0 (false).
func Zeros(d tensor.DType, dims ...int) Expr { return here("zeros").full(d, 0, dims) }

// Ones gives an array of dtype d and sizes dims whose elements are all 1 (true).
func Ones(d tensor.DType, dims ...int) Expr { return here("ones").full(d, 1, dims) }

func (s site) full(d tensor.DType, v float64, dims []int) Expr {
	if msg := unfit(d, v); msg != "" {
		return s.bad(ErrValue, "%s", msg)
	}
	return s.broadcast(s.number(v, d), slices.Clone(dims))
}

// unfit says why v is no value of dtype d, "" if it is one, perhaps after rounding.
func unfit(d tensor.DType, v float64) string {
	switch {
	case !valid(d):
		return "there is no such dtype"
	case d.IsBool() && v != 0 && v != 1:
		return fmt.Sprintf("%v is not 0 or 1", v)
	case d == tensor.Uint64:
		if v != math.Trunc(v) || v < 0 || v >= 1<<64 {
			return fmt.Sprintf("%v does not fit in u64", v)
		}
	case d.IsInt():
		if !exactInt(v) || !holds(d, int64(v)) {
			return fmt.Sprintf("%v does not fit in %v", v, d)
		}
	}
	return ""
}

// Eye gives the n by n identity matrix of dtype d.
func Eye(d tensor.DType, n int) Expr {
	s := here("eye")
	i := s.iota(n)
	rows, cols := s.reshape(i, []int{n, 1}), s.reshape(i, []int{1, n})
	return s.cast(s.apply(opEqual, rows, cols), d)
}

// Arange gives start, start+step, ... as long as it is short of stop: [ceil((stop-start)/step)] elements of dtype d. Integer dtypes want
// integers and compute in int64; others compute in float64 and round once.
func Arange(d tensor.DType, start, stop, step float64) Expr {
	s := here("arange")
	count := math.Ceil((stop - start) / step)
	switch {
	case d.IsBool() || !valid(d):
		return s.bad(ErrDType, "dtype %v, want a number", d)
	case step == 0 || math.IsNaN(count) || count > tensor.MaxLen:
		return s.bad(ErrValue, "from %v to %v by %v has no countable length", start, stop, step)
	}
	i := s.iota(int(max(0, count)))
	if !d.IsInt() {
		return s.cast(s.line(i, start, step), d)
	}
	if !exactInt(start) || !exactInt(step) {
		return s.bad(ErrValue, "start %v and step %v, want integers for %v", start, step, d)
	}
	// The least and the greatest are the ends.
	for _, v := range []float64{start, start + step*(count-1)} {
		if msg := unfit(d, v); count > 0 && msg != "" {
			return s.bad(ErrValue, "%s", msg)
		}
	}
	return s.cast(s.apply(opAdd, s.apply(opMul, i, s.number(step, tensor.Int64)), s.number(start, tensor.Int64)), d)
}

// line gives start + i*step in float64.
func (s site) line(i Expr, start, step float64) Expr {
	f := s.cast(i, tensor.Float64)
	return s.apply(opAdd, s.apply(opMul, f, s.number(step, tensor.Float64)), s.number(start, tensor.Float64))
}

// Linspace gives n evenly spaced numbers from start to stop, both included: [n] elements of dtype d, computed in float64. The last is
// stop itself. Integer dtypes round down.
func Linspace(d tensor.DType, start, stop float64, n int) Expr {
	s := here("linspace")
	if d.IsBool() || !valid(d) {
		return s.bad(ErrDType, "dtype %v, want a number", d)
	}
	i := s.iota(n)
	x := s.line(i, start, (stop-start)/max(1, float64(n-1)))
	if n > 1 {
		last := s.apply(opEqual, i, s.number(float64(n-1), tensor.Int64))
		x = s.choose(last, s.number(stop, tensor.Float64), x)
	}
	if d.IsInt() {
		x = s.apply(opFloor, x)
	}
	return s.cast(x, d)
}
