package einsum

import (
	"errors"
	"reflect"
	"testing"

	"github.com/einloom/einloom/tensor"
)

// must panics where a test's own spec is wrong.
func must(spec string) Spec {
	s, err := Parse(spec)
	if err != nil {
		panic(err)
	}
	return s
}

func TestBind(t *testing.T) {
	for _, c := range []struct {
		spec   string
		shapes []tensor.Shape
		want   Contraction
		shape  tensor.Shape
	}{
		{"ij,jk->ik", []tensor.Shape{{2, 3}, {3, 4}}, Contraction{[][]int{{0, 1}, {1, 2}}, []int{0, 2}, []int{2, 3, 4}, nil}, tensor.Shape{2, 4}},
		{"->", []tensor.Shape{{}}, Contraction{[][]int{{}}, []int{}, []int{}, nil}, tensor.Shape{}},
		{"ii->i", []tensor.Shape{{1, 1}}, Contraction{[][]int{{0, 0}}, []int{0}, []int{1}, nil}, tensor.Shape{1}},

		// Batch axes: fresh labels behind the others, aligned from the right.
		{"...i,i...->...", []tensor.Shape{{5, 6, 3}, {3, 6}}, Contraction{[][]int{{1, 2, 0}, {0, 2}}, []int{1, 2}, []int{3, 5, 6}, nil}, tensor.Shape{5, 6}},
		{"a...b", []tensor.Shape{{2, 7, 8, 3}}, Contraction{[][]int{{0, 2, 3, 1}}, []int{2, 3, 0, 1}, []int{2, 3, 7, 8}, nil}, tensor.Shape{7, 8, 2, 3}},
		{"...i->i", []tensor.Shape{{4, 5}}, Contraction{[][]int{{1, 0}}, []int{0}, []int{5, 4}, nil}, tensor.Shape{5}},
		{"i...->i...", []tensor.Shape{{4}}, Contraction{[][]int{{0}}, []int{0}, []int{4}, nil}, tensor.Shape{4}},
		{"i,j->...ij", []tensor.Shape{{4}, {5}}, Contraction{[][]int{{0}, {1}}, []int{0, 1}, []int{4, 5}, nil}, tensor.Shape{4, 5}},

		// Axes of size 1 stretch.
		{"ij,ij->ij", []tensor.Shape{{1, 3}, {2, 1}}, Contraction{[][]int{{0, 1}, {0, 1}}, []int{0, 1}, []int{2, 3}, [][]int{{0}, {1}}}, tensor.Shape{2, 3}},
		{"...,...", []tensor.Shape{{1, 4}, {3, 1}}, Contraction{[][]int{{0, 1}, {0, 1}}, []int{0, 1}, []int{3, 4}, [][]int{{0}, {1}}}, tensor.Shape{3, 4}},
		{"ii,i->i", []tensor.Shape{{1, 1}, {3}}, Contraction{[][]int{{0, 0}, {0}}, []int{0}, []int{3}, [][]int{{0, 1}, nil}}, tensor.Shape{3}},
		{"i,i->i", []tensor.Shape{{1}, {0}}, Contraction{[][]int{{0}, {0}}, []int{0}, []int{0}, [][]int{{0}, nil}}, tensor.Shape{0}},

		// Words or letters: the ranks tell.
		{"i jk, jk -> i", []tensor.Shape{{2, 12}, {12}}, Contraction{[][]int{{0, 1}, {1}}, []int{0}, []int{2, 12}, nil}, tensor.Shape{2}},
		{"i jk, jk -> i", []tensor.Shape{{2, 3, 4}, {3, 4}}, Contraction{[][]int{{0, 1, 2}, {1, 2}}, []int{0}, []int{2, 3, 4}, nil}, tensor.Shape{2}},
		{"ij k, kl -> ij l", []tensor.Shape{{2, 3, 4}, {4, 5}}, Contraction{[][]int{{0, 1, 2}, {2, 3}}, []int{0, 1, 3}, []int{2, 3, 4, 5}, nil}, tensor.Shape{2, 3, 5}},
		{"...j kj", []tensor.Shape{{2, 5, 4, 5}}, Contraction{[][]int{{2, 0, 1, 0}}, []int{2, 1}, []int{5, 4, 2}, nil}, tensor.Shape{2, 4}},
		{"...j kj", []tensor.Shape{{4, 5}}, Contraction{[][]int{{0, 1}}, []int{0, 1}, []int{4, 5}, nil}, tensor.Shape{4, 5}},
		{"... in out, ... out", []tensor.Shape{{2, 3, 4}, {2, 4}}, Contraction{[][]int{{2, 0, 1}, {2, 1}}, []int{2, 0}, []int{3, 4, 2}, nil}, tensor.Shape{2, 3}},
	} {
		got, err := must(c.spec).Bind(c.shapes)
		if err != nil {
			t.Errorf("%q of %v: %v", c.spec, c.shapes, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q of %v is %v, want %v", c.spec, c.shapes, got, c.want)
		}
		if !got.Shape().Equal(c.shape) {
			t.Errorf("%q of %v gives %v, want %v", c.spec, c.shapes, got.Shape(), c.shape)
		}
	}
}

// TestMessages has a whole message for each mistake that Parse and Bind find; the caret stands under the place on a terminal.
func TestMessages(t *testing.T) {
	for _, c := range []struct {
		spec    string
		shapes  []tensor.Shape
		kind    Kind
		operand int
		label   string
		want    string
	}{
		{"ij-jk", nil, BadArrow, -1, "", `einsum "ij-jk": "-" is not part of an arrow "->"
    ij-jk
      ^`},
		{"i%->j->k", nil, BadArrow, -1, "", `einsum "i%->j->k": a second "->"
    i%->j->k
         ^`},
		{"ij→j", nil, BadArrow, 0, "", `einsum "ij→j": the arrow is "->", not "→"
    ij→j
      ^`},
		{"i,j..", nil, BadEllipsis, 1, "", `einsum "i,j..": a "." that is not part of an ellipsis "..."
    i,j..
       ^`},
		{"...i...", nil, BadEllipsis, 0, "", `einsum "...i...": a second ellipsis in one term
    ...i...
        ^`},
		{"i…", nil, BadEllipsis, 0, "", `einsum "i…": an ellipsis is three dots "...", not "…"
    i…
     ^`},
		{"αβ,β1->α", nil, BadSymbol, 1, "", `einsum "αβ,β1->α": "1" is not a letter
    αβ,β1->α
        ^`},
		{"i->i,j", nil, BadSymbol, -1, "", `einsum "i->i,j": a "," in the output
    i->i,j
        ^`},
		{"a\xff", nil, BadSymbol, 0, "", `einsum "a\xff": byte 0xff is not UTF-8
    a` + "\uFFFD" + `
     ^`},
		{"row 2col", nil, BadSymbol, 0, "", `einsum "row 2col": "2" is not a letter
    row 2col
        ^`},
		{"row_ 2col", nil, BadSymbol, 0, "", `einsum "row_ 2col": "_" is not a letter
    row_ 2col
       ^`},
		{"row col, 2d -> row", nil, BadSymbol, 1, "", `einsum "row col, 2d -> row": a word does not begin with a digit
    row col, 2d -> row
             ^`},
		{"日月,月木->日水", nil, OutputNotInInput, -1, "水", `einsum "日月,月木->日水": index 水 of the output is in no operand
    日月,月木->日水
                 ^`},
		{"row col, col -> row cil", nil, OutputNotInInput, -1, "cil", `einsum "row col, col -> row cil": index cil of the output is in no operand
    row col, col -> row cil
                        ^`},
		{"ij\n->\n iji", nil, OutputRepeated, -1, "i", `einsum "ij\n->\n iji": index i stands twice in the output
    ij ->  iji
             ^`},
		{"ij->kk", nil, OutputRepeated, -1, "k", `einsum "ij->kk": index k stands twice in the output, and in no operand
    ij->kk
        ^`},

		{"i, jk , l", []tensor.Shape{{2}}, OperandCount, 1, "", `einsum "i, jk , l": the spec names 3 operands, but there are 1
    i, jk , l
       ^`},
		{"ij,k ->", []tensor.Shape{{2, 2}, {2}, {2}, {2}}, OperandCount, 2, "", `einsum "ij,k ->": the spec names 2 operands, but there are 4
    ij,k ->
         ^`},
		{"i,jk", []tensor.Shape{{2}, {2}}, Rank, 1, "", `einsum "i,jk": operand 1 ([2]) has 1 axis, but its term names 2
    i,jk
      ^`},
		{"i, j...k", []tensor.Shape{{2}, {}}, Rank, 1, "", `einsum "i, j...k": operand 1 ([]) has 0 axes, but its term names at least 2
    i, j...k
       ^`},
		{"é日é,日日", []tensor.Shape{{2, 3, 2}, {3, 4}}, SizeMismatch, 1, "日", `einsum "é日é,日日": index 日 is 3 and 4 in operand 1 ([3 4])
    é日é,日日
           ^`},
		{"i...j,k,...j", []tensor.Shape{{2, 5, 3}, {2}, {5, 4}}, SizeMismatch, 2, "j",
			`einsum "i...j,k,...j": index j is 3 in operand 0 ([2 5 3]) but 4 in operand 2 ([5 4])
    i...j,k,...j
               ^`},
		{"...i,j...", []tensor.Shape{{5, 6, 2}, {2, 7, 6}}, SizeMismatch, 1, "...",
			`einsum "...i,j...": axis -2 of the ellipsis is 5 in operand 0 ([5 6 2]) but 7 in operand 1 ([2 7 6])
    ...i,j...
          ^`},
		{"ii", []tensor.Shape{{3, 1}}, SizeMismatch, 0, "i", `einsum "ii": index i is 3 and 1 in operand 0 ([3 1])
    ii
     ^`},

		// A word that no operand has: read letter by letter it makes sense, but then the ranks do not fit.
		{"row col, col -> wor", []tensor.Shape{{2, 3}, {3}}, OutputNotInInput, -1, "wor", `einsum "row col, col -> wor": index wor of the output is in no operand
    row col, col -> wor
                    ^`},
		{"row col, col -> row", []tensor.Shape{{2, 3}, {3, 4}}, Rank, 1, "", `einsum "row col, col -> row": operand 1 ([3 4]) has 2 axes, but its term names 1
    row col, col -> row
             ^`},
	} {
		s, err := Parse(c.spec)
		if c.shapes != nil {
			if err != nil {
				t.Errorf("%q: %v", c.spec, err)
				continue
			}
			_, err = s.Bind(c.shapes)
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q of %v: %v", c.spec, c.shapes, err)
			continue
		}
		if e.Error() != c.want {
			t.Errorf("%q of %v:\n%s\nwant\n%s", c.spec, c.shapes, e, c.want)
		}
		if e.Kind != c.kind || e.Operand != c.operand || e.Label != c.label {
			t.Errorf("%q of %v: %s, operand %d, label %q", c.spec, c.shapes, e.Kind, e.Operand, e.Label)
		}
	}
}

func TestMessagesOfIntegers(t *testing.T) {
	for _, c := range []struct {
		inputs [][]int
		output []int
		kind   Kind
		want   string
	}{
		{[][]int{{0, 27}, {27, -1}}, []int{0}, BadSymbol, `einsum "0 27,27 -1->0": a label is not negative
    0 27,27 -1->0
            ^`},
		{[][]int{{Ellipsis, 1, Ellipsis}}, nil, BadEllipsis, `einsum "... 1 ...->": a second ellipsis in one term
    ... 1 ...->
          ^`},
		{[][]int{{0, 27}}, []int{0, 2}, OutputNotInInput, `einsum "0 27->0 2": index 2 of the output is in no operand
    0 27->0 2
            ^`},
		{[][]int{{0, 27}}, []int{27, 0, 27}, OutputRepeated, `einsum "0 27->27 0 27": index 27 stands twice in the output
    0 27->27 0 27
               ^`},
		{[][]int{{0, 27}, {27, 5}}, []int{0, 5}, SizeMismatch, `einsum "0 27,27 5->0 5": index 27 is 2 in operand 0 ([2 2]) but 3 in operand 1 ([3 3])
    0 27,27 5->0 5
         ^`},
		{nil, nil, OperandCount, `einsum "": no operands
    ` + `
    ^`},
	} {
		s, err := ParseLabels(c.inputs, c.output, false)
		if err == nil {
			_, err = s.Bind([]tensor.Shape{{2, 2}, {3, 3}})
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.Error() != c.want {
			t.Errorf("%v -> %v:\n%v\nwant\n%s", c.inputs, c.output, err, c.want)
		}
	}
}

func TestLongSpecsAreShownInPart(t *testing.T) {
	spec := ""
	for i := range 300 {
		spec += string(rune('Ā'+i)) + string(rune('Ā'+i+1)) + ","
	}
	_, err := Parse(spec + "$," + spec)
	const want = `einsum "Āā,āĂ,Ăă,ăĄ,Ąą,ąĆ,Ćć,ćĈ,Ĉĉ,ĉĊ,Ċċ,ċČ,Čč,čĎ,Ďď,ďĐ,Đđ,đĒ,Ēē,ēĔ,…Ȣȣ,ȣȤ,Ȥȥ,ȥȦ,Ȧȧ,ȧȨ,Ȩȩ,ȩȪ,Ȫȫ,ȫȬ,": "$" is not a letter
    …,Ȝȝ,ȝȞ,Ȟȟ,ȟȠ,Ƞȡ,ȡȢ,Ȣȣ,ȣȤ,Ȥȥ,ȥȦ,Ȧȧ,ȧȨ,Ȩȩ,ȩȪ,Ȫȫ,ȫȬ,$,Āā,āĂ,Ăă,ăĄ,Ąą,ąĆ,Ćć,ćĈ,Ĉĉ,ĉĊ,Ċċ,ċČ,Čč,čĎ,Ďď,ďĐ…
                                                      ^`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

var sink Contraction

func BenchmarkParseAndBind(b *testing.B) {
	for _, c := range []struct {
		name, spec string
		shapes     []tensor.Shape
	}{
		{"matmul", "ij,jk->ik", []tensor.Shape{{2, 3}, {3, 4}}},
		{"batched", "...ij,...jk->...ik", []tensor.Shape{{7, 2, 3}, {7, 3, 4}}},
		{"words", "batch query dim, batch key dim -> batch query key", []tensor.Shape{{7, 2, 3}, {7, 4, 3}}},
		{"implicit", "ea,fb,abcd,gc,hd", []tensor.Shape{{2, 2}, {2, 2}, {2, 2, 2, 2}, {2, 2}, {2, 2}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s, err := Parse(c.spec)
				if err != nil {
					b.Fatal(err)
				}
				if sink, err = s.Bind(c.shapes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
