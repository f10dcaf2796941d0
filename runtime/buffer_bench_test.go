package runtime_test

import (
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// BenchmarkChain runs a program on its own result, of 1048576 float32: in tensors, and in buffers.
func BenchmarkChain(b *testing.B) {
	const n = 1 << 20
	for _, device := range []string{"cpu", "vulkan"} {
		s, err := runtime.Open(runtime.Config{Device: device})
		if err != nil {
			b.Logf("SKIPPED: %v", err)
			continue
		}
		defer s.Close()
		p := compiled(b, s, expr.Input("x", tensor.Float32, n).Add(expr.Scalar(1)))
		x := [2]*tensor.Tensor{ramp(b, n), ramp(b, n)}
		there := [2]*runtime.Buffer{uploaded(b, s, x[0]), uploaded(b, s, x[1])}
		b.Run(device+"/tensors", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if err := p.RunInto(ctx, []*tensor.Tensor{x[1-i%2]}, runtime.Bind("x", x[i%2])); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(device+"/buffers", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if err := p.RunIntoBuffers(ctx, []*runtime.Buffer{there[1-i%2]}, runtime.Bind("x", there[i%2])); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
