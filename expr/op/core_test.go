package op

import (
	"math"
	"testing"

	"github.com/einloom/einloom/tensor"
)

func f32(x float32) uint64 { return bits32(x) }

func f64(x float64) uint64 { return math.Float64bits(x) }

// TestCoreOperations writes down what core operations give where machines differ.
func TestCoreOperations(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name  string
		d, to tensor.DType
		args  []uint64
		want  uint64
	}{
		{"add", tensor.Int8, tensor.Int8, []uint64{0x7f, 1}, 0x80},
		{"mul", tensor.Uint16, tensor.Uint16, []uint64{0xffff, 0xffff}, 1},
		{"neg", tensor.Int32, tensor.Int32, []uint64{0x80000000}, 0x80000000},
		{"abs", tensor.Int64, tensor.Int64, []uint64{1 << 63}, 1 << 63},
		{"idiv", tensor.Int32, tensor.Int32, []uint64{0xfffffff9, 2}, 0xfffffffd},
		{"idiv", tensor.Int32, tensor.Int32, []uint64{0x80000000, 0xffffffff}, 0x80000000},
		{"idiv", tensor.Uint8, tensor.Uint8, []uint64{7, 0}, 0},
		{"imod", tensor.Int32, tensor.Int32, []uint64{0xfffffff9, 2}, 0xffffffff},
		{"imod", tensor.Int64, tensor.Int64, []uint64{7, 0}, 0},
		{"shl", tensor.Int32, tensor.Int32, []uint64{1, 32}, 0},
		{"shl", tensor.Int8, tensor.Int8, []uint64{0x81, 1}, 2},
		{"shl", tensor.Int32, tensor.Int32, []uint64{1, 0xffffffff}, 0},
		{"shr", tensor.Int16, tensor.Int16, []uint64{0x8000, 15}, 1},
		{"shr", tensor.Int16, tensor.Int16, []uint64{0x8000, 16}, 0},
		{"sar", tensor.Int16, tensor.Int16, []uint64{0x8000, 15}, 0xffff},
		{"sar", tensor.Int16, tensor.Int16, []uint64{0x8000, 200}, 0xffff},
		{"sar", tensor.Uint64, tensor.Uint64, []uint64{1 << 63, 64}, math.MaxUint64},
		{"min", tensor.Float32, tensor.Float32, []uint64{f32(float32(nan)), f32(1)}, f32(1)},
		{"max", tensor.Float64, tensor.Float64, []uint64{f64(0), f64(math.Copysign(0, -1))}, f64(math.Copysign(0, -1))},
		{"rint", tensor.Float64, tensor.Float64, []uint64{f64(2.5)}, f64(2)},
		{"rint", tensor.Float32, tensor.Float32, []uint64{f32(-0.5)}, 1 << 31},
		{"equal", tensor.Float32, tensor.Float32, []uint64{f32(float32(nan)), f32(float32(nan))}, 0},
		{"not_equal", tensor.Float32, tensor.Float32, []uint64{f32(float32(nan)), f32(1)}, 1},
		{"less", tensor.Uint8, tensor.Bool, []uint64{1, 0xff}, 1},
		{"less", tensor.Int8, tensor.Bool, []uint64{1, 0xff}, 0},
		{"not", tensor.Bool, tensor.Bool, []uint64{1}, 0},
		{"not", tensor.Int8, tensor.Int8, []uint64{1}, 0xfe},
		{"where", tensor.Float16, tensor.Float16, []uint64{1, 0x7e01, 3}, 0x7e01},
		{"cast", tensor.Float64, tensor.Int8, []uint64{f64(-1000)}, 0x80},
		{"cast", tensor.Float64, tensor.Uint8, []uint64{f64(-1)}, 0},
		{"cast", tensor.Float64, tensor.Uint64, []uint64{f64(inf)}, math.MaxUint64},
		{"cast", tensor.Float32, tensor.Int64, []uint64{f32(float32(inf))}, math.MaxInt64},
		{"cast", tensor.Float32, tensor.Int32, []uint64{f32(float32(nan))}, 0},
		{"cast", tensor.Float64, tensor.Int32, []uint64{f64(-1.9)}, 0xffffffff},
		{"cast", tensor.Float64, tensor.Bool, []uint64{f64(nan)}, 1},
		{"cast", tensor.Float64, tensor.Bool, []uint64{f64(math.Copysign(0, -1))}, 0},
		{"cast", tensor.Int64, tensor.Int8, []uint64{0x1ff}, 0xff},
		{"cast", tensor.Int8, tensor.Uint32, []uint64{0xff}, 0xffffffff},
		{"cast", tensor.Uint64, tensor.Float64, []uint64{math.MaxUint64}, f64(0x1p64)},
		{"cast", tensor.Int64, tensor.Float32, []uint64{0x8000004000000001}, f32(-0x1.fffffep62)},
		{"cast", tensor.Int64, tensor.BFloat16, []uint64{0x0101000000000001 << 6}, 0x5e81},
		{"cast", tensor.Float64, tensor.Float16, []uint64{f64(65520)}, 0x7c00},
		{"cast", tensor.Float16, tensor.Float32, []uint64{1}, f32(0x1p-24)},
		{"bitcast", tensor.Float32, tensor.Int32, []uint64{f32(-1)}, 0xbf800000},
	} {
		got, err := EvalCore(Lookup(c.name), c.d, c.to, c.args...)
		if err != nil || got != c.want {
			t.Errorf("%s on %v to %v of %#x: %#x, %v, want %#x", c.name, c.d, c.to, c.args, got, err, c.want)
		}
	}
	for _, c := range []struct {
		name string
		d    tensor.DType
		args []uint64
	}{
		{"exp", tensor.Float32, []uint64{0}}, {"add", tensor.Complex64, []uint64{0, 0}}, {"add", tensor.Float16, []uint64{0, 0}},
		{"div", tensor.Int32, []uint64{1, 1}}, {"add", tensor.Int32, []uint64{1}}, {"const", tensor.Int32, nil}, {"neg", tensor.Invalid, []uint64{1}},
	} {
		if _, err := EvalCore(Lookup(c.name), c.d, c.d, c.args...); err == nil {
			t.Errorf("%s on %v with %d operands is no core operation", c.name, c.d, len(c.args))
		}
	}
}

// TestCasts writes down conversions of complex numbers, which are formulas.
func TestCasts(t *testing.T) {
	for _, c := range []struct {
		from, to tensor.DType
		args     []uint64
		lo, hi   uint64
	}{
		{tensor.Complex64, tensor.Complex128, []uint64{f32(1.5), f32(-2)}, f64(1.5), f64(-2)},
		{tensor.Int8, tensor.Complex64, []uint64{0xff}, f32(-1), 0},
		{tensor.Complex128, tensor.Float32, []uint64{f64(3), f64(4)}, f32(3), 0},
		{tensor.Complex128, tensor.Bool, []uint64{f64(0), f64(4)}, 1, 0},
		{tensor.Complex128, tensor.Bool, []uint64{f64(0), f64(0)}, 0, 0},
		{tensor.Complex64, tensor.Complex64, []uint64{f32(1), f32(2)}, f32(1), f32(2)},
		{tensor.Float16, tensor.Float16, []uint64{5}, 5, 0},
	} {
		f, err := Cast(c.from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if lo, hi := f.EvalBits(c.args...); lo != c.lo || hi != c.hi {
			t.Errorf("%v to %v of %#x: %#x, %#x, want %#x, %#x", c.from, c.to, c.args, lo, hi, c.lo, c.hi)
		}
	}
	if _, err := Cast(tensor.Invalid, tensor.Bool); err == nil {
		t.Error("a cast from no dtype")
	}
}
