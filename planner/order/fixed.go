package order

import (
	"math"
	"math/bits"
)

// Sizes of tensors are kept as logarithms to the base 2, in fixed point: sums of them are exact, whatever the sequence, so that a seed
// finds the same order on every machine.
const (
	fixedBits = 24
	fixedOne  = 1 << fixedBits
)

// fixedLog is the logarithm of a size; what has no elements counts like what has one.
func fixedLog(size int) int64 {
	if size <= 1 {
		return 0
	}
	if size&(size-1) == 0 {
		return int64(bits.TrailingZeros(uint(size))) << fixedBits
	}
	return int64(math.Round(math.Log2(float64(size)) * fixedOne))
}

const tableBits = 10

// powers[i] is 2^(i/1024). Both tables are rounded, so that a last bit that differs between mathematical libraries is gone.
var powers = func() (t [1 << tableBits]float64) {
	for i := range t {
		t[i] = math.Round(math.Exp2(float64(i)/(1<<tableBits))*(1<<44)) / (1 << 44)
	}
	return t
}()

// logs[i] is the logarithm of 1 + (i+½)/1024.
var logs = func() (t [1 << tableBits]float64) {
	for i := range t {
		t[i] = math.Round(math.Log2(1+(float64(i)+0.5)/(1<<tableBits))*(1<<44)) / (1 << 44)
	}
	return t
}()

// The exponents that are told apart: what is less is nothing, what is more is the same.
const (
	leastPower = -1000 << fixedBits
	mostPower  = 1000 << fixedBits
)

// power is 2^x to seven digits. Products are rounded apart from sums on purpose: some processors would fuse them.
func power(x int64) float64 {
	if x < leastPower {
		return 0
	}
	x = min(x, mostPower)
	f := powers[x>>(fixedBits-tableBits)&(1<<tableBits-1)]
	r := float64(x & (1<<(fixedBits-tableBits) - 1))
	f += float64(f * float64(r*(math.Ln2/fixedOne)))
	return float64(f * math.Float64frombits(uint64(x>>fixedBits+1023)<<52))
}

// log2 is the logarithm of a positive number to three digits, for choices by chance.
func log2(x float64) float64 {
	b := math.Float64bits(x)
	return float64(int(b>>52)-1023) + logs[b>>(52-tableBits)&(1<<tableBits-1)]
}
