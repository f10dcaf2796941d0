package oracle

import "math"

// point is one float argument of an elementwise op: an implementation has some number in [v-s, v+s].
type point struct{ v, s float64 }

// function is an op's exact meaning on float64.
type function func(x []float64) float64

// rule bounds how far f of an implementation's arguments may be from y, which is f of x. Roundings come on top. Some s is not 0, and y
// and all v are finite.
type rule func(f function, x []point, y float64) float64

// rules says how ops carry the errors of their arguments on. An op without a rule gives anything where an argument may be off, so a row
// here is what makes a new op comparable behind others.
var rules = map[string]rule{
	"add": corners, "sub": corners, "mul": corners, "neg": corners, "minimum": corners, "maximum": corners, "clip": corners,
	"min": corners, "max": corners, "relu": corners, "real": corners, "conj": corners, "sqrt": corners, "exp": corners, "exp2": corners,
	"expm1": corners, "log": corners, "log2": corners, "log10": corners, "log1p": corners, "tanh": corners, "sigmoid": corners, "softplus": corners, "erf": corners,
	"asin": corners, "acos": corners, "atan": corners, "sinh": corners, "asinh": corners, "acosh": corners, "atanh": corners, "cbrt": corners,
	"erfc": corners, "cosh": valley, "tan": betweenPoles, "atan2": angle, "hypot": slopes(1, 1), "copysign": notAcrossZero(1, slopes(1, 0)),
	"abs": slopes(1), "sin": slopes(1), "cos": slopes(1), "silu": slopes(1.1), "gelu": slopes(1.13), "imag": slopes(0),
	"square": valley, "pow": power,
	"div": notAcrossZero(1, corners), "reciprocal": notAcrossZero(0, corners), "rsqrt": notAcrossZero(0, corners),
	"floor_div": notAcrossZero(1, steps), "floor": steps, "ceil": steps, "trunc": steps, "round": steps, "rint": steps, "sign": steps,
	"angle": steps, "isnan": steps, "isinf": steps, "isfinite": steps, "signbit": steps,
	"equal": gap, "not_equal": gap, "less": gap, "less_equal": gap, "greater": gap, "greater_equal": gap,
	"remainder": remainder,
}

// corners bounds a function that is monotone in each argument while the others stand still (the sense may depend on them): its extremes
// over a box are at the corners.
func corners(f function, x []point, y float64) float64 {
	worst := 0.0
	eachCorner(x, func(at []float64) { worst = max(worst, math.Abs(f(at)-y)) })
	if !finite(worst) {
		return anything
	}
	return worst
}

// eachCorner visits the corners of the box around x.
func eachCorner(x []point, visit func(at []float64)) {
	at := make([]float64, len(x))
	for corner := range 1 << len(x) {
		for i, p := range x {
			at[i] = p.v + p.s
			if corner>>i&1 == 0 {
				at[i] = p.v - p.s
			}
		}
		visit(at)
	}
}

// slopes bounds a function whose derivatives are nowhere greater.
func slopes(most ...float64) rule {
	return func(_ function, x []point, _ float64) float64 {
		sum := 0.0
		for i, p := range x {
			sum += most[i] * p.s
		}
		return sum
	}
}

// valley bounds a function that is monotone in its first argument on either side of 0.
func valley(f function, x []point, y float64) float64 {
	worst := corners(f, x, y)
	if math.Abs(x[0].v) <= x[0].s {
		at := []float64{0}
		for _, p := range x[1:] {
			at = append(at, p.v)
		}
		worst = max(worst, math.Abs(f(at)-y))
	}
	return worst
}

// betweenPoles bounds the tangent, which grows from pole to pole: where it is less at the upper end, one is between.
func betweenPoles(f function, x []point, y float64) float64 {
	low, high := f([]float64{x[0].v - x[0].s}), f([]float64{x[0].v + x[0].s})
	if x[0].s > 1 || !(low <= y && y <= high) {
		return anything
	}
	return max(y-low, high-y)
}

// angle bounds that of a point in a box: the extremes are at corners, unless the box meets the origin or the ray along which the angle jumps.
func angle(f function, x []point, y float64) float64 {
	if math.Abs(x[0].v) <= x[0].s && x[1].v-x[1].s <= 0 {
		return anything
	}
	return corners(f, x, y)
}

// notAcrossZero bounds by r a function that r would bound but for what it does where argument i is 0.
func notAcrossZero(i int, r rule) rule {
	return func(f function, x []point, y float64) float64 {
		if x[i].s > 0 && math.Abs(x[i].v) <= x[i].s {
			return anything
		}
		return r(f, x, y)
	}
}

// power bounds x^y: by corners where x keeps its sign, and for a whole y by the valley.
func power(f function, x []point, y float64) float64 {
	base, exponent := x[0], x[1]
	whole := exponent.s == 0 && exponent.v == math.Trunc(exponent.v)
	switch {
	case base.v > base.s || base.v >= 0 && base.s == 0 && exponent.s == 0, whole && math.Abs(base.v) > base.s:
		return corners(f, x, y)
	case whole && exponent.v > 0:
		return valley(f, x, y)
	}
	return anything
}

// steps bounds a function of jumps: nothing if no jump is within reach.
func steps(f function, x []point, y float64) float64 {
	if corners(f, x, y) == 0 {
		return 0
	}
	return anything
}

// gap bounds a comparison: nothing if the arguments are apart.
func gap(_ function, x []point, _ float64) float64 {
	if math.Abs(x[0].v-x[1].v) > x[0].s+x[1].s {
		return 0
	}
	return anything
}

// remainder bounds a - n*b, where n, a quotient made whole, is the same all over the box.
func remainder(f function, x []point, y float64) float64 {
	a, b := x[0], x[1]
	n := math.Round((a.v - y) / b.v)
	whole := func(at []float64) float64 { return math.Round((at[0] - f(at)) / at[1]) }
	if math.Abs(b.v) <= b.s || corners(whole, x, n) != 0 {
		return anything
	}
	return a.s + math.Abs(n)*b.s
}

// disc is one complex argument: an implementation has some number no farther than s from v.
type disc struct {
	v complex128
	s float64
}

// partwise are the ops on complex numbers that are exact, or correctly rounded, in each part.
var partwise = map[string]bool{"add": true, "sub": true, "neg": true, "conj": true, "real": true, "imag": true, "round": true}

// carriedComplex bounds how far the named op of an implementation's arguments may be from y, which it is of z.
func carriedComplex(name string, z []disc, y complex128) float64 {
	r := modulus(z[0].v)
	switch name {
	case "neg", "conj", "real", "imag", "abs":
		return z[0].s
	case "add", "sub":
		return z[0].s + z[1].s
	case "mul":
		return r*z[1].s + (modulus(z[1].v)+z[1].s)*z[0].s
	case "square":
		return (2*r + z[0].s) * z[0].s
	case "div":
		if gap := modulus(z[1].v) - z[1].s; gap > 0 {
			return (z[0].s + modulus(y)*z[1].s) / gap
		}
	case "reciprocal":
		if gap := r - z[0].s; gap > 0 {
			return modulus(y) * z[0].s / gap
		}
	case "exp":
		return modulus(y) * math.Expm1(z[0].s)
	case "equal", "not_equal":
		if modulus(z[0].v-z[1].v) > z[0].s+z[1].s {
			return 0
		}
	case "isnan", "isinf", "isfinite":
		return 0
	}
	return anything
}
