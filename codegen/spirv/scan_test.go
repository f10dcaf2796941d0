package spirv

import (
	"bytes"
	"testing"

	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
)

// TestScans compares scans of small whole numbers, which are exact in any order, with the interpreter's to the bit: as they are written for CPUs and
// for GPUs, with subgroups and without, in small workgroups and large ones, in packets and without.
func TestScans(t *testing.T) {
	small, steps, plain := packing(Desktop()), Desktop(), Lavapipe()
	small.MaxInvocations = 32
	steps.MaxInvocations, steps.SubgroupArithmetic = 64, false
	for _, k := range drivertest.Read(t, "testdata/scans.txt") {
		for i, c := range []*Capabilities{packing(Lavapipe()), plain, small, packing(Desktop()), steps} {
			k, err := planner.Expand(k, c.Target())
			if err != nil {
				t.Fatal(err)
			}
			want, got := wholeNumbers(k), wholeNumbers(k)
			runOn(t, interp.Open(interp.Config{}), k, want)
			runOn(t, emulated{c, interp.Open(interp.Config{})}, k, got)
			for p := range k.Params {
				if k.Params[p].Out && !bytes.Equal(want[p].Host, got[p].Host) {
					t.Errorf("device %d: kernel %s: %s differs", i, k.Name, k.Params[p].Name)
				}
			}
		}
	}
}
