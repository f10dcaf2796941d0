package codegen

import (
	"go/token"
	"slices"
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
	return words[name] || op.Lookup(name) != nil || temporary(name)
}

// nameSet is names that are taken.
type nameSet struct {
	list  [few / 2]string
	count int             // how many of the list there are
	index map[string]bool // of those that the list has no room for
}

// add takes a name; false: it was taken before.
func (s *nameSet) add(name string) bool {
	if s.index[name] || slices.Contains(s.list[:s.count], name) {
		return false
	}
	if s.count < len(s.list) {
		s.list[s.count] = name
		s.count++
		return true
	}
	if s.index == nil {
		s.index = make(map[string]bool, few)
	}
	s.index[name] = true
	return true
}

// words are those of the notation, Go's keywords, and dtypes.
var words = func() map[string]bool {
	is := map[string]bool{}
	for _, w := range strings.Fields("reduce scan at bits inf nan true false kernel in out loop fold schedule cost strides") {
		is[w] = true
	}
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		is[d.String()], is[d.Name()] = true, true
	}
	for t := token.BREAK; t <= token.VAR; t++ { // the first and the last keyword
		is[t.String()] = true
	}
	return is
}()

// temporary says whether name is one that the text gives to values: t0, t1 ...
func temporary(name string) bool {
	return len(name) > 1 && name[0] == 't' && strings.Trim(name[1:], "0123456789") == ""
}
