package einsum

import (
	"strings"
	"testing"
)

func TestSpecsAreRemembered(t *testing.T) {
	m := memo{specs: map[string]*Spec{}}
	first, err := m.read("ij,jk->ik")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := m.read("ij,jk->ik"); again != first {
		t.Error("read twice")
	}
	if _, err := m.read("ij->k"); err == nil || len(m.specs) != 1 {
		t.Errorf("a mistake is remembered, or none: %v", err)
	}
	for i := range 2 * mostRemembered {
		row := strings.Repeat("a", i+1)
		if _, err := m.read("row " + row + " -> row"); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.specs) > mostRemembered {
		t.Errorf("%d specs are kept", len(m.specs))
	}
	for spec := range m.specs {
		if len(spec) > longestRemembered {
			t.Errorf("a spec of %d bytes is kept", len(spec))
		}
	}
}
