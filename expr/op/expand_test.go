package op

import (
	"math"
	"testing"

	"github.com/einloom/einloom/tensor"
)

// TestEveryRowExpands holds each row to its rule: what it takes it can be expanded for, down to core operations on dtypes that these take,
// and its references are there.
func TestEveryRowExpands(t *testing.T) {
	for _, o := range Table {
		for d := tensor.Bool; d < tensor.NumDTypes; d++ {
			args := make([]tensor.DType, o.Arity)
			for i := range args {
				args[i] = d
			}
			if o.Types.Compute == Chosen {
				args[0] = tensor.Bool
			}
			compute, result, err := o.Result(args)
			if err != nil || compute != d || ClassOf(d) == NoClass {
				continue
			}
			f, err := o.Expand(d)
			if err != nil {
				t.Errorf("%v: %v", d, err)
				continue
			}
			if got := f.result(); got != result {
				t.Errorf("%s on %v gives %v, want %v", o.Name, d, got, result)
			}
			for _, in := range f.Ins {
				if in.Op != opConst && !in.Op.Native(f.DType(in.Args[len(in.Args)-1])) {
					t.Errorf("%s on %v: %s is not core", o.Name, d, in.Op.Name)
				}
			}
			has := map[Class]bool{Bool: o.Ref.B != nil, Int: o.Ref.I != nil, Uint: o.Ref.U != nil, F32: o.Ref.F != nil, F64: o.Ref.F != nil, Complex: o.Ref.C != nil}
			if !has[ClassOf(d)] {
				t.Errorf("%s has no reference for %v", o.Name, d)
			}
			for i := range o.Derivative {
				if d.IsFloat() {
					if _, err := o.Derive(i, d); err != nil {
						t.Errorf("%s, derivative %d on %v: %v", o.Name, i, d, err)
					}
				}
			}
		}
	}
}

// result is the dtype that a formula gives.
func (f *Formula) result() tensor.DType {
	d := f.DType(f.Out[0])
	switch {
	case len(f.Out) == 1:
		return d
	case d == tensor.Float32:
		return tensor.Complex64
	}
	return tensor.Complex128
}

// TestMistakesInTexts: a formula that cannot be read is an error of Expand.
func TestMistakesInTexts(t *testing.T) {
	for _, text := range []string{
		"", "return", "return x, x", "return x +", "return w", "return nonsense(x)", "return x % y", "return poly(x, nothing)",
		"return exp(x, x)", "return x + bits(x)", "return x < 1", "x[0] = 1", "for x > 0 { }", "for range 3 { }", "return self(x)",
		"a, b := x, x, x", "return sin[9]", "return fastTwoSum(x, 1)", "return x & x", "return re", "return bits(f32(x)) + 0.5", "return T()",
		"return x.y(1)", "return poly(x)", "return inf[0]", "return sin[x]", "return \"x\"", "return func() {}", "a, b := y(x)",
	} {
		o := &Op{Name: "self", Arity: 1, Types: Rule{Takes: Floats}, Formula: floats(text)}
		byName["self"] = o
		if f, err := o.Expand(tensor.Float64); err == nil {
			t.Errorf("%q is\n%v", text, f)
		}
		delete(byName, "self")
	}
}

// TestTexts writes down what the notation means.
func TestTexts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"return x", "%0 = param f32\nreturn %0\n"},
		{"a := x * 2\nreturn a + a*a", "%0 = param f32\n%1 = const 0x40000000 f32\n%2 = mul %0 %1 f32\n%3 = mul %2 %2 f32\n%4 = add %2 %3 f32\nreturn %4\n"},
		{"unused := x*x\nreturn 1 + 2", "%0 = param f32\n%1 = const 0x40400000 f32\nreturn %1\n"},
		{"return bits(bits(x) >> mantissa)", "%0 = param f32\n%1 = bitcast %0 i32\n%2 = const 0x17 i32\n%3 = shr %1 %2 i32\n%4 = bitcast %3 f32\nreturn %4\n"},
		{"return T(f64(x) + f64(x))", "%0 = param f32\n%1 = cast %0 f64\n%2 = add %1 %1 f64\n%3 = cast %2 f32\nreturn %3\n"},
		{"return where(x < 0 && x > -inf, -x, x)", "%0 = param f32\n%1 = const 0x0 f32\n%2 = less %0 %1 bool\n%3 = const 0xff800000 f32\n" +
			"%4 = greater %0 %3 bool\n%5 = and %2 %4 bool\n%6 = neg %0 f32\n%7 = where %5 %6 %0 f32\nreturn %7\n"},
	} {
		o := &Op{Name: "self", Arity: 1, Types: Rule{Takes: Floats}, Formula: floats(c.text)}
		f, err := o.Expand(tensor.Float32)
		if err != nil || f.String() != c.want {
			t.Errorf("%q: %v\n%v\nwant\n%s", c.text, err, f, c.want)
		}
	}
}

// TestDerivatives holds derivatives to difference quotients of the references.
func TestDerivatives(t *testing.T) {
	for _, o := range Table {
		for i := range o.Derivative {
			f, err := o.Derive(i, tensor.Float64)
			if err != nil {
				t.Errorf("%s: %v", o.Name, err)
			}
			if f == nil {
				continue
			}
			for _, x := range [][]float64{{0.7, 0.4, 0.9}, {1.3, 2.2, 2.5}, {0.2, 0.3, 0.1}, {2.9, 1.1, 2.8}} {
				x = x[:o.Arity]
				if o.Types.Compute == Chosen {
					x[0] = float64(int(x[0]) & 1)
				}
				const h = 1e-6
				up, down := append([]float64(nil), x...), append([]float64(nil), x...)
				up[i] += h
				down[i] -= h
				want := (o.Ref.F(up) - o.Ref.F(down)) / (2 * h)
				var args []uint64
				for k, v := range append(x[:len(x):len(x)], o.Ref.F(x)) {
					args = append(args, fromFloat(v, f.Params[k]))
				}
				b, _ := f.EvalBits(args...)
				if got := math.Float64frombits(b); math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
					t.Errorf("%s by operand %d at %v: %v, want %v", o.Name, i, x, got, want)
				}
			}
		}
	}
}

// TestRules writes down dtypes.
func TestRules(t *testing.T) {
	type d = tensor.DType
	for _, c := range []struct {
		name            string
		args            []d
		compute, result d
	}{
		{"add", []d{tensor.Int8, tensor.Int8}, tensor.Int8, tensor.Int8},
		{"sub", []d{tensor.Bool, tensor.Bool}, tensor.Invalid, tensor.Invalid},
		{"div", []d{tensor.Int8, tensor.Int8}, tensor.Float64, tensor.Float64},
		{"div", []d{tensor.Float16, tensor.Float16}, tensor.Float16, tensor.Float16},
		{"exp", []d{tensor.Bool}, tensor.Float16, tensor.Float16},
		{"exp", []d{tensor.Uint16}, tensor.Float32, tensor.Float32},
		{"exp", []d{tensor.Int32}, tensor.Float64, tensor.Float64},
		{"exp", []d{tensor.Complex64}, tensor.Complex64, tensor.Complex64},
		{"erf", []d{tensor.Complex64}, tensor.Invalid, tensor.Invalid},
		{"angle", []d{tensor.Complex64}, tensor.Complex64, tensor.Float32},
		{"abs", []d{tensor.Complex64}, tensor.Complex64, tensor.Float32},
		{"remainder", []d{tensor.Bool, tensor.Bool}, tensor.Int8, tensor.Int8},
		{"less", []d{tensor.Int32, tensor.Int32}, tensor.Int32, tensor.Bool},
		{"less", []d{tensor.Int32, tensor.Int64}, tensor.Invalid, tensor.Invalid},
		{"where", []d{tensor.Bool, tensor.Complex128, tensor.Complex128}, tensor.Complex128, tensor.Complex128},
		{"where", []d{tensor.Int8, tensor.Int8, tensor.Int8}, tensor.Invalid, tensor.Invalid},
		{"add", []d{tensor.Int8}, tensor.Invalid, tensor.Invalid},
		{"argmin", []d{tensor.Int8}, tensor.Invalid, tensor.Invalid},
		{"bitcast", []d{tensor.Float64}, tensor.Float64, tensor.Int64},
	} {
		compute, result, err := Lookup(c.name).Result(c.args)
		if compute != c.compute || result != c.result || (err != nil) != (c.compute == tensor.Invalid) {
			t.Errorf("%s of %v: %v, %v, %v", c.name, c.args, compute, result, err)
		}
	}
}
