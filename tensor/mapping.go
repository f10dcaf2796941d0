package tensor

import (
	"fmt"
	"os"
	"sync"
)

// mapping is a file in memory, shared by a tensor and its views.
type mapping struct {
	mem  []byte // the whole file
	once sync.Once
	err  error
}

// Map sees the array of a .npy file in place: nothing is read until it is used, and the memory is the operating system's cache of the
// file. The tensor is read-only, and so is what Data gives of it: writing there ends the program with a memory fault, and so does reading
// after Close, or after somebody has shortened the file. Give the mapping back with Close; the garbage collector does not.
//
// What cannot be used in place is read as Load does, and ReadOnly of the result is false: the other byte order, elements off their
// alignment, bools other than 0 and 1, pipes, and any array where the system has no mappings. Errors are Load's.
func Map(path string) (*Tensor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	defer f.Close()
	t, err := mapOpen(f)
	if err != nil {
		return nil, fmt.Errorf("tensor: %s: %w", path, err)
	}
	return t, nil
}

// mapOpen maps f, or loads it.
func mapOpen(f *os.File) (*Tensor, error) {
	size, err := length(f)
	if err != nil {
		return nil, err
	}
	if size < 0 {
		return loadFile(f)
	}
	h, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	if err := h.checkLength(size); err != nil {
		return nil, err
	}
	if t := h.inPlace(f, size); t != nil {
		return t, nil
	}
	t, err := readElements(f, h, true)
	if err != nil {
		return nil, err
	}
	return t, atEnd(f)
}

// inPlace is the array of f, mapped; nil if it cannot be used so.
func (h *header) inPlace(f *os.File, size int64) *Tensor {
	if !h.native() || h.start%int64(h.dtype.unit()) != 0 || h.bytes() == 0 {
		return nil
	}
	mem, err := mapFile(f, int(size))
	if err != nil {
		return nil // some file systems have no mappings
	}
	m := &mapping{mem: mem}
	t, err := FromBytes(mem[h.start:], h.dtype, h.shape, h.strides(), 0)
	if err != nil || h.dtype == Bool && !areBools(mem[h.start:]) {
		m.close()
		return nil
	}
	t.mapped = m
	return t
}

func areBools(mem []byte) bool {
	for _, b := range mem {
		if b > 1 {
			return false
		}
	}
	return true
}

// Close gives back the file that t is a mapping of (see Map). Neither t nor any tensor or slice that shares its memory may be used
// afterwards. It does nothing for other tensors, and nothing the second time.
func (t *Tensor) Close() error {
	if t.mapped == nil {
		return nil
	}
	if err := t.mapped.close(); err != nil {
		return fmt.Errorf("tensor: unmapping: %w", err)
	}
	return nil
}

func (m *mapping) close() error {
	m.once.Do(func() { m.err = unmapFile(m.mem) })
	return m.err
}
