package op

import (
	"math"
	"math/big"
	"testing"

	"github.com/einloom/einloom/expr/op/exact"
	"github.com/einloom/einloom/tensor"
)

// TestNearQuarters holds sin and cos to their stated error at the floats nearest to multiples of pi/2, where one of them is least and the reduced
// argument has lost most: as far as near arguments reach, and at the first of the far ones.
func TestNearQuarters(t *testing.T) {
	halfPi := new(big.Float).SetPrec(300).Quo(exact.Pi(300), big.NewFloat(2))
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		last := int(coefficientsFor("circleNear", d)[0]*2/math.Pi) + 40
		worst, at := 0.0, 0.0
		for n := 1; n <= last; n++ {
			near := new(big.Float).SetPrec(300).Mul(halfPi, new(big.Float).SetInt64(int64(n)))
			x, _ := near.Float64()
			if d == tensor.Float32 {
				f, _ := near.Float32()
				x = float64(f)
			}
			o, g := Lookup("sin"), exact.Sin
			if n%2 == 1 {
				o, g = Lookup("cos"), exact.Cos
			}
			f, err := o.Expand(d)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := f.EvalBits(fromFloat(x, d))
			want := g(exact.Float(x))
			m := 0.0
			if d == tensor.Float32 {
				w, _ := want.Float64()
				m = miss32(float32Of(got), w)
			} else {
				m = miss64(math.Float64frombits(got), want)
			}
			if m > worst {
				worst, at = m, x
			}
			if m > o.Bound(d) {
				t.Errorf("%s of %v %v is off by %.3f units", o.Name, d, x, m)
			}
		}
		if *report {
			t.Logf("%v: %.3f at %v", d, worst, at)
		}
	}
}
