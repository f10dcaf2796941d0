//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/einloom/einloom/runtime/driver"
)

// observer is a context that looks on when it is asked whether it is cancelled, which a run does after each submit but the last.
type observer struct {
	context.Context
	look func()
}

func (o observer) Err() error {
	o.look()
	return nil
}

// TestUploadsOverlap runs a chain of three kernels with 8 MiB of input each. Before the host brings what a kernel reads the device has
// been given the kernels before it, through memory for uploads in loads; the second and third run find nothing left of those before.
func TestUploadsOverlap(t *testing.T) {
	const n, mb = 2 << 20, 1 << 20
	for name, c := range map[string]struct {
		config Config
		want   [][3]int // MiB of each input that have been brought, at each submit but the last
	}{
		"staged": {Config{Staged: true}, [][3]int{{4}, {8}, {8, 4}, {8, 8}, {8, 8, 4}}},
		"mapped": {Config{InPlace: -1}, [][3]int{{8}, {8, 8}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := Validated(t, c.config).(*Device)
			defer d.Close()
			m := &mixture{device: d}
			defer m.close(t)
			p := m.program(t, d, fmt.Sprintf("kernel k\n in x f32[%d], y f32[%[1]d]\n out o f32[%[1]d]\n loop i %[1]d\n o[i] = x[i] - y[i]\n schedule map order i, grain 64", n))
			p.(*Program).setPace(1) // long runs would be cut too
			sum := driver.Arg{Buffer: m.buffer(t, 4*n)}
			var x [3][]float32
			var launches []driver.Launch
			for k := range x {
				x[k] = make([]float32, n)
				launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{{Host: memory32(x[k])}, sum, sum}})
			}
			o := make([]float32, n)
			launches[2].Args[2] = driver.Arg{Host: memory32(o)}
			before := make([]float32, n) // what sum was
			for round := range 3 {
				if err := sum.Buffer.Write(context.Background(), 0, memory32(before)); err != nil {
					t.Fatal(err)
				}
				for i := range n {
					x[0][i], x[1][i], x[2][i] = float32(i+round), float32(i%1000)/3, float32(round)/float32(i+1)
				}
				if seen := watched(t, d, launches); !reflect.DeepEqual(seen, c.want) {
					t.Errorf("round %d: at submits %v MiB had been brought, want %v", round, seen, c.want)
				}
				for i := range n {
					if want := x[2][i] - (x[1][i] - (x[0][i] - before[i])); o[i] != want {
						t.Fatalf("round %d: element %d is %v, want %v", round, i, o[i], want)
					}
				}
			}
			if up, down := d.Traffic(); up != 3*4*8*mb || down != 3*8*mb {
				t.Errorf("%d bytes went up and %d down", up, down)
			}
		})
	}
}

// watched runs three launches and gives how many MiB of each one's first param had been brought when a submit had been made.
func watched(t *testing.T, d *Device, launches []driver.Launch) (seen [][3]int) {
	l, err := d.lanes.take(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	d.lanes.give(l) // the next run takes it again
	err = d.Run(observer{context.Background(), func() {
		if len(l.steps) != len(launches) {
			return // the run begins
		}
		if l.flight == [2]bool{} {
			t.Error("no submit is under way")
		}
		var up [3]int
		for k := range launches {
			up[k] = l.regions[l.access[l.params[l.steps[k].params]].region].up >> 20
		}
		seen = append(seen, up)
	}}, launches)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}
