package expr

import (
	"math"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// Random numbers are functions of a key, a uint64, and of an element's place: the same on every device, with any number of threads and in every
// run, and computed where they are used, in no memory of their own. A program that is to give others in each run takes its key as an input. Who
// draws twice takes two keys: key.Threefry(i) for i = 0, 1 ... are as good as new ones.

// Key gives the key that a seed stands for. It is data, so that graphs of other seeds need no other plan.
func Key(seed uint64) Expr { return here("key").data([]uint64{seed}) }

func (s site) data(v []uint64) Expr {
	t, err := tensor.New(v)
	if err != nil {
		return s.bad(ErrData, "%v", err)
	}
	return s.make(Node{Kind: KData, Tensor: t})
}

// RandomBits gives 64 random bits an element, as uint64: Threefry of the key and the element's place in row-major order. The key is a uint64, of
// shape [] or [1].
func RandomBits(key Expr, dims ...int) Expr { return here("randombits").random(key, dims, 0) }

// random gives bits of the key and of the element's place plus from.
func (s site) random(key Expr, dims []int, from uint64) Expr {
	if bad, is := s.inherit(key); is {
		return bad
	}
	if n := key.n; n.DType != tensor.Uint64 || n.Shape.Len() != 1 || len(n.Shape) > 1 {
		return s.bad(ErrDType, "the key is %s, want one u64", n.typ())
	}
	shape := tensor.Shape(dims)
	if msg := countable(shape); msg != "" {
		return s.bad(ErrSize, "the shape %v %s", shape, msg)
	}
	place := s.cast(s.iota(shape.Len()), tensor.Uint64)
	if from != 0 {
		place = s.apply(opAdd, place, s.word(from))
	}
	return s.reshape(s.apply(opThreefry, s.reshape(key, tensor.Shape{}), place), shape)
}

// word is a constant of 64 bits.
func (s site) word(v uint64) Expr { return s.constant(Value{I: int64(v)}, tensor.Uint64) }

// RandomUniform gives numbers of dtype d, a float, evenly from 0 to 1, without 1: multiples of 2^-24 in float32, of 2^-53 in float64, 2^-11 in
// float16, 2^-8 in bfloat16.
func RandomUniform(key Expr, d tensor.DType, dims ...int) Expr {
	s := here("randomuniform")
	if !d.IsFloat() {
		return s.bad(ErrDType, "dtype %v, want a float", d)
	}
	return s.share(s.random(key, dims, 0), d)
}

// share makes of 64 bits a number from 0 to 1, without 1: of as many of the upper ones as d's numbers have.
func (s site) share(bits Expr, d tensor.DType) Expr {
	digits := map[tensor.DType]int{tensor.Float16: 11, tensor.BFloat16: 8, tensor.Float32: 24, tensor.Float64: 53}[d]
	if d == tensor.Float64 {
		whole := s.cast(s.apply(opRightShift, bits, s.word(uint64(64-digits))), d)
		return s.apply(opMul, whole, s.number(math.Ldexp(1, -digits), d))
	}
	upper := s.cast(s.apply(opRightShift, bits, s.word(32)), tensor.Uint32)
	whole := s.apply(opRightShift, upper, s.number(float64(32-digits), tensor.Uint32))
	return s.apply(opMul, s.cast(s.cast(whole, tensor.Int32), d), s.number(math.Ldexp(1, -digits), d))
}

// RandomNormal gives numbers of dtype d, a float, normally distributed with mean 0 and deviation 1 (Box and Muller, A Note on the Generation of
// Random Normal Deviates, 1958). float32 and halves compute in float32 of one draw of 64 bits and reach as far as 5.8, float64 of two, and 8.6.
func RandomNormal(key Expr, d tensor.DType, dims ...int) Expr {
	s := here("randomnormal")
	if !d.IsFloat() {
		return s.bad(ErrDType, "dtype %v, want a float", d)
	}
	const half = 1 << 63 // where the second draw's places begin
	bits, compute := s.random(key, dims, 0), tensor.Float32
	more := s.apply(opLeftShift, bits, s.word(32))
	if d == tensor.Float64 {
		compute, more = d, s.random(key, dims, half)
	}
	if bits.n.Kind == KBad {
		return bits
	}
	one := s.number(1, compute)
	radius := s.apply(opSqrt, s.apply(opMul, s.apply(opLog, s.apply(opSub, one, s.share(bits, compute))), s.number(-2, compute)))
	angle := s.apply(opMul, s.share(more, compute), s.number(2*math.Pi, compute))
	return s.cast(s.apply(opMul, radius, s.apply(opCos, angle)), d)
}

// RandomInts gives integers of dtype d, evenly from low to high, without high; high - low is at most 2^32. One of n is off from its share by at
// most n/2^64.
func RandomInts(key Expr, d tensor.DType, low, high int64, dims ...int) Expr {
	s := here("randomints")
	span := uint64(high - low)
	switch {
	case !d.IsInt():
		return s.bad(ErrDType, "dtype %v, want an integer", d)
	case high <= low || span > 1<<32:
		return s.bad(ErrValue, "from %d to %d, want 1 to 2^32 integers", low, high)
	case !holds(d, low) || !holds(d, high-1):
		return s.bad(ErrValue, "%v does not hold %d to %d", d, low, high-1)
	}
	bits := s.random(key, dims, 0)
	// The upper 64 bits of the product of bits and span, by halves of bits.
	upper := s.apply(opMul, s.apply(opRightShift, bits, s.word(32)), s.word(span))
	lower := s.apply(opMul, s.apply(opAnd, bits, s.word(1<<32-1)), s.word(span))
	chosen := s.apply(opRightShift, s.apply(opAdd, upper, s.apply(opRightShift, lower, s.word(32))), s.word(32))
	return s.cast(s.apply(opAdd, chosen, s.word(uint64(low))), d)
}

// RandomPermutation gives the numbers 0 to n-1, int64, in an order that is random: Take of them shuffles, a slice of them draws without putting back.
func RandomPermutation(key Expr, n int) Expr {
	s := here("randompermutation")
	return along(s, "argsort", s.random(key, []int{n}, 0), 0)
}

var (
	opThreefry   = op.Lookup("threefry")
	opRightShift = op.Lookup("right_shift")
	opLeftShift  = op.Lookup("left_shift")
	opAnd        = op.Lookup("and")
	opCos        = op.Lookup("cos")
)
