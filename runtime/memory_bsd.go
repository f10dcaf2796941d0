//go:build darwin || freebsd

package runtime

import (
	"math"

	"golang.org/x/sys/unix"
)

// MachineMemory is the bytes of the machine. 0: not known.
func MachineMemory() int64 {
	for _, name := range []string{"hw.memsize", "hw.physmem"} {
		if n, err := unix.SysctlUint64(name); err == nil {
			return int64(min(n, math.MaxInt64))
		}
	}
	return 0
}
