package einsum_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

func input(name string, d tensor.DType, dims ...int) expr.Expr { return expr.Input(name, d, dims...) }

// graph is x as text, without comments and with one space between words.
func graph(x expr.Expr) string {
	text := regexp.MustCompile(`\t;[^\n]*`).ReplaceAllString(x.String(), "")
	return regexp.MustCompile(` +`).ReplaceAllString(text, " ")
}

func TestContract(t *testing.T) {
	a, b := input("a", tensor.Float32, 2, 3), input("b", tensor.Float32, 3, 4)
	for _, c := range []struct {
		what string
		x    expr.Expr
		want string
	}{
		{"matrix product", einsum.Contract("ij,jk->ik", a, b), `%0 = input "a" f32[2 3]
%1 = input "b" f32[3 4]
%2 = contract "ij,jk->ik" %0 %1 f32[2 4]
return %2
`},
		{"one operand", einsum.Contract("ji", a), `%0 = input "a" f32[2 3]
%1 = contract "ij->ji" %0 f32[3 2]
return %1
`},
		{"promotion", einsum.Contract("i,->i", input("n", tensor.Int32, 2), input("x", tensor.Float32)), `%0 = input "n" i32[2]
%1 = cast %0 f64[2]
%2 = input "x" f32[]
%3 = cast %2 f64[]
%4 = contract "i,->i" %1 %3 f64[2]
return %4
`},
		{"weak scalar", einsum.Contract("i,", input("x", tensor.Float32, 2), expr.Scalar(2)), `%0 = input "x" f32[2]
%1 = const 2 f32[]
%2 = contract "i,->i" %0 %1 f32[2]
return %2
`},
		{"stretched axes", einsum.Contract("iij,ij->ij", input("x", tensor.Int8, 1, 1, 3), input("y", tensor.Int8, 2, 1)), `%0 = input "x" i8[1 1 3]
%1 = reshape %0 i8[3]
%2 = input "y" i8[2 1]
%3 = reshape %2 i8[2]
%4 = contract "i,j->ji" %1 %3 i8[2 3]
return %4
`},
	} {
		if got := graph(c.x); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.what, got, c.want)
		}
	}

	s, err := einsum.ParseLabels([][]int{{1000, 7}, {7, 9}}, []int{9, 1000}, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := graph(s.Contract(a, b)), graph(einsum.Contract("ij,jk->ki", a, b)); got != want {
		t.Errorf("by integers:\n%swant\n%s", got, want)
	}
}

func TestMistakesAreTheCallers(t *testing.T) {
	a, b := input("a", tensor.Float32, 512, 256), input("b", tensor.Float32, 128, 64)
	for _, c := range []struct {
		x    expr.Expr
		want string
	}{
		{einsum.Contract("ij,jk->ik", a, b), `^contract_test\.go:\d+: einsum "ij,jk->ik": index j is 256 in operand 0 \(f32\[512 256\]\) but 128 in operand 1 \(f32\[128 64\]\)
    ij,jk->ik
       \^$`},
		{einsum.Contract("ij,ik->ik->", a, b), `^contract_test\.go:\d+: einsum "ij,ik->ik->": a second "->"
    ij,ik->ik->
             \^$`},
		{einsum.Contract("ij").MatMul(a), `^contract_test\.go:\d+: einsum "ij": the spec names 1 operand, but there are 0
    ij
    \^$`},
		{einsum.Contract("ij,jk", a, expr.Expr{}), `^contract_test\.go:\d+: einsum "ij,jk": operand 1 is the zero Expr$`},
		// All causes at once: an operand's and the spec's own.
		{einsum.Contract("ij,$", b.MatMul(a), expr.Expr{}), `^contract_test\.go:\d+: einsum "ij,\$": "\$" is not a letter
    ij,\$
       \^
contract_test\.go:\d+: einsum "ij,\$": operand 1 is the zero Expr
contract_test\.go:\d+: matmul: .*$`},
		{einsum.Contract("i,j,k,l,m->ijklm", vector, vector, vector, vector, vector), `^contract_test\.go:\d+: einsum "i,j,k,l,m->ijklm": the .* has more than 2\^62 elements$`},
	} {
		err := c.x.Err()
		if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
			t.Errorf("%v\nwant\n%s", err, c.want)
		}
	}

	var e *expr.Error
	if err := einsum.Contract("ii", a).Err(); !errors.As(err, &e) || e.Kind != expr.ErrorKind(einsum.SizeMismatch) {
		t.Errorf("%v, want kind %s", err, einsum.SizeMismatch)
	}
}

var vector = input("v", tensor.Bool, 1<<20)

func BenchmarkContract(b *testing.B) {
	x, y := input("x", tensor.Float32, 2, 3), input("y", tensor.Float32, 3, 4)
	b.ReportAllocs()
	for b.Loop() {
		if einsum.Contract("ij,jk->ik", x, y).Err() != nil {
			b.Fatal()
		}
	}
}
