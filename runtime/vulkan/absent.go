//go:build !cgo || !linux || novulkan

package vulkan

import (
	"errors"

	"github.com/einloom/einloom/runtime/driver"
)

var errAbsent = errors.New("vulkan: this build has no Vulkan: it needs Linux, cgo (CGO_ENABLED=1 and a C compiler) and no build tag novulkan")

// Devices says why there are none in this build.
func Devices() ([]Info, error) { return nil, errAbsent }

// Open says why there is no device in this build.
func Open(Config) (driver.Device, error) { return nil, errAbsent }
