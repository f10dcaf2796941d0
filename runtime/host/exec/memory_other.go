//go:build !(amd64 && (linux || darwin || freebsd))

package exec

import (
	"fmt"
	"runtime"
	"unsafe"
)

const writable, executable = 0, 0

var errNowhere = fmt.Errorf("there is no executable memory for %s/%s", runtime.GOOS, runtime.GOARCH)

func reserve(int) ([]byte, error) { return nil, errNowhere }
func protect([]byte, int) error   { return errNowhere }
func release([]byte)              {}
func unmap([]byte)                {}

// Call cannot be reached: New gives no code on this system.
func Call(uintptr, unsafe.Pointer) { panic(errNowhere) }
