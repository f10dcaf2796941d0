package vulkan_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/runtime/vulkan"
	"github.com/einloom/einloom/tensor"
)

// BenchmarkElementwise compares the two devices that generate code on a map of n elements of host memory.
func BenchmarkElementwise(b *testing.B) {
	devices := map[string]func() (driver.Device, error){
		"vulkan": func() (driver.Device, error) {
			return vulkan.Open(vulkan.Config{Fallback: interp.Open(interp.Config{})})
		},
		"cpu": func() (driver.Device, error) { return host.Open(host.Config{}) },
	}
	for _, body := range []string{"x[i] + y[i]", "exp(x[i]) * y[i]"} {
		for _, n := range []int{1 << 4, 1 << 16, 1 << 22} {
			for name, open := range devices {
				b.Run(fmt.Sprintf("%s/%s/%d", name, body, n), func(b *testing.B) {
					d, err := open()
					if err != nil {
						b.Skip(err)
					}
					defer d.Close()
					mapped(b, d, body, n)
				})
			}
		}
	}
}

// mapped runs o = body, of x and y, again and again.
func mapped(b *testing.B, d driver.Device, body string, n int) {
	k, err := codegen.Parse(fmt.Sprintf("kernel k\n in x f32[%d], y f32[%[1]d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = %s", n, body))
	if err == nil {
		k, err = planner.Expand(k, d.Target())
	}
	if err == nil {
		k, err = planner.Schedule(k, d.Target())
	}
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	launch := driver.Launch{Program: p}
	for range 3 {
		launch.Args = append(launch.Args, driver.Arg{Host: floats(b, n)})
	}
	b.SetBytes(int64(12 * n))
	for b.Loop() {
		if err := d.Run(context.Background(), []driver.Launch{launch}); err != nil {
			b.Fatal(err)
		}
	}
}

// floats gives the bytes of n small float32 numbers.
func floats(t testing.TB, n int) []byte {
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(i%100) / 10
	}
	x, err := tensor.New(data, n)
	if err != nil {
		t.Fatal(err)
	}
	mem, _ := x.Memory()
	return mem
}
