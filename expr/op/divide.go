package op

import (
	"fmt"
	"strings"
)

// Division with a remainder. NumPy's remainder has the divisor's sign, and floor_div is (x - remainder)/y.

// Integers: the truncated quotient and remainder are moved by one step where there is a remainder of the wrong sign. By zero both are 0.
const (
	floorDivInt = `
	r := imod(x, y)
	return idiv(x, y) - where((r != 0) & ((r ^ y) < 0), 1, 0)`
	remainderInt = `
	r := imod(x, y)
	return where((r != 0) & ((r ^ y) < 0), r + y, r)`
)

// Floats: residue gives the r with x = n y + r that is nearest to 0, exactly, and with it one step leads to the remainder.
const (
	remainderText = `
	r := residue(x, y)
	return where(r == 0, bits(bits(y) & signBit), where((r < 0) ^ (y < 0), r + y, r))`

	floorDivText = `
	r := residue(x, y)
	q := rint(x/y - r/y)
	return where((x == 0) | (y == 0), x/y, where((r != 0) & ((r < 0) ^ (y < 0)), q - 1, q))`
)

// residue32 is done in double precision. A number of 24 bits less n y, n of up to 28 bits, is exact; the divisor comes down from y 2^252 in
// such steps. Infinite y leave x.
var residue32 = `
	a, b := f64(abs(x)), f64(abs(y))` + residueSteps() + `
	return where((abs(y) == inf) & (abs(x) < inf), x, f32(bits(bits(a) ^ bits(f64(x)) & signBit64)))`

func residueSteps() string {
	var b strings.Builder
	for k := 252; k >= 0; k -= 28 {
		fmt.Fprintf(&b, "\n\td := b*0x1p%d\n\ta = a - rint(a/d)*d", k)
	}
	return b.String()
}

// residue64 takes x and y as integers a 2^i and b 2^j, a and b below 2^53. With n = i - j, a 2^n modulo b comes from 2^n modulo b, which is
// 2^(n/64), squared six times and doubled where n has a bit. Products are exact as sums of two.
var residue64 = `
	a, i := integral(abs(x))
	b, j := integral(abs(y))
	n := i - j
	each := 1/b
	k := floor(n*0x1p-6)
	n = n - 64*k
	p := bits(bits(k + exp2Round) << mantissa)
	p = p - rint(p*each)*b` + squarings() + `
	p = productModulo(a, p, b, each)
	p = p - rint(p*each)*b
	s, w := halves(j - 1075 + expRound)
	r := where(i < j, abs(x), p*s*w)
	r = bits(bits(r) ^ bits(x) & signBit)
	fine := (abs(x) < inf) & (y == y) & (y != 0)
	return where(fine, where(abs(y) == inf, x, r), nan)`

func squarings() string {
	var b strings.Builder
	for _, bit := range []int{32, 16, 8, 4, 2, 1} {
		fmt.Fprintf(&b, `
	p = productModulo(p, p, b, each)
	has%d := n >= %[1]d
	n = where(has%[1]d, n - %[1]d, n)
	p = p + where(has%[1]d, p, 0)
	p = p - rint(p*each)*b`, bit)
	}
	return b.String()
}

// integral gives a >= 0 as an integer and the exponent field that goes with it, which is 1 for subnormal numbers too.
const integral = `
	i := bits(a)
	e := bits(i >> mantissa | floatBits) - 0x1p52
	m := bits(i & mantissaMask | floatBits) - 0x1p52
	return m + where(e > 0, 0x1p52, 0), max(e, 1)`

// productModulo is a c modulo b, between -b and b, for integers below 2^53 with |c| <= b/2; each is 1/b.
const productModulo = `
	high, low := twoProduct(a, c)
	q := rint(high*each)
	h, l := twoProduct(b, q)
	return (high - h) + (low - l)`

// Integer powers modulo 2^width: squared and multiplied bit by bit. A negative power is 1/x^n made whole: 0 unless x is 1 or -1.
const (
	powUint = `
	r := T(1)
	n := y
	for range width {
		r = where(n & 1 == 1, r*x, r)
		x = x*x
		n = n >> 1
	}
	return r`
	powInt = `
	r := powUint(x, y)
	return where(y >= 0, r, where(x == 1, 1, where(x == -1, where(y & 1 == 0, 1, -1), 0)))`
)
