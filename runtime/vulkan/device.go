//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	vk "github.com/vulkan-go/vulkan"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/runtime/driver"
)

// Device implements driver.Device with Vulkan. It is safe for concurrent use.
type Device struct {
	candidate
	target    codegen.Target
	fallback  driver.Device
	missed    func(string, error)
	validator *validator
	handle    handle
	queue     handle
	fn        functions
	objects   objects
	memory    *memory
	codes     codeCache
	lanes     laneList
	lost      atomic.Bool
	lends     int // bytes that host memory must have to be worked on where it lies; 0: it never is
	traffic   traffic
	namer     namer

	queueMu sync.Mutex // a queue takes one submit at a time

	mu     sync.RWMutex // held for reading by whatever uses the device, for writing by Close
	closed bool
}

var (
	errClosed  = errors.New("vulkan: the device is closed")
	errForeign = errors.New("vulkan: a program of another device")
)

// functions are the device's entry points that go through the shim.
type functions struct {
	updateSets, resetPool                                                           entry
	begin, end, bindPipeline, bindSets, push, barrier, copyBuffer, dispatch, launch entry
	submit, waitFences, resetFences                                                 entry
	waitSemaphores                                                                  entry // 0: the device has no timeline semaphores, or is not to use them
	cacheData                                                                       entry
	resetQueries, stamp, queryResults                                               entry
}

// Open gives the device, or says what is missing and how to get it.
func Open(c Config) (driver.Device, error) {
	var v *validator
	instance, err := theInstance()
	if err == nil && c.Message != nil {
		if v, err = newValidator(c.Message); err == nil {
			instance = v.instance
		}
	}
	if err != nil {
		return nil, err
	}
	d, err := open(c, instance)
	if err != nil {
		if v != nil {
			v.close()
		}
		return nil, err
	}
	d.validator = v
	return d, nil
}

func open(c Config, instance handle) (*Device, error) {
	list, err := candidates(instance)
	if err != nil {
		return nil, err
	}
	if c.Index < 0 || c.Index >= len(list) {
		return nil, fmt.Errorf("vulkan: there is no device %d; there are %d, numbered from 0", c.Index, len(list))
	}
	d := &Device{candidate: *list[c.Index], fallback: c.Fallback, missed: c.Missed}
	if d.handle, err = d.open(instance); err != nil {
		return nil, err
	}
	if err := d.start(c, instance); err != nil {
		vk.DestroyDevice(d.vk(), nil)
		return nil, err
	}
	return d, nil
}

// start gets what an opened device needs.
func (d *Device) start(c Config, instance handle) error {
	if err := d.load(instance); err != nil {
		return err
	}
	if d.timeline && !c.Fences {
		d.fn.waitSemaphores = d.function(instance, "vkWaitSemaphoresKHR")
	}
	var q vk.Queue
	vk.GetDeviceQueue(d.vk(), d.family, 0, &q)
	d.queue = handleOf(q)
	d.target = d.features.Target()
	var err error
	if d.memory, err = newMemory(&d.candidate, &d.objects, c.MemoryLimit, c.Staged); err != nil {
		return err
	}
	if d.lends = d.lendsFrom(&c); d.lends > 0 {
		d.memory.pointer = d.function(instance, "vkGetMemoryHostPointerPropertiesEXT")
	}
	if c.Message != nil { // the instance has the extension
		d.namer = namer{d.handle, lookup(process.proc, instance, "vkSetDebugUtilsObjectNameEXT")}
		d.memory.namer = d.namer
	}
	d.target.Memory = int(d.memory.kinds[onDevice].heap)
	d.codes.start(d, newShelf(d, &c))
	return nil
}

// vk is the device as the binding has it.
func (d *Device) vk() vk.Device { return as[vk.Device](d.handle) }

// function gives an entry point of an extension that the device has.
func (d *Device) function(instance handle, name string) entry {
	return lookup(lookup(process.proc, instance, "vkGetDeviceProcAddr"), d.handle, name)
}

// load finds the entry points.
func (d *Device) load(instance handle) error {
	by := lookup(process.proc, instance, "vkGetDeviceProcAddr")
	f := &d.fn
	for name, fn := range map[string]*entry{
		"vkUpdateDescriptorSets": &f.updateSets, "vkResetDescriptorPool": &f.resetPool, "vkBeginCommandBuffer": &f.begin,
		"vkEndCommandBuffer": &f.end, "vkCmdBindPipeline": &f.bindPipeline, "vkCmdBindDescriptorSets": &f.bindSets, "vkCmdPushConstants": &f.push,
		"vkCmdPipelineBarrier": &f.barrier, "vkCmdCopyBuffer": &f.copyBuffer, "vkCmdDispatch": &f.dispatch, "vkCmdDispatchBase": &f.launch,
		"vkQueueSubmit": &f.submit, "vkWaitForFences": &f.waitFences, "vkResetFences": &f.resetFences, "vkGetPipelineCacheData": &f.cacheData,
		"vkCmdResetQueryPool": &f.resetQueries, "vkCmdWriteTimestamp": &f.stamp, "vkGetQueryPoolResults": &f.queryResults,
	} {
		if *fn = lookup(by, d.handle, name); *fn == 0 {
			return fmt.Errorf("vulkan: %s: the driver has no %s", d.Name, name)
		}
	}
	return d.objects.load(by, d)
}

// Target describes the device to the planner.
func (d *Device) Target() codegen.Target { return d.target }

// Describe says which device it is.
func (d *Device) Describe() Info { return d.Info }

// Capabilities are what the generator knows of the device.
func (d *Device) Capabilities() spirv.Capabilities { return d.features }

// usable says why nothing can be done with the device any more; the caller holds d.mu.
func (d *Device) usable() error {
	switch {
	case d.closed:
		return errClosed
	case d.lost.Load():
		return d.errLost()
	}
	return nil
}

func (d *Device) errLost() error {
	return fmt.Errorf("vulkan: %s is lost: its driver has given it up (a fault, or work that took too long); open a new session", d.Name)
}

// check makes a result an error. A device that is lost stays lost.
func (d *Device) check(what string, r vk.Result) error {
	switch r {
	case vk.Success:
		return nil
	case vk.ErrorDeviceLost:
		d.lost.Store(true)
		return d.errLost()
	case vk.ErrorOutOfDeviceMemory, vk.ErrorOutOfHostMemory:
		return fmt.Errorf("vulkan: %s: the driver is out of memory (%w)", what, vk.Error(r))
	}
	return fmt.Errorf("vulkan: %s: %w", what, vk.Error(r))
}

// Compile gives k's program: a pipeline, shared with all kernels of the same text, or a program of the fallback device.
func (d *Device) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if err := d.usable(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if k.Routine != nil && d.fallback != nil {
		return d.fallback.Compile(ctx, k)
	}
	p, err := d.newProgram(k)
	if err == nil {
		return p, nil
	}
	var missing *spirv.Missing
	if d.fallback == nil || !errors.As(err, &missing) {
		return nil, fmt.Errorf("vulkan: kernel %s: %w", k.Name, err)
	}
	if d.missed != nil {
		d.missed(k.Name, err)
	}
	return d.fallback.Compile(ctx, k)
}

// Alloc gives device memory. An *OutOfMemory says when there is none left.
func (d *Device) Alloc(bytes int) (driver.Buffer, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if err := d.usable(); err != nil {
		return nil, err
	}
	switch {
	case bytes < 0:
		return nil, fmt.Errorf("vulkan: a buffer of %d bytes", bytes)
	case bytes == 0:
		return &Buffer{device: d}, nil
	}
	c, err := d.take(bytes, onDevice)
	if err != nil {
		return nil, err
	}
	return &Buffer{device: d, chunk: c, bytes: bytes}, nil
}

// take is memory.take that, when there is none left, first lets go of what nobody needs.
func (d *Device) take(bytes int, use purpose) (chunk, error) {
	c, err := d.memory.take(bytes, use)
	var none *OutOfMemory
	if !errors.As(err, &none) {
		return c, err
	}
	d.lanes.trim()
	if !d.memory.trim() {
		return c, err
	}
	return d.memory.take(bytes, use)
}

// Close waits for running launches and gives back everything.
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errClosed
	}
	d.closed = true
	vk.DeviceWaitIdle(d.vk()) // of cancelled runs, whose work goes on; a lost device is idle
	d.lanes.close()
	d.codes.close()
	d.memory.close()
	vk.DestroyDevice(d.vk(), nil)
	if d.validator != nil {
		d.validator.close()
	}
	if d.fallback != nil {
		return d.fallback.Close()
	}
	return nil
}

// Buffer is device memory as driver.Buffer.
type Buffer struct {
	device *Device
	chunk  chunk
	bytes  int
}

// Bytes is the buffer's size.
func (b *Buffer) Bytes() int { return b.bytes }

// Close gives the memory back, once nothing on the device uses it.
func (b *Buffer) Close() error {
	d := b.device
	d.mu.RLock()
	defer d.mu.RUnlock()
	if c := b.chunk; c.block != nil && !d.closed {
		d.lanes.retire(func() { d.memory.give(c) })
	}
	b.chunk, b.bytes = chunk{}, 0
	return nil
}

var (
	_ driver.Device = (*Device)(nil)
	_ driver.Remote = (*Device)(nil)
)
