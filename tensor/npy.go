package tensor

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Load reads the array of a .npy file, versions 1 to 3, in either byte order, into fresh memory. An array in Fortran order becomes a view
// with column-major strides. Opaque two-byte elements ("<V2", as the ml_dtypes package saves them) are taken for bfloat16. What the header
// says is checked against the file's length before memory is taken: a file that ends early or goes on after the array is an error (Read
// reads files with several arrays).
func Load(path string) (*Tensor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	defer f.Close()
	t, err := loadFile(f)
	if err != nil {
		return nil, fmt.Errorf("tensor: %s: %w", path, err)
	}
	return t, nil
}

func loadFile(f *os.File) (*Tensor, error) {
	size, err := length(f)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	if size >= 0 {
		if err := h.checkLength(size); err != nil {
			return nil, err
		}
	}
	t, err := readElements(f, h, size >= 0)
	if err != nil {
		return nil, err
	}
	return t, atEnd(f)
}

// length is how many bytes a regular file has, and -1 for a pipe or another stream.
func length(f *os.File) (int64, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return 0, err
	case info.IsDir():
		return 0, errors.New("this is a directory")
	case !info.Mode().IsRegular():
		return -1, nil
	}
	return info.Size(), nil
}

// checkLength compares what h says with the length of its file.
func (h *header) checkLength(size int64) error {
	switch there := size - h.start; {
	case there < int64(h.bytes()):
		return fmt.Errorf("truncated: %v%v takes %d bytes, %d are there", h.dtype, h.shape, h.bytes(), there)
	case there > int64(h.bytes()):
		return fmt.Errorf("%v%v takes %d bytes, but %d are there: the header and the file disagree", h.dtype, h.shape, h.bytes(), there)
	}
	return nil
}

// atEnd is an error if r goes on.
func atEnd(r io.Reader) error {
	var one [1]byte
	switch n, err := io.ReadFull(r, one[:]); {
	case n > 0:
		return errors.New("the file goes on after the array")
	case err != io.EOF:
		return err
	}
	return nil
}

// Read reads one array in .npy format from r into fresh memory, and nothing behind it; Load says what is read. Memory is taken as bytes
// arrive, never because a header asks for it.
func Read(r io.Reader) (*Tensor, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	t, err := readElements(r, h, false)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	return t, nil
}

// readElements reads what follows h. Without known, the stream may be shorter than h says, and memory grows with what arrives.
func readElements(r io.Reader, h *header, known bool) (*Tensor, error) {
	const piece = 1 << 20
	n := h.bytes()
	first := n
	if !known {
		first = min(n, piece)
	}
	mem, got := alignedBytes(first), 0
	for {
		k, err := io.ReadFull(r, mem[got:])
		got += k
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, fmt.Errorf("truncated: %v%v takes %d bytes, %d are there", h.dtype, h.shape, n, got)
		}
		if err != nil {
			return nil, err
		}
		if got == n {
			break
		}
		more := alignedBytes(min(n, 2*len(mem)))
		copy(more, mem)
		mem = more
	}
	if h.dtype == Bool {
		normalizeBools(mem)
	}
	if !h.native() {
		swapBytes(mem, h.dtype.unit())
	}
	return FromBytes(mem, h.dtype, h.shape, h.strides(), 0)
}

// normalizeBools makes every byte other than 0 a 1, as Go's bool must be.
func normalizeBools(mem []byte) {
	for i, b := range mem {
		if b > 1 {
			mem[i] = 1
		}
	}
}

// swapBytes reverses each run of unit bytes.
func swapBytes(mem []byte, unit int) {
	for ; len(mem) >= unit; mem = mem[unit:] {
		for i, j := 0, unit-1; i < j; i, j = i+1, j-1 {
			mem[i], mem[j] = mem[j], mem[i]
		}
	}
}

// Write writes t to w in .npy format, version 1.0, as NumPy's save does, byte for byte: in Fortran order if t lies so in memory, row-major
// otherwise. bfloat16 is written as ml_dtypes does, as "<V2". An error if t has more than 64 axes, which NumPy could not read.
func Write(w io.Writer, t *Tensor) error {
	if err := t.encode(w); err != nil {
		return fmt.Errorf("tensor: %w", err)
	}
	return nil
}

func (t *Tensor) encode(w io.Writer) error {
	if t == nil {
		return errors.New("the tensor is nil")
	}
	if len(t.shape) > maxRank {
		return fmt.Errorf("a .npy file has at most %d axes, not %d", maxRank, len(t.shape))
	}
	back, err := t.Transpose()
	if err != nil {
		return err
	}
	fortran := back.dense && !t.dense
	if _, err := w.Write(formatHeader(t.dtype, t.shape, fortran)); err != nil {
		return err
	}
	if fortran {
		t = back
	}
	return t.writeElements(w)
}

// writeElements writes the elements in row-major order, in pieces if they do not lie so.
func (t *Tensor) writeElements(w io.Writer) error {
	if t.dense {
		mem, err := t.Bytes()
		if err == nil {
			_, err = w.Write(mem)
		}
		return err
	}
	const piece = 1 << 16
	var err error
	size, buf := t.dtype.Size(), make([]byte, 0, piece)
	for at := range t.offsets {
		if buf = append(buf, t.mem[at:at+size]...); len(buf) == piece {
			if _, err = w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	_, err = w.Write(buf)
	return err
}

// Save writes t to a .npy file (see Write). A file of that name is replaced only when all is written, so that one that is open, mapped or
// t's own source is never seen half-written.
func Save(path string, t *Tensor) error {
	return replaceFile(path, t.encode)
}
