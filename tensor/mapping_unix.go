//go:build linux || darwin

package tensor

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps size bytes of f, to be read only.
func mapFile(f *os.File, size int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
}

func unmapFile(mem []byte) error { return unix.Munmap(mem) }
