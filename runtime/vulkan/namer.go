//go:build cgo && linux && !novulkan

package vulkan

import "fmt"

// namer gives objects names that validation messages and debuggers show (VK_EXT_debug_utils). The zero namer does nothing.
type namer struct {
	device handle
	set    entry // vkSetDebugUtilsObjectNameEXT
}

// name calls the object what the format and its arguments say.
func (n *namer) name(kind objectKind, object handle, format string, args ...any) {
	if n.set == 0 {
		return
	}
	info, s := allocate[nameInfo](1), text(fmt.Sprintf(format, args...))
	defer func() { free(info); free(s) }()
	info[0] = nameInfo{head: head{kind: typeName}, object: uint32(kind), handle: object, name: address(&s[0])}
	n.set.call(uint64(n.device), address(&info[0]))
}
