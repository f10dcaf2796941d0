package cpu

import (
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
)

// benchmarks are the kernels whose cold compile has a goal (issue 2: under 2 ms, of which the planner and the system take their share).
var benchmarks = []struct{ name, text string }{
	{"chain", `kernel chain
  in   x f32[1000000], y f32[1000000]
  out  o f32[1000000]
  loop i 1000000
  o[i] = tanh(2*x[i] + y[i]) * exp(-(x[i]*x[i]))`},
	{"softmax", `kernel softmax
  in   x f32[1024 1024]
  out  o f32[1024 1024]
  loop i 1024
  fold j 1024
  t0 = reduce(maximum, j, x[i, j])
  t1[j] = exp(x[i, j] - t0)
  t2 = reduce(add, j, t1[j])
  o[i, j] = t1[j] / t2`},
	{"product", `kernel product
  in   a f32[1024 1024], b f32[1024 1024]
  out  o f32[1024 1024]
  loop i 1024, j 1024
  fold k 1024
  o[i, j] = reduce(add, k, a[i, k] * b[k, j])`},
}

func BenchmarkGenerate(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			target, err := Target(AVX2)
			if err != nil {
				b.Fatal(err)
			}
			k, err := codegen.Parse(c.text)
			if err == nil {
				k, err = planner.Expand(k, target)
			}
			if err == nil {
				k, err = planner.Schedule(k, target)
			}
			if err != nil {
				b.Fatal(err)
			}
			var o *Object
			for b.Loop() {
				if o, err = Generate(k, target); err != nil {
					b.Fatal(err)
				}
				if _, err = o.Bind(k); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(o.Code)), "B/code")
		})
	}
}

func BenchmarkKey(b *testing.B) {
	target, _ := Target(AVX2)
	k, err := codegen.Parse(benchmarks[1].text)
	if err == nil {
		k, err = planner.Schedule(k, target)
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Key(k)
	}
}
