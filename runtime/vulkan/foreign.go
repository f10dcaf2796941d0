//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"slices"

	"github.com/einloom/einloom/runtime/driver"
)

// runForeign runs launches of the fallback's programs, on device buffers as the host sees them, or on copies of them.
func (d *Device) runForeign(ctx context.Context, launches []driver.Launch) error {
	if d.fallback == nil {
		return errForeign
	}
	if err := d.lanes.settle(ctx); err != nil {
		return err
	}
	l, err := d.lanes.take(d, 0)
	if err != nil {
		return err
	}
	defer d.lanes.give(l)
	m := mirror{lane: l}
	if err := m.find(launches); err != nil {
		return err
	}
	if err := m.copy(true); err != nil {
		return err
	}
	if err := d.fallback.Run(ctx, m.seen(launches)); err != nil {
		return err
	}
	return m.copy(false)
}

// mirror is device buffers as the host sees them: mapped memory itself, or copies in the lane's readback memory.
type mirror struct {
	lane    *lane
	buffers []*Buffer
	at      []int // of each copy; -1: the buffer is mapped
	bytes   int   // of all copies
}

// find lists the launches' buffers, each once.
func (m *mirror) find(launches []driver.Launch) error {
	for i := range launches {
		for _, a := range launches[i].Args {
			if a.Buffer == nil {
				continue
			}
			b, ok := a.Buffer.(*Buffer)
			if !ok || b.device != m.lane.device {
				return errForeign
			}
			if slices.Contains(m.buffers, b) {
				continue
			}
			at := -1
			if b.chunk.block != nil && b.chunk.bytes() == nil {
				at = m.bytes
				m.bytes += b.chunk.size
			}
			m.buffers, m.at = append(m.buffers, b), append(m.at, at)
		}
	}
	return m.lane.reserve(&m.lane.down, m.bytes, readback)
}

// seen gives the launches with the host's memory in place of buffers.
func (m *mirror) seen(launches []driver.Launch) []driver.Launch {
	list := make([]driver.Launch, len(launches))
	for i := range launches {
		list[i] = driver.Launch{Program: launches[i].Program, Args: slices.Clone(launches[i].Args)}
		for k := range list[i].Args {
			a := &list[i].Args[k]
			b, ok := a.Buffer.(*Buffer)
			if !ok {
				continue
			}
			at := m.at[slices.Index(m.buffers, b)]
			a.Buffer = nil
			switch {
			case b.chunk.block == nil:
				a.Host = nil
			case at < 0:
				a.Host = b.chunk.bytes()[:b.bytes]
			default:
				a.Host = m.lane.down.bytes()[at : at+b.bytes]
			}
		}
	}
	return list
}

// copy copies those buffers that are not mapped to the host, or back.
func (m *mirror) copy(toHost bool) error {
	if m.bytes == 0 {
		return nil
	}
	l := m.lane
	c := l.commands[0]
	if err := l.open(c); err != nil {
		return err
	}
	l.barrier(c)
	for i, b := range m.buffers {
		if m.at[i] < 0 {
			continue
		}
		device, host := b.chunk, l.down.sub(m.at[i], b.chunk.size)
		if toHost {
			l.copy(c, device, host)
		} else {
			l.copy(c, host, device)
		}
	}
	if err := l.shut(c); err != nil {
		return err
	}
	if err := l.submit(0, c); err != nil {
		return err
	}
	l.device.traffic.add(m.bytes, !toHost)
	return l.finish(context.Background(), 0)
}
