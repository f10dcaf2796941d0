//go:build cgo && linux && !novulkan

package vulkan

import (
	"fmt"
	"sync/atomic"

	vk "github.com/vulkan-go/vulkan"
)

// objectKind is a kind of object (VkObjectType).
type objectKind uint32

const (
	objectSemaphore     objectKind = 5
	objectCommands      objectKind = 6
	objectFence         objectKind = 7
	objectMemory        objectKind = 8
	objectBuffer        objectKind = 9
	objectQueries       objectKind = 12
	objectView          objectKind = 13
	objectModule        objectKind = 15
	objectPipelineCache objectKind = 16
	objectLayout        objectKind = 17
	objectPipeline      objectKind = 19
	objectSetLayout     objectKind = 20
	objectSetPool       objectKind = 22
	objectSet           objectKind = 23
	objectCommandPool   objectKind = 25
	objectKinds         objectKind = 26
)

// makers are the calls that make and destroy objects. What comes from a pool goes with the pool.
var makers = [objectKinds]struct{ create, destroy string }{
	objectSemaphore:     {"vkCreateSemaphore", "vkDestroySemaphore"},
	objectCommands:      {create: "vkAllocateCommandBuffers"},
	objectFence:         {"vkCreateFence", "vkDestroyFence"},
	objectMemory:        {"vkAllocateMemory", "vkFreeMemory"},
	objectBuffer:        {"vkCreateBuffer", "vkDestroyBuffer"},
	objectQueries:       {"vkCreateQueryPool", "vkDestroyQueryPool"},
	objectView:          {"vkCreateBufferView", "vkDestroyBufferView"},
	objectModule:        {"vkCreateShaderModule", "vkDestroyShaderModule"},
	objectPipelineCache: {"vkCreatePipelineCache", "vkDestroyPipelineCache"},
	objectLayout:        {"vkCreatePipelineLayout", "vkDestroyPipelineLayout"},
	objectPipeline:      {"vkCreateComputePipelines", "vkDestroyPipeline"},
	objectSetLayout:     {"vkCreateDescriptorSetLayout", "vkDestroyDescriptorSetLayout"},
	objectSetPool:       {"vkCreateDescriptorPool", "vkDestroyDescriptorPool"},
	objectSet:           {create: "vkAllocateDescriptorSets"},
	objectCommandPool:   {"vkCreateCommandPool", "vkDestroyCommandPool"},
}

// objects makes and destroys the objects of a device, and counts them: every vkCreate* and vkAllocate* with the device passes here.
type objects struct {
	device     handle
	check      func(what string, r vk.Result) error
	calls      [objectKinds]struct{ create, destroy entry }
	made, gone [objectKinds]atomic.Int64
}

// load finds the calls with vkGetDeviceProcAddr.
func (o *objects) load(by entry, d *Device) error {
	o.device, o.check = d.handle, d.check
	for kind, m := range makers {
		for name, fn := range map[string]*entry{m.create: &o.calls[kind].create, m.destroy: &o.calls[kind].destroy} {
			if name == "" {
				continue
			}
			if *fn = lookup(by, o.device, name); *fn == 0 {
				return fmt.Errorf("vulkan: %s: the driver has no %s", d.Name, name)
			}
		}
	}
	return nil
}

// make calls what makes objects of a kind, n of them, with the device and args.
func (o *objects) make(kind objectKind, n int, args ...uint64) error {
	all := [10]uint64{uint64(o.device)}
	copy(all[1:], args)
	if err := o.check(makers[kind].create, o.calls[kind].create.result(all[:]...)); err != nil {
		return err
	}
	o.made[kind].Add(int64(n))
	return nil
}

// create makes an object of a kind as info says, the kind's structure.
func create[T any](o *objects, kind objectKind, info T) (handle, error) {
	in, out := allocate[T](1), allocate[handle](1)
	defer func() { free(in); free(out) }()
	in[0] = info
	if err := o.make(kind, 1, address(&in[0]), 0, address(&out[0])); err != nil {
		return 0, err
	}
	return out[0], nil
}

// destroy destroys an object; of handle 0 there is none.
func (o *objects) destroy(kind objectKind, h handle) {
	if h != 0 {
		o.calls[kind].destroy.call(uint64(o.device), uint64(h), 0)
		o.gone[kind].Add(1)
	}
}
