package drivertest

import (
	"sync"
	"testing"
)

// Messages gives a function that makes each text an error of t, once. Any thread may call it, as validation layers do, and when t has ended it
// does nothing.
func Messages(t testing.TB) func(text string) {
	var mu sync.Mutex
	said, ended := map[string]bool{}, false
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		ended = true
	})
	return func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if !ended && !said[text] {
			said[text] = true
			t.Errorf("validation: %s", text)
		}
	}
}
