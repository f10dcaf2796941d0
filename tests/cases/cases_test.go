package cases

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesThatLie reads files with something wrong in them: an error says what.
func TestFilesThatLie(t *testing.T) {
	const header = `{"header": {"format": "einloom-numpy-cases/1"}, "arrays": {"a": `
	for _, c := range []struct{ text, want string }{
		{`{"header": {"format": "other/1"}}`, `format "other/1"`},
		{`{`, "unexpected end"},
		{header + `{"dtype": "f99", "shape": [1], "data": [1]}}}`, "f99"},
		{header + `{"dtype": "f32", "shape": [3], "data": [1]}}}`, "array a"},
		{header + `{"dtype": "f32", "shape": [-1, 4611686018427387904], "data": [1]}}}`, "array a"},
		{header + `{"dtype": "i8", "shape": [1], "data": ["one"]}}}`, "element 0"},
		{header + `{"dtype": "i8", "shape": [1], "data": [1]}}, "cases": [{"op": "neg", "args": ["a"], "out": "b"}]}`, `no array "b"`},
	} {
		path := filepath.Join(t.TempDir(), "cases.json")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q in it", c.text, err, c.want)
		}
	}
}

// TestCasesNotUnderstood builds cases that no builder stands behind: an error names them.
func TestCasesNotUnderstood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.json")
	text := `{"header": {"format": "einloom-numpy-cases/1"}, "arrays": {"a": {"dtype": "c64", "shape": [2], "data": [1, "nan", "-inf", -0.0]}},
		"cases": [{"op": "fft", "args": ["a"], "out": "a"}, {"op": "negative", "args": ["b"], "out": "a"}, {"op": "negative", "args": [{}], "out": "a"}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, list, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if x, err := list[i].Expr(true); err == nil {
			t.Errorf("%v is understood as %v", &list[i], x)
		}
	}
	if got := list[0].String(); got != "case 0 fft(c64[2])" {
		t.Errorf("the case is called %s", got)
	}
}
