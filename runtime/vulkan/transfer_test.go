//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"encoding/binary"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/interp"
)

// TestBuffersCrossOnce runs programs of the device and of its fallback in turns on buffers: what comes out is right, and nothing travels but
// what is written and read, and where the host does not see the device's memory what the fallback works on.
func TestBuffersCrossOnce(t *testing.T) {
	for name, c := range map[string]struct {
		staged  bool
		foreign int64 // bytes that travel each way for a run
	}{"mapped": {false, 0}, "staged": {true, 2 * 4096}} {
		t.Run(name, func(t *testing.T) {
			d := Validated(t, Config{Staged: c.staged, Fallback: interp.Open(interp.Config{Threads: 1})}).(*Device)
			defer d.Close()
			k, err := codegen.Parse("kernel k\n in x f32[1024]\n out o f32[1024]\n loop i 1024\n o[i] = x[i] + 1\n schedule map order i, grain 64")
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			own, err := d.Compile(ctx, k)
			if err != nil {
				t.Fatal(err)
			}
			defer own.Close()
			foreign, err := d.fallback.Compile(ctx, k)
			if err != nil {
				t.Fatal(err)
			}
			defer foreign.Close()
			var b [2]driver.Buffer
			for i := range b {
				if b[i], err = d.Alloc(4096); err != nil {
					t.Fatal(err)
				}
				defer b[i].Close()
			}
			mem := make([]byte, 4096)
			if err := b[0].Write(ctx, 0, mem); err != nil {
				t.Fatal(err)
			}
			want := [2]int64{4096, 0}
			there, back := []driver.Arg{{Buffer: b[0]}, {Buffer: b[1]}}, []driver.Arg{{Buffer: b[1]}, {Buffer: b[0]}}
			for range 3 {
				launches := []driver.Launch{{Program: own, Args: there}, {Program: foreign, Args: back}, {Program: own, Args: there}, {Program: own, Args: back}}
				if err := d.Run(ctx, launches); err != nil {
					t.Fatal(err)
				}
				want[0] += c.foreign
				want[1] += c.foreign
			}
			if err := b[0].Read(ctx, 0, mem); err != nil {
				t.Fatal(err)
			}
			want[1] += 4096
			for i := range 1024 {
				if x := binary.NativeEndian.Uint32(mem[4*i:]); x != 0x41400000 { // 12
					t.Fatalf("element %d has the bits %#x", i, x)
				}
			}
			if up, down := d.Traffic(); want != [2]int64{up, down} {
				t.Errorf("%d bytes went up and %d down, want %d", up, down, want)
			}
		})
	}
}
