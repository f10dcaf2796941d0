//go:build cgo && linux && !novulkan

package vulkan

import (
	"sync"

	vk "github.com/vulkan-go/vulkan"
)

// lane is what one run at a time needs: command buffers, fences, descriptor sets, and memory for what the host brings and takes.
type lane struct {
	device *Device
	pool   handle                       // VkCommandPool
	sets   handle                       // VkDescriptorPool
	room   struct{ sets, bindings int } // of the descriptor pool
	args   []laneArgs                   // one, in C's memory
	flight [2]bool                      // which command buffers the device may be working on

	arena, up, down, scratch, faults chunk

	written []writeSet    // in C's memory, as the next four
	ranges  []bufferRange // of the writes
	views   []handle      // likewise
	layouts []handle      // of the sets
	set     []handle
	pushed  []uint32 // in C's memory: a launch's push constants

	clock clock

	run // what the run at hand makes
}

// laneArgs are the arguments of calls that take structures.
type laneArgs struct {
	begin     beginInfo
	work, end memoryBarrier
	submit    submitInfo
	alloc     setAllocateInfo
	copy      copyRegion
	commands  [2]handle
	fences    [2]handle
}

func (d *Device) newLane() (*lane, error) {
	l := &lane{device: d, args: allocate[laneArgs](1)}
	a := &l.args[0]
	a.begin = beginInfo{head: head{kind: typeBegin}}
	a.work = memoryBarrier{head: head{kind: typeBarrier}, from: shaderWrite | transferWrite, to: shaderRead | shaderWrite | transferRead | transferWrite}
	a.end = memoryBarrier{head: head{kind: typeBarrier}, from: shaderWrite | transferWrite, to: hostRead}
	a.submit = submitInfo{head: head{kind: typeSubmit}, buffers: 1}
	a.alloc = setAllocateInfo{head: head{kind: typeSetAllocate}}
	if err := l.create(); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// Bits of VkAccessFlagBits and VkPipelineStageFlagBits.
const (
	shaderRead    = 0x20
	shaderWrite   = 0x40
	transferRead  = 0x800
	transferWrite = 0x1000
	hostRead      = 0x2000
	computeStage  = 0x800
	transferStage = 0x1000
	hostStage     = 0x4000
)

func (l *lane) create() error {
	d := l.device
	info := vk.CommandPoolCreateInfo{
		SType: vk.StructureTypeCommandPoolCreateInfo, QueueFamilyIndex: d.family,
		Flags: vk.CommandPoolCreateFlags(vk.CommandPoolCreateResetCommandBufferBit),
	}
	defer info.Free()
	var pool vk.CommandPool
	if err := d.check("vkCreateCommandPool", vk.CreateCommandPool(d.vk(), &info, nil, &pool)); err != nil {
		return err
	}
	l.pool = handleOf(pool)
	ask := vk.CommandBufferAllocateInfo{SType: vk.StructureTypeCommandBufferAllocateInfo, CommandPool: pool, CommandBufferCount: 2}
	defer ask.Free()
	list := make([]vk.CommandBuffer, 2)
	if err := d.check("vkAllocateCommandBuffers", vk.AllocateCommandBuffers(d.vk(), &ask, list)); err != nil {
		return err
	}
	a := &l.args[0]
	for i, c := range list {
		a.commands[i] = handleOf(c)
		d.namer.name(objectCommands, a.commands[i], "commands %d", i)
		fence := vk.FenceCreateInfo{SType: vk.StructureTypeFenceCreateInfo}
		var f vk.Fence
		r := vk.CreateFence(d.vk(), &fence, nil, &f)
		fence.Free()
		if err := d.check("vkCreateFence", r); err != nil {
			return err
		}
		a.fences[i] = handleOf(f)
	}
	return nil
}

// close destroys the lane, which must not be at work.
func (l *lane) close() {
	d := l.device.vk()
	for _, f := range l.args[0].fences {
		vk.DestroyFence(d, as[vk.Fence](f), nil)
	}
	vk.DestroyCommandPool(d, as[vk.CommandPool](l.pool), nil)
	vk.DestroyDescriptorPool(d, as[vk.DescriptorPool](l.sets), nil)
	l.rest()
	l.clock.close(l.device)
	free(l.args)
	free(l.written)
	free(l.ranges)
	free(l.views)
	free(l.layouts)
	free(l.set)
	free(l.pushed)
}

// rest gives the lane's memory back.
func (l *lane) rest() {
	for _, c := range l.chunks() {
		l.device.memory.give(*c)
		*c = chunk{}
	}
	l.recorded = l.recorded[:0]
}

func (l *lane) chunks() []*chunk { return []*chunk{&l.arena, &l.up, &l.down, &l.scratch, &l.faults} }

// reserve makes c hold n bytes for a purpose.
func (l *lane) reserve(c *chunk, n int, use purpose) error {
	if n <= c.size {
		return nil
	}
	l.recorded = l.recorded[:0]
	l.device.memory.give(*c)
	*c = chunk{}
	var err error
	*c, err = l.device.take(n, use)
	return err
}

// seats makes room for descriptor sets with so many bindings together.
func (l *lane) seats(sets, bindings, push int) error {
	if len(l.pushed) < push {
		free(l.pushed)
		l.pushed = allocate[uint32](2 * push)
	}
	if sets <= l.room.sets && bindings <= l.room.bindings {
		return nil
	}
	d := l.device
	vk.DestroyDescriptorPool(d.vk(), as[vk.DescriptorPool](l.sets), nil)
	l.sets = 0
	l.room.sets, l.room.bindings = 0, 0
	sets, bindings = 2*sets, 2*bindings
	size, info, out := allocate[poolSize](2), allocate[poolInfo](1), allocate[handle](1)
	defer func() { free(size); free(info); free(out) }()
	size[0] = poolSize{kind: storageBuffer, count: uint32(bindings)}
	size[1] = poolSize{kind: texelBuffer, count: uint32(bindings)}
	info[0] = poolInfo{head: head{kind: typeDescriptorPool}, sets: uint32(sets), count: 2, sizes: address(&size[0])}
	if err := d.check("vkCreateDescriptorPool", d.fn.createPool.result(uint64(d.handle), address(&info[0]), 0, address(&out[0]))); err != nil {
		return err
	}
	l.sets = out[0]
	free(l.written)
	free(l.ranges)
	free(l.views)
	free(l.layouts)
	free(l.set)
	l.written, l.ranges, l.views = allocate[writeSet](bindings), allocate[bufferRange](bindings), allocate[handle](bindings)
	l.layouts, l.set = allocate[handle](sets), allocate[handle](sets)
	l.room.sets, l.room.bindings = sets, bindings
	return nil
}

// done says whether the device has finished with the lane's command buffers. It waits for so many nanoseconds at most.
func (l *lane) done(wait uint64) (bool, error) {
	for i := range l.flight {
		if !l.flight[i] {
			continue
		}
		finished, err := l.wait(i, wait)
		if !finished || err != nil {
			return false, err
		}
	}
	return true, nil
}

// wait says whether command buffer i has ended, and waits for so many nanoseconds at most.
func (l *lane) wait(i int, nanoseconds uint64) (bool, error) {
	d, fence := l.device, address(&l.args[0].fences[i])
	r := d.fn.waitFences.result(uint64(d.handle), 1, fence, 1, nanoseconds)
	if r == vk.Timeout {
		return false, nil
	}
	if err := d.check("vkWaitForFences", r); err != nil {
		l.flight[i] = false
		return false, err
	}
	l.flight[i] = false
	return true, d.check("vkResetFences", d.fn.resetFences.result(uint64(d.handle), 1, fence))
}

// laneList keeps the lanes that are not running. Those whose run was cancelled stay abandoned until the device has finished with them, and
// until then nothing is destroyed that it may still use.
type laneList struct {
	mu        sync.Mutex
	resting   []*lane
	abandoned []*lane
	graves    []func()
}

// take gives a lane that has recorded first, or another, or a new one.
func (ll *laneList) take(d *Device, first uint64) (*lane, error) {
	ll.reap()
	ll.mu.Lock()
	n := len(ll.resting)
	if n == 0 {
		ll.mu.Unlock()
		return d.newLane()
	}
	defer ll.mu.Unlock()
	for i, l := range ll.resting {
		if len(l.recorded) > 0 && l.recorded[0] == first {
			ll.resting[i], ll.resting[n-1] = ll.resting[n-1], l
		}
	}
	l := ll.resting[n-1]
	ll.resting = ll.resting[:n-1]
	return l, nil
}

// give takes a lane back: to rest, or abandoned when the device is still at work for it.
func (ll *laneList) give(l *lane) {
	l.forget()
	ll.mu.Lock()
	defer ll.mu.Unlock()
	if l.flight != [2]bool{} {
		ll.abandoned = append(ll.abandoned, l)
		return
	}
	ll.resting = append(ll.resting, l)
}

// reap lets those abandoned lanes rest that the device has finished with; after the last of them what was retired goes.
func (ll *laneList) reap() {
	ll.mu.Lock()
	if len(ll.abandoned) == 0 {
		ll.mu.Unlock()
		return
	}
	still := ll.abandoned[:0]
	for _, l := range ll.abandoned {
		if finished, err := l.done(0); finished || err != nil {
			ll.resting = append(ll.resting, l)
		} else {
			still = append(still, l)
		}
	}
	ll.abandoned = still
	var graves []func()
	if len(still) == 0 {
		graves, ll.graves = ll.graves, nil
	}
	ll.mu.Unlock()
	for _, f := range graves {
		f()
	}
}

// retire calls f, which destroys something, as soon as no cancelled run can be using it.
func (ll *laneList) retire(f func()) {
	ll.reap()
	ll.mu.Lock()
	if len(ll.abandoned) > 0 {
		ll.graves = append(ll.graves, f)
		ll.mu.Unlock()
		return
	}
	ll.mu.Unlock()
	f()
}

// trim gives back the memory of resting lanes.
func (ll *laneList) trim() {
	ll.mu.Lock()
	defer ll.mu.Unlock()
	for _, l := range ll.resting {
		l.rest()
	}
}

// close destroys all lanes of an idle device.
func (ll *laneList) close() {
	for _, f := range ll.graves {
		f()
	}
	for _, l := range append(ll.resting, ll.abandoned...) {
		l.close()
	}
	ll.resting, ll.abandoned, ll.graves = nil, nil, nil
}
