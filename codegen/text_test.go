package codegen

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/expr/routine"
)

// corpus gives the kernels of testdata/kernels.txt and calls.txt, which are separated by empty lines.
func corpus(t testing.TB) []string {
	t.Helper()
	var kernels []string
	for _, file := range []string{"kernels.txt", "calls.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range strings.Split(string(text), "\n\n") {
			kernels = append(kernels, strings.TrimRight(k, "\n")+"\n")
		}
	}
	return kernels
}

// Ops and routines are rows of tables.
var byName = cmp.Options{
	cmp.Comparer(func(a, b *op.Op) bool { return a == b }),
	cmp.Comparer(func(a, b *routine.Routine) bool { return a == b }),
}

func TestText(t *testing.T) {
	for _, text := range corpus(t) {
		name, _, _ := strings.Cut(text, "\n")
		t.Run(name, func(t *testing.T) {
			k, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Verify(); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(text, k.String()); d != "" {
				t.Errorf("printed again (-want +got):\n%s", d)
			}
			again, err := Parse(k.String())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(k, again, byName); d != "" {
				t.Errorf("read again:\n%s", d)
			}
			if d := cmp.Diff(k, k.Canonical(), byName); d != "" {
				t.Errorf("Parse's form is not canonical:\n%s", d)
			}
		})
	}
}
