//go:build !linux && !darwin && !freebsd

package main

// memory is the bytes that this process can have at most; here it is not known.
func memory() int64 { return 0 }
