//go:build cgo && linux && !novulkan

package vulkan

import (
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/tensor"
)

// TestSchedulesOfGPUs runs what is written for GPUs, with teams, subgroups and barriers, on whatever device there is.
func TestSchedulesOfGPUs(t *testing.T) {
	if _, err := Devices(); err != nil {
		t.Skip(err)
	}
	open := func(invocations int) func() driver.Device {
		return func() driver.Device {
			d, err := Open(Config{Fallback: interp.Open(interp.Config{})})
			if err != nil {
				t.Fatal(err)
			}
			f := &d.(*Device).features
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
	drivertest.Random(t, open(1024), 1, 60, written)
	drivertest.Scans(t, open(32), []tensor.DType{tensor.Float32}, written) // large teams take Mesa long to compile
}
