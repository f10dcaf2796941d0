//go:build cgo && linux && !novulkan

package vulkan_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
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
	text := fmt.Sprintf("kernel k\n in x f32[%d], y f32[%[1]d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = %s", n, body)
	repeated(b, d, text, func(bytes int) driver.Arg { return driver.Arg{Host: floats(b, bytes/4)} })
}

// repeated runs a kernel again and again, on such memory for each param of so many bytes.
func repeated(b *testing.B, d driver.Device, text string, arg func(bytes int) driver.Arg) {
	k, err := codegen.Parse(text)
	if err == nil {
		k, err = planned(k, d.Target())
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
	for i := range k.Params {
		q := &k.Params[i]
		launch.Args = append(launch.Args, arg(tensor.Shape(q.Dims).Len()*q.DType.Size()))
	}
	b.SetBytes(int64(k.Count().Bytes))
	for range 2 { // memory is there only once it was touched
		if err := d.Run(context.Background(), []driver.Launch{launch}); err != nil {
			b.Fatal(err)
		}
	}
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

// settledKernels are kernels whose params are device buffers: what they take is the shader's time, and a submit.
var settledKernels = []struct{ name, text string }{
	{"x+1", "in x f32[4194304]\n out o f32[4194304]\n loop i 4194304\n o[i] = x[i] + 1"},
	{"x+y", "in x f32[4194304], y f32[4194304]\n out o f32[4194304]\n loop i 4194304\n o[i] = x[i] + y[i]"},
	{"x+y f64", "in x f64[2097152], y f64[2097152]\n out o f64[2097152]\n loop i 2097152\n o[i] = x[i] + y[i]"},
	{"exp", "in x f32[4194304]\n out o f32[4194304]\n loop i 4194304\n o[i] = exp(x[i])"},
	{"turned", "in x f32[2048 2048]\n out o f32[2048 2048]\n loop i 2048, j 2048\n o[i, j] = x[j, i] + 1"},
	{"sum", "in x f32[4194304]\n out o f32[]\n fold i 4194304\n o = reduce(add, i, x[i])"},
	{"rows", "in x f32[4096 1024]\n out o f32[4096]\n loop i 4096\n fold j 1024\n o[i] = reduce(add, j, x[i, j])"},
	{"columns", "in x f32[1024 4096]\n out o f32[4096]\n loop i 4096\n fold j 1024\n o[i] = reduce(add, j, x[j, i])"},
	{"softmax", "in x f32[4096 1024]\n out o f32[4096 1024]\n loop i 4096\n fold j 1024\n t0 = reduce(maximum, j, x[i, j])\n t1[j] = exp(x[i, j] - t0)\n t2 = reduce(add, j, t1[j])\n o[i, j] = t1[j] / t2"},
	{"cumsum rows", "in x f32[4096 1024]\n out o f32[4096 1024]\n loop i 4096\n fold j 1024\n o[i, j] = scan(add, j, x[i, j])"},
	{"cumsum columns", "in x f32[1024 4096]\n out o f32[1024 4096]\n loop i 4096\n fold j 1024\n o[j, i] = scan(add, j, x[j, i])"},
	{"cumsum deep", "in x f32[40000 100]\n out o f32[40000 100]\n loop i 100\n fold j 40000\n o[j, i] = scan(add, j, x[j, i])"},
	{"product", "in a f32[256 256], b f32[256 256]\n out o f32[256 256]\n loop i 256, k 256\n fold j 256\n o[i, k] = reduce(add, j, a[i, j] * b[j, k])"},
}

// BenchmarkResident compares the two devices on data that is where they compute.
func BenchmarkResident(b *testing.B) {
	for _, c := range settledKernels {
		for _, name := range []string{"vulkan", "cpu"} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				d, err := vulkan.Open(vulkan.Config{Fallback: interp.Open(interp.Config{})})
				if name == "cpu" {
					d, err = host.Open(host.Config{})
				}
				if err != nil {
					b.Skip(err)
				}
				defer d.Close()
				settled(b, d, "kernel k\n "+c.text)
			})
		}
	}
}

// settled runs a kernel again and again, on memory of the device where it has its own.
func settled(b *testing.B, d driver.Device, text string) {
	var buffers []driver.Buffer
	defer func() {
		for _, m := range buffers {
			m.Close()
		}
	}()
	repeated(b, d, text, func(bytes int) driver.Arg {
		if _, own := d.(*vulkan.Device); !own {
			return driver.Arg{Host: floats(b, bytes/4)}
		}
		buffer, err := d.Alloc(bytes)
		if err != nil {
			b.Fatal(err)
		}
		buffers = append(buffers, buffer)
		return driver.Arg{Buffer: buffer}
	})
}

// BenchmarkInPlace compares x + 1 of the host's data where it lies with copies: of the same arrays in each run, and of arrays in turn that
// are more than a lane keeps loans of.
func BenchmarkInPlace(b *testing.B) {
	for _, n := range []int{1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24} {
		for name, c := range map[string]struct{ from, arrays int }{"copied": {-1, 1}, "copied in turn": {-1, 40}, "in place": {1, 1}, "in place in turn": {1, 40}} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				d, err := vulkan.Open(vulkan.Config{InPlace: c.from, Fallback: interp.Open(interp.Config{})})
				if err != nil {
					b.Skip(err)
				}
				defer d.Close()
				inTurn(b, d, n, min(c.arrays, 1<<26/n))
			})
		}
	}
}

// inTurn runs x + 1 of n elements on so many arrays in turn, which lie in one.
func inTurn(b *testing.B, d driver.Device, n, arrays int) {
	k, err := codegen.Parse(fmt.Sprintf("kernel k\n in x f32[%d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = x[i] + 1", n))
	if err == nil {
		k, err = planned(k, d.Target())
	}
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	in, out := floats(b, n*arrays), floats(b, n)
	launch := []driver.Launch{{Program: p, Args: []driver.Arg{{Host: in}, {Host: out}}}}
	b.SetBytes(int64(8 * n))
	for i := 0; b.Loop(); i++ {
		launch[0].Args[0].Offset = i % arrays * 4 * n
		if err := d.Run(context.Background(), launch); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUploads runs a chain of eight kernels each of which reads 4194304 float32 of its own, through memory for uploads.
func BenchmarkUploads(b *testing.B) {
	const n = 1 << 22
	for _, c := range []struct{ name, body string }{{"x+y", "x[i] + y[i]"}, {"exp", "exp(x[i] - y[i])"}} {
		b.Run(c.name, func(b *testing.B) {
			d, err := vulkan.Open(vulkan.Config{Staged: true, Fallback: interp.Open(interp.Config{})})
			if err != nil {
				b.Skip(err)
			}
			defer d.Close()
			k, err := codegen.Parse(fmt.Sprintf("kernel k\n in x f32[%d], y f32[%[1]d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = %s", n, c.body))
			if err == nil {
				k, err = planned(k, d.Target())
			}
			if err != nil {
				b.Fatal(err)
			}
			p, err := d.Compile(context.Background(), k)
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			sum, err := d.Alloc(4 * n)
			if err != nil {
				b.Fatal(err)
			}
			defer sum.Close()
			var launches []driver.Launch
			for range 8 {
				launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{{Host: floats(b, n)}, {Buffer: sum}, {Buffer: sum}}})
			}
			b.SetBytes(8 * 4 * n)
			for b.Loop() {
				if err := d.Run(context.Background(), launches); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
