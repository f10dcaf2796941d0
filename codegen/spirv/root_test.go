package spirv

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/tensor"
)

// operands are pairs of numbers: special and subnormal ones, quotients near ties, and numbers by chance. The roots of some lie near ties too.
func operands() (xs, ys []float64) {
	special := []float64{0, 1, 2, 3, 1.5, 0x1p-149, 0x1p-148, 3 * 0x1p-149, 0x1p-126, 0x1p-127, math.MaxFloat32, math.Inf(1), math.NaN(),
		0x1.fffffep0, 0x1.000002p0, 0x1p-1074, 5 * 0x1p-1074, 0x1p-1022, 0x1p-1023, math.MaxFloat64, 0x1.fffffffffffffp0, 0x1.0000000000001p0, 49}
	for _, x := range special {
		for _, y := range special {
			xs, ys = append(xs, x, -x), append(ys, y, y)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		x := math.Ldexp(1+r.Float64(), r.IntN(200)-100)
		y := math.Ldexp(1+float64(r.IntN(1<<12))*0x1p-12, r.IntN(100)-50)
		half := float64(float32(x)) * (1 + 0x1p-24) // between two float32s
		xs, ys = append(xs, x, half*y, half*half, x*0x1p-1000), append(ys, y, y, y, 0x1p20*y)
	}
	return xs, ys
}

// TestDivisionAndRoot compares the quotients and roots that are made of integers with Go's, to the bit.
func TestDivisionAndRoot(t *testing.T) {
	c := Desktop()
	c.MaxInvocations = 32
	xs, ys := operands()
	n := len(xs)
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		b := codegen.NewBuilder("both")
		i := codegen.At(b.Loop("i", n))
		x, y := b.Load(b.Input("x", d, []int{n}, nil), i), b.Load(b.Input("y", d, []int{n}, nil), i)
		b.Store(b.Output("q", d, []int{n}, nil), b.Map(op.Lookup("div"), x, y), i)
		b.Store(b.Output("r", d, []int{n}, nil), b.Map(op.Lookup("sqrt"), x), i)
		k := finished(t, b)
		args := wholeNumbers(k)
		for j := range n {
			set(args[0], d, j, xs[j])
			set(args[1], d, j, ys[j])
		}
		runOn(t, emulated{c, interp.Open(interp.Config{})}, k, args)
		for j := range n {
			x, y, q, r := at(args[0], d, j), at(args[1], d, j), at(args[2], d, j), at(args[3], d, j)
			wantQ, wantR := x/y, math.Sqrt(x)
			if d == tensor.Float32 { // rounding twice is rounding once: float64 has more than twice as many digits
				wantQ, wantR = float64(float32(x)/float32(y)), float64(float32(math.Sqrt(x)))
			}
			if !same(q, wantQ) || !same(r, wantR) {
				t.Fatalf("%v: %x / %x = %x, want %x; root of it %x, want %x", d, x, y, q, wantQ, r, wantR)
			}
		}
	}
}

func same(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

func set(a driver.Arg, d tensor.DType, i int, x float64) {
	if d == tensor.Float32 {
		binary.LittleEndian.PutUint32(a.Host[4*i:], math.Float32bits(float32(x)))
	} else {
		binary.LittleEndian.PutUint64(a.Host[8*i:], math.Float64bits(x))
	}
}

func at(a driver.Arg, d tensor.DType, i int) float64 {
	if d == tensor.Float32 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(a.Host[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(a.Host[8*i:]))
}
