//go:build amd64 && (linux || darwin || freebsd)

package exec

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	writable   = unix.PROT_READ | unix.PROT_WRITE
	executable = unix.PROT_READ | unix.PROT_EXEC
)

// reserve gives address space that cannot be touched yet.
func reserve(bytes int) ([]byte, error) {
	return unix.Mmap(-1, 0, bytes, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

func protect(mem []byte, how int) error { return unix.Mprotect(mem, how) }

// release gives the pages' memory back and makes them untouchable. What the system refuses here costs memory and nothing else.
func release(mem []byte) {
	_ = unix.Mprotect(mem, unix.PROT_NONE)
	_ = unix.Madvise(mem, unix.MADV_DONTNEED)
}

func unmap(mem []byte) { _ = unix.Munmap(mem) }

// Call runs the machine code at fn, an address that Entry gave, with one parameter on the stack as Go's stack calling convention has
// it. The code may use all registers but BP and SP, must leave the upper halves of the vector registers clear, and must not call
// anything. Whatever args leads to must be kept alive by the caller, as must the code.
//
//go:noescape
func Call(fn uintptr, args unsafe.Pointer)
