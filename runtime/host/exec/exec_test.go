//go:build amd64 && (linux || darwin || freebsd)

package exec_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"os"
	osexec "os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/runtime/host/exec"
)

var stress = flag.Duration("stress", 300*time.Millisecond, "how long the stress test runs")

// give is the code of a function that stores v at the place its arguments lead to: MOVQ 8(SP), AX; MOVQ $v, (AX); RET.
func give(v uint32) []byte {
	code := []byte{0x48, 0x8b, 0x44, 0x24, 0x08, 0x48, 0xc7, 0x00}
	return append(binary.LittleEndian.AppendUint32(code, v), 0xc3)
}

func probe(t *testing.T) {
	t.Helper()
	if err := exec.Probe(); err != nil {
		t.Skip(err)
	}
}

func load(t *testing.T, code []byte) *exec.Code {
	t.Helper()
	c, err := exec.New(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestManyCodes(t *testing.T) {
	probe(t)
	codes := map[uint32]*exec.Code{}
	check := func() {
		t.Helper()
		for v, c := range codes {
			var got uint64
			exec.Call(c.Entry(0), unsafe.Pointer(&got))
			if got != uint64(v) {
				t.Fatalf("code %d gives %d", v, got)
			}
		}
	}
	for v := range uint32(600) {
		code := give(v)
		if v%7 == 0 { // several pages; some larger than an arena
			code = append(code, make([]byte, int(v)*3000)...)
		}
		codes[v] = load(t, code)
		if old := codes[v/2]; v%3 == 0 && old != nil && v/2 != v {
			old.Free()
			old.Free() // a second time does nothing
			delete(codes, v/2)
		}
	}
	check()
	for v, c := range codes {
		c.Free()
		delete(codes, v)
		if v%50 == 0 {
			check()
		}
	}
}

func TestCodeCannotBeWritten(t *testing.T) {
	probe(t)
	c := load(t, give(1))
	defer c.Free()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() == nil {
			t.Error("executable memory was written")
		}
	}()
	entry := c.Entry(0)
	**(**byte)(unsafe.Pointer(&entry)) = 0x90
}

// forbidden makes a child process that may not make memory executable.
const forbidden = "EINLOOM_TEST_FORBID_EXEC"

func TestMain(m *testing.M) {
	if os.Getenv(forbidden) != "" {
		os.Exit(child())
	}
	flag.Parse()
	os.Exit(m.Run())
}

// TestForbidden runs this test's program as a process that the system lets make no memory executable.
func TestForbidden(t *testing.T) {
	cmd := osexec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), forbidden+"=1")
	out, err := cmd.CombinedOutput()
	var exit *osexec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == noSuchOption {
		t.Skip("the system has no way to forbid executable memory")
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "executable") {
		t.Errorf("the reason is %q", out)
	}
}

// adder is dst[i] = src[i] + src[i], n times over, with all registers that code may use overwritten.
func adder(t *testing.T) []byte {
	t.Helper()
	f := asm.New("adder", asm.AVX2, asm.Frame{}, new(asm.Pool))
	n := f.GP()
	f.Move(f.Arg(32), n)
	f.Repeat("again", n, func() {
		src, dst, count := f.GP(), f.GP(), f.GP()
		f.Move(f.Arg(16), src)
		f.Move(f.Arg(8), dst)
		f.Move(f.Arg(24), count)
		f.Repeat("loop", count, func() {
			values := make([]asm.Reg, 16)
			for i := range values {
				values[i] = f.Vec()
				f.Ins("VMOVUPS", asm.At(src, 0), values[i])
			}
			for i := range values {
				f.Ins("VADDPS", values[i], values[(i+1)%16], values[i])
			}
			f.Ins("VMOVUPS", values[0], asm.At(dst, 0))
			f.Ins("ADDQ", asm.Imm(32), src)
			f.Ins("ADDQ", asm.Imm(32), dst)
		})
	})
	f.Ret()
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	machine, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return machine
}

type adderArgs struct {
	scratch, dst, src unsafe.Pointer
	vectors, times    int64
}

// deep calls f on a stack that has grown by n frames.
func deep(n int, f func()) int {
	var pad [256]byte
	if n == 0 {
		f()
		return int(pad[3])
	}
	return deep(n-1, f) + int(pad[n%256])
}

// TestStress calls code from eight goroutines while the collector is forced to run, stacks grow and a profile is taken.
func TestStress(t *testing.T) {
	probe(t)
	c := load(t, adder(t))
	defer c.Free()
	if err := pprof.StartCPUProfile(new(bytes.Buffer)); err == nil {
		defer pprof.StopCPUProfile()
	}
	var stop atomic.Bool
	var calls, collections atomic.Int64
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for k := 0; !stop.Load(); k++ {
				n := 8 * (1 + (k*37+g)%512)
				src, dst := make([]float32, n), make([]float32, n)
				for i := range src {
					src[i] = float32(i + g)
				}
				a := adderArgs{dst: unsafe.Pointer(&dst[0]), src: unsafe.Pointer(&src[0]), vectors: int64(n / 8), times: int64(1 + k%50)}
				deep(k%200, func() { exec.Call(c.Entry(0), unsafe.Pointer(&a)) })
				for i := range dst {
					if dst[i] != 2*float32(i+g) {
						t.Errorf("element %d is %v", i, dst[i])
						return
					}
				}
				calls.Add(1)
			}
		})
	}
	wg.Go(func() {
		for !stop.Load() {
			runtime.GC()
			collections.Add(1)
		}
	})
	time.Sleep(*stress)
	stop.Store(true)
	wg.Wait()
	t.Logf("%d calls, %d collections", calls.Load(), collections.Load())
}

// TestStop asks that a goroutine that does nothing but call code lets the world be stopped between two calls.
func TestStop(t *testing.T) {
	probe(t)
	c := load(t, adder(t))
	defer c.Free()
	memory := make([]float32, 1<<12)
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		a := adderArgs{dst: unsafe.Pointer(&memory[0]), src: unsafe.Pointer(&memory[0]), vectors: int64(len(memory) / 8), times: 20}
		for !stop.Load() {
			exec.Call(c.Entry(0), unsafe.Pointer(&a))
		}
	})
	start := time.Now()
	for range 20 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // stops the world
	}
	took := time.Since(start)
	stop.Store(true)
	wg.Wait()
	if took > 2*time.Second {
		t.Errorf("stopping the world twenty times took %v", took)
	}
}

func BenchmarkCall(b *testing.B) {
	if err := exec.Probe(); err != nil {
		b.Skip(err)
	}
	c, err := exec.New([]byte{0xc3})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Free()
	entry := c.Entry(0)
	var a adderArgs
	for b.Loop() {
		exec.Call(entry, unsafe.Pointer(&a))
	}
}

func BenchmarkNew(b *testing.B) {
	if err := exec.Probe(); err != nil {
		b.Skip(err)
	}
	code := bytes.Repeat([]byte{0xc3}, 2000)
	for b.Loop() {
		c, err := exec.New(code)
		if err != nil {
			b.Fatal(err)
		}
		c.Free()
	}
}
