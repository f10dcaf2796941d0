//go:build cgo && linux && !novulkan

package vulkan

import (
	"cmp"
	"fmt"
	goruntime "runtime"
	"slices"
	"unsafe"

	vk "github.com/vulkan-go/vulkan"

	"github.com/einloom/einloom/codegen/spirv"
)

// candidate is a physical device that can compute, and what it can do.
type candidate struct {
	Info
	physical  vk.PhysicalDevice
	rank      int    // discrete before integrated before virtual before processors
	family    uint32 // of queues that compute
	features  spirv.Capabilities
	align     int  // of a binding's offset in its buffer
	timeline  bool // it has timeline semaphores
	most      int  // bytes of one allocation
	page      int  // that memory of the host's begins and ends at for the device to work there; 0: it does not
	extension []string
	maker     maker

	stampBits   uint32  // that count in a time stamp; 0: there are none
	stampPeriod float64 // nanoseconds of a tick
}

// Devices lists the devices that Open can take, the best first; an error says what to install when there are none.
func Devices() ([]Info, error) {
	instance, err := theInstance()
	if err != nil {
		return nil, err
	}
	list, err := candidates(instance)
	if err != nil {
		return nil, err
	}
	infos := make([]Info, len(list))
	for i, c := range list {
		infos[i] = c.Info
	}
	return infos, nil
}

// candidates are the instance's devices that einloom can use: Vulkan 1.1 with a queue that computes. The best comes first.
func candidates(instance handle) ([]*candidate, error) {
	physical, err := physicalDevices(instance)
	if err != nil {
		return nil, err
	}
	var list []*candidate
	for _, p := range physical {
		if c := newCandidate(instance, p); c != nil {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("vulkan: none of the %d devices computes with Vulkan 1.1: install newer drivers", len(physical))
	}
	slices.SortStableFunc(list, func(a, b *candidate) int { return cmp.Compare(a.rank, b.rank) })
	return list, nil
}

// newCandidate asks a device what it is and can; nil: it cannot compute, or its Vulkan is too old.
func newCandidate(instance handle, physical vk.PhysicalDevice) *candidate {
	var p vk.PhysicalDeviceProperties
	vk.GetPhysicalDeviceProperties(physical, &p)
	defer p.Free()
	p.Deref()
	p.Limits.Deref()
	if p.ApiVersion < apiVersion {
		return nil
	}
	c := &candidate{physical: physical}
	var ok bool
	if c.family, c.stampBits, ok = computeFamily(instance, physical); !ok {
		return nil
	}
	v := vk.Version(p.ApiVersion)
	c.Info = Info{Name: fixed(p.DeviceName[:]), API: v.String()}
	c.features = spirv.Capabilities{
		Name:                  c.Name,
		MaxStorageBufferRange: int(p.Limits.MaxStorageBufferRange),
		MaxStorageBuffers:     int(min(p.Limits.MaxPerStageDescriptorStorageBuffers, p.Limits.MaxDescriptorSetStorageBuffers)),
		MaxTexels:             int(p.Limits.MaxTexelBufferElements),
		MaxPushConstantsSize:  int(p.Limits.MaxPushConstantsSize),
		MaxSharedMemory:       int(p.Limits.MaxComputeSharedMemorySize),
		MaxInvocations:        int(p.Limits.MaxComputeWorkGroupInvocations),
		MaxGroups:             int(p.Limits.MaxComputeWorkGroupCount[0]),
	}
	c.stampPeriod = float64(p.Limits.TimestampPeriod)
	c.maker = maker{p.VendorID, p.DeviceID, p.DriverVersion, p.PipelineCacheUUID}
	c.class(p.DeviceType)
	c.align = max(int(p.Limits.MinStorageBufferOffsetAlignment), elementAlign)
	c.extension = c.known(instance)
	c.ask(instance, p.ApiVersion)
	return c
}

// elementAlign is a multiple of every element's size.
const elementAlign = 16

// class sets what the device's type says.
func (c *candidate) class(t vk.PhysicalDeviceType) {
	switch t {
	case vk.PhysicalDeviceTypeDiscreteGpu:
		c.Kind, c.rank, c.features.Type = "discrete GPU", 0, spirv.Discrete
	case vk.PhysicalDeviceTypeIntegratedGpu:
		c.Kind, c.rank, c.features.Type = "integrated GPU", 1, spirv.Integrated
	case vk.PhysicalDeviceTypeVirtualGpu:
		c.Kind, c.rank, c.features.Type = "virtual GPU", 2, spirv.Integrated
	case vk.PhysicalDeviceTypeCpu:
		c.Kind, c.rank, c.features.Type = "processor", 4, spirv.CPU
		c.features.Units = goruntime.NumCPU()
	default:
		c.Kind, c.rank, c.features.Type = "other", 3, spirv.Integrated
	}
}

// computeFamily gives the first queue family that computes, and how many bits its time stamps have.
func computeFamily(instance handle, physical vk.PhysicalDevice) (number, stampBits uint32, ok bool) {
	type family struct{ flags, count, stampBits, _, _, _ uint32 } // VkQueueFamilyProperties
	list := lookup(process.proc, instance, "vkGetPhysicalDeviceQueueFamilyProperties")
	n := allocate[uint32](1)
	defer free(n)
	list.call(uint64(handleOf(physical)), address(&n[0]), 0)
	all := allocate[family](int(n[0]))
	defer free(all)
	list.call(uint64(handleOf(physical)), address(&n[0]), address(&all[0]))
	for i := range min(int(n[0]), len(all)) {
		if all[i].flags&uint32(vk.QueueComputeBit) != 0 && all[i].count > 0 {
			return uint32(i), all[i].stampBits, true
		}
	}
	return 0, 0, false
}

// known are the extensions that the device has, of those that einloom has a use for.
func (c *candidate) known(instance handle) []string {
	type extension struct {
		name [256]byte
		_    uint32
	}
	list := lookup(process.proc, instance, "vkEnumerateDeviceExtensionProperties")
	n := allocate[uint32](1)
	defer free(n)
	if list.result(uint64(handleOf(c.physical)), 0, address(&n[0]), 0) != vk.Success {
		return nil
	}
	all := allocate[extension](int(n[0]))
	defer free(all)
	if r := list.result(uint64(handleOf(c.physical)), 0, address(&n[0]), address(&all[0])); r != vk.Success && r != vk.Incomplete {
		return nil
	}
	var has []string
	for i := range min(int(n[0]), len(all)) {
		switch name := fixed(all[i].name[:]); name {
		case extStorage8, extFloatControls, extTimeline, extHostMemory:
			has = append(has, name)
		}
	}
	return has
}

// The extensions that einloom has a use for; the first three are part of Vulkan 1.2.
const (
	extStorage8      = "VK_KHR_8bit_storage"
	extFloatControls = "VK_KHR_shader_float_controls"
	extTimeline      = "VK_KHR_timeline_semaphore"
	extHostMemory    = "VK_EXT_external_memory_host"
)

func (c *candidate) has(extension string) bool { return slices.Contains(c.extension, extension) }

// chain is what a device is asked for its features and properties.
type chain struct {
	features  features2
	storage16 storage16
	storage8  storage8
	timeline  timelineFeature
	props     properties2
	most      maintenance3
	subgroups subgroups
	floats    floatControls
	host      hostMemory
}

// link chains the structures that the device knows. c is in C's memory.
func (q *chain) link(c *candidate) {
	type link struct {
		*head
		kind uint32
		has  bool
	}
	for _, list := range [][]link{
		{
			{&q.features.head, typeFeatures2, true}, {&q.storage16.head, typeStorage16, true}, {&q.storage8.head, typeStorage8, c.has(extStorage8)},
			{&q.timeline.head, typeTimelineFeature, c.has(extTimeline)},
		}, {
			{&q.props.head, typeProperties2, true}, {&q.most.head, typeMaintenance3, true}, {&q.subgroups.head, typeSubgroup, true},
			{&q.floats.head, typeFloatControls, c.has(extFloatControls)}, {&q.host.head, typeHostMemory, c.has(extHostMemory)},
		},
	} {
		last := list[0].head
		for _, k := range list {
			if k.has {
				*k.head = head{kind: k.kind}
				last.next = address(k.head)
				last = k.head
			}
		}
		last.next = 0
	}
}

// ask fills in the features and properties of Vulkan 1.1 and of extensions.
func (c *candidate) ask(instance handle, version uint32) {
	list := allocate[chain](1)
	defer free(list)
	q := &list[0]
	q.link(c)
	lookup(process.proc, instance, "vkGetPhysicalDeviceFeatures2").call(uint64(handleOf(c.physical)), address(&q.features))
	lookup(process.proc, instance, "vkGetPhysicalDeviceProperties2").call(uint64(handleOf(c.physical)), address(&q.props))
	f := &c.features
	f.ShaderFloat64 = q.features.on[featureFloat64] != 0
	f.ShaderInt64 = q.features.on[featureInt64] != 0
	f.Storage16 = q.storage16.buffer != 0
	f.Storage8 = q.storage8.buffer != 0
	f.RoundingModeRTE32, f.RoundingModeRTE64 = q.floats.roundEven[1] != 0, q.floats.roundEven[2] != 0
	f.SignedZeroInfNanPreserve32, f.SignedZeroInfNanPreserve64 = q.floats.specials[1] != 0, q.floats.specials[2] != 0
	f.DenormPreserve32, f.DenormPreserve64 = q.floats.denormPreserve[1] != 0, q.floats.denormPreserve[2] != 0
	f.SubgroupArithmetic = q.subgroups.stages&stageCompute != 0 && q.subgroups.operations&subgroupArithmetic == subgroupArithmetic
	c.timeline = q.timeline.on != 0
	c.most = int(min(q.most.allocation, 1<<62))
	c.page = int(min(q.host.alignment, 1<<62))
}

// subgroupArithmetic is VK_SUBGROUP_FEATURE_BASIC_BIT and VK_SUBGROUP_FEATURE_ARITHMETIC_BIT.
const subgroupArithmetic = 0x1 | 0x4

// want keeps of the features those that einloom turns on.
func (q *chain) want(c *candidate) {
	f := &c.features
	q.features.on = [55]uint32{}
	q.features.on[featureFloat64] = bit(f.ShaderFloat64)
	q.features.on[featureInt64] = bit(f.ShaderInt64)
	q.storage16 = storage16{head: q.storage16.head, buffer: bit(f.Storage16)}
	q.storage8 = storage8{head: q.storage8.head, buffer: bit(f.Storage8)}
	q.timeline = timelineFeature{head: q.timeline.head, on: bit(c.timeline)}
}

func bit(on bool) uint32 {
	if on {
		return 1
	}
	return 0
}

// open makes the logical device, with one queue.
func (c *candidate) open(instance handle) (handle, error) {
	list, queue, info := allocate[chain](1), allocate[queueInfo](1), allocate[deviceInfo](1)
	priority, out := allocate[float32](1), allocate[handle](1)
	defer func() { free(list); free(queue); free(info); free(priority); free(out) }()
	q := &list[0]
	q.link(c)
	q.want(c)
	priority[0] = 1
	queue[0] = queueInfo{head: head{kind: typeQueue}, family: c.family, count: 1, priorities: address(&priority[0])}
	e, done := names(c.extension)
	defer done()
	info[0] = deviceInfo{
		head: head{kind: typeDevice, next: address(&q.features)}, queues: 1, queueInfos: address(&queue[0]),
		extensions: uint32(len(c.extension)), extensionNames: address(&e[0]),
	}
	create := lookup(process.proc, instance, "vkCreateDevice")
	if r := create.result(uint64(handleOf(c.physical)), address(&info[0]), 0, address(&out[0])); r != vk.Success {
		return 0, fmt.Errorf("vulkan: %s: vkCreateDevice: %w", c.Name, vk.Error(r))
	}
	return out[0], nil
}

var _ [unsafe.Sizeof(properties2{}) - 16 - 824]byte // VkPhysicalDeviceProperties fits
