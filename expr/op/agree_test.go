package op

import (
	"math"
	"math/big"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr/op/exact"
	"github.com/einloom/einloom/tensor"
)

// specials32 are the float32 values at which functions break, and what lies beside them.
func specials32() []float64 {
	list := []float64{0, 0x1p-149, 3 * 0x1p-149, 0x1p-127, 0x1p-126, 0x1p-64, 0x1p-25, 0x1p-12, 0.3, 0.5, 0.9999999, 1, 1.0000001, 1.5, 2, 2.5, 3, 7,
		88.72284, 103.97208, 127, 128, 149.5, 0x1p22, 0x1p23 + 1, 0x1p24, 0x1p31, 0x1p63, 0x1p64, math.MaxFloat32, math.Inf(1)}
	for i, x := range list {
		list[i] = float64(float32(x))
		list = append(list, -list[i])
	}
	list[len(list)/2] = math.Copysign(0, -1)
	return append(list, math.NaN())
}

func specials64() []float64 {
	return append(specials32(), 5e-324, -5e-324, 0x1p-1023, 0x1p-1022, -0x1p-1022, 0x1p-54, 709.78, -745.1332191019411, 1024, -1074.5,
		0x1p52+1, 0x1p53, -0x1p53, 0x1.fffffffffffffp52, math.MaxFloat64, -math.MaxFloat64, 0.1, 1-0x1p-53, 1+0x1p-52)
}

// TestSpecials holds every op on floats to its reference where functions break: all tuples of special values.
func TestSpecials(t *testing.T) {
	for _, o := range Table {
		if o.Ref.F == nil {
			continue
		}
		for d, list := range map[tensor.DType][]float64{tensor.Float32: specials32(), tensor.Float64: specials64()} {
			f, err := o.Expand(d)
			if err != nil {
				t.Fatal(err)
			}
			if o.Arity == 3 && d == tensor.Float64 {
				list = list[:len(specials32())]
			}
			t.Run(o.Name, func(t *testing.T) {
				tuples(list, o.Arity, func(x []float64) {
					if !t.Failed() {
						agree(t, o, f, d, x)
					}
				})
			})
		}
	}
}

func tuples(list []float64, n int, visit func([]float64)) {
	x := make([]float64, n)
	var fill func(k int)
	fill = func(k int) {
		if k == n {
			visit(x)
			return
		}
		for _, v := range list {
			x[k] = v
			fill(k + 1)
		}
	}
	fill(0)
}

// agree holds o on the floats x to its reference: special results to the bit (zeros by their sign too), others within the stated error. It
// gives the error found.
func agree(t *testing.T, o *Op, f *Formula, d tensor.DType, x []float64) float64 {
	t.Helper()
	args := make([]uint64, len(x))
	for i, v := range x {
		if args[i] = fromFloat(v, f.Params[i]); f.Params[i] == tensor.Bool {
			x[i] = float64(args[i])
		}
	}
	b, _ := f.EvalBits(args...)
	got := valueOf(tensor.Float64)(b)
	if r := f.result(); r == tensor.Bool {
		got = float64(b)
	} else if r == tensor.Float32 {
		got = float64(float32Of(b))
	}
	want := o.Ref.F(x)
	slack := o.Bound(d) + 1.01 // of the reference, which is rounded
	if d == tensor.Float32 {
		slack = o.Bound(d) + 0x1p-20
	}
	zero := got == 0 && want == 0 && math.Signbit(got) != math.Signbit(want)
	if zero && (o.Name == "minimum" || o.Name == "maximum" || o.Name == "clip" || o.Name == "imag") {
		zero = false
	}
	m := 0.0
	switch {
	case d == tensor.Float32 && f.result() == d:
		m = miss32(float32(got), want)
	case got != got || want != want || math.IsInf(got, 0) || math.IsInf(want, 0):
		if m = math.Inf(1); got == want || got != got && want != want {
			m = 0
		}
	default:
		m = math.Abs(got-want) / unit(d, want)
	}
	if m > slack || zero {
		t.Errorf("%s on %v of %v: %v, want %v (%.2f units off)", o.Name, d, x, got, want, m)
	}
	return m
}

// TestPairs holds the ops of two and three floats to their references on random values, close ones and far ones.
func TestPairs(t *testing.T) {
	n := 20000
	if *long {
		n = 2000000
	}
	for _, o := range Table {
		if o.Ref.F == nil || o.Arity < 2 {
			continue
		}
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
				f, err := o.Expand(d)
				if err != nil {
					t.Fatal(err)
				}
				r := rand.New(rand.NewPCG(3, uint64(d)))
				worst, at := 0.0, make([]float64, o.Arity)
				count := n
				if o.Name == "pow" || o.Name == "floor_div" {
					count /= 10 // slow references
				}
				x := make([]float64, o.Arity)
				for range count {
					for i := range x {
						x[i] = drawPair(r, d, x[0])
					}
					if m := agree(t, o, f, d, x); m > worst {
						worst = m
						copy(at, x)
					}
					if t.Failed() {
						return
					}
				}
				if *report {
					t.Logf("%-9s %v %.3f at %v, %d core ops", o.Name, d, worst, at, f.Cost())
				}
			}
		})
	}
}

// drawPair gives a number of d, sometimes of the size of beside.
func drawPair(r *rand.Rand, d tensor.DType, beside float64) float64 {
	x := 0.0
	switch r.IntN(6) {
	case 0:
		x = float64(r.IntN(200) - 100)
	case 1:
		x = math.Exp(r.NormFloat64() * 20)
	case 2:
		x = beside * (1 + r.NormFloat64())
	case 3:
		x = r.NormFloat64()
	case 4:
		x = math.Float64frombits(r.Uint64())
		if d == tensor.Float32 {
			return float64(math.Float32frombits(r.Uint32()))
		}
	case 5:
		x = beside + float64(r.IntN(3)-1)*unit(d, beside)
	}
	if d == tensor.Float32 {
		return float64(float32(x))
	}
	return x
}

// TestPow64 holds pow in double precision to the exact power.
func TestPow64(t *testing.T) {
	o := Lookup("pow")
	f, err := o.Expand(tensor.Float64)
	if err != nil {
		t.Fatal(err)
	}
	n := 2000
	if *long {
		n = 500000
	}
	r := rand.New(rand.NewPCG(5, 6))
	worst, ax, ay := 0.0, 0.0, 0.0
	for range n {
		x := math.Exp(r.NormFloat64() * math.Exp(4*r.NormFloat64()))
		y := r.NormFloat64() * 700 / math.Log(x)
		if w := math.Pow(x, y); !(w > 0 && w < math.MaxFloat64) || x == 0 || math.IsInf(x, 0) {
			continue
		}
		b, _ := f.EvalBits(math.Float64bits(x), math.Float64bits(y))
		if m := miss64(math.Float64frombits(b), exact.Pow(exact.Float(x), exact.Float(y))); m > worst {
			worst, ax, ay = m, x, y
		}
	}
	if *report {
		t.Logf("pow f64 %.3f at %v, %v", worst, ax, ay)
	}
	if worst > o.ULP.F64 {
		t.Errorf("off by %.3f units at %v, %v", worst, ax, ay)
	}
}

// TestHardAngles holds sin and cos to the exact ones where the reduction is hardest: next to multiples of pi/2, of every size.
func TestHardAngles(t *testing.T) {
	halfPi := exact.Pi(2000)
	halfPi.SetMantExp(halfPi, -1)
	r := rand.New(rand.NewPCG(8, 9))
	angles := map[tensor.DType][]float64{tensor.Float64: {6381956970095103 * 0x1p797, math.MaxFloat64}, tensor.Float32: {math.MaxFloat32}}
	for d, top := range map[tensor.DType]int{tensor.Float32: 127, tensor.Float64: 1023} {
		for e := range top {
			turns := new(big.Float).SetPrec(2000).SetMantExp(big.NewFloat(1+r.Float64()), e)
			whole, _ := turns.Int(nil)
			x, _ := turns.Mul(turns.SetInt(whole), halfPi).Float64()
			if d == tensor.Float32 {
				x = float64(float32(x))
			}
			if x-x == 0 {
				angles[d] = append(angles[d], x, -x)
			}
		}
	}
	for name, f := range map[string]func(*big.Float) *big.Float{"sin": exact.Sin, "cos": exact.Cos} {
		o := Lookup(name)
		for d, list := range angles {
			e, err := o.Expand(d)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				b, _ := e.EvalBits(fromFloat(x, d))
				want := f(exact.Float(x))
				near, _ := want.Float64()
				m := miss64(math.Float64frombits(b), want)
				if d == tensor.Float32 {
					m = miss32(float32Of(b), near)
				}
				if m > o.Bound(d) {
					t.Errorf("%s of %v %v is %.3f units off", name, d, x, m)
				}
			}
		}
	}
}

// TestWords holds the ops on integers and bools to their references, to the bit: all values of 8 bits, and pairs of others.
func TestWords(t *testing.T) {
	for _, o := range Table {
		for d := tensor.Bool; d <= tensor.Uint64; d++ {
			f, err := o.Expand(d)
			if err != nil {
				continue
			}
			tuplesOfWords(d, o.Arity, func(x []uint64) {
				if f.Params[0] == tensor.Bool {
					x[0] &= 1
				}
				got, _ := f.EvalBits(x...)
				if want := o.refWord(d, x) & maskOf(f.result()); got != want {
					t.Fatalf("%s on %v of %#x: %#x, want %#x", o.Name, d, x, got, want)
				}
			})
		}
	}
}

func maskOf(d tensor.DType) uint64 {
	if d == tensor.Bool {
		return 1
	}
	return ^uint64(0) >> (64 - 8*d.Size())
}

// refWord applies the reference for integers and bools to bits.
func (o *Op) refWord(d tensor.DType, x []uint64) uint64 {
	switch ClassOf(d) {
	case Bool:
		b := make([]bool, len(x))
		for i, v := range x {
			b[i] = v != 0
		}
		return truth(o.Ref.B(b))
	case Int:
		v := make([]int64, len(x))
		for i := range x {
			unused := 64 - 8*d.Size()
			v[i] = int64(x[i]<<unused) >> unused
		}
		if o.Types.Compute == Chosen {
			v[0] = int64(x[0])
		}
		return uint64(o.Ref.I(v))
	}
	return o.Ref.U(x)
}

func tuplesOfWords(d tensor.DType, n int, visit func([]uint64)) {
	list := []uint64{0, 1, 2, 3, 5, 7, 8, 31, 63, 64, 100, 127, 128, 200, 255}
	switch size := 8 * d.Size(); {
	case d == tensor.Bool:
		list = list[:2]
	case size == 8 && n < 3:
		list = nil
		for v := range uint64(256) {
			list = append(list, v)
		}
	case size > 8:
		m := maskOf(d)
		list = append(list, m, m-1, m-2, m-63, m>>1, m>>1+1, m>>1+2, m/3, m/3*2, 0x9e3779b97f4a7c15&m)
	}
	x := make([]uint64, n)
	var fill func(k int)
	fill = func(k int) {
		if k == n {
			y := append([]uint64(nil), x...)
			visit(y)
			return
		}
		for _, v := range list {
			x[k] = v
			fill(k + 1)
		}
	}
	fill(0)
}

// TestComplex holds the ops on complex numbers to their references: the distance in units of the modulus.
func TestComplex(t *testing.T) {
	n := 30000
	if *long {
		n = 3000000
	}
	for _, o := range Table {
		if o.Ref.C == nil || o.Types.Takes&Complexes == 0 {
			continue
		}
		for _, d := range []tensor.DType{tensor.Complex64, tensor.Complex128} {
			f, err := o.Expand(d)
			if err != nil {
				t.Fatal(err)
			}
			part, count := partOf(d), n
			if o.Name == "pow" || exactComplex[o.Name] != nil && o.Types.Compute == AsFloat {
				count /= 400 // slow references
			}
			r := rand.New(rand.NewPCG(7, uint64(d)))
			worst, at := 0.0, []complex128(nil)
			for range count {
				z := make([]complex128, o.Arity)
				var args []uint64
				for i := range z {
					if f.Params[len(args)] == tensor.Bool {
						b := r.Uint64N(2)
						z[i] = complex(float64(b), 0)
						args = append(args, b)
						continue
					}
					z[i] = complex(drawPart(r, part), drawPart(r, part))
					args = append(args, fromFloat(real(z[i]), part), fromFloat(imag(z[i]), part))
				}
				lo, hi := f.EvalBits(args...)
				got, want := complex(float64(lo), 0), o.Ref.C(z)
				if f.result() != tensor.Bool {
					got = complex(valueOf(part)(lo), valueOf(part)(hi))
				}
				if size := cmplx.Abs(want); !(size < largest(part)) {
					continue // division by zero, and overflow
				}
				m := missComplex(o.Name, z, got, want, part) / o.Strain(z)
				if m > worst {
					worst, at = m, z
				}
				if !(m <= o.Bound(d)) {
					t.Fatalf("%s on %v of %v: %v, want %v (%.2f units off)", o.Name, d, z, got, want, m)
				}
			}
			if *report {
				t.Logf("%-9s %v %.3f at %v, %d core ops", o.Name, d, worst, at, f.Cost())
			}
		}
	}
}

// exactComplex are the functions of complex numbers to many bits.
var exactComplex = map[string]func(exact.Complex) exact.Complex{
	"exp": exact.Complex.Exp, "expm1": exact.Complex.Expm1, "log": exact.Complex.Log, "log2": exact.Complex.Log2, "log10": exact.Complex.Log10,
	"log1p": exact.Complex.Log1p, "sqrt": exact.Complex.Sqrt, "sinh": exact.Complex.Sinh, "cosh": exact.Complex.Cosh, "tanh": exact.Complex.Tanh,
	"sin": exact.Complex.Sin, "cos": exact.Complex.Cos, "tan": exact.Complex.Tan, "asin": exact.Complex.Asin, "acos": exact.Complex.Acos,
	"atan": exact.Complex.Atan, "asinh": exact.Complex.Asinh, "acosh": exact.Complex.Acosh, "atanh": exact.Complex.Atanh,
	"sign":       exact.Complex.Sign,
	"abs":        func(z exact.Complex) exact.Complex { return exact.Complex{Re: z.Abs(), Im: new(big.Float)} },
	"square":     func(z exact.Complex) exact.Complex { return z.Mul(z) },
	"reciprocal": func(z exact.Complex) exact.Complex { return exact.ComplexOf(1).Quo(z) },
}

// missComplex is how far got is from the exact result in units of its modulus, want being that result rounded.
func missComplex(name string, z []complex128, got, want complex128, part tensor.DType) float64 {
	size := unit(part, cmplx.Abs(want))
	var w exact.Complex
	switch f := exactComplex[name]; {
	case got == want || part == tensor.Float32 || !regular(z[0]):
		return cmplx.Abs(got-want) / size
	case f != nil:
		w = f(exact.ComplexOf(z[0]))
	case name == "mul":
		w = exact.ComplexOf(z[0]).Mul(exact.ComplexOf(z[1]))
	case name == "div":
		w = exact.ComplexOf(z[0]).Quo(exact.ComplexOf(z[1]))
	case name == "pow":
		w = exact.ComplexOf(z[0]).Pow(exact.ComplexOf(z[1]))
	default:
		return cmplx.Abs(got-want) / size
	}
	d, _ := exact.ComplexOf(got).Distance(w).Float64()
	return d / size
}

// largest is the greatest number of a float dtype.
func largest(d tensor.DType) float64 {
	if d == tensor.Float32 {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}

// drawPart gives a part whose square neither overflows nor vanishes.
func drawPart(r *rand.Rand, d tensor.DType) float64 {
	x := r.NormFloat64() * math.Exp(6*r.NormFloat64())
	if r.IntN(4) == 0 {
		x = float64(r.IntN(5) - 2)
	}
	if d == tensor.Float32 {
		return float64(float32(x))
	}
	return x
}
