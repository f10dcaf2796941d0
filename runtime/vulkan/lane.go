//go:build cgo && linux && !novulkan

package vulkan

import (
	goruntime "runtime"
	"slices"
	"sync"

	vk "github.com/vulkan-go/vulkan"
)

// lane is what one run at a time needs: command buffers, descriptor sets, and memory for what the host brings and takes.
type lane struct {
	device     *Device
	pool       handle     // VkCommandPool
	args       []laneArgs // one, in C's memory
	commands   [2]handle  // what is recorded each time: two command buffers, in turns
	flight     [2]bool    // which submits the device may be working on
	signal     signal     // of their end
	recordings []*recording

	arena, up, down, scratch, faults chunk

	loans  []loan
	lent   int // loans that the run at hand has
	pinner goruntime.Pinner

	writes writes
	pushed []uint32 // in C's memory: a launch's push constants
	clock  clock

	run // what the run at hand makes
}

// laneArgs are the arguments of calls that take structures.
type laneArgs struct {
	begin     beginInfo
	work, end memoryBarrier
	submit    submitInfo
	ask       commandsInfo
	alloc     setAllocateInfo
	copy      copyRegion
	out, set  handle
	submitted [2]handle
}

func (d *Device) newLane() (*lane, error) {
	l := &lane{device: d, args: allocate[laneArgs](1)}
	a := &l.args[0]
	a.begin = beginInfo{head: head{kind: typeBegin}}
	a.work = memoryBarrier{head: head{kind: typeBarrier}, from: shaderWrite | transferWrite, to: shaderRead | shaderWrite | transferRead | transferWrite}
	a.end = memoryBarrier{head: head{kind: typeBarrier}, from: shaderWrite | transferWrite, to: hostRead}
	a.submit = submitInfo{head: head{kind: typeSubmit}, buffers: 1}
	a.ask = commandsInfo{head: head{kind: typeCommands}, count: 1}
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

func (l *lane) create() (err error) {
	d := l.device
	const resettable = 2 // VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT
	l.pool, err = create(&d.objects, objectCommandPool, commandPoolInfo{head: head{kind: typeCommandPool}, flags: resettable, family: d.family})
	if err != nil {
		return err
	}
	for i := range l.commands {
		if l.commands[i], err = l.newCommands("commands %d", i); err != nil {
			return err
		}
	}
	l.signal, err = d.newSignal()
	return err
}

// newCommands gives a command buffer, named by the format and n.
func (l *lane) newCommands(format string, n int) (handle, error) {
	a := &l.args[0]
	a.ask.pool = l.pool
	if err := l.device.objects.make(objectCommands, 1, address(&a.ask), address(&a.out)); err != nil {
		return 0, err
	}
	l.device.namer.name(objectCommands, a.out, format, n)
	return a.out, nil
}

// close destroys the lane, which must not be at work.
func (l *lane) close() {
	o := &l.device.objects
	if l.signal != nil {
		l.signal.close()
	}
	for _, r := range l.recordings {
		r.close(o)
	}
	o.destroy(objectCommandPool, l.pool)
	l.rest()
	l.clock.close(l.device)
	l.writes.close()
	free(l.args)
	free(l.pushed)
}

// rest gives the lane's memory back.
func (l *lane) rest() {
	for _, c := range l.chunks() {
		l.device.memory.give(*c)
		*c = chunk{}
	}
	for _, o := range l.loans {
		l.device.memory.destroy(o.block)
	}
	l.loans = l.loans[:0]
}

func (l *lane) chunks() []*chunk { return []*chunk{&l.arena, &l.up, &l.down, &l.scratch, &l.faults} }

// reserve makes c hold n bytes for a purpose.
func (l *lane) reserve(c *chunk, n int, use purpose) error {
	if n <= c.size {
		return nil
	}
	l.device.memory.give(*c)
	*c = chunk{}
	var err error
	*c, err = l.device.take(n, use)
	return err
}

// done says whether the device has finished with the lane's submits. It waits for so many nanoseconds at most.
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

// wait says whether submit i has ended, and waits for so many nanoseconds at most.
func (l *lane) wait(i int, nanoseconds uint64) (bool, error) {
	r := l.signal.wait(i, nanoseconds)
	if r == vk.Timeout {
		return false, nil
	}
	l.flight[i] = false
	err := l.device.check("waiting for the device", r)
	return err == nil, err
}

// laneList keeps the lanes that are not running. Those whose run was cancelled stay abandoned until the device has finished with them, and
// until then nothing is destroyed that it may still use.
type laneList struct {
	mu        sync.Mutex
	resting   []*lane
	abandoned []*lane
	graves    []func()
}

// take gives a lane that knows the program first, or another, or a new one.
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
		if l.knows(first) {
			ll.resting[i], ll.resting[n-1] = ll.resting[n-1], l
		}
	}
	l := ll.resting[n-1]
	ll.resting = ll.resting[:n-1]
	return l, nil
}

// knows says whether the lane has a recording of a run that begins with a program.
func (l *lane) knows(program uint64) bool {
	return slices.ContainsFunc(l.recordings, func(r *recording) bool { return len(r.sign) > 0 && r.sign[0] == program })
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
