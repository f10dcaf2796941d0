package interp_test

import (
	"testing"

	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func() driver.Device { return interp.Open(interp.Config{Threads: 2}) })
}
