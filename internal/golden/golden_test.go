package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func do(t *testing.T, c *Case) string {
	if c.Cmd == "double" {
		return c.Input + "\n" + c.Input
	}
	if how, ok := c.Arg("how"); ok && how != "loud" {
		t.Errorf("how=%s", how)
	}
	return strings.ToUpper(c.Input)
}

func TestRun(t *testing.T) { Run(t, "testdata/cases.txt", do) }

// Rewriting a file that is right changes nothing.
func TestRewriteKeeps(t *testing.T) {
	before, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cases.txt")
	if err := os.WriteFile(path, before, 0o644); err != nil {
		t.Fatal(err)
	}
	was := *rewrite
	*rewrite = true
	Run(t, path, do)
	*rewrite = was
	after, err := os.ReadFile(path)
	if d := Diff(string(before), string(after)); d != "" || err != nil {
		t.Errorf("%v (-before +after):\n%s", err, d)
	}
}

func TestDiff(t *testing.T) {
	if d := Diff("a\nb\nc\n", "a\nB\nc\n"); d != "  a\n- b\n+ B\n  c\n  \n" {
		t.Errorf("%q", d)
	}
	if Diff("a", "a") != "" {
		t.Error("equal texts differ")
	}
}

func TestParseComplains(t *testing.T) {
	if _, _, err := parse("f", "cmd\ninput\n"); err == nil || !strings.Contains(err.Error(), "f:1") {
		t.Error(err)
	}
}
