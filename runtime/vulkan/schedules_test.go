//go:build cgo && linux && !novulkan

package vulkan

import (
	"flag"
	"slices"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
)

// TestSchedulesOfGPUs runs what is written for GPUs, with teams, subgroups and barriers, on whatever device there is.
func TestSchedulesOfGPUs(t *testing.T) {
	open := func(invocations int) func() driver.Device {
		return func() driver.Device {
			d := Validated(t, Config{Fallback: interp.Open(interp.Config{})}).(*Device)
			f := &d.features
			f.Type, f.MaxInvocations = spirv.Discrete, min(f.MaxInvocations, invocations)
			return d
		}
	}
	written := func(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
		if e, err := planner.Expand(k, t); err == nil {
			return e, nil
		}
		return k, nil
	}
	if flag.Lookup("long").Value.String() == "true" {
		drivertest.Values(t, open(64), written)
		drivertest.Kernels(t, open(1024), kernels(t, "contractions"), written)
		drivertest.Kernels(t, open(1024), kernels(t, "scans"), written)
		return
	}
	drivertest.Random(t, open(1024), 1, 40, written)
	list := append(kernels(t, "contractions", "deep", "vector", "columns"), kernels(t, "scans", "both", "long", "down")...)
	drivertest.Kernels(t, open(16), list, written) // large workgroups take Mesa long to compile
}

// kernels are those of a file of codegen/spirv's own tests that have one of names; without names all of them.
func kernels(t *testing.T, file string, names ...string) (list []*codegen.Kernel) {
	for _, k := range drivertest.Read(t, "../../codegen/spirv/testdata/"+file+".txt") {
		if len(names) == 0 || slices.Contains(names, k.Name) {
			list = append(list, k)
		}
	}
	return list
}
