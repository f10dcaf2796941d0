package host_test

import (
	"flag"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/runtime/interp"
)

var (
	random = flag.Int("random", 0, "how many random kernels to run, beyond those of the suite")
	first  = flag.Uint64("first", 1000, "the first random kernel's seed")
)

// targets are those whose code this machine runs.
func targets(t testing.TB) []string {
	t.Helper()
	var list []string
	for _, name := range cpu.Targets() {
		d, err := host.Open(host.Config{Target: name, Threads: 1})
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		d.Close()
		list = append(list, name)
	}
	if len(list) == 0 {
		t.Skip("no target runs here")
	}
	return list
}

// opener opens the device as runtime does, with the interpreter for what has no machine code.
func opener(t testing.TB, target string, threads int) func() driver.Device {
	return func() driver.Device {
		d, err := host.Open(host.Config{Target: target, Threads: threads, Fallback: interp.Open(interp.Config{Threads: threads})})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// written writes the formulas out and keeps the schedule. What cannot be written out is a fold that the planner never leaves in a kernel:
// it is the fallback's.
func written(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	if e, err := planner.Expand(k, t); err == nil {
		return e, nil
	}
	return k, nil
}

// planned writes the formulas out and schedules as the planner does.
func planned(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	if e, err := planner.Expand(k, t); err == nil {
		return planner.Schedule(e, t)
	}
	return k, nil
}

func TestConformance(t *testing.T) {
	for _, name := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Run("as written", func(t *testing.T) { drivertest.Run(t, opener(t, name, 3), written) })
			t.Run("as planned", func(t *testing.T) { drivertest.Run(t, opener(t, name, 1), planned) })
		})
	}
}

func TestPacked(t *testing.T) {
	for _, name := range targets(t) {
		drivertest.Packed(t, opener(t, name, 2), 1, 300, written)
		drivertest.Panelled(t, opener(t, name, 2), 1, 100, written)
	}
}

func TestRandom(t *testing.T) {
	for _, name := range targets(t) {
		drivertest.Packed(t, opener(t, name, 2), *first, *random, written)
		drivertest.Panelled(t, opener(t, name, 2), *first, *random, written)
		drivertest.Random(t, opener(t, name, 2), *first, *random, written)
		drivertest.Random(t, opener(t, name, 2), *first, *random, planned)
	}
}
