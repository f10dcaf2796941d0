package asm

import (
	"fmt"
	"testing"
)

// chain writes about n vector instructions in one loop, with so many values alive at once and as many constants.
func chain(n, alive int) *Func {
	f := New("chain", AVX2, axpyFrame, new(Pool))
	x, count := f.GP(), f.GP()
	f.Move(f.Arg(16), x)
	f.Move(f.Arg(32), count)
	f.Repeat("loop", count, func() {
		ring := make([]Reg, alive)
		for i := range ring {
			ring[i] = f.Vec()
			f.Ins("VMOVUPS", At(x, 32*i), ring[i])
		}
		for i := range n {
			d := f.Vec()
			switch i % 3 {
			case 0:
				f.Ins("VMULPS", f.Splat32(uint32(0x3f800000+i%alive)), ring[i%alive], d)
			case 1:
				f.Ins("VADDPS", ring[(i*7)%alive], ring[i%alive], d)
			default:
				f.Move(ring[i%alive], d)
				f.Ins("VFMADD213PS", f.Splat32(uint32(0x3f000000+i%alive)), ring[(i*5)%alive], d)
			}
			ring[i%alive] = d
		}
		for i := range ring {
			f.Ins("VMOVUPS", ring[i], At(x, 32*i))
		}
		f.Ins("ADDQ", Imm(32*alive), x)
	})
	f.Ret()
	return f
}

func BenchmarkCompile(b *testing.B) {
	for _, size := range []struct{ n, alive int }{{240, 8}, {240, 30}, {2400, 8}, {2400, 30}} {
		f := chain(size.n, size.alive)
		c, err := f.Compile()
		if err != nil {
			b.Fatal(err)
		}
		name := fmt.Sprintf("%d-alive%d", len(f.Source()), size.alive)
		b.Run("build/"+name, func(b *testing.B) {
			for b.Loop() {
				chain(size.n, size.alive)
			}
		})
		b.Run("allocate/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := f.Compile(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(c.List)), "ins")
		})
		b.Run("encode/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("text/"+name, func(b *testing.B) {
			for b.Loop() {
				Text(c)
			}
		})
	}
}

func TestChain(t *testing.T) {
	for _, alive := range []int{8, 15, 16, 30, 100} {
		f := chain(400, alive)
		c, err := f.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(); err != nil {
			t.Fatalf("%v\n%s", err, Text(c))
		}
		HoldText(t, c)
	}
}
