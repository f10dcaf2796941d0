//go:build cgo && linux && !novulkan

package vulkan

import "slices"

// recording is what a lane keeps of a run for the next one like it: the steps' descriptor sets, and the commands of all of them.
type recording struct {
	sign     []uint64 // all that sets and commands depend on; empty: they are of no use
	commands handle   // VkCommandBuffer
	recorded bool     // the commands are all of the run's; long runs are cut instead, and have theirs recorded each time
	pool     handle   // VkDescriptorPool
	room     struct{ sets, bindings int }
	layouts  []handle // of the sets that the pool has given; in C's memory, as the next
	set      []handle
}

// recordings is how many a lane keeps. The one that was not needed for the longest makes room.
const recordings = 16

// recall makes the run's recording the last of the lane's: one that is there, or one that it makes.
func (l *lane) recall() (*recording, error) {
	for i, r := range l.recordings {
		if slices.Equal(r.sign, l.sign) {
			l.freshen(i)
			return r, nil
		}
	}
	if len(l.recordings) < recordings {
		c, err := l.newCommands("commands of runs %d", len(l.recordings))
		if err != nil {
			return nil, err
		}
		l.recordings = append(l.recordings, &recording{commands: c})
	} else {
		l.freshen(0)
	}
	r := l.recordings[len(l.recordings)-1]
	r.sign, r.recorded = r.sign[:0], false
	if err := l.seat(r); err != nil {
		return nil, err
	}
	r.sign = append(r.sign, l.sign...)
	return r, nil
}

// freshen makes recording i the last.
func (l *lane) freshen(i int) {
	r := l.recordings[i]
	copy(l.recordings[i:], l.recordings[i+1:])
	l.recordings[len(l.recordings)-1] = r
}

// seat gives each step its descriptor set.
func (l *lane) seat(r *recording) error {
	if err := r.allot(l); err != nil {
		return err
	}
	w := &l.writes
	w.reserve(len(l.bindings))
	for i := range l.steps {
		s := &l.steps[i]
		for k := range s.program.code.module.Bindings {
			n := s.binding + k
			b := &l.bindings[n]
			w.ranges[n], w.views[n] = bufferRange{b.block.buffer, uint64(b.at), uint64(b.n)}, b.block.texels
			w.sets[n] = writeSet{
				head: head{kind: typeWrite}, set: r.set[i], binding: uint32(k), count: 1, kind: kindOf(&s.program.code.module.Bindings[k]),
				buffers: address(&w.ranges[n]), views: address(&w.views[n]),
			}
		}
	}
	d := l.device
	d.fn.updateSets.call(uint64(d.handle), uint64(len(l.bindings)), address(&w.sets[0]), 0, 0)
	return nil
}

// allot makes r.set a set for each of the lane's steps. Those that are there are taken where they have the layouts.
func (r *recording) allot(l *lane) error {
	n := len(l.steps)
	same := n <= len(r.layouts)
	for i := 0; i < n && same; i++ {
		same = r.layouts[i] == l.steps[i].program.code.layout.set
	}
	if same {
		return nil
	}
	if err := r.empty(l.device, n, len(l.bindings)); err != nil {
		return err
	}
	layouts := allocate[handle](n)
	for i := range l.steps {
		layouts[i] = l.steps[i].program.code.layout.set
	}
	a := &l.args[0].alloc
	a.pool, a.count, a.layouts = r.pool, uint32(n), address(&layouts[0])
	if err := l.device.objects.make(objectSet, n, address(a), address(&r.set[0])); err != nil {
		free(layouts)
		return err
	}
	r.layouts = layouts
	return nil
}

// empty makes r's pool one that has given no sets, with room for so many that have so many bindings together.
func (r *recording) empty(d *Device, sets, bindings int) error {
	free(r.layouts)
	r.layouts = nil
	if sets <= r.room.sets && bindings <= r.room.bindings {
		return d.check("vkResetDescriptorPool", d.fn.resetPool.result(uint64(d.handle), uint64(r.pool), 0))
	}
	r.close(&d.objects)
	sets, bindings = 2*sets, 2*bindings
	size := allocate[poolSize](2)
	defer free(size)
	size[0] = poolSize{kind: storageBuffer, count: uint32(bindings)}
	size[1] = poolSize{kind: texelBuffer, count: uint32(bindings)}
	var err error
	r.pool, err = create(&d.objects, objectSetPool, poolInfo{head: head{kind: typeDescriptorPool}, sets: uint32(sets), count: 2, sizes: address(&size[0])})
	if err != nil {
		return err
	}
	r.set = allocate[handle](sets)
	r.room.sets, r.room.bindings = sets, bindings
	return nil
}

// close destroys the descriptor sets.
func (r *recording) close(o *objects) {
	o.destroy(objectSetPool, r.pool)
	free(r.layouts)
	free(r.set)
	*r = recording{sign: r.sign[:0], commands: r.commands}
}

// writes are the arguments of vkUpdateDescriptorSets, in C's memory.
type writes struct {
	sets   []writeSet
	ranges []bufferRange
	views  []handle
}

// reserve makes room for n writes.
func (w *writes) reserve(n int) {
	if n > len(w.sets) {
		w.close()
		*w = writes{allocate[writeSet](2 * n), allocate[bufferRange](2 * n), allocate[handle](2 * n)}
	}
}

func (w *writes) close() {
	free(w.sets)
	free(w.ranges)
	free(w.views)
}
