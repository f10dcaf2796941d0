//go:build !linux && !darwin && !freebsd

package runtime

// MachineMemory is the bytes that this process can have at most; here it is not known.
func MachineMemory() int64 { return 0 }
