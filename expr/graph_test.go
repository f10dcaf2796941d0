package expr_test

import (
	"slices"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// A chain may be long, and a node that is used twice at every step is still visited once.
func TestDeepGraphs(t *testing.T) {
	build := func() expr.Expr {
		x := expr.Input("x", tensor.Float32, 4)
		for range 100_000 {
			x = x.Add(x)
		}
		return x
	}
	x, y := build(), build()
	count := 0
	seen := map[*expr.Node]bool{}
	for n := range expr.Walk(x.Node(), x.Node()) {
		for _, a := range n.Args {
			if !seen[a] {
				t.Fatal("a node came before its argument")
			}
		}
		seen[n] = true
		count++
	}
	if count != 100_001 {
		t.Errorf("%d nodes", count)
	}
	if !expr.Equal(x.Node(), y.Node()) {
		t.Error("the same graph built twice differs")
	}
	if expr.Equal(x.Node(), y.Add(y).Node()) {
		t.Error("different graphs are equal")
	}
	back, err := expr.Parse(x.String())
	if err != nil || !expr.Equal(back[0].Node(), x.Node()) {
		t.Error("a long text does not read back", err)
	}
	bad := expr.Input("x", tensor.Float32, -1)
	for range 100_000 {
		bad = bad.Add(bad)
	}
	if bad.Err() == nil {
		t.Error("the mistake is lost")
	}
}

func TestWalkStops(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 4).Sum().Add(expr.Scalar(1))
	for n := range expr.Walk(x.Node(), nil) {
		if n.Kind != expr.KInput {
			t.Error("it went on")
		}
		break
	}
}

func TestLeaves(t *testing.T) {
	a, b := expr.Input("a", tensor.Float32, 4), expr.Of([]float32{1, 2, 3, 4})
	got := expr.Leaves(expr.Nodes(a.Add(b).Mul(a), b)...)
	if !slices.Equal(got, expr.Nodes(a, b)) {
		t.Errorf("%d leaves", len(got))
	}
}

func TestEqual(t *testing.T) {
	data := []float32{1, 2, 3, 4, 5, 6}
	a, b := expr.Of(data, 2, 3), expr.Of(data, 2, 3)
	other := expr.Of(slices.Clone(data), 2, 3)
	in := func(name string, d tensor.DType) expr.Expr { return expr.Input(name, d, 2, 3) }
	x := in("x", tensor.Float32)
	for _, c := range []struct {
		name  string
		a, b  expr.Expr
		equal bool
	}{
		{"one memory", a, b, true},
		{"other memory", a, other, false},
		{"inputs", x, in("x", tensor.Float32), true},
		{"names", x, in("y", tensor.Float32), false},
		{"dtypes", x, in("x", tensor.Float64), false},
		{"operations", x.Add(a), x.Sub(a), false},
		{"order", x.Add(a), a.Add(x), false},
		{"axes", x.Sum(0), x.Sum(0), true},
		{"folds", x.Sum(0), x.Max(0), false},
		{"zeros", x.Mul(expr.Scalar(0)), x.Mul(expr.Scalar(negZero)), false},
		{"pads", x.Pad(0, [2]int{1, 0}, [2]int{0, 0}), x.Pad(0, [2]int{0, 1}, [2]int{0, 0}), false},
		{"slices", x.Slice(tensor.From(1)), x.Slice(tensor.To(1)), false},
		{"labels", x.MatMul(x.T()), x.Tensordot(x.T(), []int{1}, []int{0}), true},
		{"transposes", x.T(), x.Reshape(3, 2), false},
		{"mistakes", x.Sum(7), x.Sum(7), true},
		{"other mistakes", x.Sum(7), x.Sum(8), false},
		{"weak", expr.Scalar(1), expr.Full(tensor.Float64, 1), false},
	} {
		if got := expr.Equal(c.a.Node(), c.b.Node()); got != c.equal {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.equal && c.a.Node().Hash() != c.b.Node().Hash() {
			t.Errorf("%s: hashes differ", c.name)
		}
	}
}

var negZero = -1 / inf

func TestWith(t *testing.T) {
	x, y := expr.Input("x", tensor.Float32, 2, 3), expr.Input("y", tensor.Float64, 2, 3)
	n := x.Sum(1).Node()
	if n.With(n.Args...) != n {
		t.Error("the same arguments made another node")
	}
	m := n.With(y.Node())
	if m.DType != tensor.Float64 || m.Pos != n.Pos || n.DType != tensor.Float32 || m.Hash() == n.Hash() {
		t.Errorf("%v%v at %v", m.DType, m.Shape, m.Pos)
	}
	if bad := n.With(expr.Input("z", tensor.Float32).Node()); bad.Kind != expr.KBad {
		t.Error("a sum over an axis that is not there")
	}
}

// Make holds every kind of node to its rules, whoever asks.
func TestMakeRefuses(t *testing.T) {
	f := expr.Input("f", tensor.Float32, 2, 3).Node()
	i := expr.Input("i", tensor.Int64, 4).Node()
	args := func(ns ...*expr.Node) []*expr.Node { return ns }
	for name, n := range map[string]expr.Node{
		"no kind":            {},
		"unknown kind":       {Kind: 200},
		"nil operand":        {Kind: expr.KTranspose, Args: args(nil), Axes: []int{}},
		"operands":           {Kind: expr.KReshape, Args: args(f, f), Shape: tensor.Shape{6}},
		"input dtype":        {Kind: expr.KInput, Name: "a"},
		"input name":         {Kind: expr.KInput, DType: tensor.Float32},
		"input size":         {Kind: expr.KInput, Name: "a", DType: tensor.Float32, Shape: tensor.Shape{1 << 40, 0, 1 << 40}},
		"data":               {Kind: expr.KData},
		"const":              {Kind: expr.KConst, DType: 99},
		"iota":               {Kind: expr.KIota, Shape: tensor.Shape{2, 3}},
		"map":                {Kind: expr.KMap, Args: args(f)},
		"map shapes":         {Kind: expr.KMap, Op: f.With().Op, Args: args(f, i)},
		"fold":               {Kind: expr.KReduce, Args: args(f), Axes: []int{0}},
		"no axes":            {Kind: expr.KReduce, Fold: expr.FoldSum, Args: args(f)},
		"axes fall":          {Kind: expr.KReduce, Fold: expr.FoldSum, Args: args(f), Axes: []int{1, 0}},
		"any of numbers":     {Kind: expr.KReduce, Fold: expr.FoldAny, Args: args(f), Axes: []int{0}},
		"two axes":           {Kind: expr.KReduce, Fold: expr.FoldArgMax, Args: args(f), Axes: []int{0, 1}},
		"labels":             {Kind: expr.KContract, Args: args(f), Labels: [][]int{{1}}},
		"label sizes":        {Kind: expr.KContract, Args: args(f), Labels: [][]int{{1, 1}}},
		"output":             {Kind: expr.KContract, Args: args(f), Labels: [][]int{{1, 2}}, Output: []int{3}},
		"output twice":       {Kind: expr.KContract, Args: args(f), Labels: [][]int{{1, 2}}, Output: []int{1, 1}},
		"contract dtypes":    {Kind: expr.KContract, Args: args(f, i), Labels: [][]int{{1, 2}, {3}}},
		"reshape":            {Kind: expr.KReshape, Args: args(f), Shape: tensor.Shape{4}},
		"permutation":        {Kind: expr.KTranspose, Args: args(f), Axes: []int{0, 0}},
		"broadcast":          {Kind: expr.KBroadcast, Args: args(f), Shape: tensor.Shape{3, 2}},
		"broadcast less":     {Kind: expr.KBroadcast, Args: args(f), Shape: tensor.Shape{3}},
		"slice out":          {Kind: expr.KSlice, Args: args(i), Shape: tensor.Shape{3}, Starts: []int{2}, Steps: []int{1}},
		"slice out below":    {Kind: expr.KSlice, Args: args(i), Shape: tensor.Shape{3}, Starts: []int{3}, Steps: []int{-2}},
		"slice far":          {Kind: expr.KSlice, Args: args(i), Shape: tensor.Shape{2}, Starts: []int{0}, Steps: []int{1 << 62}},
		"slice low":          {Kind: expr.KSlice, Args: args(i), Shape: tensor.Shape{2}, Starts: []int{3}, Steps: []int{-1 << 63}},
		"step 0":             {Kind: expr.KSlice, Args: args(i), Shape: tensor.Shape{1}, Starts: []int{2}, Steps: []int{0}},
		"pad":                {Kind: expr.KPad, Args: args(i), Before: []int{-1}, After: []int{0}},
		"pad far":            {Kind: expr.KPad, Args: args(i), Before: []int{1 << 62}, After: []int{1 << 62}},
		"diagonal":           {Kind: expr.KDiagonal, Args: args(f), Axes: []int{0, 0}, Starts: []int{0, 0}},
		"diagonal start":     {Kind: expr.KDiagonal, Args: args(f), Axes: []int{0, 1}, Starts: []int{3, 0}},
		"concat":             {Kind: expr.KConcat, Args: args(f, i), Axes: []int{0}},
		"concat axis":        {Kind: expr.KConcat, Args: args(f, f), Axes: []int{2}},
		"gather dtype":       {Kind: expr.KGather, Args: args(i, f), Axes: []int{0}},
		"gather axis":        {Kind: expr.KGather, Args: args(f, i), Axes: []int{2}},
		"gather from nobody": {Kind: expr.KGather, Args: args(expr.Input("e", tensor.Float32, 0).Node(), i), Axes: []int{0}},
	} {
		if m := expr.Make(n); m.Kind != expr.KBad || m.Err == nil || m.Err.Error() == "" {
			t.Errorf("%s: made %v", name, expr.Text(m))
		}
	}
}

// Slices that mean the same are one node, whatever steps and starts they were given.
func TestSliceIsCanonical(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 9)
	if a, b := x.Slice(tensor.Span(3, 4).By(5)), x.Slice(tensor.Span(3, 2).By(-1)); !expr.Equal(a.Node(), b.Node()) {
		t.Errorf("%v%v", a, b)
	}
	if a, b := x.Slice(tensor.Span(3, 3)), x.Slice(tensor.Span(8, 5)); !expr.Equal(a.Node(), b.Node()) {
		t.Errorf("%v%v", a, b)
	}
}
