//go:build cgo && linux && !novulkan

package vulkan

import "sync/atomic"

// handle is a Vulkan handle. The binding keeps them as pointers, which they need not be.
type handle uint64

var serials atomic.Uint64

// block is one allocation with a buffer over all of it.
type block struct {
	serial  uint64 // of no other block: drivers give handles again
	purpose purpose
	memory  handle
	buffer  handle
	texels  handle // the buffer, or as much of it as a view may have, seen as texels
	mem     []byte // the host's view; nil: none
	space   space
}

// chunk is a part of a block.
type chunk struct {
	block *block
	part
}

// sub is n bytes of the chunk from at on.
func (c *chunk) sub(at, n int) chunk { return chunk{c.block, part{c.at + at, n}} }

// bytes are the chunk's bytes as the host sees them; nil: it does not.
func (c *chunk) bytes() []byte {
	if c.block == nil || c.block.mem == nil {
		return nil
	}
	return c.block.mem[c.at : c.at+c.size : c.at+c.size]
}
