//go:build cgo && linux && !novulkan

package vulkan

import (
	"fmt"
	"syscall"
	"unsafe"

	vk "github.com/vulkan-go/vulkan"

	"github.com/einloom/einloom/codegen/spirv"
)

// A device that is a processor can work on the host's memory where it lies (VK_EXT_external_memory_host), so that nothing is copied. What it
// needs of it are whole pages. Their other bytes belong to somebody else, but no shader reaches them: loads and stores are of elements.
//
// A driver for a processor takes a loan as a range of addresses, which it follows only while a run works on it, so a loan may be kept for the
// next run with data at the same place, whoever has that memory in between. On GPUs drivers pin the pages that there are, and nothing would
// tell when other pages have come in their place; there everything is copied.
//
// The memory must be there until the device has finished, so runs that can be cancelled, which leave the device at work, borrow nothing.

// loan is a stretch of the host's memory as a block of the device's.
type loan struct {
	lo, hi int // addresses
	block  *block
}

// loans is how many a lane keeps. The one that was not used for the longest makes room.
const loans = 32

// lendsFrom gives the bytes that host memory must have to be worked on where it lies; 0: it never is.
func (c *candidate) lendsFrom(o *Config) int {
	switch {
	case c.features.Type != spirv.CPU, o.Staged, o.InPlace < 0, !c.has(extHostMemory), c.page == 0 || syscall.Getpagesize()%c.page != 0:
		return 0
	case o.InPlace > 0:
		return o.InPlace
	}
	return inPlace
}

// inPlace is the bytes from which making a loan takes less time than a copy.
const inPlace = 256 << 10

// borrow gives a region a block over its pages where the device may work there; otherwise it stays without.
func (l *lane) borrow(r *region) {
	d := l.device
	if d.lends == 0 || r.hi-r.lo < d.lends || l.cancellable || l.lent >= loans {
		return
	}
	lo, hi := r.lo&^(d.page-1), (r.hi+d.page-1)&^(d.page-1)
	if hi-lo > min(d.memory.most, d.memory.view) {
		return
	}
	b := l.loaned(lo, hi)
	if b == nil {
		return
	}
	l.lent++
	l.pinner.Pin(unsafe.SliceData(l.access[r.first].host))
	r.block, r.at = b, r.lo-lo
}

// loaned gives a block over the host's memory between two addresses, one that the lane keeps or a new one; nil: the driver refuses.
func (l *lane) loaned(lo, hi int) *block {
	for i, o := range l.loans {
		if o.lo == lo && o.hi == hi {
			l.loans = append(append(l.loans[:i], l.loans[i+1:]...), o)
			return o.block
		}
	}
	b, err := l.device.memory.over(lo, hi-lo)
	if err != nil {
		return nil
	}
	if len(l.loans) == loans {
		l.device.memory.destroy(l.loans[0].block)
		l.loans = append(l.loans[:0], l.loans[1:]...)
	}
	l.loans = append(l.loans, loan{lo, hi, b})
	return b
}

// giveBack ends the run's hold on the host's memory, once the device has finished with it.
func (l *lane) giveBack() {
	if l.lent > 0 {
		l.done(1 << 62) // after a failure there may be submits under way; a lost device is not at work
		l.lent = 0
	}
	l.pinner.Unpin()
}

// over makes a block over n bytes of the host's memory, whole pages from an address on.
func (m *memory) over(lo, n int) (*block, error) {
	kind, err := m.kindAt(lo)
	if err != nil {
		return nil, err
	}
	args := allocate[struct {
		buffer externalBufferInfo
		memory importInfo
	}](1)
	defer free(args)
	args[0].buffer = externalBufferInfo{head: head{kind: typeExternalBuffer}, handles: hostAllocation}
	args[0].memory = importInfo{head: head{kind: typeImport}, handle: hostAllocation, at: uint64(lo)}
	b := &block{serial: serials.Add(1), space: newSpace(n)}
	if b.buffer, err = m.newBuffer(n, address(&args[0].buffer)); err != nil {
		return nil, err
	}
	m.namer.name(objectBuffer, b.buffer, "block %d of the host's", b.serial)
	b.memory, err = create(m.objects, objectMemory, memoryInfo{head: head{kind: typeMemory, next: address(&args[0].memory)}, bytes: uint64(n), kind: kind})
	if err == nil {
		err = b.bind(m.device, memoryKind{})
	}
	if err == nil {
		err = m.look(b)
	}
	if err != nil {
		m.destroy(b)
		return nil, err
	}
	return b, nil
}

// kindAt gives the memory type that host memory at an address has for the device.
func (m *memory) kindAt(lo int) (uint32, error) {
	out := allocate[pointerProperties](1)
	defer free(out)
	out[0].head.kind = typePointerProperties
	if r := m.pointer.result(uint64(m.objects.device), hostAllocation, uint64(lo), address(&out[0])); r != vk.Success {
		return 0, fmt.Errorf("vulkan: vkGetMemoryHostPointerPropertiesEXT: %w", vk.Error(r))
	}
	k, ok := pick(m.types, m.bits&out[0].types, uploads, false)
	if !ok {
		return 0, fmt.Errorf("vulkan: the host's memory has no type for buffers")
	}
	return k.index, nil
}
