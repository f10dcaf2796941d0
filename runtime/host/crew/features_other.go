//go:build !amd64

package crew

// HasAVX2 says that this is another processor.
func HasAVX2() bool { return false }

// HasAVX512 says that this is another processor.
func HasAVX512() bool { return false }
