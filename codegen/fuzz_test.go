package codegen

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse: whatever the text, Parse and Verify give an answer; what they accept is printed and read again as the same kernel.
func FuzzParse(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := Parse(text)
		if err != nil || k.Verify() != nil {
			return
		}
		s := k.String()
		again, err := Parse(s)
		if err != nil {
			t.Fatalf("%v in\n%s", err, s)
		}
		if d := cmp.Diff(k, again, byName); d != "" {
			t.Fatalf("%s\nread again:\n%s", s, d)
		}
		if again.String() != s {
			t.Fatalf("printed\n%s\nthen\n%s", s, again.String())
		}
		k.Count()
		k.AppendKey(nil, Keep{})
	})
}
