package source

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/aot"
)

const room = "github.com/einloom/einloom/"

// function is the file of the typed function and its plan.
func (w *writer) function() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\npackage %s\n\nimport (\n\t\"context\"\n\n\t\"%sruntime/aot\"\n", Header, w.Package, room)
	arrays := slices.Concat(w.outputs, w.inputs)
	if slices.ContainsFunc(arrays, func(a array) bool { return strings.HasPrefix(element(a.dtype), "tensor.") }) {
		fmt.Fprintf(&b, "\t\"%stensor\"\n", room)
	}
	fmt.Fprintf(&b, ")\n\n%sfunc %s(ctx context.Context%s) error {\n\treturn %sPlan.Run(ctx", w.document(), w.Func, parameters(arrays), w.prefix)
	for _, a := range arrays {
		fmt.Fprintf(&b, ", aot.Of(%s)", a.name)
	}
	b.WriteString(")\n}\n\n")
	w.literal(&b)
	return b.Bytes()
}

// document says what the function computes.
func (w *writer) document() string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s computes", w.Func)
	for i := range w.outputs {
		fmt.Fprintf(&b, "%s %s %s", separator(i, len(w.outputs)), w.outputs[i].name, w.outputs[i].typ())
	}
	for i := range w.inputs {
		if i == 0 {
			b.WriteString(" of")
		}
		fmt.Fprintf(&b, "%s %s %s", separator(i, len(w.inputs)), w.inputs[i].name, w.inputs[i].typ())
	}
	b.WriteString(", all row-major:\n//\n")
	for line := range strings.Lines(w.plan.Text("graph")) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), "\t; ") // where it was made says nothing here
		fmt.Fprintf(&b, "//\t%s\n", line)
	}
	fmt.Fprintf(&b, "//\n// Its machine code is for %s; elsewhere the interpreter computes it. See package aot.\n", w.Target)
	return b.String()
}

// separator stands before item i of n.
func separator(i, n int) string {
	switch {
	case i == 0:
		return ""
	case i == n-1:
		return " and"
	}
	return ","
}

// parameters are the arrays in Go's notation.
func parameters(arrays []array) string {
	var b strings.Builder
	for i, a := range arrays {
		fmt.Fprintf(&b, ", %s", a.name)
		if i+1 == len(arrays) || arrays[i+1].dtype != a.dtype {
			fmt.Fprintf(&b, " []%s", element(a.dtype))
		}
	}
	return b.String()
}

// literal is the plan as a literal.
func (w *writer) literal(b *bytes.Buffer) {
	needs := "AVX2"
	if w.Target == cpu.AVX512 {
		needs = "AVX512"
	}
	steps := w.steps()
	fmt.Fprintf(b, "// %sPlan is the kernels of %s and the memory that they work on.\nvar %sPlan = aot.Plan{\n", w.prefix, w.Func, w.prefix)
	fmt.Fprintf(b, "Name: %q,\nNeeds: aot.%s,\nCode: %sCode,\n", w.Func, needs, w.prefix)
	list(b, "Outputs", "aot.Array", w.outputs, arrayLiteral)
	list(b, "Inputs", "aot.Array", w.inputs, arrayLiteral)
	list(b, "Data", "string", w.data, func(n *expr.Node) string {
		mem, _ := n.Tensor.Memory()
		return strconv.Quote(string(mem))
	})
	fmt.Fprintf(b, "Arena: %d,\n", w.plan.Arena)
	list(b, "Steps", "aot.Step", steps, func(s string) string { return s })
	list(b, "Loops", "aot.Loop", w.plan.Loops, func(l planner.Loop) string {
		var x strings.Builder
		for _, i := range l.Indices {
			fmt.Fprintf(&x, "{Extent: %d, Block: %d},", i.Extent, i.Block)
		}
		return fmt.Sprintf("{From: %d, To: %d, Indices: []aot.Index{%s}}", l.From, l.To, strings.TrimSuffix(x.String(), ","))
	})
	list(b, "Kernels", "string", w.plan.Steps, func(s planner.Step) string { return quoted(s.Kernel.String()) })
	b.WriteString("}\n")
}

// list writes a field that is a slice, one element a line; nothing where there are none.
func list[T any](b *bytes.Buffer, field, typ string, items []T, text func(T) string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "%s: []%s{\n", field, typ)
	for _, x := range items {
		fmt.Fprintf(b, "%s,\n", text(x))
	}
	b.WriteString("},\n")
}

// arrayLiteral is an aot.Array.
func arrayLiteral(a array) string {
	return fmt.Sprintf("{Name: %q, Type: %q, Len: %d}", a.name, a.typ(), a.shape.Len())
}

// quoted is a text of several lines as a person can read it.
func quoted(text string) string {
	if strconv.CanBackquote(strings.NewReplacer("\n", "", "\t", "").Replace(text)) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}

// steps are the plan's, as literals.
func (w *writer) steps() (steps []string) {
	for _, s := range w.plan.Steps {
		var b strings.Builder
		b.WriteString("{Args: []aot.Ref{\n")
		for _, r := range s.Args {
			at := w.ref(r)
			fmt.Fprintf(&b, "{Space: aot.%s, Index: %d, Offset: %d", spaces[at.Space], at.Index, at.Offset)
			if r.Moves != nil {
				fmt.Fprintf(&b, ", Moves: %#v", r.Moves)
			}
			b.WriteString("},\n")
		}
		fmt.Fprintf(&b, "}, Depth: %d}", s.Depth)
		steps = append(steps, b.String())
	}
	return steps
}

var spaces = map[aot.Space]string{aot.Arena: "Arena", aot.Output: "Output", aot.Input: "Input", aot.Data: "Data"}

// ref is where a param lies among the function's arrays.
func (w *writer) ref(r planner.Ref) aot.Ref {
	switch r.Space {
	case planner.Arena:
		return aot.Ref{Space: aot.Arena, Offset: r.Offset}
	case planner.Output:
		return aot.Ref{Space: aot.Output, Index: r.Index, Offset: r.Offset}
	}
	leaf := w.plan.Leaves[r.Index]
	if leaf.Kind == expr.KInput {
		return aot.Ref{Space: aot.Input, Index: w.input(leaf.Name), Offset: r.Offset}
	}
	n := slices.Index(w.data, leaf)
	if n < 0 {
		n, w.data = len(w.data), append(w.data, leaf)
	}
	_, at := leaf.Tensor.Memory()
	return aot.Ref{Space: aot.Data, Index: n, Offset: at + r.Offset}
}
