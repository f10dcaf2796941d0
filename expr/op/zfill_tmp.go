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
		"sigmoid": un(sig),
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
		"sigmoid": {F32: "return 1/(1+exp(-x))", F64: "return 1/(1+exp(-x))"},
		"tanh":    {F32: "e := expm1(-2*abs(x))\nt := -e/(2+e)\nreturn where(x < 0, -t, t)", F64: "e := expm1(-2*abs(x))\nt := -e/(2+e)\nreturn where(x < 0, -t, t)"},
	}
	for _, o := range rows {
		r := refs[o.Name]
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
		if t, ok := texts[o.Name]; ok && o.Formula == nil {
			o.Formula = t
		}
	}
	return true
}
