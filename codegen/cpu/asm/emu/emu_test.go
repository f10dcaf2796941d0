package emu_test

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/codegen/cpu/asm/emu"
)

// emulate writes a function and runs it on in, giving out.
func emulate(t *testing.T, isa asm.ISA, in []byte, write func(f *asm.Func, in, out asm.Reg)) ([]byte, error) {
	t.Helper()
	pool := new(asm.Pool)
	f := asm.New("t", isa, frame, pool)
	write(f, f.Arg(16), f.Arg(24))
	f.Ret()
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 256)
	return out, onEmulator(c.List, pool.Bytes(), in, out, 7)
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		want  error
		text  string
		write func(f *asm.Func, in, out asm.Reg)
	}{
		{"past the end", nil, `32 bytes at offset 33 of "in", which has 64`, func(f *asm.Func, in, out asm.Reg) {
			f.Ins("VMOVUPS", asm.At(in, 33), f.Vec())
		}},
		{"before the start", nil, `8 bytes at offset -1 of "in"`, func(f *asm.Func, in, out asm.Reg) {
			f.Ins("MOVQ", asm.At(in, -1), f.GP())
		}},
		{"read-only", nil, `a write of 4 bytes at offset 0 of "in"`, func(f *asm.Func, in, out asm.Reg) {
			f.Ins("MOVL", asm.Imm(1), asm.At(in, 0))
		}},
		{"nowhere", nil, "where there is no memory", func(f *asm.Func, in, out asm.Reg) {
			f.Ins("MOVQ", asm.At(f.Int(0x1234), 0), f.GP())
		}},
		{"alignment", emu.ErrAlign, "VMOVAPS", func(f *asm.Func, in, out asm.Reg) {
			f.Ins("VMOVAPS", asm.At(in, 8), f.Vec())
		}},
		{"flags", emu.ErrFlag, "JEQ", func(f *asm.Func, in, out asm.Reg) {
			l := f.Label("l")
			f.Ins("IMULQ", f.Int(3), copyOf(f, in))
			f.J("EQ", l)
			f.Bind(l)
		}},
		{"no flags yet", emu.ErrFlag, "JCS", func(f *asm.Func, in, out asm.Reg) {
			l := f.Label("l")
			f.J("CS", l)
			f.Bind(l)
		}},
		{"division", emu.ErrDivide, "IDIVQ", func(f *asm.Func, in, out asm.Reg) {
			ax, dx, zero := f.Pin(asm.AX), f.Pin(asm.DX), f.GP()
			f.Move(in, ax)
			f.Zero(zero)
			f.Ins("CQO", ax, dx)
			f.Ins("IDIVQ", zero, ax, dx)
		}},
		{"endless", emu.ErrSteps, "still running", func(f *asm.Func, in, out asm.Reg) {
			l := f.Label("l")
			f.Bind(l)
			f.Ins("SFENCE")
			f.Jmp(l)
		}},
		{"upper halves", emu.ErrUpper, "RET", func(f *asm.Func, in, out asm.Reg) {
			v := f.Vec()
			f.Ins("VMOVUPS", asm.At(in, 0), v)
			f.Ins("VMOVUPS", v, asm.At(out, 0))
			f.Ins("RET")
		}},
	} {
		_, err := emulate(t, asm.AVX2, make([]byte, 64), c.write)
		var fault *emu.Fault
		if !errors.As(err, &fault) || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func copyOf(f *asm.Func, r asm.Reg) asm.Reg {
	c := f.GP()
	f.Move(r, c)
	return c
}

// TestMaskedOffIsNotTouched loads and stores past the end of memory where the mask is clear.
func TestMaskedOffIsNotTouched(t *testing.T) {
	in := make([]byte, 12)
	for i := range in {
		in[i] = byte(i + 1)
	}
	write := map[asm.ISA]func(f *asm.Func, in, out asm.Reg){
		asm.AVX2: func(f *asm.Func, in, out asm.Reg) {
			mask := make([]byte, 32)
			for i := range 12 {
				mask[i] = 0xff
			}
			v := f.Vec()
			f.Ins("VMASKMOVPS", asm.At(in, 0), f.Bytes(mask), v)
			f.Ins("VMASKMOVPS", v, f.Bytes(mask), asm.At(out, 256-12))
		},
		asm.AVX512: func(f *asm.Func, in, out asm.Reg) {
			k, v := f.K(), f.Vec()
			f.Ins("KMOVW", copyOf(f, f.Int(7)), k)
			f.Ins("VMOVUPS.Z", asm.At(in, 0), k, v)
			f.Ins("VADDPS.Z", asm.At(in, 0), v, k, v)
			f.Ins("VMOVUPS.Z", asm.At(in, 0), k, v)
			f.Ins("VMOVUPS", v, k, asm.At(out, 256-12))
		},
	}
	for isa, w := range write {
		out, err := emulate(t, isa, in, w)
		if err != nil {
			t.Errorf("%s: %v", isa, err)
		} else if string(out[256-12:]) != string(in) {
			t.Errorf("%s: %x", isa, out[256-16:])
		}
	}
}

// TestAVX512Only holds instructions that AVX2 does not have to what Intel's manual (volume 2, "Operation") says of them, worked out
// here by hand on inputs of eight and sixteen elements: element i of the first input is i, of the second 100+i, of the third 200+i.
func TestAVX512Only(t *testing.T) {
	in := make([]byte, 64*8)
	for i := range 16 {
		for k := range 3 {
			binary.LittleEndian.PutUint32(in[64*k+4*i:], uint32(100*k+i))
		}
	}
	for i := range 8 {
		for k := range 3 {
			binary.LittleEndian.PutUint64(in[64*(3+k)+8*i:], uint64(100*k+i))
		}
	}
	floats := []float64{-1.5, -0.3, 0.25, 2.5, 1e300, -1e19, 3e18, 1.9e19}
	for i, v := range floats {
		binary.LittleEndian.PutUint64(in[64*6+8*i:], math.Float64bits(v))
	}
	type u = uint64
	for _, c := range []struct {
		name string
		size int
		want []u
		do   func(f *asm.Func, v [7]asm.Reg, k asm.Reg) asm.Reg // k is 0b10101010...
	}{
		{"VPERMT2D: index 0 is the first element of the destination", 4, []u{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			zero := f.Vec()
			f.Zero(zero)
			f.Ins("VPERMT2D", v[1], zero, v[0])
			return v[0]
		}},
		{"VPERMT2D: 100 = 0b1100100 is element 4 of the source", 4, []u{204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 0, 1, 2, 3}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VPADDD", f.Splat32(16), v[1], v[1]) // 116 ... 131: bit 4 is set from 116 to 127
			f.Ins("VPERMT2D", v[2], v[1], v[0])
			return v[0]
		}},
		{"VPERMI2D", 4, []u{204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 0, 1, 2, 3}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VPADDD", f.Splat32(16), v[1], v[1])
			f.Ins("VPERMI2D", v[2], v[0], v[1])
			return v[1]
		}},
		{"VALIGND 3: the first source is the high half", 4, []u{103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 0, 1, 2}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VALIGND", asm.Imm(3), v[1], v[0], v[0])
			return v[0]
		}},
		{"VSHUFI64X2 0b11011000: two chunks of the first source, two of the second", 8, []u{0, 1, 4, 5, 102, 103, 106, 107}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VSHUFI64X2", asm.Imm(0b11011000), v[4], v[3], v[3])
			return v[3]
		}},
		{"VPERMQ by a vector", 8, []u{104, 105, 106, 107, 100, 101, 102, 103}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VPADDQ", f.Splat64(4), v[3], v[3])
			f.Ins("VPERMQ", v[4], v[3], v[3])
			return v[3]
		}},
		{"VPTERNLOGD 0xCA chooses by the destination", 4, []u{200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			ones := f.Vec()
			f.Ins("VPTERNLOGD", asm.Imm(0xff), v[0], v[0], v[0])
			f.Move(v[0], ones)
			f.Ins("VPTERNLOGD", asm.Imm(0xca), v[1], v[2], ones)
			return ones
		}},
		{"merging: odd elements are sums", 4, []u{0, 102, 2, 106, 4, 110, 6, 114, 8, 118, 10, 122, 12, 126, 14, 130}, func(f *asm.Func, v [7]asm.Reg, k asm.Reg) asm.Reg {
			f.Ins("VPADDD", v[1], v[0], k, v[0])
			return v[0]
		}},
		{"clearing", 4, []u{0, 102, 0, 106, 0, 110, 0, 114, 0, 118, 0, 122, 0, 126, 0, 130}, func(f *asm.Func, v [7]asm.Reg, k asm.Reg) asm.Reg {
			f.Ins("VPADDD.Z", v[1], v[0], k, v[0])
			return v[0]
		}},
		{"VPBLENDMD takes the first operand where the mask is set", 4, []u{0, 101, 2, 103, 4, 105, 6, 107, 8, 109, 10, 111, 12, 113, 14, 115}, func(f *asm.Func, v [7]asm.Reg, k asm.Reg) asm.Reg {
			f.Ins("VPBLENDMD", v[1], v[0], k, v[2])
			return v[2]
		}},
		{"VPMOVQD", 4, []u{0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VPMOVQD", v[3], v[0].Y())
			return v[0]
		}},
		{"VPMULLQ", 8, []u{0, 101, 204, 309, 416, 525, 636, 749}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VPMULLQ", v[3], v[4], v[3])
			return v[3]
		}},
		{"VPSRAQ", 8, []u{math.MaxUint64 - 1, math.MaxUint64 - 1, math.MaxUint64, math.MaxUint64, 0, 0, 1, 1}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VPSUBQ", f.Splat64(4), v[3], v[3]) // -4 ... 3
			f.Ins("VPSRAQ", asm.Imm(1), v[3], v[3])
			return v[3]
		}},
		{"VCVTTPD2UQQ", 8, []u{math.MaxUint64, 0, 0, 2, math.MaxUint64, math.MaxUint64, 3e18, math.MaxUint64}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VCVTTPD2UQQ", v[6], v[6])
			return v[6]
		}},
		{"VCVTPD2QQ rounds to even", 8, []u{math.MaxUint64 - 1, 0, 0, 2, 1 << 63, 1 << 63, 3e18, 1 << 63}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VCVTPD2QQ", v[6], v[6])
			return v[6]
		}},
		{"VRNDSCALEPD to quarters, down", 8, bits64(-1.5, -0.5, 0.25, 2.5, 1e300, -1e19, 3e18, 1.9e19), func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VRNDSCALEPD", asm.Imm(0x21), v[6], v[6])
			return v[6]
		}},
		{"VPMINSQ", 8, []u{1<<64 - 4, 1<<64 - 3, 1<<64 - 2, 1<<64 - 1, 0, 0, 0, 0}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			zero := f.Vec()
			f.Zero(zero)
			f.Ins("VPSUBQ", f.Splat64(4), v[3], v[3])
			f.Ins("VPMINSQ", zero, v[3], v[3])
			return v[3]
		}},
		{"VPCMPUQ 6 (greater), KUNPCKBW, VPMOVM2W", 2, append(append([]u{}, 0, 0, 0, 0, 0, 0, 0xffff, 0xffff), 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff), func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			a, b := f.K(), f.K()
			f.Ins("VPCMPUQ", asm.Imm(6), f.Splat64(5), v[3], a) // 6 and 7 are greater than 5
			f.Ins("KXNORB", b, b, b)
			f.Ins("KUNPCKBW", a, b, a)
			f.Ins("VPMOVM2W", a, v[0])
			return v[0]
		}},
		{"VEXTRACTI64X4, VINSERTI32X4", 4, []u{8, 9, 10, 11, 100, 101, 102, 103, 0, 0, 0, 0, 0, 0, 0, 0}, func(f *asm.Func, v [7]asm.Reg, _ asm.Reg) asm.Reg {
			f.Ins("VEXTRACTI64X4", asm.Imm(1), v[0], v[2].Y())
			f.Ins("VINSERTI32X4", asm.Imm(1), v[1].X(), v[2].Y(), v[2].Y())
			return v[2]
		}},
	} {
		out, err := emulate(t, asm.AVX512, in, func(f *asm.Func, in, out asm.Reg) {
			var v [7]asm.Reg
			for i := range v {
				v[i] = f.Vec()
				f.Ins("VMOVUPS", asm.At(in, 64*i), v[i])
			}
			k := f.K()
			f.Ins("KMOVQ", f.Int(-0x5555555555555556), k)
			f.Ins("VMOVUPS", c.do(f, v, k), asm.At(out, 0))
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for i, want := range c.want {
			var got u
			for b := range c.size {
				got |= u(out[i*c.size+b]) << (8 * b)
			}
			if got != want {
				t.Errorf("%s: element %d is %d, want %d", c.name, i, got, want)
				break
			}
		}
	}
}

func bits64(v ...float64) (b []uint64) {
	for _, x := range v {
		b = append(b, math.Float64bits(x))
	}
	return b
}
