//go:build cgo && linux && !novulkan

package runtime

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/runtime/vulkan"
	"github.com/einloom/einloom/tensor"
)

// remotes are the ways in which data reaches a device: through memory that both see, and copied by the device.
var remotes = map[string]vulkan.Config{"mapped": {}, "staged": {Staged: true}}

// openRemote opens a session on Vulkan's first device as c says; what the validation layer says is an error of t.
func openRemote(t *testing.T, c vulkan.Config) (*Session, *vulkan.Device) {
	t.Helper()
	if _, err := vulkan.Devices(); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	c.Fallback, c.Message = interp.Open(interp.Config{Threads: 2}), drivertest.Messages(t)
	d, err := vulkan.Open(c)
	if err != nil {
		t.Logf("SKIPPED: validation: %v", err)
		c.Message = nil
		d, err = vulkan.Open(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := openWith(t, Config{Device: "interp"})
	if err := s.device.Close(); err != nil {
		t.Fatal(err)
	}
	s.device, s.home = d, d
	return s, d.(*vulkan.Device)
}

// numbers are a row-major float32 array of n elements, each x.
func numbers(t *testing.T, n int, x float32) *tensor.Tensor {
	t.Helper()
	v := make([]float32, n)
	for i := range v {
		v[i] = x
	}
	a, err := tensor.New(v, n)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestNothingTravelsBetweenPrograms runs a chain of programs of 20 steps on buffers: only what is uploaded and read travels.
func TestNothingTravelsBetweenPrograms(t *testing.T) {
	for name, c := range remotes {
		t.Run(name, func(t *testing.T) {
			s, d := openRemote(t, c)
			ctx := context.Background()
			const n, size = 1000, 4000
			x := expr.Input("x", tensor.Float32, n)
			p, err := s.Compile(ctx, x.Add(expr.Input("y", tensor.Float32, n)))
			if err != nil {
				t.Fatal(err)
			}
			var b [3]*Buffer
			for i := range b {
				if b[i], err = s.Upload(ctx, numbers(t, n, float32(i))); err != nil {
					t.Fatal(err)
				}
			}
			held := func(what string, wantUp, wantDown int64) {
				t.Helper()
				if up, down := d.Traffic(); up != wantUp || down != wantDown {
					t.Errorf("%s: %d bytes up and %d down, want %d and %d", what, up, down, wantUp, wantDown)
				}
			}
			held("three uploads", 3*size, 0)
			for i := range 20 {
				from, to := b[i%2], b[1-i%2]
				if err := p.RunIntoBuffers(ctx, []*Buffer{to}, Bind("x", from), Bind("y", b[2])); err != nil {
					t.Fatal(err)
				}
			}
			held("twenty runs", 3*size, 0)
			got, err := b[0].Tensor(ctx)
			lastIs(t, got, err, 40)
			held("a read", 3*size, size)
			outs, err := p.Run(ctx, Bind("x", b[0]), Bind("y", numbers(t, n, 2)))
			lastIs(t, outs[0], err, 42)
			held("a run on a buffer and a tensor, to a tensor", 4*size, 2*size)
		})
	}
}

// TestFrozenDataTravelsOnce runs a program on frozen data, some of which it reads as it is: after the first run nothing but its input and its
// result travels.
func TestFrozenDataTravelsOnce(t *testing.T) {
	for name, c := range remotes {
		t.Run(name, func(t *testing.T) {
			s, d := openRemote(t, c)
			ctx := context.Background()
			const n, size = 1000, 4000
			x, w, v := expr.Input("x", tensor.Float32, n), expr.Frozen(numbers(t, n, 2)), expr.Frozen(numbers(t, n, 4))
			p, err := s.Compile(ctx, x.Mul(w).Add(v.Sqrt()))
			if err != nil {
				t.Fatal(err)
			}
			for i := range int64(3) {
				got, err := p.Run(ctx, Bind("x", numbers(t, n, 3)))
				lastIs(t, got[0], err, 8)
				if up, down := d.Traffic(); up != (3+i)*size || down != (1+i)*size {
					t.Errorf("run %d: %d bytes have gone up and %d down, want %d and %d", i, up, down, (3+i)*size, (1+i)*size)
				}
			}
		})
	}
}

// TestBuffersAndMemoryThatEnds takes buffers until there is no memory, where a plan at rest holds some too: the error has the numbers, what is
// there is whole, and memory given back, or lost to the collector, is to be had again.
func TestBuffersAndMemoryThatEnds(t *testing.T) {
	s, _ := openRemote(t, vulkan.Config{MemoryLimit: 160 << 20})
	ctx := context.Background()
	const n = 2 << 20
	x := expr.Input("x", tensor.Float32, 1<<10, 1<<10)
	p, err := s.Compile(ctx, einsum.Contract("ij,jk->ik", x.Exp(), einsum.Contract("ij,jk->ik", x, x)))
	if err != nil {
		t.Fatal(err)
	}
	if p.plain.plan.Arena < 4<<20 {
		t.Fatalf("the plan holds only %d bytes", p.plain.plan.Arena)
	}
	f, err := p.plain.takeFrame() // as a run does, and rests with its arena
	if err != nil {
		t.Fatal(err)
	}
	p.plain.giveFrame(f)
	add, err := s.Compile(ctx, expr.Input("x", tensor.Float32, n).Add(expr.Scalar(1)))
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Upload(ctx, numbers(t, n, 1))
	if err != nil {
		t.Fatal(err)
	}
	var list []*Buffer
	for len(list) < 40 {
		var outs []*Buffer
		if outs, err = add.RunBuffers(ctx, Bind("x", first)); err != nil {
			break
		}
		list = append(list, outs...)
	}
	if !errors.As(err, new(*vulkan.OutOfMemory)) {
		t.Errorf("after %d buffers: %v", len(list), err)
	}
	if _, err := s.NewBuffer(tensor.Float32, 10<<20); err == nil || !strings.Contains(err.Error(), "a buffer f32[10485760]: vulkan: out of device memory: 41.943 MB asked for") {
		t.Errorf("one buffer more: %v", err)
	}
	if len(list) < 10 || p.plain.frames != nil {
		t.Errorf("%d buffers of 8 MiB; the plan at rest gave up its memory: %v", len(list), p.plain.frames == nil)
	}
	for _, b := range list {
		got, err := b.Tensor(ctx)
		lastIs(t, got, err, 2)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	outs, err := add.RunBuffers(ctx, Bind("x", first))
	if err != nil {
		t.Fatal(err)
	}
	got, err := outs[0].Tensor(ctx)
	lastIs(t, got, err, 2)
}

// TestTwoSessionsOnOneDevice runs chains on buffers of two sessions at once, of which one is closed on the way.
func TestTwoSessionsOnOneDevice(t *testing.T) {
	ctx := context.Background()
	var group sync.WaitGroup
	for k := range 2 {
		s, _ := openRemote(t, vulkan.Config{Staged: k == 1})
		p, err := s.Compile(ctx, expr.Input("x", tensor.Float32, 5000).Add(expr.Scalar(1)))
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			for range 5 {
				b, err := s.Upload(ctx, numbers(t, 5000, 0))
				for range 10 {
					if err != nil {
						t.Error(err)
						return
					}
					var outs []*Buffer
					if outs, err = p.RunBuffers(ctx, Bind("x", b)); err == nil {
						b.Close()
						b = outs[0]
					}
				}
				got, err := b.Tensor(ctx)
				lastIs(t, got, err, 10)
				b.Close()
			}
			if err := s.device.Close(); err != nil { // beneath the session, as a device that is lost
				t.Error(err)
			}
			if _, err := p.RunBuffers(ctx); err == nil {
				t.Error("a session without its device runs")
			}
			s.device = interp.Open(interp.Config{Threads: 1}) // for the session's Close
			s.home = s.device
		})
	}
	group.Wait()
}
