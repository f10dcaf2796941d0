package golden

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Seeds gives the texts that a fuzz test of one string keeps in its folder, testdata/fuzz/FuzzName; none where there is no such folder.
func Seeds(t testing.TB, folder string) (texts []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		version, value, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
		inner, isCall := strings.CutPrefix(value, "string(")
		text, err := strconv.Unquote(strings.TrimSuffix(inner, ")"))
		if version != "go test fuzz v1" || !isCall || err != nil {
			t.Fatalf("%s: want a line \"go test fuzz v1\" and a string, got %q", file, b)
		}
		texts = append(texts, text)
	}
	return texts
}
