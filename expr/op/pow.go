package op

// x^y = 2^(y log2 |x|), with the sign of x for odd y. See log.go for e and f, exp.go for the way back.

// powSingle has double precision to spare: log2(1+f) = s p(s^2) with s = f/(2+f), and one rounding to single precision at the end.
const powSingle = `
	a, b := f64(abs(x)), f64(y)
	e, f := logParts(a, logBias64)
	s := f/(2 + f)
	p := min(0x1p40, max(-0x1p40, b))*(e + s*poly(s*s, log2ForPow))
	p = min(200, max(-200, p))
	t := p + exp2Round64
	r := p - (t - exp2Round64)
	return powSigned(x, y, f32((1 + r*poly(r, exp2ForPow))*bits(bits(t) << 52)))`

// powDouble has log2|x| as a sum of two to about 68 bits, since y log2|x| reaches 1075 and its error becomes a relative one. With
// s = f/(2+f), log(1+f) = 2s (1 + z/3 + z^2 (1/5 + z/7 + ...)), z = s^2: all but the last term are sums of two, high and low.
const powDouble = `
	e, f := logSplit(abs(x))
	d, dl := fastTwoSum(2, f)
	s := f/d
	p, pl := twoProduct(s, d)
	sl := (f - p - pl - s*dl)/d
	z, zl := twoProduct(s, s)
	zl = zl + 2*(s*sl)
	t, tl := twoProduct(z, thirdHi)
	tl = tl + (z*thirdLo + zl*thirdHi + z*z*poly(z, logForPow))
	g, gl := fastTwoSum(1, t)
	gl = gl + tl
	u, ul := twoProduct(s, g)
	ul = ul + (s*gl + sl*g)
	v, vl := twoProduct(u, twiceLog2eHi)
	vl = vl + (u*twiceLog2eLo + ul*twiceLog2eHi)
	h, hl := fastTwoSum(e, v)
	h, hl = fastTwoSum(h, hl + vl)
	c := min(0x1p70, max(-0x1p70, y))
	q, ql := twoProduct(c, h)
	ql = min(1, max(-1, ql + c*hl))
	q = min(1030, max(-1090, q))
	k := q + expRound
	r := (q - (k - expRound)) + ql
	one, two := halves(k)
	return powSigned(x, y, (1 + (r + r*poly(r, exp2)))*one*two)`

// powSigned gives the power its sign and its special values, from r = |x|^y for finite x other than 0.
const powSigned = `
	whole := rint(y) == y
	half := y*0.5
	odd := whole & (rint(half) != half)
	a := abs(x)
	r = where((a == 0) | (a == inf), where((a == 0) ^ (y < 0), 0, inf), r)
	r = where((x < 0) & !whole & (a < inf), nan, r)
	r = where(odd, bits(bits(r) | bits(x) & signBit), r)
	r = where((x != x) | (y != y), nan, r)
	return where((y == 0) | (x == 1), 1, r)`
