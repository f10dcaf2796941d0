//go:build cgo && linux && !novulkan

package vulkan

// What the binding gets wrong or lacks: calls whose arguments hold pointers (its copies of them may be freed while the call runs), and all of
// Vulkan after 1.0. Entry points are looked up by name and called with 64-bit numbers; the structs that they take are laid out in layout.go, in
// memory of C's, which the collector neither moves nor frees.

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

typedef void (*entry)(void);
typedef uint64_t (*call10)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

// loader_symbol gives vkGetInstanceProcAddr of the library called name, which stays loaded.
static void* loader_symbol(const char* name) {
	void* lib = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	return lib ? dlsym(lib, "vkGetInstanceProcAddr") : 0;
}

static uint64_t call(uint64_t fn, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h, uint64_t i, uint64_t j) {
	return ((call10)(uintptr_t)fn)(a, b, c, d, e, f, g, h, i, j);
}

// The first fields of VkDebugUtilsMessengerCallbackDataEXT.
typedef struct { uint32_t type; const void* next; uint32_t flags; const char* name; int32_t number; const char* text; } message;
extern void vulkanMessage(uintptr_t user, char* text);
static uint32_t heard(uint32_t severity, uint32_t types, const message* m, void* user) {
	vulkanMessage((uintptr_t)user, (char*)m->text);
	return 0;
}
static uint64_t listener(void) { return (uint64_t)(uintptr_t)heard; }
*/
import "C"

import (
	"errors"
	"runtime/cgo"
	"unsafe"

	vk "github.com/vulkan-go/vulkan"
)

// handleOf gives the handle in one of the binding's handle types.
func handleOf[T any](h T) handle { return *(*handle)(unsafe.Pointer(&h)) }

// as gives the handle as one of the binding's types.
func as[T any](h handle) T { return *(*T)(unsafe.Pointer(&h)) }

// entry is the address of a Vulkan function.
type entry uint64

// call calls fn with up to ten arguments.
func (fn entry) call(args ...uint64) uint64 {
	var a [10]C.uint64_t
	for i, x := range args {
		a[i] = C.uint64_t(x)
	}
	return uint64(C.call(C.uint64_t(fn), a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]))
}

// result calls fn, which gives a VkResult.
func (fn entry) result(args ...uint64) vk.Result { return vk.Result(int32(uint32(fn.call(args...)))) }

// allocate gives n cleared elements in C's memory, at least one.
func allocate[T any](n int) []T {
	var zero T
	p := C.calloc(C.size_t(max(n, 1)), C.size_t(unsafe.Sizeof(zero))) // the process ends when there is no memory, as Go's own does
	return unsafe.Slice((*T)(p), max(n, 1))
}

// free gives back what allocate gave.
func free[T any](s []T) {
	if s != nil {
		C.free(unsafe.Pointer(unsafe.SliceData(s)))
	}
}

// address is p as an argument.
func address[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// text gives s as a C string, to be freed.
func text(s string) []byte {
	c := allocate[byte](len(s) + 1)
	copy(c, s)
	return c
}

// openLibrary loads the Vulkan loader and gives vkGetInstanceProcAddr.
func openLibrary() (unsafe.Pointer, error) {
	for _, name := range []string{"libvulkan.so.1", "libvulkan.so"} {
		c := C.CString(name)
		p := C.loader_symbol(c)
		C.free(unsafe.Pointer(c))
		if p != nil {
			return p, nil
		}
	}
	return nil, errors.New("vulkan: there is no Vulkan loader (libvulkan.so.1): install it, on Debian and Ubuntu with 'apt-get install libvulkan1'")
}

// lookup gives the entry point called name, by vkGetInstanceProcAddr or vkGetDeviceProcAddr; 0: there is none.
func lookup(by entry, object handle, name string) entry {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return entry(by.call(uint64(object), uint64(uintptr(unsafe.Pointer(c)))))
}

// listener is the address of the function that hands validation messages to vulkanMessage.
func listener() uint64 { return uint64(C.listener()) }

//export vulkanMessage
func vulkanMessage(user C.uintptr_t, text *C.char) {
	cgo.Handle(user).Value().(func(string))(C.GoString(text))
}
