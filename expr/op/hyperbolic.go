package op

// Functions of the hyperbola and their inverses, in double precision; single precision is what is left of it after one rounding.

// With h = e^a/2, sinh a = h - 1/(4h); up to 1, where that cancels, it is x and a tail. The half is taken from the last power of two, so that
// nothing overflows before the result does.
const sinhDouble = `
	a := abs(x)
	z := x*x
	p, s, w := expParts(min(coshMax, a))
	h := (1 + p)*s*(0.5*w)
	y := where(a < 1, a + a*(z*poly(z, sinh)), h - 0.25/h)
	return bits(bits(y) | bits(x) & signBit)`

const coshDouble = `
	p, s, w := expParts(min(coshMax, abs(x)))
	h := (1 + p)*s*(0.5*w)
	return h + 0.25/h`

// logOfTwo is log(u + c), c being far less than u: see log.go.
const logOfTwo = `
	e, f := logParts(u, logBias)
	return e*ln2Hi + (f - (0.5*f*f - (logTail(f) + (e*ln2Lo + c/u))))`

// sqrtOfTwo gives sqrt(w + c) as the sum of two, c being far less than w > 0: a step of Newton's gives the second.
const sqrtOfTwo = `
	r := sqrt(w)
	square, rest := twoProduct(r, r)
	return r, 0.5*(w - square - rest + c)/r`

// asinh a = log(a + sqrt(a^2 + 1)), with argument and root as sums of two lest their errors show where the logarithm is small; up to 1/2 a and
// a tail; far out log a + log 2.
const asinhDouble = `
	a := abs(x)
	z := x*x
	far := a > 0x1p28
	b := where(far, 1, a)
	p, pl := twoProduct(b, b)
	w, wl := twoSum(1, p)
	r, rl := sqrtOfTwo(w, wl + pl)
	u, ul := twoSum(b, r)
	y := logOfTwo(where(far, a, u), where(far, 0, ul + rl)) + where(far, ln2, 0)
	y = where(a < 0.5, a + a*(z*poly(z, asinh)), where(a < inf, y, a))
	return bits(bits(y) | bits(x) & signBit)`

const asinhSingle = `
	v := f64(x)
	a, z := abs(v), v*v
	y := f32(where(a < 0.5, a + a*(z*poly(z, asinh)), log(a + sqrt(z + 1))))
	return bits(bits(y) | bits(x) & signBit)`

// acosh x = log(1 + t + sqrt(t (t+2))) with t = x - 1, as log(1+u) in log.go, u being a sum of two.
const acoshDouble = `
	far := x > 0x1p28
	t := where(far, 1, x) - 1
	v, vl := twoSum(2, t)
	p, pl := twoProduct(v, t)
	r, rl := sqrtOfTwo(where(p > 0, p, 1), pl + t*vl)
	u, ul := fastTwoSum(where(p > 0, r, 0), t)
	ul = ul + where(p > 0, rl, 0)
	m, c := twoSum(1, u)
	e, g := logParts(m, logBias)
	near := e == 0
	f := where(near, u, g)
	y := e*ln2Hi + (f - (0.5*f*f - (logTail(f) + (e*ln2Lo + where(near, ul, c + ul)/m))))
	y = where(far, log(x) + ln2, y)
	return where(x >= 1, y, nan)`

const acoshSingle = `
	v := f64(x)
	t := v - 1
	return f32(where(v >= 1, log1p(t + sqrt(t*(v + 1))), nan))`

// atanh a = log((1+a)/(1-a))/2; near 0 the tail is the logarithm's own. What sums and quotient have rounded away is relative to them, and
// comes to the logarithm as it is.
const atanhDouble = `
	a := abs(x)
	z := x*x
	m, c := twoSum(1, a)
	n, d := twoSum(1, -a)
	q := m/n
	p, pl := twoProduct(q, n)
	y := 0.5*logOfTwo(q, ((m - p) - pl + (c - q*d))/n)
	y = where(a < atanhNear, a + 0.5*(a*(z*poly(z, log))), where(a < 1, y, where(a == 1, inf, nan)))
	return bits(bits(y) | bits(x) & signBit)`

const atanhSingle = `
	a := f64(abs(x))
	y := f32(0.5*log1p(2*a/(1 - a)))
	return bits(bits(y) | bits(x) & signBit)`
