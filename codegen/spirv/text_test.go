package spirv

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/tensor"
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
	for _, k := range readKernels(t, "testdata/golden/kernels.txt") {
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
	for _, k := range readKernels(t, "testdata/kernels.txt") {
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

// TestMissing holds what is said about devices that lack something.
func TestMissing(t *testing.T) {
	const kernel = "kernel k\n in x %s[4]\n out o %[1]s[4]\n loop i 4\n o[i] = x[i]"
	for _, c := range []struct {
		dtype string
		less  func(*Capabilities)
		want  string
	}{
		{"f64", func(c *Capabilities) { c.ShaderFloat64 = false }, "spirv: kernel k needs shaderFloat64 for values of float64, which the device has not: cast to float32, or choose another device, such as the host"},
		{"u64", func(c *Capabilities) { c.ShaderInt64 = false }, "spirv: kernel k needs shaderInt64 for values of u64, which indices are too, which the device has not: cast to int32, or choose another device, such as the host"},
		{"bool", func(c *Capabilities) { c.Storage8 = false }, "spirv: kernel k needs storageBuffer8BitAccess for bool in memory, which the device has not: cast to 32 bits before, or choose another device, such as the host"},
		{"bf16", func(c *Capabilities) { c.Storage16 = false }, "spirv: kernel k needs storageBuffer16BitAccess for bf16 in memory, which the device has not: cast to 32 bits before, or choose another device, such as the host"},
		{"f32", func(c *Capabilities) { c.MaxStorageBufferRange = 15 }, "spirv: kernel k needs maxStorageBufferRange for 16 bytes of o, which the device has not: compute it in parts, or choose another device, such as the host"},
		{"f32", func(c *Capabilities) { c.MaxStorageBuffers = 1 }, "spirv: kernel k needs maxPerStageDescriptorStorageBuffers for 2 buffers, which the device has not: evaluate a part of the expression first, or choose another device, such as the host"},
		{"f32", func(c *Capabilities) { c.MaxPushConstantsSize = 4 }, "spirv: kernel k needs maxPushConstantsSize for 2 buffers, which the device has not: evaluate a part of the expression first, or choose another device, such as the host"},
	} {
		k, err := codegen.Parse(fmt.Sprintf(kernel, c.dtype))
		if err != nil {
			t.Fatal(err)
		}
		device := Lavapipe()
		if _, err := Generate(k, device); err != nil {
			t.Errorf("%s: %v", c.dtype, err)
		}
		c.less(device)
		var missing *Missing
		if _, err := Generate(k, device); !errors.As(err, &missing) || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.dtype, err, c.want)
		}
	}
}

// TestNative holds what the planner is told about a device that lacks something.
func TestNative(t *testing.T) {
	lacking := Lavapipe()
	lacking.ShaderFloat64, lacking.ShaderInt64, lacking.Storage8 = false, false, false
	for _, c := range []struct {
		name         string
		d            tensor.DType
		all, lacking bool
	}{
		{"load", tensor.Float32, true, true}, {"load", tensor.Float64, true, false}, {"add", tensor.Float64, true, false},
		{"add", tensor.Uint64, true, false}, {"load", tensor.Bool, true, false}, {"add", tensor.Int8, true, true},
		{"gather", tensor.Float32, true, false}, {"load", tensor.Float16, true, true}, {"add", tensor.Float16, false, false},
		{"add", tensor.Complex64, false, false}, {"exp", tensor.Float32, false, false}, {"cast", tensor.BFloat16, true, true},
	} {
		if got := Lavapipe().Target().Native(c.name, c.d); got != c.all {
			t.Errorf("%s on %v: %v", c.name, c.d, got)
		}
		if got := lacking.Target().Native(c.name, c.d); got != c.lacking {
			t.Errorf("%s on %v with less: %v", c.name, c.d, got)
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
