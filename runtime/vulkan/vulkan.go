// Package vulkan is the device that runs SPIR-V on GPUs, and on processors that have a Vulkan driver: loader, memory, pipelines, submits.
// It never looks inside a kernel: what to bind, to push and to dispatch is data that codegen/spirv gives.
package vulkan

import (
	"fmt"

	"github.com/einloom/einloom/internal/cachefile"
	"github.com/einloom/einloom/runtime/driver"
)

// Config says how to open the device. The zero value takes the best device there is.
type Config struct {
	// Index is the device to take, in the order of Devices, from 0.
	Index int
	// MemoryLimit is the most bytes of memory to take from the driver; 0: what the driver gives.
	MemoryLimit int64
	// Fallback runs the kernels that the generator has no code for (runtime gives the interpreter). It is closed with the device.
	Fallback driver.Device
	// Missed is told of each kernel that went to Fallback, and why; nil: nobody is.
	Missed func(kernel string, why error)
	// Message turns on Khronos' validation layer and is told what that finds wrong; nil: no validation. Where the layer is not installed, Open
	// says so. Message is called from any thread, from several at once, within calls of the driver.
	Message func(text string)
	// Staged copies data through memory of the host's even where device memory can be mapped, as a GPU without such memory needs it.
	Staged bool
	// Fences waits for the device by fences even where there are timeline semaphores, as it does on devices without.
	Fences bool
	// InPlace is the bytes from which a device that is a processor works on the host's data where it lies, in runs that cannot be cancelled; 0:
	// as many as make it pay; negative: it never does.
	InPlace int
	// Cache keeps what drivers compile for the next process; nil: it is forgotten.
	Cache *cachefile.Folder
	// Damaged is told of files of Cache that are not what was left there, and of those that cannot be written; nil: nobody is.
	Damaged func(error)
}

// CacheKind is the kind of the files in Config.Cache.
const CacheKind = "Vulkan pipelines 1"

// Info is one device that Open can take.
type Info struct {
	Name string // "llvmpipe (LLVM 15.0.6, 256 bits)"
	Kind string // "discrete GPU", "integrated GPU", "virtual GPU", "processor", "other"
	API  string // the version of Vulkan that it has, "1.3.238"
}

// OutOfMemory says that the device has no memory left.
type OutOfMemory struct {
	Asked int64 // bytes asked for
	Taken int64 // bytes taken before
	Most  int64 // bytes of the heap, or Config.MemoryLimit
}

func (e *OutOfMemory) Error() string {
	return fmt.Sprintf("vulkan: out of device memory: %.3f MB asked for, %.3f of %.3f MB taken", float64(e.Asked)/1e6, float64(e.Taken)/1e6, float64(e.Most)/1e6)
}
