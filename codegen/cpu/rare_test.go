package cpu

import (
	"slices"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver/drivertest"
)

// TestSeldomIsJumpedOver holds the code of a rare to its shape: whole vectors of single precision in the open, and double precision in two
// halves behind a jump.
func TestSeldomIsJumpedOver(t *testing.T) {
	list, err := drivertest.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	far := slices.IndexFunc(list, func(k *codegen.Kernel) bool { return k.Name == "far" })
	for _, name := range Targets() {
		target, err := Target(name)
		if err != nil {
			t.Fatal(err)
		}
		ready := prepared(t, list[far:far+1], target)[0]
		o, err := Generate(ready, target)
		if err != nil {
			t.Fatal(err)
		}
		text := o.Text()
		jump := strings.Index(text, "JEQ seldom")
		if jump < 0 {
			t.Fatalf("%s: nothing is jumped over:\n%s", target.Name, text)
		}
		whole, halves := "VADDPS", "VDIVPD"
		if before := text[:jump]; !strings.Contains(before, whole) || strings.Contains(before, halves) {
			t.Errorf("%s: in the open stands more or less than the quick choice:\n%s", target.Name, before)
		}
		behind := text[jump:]
		if end := strings.Index(behind, "\nseldom"); end < 0 || strings.Count(behind[:end], halves) != 2 {
			t.Errorf("%s: behind the jump there are not two halves:\n%s", target.Name, behind)
		}
	}
}
