package asm

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		want  string
		write func(f *Func)
	}{
		{"no instruction VADDSP", func(f *Func) { f.Ins("VADDSP") }},
		{"what suffix", func(f *Func) { f.Ins("VADDPS.Q", f.Vec(), f.Vec(), f.Vec()) }},
		{"VADDPS v3y, v4x, v5y has no such operands on AVX2", func(f *Func) { f.Ins("VADDPS", f.Vec(), f.Vec().X(), f.Vec()) }},
		{"VPADDD.BCST", func(f *Func) { f.Ins("VPADDD.BCST", At(f.Args(), 0), f.Vec(), f.Vec()) }},
		{"no mask registers", func(f *Func) { f.K() }},
		{"set for good", func(f *Func) { f.Ins("ADDQ", Imm(1), f.Arg(16)) }},
		{"set for good", func(f *Func) { f.Zero(f.Splat32(1)) }},
		{"is not a register of this function", func(f *Func) { f.Ins("INCQ", AX) }},
		{"no such operands on AVX2", func(f *Func) { f.Ins("VADDPS", f.Vec().Z(), f.Vec().Z(), f.Vec().Z()) }},
		{"may be read before it is written", func(f *Func) { f.Ins("INCQ", f.GP()) }},
		{"may be read before it is written", func(f *Func) {
			x, l := f.GP(), f.Label("l")
			f.Ins("TESTQ", f.Args(), f.Args())
			f.J("EQ", l)
			f.Ins("MOVQ", Imm(3), x)
			f.Bind(l)
			f.Ins("INCQ", x)
		}},
		{"label far0 is never bound", func(f *Func) { f.Jmp(f.Label("far")) }},
		{"label l0 is bound twice", func(f *Func) { l := f.Label("l"); f.Bind(l); f.Bind(l) }},
		{"another function's label", func(f *Func) { f.Jmp(7) }},
		{"another function's label", func(f *Func) { f.Bind(7) }},
		{"does not fit 32 bits", func(f *Func) { f.Ins("MOVQ", At(f.Args(), 1<<40), f.GP()) }},
		{"a vector constant of 5 bytes", func(f *Func) { f.Bytes(make([]byte, 5)) }},
		{"must be pinned to DX", func(f *Func) { f.Ins("CQO", f.Pin(AX), f.GP()) }},
		{"pinned to AX are live at once", func(f *Func) {
			a, b := f.Pin(AX), f.Pin(AX)
			f.Ins("MOVQ", Imm(1), a)
			f.Ins("MOVQ", Imm(2), b)
			f.Ins("ADDQ", a, b)
		}},
	} {
		f := New("bad", AVX2, Frame{Scratch: 8}, new(Pool))
		c.write(f)
		f.Ret()
		if _, err := f.Compile(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	f := New("open", AVX2, Frame{}, new(Pool))
	f.Ins("SFENCE")
	if _, err := f.Compile(); err == nil || !strings.Contains(err.Error(), "runs past its end") {
		t.Error(err)
	}
	if _, err := New("empty", AVX2, Frame{}, new(Pool)).Compile(); err == nil {
		t.Error("a function without code")
	}
}

// TestCheckFindsFaults changes registers in allocated code: the checker must see it.
func TestCheckFindsFaults(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	f := chain(200, 24)
	tried, found := 0, 0
	for range 300 {
		c, err := f.Compile()
		if err != nil {
			t.Fatal(err)
		}
		in := &c.List[rng.IntN(len(c.List))]
		if in.Op == nil || in.n == 0 {
			continue
		}
		i := rng.IntN(int(in.n))
		a := &in.args[i]
		if a.Reg == 0 {
			continue
		}
		wrong := Physical(a.Reg.Class(), a.Reg.Width(), (a.Reg.Number()+1+rng.IntN(3))%4)
		if wrong == a.Reg {
			continue
		}
		a.Reg = wrong
		tried++
		if c.Check() != nil {
			found++
		}
	}
	if found != tried {
		t.Errorf("of %d faults %d were found", tried, found)
	}
}

// TestReload holds the allocator to its ways: constants become memory operands, arguments are loaded again, nothing else is stored.
func TestReload(t *testing.T) {
	f := New("sum", AVX2, axpyFrame, new(Pool))
	x := f.Arg(16)
	sums := make([]Reg, 16)
	for i := range sums {
		sums[i] = f.Vec()
		f.Ins("VMOVUPS", At(x, 32*i), sums[i])
	}
	n := f.GP()
	f.Move(f.Arg(32), n)
	f.Repeat("loop", n, func() {
		for i, s := range sums {
			f.Ins("VMULPS", f.Splat32(uint32(i)<<23), s, s)
		}
	})
	for i, s := range sums {
		f.Ins("VMOVUPS", s, At(x, 32*i))
	}
	f.Ret()
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	if c.Spill != 0 || strings.Contains(Text(c), "spill") {
		t.Errorf("something is stored:\n%s", Text(c))
	}
	if n := strings.Count(Text(c), "VMOVUPS"); n != 32 {
		t.Errorf("%d vector moves, want 32:\n%s", n, Text(c))
	}
}

// TestParallel writes the same functions on several goroutines at once.
func TestParallel(t *testing.T) {
	write := func(alive int) string {
		c, err := chain(100, alive).Compile()
		if err != nil {
			return err.Error()
		}
		b, err := c.Encode()
		return fmt.Sprintf("%x %v\n%s", b, err, Text(c))
	}
	want := map[int]string{}
	for alive := 4; alive < 40; alive += 4 {
		want[alive] = write(alive)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for alive, w := range want {
				if write(alive) != w {
					t.Errorf("%d alive: not the same again", alive)
				}
			}
		})
	}
	wg.Wait()
}

func TestPoolKeepsOneOfEach(t *testing.T) {
	var p Pool
	a, b, c := p.add([]byte{1, 2, 3}), p.add(make([]byte, 32)), p.add([]byte{1, 2, 3})
	if a != 0 || b != 32 || c != a || len(p.Bytes()) != 64 {
		t.Errorf("offsets %d %d %d, %d bytes", a, b, c, len(p.Bytes()))
	}
}
