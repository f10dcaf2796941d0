package codegen

import (
	"go/token"
	"strings"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// identifier makes an ASCII identifier of s: other characters become underscores.
func identifier(s string) string {
	id := strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
	if id == "" || id[0] >= '0' && id[0] <= '9' {
		id = "_" + id
	}
	if id == "_" {
		id = "__"
	}
	return id
}

func isIdentifier(s string) bool { return s != "" && identifier(s) == s }

// reserved says whether a name means something else in the text of a kernel: Go's keywords, dtypes, ops, t and digits, and the words of
// the notation.
func reserved(name string) bool {
	if token.IsKeyword(name) || op.Lookup(name) != nil || temporary(name) {
		return true
	}
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		if name == d.String() || name == d.Name() {
			return true
		}
	}
	switch name {
	case "reduce", "scan", "at", "bits", "inf", "nan", "true", "false", "kernel", "in", "out", "loop", "fold", "schedule", "cost", "strides":
		return true
	}
	return false
}

// temporary says whether name is one that the text gives to values: t0, t1 ...
func temporary(name string) bool {
	return len(name) > 1 && name[0] == 't' && strings.Trim(name[1:], "0123456789") == ""
}
