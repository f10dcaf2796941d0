package crew

import (
	"unsafe"

	"github.com/einloom/einloom/runtime/driver"
)

// arguments is what machine code sees: cpu.Args as a Go struct, its pointers visible to the collector.
type arguments struct {
	pool, scratch, temp, ptrs, nums unsafe.Pointer
	lo, hi                          int64
	vars                            [7]int64
	fault                           int64
	faulty                          [8]int64
}

// Lane is one worker's own memory: its arguments and scratch. It is used by one goroutine at a time.
type Lane struct {
	args    arguments
	scratch []byte
	temp    []byte // the run's shared memory, when this lane is the caller's
	ptrs    []unsafe.Pointer
	next    *Lane // in the free list
}

// reserve grows b to n bytes; what it held is lost.
func reserve(b *[]byte, n int) unsafe.Pointer {
	if len(*b) < n {
		*b = Aligned(n)
	}
	return unsafe.Pointer(unsafe.SliceData(*b))
}

// point makes the lane's list of addresses n long.
func (l *Lane) point(n int) {
	if cap(l.ptrs) < n {
		l.ptrs = make([]unsafe.Pointer, n, max(n, 16))
	}
	l.ptrs = l.ptrs[:n]
}

// enter writes what stays the same over a launch.
func (l *Lane) enter(k *Kernel, ptrs []unsafe.Pointer, temp unsafe.Pointer) {
	l.args.pool = unsafe.Pointer(unsafe.SliceData(k.Pool))
	l.args.scratch = reserve(&l.scratch, k.Scratch)
	l.args.temp = temp
	l.args.ptrs = unsafe.Pointer(unsafe.SliceData(ptrs))
	l.args.nums = unsafe.Pointer(unsafe.SliceData(k.Nums))
}

// leave forgets the launch's pointers, so that a resting lane keeps no user's memory alive.
func (l *Lane) leave() { l.args = arguments{} }

// call runs one piece. It gives the index that was found to be out of range, nil if there was none. Its own stack check is where the
// scheduler and the collector stop a goroutine that calls machine code in a loop: it must not be inlined into that loop.
//
//go:noinline
func (l *Lane) call(k *Kernel, ph *Phase, piece int) *driver.IndexError {
	lo := piece * ph.Grain
	l.args.lo, l.args.hi = int64(lo), int64(min(lo+ph.Grain, ph.Points))
	ph.Call(unsafe.Pointer(&l.args))
	if l.args.fault == 0 {
		return nil
	}
	check := k.Checks[l.args.fault-1]
	l.args.fault = 0
	return &driver.IndexError{Kernel: k.Name, Of: check.Of, Index: l.args.faulty[0], Extent: check.Extent}
}
