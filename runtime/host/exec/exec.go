// Package exec is executable memory: machine code goes in, calls go through a trampoline that the Go scheduler can stop at. It never
// makes code, and never works round a system that forbids it.
package exec

import (
	"fmt"
	"sync"
	"unsafe"
)

// Code is machine code in executable memory. It must be kept alive, and not be freed, while it is called.
type Code struct {
	arena *arena
	mem   []byte // whole pages
}

// arenaBytes is the address space of an arena; larger code gets an arena of its own.
const arenaBytes = 1 << 20

// pageBytes is amd64's.
const pageBytes = 4096

// arena is one range of address space, filled from the front with pieces of whole pages. A page is written while it is not executable
// and never again once it is.
type arena struct {
	mem  []byte
	used int // bytes given out
	live int // pieces not freed
}

var (
	mu   sync.Mutex
	open *arena // where new code goes
)

// New copies code into executable memory. The error says that the system forbids it, or that there is no memory.
func New(code []byte) (*Code, error) {
	mu.Lock()
	defer mu.Unlock()
	pages := max(1, (len(code)+pageBytes-1)/pageBytes) * pageBytes
	if open == nil || open.used+pages > len(open.mem) {
		mem, err := reserve(max(pages, arenaBytes))
		if err != nil {
			return nil, fmt.Errorf("no memory for code: %w", err)
		}
		open = &arena{mem: mem}
	}
	a := open
	mem := a.mem[a.used : a.used+pages : a.used+pages]
	a.used += pages
	a.live++
	c := &Code{arena: a, mem: mem}
	if err := c.fill(code); err != nil {
		c.drop()
		return nil, fmt.Errorf("memory cannot be made executable: %w", err)
	}
	return c, nil
}

// fill writes the code and makes it executable; the rest of the pages is INT3, so that nobody runs past the end unseen.
func (c *Code) fill(code []byte) error {
	if err := protect(c.mem, writable); err != nil {
		return err
	}
	for i := copy(c.mem, code); i < len(c.mem); i++ {
		c.mem[i] = 0xcc
	}
	return protect(c.mem, executable)
}

// Entry is the address of the byte at offset.
func (c *Code) Entry(offset int) uintptr {
	return uintptr(unsafe.Pointer(unsafe.SliceData(c.mem))) + uintptr(offset)
}

// Free gives the code up; no call of it may be running. The address space goes when its last code is freed.
func (c *Code) Free() {
	mu.Lock()
	defer mu.Unlock()
	if c.arena != nil {
		c.drop()
	}
}

func (c *Code) drop() {
	a := c.arena
	release(c.mem)
	c.arena, c.mem = nil, nil
	if a.live--; a.live > 0 {
		return
	}
	if a == open {
		open = nil
	}
	unmap(a.mem)
}

var probe = sync.OnceValue(func() error {
	c, err := New([]byte{0xc3}) // RET
	if err != nil {
		return err
	}
	defer c.Free()
	Call(c.Entry(0), nil)
	return nil
})

// Probe runs one return instruction from executable memory, once, and says why that cannot be done here.
func Probe() error { return probe() }
