//go:build cgo && linux && !novulkan

package vulkan

import "github.com/einloom/einloom/runtime/driver"

// Held is what a device holds of its driver: objects that were made and not destroyed, and bytes of memory.
func Held(d driver.Device) (objects, bytes int64) {
	v := d.(*Device)
	for kind, m := range makers {
		if m.destroy != "" {
			objects += v.objects.made[kind].Load() - v.objects.gone[kind].Load()
		}
	}
	v.memory.mu.Lock()
	defer v.memory.mu.Unlock()
	return objects, v.memory.taken
}

// Lends says whether a device works on the host's memory.
func Lends(d driver.Device) bool { return d.(*Device).lends > 0 }
