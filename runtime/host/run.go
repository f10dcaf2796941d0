package host

import (
	"context"
	"unsafe"

	"github.com/einloom/einloom/runtime/driver"
)

// Run executes the launches in order. Pieces of a launch are shared among the workers; a cancelled context is seen between pieces.
func (d *Device) Run(ctx context.Context, launches []driver.Launch) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return errClosed
	}
	l := d.crew.takeLane()
	defer d.crew.giveLane(l)
	for i := range launches {
		p, ok := launches[i].Program.(*Program)
		if !ok {
			if d.fallback == nil {
				return errForeign
			}
			if err := d.fallback.Run(ctx, launches[i:i+1]); err != nil {
				return err
			}
			continue
		}
		if n := len(p.params); cap(l.ptrs) < n {
			l.ptrs = make([]unsafe.Pointer, n, max(n, 16))
		} else {
			l.ptrs = l.ptrs[:n]
		}
		if err := p.bind(launches[i].Args, l.ptrs); err != nil {
			return err
		}
		if err := d.crew.run(ctx, p, l); err != nil {
			return err
		}
	}
	return nil
}
