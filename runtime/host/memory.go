package host

import (
	"context"

	"github.com/einloom/einloom/runtime/driver"
)

// buffer is host memory as driver.Buffer.
type buffer struct{ mem []byte }

// Bytes is the buffer's size.
func (b *buffer) Bytes() int { return len(b.mem) }

// Memory is the buffer as the processor sees it (driver.Addressable).
func (b *buffer) Memory() []byte { return b.mem }

// Write copies from to the bytes from at on.
func (b *buffer) Write(ctx context.Context, at int, from []byte) error {
	return driver.Copy(ctx, b.mem, at, from, true)
}

// Read copies the bytes from at on to to.
func (b *buffer) Read(ctx context.Context, at int, to []byte) error {
	return driver.Copy(ctx, b.mem, at, to, false)
}

// Close lets the memory go.
func (b *buffer) Close() error { b.mem = nil; return nil }
