package spirv

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/tensor"
)

// TestContractions compares contractions of small whole numbers, whose sums are exact in any order, with the interpreter's to the bit: as
// they are written for CPUs, by blocks of each size for GPUs, and for one without room for blocks.
func TestContractions(t *testing.T) {
	list := []*Capabilities{packing(Lavapipe())}
	limits := []int{16, 1024}
	if *long {
		tiny := Desktop()
		tiny.MaxSharedMemory = 0
		list, limits = append(list, tiny), append(limits, 64)
	}
	for _, limit := range limits {
		c := Desktop()
		c.MaxInvocations, c.Units = limit, limit/256
		list = append(list, c)
	}
	for _, k := range drivertest.Read(t, "testdata/contractions.txt") {
		for i, c := range list {
			k, err := planner.Expand(k, c.Target())
			if err != nil {
				t.Fatal(err)
			}
			want, got := wholeNumbers(k), wholeNumbers(k)
			runOn(t, interp.Open(interp.Config{}), k, want)
			runOn(t, emulated{c, interp.Open(interp.Config{})}, k, got)
			if last := len(want) - 1; !bytes.Equal(want[last].Host, got[last].Host) {
				t.Errorf("device %d: kernel %s differs", i, k.Name)
			}
		}
	}
}

// TestBlocks holds the choice of blocks to what it is meant to be.
func TestBlocks(t *testing.T) {
	for _, c := range []struct{ m, n, invocations, shared, want int }{
		{4096, 4096, 1024, 32 << 10, 128}, {512, 512, 1024, 32 << 10, 64}, {200, 200, 1024, 32 << 10, 16}, {4096, 4096, 128, 32 << 10, 32},
		{4096, 4096, 1024, 16 << 10, 64}, {4096, 20, 1024, 32 << 10, 32}, {4096, 64, 1024, 32 << 10, 64}, {4, 4, 1024, 32 << 10, 0},
	} {
		d := Desktop()
		d.MaxInvocations, d.MaxSharedMemory = c.invocations, c.shared
		g := newGenerator(&codegen.Kernel{}, d)
		rows := &tile{digits: []digit{{extent: c.m}, {extent: c.n}}, m: 0, n: 1}
		b := (&block{m: 0, n: 1}).sized(g, rows, tensor.Float32)
		if b == nil {
			b = &block{}
		}
		if b.bm != c.want {
			t.Errorf("%d x %d with %d invocations, %d bytes: blocks of %d, want %d", c.m, c.n, c.invocations, c.shared, b.bm, c.want)
		}
	}
}

// wholeNumbers makes memory for k's params, with numbers from -3 to 3 in the inputs.
func wholeNumbers(k *codegen.Kernel) (args []driver.Arg) {
	for i := range k.Params {
		p := &k.Params[i]
		n := p.DType.Size()
		for _, d := range p.Dims {
			n *= d
		}
		mem := make([]byte, n)
		for j := 0; j < n && !p.Out; j += p.DType.Size() {
			write(mem[j:], p.DType, j*7/p.DType.Size()%11%7-3)
		}
		args = append(args, driver.Arg{Host: mem})
	}
	return args
}

func write(mem []byte, d tensor.DType, x int) {
	bits := uint64(x)
	switch d {
	case tensor.Float32:
		bits = uint64(math.Float32bits(float32(x)))
	case tensor.Float64:
		bits = math.Float64bits(float64(x))
	}
	for i := range d.Size() {
		mem[i] = byte(bits >> (8 * i))
	}
}

func runOn(t *testing.T, d driver.Device, k *codegen.Kernel, args []driver.Arg) {
	t.Helper()
	p, err := d.Compile(context.Background(), k)
	if err == nil {
		err = d.Run(context.Background(), []driver.Launch{{Program: p, Args: args}})
	}
	if err != nil {
		t.Fatalf("%v\n%v", err, k)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
