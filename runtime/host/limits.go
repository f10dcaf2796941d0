package host

import (
	"fmt"
	"slices"
	"sync"
	"time"
	"unsafe"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/runtime/host/exec"
)

// Limits is what this machine can do at most with so many threads, measured: what the rate of a kernel is a fraction of. Zeros where no
// machine code runs.
type Limits struct {
	Threads  int
	F32, F64 float64 // FLOP/s of fused multiply-adds in registers
	Triad    float64 // bytes/s of z = x + s*y on arrays past the caches, with stores that keep clear of the caches
}

const (
	turns       = 20000 // of a call
	sums        = 12
	calls       = 50      // each worker's: long enough that starting workers is nothing
	triadFloats = 8 << 20 // of each array: 32 MB
	triadCall   = 1 << 16 // floats that one call goes through, so that calls are short
	tries       = 9
)

// MeasureLimits takes about a second.
func MeasureLimits(threads int) (Limits, error) {
	l := Limits{Threads: threads}
	if Available() != nil {
		return l, nil
	}
	for _, c := range []struct {
		fma   string
		lanes int
		rate  *float64
	}{{"VFMADD231PS", 8, &l.F32}, {"VFMADD231PD", 4, &l.F64}} {
		seconds, err := fastest(multiplyAdds(c.fma), threads, func(_ int, call func(...unsafe.Pointer)) {
			for range calls {
				call()
			}
		})
		if err != nil {
			return l, err
		}
		*c.rate = 2 * float64(calls*turns*sums*c.lanes*threads) / seconds
	}
	arrays := make([]float32, 3*triadFloats+8)
	for i := range arrays {
		arrays[i] = 1
	}
	first := int(-uintptr(unsafe.Pointer(&arrays[0])) % 32 / 4)
	share := triadFloats / triadCall / threads // calls of a worker
	seconds, err := fastest(triad(triadCall/32), threads, func(worker int, call func(...unsafe.Pointer)) {
		for i := worker * share; i < (worker+1)*share; i++ {
			at := func(array int) unsafe.Pointer { return unsafe.Pointer(&arrays[first+array*triadFloats+i*triadCall]) }
			call(at(0), at(1), at(2))
		}
	})
	if err != nil {
		return l, err
	}
	l.Triad = 12 * float64(share*triadCall*threads) / seconds
	return l, nil
}

// multiplyAdds is turns times sums independent multiply-adds.
func multiplyAdds(fma string) *asm.Func {
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
			f.Ins(fma, x, x, r)
		}
	})
	f.Ret()
	return f
}

// triad is z = x + s*y over blocks of 32 floats; its arguments are the addresses of x, y and z.
func triad(blocks int) *asm.Func {
	f := asm.New("triad", asm.AVX2, asm.Frame{}, &asm.Pool{})
	x, y, z := f.GP(), f.GP(), f.GP()
	for i, r := range []asm.Reg{x, y, z} {
		f.Move(f.Arg(8*i), r)
	}
	n := f.GP()
	f.Ins("MOVQ", asm.Imm(int64(blocks)), n)
	f.Repeat("triad", n, func() {
		for i := range 4 {
			v := f.Vec()
			f.Ins("VMOVUPS", asm.At(x, 32*i), v)
			f.Ins("VFMADD231PS", asm.At(y, 32*i), v, v)
			f.Ins("VMOVNTPS", v, asm.At(z, 32*i))
		}
		for _, r := range []asm.Reg{x, y, z} {
			f.Ins("ADDQ", asm.Imm(128), r)
		}
	})
	f.Ret()
	return f
}

// fastest is the seconds of the fastest of several times that all workers do their calls of f at once.
func fastest(f *asm.Func, threads int, work func(worker int, call func(args ...unsafe.Pointer))) (float64, error) {
	compiled, err := f.Compile()
	if err != nil {
		return 0, err
	}
	bytes, err := compiled.Encode()
	if err != nil {
		return 0, err
	}
	code, err := exec.New(bytes)
	if err != nil {
		return 0, fmt.Errorf("executable memory: %w", err)
	}
	defer code.Free()
	var took []float64
	for range tries {
		var all sync.WaitGroup
		start := time.Now()
		for w := range threads {
			all.Go(func() {
				var args [4]unsafe.Pointer
				work(w, func(list ...unsafe.Pointer) {
					copy(args[:], list)
					exec.Call(code.Entry(0), unsafe.Pointer(&args))
				})
			})
		}
		all.Wait()
		took = append(took, time.Since(start).Seconds())
	}
	return slices.Min(took), nil
}
