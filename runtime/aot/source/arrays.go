package source

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// array is a parameter of the function.
type array struct {
	name  string // an identifier
	input string // the graph's name of it; "" for outputs
	dtype tensor.DType
	shape tensor.Shape
}

// typ is the array's type as graphs write it.
func (a *array) typ() string { return a.dtype.String() + a.shape.String() }

// arrays names the function's parameters: its inputs in the order of the graph's lines, and among those of one line in the order of their use.
func (w *writer) arrays(roots []*expr.Node) error {
	leaves := expr.Leaves(roots...)
	slices.SortStableFunc(leaves, func(a, b *expr.Node) int {
		_, x := a.Pos.Resolve()
		_, y := b.Pos.Resolve()
		return cmp.Compare(x, y)
	})
	names := naming{taken: map[string]bool{"ctx": true, w.prefix + "Plan": true}}
	for _, n := range leaves {
		if n.Kind != expr.KInput {
			continue
		}
		if strings.HasPrefix(n.Name, "#") {
			return fmt.Errorf("the text has left out the elements of data %s: make it an input", n.Name)
		}
		if i := w.input(n.Name); i >= 0 {
			if a := &w.inputs[i]; a.dtype != n.DType || !a.shape.Equal(n.Shape) {
				return fmt.Errorf("input %q is %v%v, and %s", n.Name, n.DType, n.Shape, a.typ())
			}
			continue
		}
		w.inputs = append(w.inputs, array{names.of(n.Name), n.Name, n.DType, n.Shape})
	}
	return w.results(roots, &names)
}

// results names the function's outputs.
func (w *writer) results(roots []*expr.Node, names *naming) error {
	if w.Results != nil && len(w.Results) != len(roots) {
		return fmt.Errorf("the graph has %d results, and names are given to %d", len(roots), len(w.Results))
	}
	for i, r := range roots {
		name := "out"
		switch {
		case w.Results != nil:
			if name = w.Results[i]; names.of(name) != name {
				return fmt.Errorf("a result cannot be called %q: that is no identifier, or it has another meaning in the function", name)
			}
		case len(roots) > 1:
			name = names.of(fmt.Sprintf("out%d", i))
		default:
			name = names.of(name)
		}
		w.outputs = append(w.outputs, array{name, "", r.DType, r.Shape})
	}
	return nil
}

// input is the number of the input of that name in the graph, -1 if there is none.
func (w *writer) input(name string) int {
	return slices.IndexFunc(w.inputs, func(a array) bool { return a.input == name })
}

// naming gives names that differ.
type naming struct{ taken map[string]bool }

// of makes an identifier of a graph's name.
func (n *naming) of(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	if name == "" || unicode.IsDigit([]rune(name)[0]) {
		name = "x" + name
	}
	for n.taken[name] || !token.IsIdentifier(name) || slices.Contains(meant, name) || strings.Trim(name, "_") == "" {
		name += "x"
	}
	n.taken[name] = true
	return name
}

// meant are the names that the function itself uses.
var meant = []string{
	"aot", "context", "tensor", "error", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32",
	"float64", "complex64", "complex128",
}

// element is the Go type of a dtype's elements.
func element(d tensor.DType) string {
	switch d {
	case tensor.Float16:
		return "tensor.F16"
	case tensor.BFloat16:
		return "tensor.BF16"
	}
	return d.Name()
}
