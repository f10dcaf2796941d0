package spirv

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/runtime/driver/drivertest"
)

// summary is what a device has to know about a module, and its text.
func summary(t *testing.T, m *Module) string {
	t.Helper()
	var b strings.Builder
	roles := []string{"param", "scratch", "faults"}
	for i, s := range m.Bindings {
		fmt.Fprintf(&b, "; binding %d: %s %d, out %v, %d bytes before, %d from, at %d\n", i, roles[s.Role], s.Index, s.Out, s.Below, s.Bytes, s.Offset)
	}
	for _, p := range m.Passes {
		fmt.Fprintf(&b, "; %s: %d groups of %d\n", p.Entry, p.Groups[0], p.Local[0])
	}
	text, err := m.Text()
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + text
}

// TestGolden shows the modules of some kernels, for review.
func TestGolden(t *testing.T) {
	for _, k := range drivertest.Read(t, "testdata/golden/kernels.txt") {
		for _, c := range devices {
			t.Run(k.Name+"/"+c.Name, func(t *testing.T) {
				m, err := Generate(k, c)
				if err != nil {
					t.Fatal(err)
				}
				golden.File(t, "testdata/golden/"+k.Name+"_"+c.Name+".txt", summary(t, m))
			})
		}
	}
}

// TestSameWordsTwice holds Generate to giving the same words each time, names and schedule aside.
func TestSameWordsTwice(t *testing.T) {
	for _, k := range drivertest.Read(t, "testdata/kernels.txt") {
		for _, c := range devices {
			first, err := Generate(k, c)
			if err != nil {
				t.Fatal(err)
			}
			other := k.Clone()
			other.Name = "other"
			for i := range other.Params {
				other.Params[i].Name = fmt.Sprint("p", i)
			}
			second, err := Generate(other, c)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(first.Words, first.Bindings, first.Passes) != fmt.Sprint(second.Words, second.Bindings, second.Passes) {
				t.Errorf("kernel %s: words of two kinds", k.Name)
			}
		}
	}
}

// TestFloatText writes down numbers as C++ writes them.
func TestFloatText(t *testing.T) {
	for x, want := range map[float32]string{
		0: "0", 1: "1", -2.5: "-2.5", 0.1: "0.100000001", 1e9: "1e+09", 123456789: "123456792", 1e-5: "9.99999975e-06", 0x1p-149: "0x1p-149",
		float32(math.Inf(-1)): "-0x1p+128", 0x1.8p-127: "0x1.8p-127", 1e38: "9.99999968e+37",
	} {
		if got := floatText(uint64(math.Float32bits(x)), 23, 8, 9, float64(x)); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
	if got := floatText(0x7fc00000, 23, 8, 9, math.NaN()); got != "0x1.8p+128" {
		t.Errorf("NaN: %s", got)
	}
}

// TestDisassembleRefuses gives what is no module to the disassembler.
func TestDisassembleRefuses(t *testing.T) {
	header := []uint32{magic, version, 0, 10, 0}
	for _, words := range [][]uint32{
		nil, {1, 2, 3, 4, 5}, append(header[:5:5], 0), append(header[:5:5], 3<<16|uint32(opIAdd)), append(header[:5:5], 1<<16|65535),
		append(header[:5:5], 2<<16|uint32(opExtension), 0x61616161), append(header[:5:5], 4<<16|uint32(opConstant), 1, 2, 3),
		append(header[:5:5], 3<<16|uint32(opLabel), 1, 2),
	} {
		if text, err := Disassemble(words); err == nil {
			t.Errorf("%x: %q", words, text)
		}
	}
}

func FuzzDisassemble(f *testing.F) {
	f.Add([]byte{5, 0, 3, 0, 71, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		words := []uint32{magic, version, 0, 10, 0}
		for len(b) >= 4 {
			words = append(words, uint32(b[0])|uint32(b[1])<<8|uint32(b[2])<<16|uint32(b[3])<<24)
			b = b[4:]
		}
		_, _ = Disassemble(words) // no panic is all that is asked
	})
}
