package einsum

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/einloom/einloom/tensor"
)

// show writes a spec in full: labels by number, an ellipsis as dots, an implicit output in brackets, and the labels' names.
func show(s Spec) string {
	term := func(t Term) string {
		var parts []string
		for i, label := range t.Labels {
			if i == t.Ellipsis {
				parts = append(parts, dots)
			}
			parts = append(parts, fmt.Sprint(label))
		}
		if t.Ellipsis == len(t.Labels) {
			parts = append(parts, dots)
		}
		return strings.Join(parts, " ")
	}
	var terms []string
	for _, t := range s.Inputs {
		terms = append(terms, term(t))
	}
	output := term(s.Output)
	if s.Implicit {
		output = "(" + output + ")"
	}
	return strings.Join(terms, ", ") + " -> " + output + " : " + strings.Join(s.Names, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ spec, want, text string }{
		{"ij,jk->ik", "0 1, 1 2 -> 0 2 : i j k", "ij,jk->ik"},
		{"\tij , j\nk -> i k ", "0 1, 1 2 -> 0 2 : i j k", "ij,jk->ik"},
		{"a b , b c -> a c", "0 1, 1 2 -> 0 2 : a b c", "ab,bc->ac"},
		{"a b, bc -> ac", "0 1, 1 2 -> 0 2 : a b c", "ab,bc->ac"},
		{"", " -> () : ", ""},
		{"->", " ->  : ", "->"},
		{",->", ",  ->  : ", ",->"},
		{"ii", "0 0 -> () : i", "ii"},
		{"iij", "0 0 1 -> (1) : i j", "iij"},
		{"cBa", "0 1 2 -> (1 2 0) : c B a", "cBa"},
		{"cβa", "0 1 2 -> (2 0 1) : c β a", "cβa"},
		{"ba...", "0 1 ... -> (... 1 0) : b a", "ba..."},
		{"a...b -> ... b", "0 ... 1 -> ... 1 : a b", "a...b->...b"},
		{"...", "... -> (...) : ", "..."},
		{"i->...i", "0 -> ... 0 : i", "i->...i"},
		{"日月,月木->日木", "0 1, 1 2 -> 0 2 : 日 月 木", "日月,月木->日木"},
		{"😀😁->😁", "0 1 -> 1 : 😀 😁", "😀😁->😁"},
		{"×÷", "0 1 -> (0 1) : × ÷", "×÷"},
		{"ªµ", "0 1 -> (0 1) : ª µ", "ªµ"},
		{"i\u00a0j\u3000k\u2028", "0 1 2 -> (0 1 2) : i j k", "ijk"},

		{"batch query dim, batch key dim -> batch query key", "0 1 2, 0 3 2 -> 0 1 3 : batch query dim key",
			"batch query dim,batch key dim->batch query key"},
		{"batch dim, dim -> batch", "0 1, 1 -> 0 : batch dim", "batch dim,dim->batch"},
		{"row, col -> row col", "0, 1 -> 0 1 : row col", "row,col->row col"},
		{"batch i j, batch j k", "0 1 2, 0 2 3 -> (1 3) : batch i j k", "batch i j,batch j k"},
		{"... query dim,...key dim->... query key", "... 0 1, ... 2 1 -> ... 0 2 : query dim key",
			"... query dim,... key dim->... query key"},
		{"in out...", "0 1 ... -> (... 0 1) : in out", "in out ..."},
		{"dim_1 dim2, dim2 _x -> dim_1 _x", "0 1, 1 2 -> 0 2 : dim_1 dim2 _x", "dim_1 dim2,dim2 _x->dim_1 _x"},
		{"zeta alpha", "0 1 -> (1 0) : zeta alpha", "zeta alpha"},
		{"größe länge -> länge", "0 1 -> 1 : größe länge", "größe länge->länge"},

		// Words only where two labels stand side by side.
		{"...ij, ...jk -> ...ik", "... 0 1, ... 1 2 -> ... 0 2 : i j k", "...ij,...jk->...ik"},
		{"... ij, ... jk", "... 0 1, ... 1 2 -> (... 0 2) : i j k", "...ij,...jk"},
		{"ij ... k", "0 1 ... 2 -> (... 0 1 2) : i j k", "ij...k"},
		// The output has a word that no operand has, and no such letter.
		{"ij k, kl -> ij l", "0 1 2, 2 3 -> 0 1 3 : i j k l", "ijk,kl->ijl"},
	} {
		s, err := Parse(c.spec)
		if err != nil {
			t.Errorf("%q: %v", c.spec, err)
			continue
		}
		if got := show(s); got != c.want {
			t.Errorf("%q is %s, want %s", c.spec, got, c.want)
		}
		if s.String() != c.text {
			t.Errorf("%q prints as %q, want %q", c.spec, s.String(), c.text)
		}
		if again, err := Parse(s.String()); err != nil || show(again) != show(s) {
			t.Errorf("%q prints as %q, which is %s, want %s: %v", c.spec, s.String(), show(again), show(s), err)
		}
	}
}

func TestParseLabels(t *testing.T) {
	for _, c := range []struct {
		inputs     [][]int
		output     []int
		implicit   bool
		want, text string
	}{
		{[][]int{{0, 1}, {1, 2}}, []int{2, 0}, false, "0 1, 1 2 -> 2 0 : 0 1 2", "ab,bc->ca"},
		{[][]int{{1000, 7}, {7, 52}}, nil, true, "0 1, 1 2 -> (2 0) : 1000 7 52", "ca,ab"},
		{[][]int{{1000, Ellipsis, 7}, {}}, []int{Ellipsis}, false, "0 ... 1,  -> ... : 1000 7", "b...a,->..."},
		{[][]int{{3, 3}}, nil, false, "0 0 ->  : 3", "aa->"},
		{[][]int{{10, 9}}, []int{}, true, "0 1 -> (1 0) : 10 9", "ba"},
	} {
		s, err := ParseLabels(c.inputs, c.output, c.implicit)
		if err != nil {
			t.Errorf("%v: %v", c.inputs, err)
			continue
		}
		if got := show(s); got != c.want {
			t.Errorf("%v is %s, want %s", c.inputs, got, c.want)
		}
		if s.String() != c.text {
			t.Errorf("%v prints as %q, want %q", c.inputs, s.String(), c.text)
		}
	}
}

func TestLabelsOfManyKinds(t *testing.T) {
	// As opt_einsum numbers symbols: a-zA-Z, then the code points from 192 on.
	symbol := func(i int) string {
		if i < 52 {
			return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[i : i+1]
		}
		return string(rune(i + 140))
	}
	var b strings.Builder
	for i := range 5000 {
		b.WriteString(symbol(i))
		b.WriteString(symbol(i + 1))
		b.WriteByte(',')
	}
	s, err := Parse(strings.TrimSuffix(b.String(), ","))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Inputs) != 5000 || len(s.Names) != 5001 || len(s.Output.Labels) != 2 {
		t.Errorf("%d terms, %d labels, %d in the output", len(s.Inputs), len(s.Names), len(s.Output.Labels))
	}

	chain := make([][]int, 20000)
	shapes := make([]tensor.Shape, len(chain))
	for i := range chain {
		chain[i], shapes[i] = []int{i, i + 1}, tensor.Shape{2, 2}
	}
	s, err = ParseLabels(chain, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(s.String())
	if err != nil || !slices.EqualFunc(again.Inputs, s.Inputs, func(a, b Term) bool { return slices.Equal(a.Labels, b.Labels) }) {
		t.Errorf("20,000 integers do not come back from their text: %v", err)
	}
	if c, err := s.Bind(shapes); err != nil || len(c.Sizes) != 20001 {
		t.Errorf("%d sizes: %v", len(c.Sizes), err)
	}
}

// TestTimeIsLinear would take hours, not milliseconds, if any part of reading and binding were quadratic.
func TestTimeIsLinear(t *testing.T) {
	const n = 100_000
	var letters, worded strings.Builder
	shapes := make([]tensor.Shape, n)
	for i := range n {
		if i > 0 {
			letters.WriteByte(',')
			worded.WriteByte(',')
		}
		fmt.Fprintf(&letters, "%c%c", 0x4E00+i%20000, 0x4E00+(i+1)%20000)
		fmt.Fprintf(&worded, "w%d w%d", i, i+1)
		shapes[i] = tensor.Shape{2, 1}
	}
	start := time.Now()
	for _, spec := range []string{letters.String(), worded.String(), letters.String() + "->;", worded.String() + "->w1 w1"} {
		s, err := Parse(spec)
		if err == nil {
			_, err = s.Bind(shapes)
		}
		if err != nil {
			_ = err.Error()
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestEverySymbolIsALetterOrBeyond(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.IsLetter(r) && !isSymbol(r) {
			t.Fatalf("%U %c is a letter and no symbol", r, r)
		}
		if isSymbol(r) && (unicode.IsSpace(r) || unicode.IsControl(r) || r < 0xC0 && !unicode.IsLetter(r)) {
			t.Fatalf("%U is a symbol", r)
		}
	}
}

// FuzzParse: nothing panics; what is read prints as text that is read as the same; what is refused is refused with a place in the text.
func FuzzParse(f *testing.F) {
	for _, spec := range []string{
		"ij,jk->ik", "", "->", "...a , ...a -> ...", "a->....", "i j k l", "batch dim, dim -> batch", "ij k, kl -> ij l", "αβ,βγ->αγ",
		"a\xff", "i-j", "i->j->k", "_a 1", "a…b→c", "ab ...c d,... d", "ii->ii", "é,é->", "日月 火,火", "a,\u2028b",
	} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := Parse(spec)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Spec != spec || e.Offset < 0 || e.Offset > len(spec) || e.Error() == "" {
				t.Fatalf("%q: %#v", spec, err)
			}
			return
		}
		again, err := Parse(s.String())
		if err != nil || show(again) != show(s) || again.String() != s.String() {
			t.Fatalf("%q is %s and prints as %q, which is %s: %v", spec, show(s), s.String(), show(again), err)
		}
		shapes := make([]tensor.Shape, len(s.Inputs))
		for k, term := range s.Inputs {
			shapes[k] = make(tensor.Shape, len(term.Labels)+k%2)
			for axis := range shapes[k] {
				shapes[k][axis] = 1 + k%2
			}
		}
		if _, err := s.Bind(shapes); err != nil && err.Error() == "" {
			t.Fatalf("%q of %v: %v", spec, shapes, err)
		}
	})
}
