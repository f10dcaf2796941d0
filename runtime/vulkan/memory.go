//go:build cgo && linux && !novulkan

package vulkan

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	vk "github.com/vulkan-go/vulkan"
)

// Sizes of the blocks that memory is taken from the driver in. Drivers give few allocations, and large ones cost less.
const (
	smallBlock = 64 << 20
	largeBlock = 256 << 20
)

// memory is a device's allocator: blocks of one buffer each, cut into chunks. It is safe for concurrent use.
type memory struct {
	device  vk.Device
	objects *objects
	namer   namer
	types   []memoryType
	bits    uint32 // the types that buffers of ours may lie in, a bit each
	kinds   [purposes]memoryKind
	pointer entry // vkGetMemoryHostPointerPropertiesEXT; 0: there is none
	most    int   // bytes of one allocation
	view    int   // bytes of a view of texels
	limit   int64 // bytes of all; 0: none

	mu     sync.Mutex
	blocks [purposes][]*block
	taken  int64 // bytes of all blocks
}

// newMemory chooses memory types. staged keeps the host out of device memory.
func newMemory(c *candidate, o *objects, limit int64, staged bool) (*memory, error) {
	m := &memory{device: as[vk.Device](o.device), objects: o, most: c.most, view: texelBytes * c.features.MaxTexels, limit: limit}
	var p vk.PhysicalDeviceMemoryProperties
	vk.GetPhysicalDeviceMemoryProperties(c.physical, &p)
	defer p.Free()
	p.Deref()
	for i := range p.MemoryTypeCount {
		t := &p.MemoryTypes[i]
		t.Deref()
		h := &p.MemoryHeaps[t.HeapIndex]
		h.Deref()
		m.types = append(m.types, memoryType{uint32(t.PropertyFlags), int64(h.Size)})
	}
	var err error
	if m.bits, err = m.usable(); err != nil {
		return nil, err
	}
	for use := range purposes {
		k, ok := pick(m.types, m.bits, use, staged)
		if !ok {
			return nil, fmt.Errorf("vulkan: %s: no memory that shaders and the host share", c.Name)
		}
		m.kinds[use] = k
	}
	return m, nil
}

const bufferUsage = uint32(vk.BufferUsageStorageBufferBit | vk.BufferUsageUniformTexelBufferBit |
	vk.BufferUsageTransferSrcBit | vk.BufferUsageTransferDstBit)

// texelBytes are the bytes of a texel, four words.
const texelBytes = 16

// usable gives the memory types that buffers of ours may lie in, a bit each.
func (m *memory) usable() (uint32, error) {
	b, err := m.newBuffer(granule, 0)
	if err != nil {
		return 0, err
	}
	defer m.objects.destroy(objectBuffer, b)
	return m.requirements(b).MemoryTypeBits, nil
}

// newBuffer makes a buffer of n bytes; next is the address of what its structure is chained to, or 0.
func (m *memory) newBuffer(n int, next uint64) (handle, error) {
	b, err := create(m.objects, objectBuffer, bufferInfo{head: head{kind: typeBuffer, next: next}, bytes: uint64(n), usage: bufferUsage})
	if err != nil {
		return 0, fmt.Errorf("vulkan: a buffer of %d bytes: %w", n, err)
	}
	return b, nil
}

func (m *memory) requirements(buffer handle) vk.MemoryRequirements {
	var r vk.MemoryRequirements
	vk.GetBufferMemoryRequirements(m.device, as[vk.Buffer](buffer), &r)
	defer r.Free()
	r.Deref()
	return r
}

// take gives n bytes for a purpose.
func (m *memory) take(n int, use purpose) (chunk, error) {
	if n > m.most-granule {
		return chunk{}, fmt.Errorf("vulkan: %d bytes in one piece: the device gives at most %d", n, m.most)
	}
	n = rounded(n)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.blocks[use] {
		if at, ok := b.space.take(n); ok {
			return chunk{b, part{at, n}}, nil
		}
	}
	b, err := m.newBlock(n, use)
	if err != nil {
		return chunk{}, err
	}
	m.blocks[use] = append(m.blocks[use], b)
	at, _ := b.space.take(n)
	return chunk{b, part{at, n}}, nil
}

// newBlock takes a block from the driver that has n bytes: of the size that the purpose has got to, and when that is refused of n bytes.
func (m *memory) newBlock(n int, use purpose) (*block, error) {
	size := smallBlock << min(len(m.blocks[use]), 2)
	if use != onDevice {
		size /= 16 // what passes through is little, or has a block of its own
	}
	size = max(n, min(size, largeBlock, rounded(int(m.kinds[use].heap/16))))
	b, err := m.allocate(size, use)
	if err != nil && size > n {
		b, err = m.allocate(n, use)
	}
	return b, err
}

func (m *memory) allocate(n int, use purpose) (*block, error) {
	k := m.kinds[use]
	if m.limit > 0 && m.taken+int64(n) > m.limit {
		return nil, &OutOfMemory{Asked: int64(n), Taken: m.taken, Most: m.limit}
	}
	buffer, err := m.newBuffer(n, 0)
	if err != nil {
		return nil, err
	}
	b := &block{purpose: use, serial: serials.Add(1), buffer: buffer, space: newSpace(n)}
	m.namer.name(objectBuffer, buffer, "block %d %v", b.serial, use)
	size := uint64(m.requirements(buffer).Size)
	if b.memory, err = create(m.objects, objectMemory, memoryInfo{head: head{kind: typeMemory}, bytes: size, kind: k.index}); err != nil {
		m.objects.destroy(objectBuffer, buffer)
		if errors.Is(err, vk.Error(vk.ErrorOutOfDeviceMemory)) || errors.Is(err, vk.Error(vk.ErrorOutOfHostMemory)) {
			return nil, &OutOfMemory{Asked: int64(n), Taken: m.taken, Most: k.heap}
		}
		return nil, fmt.Errorf("vulkan: %d bytes of memory: %w", n, err)
	}
	m.taken += int64(n)
	err = b.bind(m.device, k)
	if err == nil {
		err = m.look(b)
	}
	if err != nil {
		m.release(b)
		return nil, err
	}
	return b, nil
}

// look makes the block's view of texels.
func (m *memory) look(b *block) error {
	var err error
	b.texels, err = create(m.objects, objectView, viewInfo{
		head: head{kind: typeView}, buffer: b.buffer, format: uint32(vk.FormatR32g32b32a32Uint), bytes: uint64(b.visible(m)),
	})
	if err != nil {
		return fmt.Errorf("vulkan: %d bytes of texels: %w", b.visible(m), err)
	}
	return nil
}

// visible are the bytes that the block's view of texels has.
func (b *block) visible(m *memory) int { return min(b.space.size, m.view) }

// bind puts the buffer over the memory and lets the host see it.
func (b *block) bind(device vk.Device, k memoryKind) error {
	if r := vk.BindBufferMemory(device, as[vk.Buffer](b.buffer), as[vk.DeviceMemory](b.memory), 0); r != vk.Success {
		return fmt.Errorf("vulkan: vkBindBufferMemory: %w", vk.Error(r))
	}
	if !k.mapped {
		return nil
	}
	var p unsafe.Pointer
	if r := vk.MapMemory(device, as[vk.DeviceMemory](b.memory), 0, vk.DeviceSize(vk.WholeSize), 0, &p); r != vk.Success {
		return fmt.Errorf("vulkan: vkMapMemory of %d bytes: %w", b.space.size, vk.Error(r))
	}
	b.mem = unsafe.Slice((*byte)(p), b.space.size)
	return nil
}

// give takes a chunk back. A block that has become empty goes back to the driver, except for the first of its purpose.
func (m *memory) give(c chunk) {
	if c.block == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c.block.space.give(c.at, c.size)
	list := m.blocks[c.block.purpose]
	if !c.block.space.empty() || c.block == list[0] && c.block.space.size <= largeBlock {
		return
	}
	for i, b := range list {
		if b == c.block {
			m.blocks[b.purpose] = slices.Delete(list, i, i+1)
			m.release(b)
			return
		}
	}
}

// trim gives empty blocks back to the driver, and says whether there were any.
func (m *memory) trim() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	had := false
	for use := range m.blocks {
		m.blocks[use] = slices.DeleteFunc(m.blocks[use], func(b *block) bool {
			if !b.space.empty() {
				return false
			}
			m.release(b)
			had = true
			return true
		})
	}
	return had
}

func (m *memory) release(b *block) {
	m.destroy(b)
	m.taken -= int64(b.space.size)
}

func (m *memory) destroy(b *block) {
	m.objects.destroy(objectView, b.texels)
	m.objects.destroy(objectBuffer, b.buffer)
	m.objects.destroy(objectMemory, b.memory)
}

// close gives all blocks back to the driver; chunks are of no use from then on. It gives the bytes that had not been given back.
func (m *memory) close() (left int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for use := range m.blocks {
		for _, b := range m.blocks[use] {
			left += b.space.size
			for _, p := range b.space.free {
				left -= p.size
			}
			m.release(b)
		}
		m.blocks[use] = nil
	}
	return left
}
