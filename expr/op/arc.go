package op

// Inverse functions of the circle. All is computed in double precision, to single precision with polynomials that have fewer terms: poly(z,
// atan) is atan32 or atan64 by T. pi/2 is taken in two pieces.

// atan a is a itself and a tail up to 1/2, pi/4 + atan((a-1)/(a+1)) up to 2, and pi/2 + atan(-1/a) beyond: one division, of numbers below
// 1/2. a - 1 is exact where it is taken. It is odd.
const atanText = `
	a := f64(abs(x))
	mid, far := a >= 0.5, a > 2
	t := where(far, -1, where(mid, a - 1, a))/where(far, a, where(mid, a + 1, 1))
	z := t*t
	tail := t*(z*poly(z, atan))
	turns := where(far, f64(1), 0.5)
	turned := turns*halfPiHi + (t + (tail + turns*halfPiLo))
	y := T(where(mid, turned, t + tail))
	return bits(bits(y) | bits(x) & signBit)`

// The angle of the point (y, x) is that of the flattest of its mirror images, with 0 <= less <= large, counted from one of the axes or
// diagonals: k pi/4 + atan t or k pi/4 - atan t. k times the first piece of pi/4 is exact. Points at zero, at infinity and where a sum might
// overflow or a quotient lose bits are rare: they are moved first.
const atan2Text = `
	v, w := f64(x), f64(y)
	a, b := abs(v), abs(w)
	steep := a > b
	less, large := where(steep, b, a), where(steep, a, b)
	far := !((large > 0x1p-900) & (large < 0x1p1000))
	t, k, sense := flattest(less, large, steep, bits(w) < 0)
	z := t*t
	r := T(k*quarterPiHi + (sense*t + (sense*(t*(z*poly(z, atan))) + k*quarterPiLo)))
	return bits(bits(rare(far, T(angleMoved(v, w)), r)) | bits(x) & signBit)`

// angleMoved is the angle of the point (w, v), as one up, for coordinates of any size.
const angleMoved = `
	a, b := abs(v), abs(w)
	steep := a > b
	less, large := where(steep, b, a), where(steep, a, b)
	less = where(large == inf, where(less == inf, 1, 0), less)
	large = where((large == inf) | (large == 0), 1, large)
	scale := where(large > 1, 0x1p-600, 0x1p600)
	t, k, sense := flattest(less*scale, large*scale, steep, bits(w) < 0)
	z := t*t
	r := k*quarterPiHi + (sense*t + (sense*(t*(z*poly(z, atan))) + k*quarterPiLo))
	return where((v != v) | (w != w), nan, r)`

// flattest gives t of the flattest mirror image, k, and 1 or -1 as atan t is added or subtracted.
const flattest = `
	mid := less > 0.5*large
	t := where(mid, less - large, less)/where(mid, less + large, large)
	k, sense := where(mid, T(1), 0), T(1)
	k, sense = where(steep, 2 - k, k), where(steep, -sense, sense)
	k, sense = where(back, 4 - k, k), where(back, -sense, sense)
	return t, k, sense`

// asin a is a itself and a tail up to 1/2, and pi/2 - 2 asin s with s = sqrt((1-a)/2) beyond; acos x is pi/2 - asin x, 2 asin s, or
// pi - 2 asin s. 1 - a is exact where it is taken.
const asinText = `
	a := f64(abs(x))
	far := a > 0.5
	z := where(far, 0.5*(1 - a), a*a)
	s := where(far, sqrt(z), a)
	tail := s*(z*poly(z, asin))
	y := T(where(far, (halfPiHi - 2*s) - (2*tail - halfPiLo), s + tail))
	return bits(bits(y) | bits(x) & signBit)`

const acosText = `
	v := f64(x)
	a := abs(v)
	far := a > 0.5
	z := where(far, 0.5*(1 - a), v*v)
	s := where(far, sqrt(z), v)
	tail := s*(z*poly(z, asin))
	beyond := 2*where(v < 0, (halfPiHi - s) - (tail - halfPiLo), s + tail)
	return T(where(far, beyond, halfPiHi - (s + (tail - halfPiLo))))`
