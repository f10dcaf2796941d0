package asm

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/einloom/einloom/runtime/host/exec"
)

// axpyArgs is what the function of axpy gets.
type axpyArgs struct {
	pool, scratch, x, y unsafe.Pointer
	n                   int64
	alpha               float32
}

var axpyFrame = Frame{Pool: 0, Scratch: 8}

// axpy writes y[i] += alpha*x[i] for n floats: whole vectors, then one by one.
func axpy(isa ISA) (*Code, error) {
	f := New("axpy", isa, axpyFrame, new(Pool))
	x, y, n, alpha := f.GP(), f.GP(), f.GP(), f.Vec()
	f.Move(f.Arg(16), x)
	f.Move(f.Arg(24), y)
	f.Move(f.Arg(32), n)
	f.Ins("VBROADCASTSS", At(f.Args(), 40), alpha)
	lanes := isa.Width().Bytes() / 4

	vector, tail, end := f.Label("vector"), f.Label("tail"), f.Label("end")
	f.Ins("SUBQ", Imm(lanes), n)
	f.J("LT", tail)
	f.Bind(vector)
	sum := f.Vec()
	f.Ins("VMOVUPS", At(y, 0), sum)
	f.Ins("VFMADD231PS", At(x, 0), alpha, sum)
	f.Ins("VMOVUPS", sum, At(y, 0))
	f.Ins("ADDQ", Imm(4*lanes), x)
	f.Ins("ADDQ", Imm(4*lanes), y)
	f.Ins("SUBQ", Imm(lanes), n)
	f.J("GE", vector)

	f.Bind(tail)
	f.Ins("ADDQ", Imm(lanes), n)
	f.J("EQ", end)
	i, one := f.GP(), f.Xmm()
	f.Zero(i)
	f.Repeat("scalar", n, func() {
		f.Ins("VMOVSS", At(y, 0).Plus(i, 4), one)
		f.Ins("VFMADD231SS", At(x, 0).Plus(i, 4), alpha.X(), one)
		f.Ins("VMOVSS", one, At(y, 0).Plus(i, 4))
		f.Ins("INCQ", i)
	})
	f.Bind(end)
	f.Ret()
	return f.Compile()
}

func TestAxpy(t *testing.T) {
	for _, isa := range []ISA{AVX2, AVX512} {
		c, err := axpy(isa)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		HoldText(t, c)
		if !canRun(isa) {
			continue
		}
		code := load(t, c)
		for _, n := range []int{0, 1, 7, 8, 9, 31, 100} {
			x, y := make([]float32, n+1), make([]float32, n+1)
			for i := range x {
				x[i], y[i] = float32(i), float32(2*i)
			}
			args := axpyArgs{x: unsafe.Pointer(&x[0]), y: unsafe.Pointer(&y[0]), n: int64(n), alpha: 0.5}
			exec.Call(code.Entry(0), unsafe.Pointer(&args))
			for i := range y {
				want := 2.5 * float32(i)
				if i == n {
					want = 2 * float32(i)
				}
				if y[i] != want {
					t.Errorf("%s n=%d: y[%d] = %v, want %v", isa, n, i, y[i], want)
				}
			}
		}
	}
}

// canRun says whether this machine runs code for isa.
func canRun(isa ISA) bool {
	x := &cpu.X86
	if exec.Probe() != nil || !x.HasAVX2 || !x.HasFMA || !x.HasBMI2 {
		return false
	}
	return isa == AVX2 || x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL
}

// load puts code into executable memory until the test ends.
func load(t testing.TB, c *Code) *exec.Code {
	t.Helper()
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	x, err := exec.New(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Free)
	return x
}
