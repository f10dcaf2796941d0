//go:build cgo && linux && !novulkan

package vulkan

import vk "github.com/vulkan-go/vulkan"

// signal tells when a lane's submits have ended, of which two may be under way.
type signal interface {
	// arm makes what is submitted next as submit i tell of its end; it gives the fence to submit with, 0 for none.
	arm(i int, s *submitInfo) handle
	// wait waits for submit i, so many nanoseconds at most; vk.Timeout: it has not ended.
	wait(i int, nanoseconds uint64) vk.Result
	// close destroys the signal, which nothing under way may use.
	close()
}

// newSignal makes a lane's signal: a timeline semaphore where the device has them.
func (d *Device) newSignal() (signal, error) {
	if d.fn.waitSemaphores != 0 {
		return newTimeline(d)
	}
	return newFences(d)
}

// timeline is a signal by one semaphore whose value grows with each submit.
type timeline struct {
	device *Device
	args   []timelineArgs // one, in C's memory
}

type timelineArgs struct {
	semaphore handle
	last      uint64    // value that the last submit gives the semaphore
	values    [2]uint64 // those that submits 0 and 1 give it
	submit    timelineInfo
	wait      waitInfo
}

func newTimeline(d *Device) (signal, error) {
	kind := allocate[semaphoreKind](1)
	defer free(kind)
	const growing = 1 // VK_SEMAPHORE_TYPE_TIMELINE
	kind[0] = semaphoreKind{head: head{kind: typeSemaphoreKind}, kind: growing}
	s, err := create(&d.objects, objectSemaphore, semaphoreInfo{head: head{kind: typeSemaphore, next: address(&kind[0])}})
	if err != nil {
		return nil, err
	}
	t := &timeline{d, allocate[timelineArgs](1)}
	a := &t.args[0]
	a.semaphore = s
	a.submit = timelineInfo{head: head{kind: typeTimeline}, signals: 1, values: address(&a.last)}
	a.wait = waitInfo{head: head{kind: typeWait}, count: 1, semaphores: address(&a.semaphore)}
	return t, nil
}

func (t *timeline) arm(i int, s *submitInfo) handle {
	a := &t.args[0]
	a.last++
	a.values[i] = a.last
	s.head.next, s.signals, s.semaphores = address(&a.submit), 1, address(&a.semaphore)
	return 0
}

func (t *timeline) wait(i int, nanoseconds uint64) vk.Result {
	a := &t.args[0]
	a.wait.values = address(&a.values[i])
	return t.device.fn.waitSemaphores.result(uint64(t.device.handle), address(&a.wait), nanoseconds)
}

func (t *timeline) close() {
	t.device.objects.destroy(objectSemaphore, t.args[0].semaphore)
	free(t.args)
}

// fences is a signal by a fence for each submit.
type fences struct {
	device *Device
	list   []handle // two, in C's memory
}

func newFences(d *Device) (signal, error) {
	f := &fences{d, allocate[handle](2)}
	for i := range f.list {
		var err error
		if f.list[i], err = create(&d.objects, objectFence, fenceInfo{head: head{kind: typeFence}}); err != nil {
			f.close()
			return nil, err
		}
	}
	return f, nil
}

func (f *fences) arm(i int, _ *submitInfo) handle { return f.list[i] }

func (f *fences) wait(i int, nanoseconds uint64) vk.Result {
	d, one := f.device, address(&f.list[i])
	if r := d.fn.waitFences.result(uint64(d.handle), 1, one, 1, nanoseconds); r != vk.Success {
		return r
	}
	return d.fn.resetFences.result(uint64(d.handle), 1, one)
}

func (f *fences) close() {
	for _, h := range f.list {
		f.device.objects.destroy(objectFence, h)
	}
	free(f.list)
}
