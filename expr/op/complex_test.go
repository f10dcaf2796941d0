package op

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/einloom/einloom/tensor"
)

// TestComplexSpecials holds the functions of complex numbers to C99's values, which package math/cmplx has: pairs of zeros, infinities, NaN,
// points on cuts, and numbers so large or small that squares leave the format. Signs of zeros in results are left aside.
func TestComplexSpecials(t *testing.T) {
	parts := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -2, 22.5, 720, -800, 1e300, -1e300, 1e-300, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, o := range Table {
		if o.Arity != 1 || o.Types.Compute != AsFloat || o.Ref.C == nil || o.Types.Gives == Truth {
			continue
		}
		f, err := o.Expand(tensor.Complex128)
		if err != nil {
			t.Fatal(err)
		}
		for _, re := range parts {
			for _, im := range parts {
				lo, hi := f.EvalBits(math.Float64bits(re), math.Float64bits(im))
				want := o.Ref.C([]complex128{complex(re, im)})
				size := math.Hypot(real(want), imag(want))
				if re != re || im != im {
					size = math.NaN()
				}
				if !sameSpecial(math.Float64frombits(lo), real(want), size) || o.Types.Gives != RealPart && !sameSpecial(math.Float64frombits(hi), imag(want), size) {
					t.Errorf("%s of (%v, %v) is (%v, %v), want %v", o.Name, re, im, math.Float64frombits(lo), math.Float64frombits(hi), want)
				}
			}
		}
	}
}

// sameSpecial compares a part of a number of that modulus: NaN for NaN, others to some units, infinities by their sign, which C99 leaves open
// where an operand was NaN and so is modulus.
func sameSpecial(got, want, modulus float64) bool {
	if want-want != 0 || got-got != 0 {
		return got == want || got != got && want != want || math.IsInf(got, 0) && got == -want && modulus != modulus
	}
	if math.IsInf(modulus, 0) || modulus != modulus {
		modulus = math.Abs(want)
	}
	return math.Abs(got-want) <= 4*unit(tensor.Float64, modulus)
}

// TestComplexPowers: whole powers of whole numbers are whole, and powers of 0 and to 0 have values of their own.
func TestComplexPowers(t *testing.T) {
	f, err := Lookup("pow").Expand(tensor.Complex64)
	if err != nil {
		t.Fatal(err)
	}
	nan := complex(math.NaN(), math.NaN())
	for _, c := range []struct{ x, y, want complex128 }{
		{1 + 2i, 2, -3 + 4i}, {1i, 3, -1i}, {1 + 1i, 8, 16}, {2i, -1, -0.5i}, {3 - 1i, 1, 3 - 1i}, {1i, 62, -1}, {0, 0, 1}, {nan, 0, 1},
		{0, 2, 0}, {0, 2 + 5i, 0}, {0, -1, nan}, {0, 1i, nan}, {-1, 64, 1},
	} {
		bits := func(x float64) uint64 { return fromFloat(x, tensor.Float32) }
		lo, hi := f.EvalBits(bits(real(c.x)), bits(imag(c.x)), bits(real(c.y)), bits(imag(c.y)))
		got := complex(float64(float32Of(lo)), float64(float32Of(hi)))
		if !(real(got-c.want)*real(got-c.want)+imag(got-c.want)*imag(got-c.want) < 1e-13) && !(cmplx.IsNaN(got) && cmplx.IsNaN(c.want)) {
			t.Errorf("%v to the power %v is %v, want %v", c.x, c.y, got, c.want)
		}
		if whole := c.y != 64 && !cmplx.IsNaN(c.want); whole && got != c.want {
			t.Errorf("%v to the power %v is %v, want exactly %v", c.x, c.y, got, c.want)
		}
	}
}
