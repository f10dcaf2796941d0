//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"slices"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/runtime/driver"
)

// TestOneSubmit runs twenty kernels through device memory: they are recorded once, with a barrier only before those that must wait.
func TestOneSubmit(t *testing.T) {
	d := Validated(t, Config{}).(*Device)
	defer d.Close()
	k, err := codegen.Parse("kernel k\n in x f32[64]\n out o f32[64]\n loop i 64\n o[i] = x[i] + 1\n schedule map order i, grain 64")
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Alloc(20 * 256)
	if err != nil {
		t.Fatal(err)
	}
	at := func(i int) driver.Arg { return driver.Arg{Buffer: b, Offset: 256 * i} }
	var launches []driver.Launch
	for i := range 10 { // five chains of two: 0->5, 5->10; 1->6 ...
		launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{at(i), at(i + 5)}})
	}
	for i := range 10 { // each of its own
		launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{at(i), at(i)}})
	}
	l, err := d.lanes.take(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.launches = launches
	if err := l.prepare(); err != nil {
		t.Fatal(err)
	}
	var waits []int
	for i := range l.steps {
		if l.steps[i].barrier {
			waits = append(waits, i)
		}
	}
	if !slices.Equal(waits, []int{5, 15}) { // 5 reads what 0 wrote; 15 writes what 5 read
		t.Errorf("barriers before %v, want before 5 and 15", waits)
	}
	d.lanes.give(l)
	for range 2 {
		if err := d.Run(context.Background(), launches); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.lanes.resting) != 1 || !d.lanes.resting[0].recordings[0].recorded {
		t.Error("what was recorded is not kept")
	}
}

// TestPaceOfRepeatedPrograms learns from a run of many short launches of two programs in turn: what one launch is thought to take is
// corrected once, or the next runs would be cut into far too many submits, or none.
func TestPaceOfRepeatedPrograms(t *testing.T) {
	c := &code{module: &spirv.Module{Passes: []spirv.Pass{{Groups: [3]uint32{1, 1, 1}}}}}
	two := [2]*Program{{code: c}, {code: c}}
	l := new(lane)
	for i := range 1000 {
		l.steps = append(l.steps, step{program: two[i%2]})
	}
	for _, p := range two {
		p.setPace(1e3)
	}
	l.learn(latency + 2e6) // 1000 launches thought to take 1 ms
	for _, p := range two {
		if got := p.perGroup(); got != 2e3 {
			t.Errorf("a launch is thought to take %v ns, want 2000", got)
		}
	}
}
