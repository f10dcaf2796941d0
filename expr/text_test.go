package expr_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

// uncomment takes the comments off a text.
func uncomment(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t;")
		out.WriteString(strings.TrimRight(code, " ") + "\n")
	}
	return out.String()
}

// read parses a text and prints it again, without comments; or gives the mistake.
func read(t *testing.T, c *golden.Case) string {
	xs, err := expr.Parse(c.Input)
	if err != nil {
		return err.Error()
	}
	return uncomment(expr.Text(expr.Nodes(xs...)...))
}

// testdata/text.txt shows every kind of node as a text, and that reading and printing changes nothing but spaces and numbers.
func TestText(t *testing.T) { golden.Run(t, "testdata/text.txt", read) }

// testdata/syntax.txt holds texts that are no graphs.
func TestParseErrors(t *testing.T) {
	golden.Run(t, "testdata/syntax.txt", func(t *testing.T, c *golden.Case) string {
		_, err := expr.Parse(c.Input)
		var e *expr.Error
		if !errors.As(err, &e) || e.Kind != expr.ErrSyntax || e.Pos.IsZero() {
			t.Errorf("%s: %v", c.Place, err)
			return ""
		}
		return err.Error()
	})
}

// A text keeps everything about a graph but the contents of larger data and the user's lines.
func TestTextReadsBack(t *testing.T) {
	graphs := uint64(2000)
	if testing.Short() {
		graphs = 200
	}
	whole := 0
	for seed := range graphs {
		roots := expr.Nodes(randgraph.Graph(rand.New(rand.NewPCG(seed, 5)), randgraph.Options{Elements: 60})...)
		text := expr.Text(roots...)
		back, err := expr.Parse(text)
		if err != nil {
			t.Fatalf("seed %d: %v in\n%s", seed, err, text)
		}
		again := expr.Text(expr.Nodes(back...)...)
		if uncomment(again) != uncomment(text) {
			t.Fatalf("seed %d: %s", seed, golden.Diff(uncomment(text), uncomment(again)))
		}
		if strings.Contains(text, "#") {
			continue
		}
		whole++
		for i, x := range back {
			if !expr.EqualContents(roots[i], x.Node()) {
				t.Fatalf("seed %d: root %d differs:\n%s\n%s", seed, i, text, again)
			}
		}
	}
	if whole < int(graphs)/4 {
		t.Errorf("only %d graphs were shown whole", whole)
	}
}

// Data that a text shows reads back with its layout and its bits.
func TestDataInText(t *testing.T) {
	base, err := tensor.FromFloat64s(tensor.Float16, []float64{0, math.Copysign(0, -1), inf, -inf, math.NaN(), 65504, 6e-8, -1.5}, 2, 4)
	if err != nil {
		t.Fatal(err)
	}
	views := []*tensor.Tensor{base}
	add := func(v *tensor.Tensor, err error) {
		if err != nil {
			t.Fatal(err)
		}
		views = append(views, v)
	}
	add(base.Transpose())
	add(base.Flip())
	add(base.Slice(tensor.All(), tensor.All().By(-2)))
	add(base.Slice(tensor.To(1)))
	add(base.Index(1, 2))
	row, _ := base.Index(0, 1)
	add(row.Broadcast(3, 4))
	add(base.Slice(tensor.To(0)))
	for _, v := range views {
		x := expr.From(v)
		back, err := expr.Parse(x.String())
		if err != nil || !expr.EqualContents(x.Node(), back[0].Node()) || strings.Contains(x.String(), "#") {
			t.Errorf("%v: %v %v", x, err, back)
		}
	}
	far, err := tensor.FromBytes(make([]byte, 1<<20), tensor.Uint8, tensor.Shape{2, 2}, []int{1 << 18, 1 << 17}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if text := expr.From(far).String(); !strings.Contains(text, "data #0  u8[2 2]\t; strides [262144 131072]") {
		t.Error(text)
	}
}

// Larger data is only named; a graph of what was read and of new data keeps the names apart.
func TestPlaceholders(t *testing.T) {
	a, b := expr.Of(make([]float32, expr.Inline+1)), expr.Of(make([]float32, expr.Inline+1))
	text := a.Add(b).Add(a).String()
	if strings.Count(text, "data #0 ") != 1 || strings.Count(text, "data #1 ") != 1 {
		t.Error(text)
	}
	back, err := expr.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if n := expr.Leaves(back[0].Node())[1]; n.Kind != expr.KInput || n.Name != "#1" {
		t.Errorf("%v %q", n.Kind, n.Name)
	}
	if text := a.Add(back[0]).String(); strings.Count(text, "data #0 ") != 1 || strings.Count(text, "data #2 ") != 1 {
		t.Error(text)
	}
	if expr.Input("#0", tensor.Float32).Err() == nil || expr.Input("$0", tensor.Float32).Err() == nil {
		t.Error("a user's input took a kept name")
	}
}

// A contraction may have more labels than there are letters in ASCII.
func TestManyLabels(t *testing.T) {
	dims := make([]int, 400)
	for k := range dims {
		dims[k] = 1
	}
	x := expr.Input("x", tensor.Float32, dims...)
	y := x.Tensordot(x, []int{3}, []int{5})
	back, err := expr.Parse(y.String())
	if err != nil || !expr.Equal(y.Node(), back[0].Node()) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range randgraph.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		xs, err := expr.Parse(text)
		if err != nil {
			return
		}
		printed := expr.Text(expr.Nodes(xs...)...)
		back, err := expr.Parse(printed)
		if err != nil {
			t.Fatalf("%v in\n%s", err, printed)
		}
		if again := expr.Text(expr.Nodes(back...)...); uncomment(again) != uncomment(printed) {
			t.Fatalf("%s", golden.Diff(uncomment(printed), uncomment(again)))
		}
	})
}

// Calls of routines read back, and a routine that there is not is a mistake.
func TestCallsInText(t *testing.T) {
	a := expr.Input("a", tensor.Float64, 2, 3, 3)
	u, s, vt := a.SVD()
	w, v := a.Eig()
	roots := expr.Nodes(u, s, vt, w, v, a.Solve(expr.Input("b", tensor.Float64, 3)), a.Sort(1), a.FFT(0), a.Median(), a.Pinv(-1))
	text := expr.Text(roots...)
	back, err := expr.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range back {
		if !expr.Equal(roots[i], x.Node()) || roots[i].Hash() != x.Node().Hash() {
			t.Errorf("root %d differs:\n%s", i, text)
		}
	}
	if expr.Equal(a.Inv().Node(), a.Cholesky().Node()) {
		t.Error("calls of different routines are equal")
	}
	_, err = expr.Parse("%0 = input \"a\" f64[3 3]\n%1 = call \"svdd\" %0 f64[3]\nreturn %1")
	if want := `graph:2: column 11: there is no routine "svdd"`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
