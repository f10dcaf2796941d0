package vulkan

import (
	"testing"

	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
)

// Validated opens the device; what the validation layer says, where it is installed, is an error of t. Without Vulkan t is skipped.
func Validated(t testing.TB, c Config) driver.Device {
	t.Helper()
	if _, err := Devices(); err != nil {
		t.Skip(err)
	}
	c.Message = drivertest.Messages(t)
	d, err := Open(c)
	if err != nil {
		t.Logf("SKIPPED: validation: %v", err)
		c.Message = nil
		d, err = Open(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}
