package tensor

import "math"

// F16 is an element of dtype Float16: IEEE 754 binary16, by its bits.
type F16 uint16

// BF16 is an element of dtype BFloat16: the upper half of a binary32, by its bits.
type BF16 uint16

// Float32 is the value, exactly.
func (h F16) Float32() float32 {
	sign := uint32(h&0x8000) << 16
	exp, frac := uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exp {
	case 0: // zero and subnormals: frac * 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*0x1p-24))
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// Float32 is the value, exactly.
func (b BF16) Float32() float32 { return math.Float32frombits(uint32(b) << 16) }

// Float16Of rounds v once, to the nearest with ties to even; what is too large becomes an infinity.
func Float16Of(v float64) F16 { return F16(narrow(v, 10, 5)) }

// BFloat16Of rounds v once, to the nearest with ties to even; what is too large becomes an infinity.
func BFloat16Of(v float64) BF16 { return BF16(narrow(v, 7, 8)) }

// narrow rounds a float64 to a format of fracBits and expBits, given as 16 bits.
func narrow(v float64, fracBits, expBits int) uint16 {
	b := math.Float64bits(v)
	sign := uint16(b >> 63 << 15)
	inf := uint16(1<<expBits-1) << fracBits
	exp, frac := int(b>>52&0x7ff), b&(1<<52-1)
	if exp == 0x7ff {
		if frac == 0 {
			return sign | inf
		}
		return sign | inf | 1<<(fracBits-1) | uint16(frac>>(52-fracBits)) // quiet, what fits of the payload
	}
	if exp == 0 { // a float64 subnormal is far below half of the least number here
		return sign
	}
	bias := 1<<(expBits-1) - 1
	e := exp - 1023 + bias // the exponent in the narrow format
	frac |= 1 << 52
	drop := 52 - fracBits
	if e <= 0 { // a subnormal there: the unit is fixed
		drop += 1 - e
		e = 0
	} else {
		e-- // the leading one below adds it back
	}
	if drop > 54 {
		return sign
	}
	kept, rest, half := frac>>drop, frac&(1<<drop-1), uint64(1)<<(drop-1)
	if rest > half || rest == half && kept&1 == 1 {
		kept++
	}
	r := uint64(e)<<fracBits + kept // a carry runs into the exponent, as it should
	if r >= uint64(inf) {
		return sign | inf
	}
	return sign | uint16(r)
}
