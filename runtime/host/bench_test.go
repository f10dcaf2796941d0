package host_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// benchmarks are kernels at work: what they are measured by is the bytes that they must move, or the flop where that is more.
var benchmarks = []struct {
	name, text string
	flop       float64
}{
	{"add/10M", `kernel k
  in   x f32[10000000], y f32[10000000]
  out  o f32[10000000]
  loop i 10000000
  o[i] = x[i] + y[i]`, 0},
	{"chain/1M", `kernel k
  in   x f32[1000000], y f32[1000000]
  out  o f32[1000000]
  loop i 1000000
  o[i] = tanh(2*x[i] + y[i]) * exp(-(x[i]*x[i]))`, 0},
	{"polynomial/10M", `kernel k
  in   x f32[10000000], y f32[10000000]
  out  o f32[10000000]
  loop i 10000000
  o[i] = (3*x[i]*x[i] + 2*y[i] - 1) * x[i]`, 0},
	{"transpose/2048x2048", `kernel k
  in   x f32[2048 2048]
  out  o f32[2048 2048]
  loop i 2048, j 2048
  o[i, j] = x[j, i]`, 0},
	{"softmax/1024x1024", `kernel k
  in   x f32[1024 1024]
  out  o f32[1024 1024]
  loop i 1024
  fold j 1024
  t0 = reduce(maximum, j, x[i, j])
  t1[j] = exp(x[i, j] - t0)
  o[i, j] = t1[j] / reduce(add, j, t1[j])`, 0},
	{"standardise/100000x64", `kernel k
  in   x f32[100000 64]
  out  o f32[100000 64]
  loop j 64
  fold i 100000
  t0 = reduce(add, i, x[i, j]) / 100000
  t1[i] = x[i, j] - t0
  o[i, j] = t1[i] / sqrt(reduce(add, i, t1[i] * t1[i]) / 100000)`, 0},
	{"sum0/1024x1024", `kernel k
  in   x f32[1024 1024]
  out  o f32[1024]
  loop j 1024
  fold i 1024
  o[j] = reduce(add, i, x[i, j])`, 0},
	{"sum1/1024x1024", `kernel k
  in   x f32[1024 1024]
  out  o f32[1024]
  loop i 1024
  fold j 1024
  o[i] = reduce(add, j, x[i, j])`, 0},
	{"sum/10M", `kernel k
  in   x f32[10000000]
  out  o f32[]
  fold i 10000000
  o = reduce(add, i, x[i])`, 0},
	{"halves/10M", `kernel k
  in   x f16[10000000]
  out  o f32[10000000]
  loop i 10000000
  o[i] = f32(x[i]) + 1`, 0},
	{"matvec/2048", `kernel k
  in   a f32[2048 2048], x f32[2048]
  out  o f32[2048]
  loop i 2048
  fold k 2048
  o[i] = reduce(add, k, a[i, k] * x[k])`, 0},
	{"product/f32/1024", product("f32", 1024, 1024, 1024), 2 << 30},
	{"product/f64/1024", product("f64", 1024, 1024, 1024), 2 << 30},
	{"product/f16/1024", `kernel k
  in   a f16[1024 1024], b f16[1024 1024]
  out  o f16[1024 1024]
  loop i 1024, j 1024
  fold k 1024
  o[i, j] = f16(reduce(add, k, f32(a[i, k]) * f32(b[k, j])))`, 2 << 30},
	{"product/f32/256", product("f32", 256, 256, 256), 2 << 24},
	{"product/f32/64", product("f32", 64, 64, 64), 2 << 18},
	{"product/f32/16", product("f32", 16, 16, 16), 2 << 12},
	{"product/f32/4", product("f32", 4, 4, 4), 2 << 6},
}

func product(d string, m, n, k int) string {
	return fmt.Sprintf(`kernel k
  in   a %[1]s[%[2]d %[4]d], b %[1]s[%[4]d %[3]d]
  out  o %[1]s[%[2]d %[3]d]
  loop i %[2]d, j %[3]d
  fold k %[4]d
  o[i, j] = reduce(add, k, a[i, k] * b[k, j])`, d, m, n, k)
}

func BenchmarkRun(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
					d := opener(b, "", threads)()
					defer d.Close()
					l, cost := launch(b, d, c.text)
					launches := []driver.Launch{l}
					b.ReportAllocs()
					for b.Loop() {
						if err := d.Run(context.Background(), launches); err != nil {
							b.Fatal(err)
						}
					}
					per := b.Elapsed().Seconds() / float64(b.N) * 1e9
					if c.flop > 0 {
						b.ReportMetric(c.flop/per, "GFLOP/s")
					} else {
						b.ReportMetric(cost.Bytes/per, "GB/s")
					}
				})
			}
		})
	}
}

// launch plans and compiles the kernel of text for d, with numbers in [-1, 1) for inputs.
func launch(t testing.TB, d driver.Device, text string) (driver.Launch, codegen.Cost) {
	t.Helper()
	k, err := codegen.Parse(text)
	if err == nil {
		k, err = planned(k, d.Target())
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	l := driver.Launch{Program: p}
	r := rand.New(rand.NewPCG(1, 2))
	for _, q := range k.Params {
		mem := zeros(t, q.DType, q.Dims...)
		if !q.Out {
			fill(r, q.DType, mem)
		}
		l.Args = append(l.Args, driver.Arg{Host: mem})
	}
	return l, k.Cost
}

// zeros is the memory of an array.
func zeros(t testing.TB, d tensor.DType, dims ...int) []byte {
	t.Helper()
	z, err := tensor.Zeros(d, dims...)
	if err != nil {
		t.Fatal(err)
	}
	mem, err := z.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return mem
}

// fill writes numbers in [-1, 1), or small integers.
func fill(r *rand.Rand, d tensor.DType, mem []byte) {
	if len(mem) == 0 {
		return
	}
	n, p := len(mem)/d.Size(), unsafe.Pointer(&mem[0])
	for i := range n {
		x := 2*r.Float64() - 1
		switch d {
		case tensor.Float32:
			unsafe.Slice((*float32)(p), n)[i] = float32(x)
		case tensor.Float64:
			unsafe.Slice((*float64)(p), n)[i] = x
		case tensor.Float16:
			unsafe.Slice((*uint16)(p), n)[i] = uint16(tensor.Float16Of(x))
		default:
			mem[i*d.Size()] = byte(math.Abs(8 * x))
		}
	}
}
