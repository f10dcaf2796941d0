package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"

	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Buffer is a row-major array that lies where a session's device computes, so that what one Program writes the next one reads without a
// copy: on a GPU it does not travel, on the host's devices it is aligned memory that kernels work on in place. Bind gives it to an input,
// Program.RunBuffers and RunIntoBuffers give results in buffers.
//
// It is safe to use from many goroutines at once: any number of runs read it together, and one that writes it has it alone. A call that must
// wait for others does so until its context is cancelled. After a run that failed or was cancelled the contents of what it wrote are unknown.
//
// Close gives the memory back; a Buffer that is no longer reachable, or whose session is closed, gives it back too. The session's MemoryLimit
// does not count it.
type Buffer struct {
	session *Session
	dtype   tensor.DType
	shape   tensor.Shape
	memory  driver.Buffer
	arg     driver.Arg // of element [0 ... 0]
	cleanup goruntime.Cleanup

	// what runs hold it, guarded by session.holds
	readers int
	writing bool
	closed  bool
}

// NewBuffer gives a buffer of zeros.
func (s *Session) NewBuffer(d tensor.DType, dims ...int) (*Buffer, error) {
	b, err := s.newBuffer(d, dims)
	if err != nil {
		return nil, err
	}
	if err := b.zero(); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Upload gives a buffer with a copy of t's elements, whatever t's layout is.
func (s *Session) Upload(ctx context.Context, t *tensor.Tensor) (*Buffer, error) {
	if t == nil {
		return nil, errors.New("runtime: upload: no tensor")
	}
	b, err := s.newBuffer(t.DType(), t.Shape())
	if err != nil {
		return nil, err
	}
	if err := b.Write(ctx, t); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// newBuffer gives a buffer of no certain contents.
func (s *Session) newBuffer(d tensor.DType, dims []int) (*Buffer, error) {
	shape := tensor.Shape(dims).Clone()
	n, err := shape.Size()
	switch {
	case err != nil:
		return nil, fmt.Errorf("runtime: a buffer %v%v: %w", d, shape, err)
	case d == tensor.Invalid || d >= tensor.NumDTypes:
		return nil, errors.New("runtime: a buffer: there is no dtype")
	case n > maxBuffer/d.Size():
		return nil, fmt.Errorf("runtime: a buffer %v%v: no device's memory holds so much", d, shape)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	return s.allocate(d, shape)
}

// allocate gives a buffer of no certain contents, of a session that is open and held.
func (s *Session) allocate(d tensor.DType, shape tensor.Shape) (*Buffer, error) {
	memory, err := s.memory(shape.Len() * d.Size())
	if err != nil {
		return nil, fmt.Errorf("runtime: a buffer %v%v: %w", d, shape, err)
	}
	b := &Buffer{session: s, dtype: d, shape: shape, memory: memory, arg: driver.Arg{Buffer: memory}}
	if m, ok := memory.(driver.Addressable); ok {
		b.arg = driver.Arg{Host: m.Memory()}
	}
	b.cleanup = goruntime.AddCleanup(b, func(m driver.Buffer) { m.Close() }, memory)
	return b, nil
}

// maxBuffer is more bytes than any device has, and fewer than Go's runtime panics at.
const maxBuffer = 1 << 46

// memory gives device memory.
func (s *Session) memory(bytes int) (driver.Buffer, error) {
	if most := s.config.MemoryLimit; s.inPlace() && most > 0 && int64(bytes) > most {
		return nil, fmt.Errorf("it takes %d bytes, the memory limit is %d bytes", bytes, most)
	}
	m, err := s.home.Alloc(bytes)
	if err != nil && s.relieve(err) {
		return s.home.Alloc(bytes)
	}
	return m, err
}

// inPlace says whether buffers lie in the host's memory.
func (s *Session) inPlace() bool {
	_, remote := s.home.(driver.Remote)
	return !remote
}

// DType is the elements' type.
func (b *Buffer) DType() tensor.DType { return b.dtype }

// Shape is the buffer's shape; the caller does not change it.
func (b *Buffer) Shape() tensor.Shape { return b.shape }

// Bytes is the size of the elements together.
func (b *Buffer) Bytes() int { return b.memory.Bytes() }

// String names the buffer and where it lies.
func (b *Buffer) String() string {
	return fmt.Sprintf("buffer %v%v on %s", b.dtype, b.shape, b.session.home.Target().Name)
}

// Tensor gives a copy of the elements in fresh memory of the host's.
func (b *Buffer) Tensor(ctx context.Context) (*tensor.Tensor, error) {
	t, err := tensor.Zeros(b.dtype, b.shape...)
	if err != nil {
		return nil, err
	}
	if err := b.Read(ctx, t); err != nil {
		return nil, err
	}
	return t, nil
}

// Read copies the elements to t, which is row-major, writable and of the buffer's dtype and shape.
func (b *Buffer) Read(ctx context.Context, t *tensor.Tensor) error {
	if err := b.check("read into", t); err != nil {
		return err
	}
	if t.ReadOnly() {
		return fmt.Errorf("runtime: read into a tensor: %v: the tensor is read-only", b)
	}
	to, err := t.Bytes()
	if err != nil {
		return fmt.Errorf("runtime: read into a tensor: %v: %w", b, err)
	}
	return b.carry(ctx, operand{b: b}, operand{}, func() error { return b.memory.Read(ctx, 0, to) })
}

// Write copies the elements of t, which is of the buffer's dtype and shape and of any layout, to the buffer.
func (b *Buffer) Write(ctx context.Context, t *tensor.Tensor) error {
	if err := b.check("write of", t); err != nil {
		return err
	}
	from, err := t.Contiguify().Bytes()
	if err != nil {
		return err
	}
	return b.carry(ctx, operand{}, operand{b: b}, func() error { return b.memory.Write(ctx, 0, from) })
}

// zero writes zeros.
func (b *Buffer) zero() error {
	ctx, zeros := context.Background(), make([]byte, min(b.Bytes(), 1<<20))
	return b.carry(ctx, operand{}, operand{b: b}, func() error {
		for at := 0; at < b.Bytes(); at += len(zeros) {
			if err := b.memory.Write(ctx, at, zeros[:min(len(zeros), b.Bytes()-at)]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *Buffer) check(what string, t *tensor.Tensor) error {
	switch {
	case t == nil:
		return fmt.Errorf("runtime: %s no tensor: %v", what, b)
	case t.DType() != b.dtype || !t.Shape().Equal(b.shape):
		return fmt.Errorf("runtime: %s a tensor %v%v: %v", what, t.DType(), t.Shape(), b)
	}
	return nil
}

// carry copies while nobody writes what is read, or uses what is written.
func (b *Buffer) carry(ctx context.Context, read, write operand, copy func() error) error {
	s := b.session
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	reads, writes := [1]operand{read}, [1]operand{write}
	if err := s.holds.take(ctx, reads[:], writes[:]); err != nil {
		if _, closed := err.(*closedError); closed {
			return fmt.Errorf("runtime: %v is closed", b)
		}
		return err
	}
	defer s.holds.give(reads[:], writes[:])
	return copy()
}

// Close waits for runs that use the buffer and gives its memory back. Whatever uses it afterwards gets an error.
func (b *Buffer) Close() error {
	if !b.session.holds.close(b) {
		return fmt.Errorf("runtime: %v is closed already", b)
	}
	b.cleanup.Stop()
	return b.memory.Close()
}
