package runtime

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/einloom/einloom/internal/cachefile"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/runtime/vulkan"
)

// DeviceInfo is one row of Devices.
type DeviceInfo struct {
	Name   string // for Config.Device
	Target string // what its kernels are generated for
	What   string // how it computes, in words
	Why    string // when it is not to be had: what is missing and how to get it
}

// Devices lists the devices that this build knows, with what is missing where one is not to be had.
func Devices() []DeviceInfo {
	cpu := DeviceInfo{Name: "cpu"}
	if d, err := host.Open(host.Config{Threads: 1}); err != nil {
		cpu.Why = err.Error()
	} else {
		cpu.Target = d.Target().Name
		cpu.What = "generates machine code for " + cpu.Target
		d.Close()
	}
	list := []DeviceInfo{cpu, {Name: "interp", Target: "interp", What: "walks kernels without machine code: on any machine, slowly"}}
	found, err := vulkan.Devices()
	list = append(list, auto(pickGPU(found, err)))
	if err != nil {
		return append(list, DeviceInfo{Name: "vulkan", Target: "vulkan", Why: err.Error()})
	}
	for i, v := range found {
		d := DeviceInfo{Name: "vulkan", Target: "vulkan", What: fmt.Sprintf("generates SPIR-V for Vulkan %s: %s, %s", v.API, v.Kind, v.Name)}
		if i > 0 {
			d.Name = fmt.Sprintf("vulkan:%d", i)
		}
		list = append(list, d)
	}
	return list
}

// pickGPU gives the first GPU among the devices of Vulkan, which come best first, or why there is none.
func pickGPU(found []vulkan.Info, err error) (index int, why string) {
	if err != nil {
		return -1, err.Error()
	}
	for i, d := range found {
		if strings.HasSuffix(d.Kind, "GPU") {
			return i, ""
		}
	}
	return -1, fmt.Sprintf("Vulkan has %s, no GPU among them", count(len(found), "device"))
}

// auto is the row of device "auto" where the GPU is of that number, or where there is none.
func auto(index int, why string) DeviceInfo {
	d := DeviceInfo{Name: "auto", What: "cpu, and for each plan that is worth the trip the GPU beside it"}
	switch {
	case index > 0:
		d.What += fmt.Sprintf(", vulkan:%d", index)
	case index == 0:
		d.What += ", vulkan"
	default:
		d.What = "cpu here (" + why + ")"
	}
	return d
}

// openDevices opens what c names: for "auto" the processor, and a GPU beside it where there is one.
func (s *Session) openDevices(c Config) (err error) {
	if c.Device != "auto" {
		s.device, err = s.openDevice(c)
		s.home = s.device
		return err
	}
	c.Device = "cpu"
	if s.device, err = s.openDevice(c); err != nil {
		return err
	}
	s.home = s.device
	index, why := pickGPU(vulkan.Devices())
	if index >= 0 {
		c.Device = fmt.Sprintf("vulkan:%d", index)
		gpu, err := s.openDevice(c)
		if err == nil {
			s.home = gpu
			return nil
		}
		why = err.Error()
	}
	s.alone = why
	return nil
}

// compiledCode is where drivers' compiled code is kept between processes; nil: it is not.
func compiledCode(c Config) *cachefile.Folder {
	path, err := cachefile.Path("vulkan")
	if err != nil || c.Uncached {
		return nil
	}
	return &cachefile.Folder{Path: path, Kind: vulkan.CacheKind, Most: 64 << 20}
}

// damaged tells of a file of compiled code that is of no use.
func (s *Session) damaged(err error) { s.event(Event{What: "cache", Name: "vulkan", Why: err.Error()}) }

// invalid tells of what the validation layer finds wrong.
func (s *Session) invalid(message string) {
	s.event(Event{What: "validation", Name: "vulkan", Why: message})
}

// openDevice opens what c names. Where machine code is not possible "cpu" is the interpreter, and a note says why.
func (s *Session) openDevice(c Config) (driver.Device, error) {
	portable := func() driver.Device { return interp.Open(interp.Config{Threads: c.Threads}) }
	missed := func(kernel string, why error) { s.event(Event{What: "fallback", Name: kernel, Why: why.Error()}) }
	if name, index, _ := strings.Cut(c.Device, ":"); name == "vulkan" {
		n, err := strconv.Atoi(index)
		if err != nil && c.Device != "vulkan" {
			return nil, fmt.Errorf("runtime: device %q: a number follows the colon, as in vulkan:1", c.Device)
		}
		v := vulkan.Config{Index: n, Fallback: portable(), Missed: missed, Cache: compiledCode(c), Damaged: s.damaged}
		if c.Validate {
			v.Message = s.invalid
		}
		d, err := vulkan.Open(v)
		if err != nil {
			return nil, fmt.Errorf("runtime: %w", err)
		}
		return d, nil
	}
	switch c.Device {
	case "", "cpu":
		d, err := host.Open(host.Config{
			Threads:  c.Threads,
			Target:   c.Target,
			Rates:    s.rates,
			Fallback: portable(),
			Missed:   missed,
		})
		if err == nil {
			return d, nil
		}
		if c.Target != "" {
			return nil, fmt.Errorf("runtime: device cpu with target %s: %w", c.Target, err)
		}
		note := fmt.Sprintf("device cpu runs on the interpreter: %v", err)
		s.notes = append(s.notes, note)
		s.event(Event{What: "fallback", Name: "cpu", Why: note})
		return portable(), nil
	case "interp":
		return portable(), nil
	default:
		return nil, fmt.Errorf("runtime: there is no device %q; there are auto, cpu, interp and vulkan", c.Device)
	}
}
