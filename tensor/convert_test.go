package tensor

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"testing"
)

// TestConvertFollowsItsRules converts special values of every dtype to every other, and compares with the rules worked out in exact
// arithmetic.
func TestConvertFollowsItsRules(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	specials := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, -1.5, 127, 128, 127.9, -128, -128.9, -129, 255.5, 256, 300, -1e-3,
		32767, 32768, 65535, 65536, 65504, 65519, 65520, 1e6, 2147483647, 2147483648, -2147483649, 4294967295, 4294967296,
		9007199254740993, 9223372036854775807, -9223372036854775808, 9223372036854774784, 18446744073709551615, 1e30, -1e30, 1e300, 5e-324,
		3.4e38, 3.5e38, inf, -inf, nan, 0.1, 1.0 / 3}
	ints := []int64{0, 1, -1, 2, 127, 128, -128, -129, 255, 256, 257, -300, 32767, 32768, -32769, 65535, 65536, 1 << 31, 1<<31 - 1, -1 << 31,
		-1<<31 - 1, 1 << 32, 1<<53 + 1, math.MaxInt64, math.MinInt64}
	for _, from := range every() {
		a, err := FromFloat64s(from, specials, len(specials))
		if !from.IsFloat() {
			a, err = FromInt64s(from, ints, len(ints))
		}
		if from.IsComplex() {
			var pairs []complex128
			for i, re := range specials {
				pairs = append(pairs, complex(re, specials[len(specials)-1-i]))
			}
			a, err = FromComplex128s(from, pairs, len(pairs))
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range every() {
			b, err := a.Convert(to)
			if from.IsComplex() && !to.IsComplex() && to != Bool {
				if err == nil {
					t.Errorf("%v converts to %v", from, to)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if b.DType() != to || b.SharesMemory(a) {
				t.Fatalf("%v to %v gives %v, or shares memory", from, to, b.DType())
			}
			for i := range a.Len() {
				v, _ := a.At(i)
				got, _ := b.At(i)
				if want := converted(v, to); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%v %v to %v is %v, want %v", from, v, to, got, want)
				}
			}
		}
	}
}

// converted is v in dtype to, by another way than Convert's: big integers modulo 2^bits, big floats rounded.
func converted(v any, to DType) any {
	c, exact := exactly(v)
	switch {
	case to == Bool:
		return c != 0 || cmplx.IsNaN(c)
	case to.IsComplex():
		re, im := rounded(real(c), exact, to.part()), rounded(imag(c), nil, to.part())
		if to == Complex64 {
			return complex(float32(re), float32(im))
		}
		return complex(re, im)
	case to == Float16:
		return Float16Of(rounded(real(c), exact, to))
	case to == BFloat16:
		return BFloat16Of(rounded(real(c), exact, to))
	case to == Float32:
		return float32(rounded(real(c), exact, to))
	case to == Float64:
		return rounded(real(c), exact, to)
	}
	bits := uint(8 * to.Size())
	modulus := new(big.Int).Lsh(big.NewInt(1), bits)
	low, high := new(big.Int), new(big.Int).Sub(modulus, big.NewInt(1))
	if to.IsSigned() {
		low.Neg(new(big.Int).Rsh(modulus, 1))
		high.Add(high, low)
	}
	n := exact
	if n == nil {
		switch f := real(c); {
		case f != f:
			n = new(big.Int)
		case math.IsInf(f, 1):
			n = high
		case math.IsInf(f, -1):
			n = low
		default:
			n, _ = big.NewFloat(f).Int(nil)
			if n.Cmp(low) < 0 {
				n = low
			}
			if n.Cmp(high) > 0 {
				n = high
			}
		}
	}
	if n = new(big.Int).Mod(n, modulus); n.Cmp(high) > 0 {
		n.Sub(n, modulus)
	}
	return n // prints as the integer types do
}

// rounded is f, or exact if it is not nil, rounded once.
func rounded(f float64, exact *big.Int, d DType) float64 {
	if exact != nil {
		prec := map[DType]uint{Float16: 11, BFloat16: 8, Float32: 24, Float64: 53}[d]
		f, _ = new(big.Float).SetPrec(prec).SetInt(exact).Float64()
	}
	return f
}

// exactly is an element as a complex number, and as an integer if it is one by type.
func exactly(v any) (complex128, *big.Int) {
	integer := func(n int64) (complex128, *big.Int) { return complex(float64(n), 0), big.NewInt(n) }
	switch v := v.(type) {
	case bool:
		if v {
			return integer(1)
		}
		return integer(0)
	case int8:
		return integer(int64(v))
	case int16:
		return integer(int64(v))
	case int32:
		return integer(int64(v))
	case int64:
		return integer(v)
	case uint8:
		return integer(int64(v))
	case uint16:
		return integer(int64(v))
	case uint32:
		return integer(int64(v))
	case uint64:
		return complex(float64(v), 0), new(big.Int).SetUint64(v)
	case F16:
		return complex(float64(v.Float32()), 0), nil
	case BF16:
		return complex(float64(v.Float32()), 0), nil
	case float32:
		return complex(float64(v), 0), nil
	case float64:
		return complex(v, 0), nil
	case complex64:
		return complex128(v), nil
	default:
		return v.(complex128), nil
	}
}

func TestBulkReadsFollowConvert(t *testing.T) {
	a, err := FromFloat64s(Float32, []float64{-1.5, 0, 2.75, math.NaN(), 1e30, -1e30}, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	turned, err := a.Transpose()
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	big := float64(float32(1e30))
	check("Float64s", turned.Float64s(), []float64{-1.5, math.NaN(), 0, big, 2.75, -big})
	check("Int64s", turned.Int64s(), []int64{-1, 0, 0, math.MaxInt64, 2, math.MinInt64})
	check("Uint64s", turned.Uint64s(), []uint64{0, 0, 0, math.MaxUint64, 2, 0})
	check("Bools", turned.Bools(), []bool{true, true, false, true, true, true})
	check("Complex128s", turned.Complex128s(), []complex128{-1.5, complex(math.NaN(), 0), 0, complex(big, 0), 2.75, complex(-big, 0)})
	u, err := FromInt64s(Uint64, []int64{-1, 5}, 2)
	if err != nil {
		t.Fatal(err)
	}
	check("Uint64s of uint64", u.Uint64s(), []uint64{math.MaxUint64, 5})
	check("Int64s of uint64", u.Int64s(), []int64{-1, 5})
	check("Float64s of uint64", u.Float64s(), []float64{18446744073709551615, 5})
	c := Scalar(complex(float32(2), 3))
	check("Float64s of complex64", c.Float64s(), []float64{2})
}

func TestFillsMustFit(t *testing.T) {
	if _, err := FromFloat64s(Float64, []float64{1, 2}, 3); err == nil {
		t.Error("2 values fill 3 elements")
	}
	if _, err := FromInt64s(Int8, nil, 1<<40); err == nil {
		t.Error("nothing fills 2^40 elements")
	}
	if _, err := FromComplex128s(Float32, []complex128{1}); err == nil {
		t.Error("complex values fill float32")
	}
	if _, err := FromFloat64s(Invalid, []float64{1}); err == nil {
		t.Error("values without a dtype")
	}
}

func BenchmarkConvert(b *testing.B) {
	a := counting(b, Int32, 1000, 1000)
	for b.Loop() {
		if _, err := a.Convert(Float32); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCopyTransposed(b *testing.B) {
	a, err := counting(b, Float32, 1000, 1000).Transpose()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a.Copy()
	}
}
