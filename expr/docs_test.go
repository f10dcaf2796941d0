package expr_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/tensor"
)

// The promotion table in docs/semantics.md is what the code does; -rewrite writes it.
func TestDocumentedPromotion(t *testing.T) {
	const path, begin, end = "../docs/semantics.md", "by go test ./expr -->\n```\n", "```\n"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	table, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("the table's place is gone")
	}
	want := promotionTable(t)
	if golden.Rewriting() {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if d := golden.Diff(table, want); d != "" {
		t.Errorf("%s (-documented +real):\n%s", path, d)
	}
}

func promotionTable(t *testing.T) string {
	var names []string
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		names = append(names, d.String())
	}
	heads := append(names[:len(names):len(names)], "int", "float", "cplx")
	var b strings.Builder
	row := func(cells []string) {
		line := ""
		for _, c := range cells {
			line += fmt.Sprintf("%-6s", c)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	row(append([]string{""}, heads...))
	for _, r := range names {
		cells := []string{r}
		for _, c := range heads {
			cells = append(cells, expr.Promote(operand(t, r), operand(t, c)).String())
		}
		row(cells)
	}
	return b.String()
}

// docs/numpy.md names nothing that is not there.
func TestNumPyPageNamesWhatThereIs(t *testing.T) {
	page, err := os.ReadFile("../docs/numpy.md")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, room := range []string{".", "../einsum", "../tensor", "../runtime"} {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	for _, m := range regexp.MustCompile(`\b(expr|tensor|einsum|x|y|c|mask|edges|\))\.([A-Z]\w*)`).FindAllStringSubmatch(string(page), -1) {
		if !regexp.MustCompile(`(?m)^(func (\(\w+ \S+\) )?|type |\t)` + m[2] + `\b`).MatchString(code.String()) {
			t.Errorf("docs/numpy.md says %s, which is not there", m[0])
		}
	}
}
