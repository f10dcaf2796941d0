package spirv

import (
	"testing"

	"github.com/einloom/einloom/internal/spirvtools"
)

// TestJudges asks Khronos' validator and disassembler about the corpus, or without -long about some of it.
func TestJudges(t *testing.T) {
	spirvtools.Need(t)
	for _, c := range devices {
		t.Run(c.Name, func(t *testing.T) {
			var list []spirvtools.Module
			for _, k := range corpus(t, c, 5) {
				m, err := Generate(k, c)
				if err != nil {
					t.Fatalf("%v\n%v", err, k)
				}
				text, err := m.Text()
				if err != nil {
					t.Fatalf("%v\n%v", err, k)
				}
				list = append(list, spirvtools.Module{Name: "kernel " + k.Name, Words: m.Words, Text: text})
			}
			spirvtools.Validate(t, list)
			spirvtools.Compare(t, list)
		})
	}
}
