//go:build cgo && linux && !novulkan

package vulkan_test

import (
	"context"
	"testing"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/vulkan"
)

// TestRunTimed has the device time two launches, in a run of one submit and in one that may be cancelled, and then runs them untimed.
func TestRunTimed(t *testing.T) {
	d := opener(t, vulkan.Config{})()
	defer d.Close()
	k, err := codegen.Parse("kernel k\n in x f32[200000]\n out o f32[200000]\n loop i 200000\n o[i] = x[i] + 1\n schedule map order i, grain 64")
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	in, mid, out := floats(t, 200_000), floats(t, 200_000), floats(t, 200_000)
	launches := []driver.Launch{
		{Program: p, Args: []driver.Arg{{Host: in}, {Host: mid}}},
		{Program: p, Args: []driver.Arg{{Host: mid}, {Host: out}}},
	}
	cancellable, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, ctx := range []context.Context{context.Background(), cancellable} {
		took := []int64{0, 0}
		start := time.Now()
		if err := d.(driver.Timer).RunTimed(ctx, launches, took); err != nil {
			t.Fatal(err)
		}
		if all := int64(time.Since(start)); took[0] <= 0 || took[1] <= 0 || took[0]+took[1] > all {
			t.Errorf("launches of a run of %d ns took %v", all, took)
		}
		clear(mid)
		if err := d.Run(ctx, launches); err != nil {
			t.Fatal(err)
		}
		for i := range 200_000 {
			if x, y := number(in, i), number(out, i); y != after(x, 2) {
				t.Fatalf("element %d: %v gave %v", i, x, y)
			}
		}
	}
}
