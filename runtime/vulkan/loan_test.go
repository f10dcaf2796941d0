//go:build cgo && linux && !novulkan

package vulkan_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/vulkan"
	"github.com/einloom/einloom/tensor"
)

// TestInPlace runs on parts of arrays that begin and end within pages: what lies around an output stays as it was, and nothing travels,
// unless the run can be cancelled.
func TestInPlace(t *testing.T) {
	d := opener(t, vulkan.Config{InPlace: 1})()
	defer d.Close()
	needLoans(t, d)
	k, err := codegen.Parse("kernel k\n in x f32[5000], y i8[5000]\n out o f32[5000], p i8[5000]\n loop i 5000\n o[i] = x[i] + 1\n p[i] = neg(y[i])\n schedule map order i, grain 64")
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	cancellable, cancel := context.WithCancel(context.Background())
	defer cancel()
	const around = 0x5a
	for at := 0; at < 64; at += 4 {
		x, o := floats(t, 5100), bytes.Repeat([]byte{around}, 4*5100)
		y, q := bytes.Repeat([]byte{3}, 5100), bytes.Repeat([]byte{around}, 5100)
		launch := []driver.Launch{{Program: p, Args: []driver.Arg{{Host: x, Offset: at}, {Host: y, Offset: at/4 + 1}, {Host: o, Offset: at}, {Host: q, Offset: at/4 + 3}}}}
		up, down := d.(driver.Remote).Traffic()
		if err := d.Run(context.Background(), launch); err != nil {
			t.Fatal(err)
		}
		if upThen, downThen := d.(driver.Remote).Traffic(); upThen != up || downThen != down {
			t.Fatalf("%d bytes went up and %d down", upThen-up, downThen-down)
		}
		checkStep(t, x[at:at+4*5000], o[at:at+4*5000])
		for i, b := range slices.Concat(o[:at], o[at+4*5000:], q[:at/4+3], q[at/4+3+5000:]) {
			if b != around {
				t.Fatalf("byte %d beside the outputs is %d", i, b)
			}
		}
		for i, b := range q[at/4+3 : at/4+3+5000] {
			if int8(b) != -3 {
				t.Fatalf("element %d is %d", i, int8(b))
			}
		}
		if err := d.Run(cancellable, launch); err != nil {
			t.Fatal(err)
		}
		if upThen, _ := d.(driver.Remote).Traffic(); upThen == up {
			t.Fatal("nothing was copied for a run that can be cancelled")
		}
	}
}

// needLoans skips the test where the device does not work on the host's memory.
func needLoans(t *testing.T, d driver.Device) {
	if !vulkan.Lends(d) {
		t.Skip("SKIPPED: the device does not work on the host's memory")
	}
}

// TestPlacesChange runs on files that are mapped where others were before, and on arrays that the collector takes: each run sees what is there.
func TestPlacesChange(t *testing.T) {
	d := opener(t, vulkan.Config{InPlace: 1})()
	defer d.Close()
	needLoans(t, d)
	const n = 5000
	k, err := codegen.Parse(fmt.Sprintf("kernel k\n in x f32[%d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = x[i] + 1\n schedule map order i, grain 64", n))
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	run := func(in []byte) {
		t.Helper()
		out := make([]byte, 4*n)
		if err := d.Run(context.Background(), []driver.Launch{{Program: p, Args: []driver.Arg{{Host: in}, {Host: out}}}}); err != nil {
			t.Fatal(err)
		}
		checkStep(t, in, out)
	}
	for round := range 50 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(round*i) / 3
		}
		array, err := tensor.New(x, n)
		if err != nil {
			t.Fatal(err)
		}
		mem, _ := array.Memory()
		run(mem)
		path := filepath.Join(t.TempDir(), "x.npy")
		if err := tensor.Save(path, array); err != nil {
			t.Fatal(err)
		}
		file, err := tensor.Map(path)
		if err != nil {
			t.Fatal(err)
		}
		mem, at := file.Memory()
		run(mem[at : at+4*n])
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		goruntime.GC()
	}
}
