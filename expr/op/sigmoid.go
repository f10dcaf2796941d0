package op

// Functions of e^x that go from one level to another, and what is gated by them.

// tanh x = 1 - 2/(e^2x + 1) for x > 0; near 0, where that cancels, x + x^3 (-1/3 + 2 x^2/15 - ...). It is odd. With e^2x = s (1 + p), s = 2^n as
// in exp.go, s + 1 is exact where it matters; the parts of p are added one by one, so that the larger one is not rounded.
const tanhText = `
	z := x*x
	near := x + x*(z*poly(z, tanh))
	a := min(tanhMax, abs(x))
	t := a*twiceLog2e + exp2Round
	n := t - exp2Round
	r := a + a - n*ln2Hi - n*ln2Lo
	s := bits(bits(t) << mantissa)
	far := 1 - 2/(s + 1 + s*r + s*(r*r*poly(r, exp)))
	return bits(bits(where(abs(x) < tanhNear, near, far)) | bits(x) & signBit)`

// With e = e^-|x|, the smaller of sigmoid(x) and sigmoid(-x) = 1 - sigmoid(x) is e/(1+e). The last power of two is left to the end, so that
// subnormal results are rounded once.
const sigmoidText = `
	p, s, w := expParts(max(expMin, -abs(x)))
	e := (1 + p)*s
	q := e/(1 + e*w)*w
	return where(x < 0, q, 1 - q)`

// x sigmoid(x): x e/(1+e) below 0, x - x e/(1+e) above. Where e vanishes, x is held so that no infinity is multiplied by it.
const siluText = `
	y := min(-expMin, max(expMin, x))
	p, s, w := expParts(-abs(y))
	e := (1 + p)*s
	m := y*(e/(1 + e*w))*w
	return where(x <= 0, m, x - m)`
