//go:build cgo && linux && !novulkan

package vulkan

// C layouts of what the shim passes, on 64-bit machines: the header of the Vulkan specification, names shortened. Pointers are numbers. A field
// called _ fills up to the next one's alignment, or stays zero.

// The structure types (VkStructureType) of the layouts.
const (
	typeApplication       = 0
	typeInstance          = 1
	typeQueue             = 2
	typeDevice            = 3
	typeSubmit            = 4
	typeMemory            = 5
	typeFence             = 8
	typeSemaphore         = 9
	typeBuffer            = 12
	typeView              = 13
	typeCommandPool       = 39
	typeCommands          = 40
	typePipelineCache     = 17
	typeQueryPool         = 11
	typeStage             = 18
	typePipeline          = 29
	typeSetLayout         = 32
	typeSetAllocate       = 34
	typeWrite             = 35
	typeLayout            = 30
	typeBegin             = 42
	typeBarrier           = 46
	typeModule            = 16
	typeDescriptorPool    = 33
	typeTimelineFeature   = 1000207000
	typeSemaphoreKind     = 1000207002
	typeTimeline          = 1000207003
	typeWait              = 1000207004
	typeFeatures2         = 1000059000
	typeProperties2       = 1000059001
	typeStorage16         = 1000083000
	typeStorage8          = 1000177000
	typeMaintenance3      = 1000168000
	typeFloatControls     = 1000197000
	typeSubgroup          = 1000094000
	typeExternalBuffer    = 1000072000
	typeImport            = 1000178000
	typePointerProperties = 1000178001
	typeHostMemory        = 1000178002
	typeName              = 1000128000
	typeMessenger         = 1000128004
	stageCompute          = 0x20 // VK_SHADER_STAGE_COMPUTE_BIT
	dispatchBase          = 0x10 // VK_PIPELINE_CREATE_DISPATCH_BASE_BIT
)

// head begins every structure that can be chained.
type head struct {
	kind, _ uint32
	next    uint64
}

type applicationInfo struct {
	head
	name   uint64
	_, _   uint32
	engine uint64
	_, api uint32
}

type instanceInfo struct {
	head
	_, _           uint32
	application    uint64
	layers, _      uint32
	layerNames     uint64
	extensions, _  uint32
	extensionNames uint64
}

type queueInfo struct {
	head
	_, family  uint32
	count, _   uint32
	priorities uint64
}

type deviceInfo struct {
	head
	_, queues      uint32
	queueInfos     uint64
	_, _           uint32
	_              uint64
	extensions, _  uint32
	extensionNames uint64
	_              uint64
}

// features2 is VkPhysicalDeviceFeatures2: 55 switches, of which shaderFloat64 and shaderInt64 are asked.
type features2 struct {
	head
	on [55]uint32
	_  uint32
}

// Places in features2.on.
const (
	featureFloat64 = 39
	featureInt64   = 40
)

type storage16 struct {
	head
	buffer, _, _, _ uint32
}

type storage8 struct {
	head
	buffer, _, _, _ uint32
}

// properties2 is VkPhysicalDeviceProperties2 with room for VkPhysicalDeviceProperties, which the binding reads.
type properties2 struct {
	head
	_ [1024]byte
}

type maintenance3 struct {
	head
	_, _       uint32
	allocation uint64
}

// subgroups is VkPhysicalDeviceSubgroupProperties.
type subgroups struct {
	head
	_, stages, operations, _ uint32
}

// hostMemory is VkPhysicalDeviceExternalMemoryHostPropertiesEXT.
type hostMemory struct {
	head
	alignment uint64
}

// floatControls is VkPhysicalDeviceFloatControlsProperties; each array is for 16, 32 and 64 bits.
type floatControls struct {
	head
	_, _                        uint32
	specials, denormPreserve, _ [3]uint32
	roundEven, _                [3]uint32
	_                           uint32
}

type messengerInfo struct {
	head
	_, severities, types, _ uint32
	callback, user          uint64
}

type nameInfo struct {
	head
	object, _ uint32
	handle    handle
	name      uint64
}

type bufferInfo struct {
	head
	_, _     uint32
	bytes    uint64
	usage, _ uint32
	_, _     uint32
	_        uint64
}

type memoryInfo struct {
	head
	bytes   uint64
	kind, _ uint32
}

// hostAllocation is VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT.
const hostAllocation = 0x80

// externalBufferInfo is VkExternalMemoryBufferCreateInfo.
type externalBufferInfo struct {
	head
	handles, _ uint32
}

// importInfo is VkImportMemoryHostPointerInfoEXT.
type importInfo struct {
	head
	handle, _ uint32
	at        uint64
}

// pointerProperties is VkMemoryHostPointerPropertiesEXT.
type pointerProperties struct {
	head
	types, _ uint32
}

type viewInfo struct {
	head
	_, _      uint32
	buffer    handle
	format, _ uint32
	_, bytes  uint64
}

type fenceInfo struct {
	head
	_, _ uint32
}

type commandPoolInfo struct {
	head
	flags, family uint32
}

type commandsInfo struct {
	head
	pool     handle
	_, count uint32
}

type moduleInfo struct {
	head
	_, _  uint32
	bytes uint64
	words uint64
}

type stageInfo struct {
	head
	_, stage uint32
	module   handle
	name     uint64
	_        uint64
}

type queryPoolInfo struct {
	head
	_, queries, count, _ uint32
}

type pipelineCacheInfo struct {
	head
	_, _  uint32
	bytes uint64
	data  uint64
}

type pipelineInfo struct {
	head
	flags, _  uint32
	stage     stageInfo
	layout, _ handle
	index     int32
	_         uint32
}

type setBinding struct {
	binding, kind, count, stages uint32
	_                            uint64
}

type setLayoutInfo struct {
	head
	_, count uint32
	bindings uint64
}

type pushRange struct{ stages, _, size uint32 }

type layoutInfo struct {
	head
	_, sets       uint32
	setLayouts    uint64
	ranges, _     uint32
	pushConstants uint64
}

type poolSize struct{ kind, count uint32 }

type poolInfo struct {
	head
	_, sets  uint32
	count, _ uint32
	sizes    uint64
}

type setAllocateInfo struct {
	head
	pool     handle
	count, _ uint32
	layouts  uint64
}

type bufferRange struct {
	buffer        handle
	offset, bytes uint64
}

type writeSet struct {
	head
	set                     handle
	binding, _, count, kind uint32
	_, buffers, views       uint64
}

type beginInfo struct {
	head
	_, _ uint32
	_    uint64
}

type memoryBarrier struct {
	head
	from, to uint32
}

type copyRegion struct{ from, to, bytes uint64 }

type submitInfo struct {
	head
	_, _       uint32
	_          uint64
	_          uint64
	buffers, _ uint32
	commands   uint64
	signals, _ uint32
	semaphores uint64
}

// timelineFeature is VkPhysicalDeviceTimelineSemaphoreFeatures.
type timelineFeature struct {
	head
	on, _ uint32
}

type semaphoreInfo struct {
	head
	_, _ uint32
}

// semaphoreKind is VkSemaphoreTypeCreateInfo.
type semaphoreKind struct {
	head
	kind, _ uint32
	_       uint64
}

// timelineInfo is VkTimelineSemaphoreSubmitInfo.
type timelineInfo struct {
	head
	_, _       uint32
	_          uint64
	signals, _ uint32
	values     uint64
}

// waitInfo is VkSemaphoreWaitInfo.
type waitInfo struct {
	head
	_, count   uint32
	semaphores uint64
	values     uint64
}
