package interp

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// integer and float are the lanes that Go's operators work on.
type integer interface {
	uint8 | uint16 | uint32 | uint64 | int8 | int16 | int32 | int64
}
type float interface{ float32 | float64 }
type realLane interface{ integer | float }

// The loops of single ops. Each stores its result before the next op reads it, so that no compiler can join a product with a sum.

func addLoop[T lane](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func subLoop[T lane](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mulLoop[T realLane](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func divLoop[T float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

func negLoop[T lane](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
	}
}

func minLoop[T realLane](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = min(x[i], y[i])
	}
}

func maxLoop[T realLane](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
}

func andLoop[T integer](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] & y[i]
	}
}

func orLoop[T integer](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] | y[i]
	}
}

func xorLoop[T integer](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] ^ y[i]
	}
}

func notLoop[T integer](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = ^x[i]
	}
}

// truth is 1 for true.
func truth(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

func equalLoop[T lane](dst []uint8, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = truth(x[i] == y[i])
	}
}

func notEqualLoop[T lane](dst []uint8, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = truth(x[i] != y[i])
	}
}

func lessLoop[T realLane](dst []uint8, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = truth(x[i] < y[i])
	}
}

func lessEqualLoop[T realLane](dst []uint8, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = truth(x[i] <= y[i])
	}
}

func greaterLoop[T realLane](dst []uint8, x, y []T)      { lessLoop(dst, y, x) }
func greaterEqualLoop[T realLane](dst []uint8, x, y []T) { lessEqualLoop(dst, y, x) }

// each makes a loop of a function of one element.
func each[T lane](fn func(x T) T) func(dst, x []T) {
	return func(dst, x []T) {
		for i, v := range x {
			dst[i] = fn(v)
		}
	}
}

// both makes a loop of a function of two elements.
func both[T lane](fn func(x, y T) T) func(dst, x, y []T) {
	return func(dst, x, y []T) {
		for i := range dst {
			dst[i] = fn(x[i], y[i])
		}
	}
}

func comparisons[T realLane]() map[string]func(dst []uint8, x, y []T) {
	return map[string]func(dst []uint8, x, y []T){
		"equal": equalLoop[T], "not_equal": notEqualLoop[T], "less": lessLoop[T], "less_equal": lessEqualLoop[T],
		"greater": greaterLoop[T], "greater_equal": greaterEqualLoop[T],
	}
}

func less[T realLane](x, y T) bool { return x < y }

// boolean is the engine of bool, whose lanes are 0 or 1.
func boolean() loops {
	return &engine[uint8]{
		file:  u8s,
		unary: map[string]func(dst, x []uint8){"not": each(func(x uint8) uint8 { return x ^ 1 })},
		binary: map[string]func(dst, x, y []uint8){
			"and": andLoop[uint8], "or": orLoop[uint8], "xor": xorLoop[uint8],
		},
		folds: map[string]func(dst, x, y []uint8){
			"add": orLoop[uint8], "mul": andLoop[uint8], "minimum": andLoop[uint8], "maximum": orLoop[uint8],
		},
		units: map[string]uint8{"mul": 1, "and": 1},
		less:  less[uint8],
	}
}

// whole is the engine of an integer dtype of so many bits. Division by zero gives 0, and so does its remainder; shifts by width or more shift everything out.
func whole[T integer](f file[T], width int) *engine[T] {
	mask := ^uint64(0) >> (64 - width)
	unused := 64 - width
	quotient := func(x, y T) T {
		if y == 0 {
			return 0
		}
		return x / y
	}
	return &engine[T]{
		file:  f,
		unary: map[string]func(dst, x []T){"neg": negLoop[T], "not": notLoop[T]},
		binary: map[string]func(dst, x, y []T){
			"add": addLoop[T], "sub": subLoop[T], "mul": mulLoop[T], "and": andLoop[T], "or": orLoop[T], "xor": xorLoop[T],
			"min": minLoop[T], "max": maxLoop[T],
			"idiv": both(quotient),
			"imod": both(func(x, y T) T {
				if y == 0 {
					return 0
				}
				return x - y*quotient(x, y)
			}),
			"shl": both(func(x, n T) T { return T(uint64(x) << (uint64(n) & mask)) }),
			"shr": both(func(x, n T) T { return T(uint64(x) & mask >> (uint64(n) & mask)) }),
			"sar": both(func(x, n T) T { return T(int64(uint64(x)<<unused) >> unused >> min(uint64(n)&mask, 63)) }),
		},
		folds: map[string]func(dst, x, y []T){"minimum": minLoop[T], "maximum": maxLoop[T]},
		tests: comparisons[T](),
		units: map[string]T{"mul": 1, "and": ^T(0)},
		less:  less[T],
	}
}

func signed[T int8 | int16 | int32 | int64](f file[T], width int) loops {
	e := whole(f, width)
	e.unary["abs"] = each(func(x T) T {
		if x < 0 {
			return -x
		}
		return x
	})
	return e
}

func unsigned[T uint8 | uint16 | uint32 | uint64](f file[T], width int) loops { return whole(f, width) }

func floating[T float](f file[T]) *engine[T] {
	via := func(fn func(float64) float64) func(dst, x []T) {
		return each(func(x T) T { return T(fn(float64(x))) })
	}
	return &engine[T]{
		file: f,
		unary: map[string]func(dst, x []T){
			"neg": negLoop[T], "abs": via(math.Abs), "floor": via(math.Floor), "ceil": via(math.Ceil), "trunc": via(math.Trunc),
			"rint": via(math.RoundToEven), "sqrt": via(math.Sqrt), // float64 has more than twice float32's digits: rounding twice is rounding once
		},
		binary: map[string]func(dst, x, y []T){
			"add": addLoop[T], "sub": subLoop[T], "mul": mulLoop[T], "div": divLoop[T],
			"min": both(func(x, y T) T {
				if x < y {
					return x
				}
				return y
			}),
			"max": both(func(x, y T) T {
				if x > y {
					return x
				}
				return y
			}),
		},
		folds: map[string]func(dst, x, y []T){"minimum": minLoop[T], "maximum": maxLoop[T]}, // Go's own give NaNs on
		tests: comparisons[T](),
		units: map[string]T{"mul": 1},
		less:  less[T],
		nan:   func(x T) bool { return x != x },
	}
}

func single(round func([]float32)) *engine[float32] {
	e := floating(f32s)
	e.round = round
	return e
}

func narrow(round func([]float32)) loops { return single(round) }

func double() loops { return floating(f64s) }

func roundF16(lanes []float32) {
	for i, v := range lanes {
		lanes[i] = tensor.Float16Of(float64(v)).Float32()
	}
}

func roundBF16(lanes []float32) {
	for i, v := range lanes {
		lanes[i] = tensor.BFloat16Of(float64(v)).Float32()
	}
}
