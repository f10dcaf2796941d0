package op

import (
	"flag"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr/op/exact"
	"github.com/einloom/einloom/tensor"
)

var (
	long   = flag.Bool("long", false, "every float32, and many more float64 points")
	report = flag.Bool("report", false, "log the greatest error found")
)

var exactUnary = map[string]func(*big.Float) *big.Float{
	"exp": exact.Exp, "exp2": exact.Exp2, "expm1": exact.Expm1, "log": exact.Log, "log2": exact.Log2, "log10": exact.Log10,
	"silu":     func(x *big.Float) *big.Float { return new(big.Float).Mul(x, exact.Sigmoid(x)) },
	"softplus": exact.Softplus,
	"gelu":     func(x *big.Float) *big.Float { return new(big.Float).Mul(x, exact.Phi(x)) },
	"log1p":    exact.Log1p, "tanh": exact.Tanh, "sigmoid": exact.Sigmoid, "erf": exact.Erf, "sin": exact.Sin, "cos": exact.Cos,
	"tan": exact.Tan, "asin": exact.Asin, "acos": exact.Acos, "atan": exact.Atan, "sinh": exact.Sinh, "cosh": exact.Cosh,
	"asinh": exact.Asinh, "acosh": exact.Acosh, "atanh": exact.Atanh, "erfc": exact.Erfc, "cbrt": exact.Cbrt,
}

// quick are references that are good enough for float32, where the table's are slow.
var quick = map[string]func([]float64) float64{
	"sin": unary(math.Sin).F, "cos": unary(math.Cos).F, "tan": unary(math.Tan).F,
	"asin": unary(math.Asin).F, "acos": unary(math.Acos).F, "atan": unary(math.Atan).F,
	"sinh": unary(math.Sinh).F, "cosh": unary(math.Cosh).F, "erfc": unary(math.Erfc).F, "cbrt": unary(math.Cbrt).F,
	"asinh": unary(math.Asinh).F, "acosh": unary(math.Acosh).F, "atanh": unary(math.Atanh).F,
	"gelu": unary(func(x float64) float64 { return max(x, -40) * (math.Erfc(-x/math.Sqrt2) / 2) }).F,
}

// TestSweep32 holds the ops of one float32 to their stated error all over the format: every 16411th number, or with -long every one.
func TestSweep32(t *testing.T) {
	for _, o := range Table {
		if o.Arity != 1 || o.Ref.F == nil || o.Formula[F32] == "" || o.Types.Gives == Truth {
			continue
		}
		ref := o.Ref.F
		if f := quick[o.Name]; f != nil {
			ref = f
		}
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			f, err := o.Expand(tensor.Float32)
			if err != nil {
				t.Fatal(err)
			}
			stride := uint64(16411)
			if *long {
				stride = 1
			}
			b, arg := newBlock(f), make([]float64, 1)
			worst, at := 0.0, float32(0)
			for start := uint64(0); start < 1<<32; start += stride * blockLen {
				for j := range blockLen {
					b.values[0][j] = (start + uint64(j)*stride) & (1<<32 - 1)
				}
				for j, r := range b.run() {
					x := float32Of(b.values[0][j])
					arg[0] = float64(x)
					if m := miss32(float32Of(r), ref(arg)); m > worst {
						worst, at = m, x
					}
				}
			}
			if *report {
				t.Logf("%-8s f32 %.3f at %x (%v), %d core ops", o.Name, worst, at, at, f.Cost())
			}
			if worst > o.Bound(tensor.Float32) {
				got, _ := f.EvalBits(bits32(at))
				t.Errorf("off by %.3f units at %v: %v, want %v", worst, at, float32Of(got), o.Ref.F([]float64{float64(at)}))
			}
		})
	}
}

// TestSweep64 holds the ops of one float64 to their stated error, against the exact functions.
func TestSweep64(t *testing.T) {
	for _, o := range Table {
		g := exactUnary[o.Name]
		if o.Arity != 1 || g == nil || o.Formula[F64] == "" {
			continue
		}
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			f, err := o.Expand(tensor.Float64)
			if err != nil {
				t.Fatal(err)
			}
			n := 1500
			if *long {
				n = 1000000
			}
			r := rand.New(rand.NewPCG(1, 2))
			worst, at := 0.0, 0.0
			for range n {
				x := draw(r)
				want := o.Ref.F([]float64{x})
				got, _ := f.EvalBits(math.Float64bits(x))
				if y := math.Float64frombits(got); math.IsNaN(want) || math.IsInf(want, 0) || x == 0 {
					if y != want && !(y != y && want != want) {
						t.Fatalf("%v: %v, want %v", x, y, want)
					}
					continue
				}
				if m := miss64(math.Float64frombits(got), g(exact.Float(x))); m > worst {
					worst, at = m, x
				}
			}
			if *report {
				t.Logf("%-8s f64 %.3f at %x (%v), %d core ops", o.Name, worst, at, at, f.Cost())
			}
			if worst > o.Bound(tensor.Float64) {
				got, _ := f.EvalBits(math.Float64bits(at))
				want, _ := g(exact.Float(at)).Float64()
				t.Errorf("off by %.3f units at %v: %v, want %v", worst, at, math.Float64frombits(got), want)
			}
		})
	}
}

// draw gives a float64 of any size, most of them where functions change.
func draw(r *rand.Rand) float64 {
	switch r.IntN(4) {
	case 0:
		return math.Float64frombits(r.Uint64())
	case 1:
		return r.NormFloat64() * 10
	case 2:
		return (r.Float64() - 0.5) * 1600
	}
	return (r.Float64() - 0.5) * 4
}
