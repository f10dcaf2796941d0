package bench

import (
	"fmt"
	goruntime "runtime"
	"sync"
	"testing"
	"unsafe"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/runtime/host/exec"
)

// BenchmarkPeak is the fused multiply-adds that this machine does when nothing else is in the way: twelve sums in registers, on one
// goroutine and on all processors. It is what a contraction's rate is a fraction of.
func BenchmarkPeak(b *testing.B) {
	if err := host.Available(); err != nil {
		b.Skip(err)
	}
	const turns, sums = 20000, 12
	for _, c := range []struct {
		name, fma string
		lanes     int
	}{{"f32", "VFMADD231PS", 8}, {"f64", "VFMADD231PD", 4}} {
		f := asm.New("peak", asm.AVX2, asm.Frame{}, &asm.Pool{})
		var acc []asm.Reg
		for range sums {
			r := f.Vec()
			f.Zero(r)
			acc = append(acc, r)
		}
		x := f.Vec()
		f.Zero(x)
		n := f.GP()
		f.Ins("MOVQ", asm.Imm(turns), n)
		f.Repeat("fma", n, func() {
			for _, r := range acc {
				f.Ins(c.fma, x, x, r)
			}
		})
		f.Ret()
		compiled, err := f.Compile()
		if err != nil {
			b.Fatal(err)
		}
		bytes, err := compiled.Encode()
		if err != nil {
			b.Fatal(err)
		}
		code, err := exec.New(bytes)
		if err != nil {
			b.Fatal(err)
		}
		for _, threads := range []int{1, goruntime.GOMAXPROCS(0)} {
			b.Run(fmt.Sprintf("%s/threads=%d", c.name, threads), func(b *testing.B) {
				for b.Loop() {
					var all sync.WaitGroup
					for range threads {
						all.Go(func() {
							var args [16]unsafe.Pointer
							exec.Call(code.Entry(0), unsafe.Pointer(&args))
						})
					}
					all.Wait()
				}
				flop := 2 * float64(turns*sums*c.lanes*threads) * float64(b.N)
				b.ReportMetric(flop/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		code.Free()
	}
}
