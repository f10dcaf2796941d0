package host

import (
	"context"

	"github.com/einloom/einloom/runtime/driver"
)

// Run executes the launches in order. Pieces of a launch are shared among the workers; a cancelled context is seen between pieces.
func (d *Device) Run(ctx context.Context, launches []driver.Launch) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return errClosed
	}
	l := d.crew.Lane()
	defer d.crew.Rest(l)
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
		if err := d.crew.Run(ctx, l, &p.Kernel, launches[i].Args); err != nil {
			return err
		}
	}
	return nil
}
