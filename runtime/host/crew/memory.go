package crew

import "unsafe"

// align is the boundary that buffers, panels and constants start at: a cache line and the widest vector.
const align = 64

// Aligned gives n bytes that start on a 64-byte boundary, cleared, on the Go heap (which does not move).
func Aligned(n int) []byte {
	if n == 0 {
		return nil
	}
	b := make([]byte, n+align-1)
	shift := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (align - 1))
	return b[shift : shift+n : shift+n]
}
