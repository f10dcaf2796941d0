package host

import (
	"context"
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
)

func f32bytes(v []float32) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
}

func run(t testing.TB, text string, args ...[]float32) {
	k, err := codegen.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(Config{})
	if err != nil {
		t.Skip(err)
	}
	defer d.Close()
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	var as []driver.Arg
	for _, a := range args {
		as = append(as, driver.Arg{Host: f32bytes(a)})
	}
	if err := d.Run(context.Background(), []driver.Launch{{Program: p, Args: as}}); err != nil {
		t.Fatal(p.Text(), err)
	}
}

func ramp(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i*7%13) - 6
	}
	return v
}

func close32(t *testing.T, got, want []float32) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= 1e-4*math.Max(1, math.Abs(float64(want[i])))) {
			t.Fatalf("element %d: got %v, want %v", i, got[i], want[i])
		}
	}
}

func TestTrySum(t *testing.T) {
	x, o := ramp(51*253), make([]float32, 51)
	run(t, `
kernel sum
  in   x f32[51 253]
  out  o f32[51]
  loop i 51
  fold j 253
  o[i] = reduce(add, j, x[i, j])
  schedule row order i j, vector j, parallel 1, grain 4
`, x, o)
	want := make([]float32, 51)
	for i := range want {
		for j := range 253 {
			want[i] += x[i*253+j]
		}
	}
	close32(t, o, want)
}

func TestTrySumColumnsSplit(t *testing.T) {
	x, o := ramp(5000*53), make([]float32, 53)
	run(t, `
kernel sum0
  in   x f32[5000 53]
  out  o f32[53]
  loop i 53
  fold j 5000
  o[i] = reduce(add, j, x[j, i]) * 2
  schedule row order i j, vector i, parallel 1, grain 16, split 700
`, x, o)
	want := make([]float32, 53)
	for i := range want {
		for j := range 5000 {
			want[i] += 2 * x[j*53+i]
		}
	}
	close32(t, o, want)
}

func TestTryMax(t *testing.T) {
	x, o := ramp(5000), make([]float32, 1)
	x[77] = 1e6
	run(t, `
kernel m
  in   x f32[5000]
  out  o f32[]
  fold j 5000
  o = reduce(maximum, j, x[j])
  schedule row order j, vector j, parallel 0, grain 1, split 700
`, x, o)
	close32(t, o, []float32{1e6})
}

func TestTryMatmulRow(t *testing.T) {
	a, b, o := ramp(33*47), ramp(47*29), make([]float32, 33*29)
	run(t, `
kernel mm
  in   a f32[33 47], b f32[47 29]
  out  o f32[33 29]
  loop i 33, j 29
  fold k 47
  o[i, j] = reduce(add, k, a[i, k] * b[k, j])
  schedule row order i j k, vector j, parallel 1, grain 4
`, a, b, o)
	want := make([]float32, 33*29)
	for i := range 33 {
		for j := range 29 {
			for k := range 47 {
				want[i*29+j] += a[i*47+k] * b[k*29+j]
			}
		}
	}
	close32(t, o, want)
}

func TestTryStandardise(t *testing.T) {
	x, o := ramp(51*253), make([]float32, 51*253)
	run(t, `
kernel st
  in   x f32[51 253]
  out  o f32[51 253]
  loop i 51
  fold j 253
  t0 = reduce(add, j, x[i, j]) / 253
  t1[j] = x[i, j] - t0
  t2 = reduce(add, j, t1[j] * t1[j])
  o[i, j] = t1[j] / sqrt(t2)
  schedule row order i j, vector j, parallel 1, grain 4
`, x, o)
	want := make([]float32, 51*253)
	for i := range 51 {
		m, v := float32(0), float32(0)
		for j := range 253 {
			m += x[i*253+j] / 253
		}
		for j := range 253 {
			v += (x[i*253+j] - m) * (x[i*253+j] - m)
		}
		for j := range 253 {
			want[i*253+j] = (x[i*253+j] - m) / float32(math.Sqrt(float64(v)))
		}
	}
	close32(t, o, want)
}

func TestTryTransposeMap(t *testing.T) {
	x, y, o := ramp(30*41), ramp(41), make([]float32, 41*30)
	run(t, `
kernel tr
  in   x f32[30 41], y f32[41]
  out  o f32[41 30]
  loop i 41, j 30
  o[i, j] = where(x[j, i] > 0, x[j, i] * y[i], -x[j, i])
  schedule map order i j, vector j, parallel 1, grain 4
`, x, y, o)
	want := make([]float32, 41*30)
	for i := range 41 {
		for j := range 30 {
			v := x[j*41+i]
			if v > 0 {
				want[i*30+j] = v * y[i]
			} else {
				want[i*30+j] = -v
			}
		}
	}
	close32(t, o, want)
}

func TestTryGett(t *testing.T) {
	for _, c := range []struct {
		m, n, k  int
		a, b     string
		sched    string
		as, bs   [2]int
		epilogue string
	}{
		{m: 33, n: 47, k: 29, a: "a[i, k]", b: "b[k, j]"},
		{m: 33, n: 47, k: 29, a: "a[k, i]", b: "b[k, j]"},
		{m: 33, n: 47, k: 29, a: "a[i, k]", b: "b[j, k]"},
		{m: 100, n: 100, k: 300, a: "a[k, i]", b: "b[j, k]"},
		{m: 6, n: 16, k: 1, a: "a[i, k]", b: "b[k, j]"},
		{m: 1, n: 1, k: 5, a: "a[i, k]", b: "b[k, j]"},
	} {
		dims := func(s string) (string, func(x, y int) int, int, int) {
			size := map[byte]int{'i': c.m, 'j': c.n, 'k': c.k}
			p, q := size[s[2]], size[s[5]]
			return fmt.Sprintf("[%d %d]", p, q), func(x, y int) int { return x*q + y }, p, q
		}
		da, _, pa, qa := dims(c.a)
		db, _, pb, qb := dims(c.b)
		a, b, bias, o := ramp(pa*qa), ramp(pb*qb), ramp(c.n), make([]float32, c.m*c.n)
		run(t, fmt.Sprintf(`
kernel mm
  in   a f32%s, b f32%s, bias f32[%d]
  out  o f32[%d %d]
  loop i %d, j %d
  fold k %d
  t0 = reduce(add, k, %s * %s)
  o[i, j] = t0 + bias[j]
  schedule gett order i j k, parallel 1, grain 1, m i, n j, k k, tile 6x16, block 24x32x64, sum t0, left %s, right %s
`, da, db, c.n, c.m, c.n, c.m, c.n, c.k, c.a, c.b, c.a, c.b), a, b, bias, o)
		want := make([]float32, c.m*c.n)
		for i := range c.m {
			for j := range c.n {
				want[i*c.n+j] = bias[j]
				for k := range c.k {
					x, y := a[(i*qa+k)%len(a)], b[(k*qb+j)%len(b)]
					if c.a[2] == 'k' {
						x = a[k*qa+i]
					}
					if c.b[2] == 'j' {
						y = b[j*qb+k]
					}
					want[i*c.n+j] += x * y
				}
			}
		}
		close32(t, o, want)
	}
}

func BenchmarkGett1024(b *testing.B) {
	n := 1024
	x, y, o := ramp(n*n), ramp(n*n), make([]float32, n*n)
	k, err := codegen.Parse(fmt.Sprintf(`
kernel mm
  in   a f32[%[1]d %[1]d], b f32[%[1]d %[1]d]
  out  o f32[%[1]d %[1]d]
  loop i %[1]d, j %[1]d
  fold k %[1]d
  t0 = reduce(add, k, a[i, k] * b[k, j])
  o[i, j] = t0
  schedule gett order i j k, parallel 1, grain 1, m i, n j, k k, tile 6x16, block 96x1024x512, sum t0, left a[i, k], right b[k, j]
`, n))
	if err != nil {
		b.Fatal(err)
	}
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			d, _ := Open(Config{Threads: threads})
			defer d.Close()
			p, err := d.Compile(context.Background(), k)
			if err != nil {
				b.Fatal(err)
			}
			l := []driver.Launch{{Program: p, Args: []driver.Arg{{Host: f32bytes(x)}, {Host: f32bytes(y)}, {Host: f32bytes(o)}}}}
			b.ResetTimer()
			for range b.N {
				if err := d.Run(context.Background(), l); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(2*float64(n*n*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func TestTrySaved(t *testing.T) {
	for _, v := range []string{"j", "i"} {
		x, o := ramp(51*253), make([]float32, 51*253)
		for i := range x {
			x[i] = x[i]/16 + 1
		}
		run(t, fmt.Sprintf(`
kernel st
  in   x f32[51 253]
  out  o f32[51 253]
  loop i 51
  fold j 253
  t1[j] = ((((x[i, j] * 2 + 1) * x[i, j] + 3) * x[i, j] + 4) * x[i, j] + 5) * x[i, j] + 6
  t2 = reduce(add, j, t1[j])
  o[i, j] = t1[j] / t2
  schedule row order i j, vector %s, parallel 1, grain 16
`, v), x, o)
		want := make([]float32, 51*253)
		f := func(x float32) float32 { return ((((x*2+1)*x+3)*x+4)*x+5)*x + 6 }
		for i := range 51 {
			v := float32(0)
			for j := range 253 {
				v += f(x[i*253+j])
			}
			for j := range 253 {
				want[i*253+j] = f(x[i*253+j]) / v
			}
		}
		close32(t, o, want)
	}
}
