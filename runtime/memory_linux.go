package runtime

import (
	"math"

	"golang.org/x/sys/unix"
)

// MachineMemory is the bytes that this process can have at most: the machine's, or a limit that it was started with. 0: not known.
func MachineMemory() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	total := uint64(info.Totalram) * uint64(info.Unit)
	var own unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &own) == nil {
		total = min(total, own.Cur)
	}
	return int64(min(total, math.MaxInt64))
}
