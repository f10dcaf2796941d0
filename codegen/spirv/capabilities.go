package spirv

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// DeviceType is VkPhysicalDeviceType as far as schedules differ by it.
type DeviceType uint8

// The device types.
const (
	CPU        DeviceType = iota // lanes of vectors; barriers and shared memory cost much
	Integrated                   // a GPU that shares the host's memory; virtual GPUs count as such
	Discrete                     // a GPU with memory of its own
)

// Capabilities are what the generator asks about a device, as plain data: tests make them without a device. Each field is named after
// the Vulkan feature or limit that it holds. The zero value is a device that has nothing; Lavapipe and Desktop are two that have a lot.
type Capabilities struct {
	Name string
	Type DeviceType

	ShaderFloat64 bool
	ShaderInt64   bool
	Storage16     bool // storageBuffer16BitAccess
	Storage8      bool // storageBuffer8BitAccess

	SubgroupArithmetic bool // subgroups of compute shaders have VK_SUBGROUP_FEATURE_BASIC_BIT and _ARITHMETIC_BIT

	// Float controls (VK_KHR_shader_float_controls) for 32 and 64 bits: what is there is asked for.
	RoundingModeRTE32, RoundingModeRTE64                   bool
	SignedZeroInfNanPreserve32, SignedZeroInfNanPreserve64 bool
	DenormPreserve32, DenormPreserve64                     bool

	MaxStorageBufferRange int // bytes
	MaxStorageBuffers     int // maxPerStageDescriptorStorageBuffers
	MaxTexels             int // maxTexelBufferElements
	MaxPushConstantsSize  int // bytes
	MaxSharedMemory       int // maxComputeSharedMemorySize, bytes
	MaxInvocations        int // maxComputeWorkGroupInvocations
	MaxGroups             int // maxComputeWorkGroupCount[0]

	always bool // in packets however few points there are, for tests

	Units int // cores of a CPU, compute units of a GPU; 0: unknown. Results do not depend on it.
}

// Lavapipe are the capabilities of Mesa 22.3.6's CPU device, which tests run on.
func Lavapipe() *Capabilities {
	return &Capabilities{
		Name: "llvmpipe", Type: CPU, ShaderFloat64: true, ShaderInt64: true, Storage16: true, Storage8: true,
		SubgroupArithmetic: true, RoundingModeRTE32: true, RoundingModeRTE64: true, SignedZeroInfNanPreserve32: true, SignedZeroInfNanPreserve64: true,
		MaxStorageBufferRange: 128 << 20, MaxStorageBuffers: 32, MaxTexels: 128 << 20, MaxPushConstantsSize: 128, MaxSharedMemory: 32 << 10,
		MaxInvocations: 1024, MaxGroups: 65535, Units: 2,
	}
}

// Desktop are the capabilities of a common discrete GPU.
func Desktop() *Capabilities {
	c := *Lavapipe()
	c.Name, c.Type = "desktop", Discrete
	c.DenormPreserve32, c.DenormPreserve64 = true, true
	c.MaxStorageBufferRange, c.MaxStorageBuffers, c.MaxPushConstantsSize, c.Units = 1<<32-1, 1<<20, 256, 64
	return &c
}

// Target describes the device to the planner. Peak, bandwidth, launch time, and where they are unknown the units, are those of a common device
// of the type (a CPU device stores one lane after the other; what shares the host's memory is copied within it); a machine that knows better
// replaces them.
func (c *Capabilities) Target() codegen.Target {
	t := codegen.Target{
		Name: "vulkan", Vector: 16, Registers: 32, L1: 32 << 10, L2: 1 << 20, Threads: max(c.Units, 1), Flops: 10e9, Bandwidth: 8e9,
		Launch: 15e-6, Bus: 8e9, Start: 100e-6, Array: c.MaxStorageBufferRange, Native: c.native,
	}
	units := 1
	switch c.Type {
	case Integrated:
		units, t.Flops, t.Bandwidth, t.Launch, t.Start = 8, 100e9, 50e9, 8e-6, 50e-6
	case Discrete:
		units, t.Flops, t.Bandwidth, t.Launch, t.Bus, t.Start = 32, 200e9, 500e9, 5e-6, 12e9, 50e-6
	}
	if c.Units == 0 {
		t.Threads = units
	}
	return t
}

// native says whether code is written for a core operation on d. Halves are computed as float32 and complex numbers as pairs, which the
// planner writes out.
func (c *Capabilities) native(name string, d tensor.DType) bool {
	if d.IsComplex() || d == tensor.Float64 && !c.ShaderFloat64 || d.IsInt() && d.Size() == 8 && !c.ShaderInt64 {
		return false
	}
	switch name {
	case "scan":
		return true
	case "load", "gather":
		return (d.Size() > 1 || c.Storage8) && (d.Size() != 2 || c.Storage16) && (name == "load" || c.ShaderInt64)
	}
	o := op.Lookup(name)
	return o != nil && o.Native(d)
}
