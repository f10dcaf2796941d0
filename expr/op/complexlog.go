package op

import "strings"

// Logarithms, roots and powers of complex numbers: functions of the modulus and the angle. See complexexp.go.

// log z = log|z| + i angle. log|z| is half the logarithm of the sum of squares; that being exact to twice the digits, it is right where |z| is
// near 1 too.
const logComplex = `
	a, b := re(x), im(x)
	down, up := scales(max(abs(a), abs(b)))
	w, wl := squares(abs(a)*down, abs(b)*down)
	return complex(logOfRoot(w, wl, up, a, b), atan2(b, a))`

// logOfRoot is the logarithm of |z|, w + c being its square over that of up.
const logOfRoot = `
	y := 0.5*logOfTwo(w, c) + where(up == 1, 0, where(up > 1, 600*ln2, -600*ln2))
	y = where((a != a) | (b != b), nan, where(w > 0, y, -inf))
	return where((abs(a) == inf) | (abs(b) == inf), inf, y)`

// log(1 + z), with 1 + a as the sum of u and c, |c| far less than u.
const log1pComplex = `
	a, b := re(x), im(x)
	u, c := twoSum(1, a)
	down, up := scales(max(abs(u), abs(b)))
	w, wl := squares(abs(u)*down, abs(b)*down)
	c = where(abs(a) < inf, 2*(u*down)*(c*down), 0)
	return complex(logOfRoot(w, wl + c, up, u, b), atan2(b, u))`

// logScaled is the logarithm to another base, of which by is that of e.
func logScaled(by string) string {
	return "y := log(x)\nreturn complex(re(y)*" + by + ", im(y)*" + by + ")"
}

// The root of a + ib, for a >= 0, is t + i b/(2t) with t^2 = (a + |z|)/2; of -a + ib it is |b|/(2t) +- it.
const sqrtComplex = `
	a, b := abs(re(x)), abs(im(x))
	down, up := scales(max(a, b))
	v, w := a*down, b*down
	h := sqrt(v*v + w*w)
	t := where(a == inf, inf, sqrt(0.5*(v + h)))
	u := where(h == 0, 0, 0.5*w/t)
	right := re(x) >= 0
	p, q := where(right, t, u)*sqrt(up), where(right, u, t)*sqrt(up)
	p, q = where(b == inf, inf, p), where(b == inf, inf, q)
	return complex(p, bits(bits(q) | bits(im(x)) & signBit))`

// z/|z|; where one part is infinite and the other is not, as on the axis.
const signComplex = `
	a, b := re(x), im(x)
	down, up := scales(max(abs(a), abs(b)))
	v, w := a*down, b*down
	h := sqrt(v*v + w*w)
	u, t := where(h == 0, 0, v/h), where(h == 0, 0, w/h)
	flat, steep := (abs(a) == inf) & (abs(b) != inf), (abs(b) == inf) & (abs(a) != inf)
	u = where(flat, bits(oneBits | bits(a) & signBit), where(steep, 0, u))
	return complex(u, where(steep, bits(oneBits | bits(b) & signBit), where(flat, 0, t)))`

// powerBits is how many bits a whole power has that is computed by products.
const powerBits = 6

// x^y = e^(y log x). Whole powers of few bits are products, squared and multiplied bit by bit, so that small whole numbers come out whole;
// unless that comes near the ends of the format. Where all powers are such, nothing else is computed.
var powComplex = `
	a, n := re(y), abs(re(y))
	r, square, one := complex(1, 0), x, complex(1, 0)` + strings.Repeat(`
	half := floor(0.5*n)
	odd := n != half + half
	r = where(odd, where(re(one) == 0, r*square, square), r)
	one = where(odd, complex(0, 0), one)
	n = half
	square = square*square`, powerBits) + `
	r = where(a < 0, 1/r, r)
	large := max(abs(re(r)), abs(im(r)))
	whole := (im(y) == 0) & (rint(a) == a) & (n == 0) & (large > 0x1p-900) & (large < inf)
	general := exp(y*log(x))
	r = complex(rare(!whole, re(general), re(r)), rare(!whole, im(general), im(r)))
	zero := (re(x) == 0) & (im(x) == 0)
	bottom := where(a > 0, T(0), nan)
	r = where(zero, complex(bottom, bottom), r)
	return where((a == 0) & (im(y) == 0), complex(1, 0), r)`
