package op

import "math"

// Temporary: references and formulas that the table's rows lack so far.
var _ = fillRows()

type formulas = map[Class]string

func all(text string) formulas {
	return formulas{Bool: text, Int: text, Uint: text, F32: text, F64: text}
}

func fillRows() bool {
	b2f := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	b2i := func(b bool) int64 {
		if b {
			return 1
		}
		return 0
	}
	b2u := func(b bool) uint64 { return uint64(b2i(b)) }
	cmp := func(f func(c int, nan bool) bool) Ref {
		three := func(lt, gt, nan bool) bool {
			c := 0
			if lt {
				c = -1
			} else if gt {
				c = 1
			}
			return f(c, nan)
		}
		return Ref{
			B: func(x []bool) bool { return three(!x[0] && x[1], x[0] && !x[1], false) },
			I: func(x []int64) int64 { return b2i(three(x[0] < x[1], x[0] > x[1], false)) },
			U: func(x []uint64) uint64 { return b2u(three(x[0] < x[1], x[0] > x[1], false)) },
			F: func(x []float64) float64 {
				return b2f(three(x[0] < x[1], x[0] > x[1], x[0] != x[0] || x[1] != x[1]))
			},
		}
	}
	eq := cmp(func(c int, nan bool) bool { return c == 0 && !nan })
	eq.C = func(x []complex128) complex128 { return complex(b2f(x[0] == x[1]), 0) }
	ne := cmp(func(c int, nan bool) bool { return c != 0 || nan })
	ne.C = func(x []complex128) complex128 { return complex(b2f(x[0] != x[1]), 0) }
	un := func(f func(float64) float64) Ref { return Ref{F: func(x []float64) float64 { return f(x[0]) }} }
	minF := func(a, b float64) float64 {
		if a != a || b != b {
			return math.NaN()
		}
		return math.Min(a, b)
	}
	maxF := func(a, b float64) float64 {
		if a != a || b != b {
			return math.NaN()
		}
		return math.Max(a, b)
	}
	idiv := func(a, b int64) int64 {
		if b == 0 {
			return 0
		}
		q := a / b
		if a%b != 0 && (a < 0) != (b < 0) {
			q--
		}
		return q
	}
	imod := func(a, b int64) int64 {
		if b == 0 {
			return 0
		}
		r := a % b
		if r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		return r
	}
	sig := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	part := func(f func(complex128) float64) func([]complex128) complex128 {
		return func(x []complex128) complex128 { return complex(f(x[0]), 0) }
	}
	refs := map[string]Ref{
		"add":    {B: func(x []bool) bool { return x[0] || x[1] }, I: func(x []int64) int64 { return x[0] + x[1] }, U: func(x []uint64) uint64 { return x[0] + x[1] }, F: func(x []float64) float64 { return x[0] + x[1] }, C: func(x []complex128) complex128 { return x[0] + x[1] }},
		"sub":    {I: func(x []int64) int64 { return x[0] - x[1] }, U: func(x []uint64) uint64 { return x[0] - x[1] }, F: func(x []float64) float64 { return x[0] - x[1] }, C: func(x []complex128) complex128 { return x[0] - x[1] }},
		"mul":    {B: func(x []bool) bool { return x[0] && x[1] }, I: func(x []int64) int64 { return x[0] * x[1] }, U: func(x []uint64) uint64 { return x[0] * x[1] }, F: func(x []float64) float64 { return x[0] * x[1] }, C: func(x []complex128) complex128 { return x[0] * x[1] }},
		"div":    {F: func(x []float64) float64 { return x[0] / x[1] }, C: func(x []complex128) complex128 { return x[0] / x[1] }},
		"neg":    {I: func(x []int64) int64 { return -x[0] }, U: func(x []uint64) uint64 { return -x[0] }, F: func(x []float64) float64 { return -x[0] }, C: func(x []complex128) complex128 { return -x[0] }},
		"abs":    {B: func(x []bool) bool { return x[0] }, I: func(x []int64) int64 { return max(x[0], -x[0]) }, U: func(x []uint64) uint64 { return x[0] }, F: func(x []float64) float64 { return math.Abs(x[0]) }, C: part(func(z complex128) float64 { return math.Hypot(real(z), imag(z)) })},
		"square": {I: func(x []int64) int64 { return x[0] * x[0] }, U: func(x []uint64) uint64 { return x[0] * x[0] }, F: func(x []float64) float64 { return x[0] * x[0] }, C: func(x []complex128) complex128 { return x[0] * x[0] }},
		"equal":  eq, "not_equal": ne,
		"less":          cmp(func(c int, nan bool) bool { return c < 0 && !nan }),
		"less_equal":    cmp(func(c int, nan bool) bool { return c <= 0 && !nan }),
		"greater":       cmp(func(c int, nan bool) bool { return c > 0 && !nan }),
		"greater_equal": cmp(func(c int, nan bool) bool { return c >= 0 && !nan }),
		"minimum":       {B: func(x []bool) bool { return x[0] && x[1] }, I: func(x []int64) int64 { return min(x[0], x[1]) }, U: func(x []uint64) uint64 { return min(x[0], x[1]) }, F: func(x []float64) float64 { return minF(x[0], x[1]) }},
		"maximum":       {B: func(x []bool) bool { return x[0] || x[1] }, I: func(x []int64) int64 { return max(x[0], x[1]) }, U: func(x []uint64) uint64 { return max(x[0], x[1]) }, F: func(x []float64) float64 { return maxF(x[0], x[1]) }},
		"and":           {B: func(x []bool) bool { return x[0] && x[1] }, I: func(x []int64) int64 { return x[0] & x[1] }, U: func(x []uint64) uint64 { return x[0] & x[1] }},
		"or":            {B: func(x []bool) bool { return x[0] || x[1] }, I: func(x []int64) int64 { return x[0] | x[1] }, U: func(x []uint64) uint64 { return x[0] | x[1] }},
		"xor":           {B: func(x []bool) bool { return x[0] != x[1] }, I: func(x []int64) int64 { return x[0] ^ x[1] }, U: func(x []uint64) uint64 { return x[0] ^ x[1] }},
		"not":           {B: func(x []bool) bool { return !x[0] }, I: func(x []int64) int64 { return ^x[0] }, U: func(x []uint64) uint64 { return ^x[0] }},
		"floor":         un(math.Floor), "ceil": un(math.Ceil), "trunc": un(math.Trunc), "sqrt": un(math.Sqrt),
		"real": {F: func(x []float64) float64 { return x[0] }, I: func(x []int64) int64 { return x[0] }, U: func(x []uint64) uint64 { return x[0] }, B: func(x []bool) bool { return x[0] }, C: part(func(z complex128) float64 { return real(z) })},
		"imag": {F: func(x []float64) float64 { return 0 }, I: func(x []int64) int64 { return 0 }, U: func(x []uint64) uint64 { return 0 }, B: func(x []bool) bool { return false }, C: part(func(z complex128) float64 { return imag(z) })},
		"conj": {F: func(x []float64) float64 { return x[0] }, I: func(x []int64) int64 { return x[0] }, U: func(x []uint64) uint64 { return x[0] }, B: func(x []bool) bool { return x[0] }, C: func(x []complex128) complex128 { return complex(real(x[0]), -imag(x[0])) }},
		"floor_div": {I: func(x []int64) int64 { return idiv(x[0], x[1]) }, U: func(x []uint64) uint64 {
			if x[1] == 0 {
				return 0
			}
			return x[0] / x[1]
		}},
		"remainder": {I: func(x []int64) int64 { return imod(x[0], x[1]) }, U: func(x []uint64) uint64 {
			if x[1] == 0 {
				return 0
			}
			return x[0] % x[1]
		}},
		"sigmoid":  un(sig),
		"isfinite": {B: func(x []bool) bool { return true }, I: func(x []int64) int64 { return 1 }, U: func(x []uint64) uint64 { return 1 }, F: func(x []float64) float64 { return b2f(x[0]-x[0] == 0) }},
		"isnan":    {B: func(x []bool) bool { return false }, I: func(x []int64) int64 { return 0 }, U: func(x []uint64) uint64 { return 0 }, F: func(x []float64) float64 { return b2f(x[0] != x[0]) }},
		"exp":      un(math.Exp), "log": un(math.Log), "tanh": un(math.Tanh),
	}
	for _, n := range []string{"floor", "ceil", "trunc"} {
		r := refs[n]
		r.I, r.U, r.B = func(x []int64) int64 { return x[0] }, func(x []uint64) uint64 { return x[0] }, func(x []bool) bool { return x[0] }
		refs[n] = r
	}
	texts := map[string]formulas{
		"add":       {Bool: "return x | y", Complex: "return complex(re(x)+re(y), im(x)+im(y))"},
		"mul":       {Bool: "return x & y", Complex: "return complex(re(x)*re(y)-im(x)*im(y), re(x)*im(y)+im(x)*re(y))"},
		"sub":       {Complex: "return complex(re(x)-re(y), im(x)-im(y))"},
		"neg":       {Complex: "return complex(-re(x), -im(x))"},
		"abs":       {Bool: "return x", Uint: "return x"},
		"conj":      {Complex: "return complex(re(x), -im(x))"},
		"real":      {Complex: "return re(x)"},
		"imag":      {Complex: "return im(x)"},
		"equal":     {Bool: "return !(x ^ y)", Complex: "return (re(x)==re(y)) & (im(x)==im(y))"},
		"square":    {Int: "return x*x", Uint: "return x*x", F32: "return x*x", F64: "return x*x"},
		"minimum":   {Bool: "return x & y", Int: "return min(x, y)", Uint: "return min(x, y)", F32: "return where(x != x, x, where(y != y, y, min(x, y)))", F64: "return where(x != x, x, where(y != y, y, min(x, y)))"},
		"maximum":   {Bool: "return x | y", Int: "return max(x, y)", Uint: "return max(x, y)", F32: "return where(x != x, x, where(y != y, y, max(x, y)))", F64: "return where(x != x, x, where(y != y, y, max(x, y)))"},
		"floor":     {Bool: "return x", Int: "return x", Uint: "return x"},
		"ceil":      {Bool: "return x", Int: "return x", Uint: "return x"},
		"trunc":     {Bool: "return x", Int: "return x", Uint: "return x"},
		"not_equal": {Bool: "return x ^ y", Complex: "return (re(x)!=re(y)) | (im(x)!=im(y))"},
		"less":      {Bool: "return !x & y"}, "greater": {Bool: "return x & !y"}, "less_equal": {Bool: "return !x | y"}, "greater_equal": {Bool: "return x | !y"},
		"isfinite": {F32: "return x - x == 0", F64: "return x - x == 0"},
		"isnan":    {F32: "return x != x", F64: "return x != x"},
		"sigmoid":  {F32: "return 1/(1+exp(-x))", F64: "return 1/(1+exp(-x))"},
		"tanh":     {F32: "e := expm1(-2*abs(x))\nt := -e/(2+e)\nreturn where(x < 0, -t, t)", F64: "e := expm1(-2*abs(x))\nt := -e/(2+e)\nreturn where(x < 0, -t, t)"},
	}
	same := Ref{B: func(x []bool) bool { return x[0] }, I: func(x []int64) int64 { return x[0] }, U: func(x []uint64) uint64 { return x[0] }}
	with := func(r Ref, f func([]float64) float64) Ref { r.F = f; return r }
	not := Ref{B: func(x []bool) bool { return false }, I: func(x []int64) int64 { return 0 }, U: func(x []uint64) uint64 { return 0 }}
	bad := func(z complex128) bool { return real(z) != real(z) || imag(z) != imag(z) }
	inf := func(z complex128) bool { return math.IsInf(real(z), 0) || math.IsInf(imag(z), 0) }
	more := map[string]Ref{
		"sign": {I: func(x []int64) int64 { return b2i(x[0] > 0) - b2i(x[0] < 0) }, U: func(x []uint64) uint64 { return b2u(x[0] > 0) }, F: func(x []float64) float64 {
			if x[0] > 0 {
				return 1
			} else if x[0] < 0 {
				return -1
			}
			return x[0]
		}},
		"reciprocal": {F: func(x []float64) float64 { return 1 / x[0] }, C: func(x []complex128) complex128 { return 1 / x[0] }},
		"clip":       {B: func(x []bool) bool { return (x[0] || x[1]) && x[2] }, I: func(x []int64) int64 { return min(max(x[0], x[1]), x[2]) }, U: func(x []uint64) uint64 { return min(max(x[0], x[1]), x[2]) }, F: func(x []float64) float64 { return minF(maxF(x[0], x[1]), x[2]) }},
		"left_shift": {I: func(x []int64) int64 {
			if uint64(x[1]) > 63 {
				return 0
			}
			return x[0] << uint(x[1])
		}, U: func(x []uint64) uint64 { return x[0] << x[1] }},
		"right_shift": {I: func(x []int64) int64 { return x[0] >> min(uint64(x[1]), 63) }, U: func(x []uint64) uint64 { return x[0] >> x[1] }},
		"round":       with(same, func(x []float64) float64 { return math.RoundToEven(x[0]) }),
		"rsqrt":       un(func(v float64) float64 { return 1 / math.Sqrt(v) }),
		"relu":        {B: same.B, U: same.U, I: func(x []int64) int64 { return max(x[0], 0) }, F: func(x []float64) float64 { return maxF(x[0], 0) }},
		"isinf":       with(not, func(x []float64) float64 { return b2f(math.IsInf(x[0], 0)) }),
		"isnan":       {C: func(x []complex128) complex128 { return complex(b2f(bad(x[0])), 0) }},
		"isfinite":    {C: func(x []complex128) complex128 { return complex(b2f(!bad(x[0]) && !inf(x[0])), 0) }},
	}
	isinf := more["isinf"]
	isinf.C = func(x []complex128) complex128 { return complex(b2f(inf(x[0])), 0) }
	more["isinf"] = isinf
	for n, m := range more {
		r := refs[n]
		if r.B == nil {
			r.B = m.B
		}
		if r.I == nil {
			r.I = m.I
		}
		if r.U == nil {
			r.U = m.U
		}
		if r.F == nil {
			r.F = m.F
		}
		if r.C == nil {
			r.C = m.C
		}
		refs[n] = r
	}
	smith := `
	big := abs(c) >= abs(d)
	s := where(big, d/c, c/d)
	t := where(big, c + d*s, c*s + d)
	u := where(big, a + b*s, a*s + b)
	v := where(big, b - a*s, b*s - a)
	return complex(u/t, v/t)`
	add := func(n string, t formulas) {
		if texts[n] == nil {
			texts[n] = formulas{}
		}
		for c, x := range t {
			texts[n][c] = x
		}
	}
	both := func(t string) formulas { return formulas{F32: t, F64: t} }
	whole := func(b, i, u, f string) formulas { return formulas{Bool: b, Int: i, Uint: u, F32: f, F64: f} }
	add("div", formulas{Complex: "a := re(x)\nb := im(x)\nc := re(y)\nd := im(y)" + smith})
	add("reciprocal", both("return 1/x"))
	add("reciprocal", formulas{Complex: "c := re(x)\nd := im(x)\na := where(c == c, 1, c)\nb := where(c == c, 0, c)" + smith})
	add("abs", formulas{Complex: "a := abs(re(x))\nb := abs(im(x))\nm := where(a > b, a, b)\nn := where(a > b, b, a)\nr := n/m\nh := where(m == 0, m, m*sqrt(1 + r*r))\nreturn where((a == inf) | (b == inf), inf, where(a != a, a, where(b != b, b, h)))"})
	add("square", formulas{Complex: "return complex(re(x)*re(x) - im(x)*im(x), 2*(re(x)*im(x)))"})
	add("sign", formulas{Int: "return where(x > 0, 1, where(x < 0, -1, x))", Uint: "return where(x > 0, 1, x)", F32: "return where(x > 0, 1, where(x < 0, -1, x))", F64: "return where(x > 0, 1, where(x < 0, -1, x))"})
	add("clip", all("return minimum(maximum(x, y), z)"))
	add("floor_div", formulas{Uint: "return idiv(x, y)", Int: "q := idiv(x, y)\nr := x - q*y\nreturn where(y == 0, 0, where((r != 0) & ((r < 0) != (y < 0)), q - 1, q))"})
	add("remainder", formulas{Uint: "return where(y == 0, 0, imod(x, y))", Int: "r := imod(x, y)\nreturn where(y == 0, 0, where((r != 0) & ((r < 0) != (y < 0)), r + y, r))"})
	add("left_shift", formulas{Int: "return x << y", Uint: "return x << y"})
	add("right_shift", formulas{Int: "return sar(x, y)", Uint: "return x >> y"})
	add("round", whole("return x", "return x", "return x", "return rint(x)"))
	add("rsqrt", both("return 1/sqrt(x)"))
	add("relu", whole("return x", "return max(x, 0)", "return x", "return maximum(x, 0)"))
	add("isinf", whole("return x ^ x", "return x != x", "return x != x", "return abs(x) == inf"))
	add("isinf", formulas{Complex: "return (abs(re(x)) == inf) | (abs(im(x)) == inf)"})
	add("isnan", whole("return x ^ x", "return x != x", "return x != x", "return x != x"))
	add("isnan", formulas{Complex: "return (re(x) != re(x)) | (im(x) != im(x))"})
	add("isfinite", whole("return x | !x", "return x == x", "return x == x", "return x - x == 0"))
	add("isfinite", formulas{Complex: "return (re(x) - re(x) == 0) & (im(x) - im(x) == 0)"})
	add("real", all("return x"))
	add("conj", all("return x"))
	add("imag", whole("return x ^ x", "return 0", "return 0", "return 0"))
	add("where", formulas{Complex: "return complex(where(x, re(y), re(z)), where(x, im(y), im(z)))"})
	for _, o := range rows {
		r := refs[o.Name]
		if o.ULP == (ULP{}) && o.Name != "add" && o.Name != "sub" && o.Name != "mul" && o.Name != "div" && o.Name != "sqrt" {
			o.ULP = ULP{4, 4}
		}
		if o.Ref.B == nil {
			o.Ref.B = r.B
		}
		if o.Ref.I == nil {
			o.Ref.I = r.I
		}
		if o.Ref.U == nil {
			o.Ref.U = r.U
		}
		if o.Ref.F == nil {
			o.Ref.F = r.F
		}
		if o.Ref.C == nil {
			o.Ref.C = r.C
		}
		for c, t := range texts[o.Name] {
			if o.Formula == nil {
				o.Formula = map[Class]string{}
			}
			if _, ok := o.Formula[c]; !ok {
				o.Formula[c] = t
			}
		}
	}
	return true
}
