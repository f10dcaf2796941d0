package host_test

import (
	"flag"
	"slices"
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

// written writes the formulas out and keeps the schedule.
func written(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	e, err := planner.Expand(k, t)
	if err != nil {
		return k, nil // a fold that the planner never leaves in a kernel: the fallback's
	}
	if e == k || k.Nest == codegen.NestNone {
		return e, nil
	}
	e = e.Clone()
	e.Schedule = k.Schedule
	if k.Nest == codegen.NestGett {
		for i := range e.Body {
			if v := &e.Body[i]; v.Kind == codegen.Reduce {
				e.Gett.Sum = i
				e.Gett.A, e.Gett.B = sides(e, i)
			}
		}
	}
	return e, e.Verify()
}

// sides are the factors of the product that value sum folds, that of m first.
func sides(k *codegen.Kernel, sum int) (a, b int) {
	args := k.Body[k.Body[sum].Args[0]].Args
	if k.Depends()[args[0]].Meets(codegen.AxesOf(k.Gett.N...)) {
		return args[1], args[0]
	}
	return args[0], args[1]
}

// planned writes the formulas out and schedules as the planner does.
func planned(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	e, err := planner.Expand(k, t)
	if err != nil {
		return k, nil
	}
	return planner.Schedule(e, t)
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
	}
}

func TestRandom(t *testing.T) {
	for _, name := range targets(t) {
		drivertest.Packed(t, opener(t, name, 2), *first, *random, written)
		drivertest.Random(t, opener(t, name, 2), *first, *random, written)
		drivertest.Random(t, opener(t, name, 2), *first, *random, planned)
	}
}

var _ = slices.Contains[[]int]
