package emu

import (
	"encoding/binary"
	"fmt"
)

// Access says what code may do with a region.
type Access uint8

// The accesses.
const (
	ReadOnly Access = iota
	ReadWrite
)

// Memory is what emulated code sees: byte slices at made-up addresses, far from one another, with nothing between them. The zero
// Memory is empty.
type Memory struct {
	regions []region
}

type region struct {
	name   string
	base   uint64
	bytes  []byte
	access Access
}

// spacing keeps regions apart: an index that runs wild by a gigabyte still meets nothing.
const spacing = 1 << 36

// Map puts b into memory, shared with the caller, and gives its address: a multiple of 64, plus skew.
func (m *Memory) Map(name string, b []byte, access Access, skew int) uint64 {
	base := uint64(len(m.regions)+1)*spacing + uint64(skew)
	m.regions = append(m.regions, region{name, base, b, access})
	return base
}

// at gives the n bytes at addr, or nil and why not.
func (m *Memory) at(addr uint64, n int, write bool) ([]byte, error) {
	for i := range m.regions {
		r := &m.regions[i]
		off := int64(addr - r.base)
		if off < -spacing/2 || off >= spacing/2 {
			continue
		}
		if off < 0 || off+int64(n) > int64(len(r.bytes)) {
			return nil, fmt.Errorf("%d bytes at offset %d of %q, which has %d", n, off, r.name, len(r.bytes))
		}
		if write && r.access == ReadOnly {
			return nil, fmt.Errorf("a write of %d bytes at offset %d of %q, which is read-only", n, off, r.name)
		}
		return r.bytes[off : off+int64(n)], nil
	}
	return nil, fmt.Errorf("%d bytes at %#x, where there is no memory", n, addr)
}

// load gives n bytes at addr, n at most 8, as a number.
func (m *machine) load(addr uint64, n int) uint64 {
	b, err := m.mem.at(addr, n, false)
	if err != nil {
		m.fault("%w", err)
		return 0
	}
	return number(b)
}

func (m *machine) store(addr uint64, n int, v uint64) {
	b, err := m.mem.at(addr, n, true)
	if err != nil {
		m.fault("%w", err)
		return
	}
	putNumber(b, v)
}

// number reads 1, 2, 4 or 8 bytes.
func number(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

func putNumber(b []byte, v uint64) {
	switch len(b) {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(v))
	default:
		binary.LittleEndian.PutUint64(b, v)
	}
}
