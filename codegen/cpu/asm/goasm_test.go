package asm

import (
	"testing"

	"github.com/einloom/einloom/internal/goasm"
)

// HoldText compares the machine code of each function with what Go's assembler makes of its text.
func HoldText(t *testing.T, codes ...*Code) {
	t.Helper()
	gocmd, err := goasm.Find()
	if err != nil {
		t.Skip("no go command here: the text cannot be held against Go's assembler")
	}
	theirs, err := goasm.Assemble(gocmd, t.TempDir(), Text(codes...))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codes {
		ours, err := c.Encode()
		if err != nil {
			t.Errorf("%v\n%.1000s", err, c.AppendText(nil))
			continue
		}
		if differs := theirs.Compare(c.Name, ours); differs != "" {
			t.Error(differs)
		}
	}
}
