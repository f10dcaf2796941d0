package codegen

import (
	"github.com/einloom/einloom/tensor"
)

// Target describes a device to the planner and its generator as plain data, so that both are tested without the device.
type Target struct {
	Name       string                                 // "amd64+avx2", "amd64+avx512", "interp", "vulkan"
	Vector     int                                    // bytes in a vector register; 0: no vectors
	Registers  int                                    // vector registers
	L1, L2, L3 int                                    // data cache bytes of one core, one core, all cores; how sums are cut depends on L1, which is the same for all machines of a name
	Threads    int                                    // workers
	Flops      float64                                // peak f32 FLOP/s of one worker
	Bandwidth  float64                                // bytes/s of all workers
	Launch     float64                                // seconds a kernel launch costs
	Bus        float64                                // bytes/s between the host's memory and the device's; 0: the device works in the host's
	Start      float64                                // seconds that a run takes besides its launches: handing over and waiting
	Memory     int                                    // bytes of the device's own memory; 0: unknown, or it is the host's
	Array      int                                    // bytes of the largest array that a kernel takes; 0: any
	Rates      Rates                                  // what kernels reach, where it was measured
	Native     func(name string, d tensor.DType) bool // whether core op name on d is native ("load": arrays of d, "gather": at run-time indices); what is not runs through the interpreter
}
