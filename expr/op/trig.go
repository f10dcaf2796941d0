package op

import (
	"fmt"
	"strings"
)

// sin and cos of x = n pi/2 + y, |y| <= pi/4 or hardly more, are one of sin, cos, -sin, -cos of y by n modulo 4; the cosine is a quarter ahead.
// y is needed to full precision however near to 0 it is. As far as n has few bits, pi/2 in three pieces gives it. (Cody and Waite 1980.)
// Beyond, in code that few arguments need, it comes from quarter turns x 2/pi modulo 4, which are then needed far behind the point.

// quarters gives k, whose lowest bits are n, and y as u - v, for |x| <= circleNear. n times the first two pieces is exact, and so is each
// difference, or else the next line brings in what it left out. -0 stays -0.
const quarters = `
	t := x*twoOverPi + nearest
	n := t - nearest
	a := x - n*halfPiA
	b := n*halfPiB
	h := a - b
	m := n*halfPiC - ((a - h) - b)
	u := h - m
	return bits(t), u, m - (h - u)`

// circle gives sin and cos of u - v, with z = u^2: u - (v (1 - z/2) + u z s(z)) and 1 - z/2 + (z^2 c(z) + u v).
const circle = `
	z := u*u
	half := 0.5*z
	one := 1 - half
	sin := u - ((v - half*v) + z*u*poly(z, sinTail))
	cos := one + ((1 - one - half) + (z*z*poly(z, cosTail) + u*v))
	return sin, cos`

const sinText = `
	k, u, v := quarters(x)
	sin, cos := circle(u, v)
	y := where(k & 1 == 0, sin, cos)
	return rare(!(abs(x) <= circleNear), sinFar(x), bits(bits(y) ^ (k & 2) << quarterShift))`

const cosText = `
	k, u, v := quarters(x)
	sin, cos := circle(u, v)
	y := where(k & 1 == 0, cos, sin)
	return rare(!(abs(x) <= circleNear), cosFar(x), bits(bits(y) ^ ((k + 1) & 2) << quarterShift))`

// tan is sin/cos, and in odd quarters -cos/sin.
const tanDouble = `
	k, u, v := quarters(x)
	sin, cos := circle(u, v)
	odd := k & 1 == 1
	y := where(odd, cos, sin)/where(odd, sin, cos)
	return rare(!(abs(x) <= circleNear), tanFar(x), bits(bits(y) ^ k << 63))`

const tanSingle = `
	return rare(!(abs(x) <= circleNear64), tanFar(x), f32(tanNearSingle(f64(x))))`

// tanNearSingle has double precision to spare, and y in quarter turns.
const tanNearSingle = `
	t := x*twoOverPi + nearest
	n := t - nearest
	r := (x - n*halfPiA - n*halfPiB)*twoOverPi
	return tanSigned(r, bits(t))`

// tanSigned is the tangent of r, or for odd k that of a quarter more.
const tanSigned = `
	z := r*r
	sin, cos := r*poly(z, sinTurns), poly(z, cosTurns)
	odd := k & 1 == 1
	y := where(odd, cos, sin)/where(odd, sin, cos)
	return bits(bits(y) ^ k << 63)`

// Far arguments. The quarter turns in x, x 2/pi, are needed modulo 4 and, where they come near an integer, far behind the point. (Payne and
// Hanek 1983.) 2/pi is cut into pieces of so few bits that products are exact. x 2^(-piece w) is multiplied by the pieces from the w-th on;
// w is such that all before them give multiples of 4.

// turnsSingle gives t, whose lowest bits are n, and r, to about 50 bits, of a >= 0 that has 24 bits. A product with a piece of 28 bits has
// no more than 52. From exponent 53 + 28 k on, that with piece k is a multiple of 4. The sum's large terms are added exactly, and the
// integer is taken out before small ones come in.
const turnsSingle = `
	w1 := a >= 0x1p53
	w2 := a >= 0x1p81
	w3 := a >= 0x1p109
	p0 := modulo4(a*where(w3, twoOverPi28[3], where(w2, twoOverPi28[2], where(w1, twoOverPi28[1], twoOverPi28[0]))))
	p1 := modulo4(a*where(w3, twoOverPi28[4], where(w2, twoOverPi28[3], where(w1, twoOverPi28[2], twoOverPi28[1]))))
	p2 := a*where(w3, twoOverPi28[5], where(w2, twoOverPi28[4], where(w1, twoOverPi28[3], twoOverPi28[2])))
	p3 := a*where(w3, twoOverPi28[6], where(w2, twoOverPi28[5], where(w1, twoOverPi28[4], twoOverPi28[3])))
	sum, rest := twoSum(p0, p1)
	t := sum + p2 + nearest
	return t, (sum - (t - nearest) + p2) + (rest + p3)`

// modulo4 takes multiples of 4 out of x.
const modulo4 = `
	return x - 4*rint(x*0.25)`

// sinSingle computes in double precision; to half a unit of single precision, the least terms are enough.
const sinFarSingle = `
	a := f64(abs(x))
	t, r := turnsSingle(a)
	y := turnedSingle(r, bits(t))
	return f32(bits(bits(y) ^ ((bits(t) & 2) << 62 ^ bits(f64(x)) & signBit64)))`

const cosFarSingle = `
	a := f64(abs(x))
	t, r := turnsSingle(a)
	k := bits(t) + 1
	y := turnedSingle(r, k)
	return f32(bits(bits(y) ^ (k & 2) << 62))`

// turnedSingle is sin(r pi/2), or cos(r pi/2) for odd k.
const turnedSingle = `
	z := r*r
	return where(k & 1 == 0, r*poly(z, sinTurns), poly(z, cosTurns))`

// turns gives t, whose lowest bits are n, and r as the sum of two, for a >= 0. Pieces have 52 bits, from exponent 106 + 52 k on the product
// with piece k is a multiple of 4, and w comes out by taking e in steps of 52. Each product but the last is exact as a sum of two. Terms
// are added from the largest, exactly, the integer taken out in between, so that the rest keeps all its bits however near it is to 0.
var turns = `
	e := bits(bits(a) >> 52 | floatBits64) - logBias64
	w := max(0, floor((e - 53.5)*0x1.3b13b13b13b14p-6))
	scaled := a*bits(bits(pieceScale - 52*w) << 52)` + pieces() + `
	p0, e0 := twoProduct(scaled, c0)
	p1, e1 := twoProduct(scaled, c1*0x1p-52)
	p2, e2 := twoProduct(scaled, c2*0x1p-104)
	p3, e3 := twoProduct(scaled, c3*0x1p-156)
	p4 := scaled*(c4*0x1p-208)
	a0, l0 := twoSum(modulo4(p0), modulo4(e0))
	a1, l1 := twoSum(a0, modulo4(p1))
	a2, l2 := twoSum(e1, p2)
	sum, l3 := twoSum(a1, a2)
	t := sum + nearest
	b0, m0 := twoSum(l0, l1)
	b1, m1 := twoSum(b0, l3)
	b2, m2 := twoSum(e2, p3)
	b3, m3 := twoSum(l2, b2)
	b4, m4 := twoSum(b1, b3)
	high, low := twoSum(sum - (t - nearest), b4)
	high, low = fastTwoSum(high, low + (m0 + m1 + m2 + m3 + m4 + e3 + p4))
	return t, high, low`

// pieces is the text that picks pieces w to w+4 of 2/pi: the list is moved down by 16, 8, 4, 2 and 1 places where w has that bit.
func pieces() string {
	const last = 22 // 18 + 4
	var b strings.Builder
	list := make([]string, last+1)
	for i := range list {
		list[i] = fmt.Sprintf("twoOverPi52[%d]", i)
	}
	kept := 5 + 15
	for _, step := range []int{16, 8, 4, 2, 1} {
		fmt.Fprintf(&b, "\n\tw%d := w >= %d\n\tw = where(w%d, w - %d, w)", step, step, step, step)
		next := make([]string, kept)
		for i := range next {
			if next[i] = list[i]; i+step < len(list) {
				next[i] = fmt.Sprintf("c%d", i)
				fmt.Fprintf(&b, "\n\tc%d := where(w%d, %s, %s)", i, step, list[i+step], list[i])
			}
		}
		list = next
		kept -= step / 2
	}
	return b.String()
}

// twoProduct gives a b rounded, and what the rounding left out, exactly, where b has no more than 52 bits. (Dekker 1971, with factors cut by
// masks.)
const twoProduct = `
	product := a*b
	ah, bh := bits(bits(a) & upperMask), bits(bits(b) & upperMask)
	al, bl := a - ah, b - bh
	return product, ah*bh - product + ah*bl + al*bh + al*bl`

// circleOfTurns gives sin and cos of (high + low) pi/2.
const circleOfTurns = `
	u, v := twoProduct(high, halfPiHi)
	sin, cos := circle(u, -(v + (high*halfPiLo + low*halfPiHi)))
	return sin, cos`

// turned is sin, or cos for odd k.
const turned = `
	sin, cos := circleOfTurns(high, low)
	return where(k & 1 == 0, sin, cos)`

const sinFarDouble = `
	a := abs(x)
	t, high, low := turns(a)
	y := turned(high, low, bits(t))
	return bits(bits(y) ^ ((bits(t) & 2) << 62 ^ bits(x) & signBit))`

const cosFarDouble = `
	a := abs(x)
	t, high, low := turns(a)
	k := bits(t) + 1
	y := turned(high, low, k)
	return bits(bits(y) ^ (k & 2) << 62)`

const tanFarSingle = `
	a := f64(abs(x))
	t, r := turnsSingle(a)
	return f32(bits(bits(tanSigned(r, bits(t))) ^ bits(f64(x)) & signBit64))`

const tanFarDouble = `
	a := abs(x)
	t, high, low := turns(a)
	sin, cos := circleOfTurns(high, low)
	odd := bits(t) & 1 == 1
	y := where(odd, cos, sin)/where(odd, sin, cos)
	return bits(bits(y) ^ (bits(t) << 63 ^ bits(x) & signBit))`
