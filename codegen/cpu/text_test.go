package cpu

import (
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/internal/goasm"
)

// TestTextIsTheCode holds the text of every kernel of the corpus to its bytes, by Go's own assembler.
func TestTextIsTheCode(t *testing.T) {
	gocmd, err := goasm.Find()
	if err != nil {
		t.Skip("no go command here: the text cannot be held against Go's assembler")
	}
	text := map[string]*strings.Builder{}
	ours := map[string]map[string][]byte{}
	each(t, func(t *testing.T, target codegen.Target, k *codegen.Kernel, o *Object) {
		if text[target.Name] == nil {
			text[target.Name], ours[target.Name] = new(strings.Builder), map[string][]byte{}
			text[target.Name].WriteString(asm.TextHeader)
		}
		text[target.Name].WriteString(o.Text())
		for i, f := range o.Funcs {
			end := len(o.Code)
			if i+1 < len(o.Funcs) {
				end = o.Funcs[i+1].Entry
			}
			for o.Code[end-1] == 0xcc { // what lies between functions
				end--
			}
			ours[target.Name][f.Name] = o.Code[f.Entry:end]
		}
	})
	for name := range text {
		theirs, err := goasm.Assemble(gocmd, t.TempDir(), text[name].String())
		if err != nil {
			t.Fatal(err)
		}
		if len(theirs.Code) != len(ours[name]) {
			t.Errorf("%s: %d functions, Go's assembler %d", name, len(ours[name]), len(theirs.Code))
		}
		for f, code := range ours[name] {
			if differs := theirs.Compare(f, code); differs != "" {
				t.Error(differs)
			}
		}
	}
}
