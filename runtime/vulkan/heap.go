//go:build cgo && linux && !novulkan

package vulkan

// purpose says what memory is for.
type purpose uint8

const (
	onDevice purpose = iota // what shaders work on
	uploads                 // the host writes, the device reads
	readback                // the device writes, the host reads
	purposes
)

func (p purpose) String() string {
	return [purposes]string{"on the device", "for uploads", "for readback"}[p]
}

// memoryKind is a memory type, chosen for a purpose.
type memoryKind struct {
	index  uint32
	mapped bool // the host sees it
	cached bool // the host reads it fast
	heap   int64
}

// memoryType is what a device says of one of its memory types.
type memoryType struct {
	flags uint32
	heap  int64 // bytes of its heap
}

// Bits of memoryType.flags (VkMemoryPropertyFlagBits).
const (
	deviceLocal  = 1
	hostVisible  = 2
	hostCoherent = 4
	hostCached   = 8
	hostSees     = hostVisible | hostCoherent
)

// pick gives the best memory type for a purpose, of those whose bit is set. What the host sees is always coherent: every device has such a
// type. Device memory that the host sees is taken when it is as large as any the device has.
func pick(types []memoryType, bits uint32, use purpose, staged bool) (memoryKind, bool) {
	largest := int64(0)
	for i, t := range types {
		if bits>>i&1 != 0 && t.flags&deviceLocal != 0 {
			largest = max(largest, t.heap)
		}
	}
	best, found := -1, memoryKind{}
	for i, t := range types {
		if bits>>i&1 == 0 {
			continue
		}
		sees := t.flags&hostSees == hostSees
		score := 0
		switch use {
		case onDevice:
			score = 4*count(t.flags&deviceLocal != 0) + 2*count(sees && t.heap == largest && !staged) + count(t.flags&hostCached != 0)
			if t.flags&deviceLocal != 0 && t.heap < largest {
				score = 1
			}
		case uploads:
			score = 4*count(sees) + 2*count(t.flags&hostCached == 0) + count(t.flags&deviceLocal == 0)
		case readback:
			score = 4*count(sees) + 2*count(t.flags&hostCached != 0) + count(t.flags&deviceLocal == 0)
		}
		if use != onDevice && !sees || score <= best {
			continue
		}
		best = score
		found = memoryKind{uint32(i), sees && !(staged && use == onDevice), t.flags&hostCached != 0, t.heap}
	}
	return found, best >= 0
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
