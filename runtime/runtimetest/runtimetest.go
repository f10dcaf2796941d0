// Package runtimetest opens sessions for tests. It never decides what a test does where there is no such device.
package runtimetest

import (
	"testing"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/driver/drivertest"
)

// Open is runtime.Open with the validation layer of Vulkan, where that is installed: all that it says until t ends is an error of t.
func Open(t testing.TB, c runtime.Config) (*runtime.Session, error) {
	t.Helper()
	fail, user := drivertest.Messages(t), c.Trace
	c.Validate = true
	c.Trace = func(e runtime.Event) {
		switch {
		case e.What == "validation":
			fail(e.Why)
		case user != nil:
			user(e)
		}
	}
	s, missing := runtime.Open(c)
	if missing == nil {
		return s, nil
	}
	c.Validate = false
	s, err := runtime.Open(c)
	if err == nil {
		t.Logf("SKIPPED: validation: %v", missing)
	}
	return s, err
}
