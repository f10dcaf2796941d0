package tensor

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

var narrow40 = Style{Precision: 3, Threshold: 20, EdgeItems: 2, LineWidth: 40}

// TestTextIsNumPys compares with what NumPy printed: testdata/generate.py wrote the cases.
func TestTextIsNumPys(t *testing.T) {
	raw, err := os.ReadFile("testdata/text.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(raw), "case ")[1:]
	if len(cases) < 60 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		line, rest, _ := strings.Cut(c, "\n")
		want := strings.Split(rest, "\n--\n")
		a := parseCase(t, line)
		for i, style := range []Style{DefaultStyle(), bare(DefaultStyle()), narrow40, bare(narrow40)} {
			if got := a.Text(style); got != want[i] {
				t.Errorf("%s, style %+v: got\n%s\nwant\n%s", line, style, got, want[i])
			}
		}
		if a.String() != want[0] {
			t.Errorf("%s: String differs from Text(DefaultStyle())", line)
		}
	}
}

func bare(s Style) Style {
	s.Bare = true
	return s
}

// parseCase reads "float64 (2,2) 1 2 3 4" or "int64 (30,) range 0 7".
func parseCase(t *testing.T, line string) *Tensor {
	t.Helper()
	words := strings.Fields(line)
	d, err := ParseDType(words[0])
	if err != nil {
		t.Fatal(err)
	}
	var dims []int
	for _, w := range strings.Split(strings.Trim(words[1], "()"), ",") {
		if n, err := strconv.Atoi(w); err == nil {
			dims = append(dims, n)
		}
	}
	values := words[2:]
	if len(values) > 0 && values[0] == "range" {
		start, _ := strconv.ParseFloat(values[1], 64)
		step, _ := strconv.ParseFloat(values[2], 64)
		values = nil
		for i := range Shape(dims).Len() {
			values = append(values, strconv.FormatFloat(start+float64(i)*step, 'f', -1, 64))
		}
	}
	a, err := fromWords(d, values, dims)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return a
}

func fromWords(d DType, words []string, dims []int) (*Tensor, error) {
	switch {
	case d.IsComplex():
		var v []complex128
		for _, w := range words {
			c, err := strconv.ParseComplex(strings.Replace(w, "j", "i", 1), 128)
			if err != nil {
				return nil, err
			}
			v = append(v, c)
		}
		return FromComplex128s(d, v, dims...)
	case d.IsFloat():
		var v []float64
		for _, w := range words {
			f, err := strconv.ParseFloat(w, 64)
			if err != nil {
				return nil, err
			}
			v = append(v, f)
		}
		return FromFloat64s(d, v, dims...)
	}
	var v []int64
	for _, w := range words {
		i, err := strconv.ParseInt(w, 10, 64)
		if d == Uint64 {
			var u uint64
			u, err = strconv.ParseUint(w, 10, 64)
			i = int64(u)
		}
		if err != nil {
			return nil, err
		}
		v = append(v, i)
	}
	return FromInt64s(d, v, dims...)
}

// TestManyNumbersPrintAsNumPys prints every float16 and random numbers in other types, and compares the sum of all with NumPy's.
func TestManyNumbersPrintAsNumPys(t *testing.T) {
	want := sums(t)
	delete(want, "slices")
	check := func(name string, a *Tensor, row int) {
		t.Helper()
		n := a.Len() / row
		rows, err := a.Reshape(n, row)
		if err != nil {
			t.Fatal(err)
		}
		sum, plain := sha256.New(), bare(DefaultStyle())
		for i := range n {
			r, err := rows.Index(0, i)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(sum, "%s\n%s\n", r, r.Text(plain))
		}
		if got := fmt.Sprintf("%x", sum.Sum(nil)); got != want[name] {
			t.Errorf("%s: the sum is %s, NumPy's is %s", name, got, want[name])
		}
		delete(want, name)
	}
	as := func(d DType, v []float64) *Tensor {
		a, err := FromFloat64s(d, v)
		if err != nil {
			a, err = FromFloat64s(d, v, len(v))
		}
		if err != nil {
			t.Fatal(err)
		}
		return a
	}

	halves := make([]F16, 1<<16)
	for i := range halves {
		halves[i] = F16(i)
	}
	all, _ := New(halves)
	check("every-float16", all, 1)

	bits, floats, singles, unit, cents := randomBits(30000), []float64{}, []float32{}, []float64{}, []float64{}
	for _, b := range bits {
		floats = append(floats, math.Float64frombits(b))
		singles = append(singles, math.Float32frombits(uint32(b)), math.Float32frombits(uint32(b>>32)))
		unit = append(unit, float64(b>>11)/(1<<53))
		cents = append(cents, float64(b%200000)/100-1000)
	}
	ofSingles, _ := New(singles)
	check("float64-bits", as(Float64, floats), 3)
	check("float32-bits", ofSingles, 3)
	check("float64-unit", as(Float64, unit), 3)
	check("float32-unit", as(Float32, unit), 3)
	check("float64-cents", as(Float64, cents), 6)
	check("float32-cents", as(Float32, cents), 6)
	pairs := make([]complex128, len(cents)/2)
	for i := range pairs {
		pairs[i] = complex(cents[2*i], cents[2*i+1])
	}
	ofPairs, _ := New(pairs)
	check("complex128-cents", ofPairs, 3)
	if len(want) != 0 {
		t.Errorf("not compared: %v", want)
	}
}

// sums is testdata/sums.txt.
func sums(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/sums.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		name, sum, _ := strings.Cut(line, " ")
		all[name] = sum
	}
	return all
}

// randomBits is the generator of testdata/generate.py.
func randomBits(n int) []uint64 {
	state, all := uint64(1), make([]uint64, n)
	for i := range all {
		state = state*6364136223846793005 + 1442695040888963407
		all[i] = state
	}
	return all
}

func TestBFloat16PrintsByTheRulesOfFloat16(t *testing.T) {
	a, err := FromFloat64s(BFloat16, []float64{1, 2.5, -0.1, math.NaN()}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.String(), "array([ 1. ,  2.5, -0.1,  nan], dtype=bfloat16)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	words := map[string]float64{} // no two numbers are written alike
	for i := range 1 << 16 {
		v := float64(BF16(i).Float32())
		if v-v != 0 {
			continue
		}
		w := shortest(BFloat16, v, -1, true)
		if u, ok := words[w]; ok && u != v {
			t.Fatalf("%g and %g are both written %s", u, v, w)
		}
		words[w] = v
		if u, err := strconv.ParseFloat(w, 64); err != nil || BFloat16Of(u) != BFloat16Of(v) {
			t.Fatalf("%g is written %s, which is %g", v, w, u)
		}
	}
}

// TestTextOfAViewIsItsCopys: no stride shows.
func TestTextOfAViewIsItsCopys(t *testing.T) {
	a := counting(t, Int32, 7, 30, 9)
	for _, v := range []func() (*Tensor, error){
		func() (*Tensor, error) { return a.Transpose() },
		func() (*Tensor, error) { return a.Flip() },
		func() (*Tensor, error) { return a.Slice(All().By(3), Span(1, -1), From(2)) },
		func() (*Tensor, error) { return a.Diagonal(1, 0, 2) },
	} {
		b, err := v()
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != b.Copy().String() {
			t.Errorf("%v: got\n%s\nwant\n%s", b.Shape(), b, b.Copy())
		}
	}
}

func TestOddStylesDoNotPanic(t *testing.T) {
	a := counting(t, Float64, 5, 6)
	for _, s := range []Style{{}, {Precision: -1, Threshold: -1, EdgeItems: -1, LineWidth: -1}, {Bare: true}, {Precision: 100, Threshold: 3}} {
		if a.Text(s) == "" {
			t.Errorf("%+v: nothing is written", s)
		}
	}
}
