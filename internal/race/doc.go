// Package race says whether the race detector watches: Go code then takes 2 to 20 times as long (Go's own documentation of it), so
// that tests of times allow for it. It must never change what the product does.
package race

import "time"

// Slowed is how long what takes d may take in this build.
func Slowed(d time.Duration) time.Duration {
	if Enabled {
		return 20 * d
	}
	return d
}
