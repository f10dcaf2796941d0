package tensor

import (
	"math"
	"math/big"
	"testing"
)

// halfFormat is what the tests know of a 16-bit float, by its definition.
type halfFormat struct {
	name      string
	fraction  int // bits
	bias      int
	toFloat32 func(uint16) float32
	of        func(float64) uint16
}

var halfFormats = []halfFormat{
	{"float16", 10, 15, func(b uint16) float32 { return F16(b).Float32() }, func(v float64) uint16 { return uint16(Float16Of(v)) }},
	{"bfloat16", 7, 127, func(b uint16) float32 { return BF16(b).Float32() }, func(v float64) uint16 { return uint16(BFloat16Of(v)) }},
}

// value is the number that b stands for, by IEEE 754's definition; infinite and NaN as such.
func (h halfFormat) value(b uint16) float64 {
	sign := 1.0
	if b>>15 == 1 {
		sign = -1
	}
	exponents := 1<<(15-h.fraction) - 1
	exponent, fraction := int(b>>h.fraction)&exponents, float64(b&(1<<h.fraction-1))
	switch {
	case exponent == exponents && fraction == 0:
		return math.Inf(int(sign))
	case exponent == exponents:
		return math.NaN()
	case exponent == 0:
		return sign * math.Ldexp(fraction, 1-h.bias-h.fraction)
	}
	return sign * math.Ldexp(1+math.Ldexp(fraction, -h.fraction), exponent-h.bias)
}

func TestEveryHalfIsReadAndWritten(t *testing.T) {
	for _, h := range halfFormats {
		for i := range 1 << 16 {
			b := uint16(i)
			got, want := float64(h.toFloat32(b)), h.value(b)
			if math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
				t.Fatalf("%s %#04x is %g, want %g", h.name, b, got, want)
			}
			back := h.of(got)
			if want != want {
				v := h.value(back)
				if v == v || back>>15 != b>>15 {
					t.Fatalf("%s %#04x, a NaN, becomes %#04x", h.name, b, back)
				}
				continue
			}
			if back != b {
				t.Fatalf("%s %#04x is %g, which becomes %#04x", h.name, b, got, back)
			}
		}
	}
}

// TestHalvesRoundToNearestEven looks at the middle between each two neighbours, and at its float64 neighbours on both sides: one rounding
// from float64, not two through float32, tells them apart.
func TestHalvesRoundToNearestEven(t *testing.T) {
	for _, h := range halfFormats {
		for i := range 1<<15 - 1 {
			low, high := uint16(i), uint16(i+1)
			x, y := h.value(low), h.value(high)
			if x-x != 0 { // the infinity itself, and NaNs
				break
			}
			if y-y != 0 { // where infinity begins: as if there were one more exponent
				y = math.Ldexp(1, h.bias+1)
			}
			middle, even := (x+y)/2, low
			if low&1 == 1 {
				even = high
			}
			for _, c := range []struct {
				v    float64
				want uint16
			}{
				{middle, even},
				{math.Nextafter(middle, 0), low},
				{math.Nextafter(middle, math.Inf(1)), high},
			} {
				if got := h.of(c.v); got != c.want {
					t.Fatalf("%s of %g is %#04x, want %#04x", h.name, c.v, got, c.want)
				}
				if got := h.of(-c.v); got != c.want|1<<15 {
					t.Fatalf("%s of %g is %#04x, want %#04x", h.name, -c.v, got, c.want|1<<15)
				}
			}
		}
		for _, c := range []struct{ v, want float64 }{
			{0, 0}, {5e-324, 0}, {math.MaxFloat64, math.Inf(1)}, {math.Inf(1), math.Inf(1)}, {1e-60, 0},
		} {
			if got := h.value(h.of(c.v)); got != c.want {
				t.Errorf("%s of %g is %g", h.name, c.v, got)
			}
			if got := h.value(h.of(-c.v)); got != -c.want || !math.Signbit(got) {
				t.Errorf("%s of %g is %g", h.name, -c.v, got)
			}
		}
	}
}

// TestIntegersRoundOnce converts integers at and about the middle between neighbours of the narrower floats; exact arithmetic is the judge.
func TestIntegersRoundOnce(t *testing.T) {
	var ints []int64
	for shift := 1; shift < 63; shift++ {
		for _, lead := range []int64{1, 3, 1<<8 | 1, 1<<9 | 1, 1<<24 | 1, 1<<25 | 1, 1<<25 | 3, 1<<53 | 1, 1<<54 | 1} {
			for d := int64(-2); d <= 2; d++ {
				if v := lead << shift; v>>shift == lead && v > 0 {
					ints = append(ints, v+d, -v-d)
				}
			}
		}
	}
	ints = append(ints, math.MinInt64, math.MaxInt64, 0)
	signed, err := New(ints, len(ints))
	if err != nil {
		t.Fatal(err)
	}
	var bits []uint64
	for _, v := range ints {
		bits = append(bits, uint64(v))
	}
	unsigned, err := New(bits, len(bits))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		d    DType
		prec uint
	}{{BFloat16, 8}, {Float32, 24}, {Float64, 53}, {Complex64, 24}, {Complex128, 53}} {
		for _, from := range []*Tensor{signed, unsigned} {
			a, err := from.Convert(c.d)
			if err != nil {
				t.Fatal(err)
			}
			got := a.Complex128s()
			for i, v := range ints {
				exact := new(big.Int).SetInt64(v)
				if from == unsigned {
					exact.SetUint64(uint64(v))
				}
				want, _ := new(big.Float).SetPrec(c.prec).SetMode(big.ToNearestEven).SetInt(exact).Float64()
				if got[i] != complex(want, 0) {
					t.Fatalf("%v to %v is %g, want %g", exact, c.d, got[i], want)
				}
			}
		}
	}
}
