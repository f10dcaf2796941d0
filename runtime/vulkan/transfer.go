//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/einloom/einloom/runtime/driver"
)

// traffic counts the bytes that travel.
type traffic struct{ up, down atomic.Int64 }

// Traffic is the bytes that have travelled to the device and from it: what runs and buffers copy between the host's memory and the device's.
func (d *Device) Traffic() (up, down int64) { return d.traffic.up.Load(), d.traffic.down.Load() }

// add counts n bytes in one direction.
func (t *traffic) add(n int, up bool) {
	if up {
		t.up.Add(int64(n))
	} else {
		t.down.Add(int64(n))
	}
}

// Write copies from to the buffer's bytes from at on.
func (b *Buffer) Write(ctx context.Context, at int, from []byte) error {
	return b.carry(ctx, at, from, true)
}

// Read copies the buffer's bytes from at on to to.
func (b *Buffer) Read(ctx context.Context, at int, to []byte) error {
	return b.carry(ctx, at, to, false)
}

// carry copies between the host's bytes and the buffer's from at on: where the host sees the device's memory itself, otherwise by the device.
func (b *Buffer) carry(ctx context.Context, at int, host []byte, up bool) error {
	d := b.device
	d.mu.RLock()
	defer d.mu.RUnlock()
	if err := d.usable(); err != nil {
		return err
	}
	if err := driver.CheckPart(b.bytes, at, len(host)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil || len(host) == 0 {
		return err
	}
	d.traffic.add(len(host), up)
	if mem := b.chunk.bytes(); mem != nil {
		if err := d.lanes.settle(ctx); err != nil {
			return err
		}
		return driver.Copy(ctx, mem, at, host, up)
	}
	l, err := d.lanes.take(d, 0)
	if err != nil {
		return err
	}
	defer d.lanes.give(l)
	return l.ferry(ctx, chunk{b.chunk.block, part{b.chunk.at + at, len(host)}}, host, up)
}

// settle waits for what cancelled runs have left on the device, which is some milliseconds of work for each.
func (ll *laneList) settle(ctx context.Context) error {
	const moment = 100 * time.Microsecond
	for {
		ll.reap()
		ll.mu.Lock()
		n := len(ll.abandoned)
		ll.mu.Unlock()
		if n == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(moment):
		}
	}
}

// load is the bytes that one submit carries.
const load = 4 << 20

// ferry carries bytes through memory that host and device share, a load a submit: while the device copies one the host copies the next.
func (l *lane) ferry(ctx context.Context, device chunk, host []byte, up bool) error {
	shared, use := &l.up, uploads
	if !up {
		shared, use = &l.down, readback
	}
	if err := l.reserve(shared, 2*min(rounded(len(host)), load), use); err != nil {
		return err
	}
	var under [2][]byte // the host's bytes that each submit carries
	for i := 0; len(host) > 0 || under[0] != nil || under[1] != nil; i ^= 1 {
		half := shared.sub(i*(shared.size/2), min(len(host), load))
		if err := l.land(ctx, i, half, under[i], up); err != nil {
			return err
		}
		under[i] = nil
		if len(host) == 0 {
			continue
		}
		under[i], host = host[:half.size], host[half.size:]
		if up {
			copy(half.bytes(), under[i])
		}
		if err := l.leave(i, device.sub(0, half.size), half, up); err != nil {
			return err
		}
		device.at += half.size
	}
	return nil
}

// leave submits a copy between the device's memory and a half of what is shared, as submit i.
func (l *lane) leave(i int, device, half chunk, up bool) error {
	c := l.commands[i]
	if err := l.open(c); err != nil {
		return err
	}
	l.barrier(c)
	if up {
		l.copy(c, half, device)
	} else {
		l.copy(c, device, half)
	}
	if err := l.shut(c); err != nil {
		return err
	}
	return l.submit(i, c)
}

// land waits for submit i, and gives the host the bytes that it has brought.
func (l *lane) land(ctx context.Context, i int, half chunk, host []byte, up bool) error {
	if host == nil {
		return nil
	}
	if err := l.finish(ctx, i); err != nil {
		return err
	}
	if !up {
		half.size = len(host)
		copy(host, half.bytes())
	}
	return nil
}
