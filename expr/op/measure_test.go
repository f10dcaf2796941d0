package op

import (
	"math"
	"math/big"

	"github.com/einloom/einloom/tensor"
)

// block evaluates a formula on many elements at once, an instruction at a time, for sweeps.
type block struct {
	f      *Formula
	values [][]uint64
}

const blockLen = 512

func newBlock(f *Formula) *block {
	b := &block{f: f, values: make([][]uint64, len(f.Params)+len(f.Ins))}
	for i := range b.values {
		b.values[i] = make([]uint64, blockLen)
		if k := i - len(f.Params); k >= 0 && f.lanes[k] == nil {
			for j := range b.values[i] {
				b.values[i][j] = f.Ins[k].Bits
			}
		}
	}
	return b
}

var noOperand = make([]uint64, blockLen)

// run gives the results for what is in the parameters' values.
func (b *block) run() []uint64 {
	for i, l := range b.f.lanes {
		if l == nil {
			continue
		}
		x := [3][]uint64{noOperand, noOperand, noOperand}
		for k, a := range b.f.Ins[i].Args {
			x[k] = b.values[a]
		}
		to, x0, x1, x2 := b.values[len(b.f.Params)+i], x[0][:blockLen], x[1][:blockLen], x[2][:blockLen]
		in := &b.f.Ins[i]
		switch {
		case in.Op == opBitcast:
			copy(to, x0)
		case in.DType == tensor.Float32 && in.Op.Name == "mul": // most of the time goes into these two
			for j := range to {
				to[j] = bits32(float32Of(x0[j]) * float32Of(x1[j]))
			}
		case in.DType == tensor.Float32 && in.Op.Name == "add":
			for j := range to {
				to[j] = bits32(float32Of(x0[j]) + float32Of(x1[j]))
			}
		default:
			for j := range to {
				to[j] = l(x0[j], x1[j], x2[j])
			}
		}
	}
	return b.values[b.f.Out[0]]
}

// unit is the unit in the last place of d at x: the gap between the floats around |x|.
func unit(d tensor.DType, x float64) float64 {
	_, e := math.Frexp(x)
	if d == tensor.Float32 {
		return math.Ldexp(1, max(e-24, -149))
	}
	return math.Ldexp(1, max(e-53, -1074))
}

// miss32 is how far got is from want in float32 units; special values must agree.
func miss32(got float32, want float64) float64 {
	g := float64(got)
	if math.Abs(want) > 0x1p128 {
		want = math.Copysign(0x1p128, want)
	}
	switch {
	case want != want || g != g:
		if want != want && g != g {
			return 0
		}
		return math.Inf(1)
	case math.IsInf(g, 0):
		g = math.Copysign(0x1p128, g) // as if the format went on
	}
	if g == 0 && want == 0 && math.Signbit(g) != math.Signbit(want) {
		return math.Inf(1)
	}
	return math.Abs(g-want) / unit(tensor.Float32, want)
}

// miss64 is how far got is from the exact want in float64 units.
func miss64(got float64, want *big.Float) float64 {
	near, _ := want.Float64()
	g := new(big.Float).SetPrec(300)
	switch {
	case got != got:
		return math.Inf(1)
	case math.IsInf(got, 0):
		g.SetMantExp(big.NewFloat(math.Copysign(1, got)), 1024)
	default:
		g.SetFloat64(got)
	}
	if got == 0 && near == 0 && math.Signbit(got) != want.Signbit() {
		return math.Inf(1)
	}
	d, _ := g.Sub(g, want).Float64()
	if math.IsInf(near, 0) {
		near = math.MaxFloat64
	}
	return math.Abs(d / unit(tensor.Float64, near))
}
