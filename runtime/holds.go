package runtime

import (
	"context"
	"sync"
)

// holds says which buffers of a session are in use: read by any number of runs, or written by one. A run takes all of its buffers at once or
// none, so that runs never wait for each other in a circle.
type holds struct {
	mu      sync.Mutex
	changed chan struct{} // closed when some are given back; nil: nobody waits
}

// closedError says that a run's buffer is closed: reads[at], or writes[at-len(reads)].
type closedError struct{ at int }

func (e *closedError) Error() string { return "the buffer is closed" }

// take waits until nobody writes the buffers among reads, nobody uses those among writes, and holds them. A buffer is not among both.
func (h *holds) take(ctx context.Context, reads, writes []operand) error {
	if !buffers(reads) && !buffers(writes) {
		return nil
	}
	for {
		wait, err := h.try(reads, writes)
		if wait == nil {
			return err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func buffers(list []operand) bool {
	for _, o := range list {
		if o.b != nil {
			return true
		}
	}
	return false
}

// try holds the buffers, or gives what is closed when it is worth trying again.
func (h *holds) try(reads, writes []operand) (wait chan struct{}, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	free := true
	for i, o := range reads {
		if o.b != nil && o.b.closed {
			return nil, &closedError{i}
		}
		free = free && (o.b == nil || !o.b.writing)
	}
	for i, o := range writes {
		if o.b != nil && o.b.closed {
			return nil, &closedError{len(reads) + i}
		}
		free = free && (o.b == nil || !o.b.writing && o.b.readers == 0)
	}
	if !free {
		return h.wait(), nil
	}
	h.read(reads, 1)
	for _, o := range writes {
		if o.b != nil {
			o.b.writing = true
		}
	}
	return nil, nil
}

// wait is closed at the next change; the caller holds h.mu.
func (h *holds) wait() chan struct{} {
	if h.changed == nil {
		h.changed = make(chan struct{})
	}
	return h.changed
}

// read counts the readers of buffers up or down.
func (h *holds) read(reads []operand, by int) {
	for _, o := range reads {
		if o.b != nil {
			o.b.readers += by
		}
	}
}

// give ends what take began.
func (h *holds) give(reads, writes []operand) {
	if !buffers(reads) && !buffers(writes) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.read(reads, -1)
	for _, o := range writes {
		if o.b != nil {
			o.b.writing = false
		}
	}
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// close waits until nobody uses b and closes it; false: it was closed before.
func (h *holds) close(b *Buffer) bool {
	for {
		h.mu.Lock()
		if b.closed || !b.writing && b.readers == 0 {
			was := b.closed
			b.closed = true
			h.mu.Unlock()
			return !was
		}
		wait := h.wait()
		h.mu.Unlock()
		<-wait
	}
}
