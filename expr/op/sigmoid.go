package op

// Functions of e^x that go from one level to another, and what is gated by them.

// exp2Normal is 2^x where that is neither subnormal nor infinite: adding exp2Round rounds to an integer, whose biased value is then found
// in the lowest bits.
const exp2Normal = `
	t := x + exp2Round
	r := x - (t - exp2Round)
	return (1 + (r + r*poly(r, exp2)))*bits(bits(t) << mantissa)`

// tanh x = 1 - 2/(e^2x + 1) for x > 0; near 0, where that cancels, x + x^3 (-1/3 + 2 x^2/15 - ...). It is odd.
const tanhText = `
	z := x*x
	near := x + x*(z*poly(z, tanh))
	a := abs(x)
	far := 1 - 2/(exp2Normal(min(tanhMax, a)*twiceLog2e) + 1)
	return bits(bits(where(a < tanhNear, near, far)) | bits(x) & signBit)`

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
