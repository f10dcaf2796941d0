package interp_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
)

var (
	threads = flag.Int("threads", 2, "workers of the device that is held to the contract")
	random  = flag.Int("random", 0, "how many random kernels to run, beyond those of the suite")
	first   = flag.Uint64("first", 1000, "the first random kernel's seed")
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func() driver.Device { return interp.Open(interp.Config{Threads: *threads}) })
}

func TestRandom(t *testing.T) {
	drivertest.Random(t, func() driver.Device { return interp.Open(interp.Config{Threads: *threads}) }, *first, *random)
}

func parse(t testing.TB, format string, args ...any) *codegen.Kernel {
	t.Helper()
	k, err := codegen.Parse(fmt.Sprintf(format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// launch compiles k for d, with random float32s for every input.
func launch(t testing.TB, d *interp.Device, k *codegen.Kernel) (driver.Launch, [][]byte) {
	t.Helper()
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	l := driver.Launch{Program: p}
	var outs [][]byte
	for _, q := range k.Params {
		n := q.DType.Size()
		for _, d := range q.Dims {
			n *= d
		}
		mem := make([]byte, n)
		if q.Out {
			outs = append(outs, mem)
		} else {
			for i := 0; i+4 <= n; i += 4 {
				binary.NativeEndian.PutUint32(mem[i:], math.Float32bits(float32(r.NormFloat64())))
			}
		}
		l.Args = append(l.Args, driver.Arg{Host: mem})
	}
	return l, outs
}

// kernels are of the kinds that are cut up differently: tiles, phases, split folds.
var kernels = map[string]string{
	"map":     "kernel k\n in x f32[1000000]\n out o f32[1000000]\n loop i 1000000\n o[i] = x[i] * x[i] + 1",
	"sum":     "kernel k\n in x f32[3000000]\n out o f32[]\n fold i 3000000\n o = reduce(add, i, x[i])",
	"columns": "kernel k\n in x f32[300000 7]\n out o f32[7]\n loop j 7\n fold i 300000\n o[j] = reduce(add, i, x[i, j])",
	"softmax": "kernel k\n in x f32[1024 1024]\n out o f32[1024 1024]\n loop i 1024\n fold j 1024\n t0 = reduce(maximum, j, x[i, j])\n t1[j] = exp(x[i, j] - t0)\n o[i, j] = t1[j] / reduce(add, j, t1[j])",
	"product": "kernel k\n in a f32[256 256], b f32[256 256]\n out o f32[256 256]\n loop i 256, j 256\n fold l 256\n o[i, j] = reduce(add, l, a[i, l] * b[l, j])",
	"centred": "kernel k\n in x f32[700 900]\n out o f32[700 900]\n fold i 700, j 900\n o[i, j] = x[i, j] - reduce(add, i, j, x[i, j]) / 630000",
	"norm":    "kernel k\n in a f32[100 40], b f32[40 120]\n out o f32[]\n fold i 100, j 120, k 40\n t0[i, j] = reduce(add, k, a[i, k] * b[k, j])\n o = reduce(add, i, j, t0[i, j] * t0[i, j])",
}

// The number of workers changes no bit.
func TestThreads(t *testing.T) {
	for name, text := range kernels {
		k := parse(t, "%s", text)
		var want []byte
		for _, threads := range []int{1, 2, 5} {
			d := interp.Open(interp.Config{Threads: threads})
			l, outs := launch(t, d, k)
			if err := d.Run(context.Background(), []driver.Launch{l}); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = outs[0]
			} else if !bytes.Equal(want, outs[0]) {
				t.Errorf("%s: %d workers give other bits", name, threads)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A float32 sum of ten million elements does not drift, along either way of folding.
func TestSumsDoNotDrift(t *testing.T) {
	d := interp.Open(interp.Config{})
	defer d.Close()
	const n = 5000000
	mem := make([]byte, 8*n)
	for i := range 2 * n {
		binary.NativeEndian.PutUint32(mem[4*i:], math.Float32bits(0.1))
	}
	for _, text := range []string{
		"kernel k\n in x f32[%[1]d 2]\n out o f32[2]\n loop j 2\n fold i %[1]d\n o[j] = reduce(add, i, x[i, j])",
		"kernel k\n in x f32[2 %[1]d]\n out o f32[2]\n loop j 2\n fold i %[1]d\n o[j] = reduce(add, i, x[j, i])",
	} {
		p, err := d.Compile(context.Background(), parse(t, text, n))
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, 8)
		if err := d.Run(context.Background(), []driver.Launch{{Program: p, Args: []driver.Arg{{Host: mem}, {Host: out}}}}); err != nil {
			t.Fatal(err)
		}
		want := float64(float32(0.1)) * n
		got := float64(math.Float32frombits(binary.NativeEndian.Uint32(out)))
		if e := math.Abs(got/want-1) / 0x1p-24; e > 40 {
			t.Errorf("off by %.0f roundings", e)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for name, text := range kernels {
		b.Run(name, func(b *testing.B) {
			d := interp.Open(interp.Config{})
			defer d.Close()
			l, _ := launch(b, d, parse(b, "%s", text))
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Run(context.Background(), []driver.Launch{l}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	d := interp.Open(interp.Config{})
	defer d.Close()
	k := parse(b, "%s", kernels["softmax"])
	for b.Loop() {
		if _, err := d.Compile(context.Background(), k); err != nil {
			b.Fatal(err)
		}
	}
}
