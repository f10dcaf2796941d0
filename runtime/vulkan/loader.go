//go:build cgo && linux && !novulkan

package vulkan

import (
	"errors"
	"fmt"
	"runtime/cgo"
	"sync"

	vk "github.com/vulkan-go/vulkan"
)

// apiVersion is the Vulkan that einloom asks for: 1.1 has what it needs, later versions' features are extensions of it.
const apiVersion = 1<<22 | 1<<12

// validation is the layer that checks how the API is used.
const validation = "VK_LAYER_KHRONOS_validation"

// process is what a process has of Vulkan: the loader and, once there is a driver, one instance. They are made once and stay: drivers do not
// bear being unloaded (LLVM has thread-locals with destructors), and the binding keeps its entry points in globals.
var process struct {
	mu       sync.Mutex
	proc     entry // vkGetInstanceProcAddr
	instance handle
}

// theInstance gives the process's instance, or says what there is to install.
func theInstance() (handle, error) {
	process.mu.Lock()
	defer process.mu.Unlock()
	if process.instance != 0 {
		return process.instance, nil
	}
	if process.proc == 0 {
		p, err := openLibrary()
		if err != nil {
			return 0, err
		}
		vk.SetGetInstanceProcAddr(p)
		if err := vk.Init(); err != nil {
			return 0, fmt.Errorf("vulkan: the loader is of no use: %w", err)
		}
		process.proc = entry(uintptr(p))
	}
	instance, err := newInstance(process.proc, nil, nil)
	if err != nil {
		return 0, err
	}
	if err := vk.InitInstance(as[vk.Instance](instance)); err != nil {
		return 0, fmt.Errorf("vulkan: the instance is of no use: %w", err)
	}
	process.instance = instance
	return instance, nil
}

// newInstance makes an instance with the layers and extensions named.
func newInstance(proc entry, layers, extensions []string) (handle, error) {
	app, info, out := allocate[applicationInfo](1), allocate[instanceInfo](1), allocate[handle](1)
	defer free(app)
	defer free(info)
	defer free(out)
	name := text("einloom")
	defer free(name)
	app[0] = applicationInfo{head: head{kind: typeApplication}, name: address(&name[0]), engine: address(&name[0]), api: apiVersion}
	l, freeLayers := names(layers)
	defer freeLayers()
	e, freeExtensions := names(extensions)
	defer freeExtensions()
	info[0] = instanceInfo{
		head: head{kind: typeInstance}, application: address(&app[0]),
		layers: uint32(len(layers)), layerNames: address(&l[0]), extensions: uint32(len(extensions)), extensionNames: address(&e[0]),
	}
	create := lookup(proc, 0, "vkCreateInstance")
	if create == 0 {
		return 0, errors.New("vulkan: the loader has no vkCreateInstance: it is broken")
	}
	switch r := create.result(address(&info[0]), 0, address(&out[0])); r {
	case vk.Success:
		return out[0], nil
	case vk.ErrorIncompatibleDriver:
		return 0, errNoDriver
	default:
		return 0, fmt.Errorf("vulkan: vkCreateInstance: %w", vk.Error(r))
	}
}

var errNoDriver = errors.New("vulkan: there is no Vulkan driver: install your GPU's, or for computing on the processor Mesa's, on Debian and Ubuntu with 'apt-get install mesa-vulkan-drivers'")

// names gives C strings in a C array, and what frees them.
func names(list []string) (array []uint64, done func()) {
	array = allocate[uint64](len(list))
	strings := make([][]byte, len(list))
	for i, s := range list {
		strings[i] = text(s)
		array[i] = address(&strings[i][0])
	}
	return array, func() {
		for _, s := range strings {
			free(s)
		}
		free(array)
	}
}

// validator is an instance of its own with the validation layer, which tells a function what it sees.
type validator struct {
	instance  handle
	messenger handle
	user      cgo.Handle
}

// newValidator makes the instance; without the layer that is an error.
func newValidator(tell func(string)) (*validator, error) {
	if _, err := theInstance(); err != nil {
		return nil, err
	}
	instance, err := newInstance(process.proc, []string{validation}, []string{"VK_EXT_debug_utils"})
	if err != nil {
		return nil, fmt.Errorf("%w; validation needs the layer, on Debian and Ubuntu 'apt-get install vulkan-validationlayers'", err)
	}
	v := &validator{instance: instance, user: cgo.NewHandle(tell)}
	info, out := allocate[messengerInfo](1), allocate[handle](1)
	defer free(info)
	defer free(out)
	const warning, failure, validity = 0x100, 0x1000, 2
	info[0] = messengerInfo{
		head: head{kind: typeMessenger}, severities: warning | failure, types: validity,
		callback: listener(), user: uint64(v.user),
	}
	create := lookup(process.proc, instance, "vkCreateDebugUtilsMessengerEXT")
	if create == 0 {
		v.close()
		return nil, errors.New("vulkan: the loader has no VK_EXT_debug_utils, which validation needs")
	}
	if r := create.result(uint64(instance), address(&info[0]), 0, address(&out[0])); r != vk.Success {
		v.close()
		return nil, fmt.Errorf("vulkan: vkCreateDebugUtilsMessengerEXT: %w", vk.Error(r))
	}
	v.messenger = out[0]
	return v, nil
}

func (v *validator) close() {
	if v.messenger != 0 {
		lookup(process.proc, v.instance, "vkDestroyDebugUtilsMessengerEXT").call(uint64(v.instance), uint64(v.messenger), 0)
	}
	lookup(process.proc, v.instance, "vkDestroyInstance").call(uint64(v.instance), 0)
	v.user.Delete()
}

// fixed is the text in a C array.
func fixed(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// physicalDevices lists what the instance's drivers drive.
func physicalDevices(instance handle) ([]vk.PhysicalDevice, error) {
	var n uint32
	i := as[vk.Instance](instance)
	if r := vk.EnumeratePhysicalDevices(i, &n, nil); r != vk.Success {
		return nil, fmt.Errorf("vulkan: vkEnumeratePhysicalDevices: %w", vk.Error(r))
	}
	if n == 0 {
		return nil, errNoDriver
	}
	list := make([]vk.PhysicalDevice, n)
	if r := vk.EnumeratePhysicalDevices(i, &n, list); r != vk.Success && r != vk.Incomplete {
		return nil, fmt.Errorf("vulkan: vkEnumeratePhysicalDevices: %w", vk.Error(r))
	}
	return list[:n], nil
}
