package op

// Roots: of three factors, and of a sum of squares.

// The root of 1/x is off by less than one unit: it halves the error of the quotient. The quotient must be a normal number, which it is of x
// times 2^64 or 2^-64 where it is not of x.
const rsqrtText = `
	return rare(!((x >= minNormal) & (x <= mostRsqrt)), rsqrtFar(x), sqrt(1/x))`

const rsqrtFar = `
	small := x < 1
	y := sqrt(1/(x*where(small, 0x1p64, 0x1p-64)))*where(small, 0x1p32, 0x1p-32)
	return where(x == 0, 1/x, where(x < 0, nan, y))`

// With x = m 2^(3k+r), 1 <= m < 2, the cube root is cbrt(m) cbrt(2^r) 2^k. A polynomial gives t to about 24 bits, of which 26 are kept so
// that t^2 is exact, and one step of Halley's, t + t (m/t^2 - t)/(2t + m/t^2), triples them.
const cbrtDouble = `
	a := abs(x)
	small := a < minNormal
	i := bits(where(small, a*0x1p54, a))
	e := bits(i >> mantissa | floatBits) - 0x1p52
	k := floor((e + 0.5)*0x1.5555555555555p-2)
	r := e - 3*k
	one, two := r == 0, r == 1
	m := bits(i & mantissaMask | oneBits)
	t := poly(m - 1.5, cbrt)*where(one, 1, where(two, cbrtOf2, cbrtOf4))
	t = bits(bits(t) & upperMask)
	m = m*where(one, 1, where(two, 2, 4))
	q := m/(t*t)
	t = t + t*((q - t)/(t + t + q))
	k = k - where(small, 359.0, 341.0)
	y := t*bits(bits(k + exp2Round) << mantissa)
	y = bits(bits(y) | bits(x) & signBit)
	return where((a > 0) & (a < inf), y, x)`

// sqrt(x^2 + y^2): scaled by a power of two where squares would overflow or vanish, and with the squares as sums of two.
const hypotDouble = `
	a, b := abs(x), abs(y)
	down, up := scales(max(a, b))
	w, wl := squares(a*down, b*down)
	r, rl := sqrtOfTwo(w, wl)
	h := where(w == 0, 0, (r + rl)*up)
	h = where((x != x) | (y != y), nan, h)
	return where((a == inf) | (b == inf), inf, h)`

// scales gives a power of two that brings numbers up to large, where their squares would overflow or vanish, to where they do not, and its
// reciprocal. Both have roots that are powers of two.
const scales = `
	great, small := large > 0x1p500, large < 0x1p-500
	return where(great, 0x1p-600, where(small, 0x1p600, 1)), where(great, 0x1p600, where(small, 0x1p-600, 1))`

// squares is a^2 + b^2 as the sum of two, for a and b that are not negative.
const squares = `
	large, less := max(a, b), min(a, b)
	p, pl := twoProduct(large, large)
	q, ql := twoProduct(less, less)
	w, wl := fastTwoSum(p, q)
	return w, wl + (pl + ql)`

const hypotSingle = `
	v, w := f64(x), f64(y)
	r := f32(sqrt(v*v + w*w))
	return where((abs(x) == inf) | (abs(y) == inf), inf, r)`
