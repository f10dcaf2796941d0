package tensor

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// Tensor is a strided host array: a header over memory that views share. The header never changes; it is safe to use from many
// goroutines as long as nobody writes to the memory.
type Tensor struct {
	dtype   DType
	shape   Shape
	strides []int // in elements; may be 0 or negative
	offset  int   // bytes of element [0 ... 0] in mem
	mem     []byte
	dense   bool     // row-major without gaps
	mapped  *mapping // the file that mem is a mapping of; nil for the garbage collector's memory
}

// New is a row-major tensor over data, which is not copied: later writes to data are seen. Without dims it has one axis if data's length
// is not 1, and is a scalar otherwise. An error if dims do not multiply to the length.
func New[T Element](data []T, dims ...int) (*Tensor, error) {
	d := TypeOf[T]()
	var t *Tensor
	if len(dims) == 0 && len(data) != 1 {
		t = dense(d, len(data))
	} else {
		t = dense(d, dims...)
	}
	n, err := t.shape.count()
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	if n != len(data) {
		return nil, fmt.Errorf("tensor: %d elements of %v do not fill shape %v, which has %d", len(data), d, t.shape, n)
	}
	t.mem = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), n*d.Size())
	return t, nil
}

// dense is a row-major tensor that has no memory yet. It copies dims.
func dense(d DType, dims ...int) *Tensor {
	n := len(dims)
	both := make([]int, 2*n)
	t := &Tensor{dtype: d, shape: both[:n:n], strides: both[n:], dense: true}
	copy(t.shape, dims)
	t.shape.fillStrides(t.strides)
	return t
}

// Scalar is a tensor of shape [] with the value v.
func Scalar[T Element](v T) *Tensor {
	t, _ := New([]T{v})
	return t
}

// Data is t's elements in row-major order, not copied: writes to it are seen in t and all views, and a read-only t's must not be written
// to. An error if T is not t's element type or t is not row-major (see Copy).
func Data[T Element](t *Tensor) ([]T, error) {
	if d := TypeOf[T](); d != t.dtype {
		return nil, fmt.Errorf("tensor: the elements are %v, not %v", t.dtype, d)
	}
	mem, err := t.Bytes()
	if err != nil {
		return nil, err
	}
	return elements[T](mem), nil
}

// elements sees memory as elements of T.
func elements[T Element](mem []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(mem))), len(mem)/TypeOf[T]().Size())
}

// cell sees the memory from byte at on as one T.
func cell[T any](mem []byte, at int) *T {
	var v T
	return (*T)(unsafe.Pointer(unsafe.SliceData(mem[at:][:unsafe.Sizeof(v)])))
}

// Zeros is a row-major tensor of zeros whose memory starts on a 64-byte boundary. An error for a shape that is none, or too large for any
// machine.
func Zeros(d DType, dims ...int) (*Tensor, error) {
	t := dense(d, dims...)
	if err := checkLen(d, t.shape); err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	t.mem = alignedBytes(t.shape.Len() * d.Size())
	return t, nil
}

// maxLen is the most elements a tensor may have, be they all the same one by stride 0. 2^42 of the largest type are 2^46 bytes: more than
// any machine's memory, and less than what makes the Go runtime panic.
const maxLen = 1 << 42

// checkLen says what makes d and shape no tensor's.
func checkLen(d DType, shape Shape) error {
	if d == Invalid || d >= NumDTypes {
		return errors.New("there is no dtype")
	}
	n, err := shape.count()
	if err == nil && n > maxLen {
		err = fmt.Errorf("%v%v has more than 2^42 elements, which no machine's memory holds", d, shape)
	}
	return err
}

const boundary = 64

// alignedBytes is n zero bytes from a 64-byte boundary on.
func alignedBytes(n int) []byte {
	if n == 0 {
		return nil
	}
	b := make([]byte, n+boundary-1)
	shift := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (boundary - 1))
	return b[shift : shift+n : shift+n]
}

// FromBytes is a tensor over mem with element [0 ... 0] at the element offset; strides are in elements (nil: row-major). mem is not
// copied. An error if an element would lie outside of mem, or not on a multiple of its alignment. The bytes of a bool must be 0 or 1.
func FromBytes(mem []byte, d DType, shape Shape, strides []int, offset int) (*Tensor, error) {
	if err := checkLen(d, shape); err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	if strides == nil {
		strides = shape.Strides()
	}
	if len(strides) != len(shape) {
		return nil, fmt.Errorf("tensor: %d strides for shape %v", len(strides), shape)
	}
	t := &Tensor{dtype: d, shape: shape.Clone(), strides: slices.Clone(strides), mem: mem, dense: isDense(shape, strides)}
	if slices.Contains(shape, 0) {
		return t, nil
	}
	if !inBounds(shape, strides, offset, len(mem)/d.Size()) {
		return nil, fmt.Errorf("tensor: %v%v with strides %v and offset %d reaches outside of %d elements", d, shape, strides, offset, len(mem)/d.Size())
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(mem)))%uintptr(d.unit()) != 0 {
		return nil, fmt.Errorf("tensor: memory of %v is not on a multiple of %d bytes", d, d.unit())
	}
	t.offset = offset * d.Size()
	return t, nil
}

// inBounds says whether all elements of a shape without zeros lie among the n that there are.
func inBounds(shape Shape, strides []int, offset, n int) bool {
	low, high := offset, offset
	for k, s := range strides {
		if low < 0 || high >= n {
			return false
		}
		switch last := shape[k] - 1; {
		case last == 0 || s == 0:
		case last > n/max(s, -s): // else nothing overflows below; the least int divides to 0
			return false
		case s < 0:
			low += last * s
		default:
			high += last * s
		}
	}
	return low >= 0 && high < n
}

// isDense says whether strides are row-major; those of axes with one element do not matter, nor any of an empty tensor.
func isDense(shape Shape, strides []int) bool {
	step := 1
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] == 0 {
			return true
		}
	}
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] != 1 && strides[k] != step {
			return false
		}
		step *= shape[k]
	}
	return true
}

// DType is the elements' type.
func (t *Tensor) DType() DType { return t.dtype }

// Shape is the extents of the axes; not to be written to.
func (t *Tensor) Shape() Shape { return t.shape }

// Strides are in elements; 0 on broadcast axes, negative on flipped ones; not to be written to.
func (t *Tensor) Strides() []int { return t.strides }

// Len is the number of elements.
func (t *Tensor) Len() int { return t.shape.Len() }

// Rank is the number of axes.
func (t *Tensor) Rank() int { return len(t.shape) }

// Contiguous says whether the elements lie in row-major order without gaps.
func (t *Tensor) Contiguous() bool { return t.dense }

// Memory is the whole memory that t is a view of, and the byte at which element [0 ... 0] lies in it.
func (t *Tensor) Memory() (mem []byte, offset int) { return t.mem, t.offset }

// Bytes is the memory of t's elements, not copied; an error if t is not row-major.
func (t *Tensor) Bytes() ([]byte, error) {
	if !t.dense {
		return nil, fmt.Errorf("tensor: %v%v with strides %v is not row-major: Copy makes it so", t.dtype, t.shape, t.strides)
	}
	return t.mem[t.offset : t.offset+t.Len()*t.dtype.Size()], nil
}

// ReadOnly says whether the memory is a file's (see Map); writing to it ends the program with a memory fault.
func (t *Tensor) ReadOnly() bool { return t.mapped != nil }

// SharesMemory says whether the bytes from t's first to its last element and those of u overlap.
func (t *Tensor) SharesMemory(u *Tensor) bool {
	a, b := t.span()
	c, d := u.span()
	return a < d && c < b
}

// span is the addresses of the first byte that t reaches and of one past the last.
func (t *Tensor) span() (from, to uintptr) {
	if t.Len() == 0 {
		return 0, 0
	}
	low, high := t.offset, t.offset+t.dtype.Size()
	for k, s := range t.strides {
		if d := (t.shape[k] - 1) * s * t.dtype.Size(); d < 0 {
			low += d
		} else {
			high += d
		}
	}
	base := uintptr(unsafe.Pointer(unsafe.SliceData(t.mem)))
	return base + uintptr(low), base + uintptr(high)
}
