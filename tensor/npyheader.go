package tensor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The .npy format, versions 1.0 to 3.0, is NEP 1 ("A simple file format for NumPy arrays") and the documentation of numpy.lib.format:
// magic, version, length of the header, and the header as a Python dictionary in text, padded so that the elements start on a multiple of
// 64 bytes.

const (
	magic      = "\x93NUMPY"
	npyAlign   = 64
	maxHeader  = 1 << 16 // bytes; NumPy itself refuses more than 10000
	maxRank    = 64      // NumPy's
	growDigits = 21      // NumPy leaves room for the first extent to grow to so many digits
)

// header is what a .npy file says about its array.
type header struct {
	dtype   DType
	order   byte // '<' little endian, '>' big endian, '|' single bytes
	fortran bool // the first axis is the one without gaps
	shape   Shape
	start   int64 // the byte of the file where the elements start
}

// bytes is how many bytes the elements take.
func (h *header) bytes() int { return h.shape.Len() * h.dtype.Size() }

// strides are those that the order of the file's elements makes.
func (h *header) strides() []int {
	if !h.fortran {
		return h.shape.Strides()
	}
	back := h.shape.Clone()
	slices.Reverse(back)
	strides := back.Strides()
	slices.Reverse(strides)
	return strides
}

// native says whether the elements are in this machine's byte order.
func (h *header) native() bool { return h.dtype.Size() == 1 || h.order == nativeOrder }

// nativeOrder is the byte order of this machine as a descr writes it.
var nativeOrder = func() byte {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return '<'
	}
	return '>'
}()

// codes are the types of a descr, after the byte order. NumPy itself has no bfloat16: the ml_dtypes package, which JAX and TensorFlow
// use, saves it as two opaque bytes, V2, and so do we; two opaque bytes are taken for a bfloat16.
var codes = map[string]DType{
	"b1": Bool, "i1": Int8, "i2": Int16, "i4": Int32, "i8": Int64, "u1": Uint8, "u2": Uint16, "u4": Uint32, "u8": Uint64,
	"f2": Float16, "V2": BFloat16, "f4": Float32, "f8": Float64, "c8": Complex64, "c16": Complex128,
}

// codeOf is the type of d's descr.
func codeOf(d DType) string {
	for code, have := range codes {
		if have == d {
			return code
		}
	}
	return ""
}

// readHeader reads a .npy file up to its elements. It allocates at most maxHeader bytes, whatever the file says.
func readHeader(r io.Reader) (*header, error) {
	var lead [12]byte
	if err := readExactly(r, lead[:8], "the magic"); err != nil {
		return nil, err
	}
	if string(lead[:len(magic)]) != magic {
		return nil, fmt.Errorf("this is no .npy file: it starts with %q, not %q", lead[:len(magic)], magic)
	}
	width := 4 // of the header's length
	switch major, minor := lead[6], lead[7]; {
	case minor != 0 || major < 1 || major > 3:
		return nil, fmt.Errorf(".npy version %d.%d is not known; 1.0, 2.0 and 3.0 are", major, minor)
	case major == 1:
		width = 2
	}
	if err := readExactly(r, lead[8:8+width], "the header's length"); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(lead[8:12]) // what was not read is zero
	if length > maxHeader {
		return nil, fmt.Errorf("the header is %d bytes long; at most %d are read", length, maxHeader)
	}
	text := make([]byte, length)
	if err := readExactly(r, text, "the header"); err != nil {
		return nil, err
	}
	h, err := parseHeader(text)
	if err != nil {
		return nil, fmt.Errorf("the header %.80q: %w", bytes.TrimRight(text, " \n"), err)
	}
	h.start = int64(8 + width + len(text))
	return h, nil
}

func readExactly(r io.Reader, b []byte, what string) error {
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("truncated: %s takes %d bytes, %d are there", what, len(b), n)
	}
	return err
}

// parseHeader reads {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
func parseHeader(text []byte) (*header, error) {
	h, seen := &header{}, map[string]bool{}
	l := &literal{rest: string(text)}
	err := l.list('{', '}', func() error {
		key, err := l.quoted()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("%q stands twice", key)
		}
		seen[key] = true
		if !l.take(":") {
			return l.unexpected("a colon")
		}
		switch key {
		case "descr":
			return h.parseDescr(l)
		case "fortran_order":
			h.fortran = l.take("True")
			if !h.fortran && !l.take("False") {
				return l.unexpected("True or False")
			}
		case "shape":
			return h.parseShape(l)
		default:
			return fmt.Errorf("%q is not known", key)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if l.space(); l.rest != "" {
		return nil, l.unexpected("the end")
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return nil, fmt.Errorf("%q is missing", key)
		}
	}
	return h, checkLen(h.dtype, h.shape)
}

func (h *header) parseDescr(l *literal) error {
	if l.space(); strings.HasPrefix(l.rest, "[") {
		return errors.New("structured dtypes are not read: save each field by itself")
	}
	descr, err := l.quoted()
	if err != nil {
		return err
	}
	order, code := nativeOrder, descr
	if descr != "" && strings.Contains("<>=|", descr[:1]) {
		if code = descr[1:]; descr[0] == '<' || descr[0] == '>' {
			order = descr[0]
		}
	}
	d, known := codes[code]
	if !known {
		return fmt.Errorf("the dtype %q is not read; bool, integers of 8 to 64 bits, floats of 16 to 64, complex64 and complex128 are", descr)
	}
	if descr == "|V2" { // ml_dtypes writes <V2, but void has no byte order, and others may write so
		order = '<'
	}
	h.dtype, h.order = d, order
	return nil
}

func (h *header) parseShape(l *literal) error {
	h.shape = Shape{}
	commas := 0
	err := l.list('(', ')', func() error {
		n, err := l.integer()
		if err != nil {
			return err
		}
		if h.shape = append(h.shape, n); len(h.shape) > maxRank {
			return fmt.Errorf("the shape has more than %d axes", maxRank)
		}
		if l.space(); strings.HasPrefix(l.rest, ",") {
			commas++
		}
		return nil
	})
	if err == nil && len(h.shape) == 1 && commas == 0 {
		return fmt.Errorf("the shape (%d) is a number, not a tuple", h.shape[0])
	}
	return err
}

// formatHeader is the magic, version 1.0 and header of t's file, byte for byte as NumPy writes them.
func formatHeader(d DType, shape Shape, fortran bool) []byte {
	order, flag := nativeOrder, "False"
	if d.Size() == 1 {
		order = '|'
	}
	if fortran {
		flag = "True"
	}
	b := []byte(magic + "\x01\x00..")
	b = fmt.Appendf(b, "{'descr': '%c%s', 'fortran_order': %s, 'shape': (", order, codeOf(d), flag)
	for k, n := range shape {
		if k > 0 {
			b = append(b, ' ')
		}
		b = append(strconv.AppendInt(b, int64(n), 10), ',')
	}
	if len(shape) > 1 {
		b = b[:len(b)-1]
	}
	b = append(b, "), }"...)
	if len(shape) > 0 {
		grows := shape[0]
		if fortran {
			grows = shape[len(shape)-1]
		}
		b = append(b, strings.Repeat(" ", growDigits-len(strconv.Itoa(grows)))...)
	}
	b = append(b, strings.Repeat(" ", npyAlign-(len(b)+1)%npyAlign)...)
	b = append(b, '\n')
	binary.LittleEndian.PutUint16(b[8:], uint16(len(b)-10))
	return b
}
