package asm

import (
	"strings"
	"testing"
)

// TestBasesStayInRegisters writes a loop over more numbers than there are registers: each is read again where it is wanted, by an address
// that is in a register.
func TestBasesStayInRegisters(t *testing.T) {
	f := New("numbers", AVX2, Frame{Scratch: 8}, new(Pool))
	sum, n, outer := f.GP(), f.GP(), f.GP()
	f.Zero(sum)
	f.Move(f.Arg(16), outer)
	f.Repeat("outer", outer, func() {
		for i := range 30 {
			f.Ins("IMULQ", f.Arg(32, 8*i), sum)
			f.Ins("IMULQ", f.Arg(40, 8*i), sum)
		}
		f.Move(f.Arg(16), n)
		f.Repeat("loop", n, func() {
			for i := range 40 {
				f.Ins("IMULQ", f.Arg(32, 8*i), sum)
				f.Ins("ADDQ", f.Arg(40, 8*i), sum)
			}
		})
	})
	f.Ins("MOVQ", sum, At(f.Arg(24), 0))
	f.Ret()
	loop := loopOf(t, f)
	if strings.Contains(loop, "args+0(FP)") || strings.Contains(loop, "reload") {
		t.Errorf("a number is read by way of an address that is read first:\n%s", loop)
	}
}

// TestRareCodeGivesWay writes a loop with a rare part that wants all registers: what the rest of the loop wants stays in its own.
func TestRareCodeGivesWay(t *testing.T) {
	f := New("rare", AVX2, Frame{Scratch: 8}, new(Pool))
	sum, n, hot := f.GP(), f.GP(), make([]Reg, 6)
	f.Zero(sum)
	f.Move(f.Arg(16), n)
	for i := range hot {
		hot[i] = f.GP()
		f.Move(f.Arg(40, 8*i), hot[i])
	}
	f.Repeat("loop", n, func() {
		for _, r := range hot {
			f.Ins("ADDQ", r, sum)
		}
		usual := f.Label("usual")
		f.Ins("TESTQ", Imm(255), sum)
		f.J("NE", usual)
		f.Rarely(func() {
			many := make([]Reg, 14)
			for i := range many {
				many[i] = f.GP()
				f.Ins("LEAQ", At(sum, i), many[i])
			}
			for range 8 {
				for i := range many {
					f.Ins("IMULQ", many[(i+1)%len(many)], many[i])
				}
			}
			for i := range many {
				f.Ins("ADDQ", many[i], sum)
			}
		})
		f.Bind(usual)
	})
	f.Ins("MOVQ", sum, At(f.Arg(24), 0))
	f.Ret()
	usual, _, _ := strings.Cut(loopOf(t, f), "JNE usual")
	if strings.Contains(usual, "(") {
		t.Errorf("what each turn wants is in memory:\n%s", usual)
	}
}

// loopOf is the text of f from the label of its loop on to the label behind it.
func loopOf(t *testing.T, f *Func) string {
	t.Helper()
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	text := string(c.AppendText(nil))
	_, after, _ := strings.Cut(text, "\nloop")
	loop, _, _ := strings.Cut(after, "\nloopEnd")
	return loop
}
