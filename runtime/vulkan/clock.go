//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"time"

	"github.com/einloom/einloom/runtime/driver"
)

// clock tells how long the steps of a lane's run take on the device: by the time stamps that the device writes before the first step and
// after each. Steps that run side by side share their time as they end.
type clock struct {
	pool   handle   // VkQueryPool
	serial uint64   // of no other pool, nor block
	ticks  []uint64 // in C's memory; as many as pool has queries
	took   []int64  // nanoseconds of each launch of the run at hand, to add to; nil: it is not timed
}

// RunTimed is Run that adds to took[i] the nanoseconds that launches[i] takes on the device, as far as it has time stamps.
func (d *Device) RunTimed(ctx context.Context, launches []driver.Launch, took []int64) error {
	return d.run(ctx, launches, took)
}

// runForeignTimed runs the fallback's launches one by one and times them.
func (d *Device) runForeignTimed(ctx context.Context, launches []driver.Launch, took []int64) error {
	for i := range launches {
		start := time.Now()
		if err := d.runForeign(ctx, launches[i:i+1]); err != nil {
			return err
		}
		took[i] += int64(time.Since(start))
	}
	return nil
}

// timed says whether the run's steps write time stamps.
func (l *lane) timed() bool { return l.clock.took != nil && l.device.stampBits > 0 }

// wind makes room for a stamp before the first step and one after each.
func (l *lane) wind() error {
	n := len(l.steps) + 1
	if !l.timed() || n <= len(l.clock.ticks) {
		return nil
	}
	l.clock.close(l.device)
	const stamps = 2 // VK_QUERY_TYPE_TIMESTAMP
	var err error
	l.clock.pool, err = create(&l.device.objects, objectQueries, queryPoolInfo{head: head{kind: typeQueryPool}, queries: stamps, count: uint32(2 * n)})
	if err != nil {
		return err
	}
	l.clock.serial, l.clock.ticks = serials.Add(1), allocate[uint64](2*n)
	return nil
}

// start resets the stamps that a run writes and writes the first.
func (l *lane) start(c handle) {
	if !l.timed() {
		return
	}
	l.device.fn.resetQueries.call(uint64(c), uint64(l.clock.pool), 0, uint64(len(l.steps)+1))
	l.stamp(c, 0)
}

// stamp writes stamp n once all before it is done.
func (l *lane) stamp(c handle, n int) {
	if l.timed() {
		const bottomOfPipe = 0x2000
		l.device.fn.stamp.call(uint64(c), bottomOfPipe, uint64(l.clock.pool), uint64(n))
	}
}

// readClock adds what the steps have taken to the times of their launches.
func (l *lane) readClock() error {
	if !l.timed() {
		return nil
	}
	const words64, wait = 1, 2
	d, n, ticks := l.device, len(l.steps)+1, l.clock.ticks
	err := d.check("vkGetQueryPoolResults", d.fn.queryResults.result(
		uint64(d.handle), uint64(l.clock.pool), 0, uint64(n), uint64(8*n), address(&ticks[0]), 8, words64|wait))
	if err != nil {
		return err
	}
	for i := range l.steps {
		l.clock.took[l.steps[i].launch] += d.nanoseconds(ticks[i], ticks[i+1])
	}
	return nil
}

// nanoseconds between two stamps, of which stampBits count.
func (c *candidate) nanoseconds(from, to uint64) int64 {
	return int64(float64((to-from)&(1<<c.stampBits-1)) * c.stampPeriod)
}

func (k *clock) close(d *Device) {
	d.objects.destroy(objectQueries, k.pool)
	free(k.ticks)
	k.pool, k.ticks = 0, nil
}

var _ driver.Timer = (*Device)(nil)
