package aot

import (
	"unsafe"

	"github.com/einloom/einloom/tensor"
)

// Arg is an array as a function takes it.
type Arg struct {
	mem []byte
	len int // elements
}

// Of is the elements of s, in place.
func Of[T tensor.Element](s []T) Arg {
	bytes := len(s) * tensor.TypeOf[T]().Size()
	return Arg{unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), bytes), len(s)}
}

// meets says whether the two have a byte in common.
func (a *Arg) meets(b *Arg) bool {
	if len(a.mem) == 0 || len(b.mem) == 0 {
		return false
	}
	from, at := uintptr(unsafe.Pointer(&a.mem[0])), uintptr(unsafe.Pointer(&b.mem[0]))
	return from < at+uintptr(len(b.mem)) && at < from+uintptr(len(a.mem))
}
