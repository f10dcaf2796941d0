package order

import (
	"encoding/binary"
	"math/bits"
)

// set is a set of labels; the sets of one network have equal lengths.
type set []uint64

func (s set) add(l int) { s[l>>6] |= 1 << (l & 63) }

func (s set) has(l int) bool { return s[l>>6]>>(l&63)&1 != 0 }

func (s set) appendKey(key []byte) []byte {
	for _, w := range s {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	return key
}

// product is how many points the labels of s have together.
func (s set) product(sizes []float64) float64 {
	p := 1.0
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			p *= sizes[i<<6+bits.TrailingZeros64(w)]
		}
	}
	return p
}

// common is the product of the labels that are in s and in t.
func (s set) common(t set, sizes []float64) float64 {
	p := 1.0
	for i, w := range s {
		for w &= t[i]; w != 0; w &= w - 1 {
			p *= sizes[i<<6+bits.TrailingZeros64(w)]
		}
	}
	return p
}

// union is the product of the labels of s and t together.
func (s set) union(t set, sizes []float64) float64 {
	p := 1.0
	for i, w := range s {
		for w |= t[i]; w != 0; w &= w - 1 {
			p *= sizes[i<<6+bits.TrailingZeros64(w)]
		}
	}
	return p
}
